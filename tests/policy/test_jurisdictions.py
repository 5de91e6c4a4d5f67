import pytest

from mapp_compliance.policy import FactValue, PackError, jurisdiction_facts, load_laws, read_laws
from tests.policy.shipped import POLICIES

LAWS = load_laws((POLICIES / "jurisdictions.yaml").read_text("utf-8"), "jurisdictions.yaml")
ROW = (
    "  - {code: XA, instrument: Act, article: '1', duty: none, hours: 0, applies_to: any_product,\n"
    "     confidence: settled, reviewed_by: a, reviewed_at: 2026-01-01T00:00:00Z}\n"
)
RESTRICTED, HOURS = "jurisdiction.restricted", "jurisdiction.reporting_law_hours"


@pytest.mark.parametrize(
    ("countries", "facts"),
    [
        (["XA"], {RESTRICTED: False}),
        (["XB"], {RESTRICTED: False, HOURS: 72}),
        (["XC"], {RESTRICTED: True, HOURS: 48}),
        (["XD"], {RESTRICTED: True, HOURS: 24}),
        (["XA", "XC", "XD"], {RESTRICTED: True, HOURS: 24}),
        (["NO"], {RESTRICTED: False}),
        ([], {}),
    ],
)
def test_the_shipped_table_gives_these_facts(
    countries: list[str], facts: dict[str, FactValue]
) -> None:
    assert jurisdiction_facts(LAWS, countries) == facts


def test_real_laws_are_marked_as_not_reviewed() -> None:
    real = [law for law in LAWS.rows if not law.code.startswith("X")]

    assert real
    assert {law.reviewed_by for law in real} == {"not reviewed by counsel"}


def test_a_country_without_a_row_is_unknown_when_the_table_says_so() -> None:
    laws = load_laws("unlisted: unknown\nlaws:\n" + ROW, "laws.yaml")

    assert jurisdiction_facts(laws, ["XA"]) == {RESTRICTED: False}
    assert jurisdiction_facts(laws, ["NO"]) == {}
    assert jurisdiction_facts(laws, ["XA", "NO"]) == {}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("unlisted: unknown", "unlisted: perhaps", "unknown unlisted 'perhaps'"),
        ("unlisted: unknown\n", "", "lacks 'unlisted'"),
        ("code: XA", "code: Norway", "this is no country code"),
        ("duty: none", "duty: NO", "unknown duty 'NO'"),
        ("hours: 0", "hours: many", "is no whole number"),
        ("2026-01-01T00:00:00Z", "2026-01-01", "is no time with zone"),
        ("reviewed_by: a, ", "", "lacks 'reviewed_by'"),
        ("instrument", "law", "has no field 'law'"),
        ("laws:\n", "lawz:\n", "has no field 'lawz'"),
    ],
)
def test_a_faulty_table_is_refused_with_the_reason(old: str, new: str, fault: str) -> None:
    text = ("unlisted: unknown\nlaws:\n" + ROW).replace(old, new)

    with pytest.raises(PackError) as caught:
        load_laws(text, "laws.yaml")

    assert any(fault in problem.message for problem in caught.value.problems)


def test_a_table_that_is_no_mapping_is_refused() -> None:
    laws, problems = read_laws("- a", "laws.yaml")

    assert laws is None
    assert problems[0].message == "a law table is a mapping"
