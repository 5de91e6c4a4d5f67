"""The page about points names all that an author may write."""

import html
from pathlib import Path

import pytest

from mapp_compliance.adapters.render.recorder import Recorder
from mapp_compliance.watermark.carriers.points import FILTERS, encode
from mapp_compliance.watermark.carriers.points.charsets import CHARSETS
from mapp_compliance.watermark.carriers.points.computed import ALGORITHMS

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "points.md").read_text("utf-8")
PAGE = html.unescape(TEXT.replace("<code>", "`").replace("</code>", "`"))


@pytest.mark.parametrize("name", FILTERS)
def test_every_encoder_is_shown_with_what_it_writes(name):
    assert f"| `{name}` | `{encode(name, b'AB').decode()}` |" in PAGE


@pytest.mark.parametrize("name", [*CHARSETS, *ALGORITHMS])
def test_every_set_and_algorithm_is_named(name):
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("name", Recorder("a").functions())
def test_every_function_of_a_template_is_shown(name):
    assert f"| `{name}` |" in PAGE
