"""The reference pages that are written from the code: ``python -m tests.house.reference``.

A test compares them with the code, so a page cannot fall behind; one is written from result files.
"""

import importlib
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path

import click

from mapp_compliance.cli.main import EXIT_CODES, NEGATIVE, USAGE, VERBS, mapp
from mapp_compliance.errors import MappError, Reaction
from mapp_compliance.policy.vocabulary import VOCABULARY, VOCABULARY_VERSION
from mapp_compliance.settings import KEYS, Settings
from tests.house.survival import survival_page
from tests.house.tree import ROOT, modules

FOLDER = ROOT / "docs" / "reference"
REACTIONS = {
    Reaction.INVALID: "The input is wrong: mend it and call again.",
    Reaction.MISSING: "A named thing does not exist.",
    Reaction.CONFLICT: "The present state does not allow this step.",
    Reaction.REFUSED: "The terms forbid it; the message names the clause.",
    Reaction.APPROVAL: "It needs a confirmation or further people.",
    Reaction.RETRY: "The way there failed; the same call may work later.",
    Reaction.BROKEN: "A proof, signature or digest does not hold; stop and look.",
}
SETTINGS = {
    "name": "Name of the program.",
    "policy": "Terms pack, a file in the workspace's `policies/` without `.yaml`.",
    "profile": "`standard`, `demo` (local keys, decisions marked `independence: none`) or "
    "`small-team`.",
    "origin": "Name of the ledger; part of every signed tree head, so never change it.",
    "contact": "where partners answer; stands in notices and other letters",
    "duty": "Who is woken by a verdict without a person: a folder of the outbox.",
    "max_sample_bytes": "Largest sample set that is taken in, bytes.",
    "alpha": "Chance of naming an innocent, over all samples of one advisory; at most 1e-2.",
    "self_test_jobs": "Self-tests that run at once.",
    "store_url": "PostgreSQL database of the state; `mapp.db` when there is none.",
    "workspace": "Id that this database carries; written by `mapp init --store`.",
}


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command a person can call, by its words."""
    context = click.Context(mapp, info_name="mapp")
    for name in VERBS:
        command = mapp.get_command(context, name)
        if command is None:
            raise LookupError(name)
        yield from _below(name, command)


def _below(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in command.commands.items():
            yield from _below(f"{words} {name}", inner)
    else:
        yield words, command


def cli_page() -> str:
    """Every verb with its arguments and options."""
    lines = [
        "# Command line",
        "",
        "`mapp [--home DIR] [--json] [--at TIME] [--actor LABEL] VERB`. These four may also follow "
        "the verb. The workspace is `--home`, else `MAPP_HOME`, else `./mapp-home`. With `--json`, "
        "stdout is exactly one JSON document and talk goes to stderr. Exit codes: "
        "[errors.md](errors.md).",
    ]
    for words, command in commands():
        arguments = [p for p in command.params if isinstance(p, click.Argument)]
        shown = "".join(f" {p.make_metavar(click.Context(command))}" for p in arguments)
        lines += ["", f"## mapp {words}", "", f"`mapp {words}{shown}`", "", command.help or ""]
        options = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
        if options:
            lines += ["", "| option | takes | meaning |", "|---|---|---|", *map(_row, options)]
    return "\n".join(lines) + "\n"


def _row(option: click.Option) -> str:
    kind = option.type
    if option.is_flag:
        takes = ""
    elif isinstance(kind, click.Choice):
        takes = ", ".join(kind.choices)
    else:
        takes = option.metavar or {"path": "path", "integer": "number"}.get(kind.name, "text")
    notes = [option.help or ""]
    if option.required:
        notes.append("Required.")
    if option.multiple:
        notes.append("Repeatable.")
    if isinstance(option.default, str) and option.default and not option.is_flag:
        notes.append(f"Default: {option.default}.")
    meaning = " ".join(note if note.endswith(".") else f"{note}." for note in notes if note)
    return f"| `{option.opts[0]}` | {takes} | {meaning} |"


def facts_page() -> str:
    """Every fact that terms may speak about."""
    lines = [
        "# Facts",
        "",
        f"The vocabulary of the terms, version {VOCABULARY_VERSION}. A condition that names any "
        "other fact is refused when the pack is loaded. A fact without a value is unknown, never "
        "false.",
        "",
        "| fact | type | meaning | values |",
        "|---|---|---|---|",
    ]
    for fact in VOCABULARY.values():
        values = ", ".join(fact.values)
        lines.append(f"| `{fact.name}` | {fact.type.value} | {fact.meaning} | {values} |")
    return "\n".join(lines) + "\n"


def errors_page() -> str:
    """Every exit code, and every error class with its reaction."""
    lines = [
        "# Exit codes and errors",
        "",
        "With `--json` an error is one document on stdout: "
        '`{"error": {"reaction", "message", "hint", "where"}}`. The message ends with what to do.',
        "",
        "| exit code | reaction | meaning |",
        "|---|---|---|",
        *(f"| {code} | {reaction} | {meaning} |" for code, reaction, meaning in _exits()),
        "",
        "## Classes",
        "",
        "| class | room | reaction | meaning |",
        "|---|---|---|---|",
    ]
    for error in sorted(_errors(), key=lambda item: (item.__module__, item.__name__)):
        room = error.__module__.removeprefix("mapp_compliance.")
        first = (error.__doc__ or "").split("\n")[0]
        lines.append(f"| `{error.__name__}` | {room} | `{error.reaction.value}` | {first} |")
    return "\n".join(lines) + "\n"


def _exits() -> list[tuple[int, str, str]]:
    told = [(EXIT_CODES[item], f"`{item.value}`", REACTIONS[item]) for item in Reaction]
    others = [
        (0, "", "Done; the result lists what was withheld."),
        (USAGE, "`usage`", "The call itself is wrong; the usage line is shown."),
        (NEGATIVE, "", "A valid negative result: no copy is named."),
    ]
    return sorted([*told, *others], key=lambda each: each[0])


def _errors() -> set[type[MappError]]:
    for module in modules():
        if not module.path.endswith("__main__.py"):
            name = module.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            importlib.import_module(f"mapp_compliance.{name}".removesuffix(".__init__"))
    house = "mapp_compliance."
    return {each for each in _below_error(MappError) if each.__module__.startswith(house)}


def _below_error(error: type[MappError]) -> set[type[MappError]]:
    return {error}.union(*(_below_error(each) for each in error.__subclasses__()))


def settings_page() -> str:
    """Every key of mapp.toml."""
    defaults = {each.name: each.default for each in fields(Settings)}
    lines = [
        "# Settings",
        "",
        "`mapp.toml` in the workspace, written by `mapp init`. An unknown key is an error.",
        "",
        "| key | default | meaning |",
        "|---|---|---|",
    ]
    for table, keys in KEYS.items():
        for key in sorted(keys):
            default = "" if defaults[key] is MISSING else f"`{defaults[key]!r}`"
            lines.append(f"| `{table}.{key}` | {default} | {SETTINGS[key]} |")
    lines += [
        "",
        "| environment | meaning |",
        "|---|---|",
        "| `MAPP_HOME` | The workspace, when `--home` is left out. |",
        "| `MAPP_REQUIRE_TOOLS` | `1`: tests fail, not skip, without an optional tool. |",
    ]
    return "\n".join(lines) + "\n"


PAGES = {
    "cli.md": cli_page,
    "facts.md": facts_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
    "survival.md": survival_page,
}


def write(folder: Path = FOLDER) -> None:
    """Write all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
