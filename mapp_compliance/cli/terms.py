"""``mapp policy check|test|explain|announce``."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mapp_compliance.cli.context import Call, approvals, signatures, verb
from mapp_compliance.cli.inputs import read_file, read_text
from mapp_compliance.errors import NotFound
from mapp_compliance.values import PartnerId, instant, shown

if TYPE_CHECKING:
    from mapp_compliance.policy import Problem

FAILED = 1


@click.group()
def policy_command() -> None:
    """The terms as rules."""


@policy_command.command("announce")
@click.option("--from", "since", required=True, help="When the rules on places begin, with zone.")
@approvals
@signatures
@verb
def announce(call: Call, since: str, approve: tuple[str, ...], signature: tuple[Path, ...]) -> None:
    """Write to the partners whom rules on places will limit: it is a rule, no finding."""
    from mapp_compliance.workflows.agree import Approvals
    from mapp_compliance.workflows.places import tell_of_place_rules

    agreed = Approvals(approve, tuple(read_file(path) for path in signature))
    told = tell_of_place_rules(call.desk(), instant(since), agreed)
    call.say({"from": since, "letters": list(told)}, f"{len(told)} partners were told.")


@policy_command.command("check")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@verb
def check(call: Call, file: Path | None) -> int:
    """Everything that is wrong with a terms pack and its tests, in one list."""
    from mapp_compliance.policy import check as check_pack

    path = file or _active(call)
    beside = _tests_of(path)
    tests = (read_text(beside), beside.name) if beside else None
    problems = check_pack(read_text(path), path.name, tests)
    call.say(
        {"file": str(path), "ok": not problems, "errors": [_problem(item) for item in problems]},
        *(str(item) for item in problems),
        f"{shown(path.name)}: " + (f"{len(problems)} fault(s)" if problems else "no fault found"),
    )
    return FAILED if problems else 0


@policy_command.command("test")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@verb
def test(call: Call, file: Path | None) -> int:
    """Run the author's cases of a terms pack."""
    from mapp_compliance.policy import load_pack, load_tests, run_tests

    path = file or _active(call)
    pack = load_pack(read_text(path), path.name)
    beside = _tests_of(path)
    cases = load_tests(read_text(beside or path), (beside or path).name, pack)
    results = run_tests(pack, cases)
    failed = [item for item in results if not item.passed]
    call.say(
        {
            "file": str(path),
            "ok": not failed,
            "errors": [],
            "tests": [
                {
                    "name": item.test.name,
                    "passed": item.passed,
                    "got": list(item.got),
                    "by": list(item.got_by),
                }
                for item in results
            ],
        },
        *(f"failed: {item.test.name}: got {', '.join(item.got)}" for item in failed),
        f"{len(results) - len(failed)} passed, {len(failed)} failed",
    )
    return FAILED if failed else 0


@policy_command.command("explain")
@click.argument("advisory_id")
@click.argument("recipient")
@verb
def explain(call: Call, advisory_id: str, recipient: str) -> None:
    """Why a recipient may or may not have an advisory now, rule by rule."""
    from mapp_compliance.workflows.plan import explain_issue

    decision, explanation = explain_issue(call.desk(), advisory_id, PartnerId(recipient))
    result = decision.result
    rules = [
        {
            "rule": item.rule,
            "kind": item.kind.value,
            "clause": item.clause,
            "text": item.text,
            "truth": item.truth.value,
            "deciding": [part.sentence() for part in item.deciding],
        }
        for item in explanation.rules
    ]
    call.say(
        {
            "ok": True,
            "errors": [],
            "advisory": advisory_id,
            "recipient": recipient,
            "outcome": result.outcome.value,
            "class": result.granted.word,
            "reasons": [item.record() for item in result.reasons],
            "policy": decision.policy.hex,
            "facts": decision.facts.hex,
            "rules": rules,
        },
        f"{recipient} and {advisory_id}: {result.outcome.value} ({result.granted.word})",
        *(f"  because {item.sentence()}" for item in result.reasons),
        *(f"  {item.sentence()}" for item in explanation.rules),
    )


def _active(call: Call) -> Path:
    """The active pack's file, or the shipped one where there is no workspace."""
    from mapp_compliance.app import shipped
    from mapp_compliance.settings import parse_settings

    settings = call.home / "mapp.toml"
    if not settings.is_file():
        return shipped("policies") / "mapp.yaml"
    name = parse_settings(settings.read_bytes()).policy
    path = call.home / "policies" / f"{name}.yaml"
    if not path.is_file():
        raise NotFound(f"the terms pack {path.name} is missing from policies/; put it back")
    return path


def _tests_of(path: Path) -> Path | None:
    beside = path.with_name(f"{path.stem}.tests.yaml")
    return beside if beside.is_file() else None


def _problem(item: "Problem") -> dict[str, Any]:
    return {
        "file": item.file,
        "line": item.line,
        "column": item.column,
        "message": item.message,
        "hint": item.hint,
    }
