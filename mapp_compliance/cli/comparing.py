"""``mapp sample compare``."""

from pathlib import Path

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.cli.inputs import read_paths
from mapp_compliance.cli.outputs import write_into
from mapp_compliance.values import AdvisoryId, shown


@click.command("compare")
@click.argument("sample_id")
@click.argument("advisory_id")
@click.option(
    "--corpus",
    required=True,
    type=click.Path(path_type=Path),
    help="Your own benign files, against which rarity is counted.",
)
@click.option(
    "--format-corpus",
    "of_format",
    default=None,
    type=click.Path(path_type=Path),
    help="Benign files of the same format; what stands in all of them is forced by it.",
)
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder for the report.")
@verb
def compare_command(
    call: Call,
    sample_id: str,
    advisory_id: str,
    corpus: Path,
    of_format: Path | None,
    out: Path | None,
) -> None:
    """What a sample and an advisory's material share, and how rare that is; it names nobody."""
    from mapp_compliance.audit.commonality_report import report_lines
    from mapp_compliance.workflows.compare import CompareSample, compare_sample
    from mapp_compliance.workflows.report import written

    command = CompareSample(
        sample_id,
        AdvisoryId(advisory_id),
        read_paths((corpus,)),
        corpus.name,
        read_paths((of_format,)) if of_format else (),
    )
    desk = call.desk()
    report = compare_sample(desk, command)
    document = report.document()
    listed = []
    if out is not None:
        files = written(desk, report)
        stem = f"commonality-{sample_id}"
        listed = write_into(out, {f"{stem}.html": files.html, f"{stem}.json": files.json})
    call.say(
        {**document, "files": listed},
        *report_lines(document),
        *(f"wrote {shown(item['path'])}" for item in listed),
    )
