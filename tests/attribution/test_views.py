"""Each way to write bytes is undone, alone and two deep."""

import base64
import binascii
import gzip
import html
import quopri
import random
import struct
import time
import urllib.parse
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution.decoders import DECODERS
from mapp_compliance.attribution.parts import Part, Unwrapped
from mapp_compliance.attribution.views import ViewBudget, with_views
from mapp_compliance.values import KIB

PAYLOAD = random.Random(1).randbytes(96)
LETTERS = bytes(
    random.Random(2).choices(b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", k=96)
)


def views_of(data: bytes, budget: ViewBudget | None = None) -> Unwrapped:
    return with_views(Unwrapped((Part(data, "s"),)), budget)


def is_shown(payload: bytes, data: bytes) -> bool:
    return any(payload in part.data for part in views_of(data).parts[1:])


def c_bytes(data: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in data)


def signed(data: bytes) -> list[int]:
    return [byte - 256 if byte > 127 else byte for byte in data]


def in_pieces(text: str, size: int, seam: str) -> str:
    return seam.join(text[at : at + size] for at in range(0, len(text), size))


def dump(data: bytes) -> str:
    rows = (data[at : at + 16] for at in range(0, len(data), 16))
    return "\n".join(
        f"{16 * n:08x}  {row[:8].hex(' ')}  {row[8:].hex(' ')}  |{'.' * len(row)}|"
        for n, row in enumerate(rows)
    )


def xxd(data: bytes) -> str:
    rows = (data[at : at + 16] for at in range(0, len(data), 16))
    return "\n".join(
        f"{16 * n:08x}: {row.hex(' ', 2)}  {'A' * len(row)}" for n, row in enumerate(rows)
    )


def uu(data: bytes) -> bytes:
    lines = (binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45))
    return b"begin 644 poc.bin\n" + b"".join(lines) + b"`\nend\n"


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


FORMS: dict[str, Callable[[bytes], str | bytes]] = {
    "c escapes": lambda b: f'char p[] = "{c_bytes(b)}";',
    "upper-case escapes": lambda b: 'p = "' + c_bytes(b).upper().replace("X", "x") + '"',
    "octal": lambda b: 'char p[] = "' + "".join(f"\\{x:03o}" for x in b) + '";',
    "js u escapes": lambda b: 'p = "' + "".join(f"\\u{x:04x}" for x in b) + '"',
    "braced escapes": lambda b: 'p = "' + "".join(f"\\x{{{x:02x}}}" for x in b) + '"',
    "python repr": lambda b: f"p = {b!r}",
    "c pieces": lambda b: 'char p[] =\n  "' + in_pieces(c_bytes(b), 40, '"\n  "') + '";',
    "js pieces": lambda b: 'p = "' + in_pieces(c_bytes(b), 40, '" +\n  "') + '";',
    "php pieces": lambda b: 'p = "' + in_pieces(c_bytes(b), 40, '" . "') + '";',
    "vb pieces": lambda b: 'p = "' + in_pieces(b.hex(), 40, '" & _\n  "') + '"',
    "python pieces": lambda b: 'p = (b"' + in_pieces(c_bytes(b), 40, '"\n  b"') + '")',
    "continued line": lambda b: 'p = "' + in_pieces(b.hex(), 40, "\\\n") + '"',
    "hex": lambda b: f"p = '{b.hex()}'",
    "0x hex": lambda b: f"0x{b.hex().upper()}",
    "hex spaced": lambda b: b.hex(" "),
    "hex colons": lambda b: b.hex(":"),
    "hex dashes": lambda b: b.hex("-"),
    "hex lines": lambda b: in_pieces(b.hex(), 32, "\n"),
    "hexdump -C": dump,
    "xxd": xxd,
    "c array": lambda b: "unsigned char p[] = {" + ", ".join(f"0x{x:02x}" for x in b) + "};",
    "decimal array": lambda b: f"p = {list(b)}",
    "array over lines": lambda b: in_pieces(",".join(map(str, b)), 60, "").replace(",", ",\n  "),
    "powershell": lambda b: "[Byte[]] $p = " + ",".join(f"0x{x:X}" for x in b),
    "java bytes": lambda b: "byte[] p = {" + ", ".join(map(str, signed(b))) + "};",
    "java casts": lambda b: "byte[] p = {" + ", ".join(f"(byte)0x{x:02X}" for x in b) + "};",
    "java spaced casts": lambda b: "{" + ", ".join(f"(byte) {x}" for x in b) + "}",
    "rust": lambda b: "let p = [" + ", ".join(f"0x{x:02x}u8" for x in b) + "];",
    "vb values": lambda b: "Array(" + ", ".join(f"&H{x:02X}" for x in b) + ")",
    "chr calls": lambda b: " & ".join(f"Chr({x})" for x in b),
    "fromCharCode": lambda b: f"String.fromCharCode({','.join(map(str, b))})",
    "base64": lambda b: f"p = '{base64.b64encode(b).decode()}'",
    "base64 lines": lambda b: base64.encodebytes(b),
    "base64 url-safe": lambda b: base64.urlsafe_b64encode(b),
    "base32": lambda b: f"p = '{base64.b32encode(b).decode()}'",
    "base85": lambda b: f'p = "{base64.b85encode(b).decode()}"',
    "ascii85": lambda b: base64.a85encode(b, adobe=True),
    "zlib base85": lambda b: f'exec(d(b"{base64.b85encode(zlib.compress(b)).decode()}"))',
    "uuencode": uu,
    "binary array": lambda b: "x = [" + ", ".join(f"0b{x:08b}" for x in b) + "]",
    "octal array": lambda b: "x = [" + ", ".join(f"0o{x:03o}" for x in b) + "]",
    "words": lambda b: "{" + ", ".join(f"0x{x:08x}" for x in struct.unpack("<24I", b)) + "};",
    "words big-endian": lambda b: ", ".join(f"0x{x:04X}u16" for x in struct.unpack(">48H", b)),
    "long words": lambda b: ",".join(f"0x{x:016x}ULL" for x in struct.unpack("<12Q", b)),
    "percent": lambda b: urllib.parse.quote(b, safe=""),
    "percent u": lambda b: "".join(f"%u{x:04x}" for x in b),
    "html entities": lambda b: "".join(f"&#{x};" for x in b if x < 128),
    "quoted-printable": lambda b: quopri.encodestring(b + b"\n", quotetabs=True),
    "zlib base64": lambda b: base64.b64encode(zlib.compress(b)),
    "gzip base64": lambda b: base64.b64encode(gzip.compress(b)),
    "deflate base64": lambda b: base64.b64encode(deflated(b * 4)),
    "gzip hex": lambda b: gzip.compress(b).hex(),
    "base64 of base64": lambda b: base64.b64encode(base64.b64encode(b)),
    "base64 in pieces": lambda b: (
        'p = "' + in_pieces(base64.b64encode(b).decode(), 20, '" +\n "') + '"'
    ),
    "array in html": lambda b: html.escape(f"<p>var x = {list(b)}</p>"),
    "escapes in json": lambda b: '{"body": "p = \\"' + c_bytes(b).replace("\\", "\\\\") + '\\""}',
    "array quoted in mail": lambda b: "> " + ", ".join(map(str, b)).replace(", ", ",\n> "),
    "array in a diff": lambda b: "+" + ", ".join(map(str, b)).replace(", ", ",\n+"),
}
ASCII_ONLY = {"html entities"}


@pytest.mark.parametrize("form", list(FORMS))
def test_a_payload_is_read_from_each_form(form: str) -> None:
    payload = LETTERS if form in ASCII_ONLY else PAYLOAD
    written = FORMS[form](payload)

    assert is_shown(payload, written.encode("latin-1") if isinstance(written, str) else written)


@pytest.mark.parametrize("form", list(FORMS))
def test_a_payload_of_letters_is_read_from_each_form(form: str) -> None:
    written = FORMS[form](LETTERS)
    data = written.encode() if isinstance(written, str) else written

    assert LETTERS in data or is_shown(LETTERS, data)


def test_text_in_utf_16_is_read() -> None:
    text = "char p[] = {" + ", ".join(map(str, LETTERS)) + "};"

    assert is_shown(LETTERS, text.encode("utf-16"))
    assert is_shown(LETTERS, base64.b64encode(text.encode("utf-16-le")))
    assert is_shown(text.encode(), b"\x01\x02" + text.encode("utf-16-be") + b"\xff\xff")


@pytest.mark.parametrize("cut", [1, 2, 3, 5])
def test_base64_that_lost_its_beginning_is_read(cut: int) -> None:
    assert is_shown(LETTERS[6:-3], base64.b64encode(LETTERS)[cut:])


def test_a_page_a_mail_and_a_diff_give_their_text() -> None:
    page = b"<html><pre>if a &lt; b &amp;&amp; <b>c</b>: go()</pre></html>"

    assert is_shown(b"if a < b && c: go()", page)
    assert is_shown(b"one\ntwo\n", b"He wrote:\n> > one\n> > two\n")
    assert is_shown(b"new\nold\n", b"@@ -1 +1,2 @@\n+new\n old\n-gone\n+x\n")


def test_a_view_tells_how_it_was_got() -> None:
    data = b'p = "' + base64.b64encode(zlib.compress(LETTERS * 3)) + b'"'
    found = [part.derivation for part in views_of(data).parts if LETTERS in part.data]

    assert found == ["s > base64 > zlib"]


def test_no_two_parts_are_equal() -> None:
    parts = views_of(b'x = "\\x41\\x42" "cd" ; y = [1,2,3,4,5,6,7,8,9]').parts

    assert len({part.data for part in parts}) == len(parts)


def test_views_stay_within_their_budget() -> None:
    budget = ViewBudget(level_bytes=64 * KIB, scan_bytes=16 * KIB)
    data = base64.b64encode(random.Random(3).randbytes(200_000))
    result = views_of(data, budget)

    assert sum(len(part.data) for part in result.parts[1:]) < 4 * 64 * KIB
    assert any(note.startswith("truncated: views") for note in result.notes)


def test_a_large_part_does_not_starve_a_small_one() -> None:
    large = Part(random.Random(4).randbytes(150_000).hex().encode(), "large")
    small = Part(PAYLOAD.hex().encode(), "small")
    result = with_views(Unwrapped((large, small)), ViewBudget(level_bytes=8 * KIB))

    assert any(part.data == PAYLOAD for part in result.parts)
    assert result.notes


def test_a_packed_blob_does_not_unfold_without_end() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(50_000_000)))
    result = views_of(bomb, ViewBudget(unpacked_bytes=100 * KIB))

    assert sum(len(part.data) for part in result.parts) < 20 * len(bomb)


@pytest.mark.parametrize(
    "filler",
    [
        b" ",
        b"\n",
        b"\\",
        b'"',
        b'" ',
        b"0,",
        b"0 ,",
        b"1",
        b"a",
        b"aa ",
        b"=\n",
        b"%41",
        b"&#",
        b"<a ",
        b"> ",
        b"+\n",
        b"(byte)",
        b"chr(",
        b"0" * 8 + b": aa  ",
    ],
)
def test_long_runs_of_one_sign_take_little_time(filler: bytes) -> None:
    started = time.process_time()
    views_of((filler * 300_000)[:300_000])

    assert time.process_time() - started < 8


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_noise_never_raises(noise: bytes) -> None:
    assert views_of(noise).parts[0].data == noise


@given(st.text("\\x0123456789abcdefuU{}%&#;<>+-=,()[]\"' \n\tbyteCHR/_", max_size=200))
@settings(max_examples=300, deadline=None)
def test_texts_of_telling_signs_never_raise(text: str) -> None:
    for _, decode in DECODERS:
        assert isinstance(list(decode(text.encode())), list)


def test_odd_digits_at_the_end_of_hex_are_dropped() -> None:
    assert is_shown(PAYLOAD, binascii.hexlify(PAYLOAD) + b"f")
