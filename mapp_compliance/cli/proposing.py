"""``mapp preview`` and the proposals of ``mapp attach --suggest`` and ``--find-slack``."""

from pathlib import Path

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, Digest, shown

NEVER_PROPOSED = (".marks.toml", ".j2", "mapp-package.toml")
HEADING = "# Proposed marks"


def suggest_points(call: Call, files: list[tuple[str, bytes]], out: Path | None) -> None:
    """Print what could be marked and what each is worth, or write it as side-cars."""
    from mapp_compliance.cli.outputs import check_free, write_files
    from mapp_compliance.watermark import PackageFile, propose_marks

    proposed = {
        f"{name}.marks.toml": propose_marks(PackageFile(name, data))
        for name, data in files
        if not name.endswith(NEVER_PROPOSED)
    }
    written = []
    if out is not None:
        check_free(out)
        texts = {path: item.text.encode() for path, item in proposed.items() if item.points}
        written = write_files(out, texts)
    listed = [
        {
            "path": path,
            "text": item.text,
            "code_sites": item.code_sites,
            "tag_bits": item.tag_bits,
            "points": [point.name for point in item.points],
        }
        for path, item in proposed.items()
    ]
    total = sum(item.code_sites for item in proposed.values())
    lines = [f"# {path}\n{item.text}" for path, item in proposed.items()]
    if written:
        lines = [f"{entry['path']}  {entry['sha256']}" for entry in written]
    call.say(
        {"suggested": listed, "written": written},
        *lines,
        f"# {total} code sites in all, if every proposal is kept; read them one by one."
        if any(item.points for item in proposed.values())
        else "# Nothing to propose; write NAME.marks.toml by hand.",
    )


def propose_slack(
    call: Call,
    advisory: AdvisoryId,
    files: list[tuple[str, bytes]],
    allowed: str | None,
    out: Path | None,
) -> None:
    """Print the bytes of opaque files that may vary, or write them as side-cars."""
    from mapp_compliance.cli.outputs import check_free, write_files
    from mapp_compliance.workflows.slack import slack_of

    if out is not None:
        check_free(out)
    found = slack_of(call.desk(), advisory, files, Digest(allowed) if allowed else None)
    texts = {f"{item.path}.marks.toml": item for item in found}
    filled = {path: item.text.encode() for path, item in texts.items() if item.slack.stretches}
    written = write_files(out, filled) if out is not None else []
    listed = [
        {
            "path": path,
            "text": item.text,
            "code_sites": sum(length for _, length in item.slack.stretches),
            "tries": item.slack.tries,
            "whole": item.slack.whole,
        }
        for path, item in texts.items()
    ]
    call.say(
        {"suggested": listed, "written": written},
        *(f"# {path}, {item.slack.tries} tries\n{item.text}" for path, item in texts.items()),
        *(
            f"note: the tries for {shown(item.path)} ran out; there may be more"
            for item in found
            if not item.slack.whole
        ),
    )


@click.command()
@click.argument("advisory_id")
@click.option("--variants", type=int, help="How many, 1 to 64; 3 when it is not given.")
@click.option("--lab", is_flag=True, help="All that a lab must try, the same at each call.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new folder.")
@verb
def preview_command(
    call: Call, advisory_id: str, variants: int | None, lab: bool, out: Path
) -> None:
    """Write throw-away variants of the package, to be tried by hand or in a lab."""
    from mapp_compliance.cli.outputs import check_free, write_files
    from mapp_compliance.workflows.preview import preview, preview_for_lab

    if lab and variants is not None:
        raise InvalidInput("a lab tries every variant; leave --variants out, or --lab")
    if not lab:
        check_free(out)
    desk, advisory = call.desk(), AdvisoryId(advisory_id)
    made = preview_for_lab(desk, advisory) if lab else preview(desk, advisory, _count(variants))
    written = write_files(out, {path: data for path, data, _ in made.files})
    sites = {path: count for path, _, count in made.files}
    listed = [entry | {"sites": sites[entry["path"]]} for entry in written]
    call.say(
        {"files": listed, "variants": made.variants, "differing_bytes": made.differing},
        *(f"  {shown(entry['path'])}" for entry in written if not lab),
        f"{made.variants} variants in {shown(str(out))}. They are marked at random and belong to "
        "nobody, so no later find of them points at a copy; try them, then delete them.",
    )


def _count(variants: int | None) -> int:
    return 3 if variants is None else variants
