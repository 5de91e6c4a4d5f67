"""The leaker's alterations: repeatable, and they keep what a leaker would keep."""

import ast
import base64
import io
import re
import zipfile

import pytest

from mapp_compliance.demo.alterations import ALTERATIONS, XOR_KEY, alteration
from mapp_compliance.demo.payload import payload_of
from mapp_compliance.errors import InvalidInput, NotFound

SCRIPT = b'''"""Say hello."""
import sys

FILLER = b"QWERTYUIOP"  # ten letters
GREETING = b"HELLO " + FILLER


def main():
    note = f"{len(GREETING)} bytes"
    text = """kept
    as it is"""
    if sys.argv[1:] == ["--dump"]:  # print it
        sys.stdout.buffer.write(GREETING)
    return note + text


main()
'''
FILES = {
    "poc.py": SCRIPT,
    "request.txt": b"HELLO QWERTYUIOP",
    "ADVISORY.md": b'# Notice\n\nThe "card" isn\'t read\nwhole.\n\n- one\n- two\n',
}
PAYLOAD = b"HELLO QWERTYUIOP"


def leaked(name: str) -> str:
    (content,) = alteration(name).apply(FILES).values()
    return content.decode()


@pytest.mark.parametrize("each", ALTERATIONS, ids=lambda each: each.name)
def test_an_alteration_gives_the_same_bytes_again(each):
    assert each.apply(FILES) == each.apply(dict(reversed(FILES.items())))


def test_there_are_ten_alterations_with_ten_names():
    assert len({each.name for each in ALTERATIONS}) == 10


def test_an_unknown_alteration_is_not_found():
    with pytest.raises(NotFound, match="zipped"):
        alteration("shredded")


def test_the_zip_holds_every_file():
    (content,) = alteration("zipped").apply(FILES).values()
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert {name: archive.read(name) for name in archive.namelist()} == {
        f"poc/{path}": content for path, content in FILES.items()
    }


@pytest.mark.parametrize("name", ["restyled", "unparsed"])
def test_a_rewritten_script_sends_the_same_payload(name):
    assert payload_of({"poc.py": leaked(name).encode()}) == PAYLOAD


def test_a_restyled_script_has_no_comment_no_old_name_and_no_space_indent():
    script = leaked("restyled")
    assert "#" not in script
    assert "FILLER" not in script
    assert "\r\n    if" not in script
    assert "kept\r\n    as it is" in script  # inside a string nothing moves


def test_an_unparsed_script_is_the_same_program():
    assert ast.dump(ast.parse(leaked("unparsed"))) == ast.dump(ast.parse(SCRIPT))


@pytest.mark.parametrize("name", ["c-array", "powershell"])
def test_a_hex_array_holds_the_payload(name):
    found = re.findall(r"0x([0-9A-Fa-f]{2})", leaked(name))
    assert bytes.fromhex("".join(found)) == PAYLOAD


def test_a_decimal_array_holds_the_payload():
    assert bytes(int(item) for item in re.findall(r"\b\d+\b", leaked("js-array"))) == PAYLOAD


def test_the_base64_script_holds_the_payload():
    coded = "".join(re.findall(r'^ +"([^"]+)"$', leaked("base64-script"), re.MULTILINE))
    assert base64.b64decode(coded) == PAYLOAD


def test_the_xored_literal_holds_the_payload_and_never_its_letters():
    found = re.findall(r"\\x([0-9a-f]{2})", leaked("xored"))
    assert bytes(int(item, 16) ^ XOR_KEY for item in found) == PAYLOAD
    assert "HELLO" not in leaked("xored")


def test_the_fragment_is_escaped_and_holds_half_of_each_file():
    page = leaked("fragment")
    assert "&quot;" in page
    assert page.count("<pre>") == len(FILES)
    assert "<pre>O QWERTY</pre>" in page
    assert "HELLO QWERTYUIOP" not in page


def test_the_quoted_advisory_has_curly_quotes_and_keeps_its_items_apart():
    assert leaked("advisory-quoted") == (
        "> # Notice\n>\n> The “card” isn’t read whole.\n>\n> - one\n>\n> - two\n"
    )


def test_a_package_without_script_has_no_payload():
    with pytest.raises(InvalidInput, match=r"poc\.py"):
        payload_of({"ADVISORY.md": b""})


def test_a_script_that_prints_nothing_has_no_payload():
    with pytest.raises(InvalidInput, match="--dump"):
        payload_of({"poc.py": b"pass\n"})
