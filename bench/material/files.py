"""Files of each kind for ``bench.files``, made by a seed, with marks as an author would declare.

Archives hold modules of installed packages and carry natural marks. Documents are the long
descriptions of installed packages, with wordings from SYNONYMS wherever one stands; captures and
data files are generated. None of this was looked at while carriers and reader were written.
"""

import gzip
import io
import json
import random
import re
import sysconfig
import tarfile
import textwrap
import zipfile
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from pathlib import Path

import markdown_it
import yaml

from mapp_compliance.watermark import PackageFile
from tests.watermark.packs import wire

FILES = 10  # of each kind
WHEN = (2026, 3, 4, 5, 6, 8)
SITE = Path(sysconfig.get_paths()["purelib"])
SYNONYMS = {
    "can": "is able to",
    "must": "has to",
    "because": "since",
    "for example": "for instance",
    "which": "that",
    "use": "make use of",
    "uses": "makes use of",
    "using": "with the help of",
    "allows": "permits",
    "provides": "offers",
    "supports": "handles",
    "should": "ought to",
    "also": "as well",
    "such as": "like",
    "note that": "mind that",
    "make sure": "take care",
    "available": "at hand",
    "several": "a number of",
    "requires": "needs",
    "however": "yet",
    "without": "free of",
    "before": "ahead of",
    "currently": "at present",
    "simple": "plain",
    "fast": "quick",
    "entire": "whole",
    "many": "numerous",
    "need": "require",
    "contains": "holds",
    "instead of": "rather than",
    "in order to": "so as to",
    "similar": "alike",
    "default": "preset",
    "when": "whenever",
    "while": "whilst",
    "are": "remain",
    "with": "along with",
    "from": "out of",
    "into": "in",
    "you": "one",
    "your": "the",
    "will": "is going to",
    "new": "fresh",
    "more": "further",
    "all": "every one of the",
    "this": "the present",
    "see": "look at",
    "write": "put down",
    "run": "start",
    "only": "solely",
}
_WORDING = re.compile(r"(?<![\w`/.-])(" + "|".join(SYNONYMS) + r")(?![\w`/.-])")


def material(kind: str) -> Iterator[list[PackageFile]]:
    """FILES packages of that kind: the file, and its side-car where it has one."""
    rng = random.Random(f"files 2026 {kind}")
    yield from KINDS[kind](rng, kind)


def archives(rng: random.Random, kind: str) -> Iterator[list[PackageFile]]:
    modules = sorted(
        path
        for path in SITE.glob("*/*.py")
        if 6_000 <= path.stat().st_size <= 16_000 and path.parent.name != "mapp_compliance"
    )
    for number in range(FILES):
        held = {path.name: path.read_bytes() for path in rng.sample(modules, 3)}
        held["README.txt"] = b"Three modules.\n" * 20
        yield [PackageFile(f"pack{number}.{kind}", packed(kind, held))]


def packed(kind: str, files: Mapping[str, bytes]) -> bytes:
    """An archive of that kind."""
    out = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(zipfile.ZipInfo(name, WHEN), data, zipfile.ZIP_DEFLATED)
        return out.getvalue()
    with tarfile.open(fileobj=out, mode="w") as box:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            box.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0) if kind == "tar.gz" else out.getvalue()


def captures(rng: random.Random, kind: str) -> Iterator[list[PackageFile]]:
    for number in range(FILES):
        request, answer = _request(rng), rng.randbytes(rng.randrange(200, 900))
        sent = wire.cut(request, rng.randrange(60, 500), seq=rng.randrange(2**32))
        back = wire.cut(answer, 400, seq=rng.randrange(2**32), back=True)
        noise = [wire.ethernet(wire.udp(rng.randbytes(60))) for _ in range(5)]
        frames = [*sent, *back, *noise]
        rng.shuffle(frames)
        path = f"capture{number}.{kind}"
        data = (wire.pcapng if kind == "pcapng" else wire.pcap)(frames)
        yield [PackageFile(path, data), _side_car(path, CAPTURE_MARKS)]


def _request(rng: random.Random) -> bytes:
    token = bytes(rng.choices(b"abcdefghijklmnopqrstuvwxyz", k=10))
    filler = bytes([rng.choice(b"ABCDEFGH")]) * 96
    extra = bytes(rng.choices(range(32, 127), k=rng.randrange(100, 600)))
    head = b"POST /api/%d HTTP/1.1\r\nHost: demo.example\r\n" % rng.randrange(1000)
    return head + b"X-Session: %s\r\n\r\nname=%s&rest=%s\r\n" % (token, filler, extra)


CAPTURE_MARKS = r"""
[[mark]]
file = "@stream@"
name = "filler"
kind = "filler"
match = 'name=([A-H]{96})&'
[[mark]]
file = "@stream@"
name = "session"
kind = "nonce"
match = 'X-Session: ([a-z]{10})'
charset = "lower"
"""


def documents(rng: random.Random, kind: str) -> Iterator[list[PackageFile]]:
    texts = []
    for path in sorted(SITE.glob("*.dist-info/METADATA")):
        text = str(message_from_bytes(path.read_bytes()).get_payload())
        sites = len(_WORDING.findall(text))
        if text.isascii() and 2_500 <= len(text) <= 60_000 and sites >= 30:
            texts.append(text)
    for number, text in enumerate(rng.sample(texts, FILES)):
        path = f"text{number}.{kind}"
        shown = markdown_it.MarkdownIt().render(text) if kind == "html" else text
        yield [PackageFile(path, shown.encode()), _side_car(path, _wordings(shown))]


def _wordings(text: str) -> str:
    """A variant for every place where a synonym fits, outside of tags, code and links."""
    rows = []
    for number, found in enumerate(_WORDING.finditer(text)):
        line = text[text.rfind("\n", 0, found.start()) + 1 : text.find("\n", found.end())]
        if line.startswith(("    ", "\t", "<pre", "```", ".. ")) or "=" in line:
            continue
        own = found[1]
        rows.append(
            f'[[mark]]\nname = "w{number}"\nkind = "variant"\noffset = {found.start()}\n'
            f'length = {len(own)}\nvalues = ["{own}", "{SYNONYMS[own]}"]\n'
        )
    return "".join(rows)


def data_files(rng: random.Random, kind: str) -> Iterator[list[PackageFile]]:
    for number in range(FILES):
        record = {
            "advisory": f"EX-{rng.randrange(1000, 9999)}",
            "observed": [_observed(rng, each) for each in range(8)],
            "notes": [" ".join(rng.choices(_WORDS, k=12)) for _ in range(6)],
        }
        text = WRITERS[kind](record)
        path = f"data{number}.{kind}"
        yield [PackageFile(path, text.encode()), _side_car(path, _example_values(text))]


_WORDS = ("request", "answer", "header", "field", "length", "service", "session", "packet")


def _observed(rng: random.Random, number: int) -> dict[str, object]:
    letters = "abcdefghjkmnpqrstuvwxyz"
    return {
        "id": f"obs{number}-{''.join(rng.choices(letters, k=8))}",
        "path": "/tmp/" + "".join(rng.choices(letters, k=10)),
        "port": rng.randrange(20000, 30000),
        "note": " ".join(rng.choices(_WORDS, k=6)),
    }


def _example_values(text: str) -> str:
    """The letters of each example path are free; each id is a name of its own."""
    rows = []
    for number, found in enumerate(re.finditer(r"/tmp/([a-z]{10})", text)):
        rows.append(
            f'[[mark]]\nname = "path{number}"\nkind = "filler"\noffset = {found.start(1)}\n'
            'length = 10\ncharset = "lower"\n'
        )
    for number, found in enumerate(re.finditer(r"obs(\d)-([a-z]{8})", text)):
        rows.append(
            f'[[mark]]\nname = "id{number}"\nkind = "name"\noffset = {found.start()}\n'
            f'length = 13\nprefix = "obs{found[1]}-"\n'
        )
    return "".join(rows)


def to_xml(value: object, tag: str = "report") -> str:
    """A plain rendering of lists and records."""
    if isinstance(value, dict):
        inner = "".join(f"\n{to_xml(each, key)}" for key, each in value.items())
        return f"<{tag}>{inner}\n</{tag}>"
    if isinstance(value, list):
        inner = "".join("\n" + to_xml(each, "item") for each in value)
        return f"<{tag}>{inner}\n</{tag}>"
    return f"<{tag}>{value}</{tag}>"


WRITERS = {
    "json": lambda record: json.dumps(record, indent=2) + "\n",
    "yaml": lambda record: yaml.safe_dump(record, sort_keys=False),
    "xml": lambda record: '<?xml version="1.0"?>\n' + to_xml(record) + "\n",
}


def patches(rng: random.Random, kind: str) -> Iterator[list[PackageFile]]:
    for number, documents_of in enumerate(documents(rng, "md")):
        text = documents_of[0].data.decode()
        prose = [each for each in text.split("\n\n") if len(each) > 100 and "http" not in each]
        plain = re.sub(r"[^\w\s.,'-]", " ", " ".join(prose))[:900]
        message = textwrap.fill(plain, 72)
        code = "".join(f"+{line}\n" for line in rng.sample(text.splitlines(), 12))
        patch = f"Subject: change the {number}th file\n\n{message}\n---\n"
        sites = _wordings(patch)
        patch += f"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1,12 @@\n{code}"
        path = f"change{number}.{kind}"
        yield [PackageFile(path, patch.encode()), _side_car(path, sites)]


def _side_car(path: str, text: str) -> PackageFile:
    return PackageFile(f"{path}.marks.toml", text.encode())


KINDS = {
    **dict.fromkeys(("zip", "tar", "tar.gz"), archives),
    **dict.fromkeys(("pcap", "pcapng"), captures),
    **dict.fromkeys(("md", "txt", "html"), documents),
    **dict.fromkeys(("json", "yaml", "xml"), data_files),
    "patch": patches,
}
