"""Make the golden workspace of this version: ``python -m tests.golden.make``.

A demo workspace with four recipients, an advisory and a package, everybody served; the leaked
files of two of them; a backup of it all to a test key. It is made once at each release and never
made again for that release: later versions must restore it and name the copies.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from mapp_compliance import __version__
from mapp_compliance.trust import generate_identity
from tests.cli.line import LEAKED
from tests.cli.world import served

FOLDER = Path(__file__).parent
LEAKERS = ("P1", "P3")


def main() -> None:
    """Write the folder of this version; one that is there is never touched."""
    target = FOLDER / ".".join(__version__.split(".")[:2])
    if target.exists():
        sys.exit(f"{target} is there and stays as it is; a release is made once")
    with tempfile.TemporaryDirectory() as place:
        world = served(Path(place))
        key = generate_identity()
        public = Path(place) / "recovery.pub"
        public.write_text(key.recipient + "\n")
        target.mkdir()
        for name in LEAKERS:
            leak = (world.opened(name) / "poc.py").read_text()
            (target / f"leak-{name}.txt").write_text(leak)  # no Python of this repository
        shutil.rmtree(world.line.home / "templates", ignore_errors=True)
        world.line.json("backup", "--out", target / "workspace.tar.age", "--to", public)
        (target / "recovery.key").write_text(
            f"# A key for tests alone; it opens the golden workspace.\n{key.secret}\n"
        )
        facts = {
            "version": __version__,
            "attribute_at": LEAKED,
            "leaks": {f"leak-{name}.txt": world.copies[name]["copy"] for name in LEAKERS},
        }
        (target / "golden.json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
