"""The command line as a script sees it: arguments in, exit code, stdout and stderr out.

Nothing here knows the inside of the house; what a test needs, it gets by verbs and files.
"""

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mapp_compliance.cli import main
from mapp_compliance.trust import Ed25519Signer, generate_identity, sign_ssh

NOW = "2026-06-01T09:00:00Z"
SENT = "2026-06-05T09:00:00Z"
LEAKED = "2026-06-07T09:00:00Z"
RELEASE = "2026-06-09T10:00:00-07:00"  # a second Tuesday
ADVISORY = "ADV-1"
HEADER = (
    "id,name,kind,country,tier,contact,seal_key,sign_key,agreement,agreement_until,marking_notice"
)
POC = """'''Prints one long card for the toy reader and counts what stands on it.

The reader stops at the first field that has no place; the card brings one more than it
announces. Only the number of fields matters, the values below are free.
'''

import sys

NOTE = b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
MEMO = b"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB"
ANNOUNCED = 5


def fields() -> list[bytes]:
    left = [b"desk=%d" % number for number in range(ANNOUNCED - 1)]
    return [b"note=" + NOTE, b"memo=" + MEMO, *left]


def card() -> bytes:
    body = b"\\n".join(fields()) + b"\\n"
    header = b"CARD/1 length=%d fields=%d\\n" % (len(body), ANNOUNCED)
    return header + body


def overfull(data: bytes) -> bool:
    header, _, body = data.partition(b"\\n")
    announced = int(header.rsplit(b"=", 1)[1])
    return body.count(b"\\n") > announced


def main() -> int:
    data = card()
    print(data.decode())
    return 0 if overfull(data) else 1


if __name__ == "__main__":
    sys.exit(main())
"""
MARKS = """[[mark]]
name = "note"
kind = "filler"
match = 'NOTE = b"(A{64})"'
charset = "alnum"

[[mark]]
name = "memo"
kind = "filler"
match = 'MEMO = b"(B{48})"'
charset = "alnum"
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call gave back."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on stdout."""
        found = json.loads(self.out)
        assert isinstance(found, dict)
        return found

    @property
    def error(self) -> dict[str, Any]:
        """The error of an error document, which has at least these four keys."""
        error = self.document["error"]
        assert {"reaction", "message", "hint", "where"} <= set(error)
        assert isinstance(error, dict)
        return error


@dataclass(frozen=True, slots=True)
class Line:
    """A workspace, an instant of the story, and the command line."""

    home: Path
    at: str = NOW

    def then(self, at: str) -> "Line":
        """The same workspace at another instant."""
        return replace(self, at=at)

    def run(self, *arguments: object, stdin: bytes | None = None) -> Answer:
        """Call the command line in this process with ``--home`` and ``--at`` in front."""
        return call("--home", self.home, "--at", self.at, *arguments, stdin=stdin)

    def json(self, *arguments: object, code: int = 0, stdin: bytes | None = None) -> dict[str, Any]:
        """The document of a call with ``--json`` that ends with this exit code."""
        answer = self.run("--json", *arguments, stdin=stdin)
        assert answer.code == code, (arguments, answer)
        return answer.document

    def fails(self, *arguments: object, code: int = 1, stdin: bytes | None = None) -> Any:
        """The error of a call with ``--json`` that ends with this exit code."""
        answer = self.run("--json", *arguments, stdin=stdin)
        assert answer.code == code, (arguments, answer)
        return answer.error


def call(*arguments: object, stdin: bytes | None = None) -> Answer:
    """Call the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _stdin(stdin):
        code = main([str(item) for item in arguments])
    return Answer(code, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def _stdin(data: bytes | None) -> Iterator[None]:
    kept = sys.stdin
    if data is not None:
        sys.stdin = io.TextIOWrapper(io.BytesIO(data))
    try:
        yield
    finally:
        sys.stdin = kept


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient with the keys that only it has."""

    id: str
    seal_public: str
    seal_secret: str
    signer: Ed25519Signer

    def row(self, **changes: str) -> str:
        """Its row of a partners.csv; ``changes`` by column."""
        cells = {
            "id": self.id,
            "name": f"Example {self.id}",
            "kind": "partner",
            "country": "XA",
            "tier": "ans",
            "contact": f"psirt@{self.id.lower()}.example",
            "seal_key": self.seal_public,
            "sign_key": self.signer.public_key.text(),
            "agreement": "2026-02",
            "agreement_until": "2027-12-31",
            "marking_notice": "2026-02",
        } | changes
        return ",".join(cells[name] for name in HEADER.split(","))

    def save(self, folder: Path) -> tuple[Path, Path]:
        """Its secret key files, as they lie on its own machine: to open, to sign."""
        folder.mkdir(parents=True, exist_ok=True)
        seal, sign = folder / f"{self.id}.key", folder / f"{self.id}.ssh"
        seal.write_text(self.seal_secret + "\n")
        sign.write_bytes(self.signer.openssh())
        return seal, sign


def recipient(name: str) -> Recipient:
    """A recipient with fresh keys."""
    identity = generate_identity()
    return Recipient(name, identity.recipient, identity.secret, Ed25519Signer.generate())


def roster(path: Path, *rows: str) -> Path:
    """A partners.csv of these rows."""
    path.write_text("\n".join((HEADER, *rows)) + "\n")
    return path


def package(folder: Path, **texts: str) -> Path:
    """A package folder: the toy PoC with its side-car, and further files by path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in ({"poc.py": POC, "poc.py.marks.toml": MARKS} | texts).items():
        (folder / name).write_text(text)
    return folder


def signed(text: str, signer: Ed25519Signer, path: Path, namespace: str) -> Path:
    """A signature file over a printed decision, as ``ssh-keygen -Y sign`` writes it."""
    path.write_bytes(sign_ssh(text.encode(), namespace, signer))
    return path
