"""Every link in the documents leads to a file, and every verb they name exists with its options."""

import re
from pathlib import Path

import pytest

from tests.house.reference import commands
from tests.house.tree import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
COMMANDS = {
    words: {name for parameter in command.params for name in parameter.opts}
    for words, command in commands()
}
GROUPS = {words.split(" ")[0] for words in COMMANDS}
EVERYWHERE = {"--home", "--json", "--at", "--actor", "--help"}


def called(text: str) -> list[str]:
    """What follows ``mapp`` in each piece of code that calls it."""
    code = re.findall(r"`([^`]+)`", text.replace("\\\n", " "))
    plain = [re.sub(r"\s+", " ", piece) for piece in code]
    return [piece.removeprefix("mapp ") for piece in plain if piece.startswith("mapp ")]


def fault(call: str) -> str:
    """What is wrong with a call as written; empty when nothing is."""
    words = re.sub(r"^(?:--json |--home \S+ )*", "", call).split(" | ")[0]
    if words.startswith(("[", "VERB")):
        return ""
    known = [name for name in COMMANDS if f"{words} ".startswith(f"{name} ")]
    if not known:
        return "" if words in GROUPS else f"no verb: mapp {call}"
    options = set(re.findall(r"(?<=\s)--[a-z-]+", words)) - EVERYWHERE
    strange = options - COMMANDS[max(known, key=len)]
    return f"no option {sorted(strange)}: mapp {call}" if strange else ""


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_call_in_the_document_could_be_made(path: Path) -> None:
    faults = [fault(call) for call in called(path.read_text("utf-8"))]
    assert [told for told in faults if told] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_the_document_leads_to_a_file(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("call", ["issue ADV --everything", "resign", "case pardon K-1"])
def test_a_call_that_could_not_be_made_is_found(call: str) -> None:
    assert fault(call)
