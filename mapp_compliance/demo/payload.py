"""What a package's script would send, asked of the script itself.

The packages of the demo print their payload with ``poc.py --dump``. They are ordinary scripts
against our own toy target; nothing else is ever run here. Each call uses a fresh folder, an
empty environment and an interpreter without site packages.
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mapp_compliance.errors import InvalidInput

SCRIPT = "poc.py"  # the name of the script in every package of the demo
TIMEOUT_S = 20  # a run takes about 0.05 s; the rest is for a machine under load


def payload_of(files: Mapping[str, bytes]) -> bytes:
    """The bytes that the package's script would send to its target.

    Args:
        files: path inside the package to content; ``poc.py`` must be among them.

    Raises:
        InvalidInput: there is no script, or it does not print its payload.
    """
    if SCRIPT not in files:
        raise InvalidInput(f"the package has no {SCRIPT}; hand in a package of the demo")
    with tempfile.TemporaryDirectory(prefix="mapp-demo-") as folder:
        for path, content in files.items():
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        done = subprocess.run(  # noqa: S603  our own benign script, no shell, no outside words
            [sys.executable, "-I", "-S", SCRIPT, "--dump"],
            cwd=folder,
            env={},
            capture_output=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    if done.returncode != 0 or not done.stdout:
        raise InvalidInput(
            f"{SCRIPT} --dump ended with {done.returncode} and printed no payload; "
            f"mend the script until 'python3 {SCRIPT} --dump' prints what it sends"
        )
    return done.stdout
