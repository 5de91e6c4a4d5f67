"""What a leaker may do to a copy before it turns up: ten alterations, fixed beforehand.

Written before the reader was tuned, so that the reader cannot be made to fit them. Each takes the
files of one marked package and gives the leaked files. All are deterministic, know nothing of
marks, sites or recipients, and use the standard library alone.

>>> leaked = alteration("advisory-quoted").apply({"ADVISORY.md": b'Say "hello" to it.\\n'})
>>> print(leaked["mail.txt"].decode())
> Say “hello” to it.
<BLANKLINE>
"""

import ast
import base64
import html
import io
import re
import textwrap
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mapp_compliance.attribution.restyle import restyled
from mapp_compliance.demo.payload import SCRIPT, payload_of
from mapp_compliance.errors import NotFound

ADVISORY = "ADVISORY.md"
XOR_KEY = 0x5A
MAIL_WIDTH = 60  # characters of a line, the quoting sign not counted

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Alteration:
    """One way in which a copy is changed before it turns up.

    Attributes:
        name: short id, used in scenarios.
        description: what is done, one sentence.
        apply: files of a marked package (path to content) to leaked files.
    """

    name: str
    description: str
    apply: Callable[[Files], dict[str, bytes]]


def alteration(name: str) -> Alteration:
    """The alteration of that name.

    Raises:
        NotFound: there is none.
    """
    for each in ALTERATIONS:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in ALTERATIONS)
    raise NotFound(f"no alteration is called {name!r}; choose one of {known}")


def _zipped(files: Files) -> dict[str, bytes]:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(f"poc/{path}", date_time=(2012, 3, 15, 9, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, files[path])
    return {"poc.zip": target.getvalue()}


def _restyled(files: Files) -> dict[str, bytes]:
    return {"tool.py": restyled(files[SCRIPT].decode()).encode()}


def _unparsed(files: Files) -> dict[str, bytes]:
    return {"tool.py": (ast.unparse(ast.parse(files[SCRIPT])) + "\n").encode()}


def _c_array(files: Files) -> dict[str, bytes]:
    rows = ",\n".join(_rows(payload_of(files), "0x{:02x}", 12))
    text = (
        "#include <stddef.h>\n\n"
        f"static const unsigned char buf[] = {{\n{rows}\n}};\n"
        "const size_t buf_len = sizeof buf;\n"
    )
    return {"packet.c": text.encode()}


def _js_array(files: Files) -> dict[str, bytes]:
    rows = ",\n".join(_rows(payload_of(files), "{}", 16))
    text = f"const packet = new Uint8Array([\n{rows}\n]);\nexport {{ packet }};\n"
    return {"packet.js": text.encode()}


def _powershell(files: Files) -> dict[str, bytes]:
    rows = ",\n".join(_rows(payload_of(files), "0x{:02X}", 16))
    return {"Send-Packet.ps1": f"[byte[]] $packet = @(\n{rows}\n)\n$packet.Length\n".encode()}


def _base64_script(files: Files) -> dict[str, bytes]:
    coded = base64.b64encode(payload_of(files)).decode()
    rows = "\n".join(f'    "{row}"' for row in textwrap.wrap(coded, 64))
    text = f"import base64\n\nDATA = base64.b64decode(\n{rows}\n)\nprint(len(DATA))\n"
    return {"send.py": text.encode()}


def _xored(files: Files) -> dict[str, bytes]:
    hidden = bytes(byte ^ XOR_KEY for byte in payload_of(files))
    literal = "".join(f"\\x{byte:02x}" for byte in hidden)
    text = f'K = {XOR_KEY}\nB = b"{literal}"\nprint(len(bytes(c ^ K for c in B)))\n'
    return {"stage.py": text.encode()}


def _fragment(files: Files) -> dict[str, bytes]:
    blocks = []
    for path in sorted(files):
        text = files[path].decode("utf-8", "replace")
        middle = text[len(text) // 4 : len(text) * 3 // 4]
        blocks.append(f"<pre>{html.escape(middle)}</pre>")
    body = "\n<p>[...]</p>\n".join(blocks)
    page = f"<!doctype html>\n<title>found this</title>\n<body>\n{body}\n</body>\n"
    return {"page.html": page.encode()}


def _advisory_quoted(files: Files) -> dict[str, bytes]:
    paragraphs = re.split(r"\n{2,}|\n(?=[-*] )", files[ADVISORY].decode().strip())
    lines: list[str] = []
    for paragraph in paragraphs:
        lines += [f"> {line}" for line in textwrap.wrap(_curly(paragraph), MAIL_WIDTH)]
        lines.append(">")
    return {"mail.txt": ("\n".join(lines[:-1]) + "\n").encode()}


def _curly(text: str) -> str:
    opened = re.sub(r'(^|[\s(\[])"', r"\1“", text).replace('"', "”")
    return re.sub(r"(^|[\s(\[])'", r"\1‘", opened).replace("'", "’")


def _rows(data: bytes, form: str, width: int) -> Iterator[str]:
    for start in range(0, len(data), width):
        yield "    " + ", ".join(form.format(byte) for byte in data[start : start + width])


ALTERATIONS = (
    Alteration("zipped", "the whole package in one zip file", _zipped),
    Alteration(
        "restyled",
        "the script with tabs, CRLF, no comments and renamed variables",
        _restyled,
    ),
    Alteration("unparsed", "the script through a parser and back", _unparsed),
    Alteration("c-array", "the payload as a C array of hex bytes", _c_array),
    Alteration("js-array", "the payload as a JavaScript array of decimal bytes", _js_array),
    Alteration("powershell", "the payload as a PowerShell array of hex bytes", _powershell),
    Alteration("base64-script", "the payload as base64 inside a new script", _base64_script),
    Alteration("xored", "the payload XORed with one byte, as an escaped literal", _xored),
    Alteration("fragment", "the middle half of each file, pasted into a web page", _fragment),
    Alteration(
        "advisory-quoted",
        "the advisory alone, re-wrapped and quoted as mail with curly quotes",
        _advisory_quoted,
    ),
)
