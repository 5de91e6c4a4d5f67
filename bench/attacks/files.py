"""What a holder does to a file of each kind before it is found: bytes in, a sample set out."""

import base64
import io
import json
import random
import re
import tarfile
import xml.dom.minidom
import zipfile
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

import markdown_it
import yaml

from mapp_compliance.watermark import captured_streams
from tests.watermark.packs import wire
from tests.watermark.packs.documents import ALTERATIONS

Leak = Callable[[bytes], list[bytes]]


def _members(data: bytes) -> dict[str, bytes]:
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(fileobj=io.BytesIO(data)) as box:
        held = ((info.name, box.extractfile(info)) for info in box if info.isreg())
        return {name: file.read() for name, file in held if file}


def _zipped_again(data: bytes) -> list[bytes]:
    """Another order, another level, names under a folder."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in sorted(_members(data).items(), reverse=True):
            archive.writestr(f"x/{name}", content)
    return [out.getvalue()]


def _tar_xz(data: bytes) -> list[bytes]:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:xz") as box:
        for name, content in sorted(_members(data).items()):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            box.addfile(info, io.BytesIO(content))
    return [out.getvalue()]


def _one_module(data: bytes) -> list[bytes]:
    return [max(_members(data).values(), key=len)]


ARCHIVE_LEAKS: Mapping[str, Leak] = {
    "as it is": lambda data: [data],
    "zipped again, other order and level": _zipped_again,
    "as tar.xz": _tar_xz,
    "extracted": lambda data: list(_members(data).values()),
    "one module": _one_module,
    "mail attachment in base64": lambda data: [base64.encodebytes(data)],
    "extracted with CRLF": lambda data: [
        content.replace(b"\n", b"\r\n") for content in _members(data).values()
    ],
    "first half of the download": lambda data: [data[: len(data) // 2]],
}


def _streams(data: bytes) -> list[bytes]:
    return [content for _, content in captured_streams(data)]


def _dumped(content: bytes) -> bytes:
    rows = range(0, len(content), 16)
    return b"".join(
        b"%08x  %-47s  %s\n"
        % (at, content[at : at + 16].hex(" ").encode(), _printable(content[at : at + 16]))
        for at in rows
    )


def _printable(row: bytes) -> bytes:
    return bytes(byte if 32 <= byte < 127 else 46 for byte in row)


def _c_arrays(data: bytes) -> list[bytes]:
    rows = [", ".join(f"0x{byte:02x}" for byte in content) for content in _streams(data)]
    text = "\n".join(f"char peer{n}[] = {{ {row} }};" for n, row in enumerate(rows))
    return [text.encode()]


def _other_addresses(data: bytes) -> list[bytes]:
    """Sent again from another machine: new packets, sizes, ports and numbers."""
    frames = [f for c in _streams(data) for f in wire.cut(c, 333, seq=77, back=len(c) % 2 == 0)]
    return [wire.pcapng(frames)]


CAPTURE_LEAKS: Mapping[str, Leak] = {
    "as it is": lambda data: [data],
    "sent again, as pcapng": _other_addresses,
    "payload followed, raw": _streams,
    "hex dump of the payload": lambda data: [b"".join(map(_dumped, _streams(data)))],
    "payload as C arrays": _c_arrays,
    "payload in base64": lambda data: [base64.b64encode(c) for c in _streams(data)],
    "first half of the file": lambda data: [data[: len(data) // 2]],
    "hex dump of the file": lambda data: [_dumped(data)],
}


def _text(change: Callable[[str], str]) -> Leak:
    return lambda data: [change(data.decode()).encode()]


def _rendered(data: bytes) -> list[bytes]:
    return [markdown_it.MarkdownIt().render(data.decode()).encode()]


def _bare(text: str) -> str:
    return re.sub(r"<[^>]+>", "", text)


DOCUMENT_LEAKS: Mapping[str, Leak] = {
    **{name: _text(change) for name, change in ALTERATIONS.items() if "HTML" not in name},
    "HTML by a converter": _rendered,
}
PAGE_LEAKS: Mapping[str, Leak] = {
    **{
        name: _text(change)
        for name, change in ALTERATIONS.items()
        if "HTML" not in name and "page" not in name and "bullets" not in name
    },
    "copied from the page": _text(_bare),
}


def _as_python(record: object) -> str:
    return f"DATA = {record!r}\n"


def _data(load: Callable[[str], object]) -> Mapping[str, Leak]:
    changes: dict[str, Callable[[str], str]] = {
        "as it is": lambda text: text,
        "minified JSON": lambda text: json.dumps(load(text), separators=(",", ":")),
        "sorted JSON": lambda text: json.dumps(load(text), indent=4, sort_keys=True),
        "YAML": lambda text: yaml.safe_dump(load(text)),
        "Python literal": lambda text: _as_python(load(text)),
        "mail quote": ALTERATIONS["mail quote"],
        "CRLF": ALTERATIONS["CRLF"],
        "first half": ALTERATIONS["first half"],
    }
    return {name: _text(change) for name, change in changes.items()}


def _minified_xml(text: str) -> str:
    return re.sub(r">\s+<", "><", text)


def _table(text: str) -> str:
    root = ElementTree.fromstring(text)
    return "\n".join(",".join(each.text or "" for each in row) for row in root.iter() if len(row))


XML_LEAKS: Mapping[str, Leak] = {
    "as it is": lambda data: [data],
    "minified": _text(_minified_xml),
    "indented": _text(lambda t: xml.dom.minidom.parseString(_minified_xml(t)).toprettyxml()),
    "as a table": _text(_table),
    "mail quote": _text(ALTERATIONS["mail quote"]),
    "CRLF": _text(ALTERATIONS["CRLF"]),
    "first half": _text(ALTERATIONS["first half"]),
}
PATCH_LEAKS: Mapping[str, Leak] = {
    "as it is": lambda data: [data],
    "mail quote": _text(ALTERATIONS["mail quote"]),
    "re-wrapped message": _text(
        lambda t: "---\n".join(
            (ALTERATIONS["re-wrapped"](t.split("---\n")[0]), t.split("---\n")[1])
        )
    ),
    "CRLF": _text(ALTERATIONS["CRLF"]),
    "code alone": _text(lambda text: text[text.index("diff --git") :]),
}
LEAKS: Mapping[str, Mapping[str, Leak]] = {
    **dict.fromkeys(("zip", "tar", "tar.gz"), ARCHIVE_LEAKS),
    **dict.fromkeys(("pcap", "pcapng"), CAPTURE_LEAKS),
    **dict.fromkeys(("md", "txt"), DOCUMENT_LEAKS),
    "html": PAGE_LEAKS,
    "json": _data(json.loads),
    "yaml": _data(yaml.safe_load),
    "xml": XML_LEAKS,
    "patch": PATCH_LEAKS,
}


def leaked(how: Leak, data: bytes, rng: random.Random) -> list[bytes]:
    """The sample set in any order."""
    pieces = how(data)
    rng.shuffle(pieces)
    return pieces
