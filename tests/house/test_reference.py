"""Every verb, fact, error and setting has its entry in the reference."""

import pytest

from mapp_compliance.errors import Reaction
from tests.house.reference import FOLDER, PAGES, REACTIONS, commands


@pytest.mark.parametrize("name", list(PAGES))
def test_the_page_says_what_the_code_says(name: str) -> None:
    written = (FOLDER / name).read_text("utf-8")
    assert written == PAGES[name](), "run 'make docs' and read what changed"


def test_every_reaction_has_its_sentence() -> None:
    assert set(REACTIONS) == set(Reaction)


def test_every_command_says_what_it_does() -> None:
    assert [words for words, command in commands() if not command.help] == []
