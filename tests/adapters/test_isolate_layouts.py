"""Side-cars of an author are laid out in the limited child."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.adapters.isolate import layouts, port
from mapp_compliance.adapters.isolate.layouts import (
    lay_out_asked,
    layouts_from_lines,
    pairs_to_json,
)
from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.watermark import PackageFile, lay_out_marks

POC = PackageFile("poc.py", b'A = b"AAAAAAAA"\nB = b"BBBBBBBB"\n')
CATASTROPHE = r"((?:A+)+)x"  # doubles its time with every A


def side_car(pattern: str, path: str = "poc.py") -> PackageFile:
    text = f"[[mark]]\nname = 'a'\nkind = 'filler'\nmatch = '{pattern}'\n"
    return PackageFile(f"{path}.marks.toml", text.encode())


def test_the_child_lays_out_as_the_function_does() -> None:
    pairs = [(POC, side_car("(A{8})")), (replace(POC, path="b.py"), side_car("(B{8})", "b.py"))]
    found, _ = port.IsolatedChild().lay_out_marks(pairs)
    assert found == [lay_out_marks(*pair) for pair in pairs]


def test_a_fault_comes_back_with_its_place() -> None:
    with pytest.raises(InvalidInput, match="finds 0 places") as caught:
        port.IsolatedChild().lay_out_marks([(POC, side_car("(C{8})"))])
    assert caught.value.where == "poc.py.marks.toml:4:match"


def test_a_pattern_without_end_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(port, "SIDE_CAR_LIMITS", replace(port.SIDE_CAR_LIMITS, cpu_s=1))
    file = PackageFile("poc.py", b"A" * 64)
    with pytest.raises(InvalidInput, match="does not come to an end within 1 s") as caught:
        port.IsolatedChild().lay_out_marks([(file, side_car(CATASTROPHE))])
    assert caught.value.where == "poc.py.marks.toml"


@given(st.binary(max_size=60) | st.sampled_from([b"[[1]]", b"{}", b'[[["a","AA=="],["b"]]]']))
def test_any_question_gives_layouts_or_our_error(question: bytes) -> None:
    try:
        answer = b"".join(lay_out_asked(question))
    except MappError:
        return
    assert layouts_from_lines(answer) == []


@settings(max_examples=20)
@given(st.lists(st.binary(max_size=40), max_size=3))
def test_what_is_asked_is_what_the_child_sees(contents: list[bytes]) -> None:
    pairs = [(PackageFile("a", data), PackageFile("a.marks.toml", data)) for data in contents]
    assert layouts._pairs(pairs_to_json(pairs)) == pairs
