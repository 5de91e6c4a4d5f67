"""Make the vectors of packed files: ``python -m tests.vectors.carriers.make``.

A small original of each type with its stored site map, one word, and the digest of the copy.
"""

import base64
import json
from pathlib import Path

from mapp_compliance.trust import digest
from mapp_compliance.watermark import (
    PackageFile,
    lay_out,
    mark,
    parse_package,
    sitemap_to_json,
    survey,
)
from tests.watermark.packs import boxes, wire
from tests.watermark.packs.test_captures import MARKS, REQUEST

TARGET = Path(__file__).with_name("packed-1.json")
FEW = {"a.txt": b"text\n", "src/poc.py": boxes.POC}
ORIGINALS = {
    "a.zip": (boxes.zipped(FEW), boxes.MARKS),
    "a.tar": (boxes.tarred(FEW), boxes.MARKS),
    "a.tar.gz": (boxes.gzipped(boxes.tarred(FEW)), boxes.MARKS),
    "poc.py.gz": (boxes.gzipped(boxes.POC), boxes.MARKS.replace(b"src/poc.py", b"poc.py")),
    "c.pcap": (wire.pcap(wire.cut(REQUEST, 37)), MARKS),
    "c.pcapng": (wire.pcapng(wire.cut(REQUEST, 37)), MARKS),
}


def main() -> None:
    """Write the file."""
    rows = []
    for path, (data, marks) in ORIGINALS.items():
        package = parse_package([PackageFile(path, data), PackageFile(f"{path}.marks.toml", marks)])
        site_map = survey(package, lay_out(package, {}), bytes(range(32)))
        word = boxes.word(site_map, "one")
        rows.append(
            {
                "path": path,
                "original": base64.b64encode(data).decode(),
                "site_map": sitemap_to_json(site_map).decode(),
                "word": "".join(map(str, word.symbols)),
                "copy_sha256": digest(mark(package, site_map, word).files[0].data).hex,
            }
        )
    TARGET.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
