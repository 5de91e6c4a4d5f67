"""``mapp sample ...`` and ``mapp attribute``."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mapp_compliance.cli.comparing import compare_command
from mapp_compliance.cli.context import Call, approvals, signatures, verb
from mapp_compliance.cli.inputs import read_file, read_paths, read_stdin
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, instant, instant_text, shown, window

if TYPE_CHECKING:
    from mapp_compliance.attribution import Sample
    from mapp_compliance.workflows.ports import Desk

NEGATIVE = 3
VISIBILITIES = ("public", "closed", "scan-service", "private")


@click.group()
def sample_command() -> None:
    """Suspected leaks."""


sample_command.add_command(compare_command)


def _when_options(function: Any) -> Any:
    for option in (
        click.option("--visibility", default="public", type=click.Choice(VISIBILITIES)),
        click.option("--source", default="", help="Where it was found, in words."),
        click.option("--observed", default=None, help="When it was first seen; now if left out."),
        click.option("--posted", default=None, help="When it was put out: T or T1/T2."),
    ):
        function = option(function)
    return function


@sample_command.command("submit")
@click.argument("paths", nargs=-1, required=True)
@_when_options
@verb
def submit(
    call: Call,
    paths: tuple[str, ...],
    posted: str | None,
    observed: str | None,
    source: str,
    visibility: str,
) -> None:
    """Quarantine, hash and log the files of one leak; '-' is standard input."""
    sample, new = _taken_in(call.desk(), paths, posted, observed, source, visibility)
    call.say(
        {"sample": sample_document(sample), "new": new},
        f"Sample {sample.id} with {len(sample.files)} file(s) "
        + ("is kept." if new else "was kept before.")
        + (f" {len(sample.notes)} further report(s) of it." if sample.notes else ""),
        f"Next: mapp attribute {sample.id}",
    )


def _taken_in(
    desk: "Desk",
    paths: tuple[str, ...],
    posted: str | None,
    observed: str | None,
    source: str,
    visibility: str,
) -> "tuple[Sample, bool]":
    from mapp_compliance.attribution import Visibility
    from mapp_compliance.workflows.take_in import TakeInSample, take_in

    most = desk.program.max_sample_bytes
    if "-" in paths and len(paths) > 1:
        raise InvalidInput("'-' stands alone; submit standard input or files, not both")
    files = read_stdin(most) if paths == ("-",) else _read(paths, most)
    seen: datetime | None = instant(observed) if observed else None
    command = TakeInSample(
        tuple(files), window(posted) if posted else None, seen, Visibility(visibility), source
    )
    return take_in(desk, command)


def _read(paths: tuple[str, ...], most: int) -> list[tuple[str, bytes]]:
    return read_paths(tuple(Path(path) for path in paths), most)


@sample_command.command("list")
@verb
def list_samples(call: Call) -> None:
    """All samples."""
    with call.desk().store.read() as work:
        samples = work.samples.all()
    call.say(
        {"samples": [sample_document(item) for item in samples]},
        *(f"{s.id}  {instant_text(s.submitted_at)}  {len(s.files)} file(s)" for s in samples),
    )


@sample_command.command("show")
@click.argument("sample_id")
@verb
def show(call: Call, sample_id: str) -> None:
    """One sample with its history."""
    from mapp_compliance.workflows.attribute import find_sample

    desk = call.desk()
    sample = find_sample(desk, sample_id)
    with desk.store.read() as work:
        events = work.events(sample.id)
        runs = work.runs.all(sample=sample.id)
    document = sample_document(sample)
    document["runs"] = [
        {"verdict": run.verdict, "at": instant_text(run.at), "digest": run.digest.hex, "t": run.t}
        for run in runs
    ]
    call.say(
        {
            "sample": document,
            "events": [{"at": instant_text(e.at), "what": e.what} for e in events],
        },
        f"{sample.id} sha256 {sample.digest}",
        *(f"  {shown(item.name)} {item.size_bytes} bytes" for item in sample.files),
        f"out by all reports within {sample.seen.text()}",
        *(
            f"  also reported: {note.seen.text()}, {note.visibility.value}, {note.source}"
            for note in sample.notes
        ),
        *(f"{instant_text(e.at)}  {e.what} {shown(e.detail)}" for e in events),
    )


def sample_document(sample: "Sample") -> dict[str, Any]:
    """A sample as the command line shows it."""
    return {
        "id": sample.id,
        "sha256": sample.digest.hex,
        "parts": len(sample.files),
        "files": [
            {"name": item.name, "sha256": item.digest.hex, "bytes": item.size_bytes}
            for item in sample.files
        ],
        "posted": sample.posted.text() if sample.posted else None,
        "observed": instant_text(sample.observed),
        "submitted_at": instant_text(sample.submitted_at),
        "visibility": sample.visibility.value,
        "source": sample.source,
        "seen": sample.seen.text(),
        "leaf": sample.intake_leaf,
        "notes": [
            {
                "posted": note.posted.text() if note.posted else None,
                "observed": instant_text(note.observed),
                "visibility": note.visibility.value,
                "source": note.source,
                "at": instant_text(note.at),
                "leaf": note.leaf,
            }
            for note in sample.notes
        ],
    }


@click.command()
@click.argument("samples", nargs=-1, required=True, metavar="SAMPLE_ID|PATH...")
@click.option("--advisory", default=None, help="Read this advisory's marks whatever matches.")
@click.option("--blind", is_flag=True, help="Pseudonyms in the place of all names.")
@click.option(
    "--explain", "who", default=None, metavar="PSEUDONYM", help="Why one copy scored as it did."
)
@_when_options
@approvals
@signatures
@verb
def attribute_command(
    call: Call,
    samples: tuple[str, ...],
    advisory: str | None,
    blind: bool,
    who: str | None,
    posted: str | None,
    observed: str | None,
    source: str,
    visibility: str,
    approve: tuple[str, ...],
    signature: tuple[Path, ...],
) -> int:
    """Match samples back to artifact and copy; exit 3 when no copy is named.

    Once the scored samples of a year have spent its bound on wrong names, two approvers raise it.
    """
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.attribute import attribute, find_sample
    from mapp_compliance.workflows.explain import explain
    from mapp_compliance.workflows.verdictdoc import blind_document

    desk = call.desk()
    taken = [
        _taken_in(desk, (named,), posted, observed, source, visibility)[0]
        if named == "-" or "/" in named or Path(named).exists()
        else find_sample(desk, named)
        for named in samples
    ]
    agreed = Approvals(approve, tuple(read_file(path) for path in signature))
    results = []
    for sample in taken:
        only = AdvisoryId(advisory) if advisory else None
        done = attribute(desk, sample, only, approvals=agreed)
        document = blind_document(desk, done.run) if blind else dict(done.document)
        document["cases"] = [case.id for case in done.cases]
        document["repeated"] = done.repeated
        if who:
            document["explanation"] = explain(desk, sample, who, call.actor)
        results.append(document)
    whole = results[0] if len(results) == 1 else {"results": results}
    call.say(whole, *(line for item in results for line in _lines(item)))
    return 0 if all(item["copies"] for item in results) else NEGATIVE


def _whose(item: dict[str, Any]) -> str:
    """A named copy; reserved ones were issued to nobody alone."""
    if item["recipient"] is None:
        return str(item["copy"])
    return f"the copy issued to {item['recipient']}: {item['copy']}"


def _up(chance: float) -> float:
    from fractions import Fraction

    from mapp_compliance.workflows.figures import up

    return up(Fraction(chance))


def _rests_on(item: dict[str, Any]) -> str:
    """Whether a p needs the words of other copies; runs by method 1 do not say."""
    opens = item.get("opens")
    return f" by the {item['decoder']} test, which opens {len(opens)} other words" if opens else ""


def _beside(found: dict[str, Any]) -> list[str]:
    """What names nobody: copies excluded or suspected, and evidence over several leaks."""
    lines = []
    bands = found.get("bands")
    if bands:
        lines.append(
            f"  of all copies {bands['suspected']} suspected, {bands['excluded']} excluded as the "
            "only source"
        )
    across = found.get("across_leaks")
    if across:
        best = across[0]
        lines.append(
            f"  over {best['leaks']} leaks of as many advisories: evidence of 10^{best['log10_e']} "
            f"against one holder ({best['pseudonym']}); it names nobody"
        )
    return lines


def _lines(found: dict[str, Any]) -> list[str]:
    from mapp_compliance.workflows.explain import lines_of

    lines = [f"{found['sample']['id']}: {found['verdict']}"]
    if found["artifact"]:
        artifact = found["artifact"]
        stage = "" if artifact["stage"] == "vendor" else f", the {artifact['stage']}'s version"
        lines.append(
            f"  artifact {artifact['advisory']} {artifact['path']} "
            f"(similarity {artifact['similarity']}{stage})"
        )
    lines += [
        f"  the marks fit {_whose(item)}; a copy that is not involved fits as well by luck with "
        f"p <= {item['p_value']:.3g}{_rests_on(item)}"
        for item in found["copies"]
    ]
    if found["bound"]["t"]:
        each, every = (_up(found["bound"][key]) for key in ("per_entity", "family_wise"))
        lines.append(
            f"  bound: p <= {each:.3g} for each of {found['bound']['entities']} entities compared "
            f"({every:.3g} in all, scored sample {found['bound']['t']} of this advisory)"
        )
    lines += _beside(found)
    lines += [f"  veto: {text}" for text in found["vetoes"]]
    lines += [f"  limit: {text}" for text in found["limits"]]
    lines += [f"  next: {text}" for text in found["next_steps"]]
    lines += [f"  case: {name}" for name in found["cases"]]
    if "explanation" in found:
        lines += [f"  {line}" for line in lines_of(found["explanation"])]
    return lines
