"""How people write bytes into text, undone: one function for each way.

A decoder takes bytes and gives blobs; none means that it has nothing to say. Two sorts:

- *whole*: the same text with one way of writing undone, so that what stands around stays;
- *blobs*: the bytes of each run that was found.

Decoders look at bytes, never at names or languages, and none of them fails.

>>> list(base64_blocks(b"x = 'SGVsbG8gd29ybGQhISEh'"))
[b'Hello world!!!!']
"""

import base64
import binascii
import codecs
import html
import re
from collections.abc import Callable, Iterator
from itertools import islice

from mapp_compliance.attribution.dumps import (
    character_dump,
    hex_dump,
    octal_dump,
    records,
    word_dump,
)
from mapp_compliance.attribution.machine import immediates
from mapp_compliance.attribution.numerals import (
    assembler,
    bits,
    decimal_escapes,
    hex_values,
    hex_words,
    integers,
    scattered,
    tables,
    wide_integers,
)

MIN_PIECES = 4  # string literals that are put in a row
MIN_BASE64_CHARS = 16  # 12 bytes; shorter ones are words
MIN_SHIFTED_CHARS = 32  # a cut block is worth reading at all alignments from here on

_ESCAPE = re.compile(
    rb"\\(?:x\{?([0-9a-fA-F]{2})\}?|u\{?([0-9a-fA-F]{4})\}?|U([0-9a-fA-F]{8})"
    rb"|([0-7]{1,3})|([abefnrtv\\\"'`/]))"
)
_PLAIN = dict(zip(b"abefnrtv\\\"'`/", b"\a\b\x1b\f\n\r\t\v\\\"'`/", strict=True))
# Between two quotes: C and Python put nothing, others + . .. & with _ ` or \ before a line end.
_SEAM = re.compile(rb"[\"'][\s+.&_`\\]{1,200}[bBrRuUfFL]{0,2}[\"']|\\\r?\n")
_HEX = re.compile(rb"(?<![0-9a-fA-F])(?:[0-9a-fA-F]{2}[\s:\-]{0,3}){7,}[0-9a-fA-F]{2}")
_LITERAL = re.compile(rb'"((?:[^"\\\n]|\\[^\n]){1,4096})"|\'((?:[^\'\\\n]|\\[^\n]){1,4096})\'')
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[ \t]*[A-Za-z0-9+/_-]{4,})*={0,2}")
_BASE32 = re.compile(rb"(?<![A-Za-z0-9])[A-Z2-7]{24,}(?:\r?\n[A-Z2-7]{8,})*={0,6}(?![A-Za-z0-9])")
_BASE85 = re.compile(rb"[0-9A-Za-z!#$%&()*+;<=>?@^_`{|}~-]{25,}")
_ONLY_85 = re.compile(rb"[!#$%&()*;<>?@^`{|}~]")  # told from base64 by one of these
_ASCII85 = re.compile(rb"<~[!-uz\s]{20,}~>")
_UU = re.compile(rb"^begin [0-7]{3,4} [^\r\n]*\r?\n((?:[ -`]{1,61}[ -`\s]?\r?\n)+)", re.MULTILINE)
_WORDS = re.compile(rb"[a-z_/\s-]+")  # a path or a name, though of the base64 alphabet
_PERCENT = re.compile(rb"%u([0-9a-fA-F]{4})|%([0-9a-fA-F]{2})")
_PERCENT_WORDS = re.compile(rb"(?:%u[0-9a-fA-F]{4}){4,}")
_BACKWARDS = re.compile(rb"[A-Za-z0-9+/=]{24,}")
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})(?:\s[^<>]{0,2000})?/?>")
_LINE_TAGS = frozenset({b"br", b"p", b"div", b"tr", b"li", b"pre", b"table"})
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});")
_QUOTED = re.compile(rb"^(?:>[ \t]?)+", re.MULTILINE)
_WIDE = re.compile(rb"(?:[\t\n\r\x20-\x7e]\0){8,}|(?:\0[\t\n\r\x20-\x7e]){8,}")


def _wide_char(code: int) -> bytes:
    """One byte below 256, as payloads mean it, else UTF-8."""
    return bytes((code,)) if code < 256 else chr(code).encode("utf-8", "surrogatepass")


def escapes(data: bytes) -> Iterator[bytes]:
    r"""Whole: ``\n \xNN \NNN \uNNNN \u{NNNN} \UNNNNNNNN``."""

    def undone(found: re.Match[bytes]) -> bytes:
        byte, short, long, octal, letter = found.groups()
        if letter:
            return bytes((_PLAIN[letter[0]],))
        if octal:
            return bytes((int(octal, 8) & 0xFF,))
        code = int(byte or short or long, 16)
        return _wide_char(code) if code < 0x110000 else found[0]

    if b"\\" in data:
        yield _ESCAPE.sub(undone, data)


def literals(data: bytes) -> Iterator[bytes]:
    """Whole: string literals side by side, or with a joining sign, are one; then escapes.

    Both at once, because a payload is mostly written with both.
    """
    whole = _SEAM.sub(b"", data)
    if whole != data:
        yield from escapes(whole) if b"\\" in whole else (whole,)


def strings(data: bytes) -> Iterator[bytes]:
    """Blob: what stands in quotes, all of it in a row, escapes undone: pieces in variables."""
    pieces = [one or two for one, two in _LITERAL.findall(data)]
    if len(pieces) >= MIN_PIECES:
        joined = b"".join(pieces)
        yield from escapes(joined) if b"\\" in joined else (joined,)


def backwards(data: bytes) -> Iterator[bytes]:
    """Blob: what may be an encoding that was turned round, from its end, its lines joined."""
    runs = _BACKWARDS.findall(data)
    if runs:
        yield b"\n".join(run[::-1] for run in reversed(runs))


def hex_runs(data: bytes) -> Iterator[bytes]:
    """Blobs: plain, spaced, with colons or dashes, over lines."""
    for run in _HEX.finditer(data):
        digits = re.sub(rb"[^0-9a-fA-F]", b"", run[0])
        yield bytes.fromhex(digits.decode())


def base32_blocks(data: bytes) -> Iterator[bytes]:
    """Blobs: upper-case blocks of base32, lines joined; words of capitals have no digit."""
    for run in _BASE32.finditer(data):
        text = re.sub(rb"[\s=]", b"", run[0])
        whole = text[:-1] if len(text) % 8 in (1, 3, 6) else text
        if any(digit in text for digit in b"234567"):
            yield base64.b32decode(whole + b"=" * (-len(whole) % 8))


def base85_blocks(data: bytes) -> Iterator[bytes]:
    """Blobs: base85 as Python and git write it, and Ascii85 in its frame."""
    for run in _BASE85.finditer(data):
        if _ONLY_85.search(run[0]):
            yield from _tried(base64.b85decode, run[0])
    for run in _ASCII85.finditer(data):
        yield from _tried(_framed_ascii85, run[0])


def _framed_ascii85(text: bytes) -> bytes:
    return base64.a85decode(text, adobe=True)


def _tried(decode: Callable[[bytes], bytes], text: bytes) -> Iterator[bytes]:
    try:
        yield decode(text)
    except ValueError:  # text that only looks like it
        return


def uuencoded(data: bytes) -> Iterator[bytes]:
    """Blobs: files as uuencode writes them."""
    for run in _UU.finditer(data):
        lines = run[1].splitlines()
        yield b"".join(blob for line in lines for blob in _tried(binascii.a2b_uu, line))


def base64_blocks(data: bytes) -> Iterator[bytes]:
    """Blobs: from the first character of each block, lines joined, both alphabets."""
    for text in _base64_texts(data):
        yield _from_base64(text)


def base64_cut(data: bytes) -> Iterator[bytes]:
    """Blobs: as if one, two or three characters before each block had been cut off with it."""
    for text in _base64_texts(data):
        if len(text) >= MIN_SHIFTED_CHARS:
            for shift in (1, 2, 3):
                yield _from_base64(text[shift:])


def _base64_texts(data: bytes) -> Iterator[bytes]:
    for run in _BASE64.finditer(data):
        if not _WORDS.fullmatch(run[0]):
            yield re.sub(rb"[\s=]", b"", run[0]).translate(bytes.maketrans(b"-_", b"+/"))


def _from_base64(text: bytes) -> bytes:
    whole = text[: len(text) - 1] if len(text) % 4 == 1 else text
    return base64.b64decode(whole + b"=" * (-len(whole) % 4))


def percent(data: bytes) -> Iterator[bytes]:
    """Whole: ``%NN`` and ``%uNNNN``."""
    if _occurs_twice(_PERCENT, data):
        yield _PERCENT.sub(lambda found: _wide_char(int(found[1] or found[2], 16)), data)


def percent_words(data: bytes) -> Iterator[bytes]:
    """Blobs: two bytes a sign, the lower one first, as ``unescape`` of old browsers puts them."""
    for run in _PERCENT_WORDS.finditer(data):
        yield b"".join(bytes.fromhex(each.decode())[::-1] for each in run[0].split(b"%u")[1:])


def html_text(data: bytes) -> Iterator[bytes]:
    """Whole: what a page shows, tags off and entities resolved."""
    if not (_ENTITY.search(data) or _TAG.search(data)):
        return
    bare = _TAG.sub(lambda tag: b"\n" if tag[2].lower() in _LINE_TAGS else b"", data)
    yield html.unescape(bare.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def quoted_printable(data: bytes) -> Iterator[bytes]:
    """Whole: a mail body with soft line ends."""
    if re.search(rb"=\r?\n", data):
        yield binascii.a2b_qp(data)


def unquoted(data: bytes) -> Iterator[bytes]:
    """Whole: a quoted mail without its ``> ``."""
    if _occurs_twice(_QUOTED, data):
        yield _QUOTED.sub(b"", data)


def diff_after(data: bytes) -> Iterator[bytes]:
    """Whole: the later side of a unified diff."""
    lines = data.splitlines(keepends=True)
    if sum(line.startswith(b"+") for line in lines) >= 2:
        heads = (b"+++", b"-", b"@@", b"diff ", b"index ", b"\\")
        kept = (line for line in lines if not line.startswith(heads))
        yield b"".join(line[1:] if line[:1] in b"+ " else line for line in kept)


def _occurs_twice(sign: re.Pattern[bytes], data: bytes) -> bool:
    return len(list(islice(sign.finditer(data), 2))) == 2


def wide_text(data: bytes) -> Iterator[bytes]:
    """Whole after a UTF-16 byte order mark, else blobs: runs of plain text in UTF-16."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield data.decode("utf-16", "replace").encode()
        return
    for run in _WIDE.finditer(data):
        yield run[0].replace(b"\0", b"")


Decoder = tuple[str, Callable[[bytes], Iterator[bytes]]]
DECODERS: tuple[Decoder, ...] = (
    ("utf-16", wide_text),
    ("html", html_text),
    ("unquoted", unquoted),
    ("diff", diff_after),
    ("quoted-printable", quoted_printable),
    ("literals", literals),
    ("strings", strings),
    ("escapes", escapes),
    ("percent", percent),
    ("percent-words", percent_words),
    ("array", integers),
    ("wide-array", wide_integers),
    ("hex-values", hex_values),
    ("hex-words", hex_words),
    ("scattered", scattered),
    ("table", tables),
    ("decimal-escapes", decimal_escapes),
    ("assembler", assembler),
    ("bits", bits),
    ("hex", hex_runs),
    ("dump", hex_dump),
    ("word-dump", word_dump),
    ("octal-dump", octal_dump),
    ("character-dump", character_dump),
    ("records", records),
    ("base64", base64_blocks),
    ("base64-cut", base64_cut),
    ("base32", base32_blocks),
    ("base85", base85_blocks),
    ("uu", uuencoded),
    ("immediates", immediates),
)
# These give the same text with one way of writing undone.
WHOLE = frozenset(
    {"html", "unquoted", "diff", "quoted-printable", "literals", "escapes", "percent"}
)
# Of the parts themselves only: what is turned round within an encoding the reader finds by itself.
FIRST = (*DECODERS, ("backwards", backwards))
