from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import MappError
from mapp_compliance.policy import (
    PackError,
    Question,
    check,
    decide,
    facts_of,
    load_laws,
    load_pack,
    load_tests,
)
from tests.policy.shipped import HEAD, RULE, small

seeded = settings(derandomize=True, deadline=None, max_examples=200)
CASE = "tests:\n  - {name: a, given: {partner.tier: ans}, expect: poc}\n"
LAW = (
    "unlisted: unknown\nlaws:\n"
    "  - {code: XA, instrument: Act, article: '1', duty: none, hours: 0, applies_to: any_product,\n"
    "     confidence: settled, reviewed_by: a, reviewed_at: 2026-01-01T00:00:00Z}\n"
)


def mangled(record: str) -> st.SearchStrategy[str]:
    places = st.integers(0, len(record))
    stuff = st.text(max_size=6) | st.sampled_from(
        ["\n", "  ", "- ", ": ", "'", '"', "{", "]", "&a ", "*a", "!!x ", "|", ">", "%YAML 1.99\n"]
    )
    return st.builds(
        lambda a, b, new: record[: min(a, b)] + new + record[max(a, b) :], places, places, stuff
    )


@seeded
@given(st.text(max_size=80) | mangled(HEAD + RULE))
def test_any_text_gives_a_pack_or_an_error_of_ours(text: str) -> None:
    try:
        load_pack(text, "noise.yaml")
    except PackError as err:
        assert err.problems  # noqa: PT017  (either way is right)


@seeded
@given(st.text(max_size=80) | mangled(CASE))
def test_any_text_gives_cases_or_an_error_of_ours(text: str) -> None:
    try:
        load_tests(text, "noise.yaml", small(RULE))
    except MappError as err:
        assert isinstance(err, PackError)  # noqa: PT017  (either way is right)


@seeded
@given(st.text(max_size=80) | mangled(LAW))
def test_any_text_gives_laws_or_an_error_of_ours(text: str) -> None:
    try:
        load_laws(text, "noise.yaml")
    except MappError as err:
        assert isinstance(err, PackError)  # noqa: PT017  (either way is right)


@seeded
@given(st.text(max_size=60))
def test_any_text_as_condition_is_compiled_or_told(source: str) -> None:
    quoted = source.replace("'", "''")
    rule = RULE.replace("'partner.tier == \"ans\"'", f"'{quoted}'")

    assert isinstance(check(HEAD + rule, "noise.yaml"), tuple)


def test_impossible_escapes_and_versions_are_no_crash() -> None:
    assert "not YAML" in check('"\\UFFFFFFFF"', "x.yaml")[0].message
    assert check("%YAML " + "9" * 5000 + ".1\n--- a", "x.yaml")
    assert check("a: \x00", "x.yaml")
    assert check("[" * 20_000, "x.yaml")


def test_comments_layout_and_tests_do_not_change_the_digest() -> None:
    loose = HEAD + (
        "  # a remark\n"
        "  - id: one\n    kind: entitlement\n    grants: poc\n    clause: '4.1'\n"
        '    text: >-\n      A\n      sentence.\n    when: partner.tier == "ans"\n'
    )

    assert load_pack(loose + CASE, "x.yaml").digest == small(RULE).digest


def test_a_changed_sentence_condition_or_clause_changes_the_digest() -> None:
    changed = {
        small(RULE.replace(old, new)).digest
        for old, new in [("A sentence", "Another"), ('"ans"', '"entry"'), ("4.1", "4.2")]
    }

    assert len(changed | {small(RULE).digest}) == 4


def test_a_comment_at_the_end_of_a_part_hides_no_other_part() -> None:
    pack = small(
        '  - {id: one, kind: entitlement, clause: "1", text: t, grants: poc, when: {all: {\n'
        "     a: advisory.released // as planned, b: advisory.exploited}}}\n"
    )
    facts = facts_of({"advisory.released": True, "advisory.exploited": False})

    assert decide(pack, facts, Question.ISSUE).result.granted.word == "nothing"


def test_pieces_that_are_too_much_together_are_told_and_do_not_crash() -> None:
    deep = "(" * 30 + "copy.delivered_at" + ")" * 30
    text = HEAD + (
        '  - {id: a, kind: obligation, clause: "1", text: t, action: report,\n'
        f"     since: {deep!r}, when: advisory.released, effective_from: 2026-01-01T00:00:00Z}}\n"
    )

    assert [p.message for p in check(text, "x.yaml")] == [
        "rule a as a whole: this is nested too deeply to check"
    ]


def test_a_pack_that_is_too_long_is_refused_unread() -> None:
    assert "longer than" in check("#" * 600_000, "x.yaml")[0].message
