"""``mapp rehearse``."""

import math
import textwrap
from typing import TYPE_CHECKING, Any

import click

from mapp_compliance.cli.context import Call, verb
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import AdvisoryId, shown

if TYPE_CHECKING:
    from mapp_compliance.workflows.rehearse import Rehearsal, Row

SOME_REFUSED = 3
WIDTH = 99  # columns of the table
NAME = 28  # columns of the first column
LOST_CHANNELS = 3  # that are told by name


class WrongCopy(InvalidInput):
    """A form of a leak points at a copy that is no source of it."""


@click.command()
@click.argument("advisory_id")
@click.option("--decoys", default=2, show_default=True, help="Copies that are tried, 2 to 16.")
@click.option("--form", "forms", multiple=True, help="Only this form of a leak; repeatable.")
@verb
def rehearse_command(call: Call, advisory_id: str, decoys: int, forms: tuple[str, ...]) -> int:
    """Try which kinds of leak would be traced, with copies that nobody gets; keep nothing."""
    from mapp_compliance.workflows.rehearse import rehearse

    done = rehearse(call.desk(), AdvisoryId(advisory_id), decoys, forms)
    document = _document(done)
    wrong = [row.form.name for row in done.rows if row.wrong]
    if not (wrong and call.as_json):
        call.say(document, *_lines(done))
    if wrong:
        raise WrongCopy(
            f"do not issue {advisory_id} as it is: a leak of this form would point at the wrong "
            f"copy: {', '.join(wrong)}; attach it with other points, or with marks = [] for the "
            "file that is misread, rehearse again, and report the table to the makers",
            **document,
        )
    refused = any(row.right < len(row.tried) for row in done.rows)
    return SOME_REFUSED if refused else 0


def _document(done: "Rehearsal") -> dict[str, Any]:
    return {
        "advisory": done.attachment.advisory,
        "map_id": done.attachment.map_id.hex,
        "recipients": done.recipients,
        "decoys": done.decoys,
        "alpha": done.alpha,
        "table": [_row(done, row) for row in done.rows],
        "not_tried": [form.name for form in done.skipped],
        "advice": _advice(done),
    }


def _row(done: "Rehearsal", row: "Row") -> dict[str, Any]:
    counts = row.counts
    return {
        "alteration": row.form.name,
        "description": row.form.description,
        "outcome": _outcome(row),
        "tries": len(row.tried),
        "named": row.right,
        "refused": len(row.tried) - row.right - row.wrong,
        "wrong": row.wrong,
        "verdicts": sorted({one.verdict for one in row.tried}),
        "sites": {
            "read": sum(item.right for item in counts),
            "wrong": sum(item.wrong for item in counts),
            "erased": sum(item.erased for item in counts),
        },
        "channels": [
            {
                "channel": item.channel,
                "read": item.right,
                "wrong": item.wrong,
                "erased": item.erased,
            }
            for item in counts
        ],
        "missing_bits": math.ceil(row.missing_bits),
        "missing_sites": _missing_sites(done, row),
    }


def _outcome(row: "Row") -> str:
    if row.wrong:
        return "WRONG"
    return "named" if row.right == len(row.tried) else "refused"


def _missing_sites(done: "Rehearsal", row: "Row") -> int:
    """Code sites more that would have to be read; 0 where that is not what is missing."""
    if not row.missing_bits or not done.bits_a_site:
        return 0
    return math.ceil(row.missing_bits / done.bits_a_site)


def _lines(done: "Rehearsal") -> list[str]:
    head = f"{'a leak of this form':<{NAME}}{'result':>12}{'read':>7}{'wrong':>7}{'lost':>7}"
    head += f"{'bits missing':>14}  channels lost"
    rows = [_line(row) for row in done.rows]
    tried = (
        f"Every form with {done.decoys} copies that nobody gets, among {done.recipients} "
        f"recipients; sites over all tries."
    )
    unfit = [form.name for form in done.skipped]
    left_out = [f"Not tried, as it changes nothing here: {', '.join(unfit)}."] if unfit else []
    told = [tried, *left_out, *_advice(done)]
    first, *after = (line for each in told for line in textwrap.wrap(each, WIDTH))
    return [first, head, *rows, *after]


def _line(row: "Row") -> str:
    counts = row.counts
    read, wrong, erased = (
        sum(numbers)
        for numbers in zip(*((c.right, c.wrong, c.erased) for c in counts), strict=True)
    )
    lost = [item.channel for item in counts if item.erased > item.right + item.wrong]
    more = f" +{len(lost) - LOST_CHANNELS}" if len(lost) > LOST_CHANNELS else ""
    told = f"{_outcome(row)} {row.wrong or row.right}/{len(row.tried)}"
    missing = str(math.ceil(row.missing_bits)) if row.missing_bits else "-"
    name = shown(row.form.name)
    name = name if len(name) < NAME else f"{name[: NAME - 2]}…"
    line = f"{name:<{NAME}}{told:>12}{read:>7}{wrong:>7}{erased:>7}{missing:>14}  "
    return f"{line}{', '.join(lost[:LOST_CHANNELS])}{more}".rstrip()[:WIDTH]


def _advice(done: "Rehearsal") -> list[str]:
    """What survives, what does not, and what would help, for whoever decides to send it."""
    named = [row.form.name for row in done.rows if _outcome(row) == "named"]
    wrong = [row.form.name for row in done.rows if row.wrong]
    short = [row for row in done.rows if _outcome(row) == "refused"]
    said = []
    if wrong:
        said.append(f"WRONG: {', '.join(wrong)}. Do not issue this package.")
    if named:
        said.append(f"The source would be named after: {', '.join(named)}.")
    if short:
        said.append(f"Nobody would be named after: {', '.join(row.form.name for row in short)}.")
    part = [row for row in short if any(item.right for item in row.counts)]
    most = max((_missing_sites(done, row) for row in part), default=0)
    if most:
        said.append(
            f"To be named after those that still show marks, about {most} code sites more must be "
            f"read: a filler point of {most} letters where the marks of the others stand, or more "
            "code with natural marks."
        )
    if len(part) < len(short):
        said.append(
            "Where no mark was read, more of the same do not help: declare points in the part of "
            "the package that such a leak keeps ('mapp attach --suggest' proposes some)."
        )
    if not short and not wrong:
        said.append("Every form that was tried would be traced; others were not tried.")
    return said
