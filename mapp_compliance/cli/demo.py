"""``mapp demo``."""

import os
import shutil
import tempfile
from pathlib import Path

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.errors import Conflict

UNEXPECTED = 1


@click.command()
@click.argument("scenario", required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Keep workspaces and reports here.")
@verb
def demo_command(call: Call, scenario: str | None, out: Path | None) -> int:
    """Replay scenarios end to end: terms, copies, leak, verdict, case, report."""
    from mapp_compliance.demo import scenario_names
    from mapp_compliance.demo.replay import document, replay, table

    folder = _folder(out)
    names = (scenario,) if scenario else scenario_names()
    results = replay(names, folder, call.talk, call.progress, os.cpu_count() or 1)
    good = all(item.as_expected for item in results)
    call.say(document(results), "", *table(results), "", f"Everything is kept in {folder}.")
    return 0 if good else UNEXPECTED


def _folder(out: Path | None) -> Path:
    if out is None:
        return Path(tempfile.mkdtemp(prefix="mapp-demo-"))
    if out.exists() and any(out.iterdir()):
        if not (out / "issued").is_dir():
            raise Conflict(f"{out} holds other things; name an empty folder with --out")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    return out
