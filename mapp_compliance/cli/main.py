"""The command line: one group of verbs, each in its own module, loaded when it is called.

Contract: ``mapp [--home DIR] [--json] [--at TIME] VERB``. With ``--json`` stdout is exactly one
JSON document and talk goes to stderr. The table below is the only one from reaction to exit code.
"""

import importlib
import io
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from mapp_compliance.cli.context import Call, print_json
from mapp_compliance.errors import MappError, Reaction
from mapp_compliance.values import shown

EXIT_CODES = {
    Reaction.INVALID: 1,
    Reaction.MISSING: 1,
    Reaction.CONFLICT: 1,
    Reaction.BROKEN: 4,
    Reaction.REFUSED: 5,
    Reaction.APPROVAL: 6,
    Reaction.RETRY: 7,
}
USAGE, NEGATIVE = 2, 3
# Matrices are small here. A thread for each core gains nothing and burns its core while it waits.
THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

# verb -> module of mapp_compliance.cli that holds a click command of the same name
VERBS = {
    "init": "setup",
    "backup": "setup",
    "restore": "setup",
    "doctor": "machine",
    "status": "machine",
    "demo": "demo",
    "key": "keys",
    "user": "people",
    "partner": "people",
    "advisory": "advisories",
    "attach": "issuing",
    "preview": "proposing",
    "rehearse": "rehearsing",
    "issue": "issuing",
    "copy": "copies",
    "open": "receiving",
    "receipt": "receiving",
    "exposure": "surroundings",
    "sighting": "surroundings",
    "holder": "surroundings",
    "sample": "leaks",
    "attribute": "leaks",
    "feed": "feeds",
    "tick": "feeds",
    "case": "cases",
    "policy": "terms",
    "report": "reports",
    "log": "log",
    "upgrade": "setup",
}


class LazyGroup(click.Group):
    """Imports the module of a verb only when the verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's shape
        """All verbs, in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, or None when there is no such verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"mapp_compliance.cli.{VERBS[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--home", type=click.Path(path_type=Path), help="Workspace [MAPP_HOME or ./mapp-home]."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@click.option("--at", help="Story time for demos and tests, ISO 8601 with zone.")
@click.option("--actor", help="A label in the log; never an authority.")
@click.pass_context
def mapp(
    ctx: click.Context, home: Path | None, as_json: bool, at: str | None, actor: str | None
) -> None:
    """Marked copies for each recipient, terms as rules, leaks matched back, evidence."""
    folder = home or Path(os.environ.get("MAPP_HOME") or "mapp-home")
    ctx.obj = Call(folder, as_json, at, actor or "")


def main(argv: list[str] | None = None) -> int:
    """Run one call and return its exit code; the console script exits with it."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    for name, number in THREADS.items():
        os.environ.setdefault(name, number)  # read when numpy is loaded, by some verbs later on
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a name never ends the call
    try:
        code = _run(arguments, "--json" in arguments)
        sys.stdout.flush()
        return code
    except OSError:
        _let_go_of_output()
        return 1  # nobody can be told: what is full or closed is the way to the reader


def _let_go_of_output() -> None:
    """What is still waiting to be written goes nowhere, else it fails again when we end."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _run(arguments: list[str], as_json: bool) -> int:
    try:
        result = mapp.main(args=arguments, prog_name="mapp", standalone_mode=False)
        print(end="", flush=True)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return _fail("aborted", "stopped by the user", None, None, as_json, 1)
    except click.UsageError as err:
        help_text = err.ctx.get_usage() if err.ctx else None
        return _fail("usage", err.format_message(), help_text, None, as_json, USAGE)
    except MappError as err:
        code = EXIT_CODES[err.reaction]
        return _fail(
            err.reaction.value, err.message, err.hint, err.where, as_json, code, err.fields
        )
    except BrokenPipeError:
        raise  # the reader went away; `main` knows what to do
    except OSError as err:
        place = str(err.filename) if err.filename else None
        message = f"{err.strerror or 'the file system refused'}; check the path and permissions"
        return _fail("invalid", message, None, place, as_json, 1)
    except Exception as err:
        return _fail("fault", _fault(err), None, None, as_json, 1)


def _fault(err: Exception) -> str:
    """A fault of the program by kind and place; its text may hold what must not be told."""
    frames = traceback.extract_tb(err.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown place"
    return (
        f"the program met a fault of its own ({type(err).__name__} in {place}); run 'mapp log "
        "verify', and report this line to its makers"
    )


def _fail(
    reaction: str,
    message: str,
    hint: str | None,
    where: str | None,
    as_json: bool,
    code: int,
    fields: dict[str, Any] | None = None,
) -> int:
    if as_json:
        error: dict[str, Any] = {
            "reaction": reaction,
            "message": message,
            "hint": hint,
            "where": where,
        }
        plain = {k: v for k, v in (fields or {}).items() if isinstance(v, str | int | list | dict)}
        print_json({"error": {**plain, **error}})
        return code
    to_sign = (fields or {}).get("to_sign")
    if isinstance(to_sign, str):
        # Exactly the bytes to sign, so that they can be piped into a file and signed there.
        print(to_sign, end="\n" if sys.stdout.isatty() else "")
    print(f"mapp: {_lines(message)}", file=sys.stderr)
    for label, text in (("at", where), ("hint", hint)):
        if text:
            print(f"  {label}: {_lines(text)}", file=sys.stderr)
    return code


def _lines(text: str) -> str:
    return "\n".join(shown(line) for line in text.split("\n"))
