"""The shipped pack with its cases, loaded once; and small packs written in a test."""

from functools import cache
from pathlib import Path

from mapp_compliance.policy import Pack, PackTest, load_pack, load_tests

POLICIES = Path(__file__).parents[2] / "policies"
FAULTY = Path(__file__).parents[1] / "vectors" / "policy" / "faulty"
HEAD = 'policy: small\nversion: "1"\nvocabulary: "1"\nrules:\n'
RULE = (
    '  - {id: one, kind: entitlement, clause: "4.1", text: A sentence., grants: poc,\n'
    "     when: 'partner.tier == \"ans\"'}\n"
)


def small(rules: str) -> Pack:
    """A pack of the given rules, as YAML list items indented by two."""
    return load_pack(HEAD + rules, "small.yaml")


@cache
def mapp() -> Pack:
    """The shipped pack."""
    return load_pack((POLICIES / "mapp.yaml").read_text("utf-8"), "mapp.yaml")


@cache
def mapp_tests() -> tuple[PackTest, ...]:
    """Its cases."""
    text = (POLICIES / "mapp.tests.yaml").read_text("utf-8")
    return load_tests(text, "mapp.tests.yaml", mapp())


def case(name: str) -> PackTest:
    """One case of the shipped pack by its name."""
    return next(test for test in mapp_tests() if test.name == name)
