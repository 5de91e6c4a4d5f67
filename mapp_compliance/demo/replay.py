"""Replay scenarios end to end on fresh workspaces, through the same workflows as the verbs.

What goes in is bytes and events; what is expected is compared at the very end. The same seed gives
the same program key, so the same codewords, marked bytes and verdicts; the partners' keys are
fresh, so sealed bytes, leaves and roots vary.

Stories and courses do not depend on each other, so several processes work on them; with one job
all of it is done in this process, with the same results.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from textwrap import wrap

from mapp_compliance.demo.playing import Replayed, played
from mapp_compliance.demo.scenario import Scenario, Variant, load_scenario
from mapp_compliance.demo.serving import Served, base, branch, waves
from mapp_compliance.values import instant_text
from mapp_compliance.workflows.ports import Progress

Say = Callable[[str], None]
Done = Served | Replayed


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work: a base (no wave, no variant), the waves to partners, or one course.

    ``after`` is the place it begins with, None for a base; ``place`` is where it works.
    """

    scenario: str
    place: Path
    after: Path | None = None
    waves: tuple[str, ...] = ()
    unmarked: str = ""
    variant: str = ""


def replay(
    names: Sequence[str], out: Path, say: Say, progress: Progress, jobs: int = 1
) -> list[Replayed]:
    """All variants of these scenarios, each in a workspace of its own below the folder.

    Args:
        jobs: processes; with one, ``progress`` hears every step.
    """
    tasks = [task for name in names for task in _tasks(load_scenario(name), out)]
    tasks = list(dict.fromkeys(tasks))  # stories with the same beginning share it
    tasks.sort(key=_takes_longest)
    done = _alone(tasks, say, progress) if jobs < 2 else _together(tasks, say, jobs)
    results = [result for result in done.values() if isinstance(result, Replayed)]
    return sorted(results, key=lambda one: (names.index(one.scenario), one.variant))


def _tasks(story: Scenario, out: Path) -> list[Task]:
    """The work on one story, in an order in which it can be done."""
    begun = out / "issued" / story.beginning
    tasks = [Task(story.beginning, begun / "base")]
    for variant in story.variants:
        kind = "unmarked" if variant.unmarked else "marked"
        served = begun / kind
        sent = tuple(one.name for one in story.waves if one.at < variant.posted.start)
        tasks.append(Task(story.beginning, served, begun / "base", sent, variant.unmarked))
        place = out / f"{story.name}-{variant.name}"
        tasks.append(Task(story.name, place, served, variant=variant.name))
    return tasks


def _takes_longest(task: Task) -> tuple[bool, bool]:
    """Bases come first, and of these the one whose self-test runs on every copy."""
    return task.after is not None, load_scenario(task.scenario).check != "child"


def work_on(task: Task, progress: Progress) -> Done:
    """Do one task; what it begins with must be there."""
    story = load_scenario(task.scenario)
    if task.after is None:
        return base(story, task.place, progress)
    branch(task.after, task.place)
    if task.variant:
        return played(story, _variant(story, task.variant), task.place, progress)
    return waves(story, task.waves, task.unmarked, task.place, progress)


def _quietly(task: Task) -> Done:
    return work_on(task, lambda _what, _done, _of: None)


def _alone(tasks: Sequence[Task], say: Say, progress: Progress) -> dict[Path, Done]:
    done: dict[Path, Done] = {}
    for task in tasks:
        done[task.place] = work_on(task, progress)
        _tell(task, done[task.place], say)
    return done


def _together(tasks: Sequence[Task], say: Say, jobs: int) -> dict[Path, Done]:
    """Each task as soon as what it begins with is there."""
    done: dict[Path, Done] = {}
    waiting, running = list(tasks), dict[Future[Done], Task]()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        while waiting or running:
            ready = [task for task in waiting if task.after is None or task.after in done]
            waiting = [task for task in waiting if task not in ready]
            running |= {pool.submit(_quietly, task): task for task in ready}
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                task = running.pop(future)
                done[task.place] = future.result()
                _tell(task, done[task.place], say)
    return done


def _variant(story: Scenario, name: str) -> Variant:
    return next(each for each in story.variants if each.name == name)


def _tell(task: Task, result: Done, say: Say) -> None:
    if isinstance(result, Replayed):
        say(f"{result.scenario} {result.variant}: {result.text}")
        return
    story = load_scenario(task.scenario)
    if task.after is None:
        say(f"{story.title}: {story.cast.partners} partners; {result.copies} internal readers")
        return
    marks = "without marks" if task.unmarked else "each with marks of its own"
    say(
        f"  {task.scenario}: {result.copies} copies delivered, {marks}, opened and answered; "
        f"{result.withheld} withheld by the terms"
    )


HEAD = ("scenario", "verdict", "expected", "copies named", "bound")
ASIDE = "    "  # before what follows a row: the action, and where the report is
WIDTH = 100  # signs; longer actions go on in the next line


def table(results: Sequence[Replayed]) -> list[str]:
    """The closing table: a line a variant, then its action and the first of its files."""
    rows = [_row(item) for item in results]
    widths = [max(len(row[column]) for row in (HEAD, *rows)) for column in range(len(HEAD))]
    lines = [_line(HEAD, widths), ""]
    for item, row in zip(results, rows, strict=True):
        lines.append(_line(row, widths))
        for action in item.outcome.action.split("; "):
            lines += wrap(action, WIDTH, initial_indent=ASIDE, subsequent_indent=2 * ASIDE)
        lines += [f"{ASIDE}{path}" for path in item.outcome.files[:1]]
    return lines


def _row(item: Replayed) -> tuple[str, ...]:
    return (
        f"{item.scenario} {item.variant}",
        item.verdict,
        "as expected" if item.as_expected else f"EXPECTED {item.expected}",
        ", ".join(f"{copy} ({recipient})" for copy, recipient in item.copies) or "none",
        f"{item.bound:.1e}" if item.bound else "-",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def document(results: Sequence[Replayed]) -> dict[str, object]:
    """All results as plain JSON values."""
    return {
        "scenarios": [
            {
                "name": item.scenario,
                "variant": item.variant,
                "verdict": item.verdict,
                "expected": item.expected,
                "as_expected": item.as_expected,
                "copies": [
                    {"copy": copy, "recipient": recipient} for copy, recipient in item.copies
                ],
                "candidates": item.candidates,
                "bound": item.bound,
                "action": item.outcome.action,
                "action_at": instant_text(item.outcome.at),
                "letters": list(item.outcome.letters),
                "independence": "none",
            }
            for item in results
        ],
        "reports": [path for item in results for path in item.outcome.reports],
    }
