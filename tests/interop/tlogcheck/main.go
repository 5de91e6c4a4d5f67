// Reads the ledger's texts with an implementation that is not ours: golang.org/x/mod/sumdb, the
// packages note and tlog. Only the line splitting of checkpoint, tlog-proof and add-checkpoint is
// written here, because these packages know no such texts.
//
//	tlogcheck head VKEY < checkpoint
//	tlogcheck proof VKEY ENTRYFILE < tlog-proof
//	tlogcheck growth VKEY OLDROOT < add-checkpoint
//	tlogcheck make SIZE
//
// The first three print one line when the text holds and end with 1 otherwise. The last one makes a
// log of SIZE entries of its own and prints, as JSON, everything that our side has to accept.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "tlogcheck:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 2 && args[0] == "make" {
		size, err := strconv.ParseInt(args[1], 10, 64)
		if err != nil {
			return err
		}
		return makeLog(size)
	}
	if len(args) < 2 {
		return errors.New("usage: tlogcheck head|proof|growth VKEY [ENTRYFILE|OLDROOT], or make SIZE")
	}
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	switch {
	case args[0] == "head" && len(args) == 2:
		return checkHead(args[1], data)
	case args[0] == "proof" && len(args) == 3:
		return checkProof(args[1], args[2], data)
	case args[0] == "growth" && len(args) == 3:
		return checkGrowth(args[1], args[2], data)
	}
	return errors.New("unknown call")
}

// openHead gives size and root of a checkpoint that the key signed.
func openHead(vkey string, data []byte) (tlog.Tree, error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tlog.Tree{}, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tlog.Tree{}, errors.New("not a checkpoint of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func checkHead(vkey string, data []byte) error {
	tree, err := openHead(vkey, data)
	if err == nil {
		fmt.Println(tree.N, tree.Hash)
	}
	return err
}

func checkProof(vkey, entryFile string, data []byte) error {
	lines, index, tree, err := split(vkey, data, "c2sp.org/tlog-proof@v1\nindex ")
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryFile)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(lines, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Println(index, tree.N, tree.Hash)
	return nil
}

func checkGrowth(vkey, oldRoot string, data []byte) error {
	lines, size, tree, err := split(vkey, data, "old ")
	if err != nil {
		return err
	}
	old, err := tlog.ParseHash(oldRoot)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(lines, tree.N, tree.Hash, size, old); err != nil {
		return err
	}
	fmt.Println(size, tree.N, tree.Hash)
	return nil
}

// split gives the hashes and the number of a text that begins with the given words and ends with a
// checkpoint, which it opens.
func split(vkey string, data []byte, first string) ([]tlog.Hash, int64, tlog.Tree, error) {
	var none tlog.Tree
	head, checkpoint, found := bytes.Cut(data, []byte("\n\n"))
	if !found || !strings.HasPrefix(string(head), first) {
		return nil, 0, none, errors.New("another kind of text")
	}
	lines := strings.Split(strings.TrimPrefix(string(head), first), "\n")
	number, err := strconv.ParseInt(lines[0], 10, 64)
	if err != nil {
		return nil, 0, none, err
	}
	var hashes []tlog.Hash
	for _, line := range lines[1:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, 0, none, err
		}
		hashes = append(hashes, hash)
	}
	tree, err := openHead(vkey, checkpoint)
	return hashes, number, tree, err
}

type madeLog struct {
	Key    string              `json:"key"`
	Head   string              `json:"head"`
	Proofs map[string][]string `json:"proofs"` // of entry "entry N", by N
	Grown  map[string][]string `json:"grown"`  // from the first N entries on, by N
	Roots  map[string]string   `json:"roots"`  // over the first N entries, by N
}

func makeLog(size int64) error {
	skey, vkey, err := note.GenerateKey(rand.Reader, "go.example/log")
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return err
	}
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	made := madeLog{vkey, "", map[string][]string{}, map[string][]string{}, map[string]string{}}
	var root tlog.Hash
	for n := int64(0); n < size; n++ {
		more, err := tlog.StoredHashes(n, []byte(fmt.Sprintf("entry %d", n)), reader)
		if err != nil {
			return err
		}
		stored = append(stored, more...)
		if root, err = tlog.TreeHash(n+1, reader); err != nil {
			return err
		}
		made.Roots[strconv.FormatInt(n+1, 10)] = root.String()
	}
	for n := int64(0); n < size; n++ {
		path, err := tlog.ProveRecord(size, n, reader)
		if err != nil {
			return err
		}
		made.Proofs[strconv.FormatInt(n, 10)] = texts(path)
		grown, err := tlog.ProveTree(size, n+1, reader)
		if err != nil {
			return err
		}
		made.Grown[strconv.FormatInt(n+1, 10)] = texts(grown)
	}
	text := fmt.Sprintf("go.example/log\n%d\n%s\n", size, base64.StdEncoding.EncodeToString(root[:]))
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	if err != nil {
		return err
	}
	made.Head = string(signed)
	return json.NewEncoder(os.Stdout).Encode(made)
}

func texts(hashes []tlog.Hash) []string {
	found := []string{}
	for _, hash := range hashes {
		found = append(found, hash.String())
	}
	return found
}
