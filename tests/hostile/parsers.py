"""Every parser that takes bytes from outside, by name, with true records to start from.

A parser gives a value or a ``MappError``, whatever comes. ``test_parsers.py`` holds all of them to
that with a few hundred inputs each, ``bench/fuzz.py`` with as many as there is time for. A parser
that is not in this table is not fuzzed: add it in the commit that writes it.
"""

import base64
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from mapp_compliance.adapters.isolate import layouts
from mapp_compliance.adapters.isolate.exchange import Said
from mapp_compliance.adapters.isolate.limits import Limits
from mapp_compliance.adapters.isolate.runner import _parsed
from mapp_compliance.adapters.keyring.generations import (
    format_generations,
    new_generation,
    parse_generations,
)
from mapp_compliance.adapters.render import compile_template
from mapp_compliance.app import shipped
from mapp_compliance.attribution import Part, Unwrapped
from mapp_compliance.attribution.fingerprints import fingerprint
from mapp_compliance.attribution.parts import parts_from_json, parts_to_json
from mapp_compliance.attribution.unwrap import Budget, unwrap
from mapp_compliance.attribution.views import ViewBudget, with_views
from mapp_compliance.distribution import Receipt, pack, parse_receipt, unpack
from mapp_compliance.policy import load_laws, load_pack
from mapp_compliance.program import parse_roster
from mapp_compliance.settings import Settings, parse_settings
from mapp_compliance.trust import (
    IN_TOTO_TYPE,
    Ed25519Signer,
    Statement,
    Subject,
    digest,
    format_statement,
    identity_fingerprint,
    open_sealed,
    parse_canonical,
    parse_public_key,
    parse_statement,
    recipient_fingerprint,
    seal,
    sign_envelope,
    sign_ssh,
    verify_envelope,
    verify_ssh,
)
from mapp_compliance.trust.ledger import (
    Checkpoint,
    LedgerGrowth,
    LedgerProof,
    MerkleTree,
    NoteKey,
    format_growth,
    format_proof,
    leaf_hash,
    sign_checkpoint,
    verify_checkpoint,
    verify_growth,
    verify_proof,
)
from mapp_compliance.values import KIB, MIB, CopyId, ParcelId, PartnerId, instant, window
from mapp_compliance.watermark import (
    PackageFile,
    lay_out,
    layout_from_json,
    layout_to_json,
    parse_package,
    sitemap_from_json,
    sitemap_to_json,
    suggest_marks,
    survey,
)
from mapp_compliance.watermark.carriers.patches import messages
from mapp_compliance.watermark.registry import static_check
from mapp_compliance.workflows.lab import parse_lab_list
from tests.cli.line import HEADER, MARKS, POC
from tests.watermark.packs import wire

SIGNER = Ed25519Signer.from_seed(bytes(range(32)))
KEY = SIGNER.public_key
AGE = (
    "AGE-SECRET-KEY-1PZZFRKWUVCURSGA2Q4YPGWR3XC36469MEDVTF2UDQ4JVGEDELTEQLRGCCJ",
    "age1tpld8jjxpc0u6zv7kk8ex0pyc29y05ztxkezntfu5qtpx7x0z9qqmpg3lq",
)
LOG = NoteKey("vendor.example/log", KEY)
ENTRIES = [b"%d" % number for number in range(5)]
TREE = MerkleTree(map(leaf_hash, ENTRIES))
NOTE = sign_checkpoint(Checkpoint(LOG.name, TREE.size, TREE.root()), SIGNER)
STATEMENT = format_statement(
    Statement((Subject("poc.py", digest(b"x")),), "urn:example:p", {"copy": "C-1", "n": 1})
)
RECEIPT = Receipt(
    ParcelId("P-1"),
    CopyId("C-1"),
    PartnerId("P1"),
    digest(b"sealed"),
    digest(b"statement"),
    "2026-02",
    instant("2026-06-01T09:00:00Z"),
).body()
MANIFEST = b"""[package]
class = "poc"
self_test = ["python3", "poc.py", "--check"]
min_code_sites = 96
[[file]]
path = "poc.py"
"""
TEMPLATE = b"id {{ nonce(8, name='id') }} {{ choice('a', 'b', site='c') | cstr }}"
FILES = [PackageFile("poc.py", POC.encode()), PackageFile("poc.py.marks.toml", MARKS.encode())]
PACKAGE = parse_package(FILES)
LAYOUT = lay_out(PACKAGE, {})
SITE_MAP = survey(PACKAGE, LAYOUT, bytes(32))
ROW = f"P1,Example,partner,XA,ans,a@b.example,{AGE[1]},{KEY.text()},2026-02,2027-12-31,2026-02"
SMALL = Budget(depth=3, members=200, total_bytes=4 * MIB, member_bytes=1 * MIB)
FEW = ViewBudget()


@dataclass(frozen=True, slots=True)
class Parser:
    """A call on bytes from outside, and true records of what it reads."""

    call: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/poc.py", POC)
        archive.writestr("b.txt", "text")
    return out.getvalue()


def tarred(form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        info = tarfile.TarInfo("é/poc.py" if form == tarfile.PAX_FORMAT else "poc.py")
        info.size = len(POC)
        archive.addfile(info, io.BytesIO(POC.encode()))
    return out.getvalue()


def text(call: Callable[[str], object], data: bytes) -> object:
    """Called with the text of the bytes, where they are text."""
    return call(data.decode("utf-8", "replace"))


def capture() -> bytes:
    """One datagram in a capture of Ethernet."""
    udp = struct.pack(">HHHH", 7, 53, 40, 0) + bytes(32)
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 60, 1, 0, 64, 17, 0) + bytes(8) + udp
    frame = bytes(12) + b"\x08\0" + ip
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    return head + struct.pack("<IIII", 1, 2, len(frame), len(frame)) + frame


def unwrapped(data: bytes) -> object:
    """What the limited process does with a sample, and what our own does with the answer."""
    parts = with_views(unwrap((Part(data, "sample"),), SMALL), FEW)
    fingerprint(parts.parts, bytes(32))
    return parts_from_json(parts_to_json(parts))


def checked(path: str, data: bytes) -> None:
    """The static check of a file type, which answers by ValueError."""
    check = static_check(path)
    if check is not None:
        try:
            check(data)
        except ValueError:
            return


PARSERS: Mapping[str, Parser] = {
    "partners.csv": Parser(
        lambda data: parse_roster(data, "p.csv", recipient_fingerprint, parse_public_key),
        (f"{HEADER}\n{ROW}\n".encode(), b'\xef\xbb\xbfid,name,kind\r\nP1,"a\nb",internal\r\n'),
    ),
    "marks.toml": Parser(
        lambda data: layouts.lay_out_asked(
            layouts.pairs_to_json([(FILES[0], PackageFile("poc.py.marks.toml", data))])
        ),
        (
            MARKS.encode(),
            b"[[mark]]\nname='a'\nkind='integer'\noffset=1\nlength=2\nlow=1\nhigh=9\n",
            b"[[mark]]\nname='c'\nkind='checksum'\nalgorithm='crc32'\nencoder='hex'\noffset=1\n"
            b"length=8\nover_offset=9\nover_length=20\norder='little'\n",
        ),
    ),
    "file beside marks.toml": Parser(
        lambda data: layouts.lay_out_asked(
            layouts.pairs_to_json([(PackageFile("poc.py", data), FILES[1])])
        ),
        (POC.encode(),),
    ),
    "mapp-package.toml": Parser(
        lambda data: parse_package([*FILES, PackageFile("mapp-package.toml", data)]), (MANIFEST,)
    ),
    "suggested marks": Parser(
        lambda data: suggest_marks(PackageFile("poc.py", data)), (POC.encode(),)
    ),
    "template": Parser(partial(text, lambda given: compile_template("a.j2", given)), (TEMPLATE,)),
    "python": Parser(partial(checked, "poc.py"), (POC.encode(),)),
    "json": Parser(partial(checked, "a.json"), (b'{"a": [1, 2.5, null, "x"]}',)),
    "json lines": Parser(partial(checked, "a.jsonl"), (b'{"a": 1}\n[2]\n',)),
    "xml": Parser(partial(checked, "a.xml"), (b"<?xml version='1.0'?><a b='c'>&lt;<d/></a>",)),
    "yaml": Parser(partial(checked, "a.yaml"), (b"a: &x [1, 2]\nb: *x\n",)),
    "toml": Parser(partial(checked, "a.toml"), (b"a = 1\n[b]\nc = 'd'\n",)),
    "archive in a package": Parser(
        lambda data: lay_out(parse_package([PackageFile("a.zip", data)]), {}),
        (zipped(), tarred(), tarred(tarfile.GNU_FORMAT), gzip.compress(tarred(), mtime=0)),
    ),
    "capture in a package": Parser(
        lambda data: lay_out(parse_package([PackageFile("a.pcap", data)]), {}),
        (
            wire.pcap(wire.cut(b"GET / HTTP/1.1\r\n" * 8, 40)),
            wire.pcapng(wire.cut(b"GET / HTTP/1.1\r\n" * 8, 40), order=">"),
            wire.pcap([wire.ethernet(wire.udp(b"query" * 9, six=True), vlan=True)], order=">"),
        ),
    ),
    "patch": Parser(
        lambda data: list(messages(data)),
        (b"From %s Mon\nSubject: x\n---\ndiff --git a/x b/x\n@@ -1 +1 @@\n" % (b"a" * 40),),
    ),
    "parcel": Parser(unpack, (pack({"payload/poc.py": POC.encode(), "TERMS.txt": b"be kind"}),)),
    "statement": Parser(parse_statement, (STATEMENT,)),
    "envelope": Parser(
        lambda data: verify_envelope(data, IN_TOTO_TYPE, [KEY]),
        (sign_envelope(STATEMENT, IN_TOTO_TYPE, [SIGNER]),),
    ),
    "receipt": Parser(parse_receipt, (RECEIPT,)),
    "ssh signature": Parser(
        lambda data: verify_ssh(b"message", data, "use@v1", [KEY]),
        (sign_ssh(b"message", "use@v1", SIGNER),),
    ),
    "ssh public key": Parser(partial(text, parse_public_key), (KEY.text().encode(),)),
    "ssh private key": Parser(Ed25519Signer.from_openssh, (SIGNER.openssh(),)),
    "recipient": Parser(
        partial(text, recipient_fingerprint), (AGE[1].encode(), KEY.text().encode())
    ),
    "identity": Parser(partial(text, identity_fingerprint), (AGE[0].encode(), SIGNER.openssh())),
    "sealed file": Parser(
        lambda data: open_sealed(data, AGE[0], unit_bytes=512),
        (seal(b"x" * 1024, [AGE[1]]), seal(b"x" * 512, [KEY.text()])),
    ),
    "checkpoint": Parser(lambda data: verify_checkpoint(data, LOG), (NOTE,)),
    "ledger proof": Parser(
        lambda data: verify_proof(data, ENTRIES[3], LOG),
        (format_proof(LedgerProof(3, TREE.inclusion(3), NOTE)),),
    ),
    "ledger growth": Parser(
        lambda data: verify_growth(data, TREE.root(2), LOG),
        (format_growth(LedgerGrowth(2, TREE.consistency(2), NOTE)),),
    ),
    "canonical JSON": Parser(parse_canonical, (STATEMENT, RECEIPT)),
    "sample": Parser(
        unwrapped,
        (
            zipped(),
            tarred(),
            tarred(tarfile.GNU_FORMAT),
            gzip.compress(tarred(), mtime=0),
            lzma.compress(POC.encode()),
            base64.encodebytes(POC.encode()),
            POC.encode("utf-16"),
            b"+" + POC.encode().replace(b"\n", b"\n+"),
            b"[65, 66, 67, 68, 69, 70, 71, 72, 0x41]",
            b"begin 644 a\n#0V%T\n`\nend\n",
            b"%41%42%43%44 &#65;&#66; =41=42=\n",
            capture(),
            b"0000000   A  \\n 101   B   C   D   E   F   G\n:08000000414243444546474898\n",
            b"MZ" + bytes(40) + zlib.compress(POC.encode()) + b"\x48\xb8ABCDEFGH" * 3,
        ),
    ),
    "list of parts": Parser(
        parts_from_json, (parts_to_json(Unwrapped((Part(b"x", "a"), Part(b"y", "b")), ("n",))),)
    ),
    "list of layouts": Parser(layouts.layouts_from_lines, (layout_to_json(LAYOUT) + b"\n",)),
    "question of side-cars": Parser(
        layouts.lay_out_asked, (layouts.pairs_to_json([(FILES[0], FILES[1])]),)
    ),
    "answer of a child": Parser(
        lambda data: _parsed(Said(data, 0, ""), "task"),
        (b'{"ok": true, "gaps": []}\nout', b'{"ok": false, "message": "m", "gaps": [1]}\n'),
    ),
    "list of a lab": Parser(
        parse_lab_list,
        (f"pass {'0' * 64}  variant-0001/a b.py\r\nfail {'1' * 64} *./v/c\n".encode(),),
    ),
    "limits": Parser(partial(text, Limits.from_json), (Limits().to_json().encode(),)),
    "layout": Parser(layout_from_json, (layout_to_json(LAYOUT),)),
    "site map": Parser(sitemap_from_json, (sitemap_to_json(SITE_MAP),)),
    "terms": Parser(
        partial(text, lambda given: load_pack(given, "p.yaml")),
        ((shipped("policies") / "mapp.yaml").read_bytes()[: 6 * KIB],),
    ),
    "laws": Parser(
        partial(text, lambda given: load_laws(given, "l.yaml")),
        ((shipped("policies") / "jurisdictions.yaml").read_bytes()[: 6 * KIB],),
    ),
    "mapp.toml": Parser(parse_settings, (Settings("Acme", "mapp").toml(),)),
    "program.json": Parser(
        parse_generations,
        (
            format_generations([new_generation(bytes(32))]),
            format_generations(
                [new_generation(bytes(32)).closed(["A"]), new_generation(b"1" * 32)]
            ),
        ),
    ),
    "instant": Parser(partial(text, instant), (b"2026-06-01T09:00:00Z", b"2026-06-01")),
    "window": Parser(partial(text, window), (b"2026-06-01T09:00:00Z/2026-06-02T09:00:00+02:00",)),
}
