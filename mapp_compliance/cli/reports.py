"""``mapp report build``."""

from pathlib import Path

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.cli.outputs import write_into
from mapp_compliance.values import shown

KINDS = ("case", "distribution")
FORMATS = ("html", "json")


@click.group()
def report_command() -> None:
    """Reports for managers, auditors and arbiters."""


@report_command.command("build")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("ident", metavar="ID")
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(FORMATS), help="Both if left out."
)
@click.option("--out", type=click.Path(path_type=Path), default=Path(), help="Folder to write to.")
@verb
def build(call: Call, kind: str, ident: str, formats: tuple[str, ...], out: Path) -> None:
    """A case (by case or sample id) or the distribution of an advisory, as page and JSON."""
    from mapp_compliance.workflows.report import case_report, distribution_report, written

    desk = call.desk()
    report = written(
        desk, case_report(desk, ident) if kind == "case" else distribution_report(desk, ident)
    )
    wanted = formats or FORMATS
    files = {
        f"{kind}-{ident}.{name}": report.html if name == "html" else report.json for name in wanted
    }
    listed = write_into(out, files)
    call.say(
        {"kind": kind, "id": ident, "files": listed},
        *(f"wrote {shown(item['path'])}" for item in listed),
    )
