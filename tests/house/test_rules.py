"""The house rules hold in every module, and each rule finds what it is meant to find."""

import pytest

from tests.house.rules import RULES, Rule
from tests.house.tree import modules, parsed

# (rule, place): reason. Take an entry out when its place is mended; the test asks for it.
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("broad except", "adapters/render/template.py::compile_template"): (
        "the template engine runs outside text in the limited child; whatever it raises is a "
        "fault of that text"
    ),
}

BAD = {
    "clock": "from datetime import datetime\ndef f(z):\n    return datetime.now(z)\n",
    "aware time": "from datetime import datetime\nAT = datetime(2026, 1, 1)\n",
    "print": "def f():\n    print('x')\n",
    "broad except": "try:\n    f()\nexcept (OSError, Exception):\n    g()\n",
    "assert": "def f(x):\n    assert x\n",
    "module state": "seen = {}\n",
    "global": "N = 0\ndef f():\n    global N\n    N = 1\n",
    "one engine": "def f(url):\n    return create_engine(url)\n",
    "chance": "from random import choice\n",
    "logged secrets": "def f(copy):\n    log.info('sent %s', copy.payload)\n",
    "module docstring": "X = 1\n",
    "public docstring": "class A:\n    '''A.'''\n    def f(self):\n        return 1\n",
    "module size": "X = 1\n" * 401,
    "function size": "def f():\n" + "    g()\n" * 60,
    "room name": "",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    faults = {fault for module in modules() for fault in rule.faults(module)}
    allowed = {place for name, place in EXCEPTIONS if name == rule.name}
    assert not faults - allowed, rule.why


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_exception_outlives_its_reason(rule: Rule) -> None:
    faults = {fault for module in modules() for fault in rule.faults(module)}
    assert not {place for name, place in EXCEPTIONS if name == rule.name} - faults


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_finds_a_fault_that_was_planted(rule: Rule) -> None:
    path = "workflows/helpers.py" if rule.name == "room name" else "workflows/planted.py"
    assert rule.faults(parsed(path, BAD[rule.name]))


def test_a_rule_does_not_hold_in_the_rooms_it_excludes() -> None:
    clock = next(rule for rule in RULES if rule.name == "clock")
    assert clock.faults(parsed("cli/context.py", BAD["clock"])) == []


def test_every_exception_says_why() -> None:
    assert all(len(reason.split()) >= 4 for reason in EXCEPTIONS.values())
