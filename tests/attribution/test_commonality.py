"""What two things share, class by class; a sample of benign files shares nothing arbitrary."""

import keyword
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.attribution import Part, Unwrapped
from mapp_compliance.attribution.commonality import (
    Background,
    Commonality,
    Declared,
    Sort,
    compare,
    shown_text,
)
from mapp_compliance.attribution.views import with_views
from mapp_compliance.demo import alteration, package_files

LIBRARY = Path(sysconfig.get_path("stdlib"))
PLAIN = [Part(path.read_bytes(), path.name) for path in sorted(LIBRARY.glob("c[a-o]*.py"))]
SMALL = [part for part in PLAIN if len(part.data) < 9000]
CORPUS = [with_views(Unwrapped((part,))).parts for part in SMALL]


def parts(files: dict[str, bytes]) -> tuple[Part, ...]:
    return with_views(Unwrapped(tuple(Part(data, path) for path, data in files.items()))).parts


ARTIFACT = parts({p: d for p, d in package_files().items() if p.endswith((".py", ".j2"))})
SCRIPT = parts({"poc.py": package_files()["poc.py"]})


def code(text: str, name: str = "a.py") -> list[Part]:
    return [Part(text.encode(), name)]


def sorts(found: Commonality) -> dict[str, Sort]:
    return {each.text: each.sort for each in found.shared}


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(CORPUS) - 1), st.floats(0, 1), st.floats(0.01, 1), st.booleans()
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(derandomize=True, max_examples=10, deadline=None)
def test_a_sample_of_benign_files_shares_no_free_choice(choices):
    sample = []
    for number, start, length, with_all_views in choices:
        lines = SMALL[number].data.splitlines(keepends=True)
        first = int(start * len(lines))
        piece = b"".join(lines[first : first + 1 + int(length * len(lines))])
        sample += CORPUS[number] if with_all_views else [Part(piece, "piece.py")]
    found = compare(sample, SCRIPT, Background(CORPUS))
    assert found.of(Sort.ARBITRARY) == found.of(Sort.QUIRK) == ()


def test_the_artifact_itself_shares_all_its_free_choices():
    found = compare(ARTIFACT, ARTIFACT, Background(PLAIN[:10]))
    assert found.shared_free == found.artifact_free > 0
    assert found.own == ()


def test_a_rewritten_script_shares_its_structure_in_one_long_stretch():
    sample = parts(alteration("restyled").apply(package_files()))
    found = compare(sample, ARTIFACT, Background(PLAIN[:10]))
    assert any("build_card" in each.text for each in found.of(Sort.ARBITRARY))
    assert "v10" in {each.text for each in found.own}


def test_declared_text_is_forced_and_what_stands_beside_it_is_not():
    ours, theirs = code("send(b'CARD/1 lanthor=')"), code("out = 'CARD/1 lanthor='")
    found = compare(theirs, ours, Background(), Declared(forced=("CARD/1", "CARD")))
    assert sorts(found)["CARD"] is Sort.FORCED
    assert sorts(found)["CARD/1 lanthor="] is Sort.ARBITRARY


def test_what_every_file_of_the_format_holds_is_forced():
    formats = [Part(b"RIFF magicword %d" % number, "f") for number in range(3)]
    found = compare(code("magicword"), code("magicword"), Background((), formats))
    assert sorts(found) == {"magicword": Sort.FORCED}


def test_two_files_of_a_format_force_nothing():
    formats = [Part(b"magicword", "f")] * 2
    found = compare(code("magicword"), code("magicword"), Background((), formats))
    assert sorts(found) == {"magicword": Sort.ARBITRARY}


def test_a_customary_feature_says_in_how_many_files_it_stands():
    corpus = [*code("alpha"), *code("alpha beta"), *code("gamma")]
    found = compare(code("alpha"), code("alpha"), Background(corpus))
    assert [(each.text, each.files) for each in found.shared] == [("alpha", 2)]


def test_the_base_of_a_number_makes_no_difference():
    found = compare(code("0xBEEF"), code("48879"), Background())
    assert sorts(found) == {"0xBEEF": Sort.ARBITRARY}


@pytest.mark.parametrize(
    ("shared", "corpus", "why"),
    [
        ("recieve", "receive", "one slip from 'receive', which is usual"),
        ("enviroment", "environment", "one slip from 'environment', which is usual"),
        ("zorkmid7", "other", "holds 'zorkmid', declared as a maker's own name"),
        ("leftover = 7", "other", "defined and never used, in both"),
    ],
)
def test_an_odd_free_choice_is_a_quirk_and_says_why(shared, corpus, why):
    found = compare(
        code(shared), code(shared), Background(code(corpus) * 5), Declared(names=("zorkmid",))
    )
    assert [each.why for each in found.of(Sort.QUIRK)] == [why]


@pytest.mark.parametrize("word", ["received", "receives", "receiver"])
def test_another_ending_is_another_word_and_no_slip(word):
    found = compare(code(word), code(word), Background(code("receive") * 5))
    assert sorts(found) == {word: Sort.ARBITRARY}


def test_capitals_make_no_rare_word():
    found = compare(code("passWORD"), code("passWORD"), Background(code("Password")))
    assert sorts(found) == {"passWORD": Sort.CUSTOMARY}


def test_a_name_that_is_used_is_no_dead_code():
    text = "leftover = 7\nprint(leftover)"
    assert compare(code(text), code(text), Background()).of(Sort.QUIRK) == ()


def test_a_makers_name_that_is_an_ordinary_word_is_customary():
    found = compare(
        code("orange"), code("orange"), Background(code("orange")), Declared(names=("orange",))
    )
    assert sorts(found) == {"orange": Sort.CUSTOMARY}


def test_order_is_a_feature_of_its_own():
    lines = [f"field_{sign} = take({sign}, limit)" for sign in "abcd"]
    words = Background(code("\n".join(reversed(lines))))
    same = compare(code("\n".join(lines)), code("\n".join(lines)), words)
    assert [each.kind.value for each in same.of(Sort.ARBITRARY)] == ["statements"]


def test_payload_is_found_in_another_writing():
    secret = b"Qz7!kf02LmX#9vTw4"
    ours = parts({"poc.py": b'BLOB = b"%b"' % secret})
    hexed = ", ".join(f"0x{byte:02x}" for byte in secret)
    theirs = parts({"packet.c": f"static char buf[] = {{{hexed}}};".encode()})
    found = compare(theirs, ours, Background(PLAIN[:5]))
    assert secret.decode() in {each.text for each in found.of(Sort.ARBITRARY)}


def test_absence_says_little_with_a_small_corpus():
    assert compare([], [], Background()).absence_bound == 1.0
    hundred = compare([], [], Background(code("a") * 100)).absence_bound
    assert hundred == pytest.approx(0.0295, abs=1e-4)


def test_nothing_shared_is_an_empty_answer():
    found = compare(code("alpha beta"), code("gamma delta"), Background())
    assert found.shared == ()
    assert [each.text for each in found.own] == ["alpha", "beta"]


@given(st.binary(max_size=400), st.binary(max_size=400))
@settings(derandomize=True, max_examples=60)
def test_any_bytes_can_be_compared(one, other):
    found = compare([Part(one, "a")], [Part(other, "b")], Background([Part(one[:50], "c")]))
    assert all(each.text == shown_text(each.text.encode()) for each in found.shared)


def test_keywords_of_the_language_are_customary():
    text = " ".join(each for each in keyword.kwlist if len(each) > 2)
    found = compare(code(text), code(text), Background(PLAIN))
    words = [each for each in found.shared if each.kind.value == "word"]
    assert {each.sort for each in words} == {Sort.CUSTOMARY}
