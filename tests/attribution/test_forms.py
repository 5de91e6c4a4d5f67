"""Forms beyond arrays and base64: dumps, records, scattered values, pieces, streams inside."""

import base64
import bz2
import gzip
import lzma
import random
import struct
import zlib

import pytest

from mapp_compliance.attribution.changed import NEAR_BYTES, SEAM, changed
from mapp_compliance.attribution.parts import Part, Unwrapped
from mapp_compliance.attribution.views import with_views

PAYLOAD = random.Random(7).randbytes(96)
PLAIN = bytes(random.Random(8).choices(b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNP23456789", k=96))


def rows(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


def words(data: bytes, size: int) -> list[int]:
    return [int.from_bytes(row, "little") for row in rows(data, size)]


def od(data: bytes, cells: list[str], width: int) -> str:
    lines = [cells[at : at + width] for at in range(0, len(cells), width)]
    step = 16 * len(lines[0]) // len(lines[0])
    return "".join(f"{n * step:07o}{''.join(line)}\n" for n, line in enumerate(lines))


def as_cell(byte: int) -> str:
    short = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
    if byte in short:
        return f"{short[byte]:>4}"
    return f"{chr(byte):>4}" if 0x20 <= byte < 0x7F else f" {byte:03o}"


def intel(data: bytes) -> str:
    lines = []
    for number, row in enumerate(rows(data, 16)):
        record = bytes((len(row), 0, 16 * number % 256, 0)) + row
        lines.append(f":{record.hex().upper()}{-sum(record) & 0xFF:02X}\n")
    return "".join(lines) + ":00000001FF\n"


def motorola(data: bytes) -> str:
    lines = []
    for number, row in enumerate(rows(data, 8)):
        record = bytes((len(row) + 3, 0, 8 * number)) + row
        lines.append(f"S1{record.hex().upper()}{~sum(record) & 0xFF:02X}\n")
    return "".join(lines)


FORMS = {
    "od": od(PAYLOAD, [f" {word:06o}" for word in words(PAYLOAD, 2)], 8),
    "od -b": od(PAYLOAD, [f" {byte:03o}" for byte in PAYLOAD], 16),
    "od -c": od(PAYLOAD, [as_cell(byte) for byte in PAYLOAD], 16),
    "hexdump": "".join(
        f"{16 * n:07x} {' '.join(f'{word:04x}' for word in words(row, 2))}\n"
        for n, row in enumerate(rows(PAYLOAD, 16))
    ),
    "intel hex": intel(PAYLOAD),
    "s-records": motorola(PAYLOAD),
    "assigned hex": "".join(f"b[{n}] = 0x{byte:02x};\n" for n, byte in enumerate(PAYLOAD)),
    "assigned decimal": "".join(f"b[{n}] = {byte};\n" for n, byte in enumerate(PAYLOAD)),
    "decimals": " ".join(map(str, PAYLOAD)),
    "table": "".join(",".join(map(str, row)) + "\n" for row in rows(PAYLOAD, 3)),
    "wide table": "".join("; ".join(map(str, row)) + ";\n" for row in rows(PAYLOAD, 24)),
    "lua": 'local p = "' + "".join(f"\\{byte:03d}" for byte in PAYLOAD) + '"',
    "lua, short": "p = '" + "".join(f"\\{byte}" for byte in PAYLOAD) + "'",
    "lua, over lines": 'p = "'
    + "\\z\n  ".join("".join(f"\\{byte:03d}" for byte in row) for row in rows(PAYLOAD, 12))
    + '"',
    "masm": ", ".join(f"0{byte:02x}h" for byte in PAYLOAD),
    "pascal": ", ".join(f"${byte:02x}" for byte in PAYLOAD),
    "bits": " ".join(f"{byte:08b}" for byte in PAYLOAD),
    "gdb words": "".join(
        f"0x7ffe{n:08x}:\t0x{one:016x}\n" for n, one in enumerate(words(PAYLOAD, 8))
    ),
    "pack calls": "".join(f"p += pack('<I', 0x{word:08x})\n" for word in words(PAYLOAD, 4)),
    "char casts": "+".join(f"[char]{byte}" for byte in PAYLOAD),
    "unescape": "".join(f"%u{word:04x}" for word in words(PAYLOAD, 2)),
    "hex pieces": ", ".join(f'"{row.hex()}"' for row in rows(PAYLOAD, 5)),
    "escaped pieces": "\n".join(
        f"v{n} = '" + "".join(f"\\x{byte:02x}" for byte in row) + "'"
        for n, row in enumerate(rows(PAYLOAD, 7))
    ),
    "hex lines": "\n".join(f'b += unhex("{row.hex()}")' for row in rows(PAYLOAD, 12)),
    "base64 backwards": base64.b64encode(PAYLOAD).decode()[::-1],
    "xz in base64": base64.b64encode(lzma.compress(PAYLOAD)).decode(),
    "bzip2 in base64": base64.b64encode(bz2.compress(PAYLOAD)).decode(),
}
PACKED = {
    "gzip": gzip.compress(PAYLOAD),
    "zlib": zlib.compress(PAYLOAD),
    "xz": lzma.compress(PAYLOAD),
    "bzip2": bz2.compress(PAYLOAD),
}


def is_shown(data: bytes, payload: bytes = PAYLOAD) -> bool:
    found = with_views(Unwrapped((Part(data, "s"),)))
    return any(payload in part.data for part in found.parts[1:])


@pytest.mark.parametrize("name", FORMS)
def test_the_payload_is_shown(name):
    assert is_shown(FORMS[name].encode())


@pytest.mark.parametrize("name", FORMS)
def test_the_payload_is_shown_on_lines_with_cr(name):
    assert is_shown(FORMS[name].replace("\n", "\r\n").encode())


@pytest.mark.parametrize("name", PACKED)
def test_a_packed_stream_inside_a_program_is_shown(name):
    noise = random.Random(name).randbytes(4000)
    assert is_shown(b"\x7fELF" + noise[:3000] + PACKED[name] + noise[3000:])


def test_constants_that_a_program_moves_onto_its_stack_are_shown():
    code = b"".join(
        b"\x48\xb8" + row + b"\x48\x89\x45" + bytes((8 * n,))
        for n, row in enumerate(rows(PAYLOAD, 8))
    )
    assert is_shown(b"\x7fELF" + bytes(50) + code)
    moves = b"".join(
        b"\xc7\x44\x24" + bytes((4 * n,)) + row for n, row in enumerate(rows(PAYLOAD, 4))
    )
    assert is_shown(b"MZ" + bytes(50) + moves)


def test_of_a_text_that_stayed_the_same_only_the_changed_places_are_kept():
    before = b"".join(b"value_%d = compute(%d)\n" % (n, n) for n in range(5000))
    after = before.replace(b"compute(99)", b"COMPUTE(99)").replace(b"(4000)", b"(four)")
    kept = changed(before, after)
    assert b"COMPUTE(99)" in kept
    assert b"(four)" in kept
    assert len(kept) < 5 * NEAR_BYTES
    assert kept.count(SEAM) == 1
    assert changed(before, before) == b""
    assert changed(b"", before) == before


def test_views_of_a_long_script_stay_small():
    script = b"".join(b"print('line %d', \"\\t\")\n" % n for n in range(10)) + b"".join(
        b"call_%d(%d)\n" % (n, n) for n in range(20_000)
    )
    found = with_views(Unwrapped((Part(script, "s"),)))
    assert sum(len(part.data) for part in found.parts[1:]) < len(script) // 4


def test_wide_text_is_told_from_zeros():
    wide = base64.b64encode(PLAIN.decode().encode("utf-16-le"))
    assert is_shown(wide, PLAIN)
    zeros = base64.b64encode(struct.pack("<24Q", *range(24)))
    names = [part.derivation for part in with_views(Unwrapped((Part(zeros, "s"),))).parts]
    assert "s > base64 > utf-16" not in names
