"""What a rehearsal does to copies: each form by what it leaves and what it undoes."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.attribution import LeakForm, Taken, leak_forms
from mapp_compliance.attribution.rewriting import with_new_names, with_tabs, without_comments

SCRIPT = b"import os\n\ndef f():\n    total = 1  # one\n    return total\n"
NOTE = "# A note\n\nA “long” paragraph wrapped anew once it is quoted in a mail, as it should be.\n"
FILES = {"poc.py": SCRIPT, "note.md": NOTE.encode(), "blob.bin": b"\0\1\2\xff" * 64}
TAKEN = Taken(FILES, ("poc.py", "note.md"), (b"AAAA", b"7"))


def form(name: str, taken: Taken = TAKEN) -> LeakForm:
    return next(each for each in leak_forms(taken.fullest) if each.name == name)


def leaked(name: str, *taken: Taken) -> dict[str, bytes]:
    return form(name).apply(taken or (TAKEN,))


def test_a_form_has_one_name_and_gives_the_same_leak_twice():
    forms = leak_forms(TAKEN.fullest)
    assert len({each.name for each in forms}) == len(forms)
    for each in forms:
        assert each.apply([TAKEN] * each.sources) == each.apply([TAKEN] * each.sources)


def test_one_file_is_alone_and_no_form_where_there_is_but_one():
    assert leaked("file note.md") == {"note.md": FILES["note.md"]}
    single = Taken({"poc.py": SCRIPT}, ("poc.py",), ())
    assert form("file poc.py", single).apply([single]) == {}


def test_an_archive_holds_every_file():
    with zipfile.ZipFile(io.BytesIO(leaked("zip")["found.zip"])) as box:
        assert {name: box.read(name) for name in box.namelist()} == {
            f"found/{path}": data for path, data in FILES.items()
        }


@pytest.mark.parametrize("taken", [TAKEN, Taken(FILES, ("blob.bin",), ())])
@pytest.mark.parametrize(("name", "parts"), [("half", 2), ("quarter", 4)])
def test_the_pieces_of_a_file_are_all_of_it(taken: Taken, name: str, parts: int):
    path = taken.fullest[0]
    pieces = [leaked(f"{name} {n} of {parts}", taken)[path] for n in range(1, parts + 1)]
    assert b"".join(pieces) == FILES[path]
    assert all(len(piece) < len(FILES[path]) for piece in pieces)


def test_texts_are_changed_and_binaries_are_not_among_the_leak():
    assert leaked("CRLF")["poc.py"].count(b"\r\n") == SCRIPT.count(b"\n")
    assert b"\n\ttotal" in leaked("tabs")["poc.py"]
    assert leaked("comments stripped")["poc.py"] == SCRIPT.replace(b"  # one", b"")
    assert b"total" not in leaked("renamed")["poc.py"]
    assert b'"long"' in leaked("ASCII only")["note.md"]
    assert b"A &lt;" not in leaked("web page")["note.md"]
    assert all(line[:1] == b">" for line in leaked("mail")["note.md"].splitlines())
    assert leaked("diff")["poc.py"].count(b"\n+") == 1 + SCRIPT.count(b"\n")
    texts = ("CRLF", "ASCII only", "web page", "mail", "diff")
    assert all("blob.bin" not in leaked(name) for name in texts)


def test_a_form_that_changes_nothing_gives_no_leak():
    plain = Taken({"a.txt": b"plain\n"}, ("a.txt",), ())
    assert form("ASCII only", plain).apply([plain]) == {}
    assert form("values in hex", plain).apply([plain]) == {}


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("values in hex", b"AAAA\n7\n".hex().encode()),
        ("values in base64", b"QUFBQQo3Cg=="),
        ("values as C", b"0x41, 0x41, 0x41, 0x41, 0x0a, 0x37, 0x0a"),
    ],
)
def test_the_declared_values_stand_alone_in_another_form(name: str, held: bytes):
    (data,) = leaked(name).values()
    assert held in data


def test_two_copies_are_mixed_block_by_block():
    one = Taken({"a.txt": b"a\n" * 32}, ("a.txt",), ())
    two = Taken({"a.txt": b"b\n" * 32}, ("a.txt",), ())
    assert leaked("two copies mixed", one, two)["a.txt"] == (b"a\n" * 8 + b"b\n" * 8) * 2


def test_a_formatter_is_handed_in():
    forms = leak_forms((), [("shout", lambda files: dict.fromkeys(files, b"!"))])
    (tool,) = (each for each in forms if each.name == "formatter shout")
    assert tool.apply([TAKEN]) == dict.fromkeys(FILES, b"!")


@pytest.mark.parametrize(
    ("path", "text", "bare"),
    [
        ("a.c", 'f("// no", 1); // yes\n', 'f("// no", 1);  \n'),
        ("a.ts", "x = `/* no */`; /* yes\n */", "x = `/* no */`;  "),
        ("a.sh", "#!/bin/sh\n# yes\necho '# no'\n", "#!/bin/sh\necho '# no'\n"),
        ("a.html", "<p>a</p><!-- yes -->", "<p>a</p>"),
        ("a.rst", "text", None),
        ("a.py", "def f(:\n", None),
    ],
)
def test_comments_go_and_what_only_looks_like_one_stays(path: str, text: str, bare: str | None):
    assert without_comments(path, text) == bare


@given(st.text(max_size=60), st.sampled_from(["a.py", "a.c", "a.sh", "a.html", "a.md", "a.yaml"]))
def test_any_text_is_changed_or_left_out_but_never_a_fault(text: str, path: str):
    for change in (without_comments, with_new_names, with_tabs):
        assert isinstance(change(path, text), str | None)
    taken = Taken({path: text.encode("utf-8", "replace")}, (path,), ())
    for each in leak_forms(taken.fullest):
        each.apply([taken] * each.sources)
