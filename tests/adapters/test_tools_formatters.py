from mapp_compliance.adapters.isolate import run_command
from mapp_compliance.adapters.tools.formatters import formatted, formatters_for
from mapp_compliance.adapters.tools.sandbox import Sandbox

SANDBOX = Sandbox(run_command)
UNTIDY = b"x = {  'a':1 }\n"


def test_only_tools_that_know_a_file_of_the_package_are_told() -> None:
    assert {"black", "ruff"} <= set(formatters_for(["src/poc.py", "note.bin"]))
    assert formatters_for(["note.bin"]) == ()


def test_the_files_that_a_tool_knows_are_made_over_and_no_others() -> None:
    made = formatted(SANDBOX, "ruff", {"src/poc.py": UNTIDY, "note.txt": b"a  b\n"})
    assert made == {"src/poc.py": b'x = {"a": 1}\n'}


def test_a_file_that_a_tool_refuses_or_leaves_as_it_is_gives_nothing() -> None:
    assert formatted(SANDBOX, "ruff", {"poc.py": b"def f(:\n"}) == {}
    assert formatted(SANDBOX, "ruff", {"poc.py": b"x = 1\n"}) == {}
    assert formatted(SANDBOX, "ruff", {"note.txt": b"x = 1\n"}) == {}


def test_a_file_that_a_command_takes_away_or_exchanges_for_a_link_is_left_out() -> None:
    script = "import os; os.remove('a'); os.remove('b'); os.symlink('/etc/passwd', 'b')"
    files = {"a": b"1", "b": b"2", "c": b"3"}
    assert SANDBOX.made_over(files, ["python3", "-c", script]) == {"c": b"3"}
