"""Everything that is wrong with a policy file and its tests, in one list.

>>> [str(problem) for problem in check("policy: x", "x.yaml")][0]
"x.yaml:1:1: the pack lacks 'rules'; add 'rules:'"
"""

from mapp_compliance.policy.load import read_pack
from mapp_compliance.policy.packtests import holds_tests, read_tests
from mapp_compliance.policy.problems import Problem


def check(text: str, name: str, tests: tuple[str, str] | None = None) -> tuple[Problem, ...]:
    """The problems of a pack, in the order of the file; none when it can be used.

    Args:
        text: the pack.
        name: its file name, for the places.
        tests: text and name of the file with its tests; None when they stand in the pack
            itself or nowhere.
    """
    pack, problems = read_pack(text, name)
    if pack is None:
        return tuple(problems)
    if tests is not None:
        return tuple(read_tests(*tests, pack)[1])
    return tuple(read_tests(text, name, pack)[1]) if holds_tests(text, name) else ()
