"""A sample is compared in the limited child, and its answer is not trusted."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mapp_compliance.adapters.isolate import port
from mapp_compliance.adapters.isolate.comparing import Question, commonality_in, compared
from mapp_compliance.adapters.isolate.port import IsolatedChild
from mapp_compliance.attribution import Background, Declared, Part, Unwrapped, compare
from mapp_compliance.attribution.unwrap import unwrap
from mapp_compliance.attribution.views import with_views
from mapp_compliance.errors import MappError
from mapp_compliance.trust import canonical, parse_canonical

OURS = [("card.py", b"limit = 48213\n# receeve the card\nnames = 'CARD/1 of the house'\n" * 2)]
LEAK = [("leak.py", b"def f():\n    # receeve it\n    return 48213, 'CARD/1 of the house', 7731\n")]
CORPUS = [(f"plain-{n}.txt", b"receive the parcel of 7731 and the card\n") for n in range(6)]
FORMAT = [(f"format-{n}.txt", b"CARD/1\n") for n in range(3)]
SAID = Declared(("CARD",), ("house",))


def test_the_child_compares_as_the_function_does() -> None:
    found = IsolatedChild().compare(LEAK, OURS, CORPUS, FORMAT, SAID)
    sample = with_views(unwrap(tuple(Part(data, name) for name, data in LEAK)))
    ours = with_views(Unwrapped(tuple(Part(data, name) for name, data in OURS)))
    background = Background(
        [Part(data, name) for name, data in CORPUS], [Part(data, name) for name, data in FORMAT]
    )
    assert found == compare(sample.parts, ours.parts, background, SAID)
    assert {each.sort.value for each in found.shared} >= {"customary", "arbitrary", "quirk"}
    assert (found.corpus_files, found.format_files) == (6, 3)


def test_a_sample_without_a_corpus_or_a_line_is_compared_too() -> None:
    found = IsolatedChild().compare([("empty", b"")], OURS, [], [], Declared())
    assert (found.shared, found.own, found.shared_free) == ((), (), 0)
    assert found.artifact_free > 0


@pytest.mark.parametrize("limit", ["cpu_s", "output_bytes", "memory_bytes", "input_bytes"])
def test_a_comparison_that_meets_a_limit_concludes_nothing(
    monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    least = {"cpu_s": 0, "output_bytes": 10, "memory_bytes": 1000, "input_bytes": 10}
    few = replace(port.COMPARING_LIMITS, **{limit: least[limit]})
    monkeypatch.setattr(port, "COMPARING_LIMITS", few)
    with pytest.raises(MappError, match="submit"):
        IsolatedChild().compare(LEAK * 50, OURS, CORPUS * 2000, [], SAID)


def put(*path: object, value: object) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


FORGERIES = {
    "another sort": put("shared", 0, 6, value="guilt"),
    "another kind": put("shared", 0, 0, value="name"),
    "a place before the part": put("shared", 0, 3, value=-1),
    "a place of no number": put("shared", 0, 4, value="1"),
    "a field too few": lambda document: document["shared"][0].pop(),
    "a count below none": put("own", 0, 2, value=-1),
    "a count that is none": put("counts", 0, value=True),
    "a count too many": lambda document: document["counts"].append(1),
    "a field more": put("more", value=1),
    "a field less": lambda document: document.pop("own"),
}


@pytest.mark.parametrize("change", FORGERIES.values(), ids=FORGERIES)
def test_an_answer_that_is_no_comparison_is_refused(change: Callable[[Any], None]) -> None:
    answer = b"".join(compared(Question(LEAK, OURS, CORPUS, FORMAT, SAID).to_lines()))
    assert commonality_in(answer).shared
    document = parse_canonical(answer)
    change(document)
    with pytest.raises(MappError, match="this is no comparison"):
        commonality_in(canonical(document))
