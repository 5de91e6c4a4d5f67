"""Tools that hide a text in a text, each as its own documents say; they are not ours.

A tool is looked for in a scratch folder or among the programs of the machine; one that is not
there is told as missing. Whole files and comments are covers alike.
"""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.material.probes import REMARK

PASSWORD = "p@ssw0rd"
_NODE = """
const [module, password] = process.argv.slice(1);
const Tool = require(module); const tool = new Tool(true, false);
const asked = JSON.parse(require('fs').readFileSync(0));
const made = asked.map(([verb, text, secret]) => {
  try { return verb === 'hide' ? tool.hide(secret, password, text) : tool.reveal(text, password); }
  catch (error) { return null; }
});
require('fs').writeSync(1, JSON.stringify(made)); process.exit(0);
"""
_BLIND = """
from text_blind_watermark import TextBlindWatermark
tool = TextBlindWatermark(pwd=sys.argv[1].encode())
hide = lambda text, secret: tool.add_wm_rnd(text=text, wm=secret.encode())
show = lambda text: tool.extract(text).decode()
"""
_ZWSP = """
from zwsp_steg import decode as show, encode
hide = lambda text, secret: text[: len(text) // 2] + encode(secret) + text[len(text) // 2 :]
"""
_ALL = """
made = []
for verb, text, secret in json.load(sys.stdin):
    try:
        made.append(hide(text, secret) if verb == "hide" else show(text))
    except Exception:
        made.append(None)
json.dump(made, sys.stdout)
"""


@dataclass(frozen=True)
class Peer:
    """A tool, and whether the cover is the whole file or a comment of it."""

    name: str
    command: tuple[str, ...]  # reads [verb, text, secret] rows as JSON; empty: stegsnow
    in_comment: bool

    def copies(self, text: str, secrets: Sequence[str]) -> list[str] | None:
        """A copy of the file for each secret; None when the tool fails."""
        cover = REMARK if self.in_comment else text
        made = self._asked([("hide", cover, secret) for secret in secrets])
        if None in made:
            return None
        told = [each or "" for each in made]
        return [text.replace(REMARK, each) for each in told] if self.in_comment else told

    def read(self, leaks: Sequence[bytes]) -> list[str | None]:
        """What the tool finds in each leak."""
        rows = [("show", leak.decode("utf-8", "replace"), "") for leak in leaks]
        return self._asked(rows)

    def _asked(self, rows: Sequence[tuple[str, str, str]]) -> list[str | None]:
        if not self.command:
            return [_snow(*row) for row in rows]
        done = subprocess.run(
            self.command, input=json.dumps(rows).encode(), capture_output=True, timeout=600
        )
        found: list[str | None] = json.loads(done.stdout) if done.stdout else [None] * len(rows)
        return found


def peers(scratch: Path) -> tuple[list[Peer], list[str]]:
    """The tools that are there, and the names of those that are missing."""
    found, missing = [], []
    cloak = scratch.resolve() / "node_modules" / "stegcloak"
    python = str(scratch.resolve() / "py" / "bin" / "python")
    packages = "py/lib/python*/site-packages"
    for name, place, command in (
        ("StegCloak", "node_modules/stegcloak", ("node", "-e", _NODE, str(cloak), PASSWORD)),
        ("text_blind_watermark", f"{packages}/text_blind_watermark", _script(python, _BLIND)),
        ("zwsp-steg-py", f"{packages}/zwsp_steg", _script(python, _ZWSP)),
    ):
        if any(scratch.glob(place)):
            found += [Peer(name, command, False), Peer(f"{name}, in a comment", command, True)]
        else:
            missing.append(name)
    if shutil.which("stegsnow"):
        found.append(Peer("stegsnow", (), False))
    else:
        missing.append("stegsnow")
    return found, missing


def _script(python: str, tool: str) -> tuple[str, ...]:
    return (python, "-c", f"import json, sys\n{tool}{_ALL}", PASSWORD)


def _snow(verb: str, text: str, secret: str) -> str | None:
    with tempfile.TemporaryDirectory() as place:
        cover, out = Path(place) / "cover", Path(place) / "out"
        cover.write_bytes(text.encode())
        words = ["stegsnow", "-C", "-p", PASSWORD]
        if verb == "hide":
            words += ["-m", secret]
        done = subprocess.run([*words, str(cover), str(out)], capture_output=True, timeout=60)
        if done.returncode or not out.exists():
            return None
        return out.read_bytes().decode("utf-8", "replace")
