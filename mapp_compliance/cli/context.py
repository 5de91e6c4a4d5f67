"""What every verb is handed: where the workspace is, how to talk, which time it is.

Results go to stdout, talk to stderr. ``--json``, ``--home`` and ``--at`` may also stand after
the verb.
"""

import functools
import inspect
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import instant, shown

if TYPE_CHECKING:
    from mapp_compliance.workflows.ports import Desk

F = TypeVar("F", bound=Callable[..., Any])


STORY_YEARS = range(1970, 9000)  # windows and deadlines reach beyond the instant that is asked


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the command line."""

    home: Path
    as_json: bool
    at: str | None
    actor: str

    def now(self) -> datetime:
        """Story time when it was given, else the time of the machine, to the second."""
        if not self.at:
            return datetime.now(UTC).replace(microsecond=0)
        told = instant(self.at)
        if told.year not in STORY_YEARS:
            raise InvalidInput(
                f"--at {self.at} is no time of any program; give a year from 1970 on"
            )
        return told

    def desk(self) -> "Desk":
        """The workspace, opened until the end of the call. Raises NotFound when there is none."""
        from mapp_compliance.app import open_workspace

        return self.until_end(open_workspace(self.home, self.now, self.progress))

    def until_end(self, desk: "Desk") -> "Desk":
        """The desk, whose store is let go of when the call ends."""
        click.get_current_context().call_on_close(desk.store.close)
        return desk

    def progress(self, what: str, done: int, of: int) -> None:
        """One line of talk, rewritten in place on a terminal, silent for scripts."""
        if not self.as_json and sys.stderr.isatty():
            print(f"\r{what} {done}/{of}", end="\n" if done == of else "", file=sys.stderr)

    def say(self, document: dict[str, Any], *lines: str) -> None:
        """Print the result: the document with ``--json``, else the lines."""
        if self.as_json:
            print_json(document)
            return
        for line in lines:
            print("\n".join(shown(part) for part in line.split("\n")))

    def talk(self, line: str) -> None:
        """Print one line for people; never on stdout with ``--json``."""
        print(shown(line), file=sys.stderr if self.as_json else sys.stdout)


def print_json(document: dict[str, Any]) -> None:
    """The one document on stdout; with escapes where its character set may lack a sign."""
    unicode = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "") == "utf8"
    print(json.dumps(document, ensure_ascii=not unicode))


def verb(function: F) -> F:
    """A command's function with the Call in front; the common options may follow the verb."""
    takes_at = "at" in inspect.signature(function).parameters  # its options come after this one

    @click.pass_obj
    @functools.wraps(function)
    def called(call: Call, /, *args: Any, **kwargs: Any) -> Any:
        home, as_json = kwargs.pop("home_", None), kwargs.pop("json_", False)
        changes: dict[str, Any] = {"as_json": call.as_json or as_json, "home": home or call.home}
        if not takes_at:
            changes["at"] = kwargs.pop("at_", None) or call.at
        changes["actor"] = kwargs.pop("actor_", None) or call.actor
        return function(replace(call, **changes), *args, **kwargs)

    for name, option in (
        ("json_", click.option("--json", "json_", is_flag=True, hidden=True)),
        ("home_", click.option("--home", "home_", type=click.Path(path_type=Path), hidden=True)),
        ("actor_", click.option("--actor", "actor_", hidden=True)),
        ("at_", click.option("--at", "at_", hidden=True)),
    ):
        if name != "at_" or not takes_at:
            called = option(called)
    return called  # type: ignore[return-value]  # click keeps the call's shape


def approvals(function: F) -> F:
    """The option ``--approve NAME``, repeatable: local people of a demo workspace."""
    return click.option(
        "--approve", "approve", multiple=True, help="Sign as this local person (demo workspaces)."
    )(function)


def signatures(function: F) -> F:
    """The option ``--signature FILE``, repeatable: SSH signatures from outside."""
    return click.option(
        "--signature",
        "signature",
        multiple=True,
        type=click.Path(path_type=Path),
        help="An SSH signature over the decision, made by an enrolled person.",
    )(function)
