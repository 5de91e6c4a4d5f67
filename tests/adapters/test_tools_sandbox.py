"""Self-tests of authors: run, kept within walls, wiped."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from mapp_compliance.adapters.isolate import COMMAND_LIMITS, Limits, Ran, run_command
from mapp_compliance.adapters.tools import Sandbox, SelfTest
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import MIB

SHORT = replace(COMMAND_LIMITS, wall_s=5, cpu_s=2, memory_bytes=512 * MIB, file_bytes=MIB)


def outcome(script: str, folder: Path, limits: Limits = SHORT, word: str = "python3") -> SelfTest:
    def run(command: Sequence[str], place: Path) -> Ran:
        return run_command(command, place, limits)

    files = {"poc.py": script.encode(), "data/a.txt": b"beside"}
    (result,) = Sandbox(run, folder).run_self_tests([files], [word, "poc.py"])
    assert not list(folder.iterdir())
    return result


def test_a_test_that_ends_well_has_passed(tmp_path: Path) -> None:
    result = outcome("print(open('data/a.txt').read())", tmp_path)

    assert result.passed
    assert result.last_lines == ("beside",)


def test_a_status_is_told(tmp_path: Path) -> None:
    result = outcome("import sys; print('no', file=sys.stderr); sys.exit(3)", tmp_path)

    assert (result.status, result.passed, result.last_lines) == (3, False, ("no",))


def test_packages_keep_their_order_and_are_counted(tmp_path: Path) -> None:
    packages = [{"n": str(n).encode()} for n in range(5)]
    done: list[tuple[int, int]] = []
    results = Sandbox(run_command, tmp_path).run_self_tests(
        packages, ["cat", "n"], jobs=2, progress=lambda *at: done.append(at)
    )

    assert [result.last_lines for result in results] == [(str(n),) for n in range(5)]
    assert done == [(n, 5) for n in range(1, 6)]
    assert not list(tmp_path.iterdir())


def test_folders_of_killed_runs_are_wiped_and_no_others(tmp_path: Path) -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    left, ours, other = (
        tmp_path / name for name in (f"mapp-{killed.pid}-a", f"mapp-{os.getpid()}-b", "mapp-notes")
    )
    for folder in (left, ours, other):
        folder.mkdir()
        (folder / "poc.py").write_bytes(b"in the clear")
    Sandbox(run_command, tmp_path).run_self_tests([{"n": b"1"}], ["cat", "n"])

    assert sorted(tmp_path.iterdir()) == sorted([ours, other])


def test_an_endless_test_is_stopped(tmp_path: Path) -> None:
    result = outcome("import time; time.sleep(60)", tmp_path, replace(SHORT, wall_s=1))

    assert not result.passed
    assert result.stopped == "it took longer than 1 s"


def test_a_test_that_spins_is_stopped(tmp_path: Path) -> None:
    assert outcome("while True: pass", tmp_path, replace(SHORT, cpu_s=1)).status == 137


def test_memory_and_files_are_bounded(tmp_path: Path) -> None:
    assert outcome("bytearray(1 << 40)", tmp_path).last_lines[-1] == "MemoryError"
    assert "too large" in outcome("open('x', 'wb').write(bytes(9 << 20))", tmp_path).last_lines[-1]


def test_output_without_end_is_cut(tmp_path: Path) -> None:
    assert "wrote more" in outcome("while True: print('x' * 999)", tmp_path).stopped


def test_output_is_neutralised(tmp_path: Path) -> None:
    result = outcome(r"print('\x1b[2J\u202e' + 'x' * 5000)", tmp_path)

    assert result.last_lines[0].startswith("⟨U+001B⟩[2J⟨U+202E⟩")
    assert len(result.last_lines[0]) < 500


def test_a_test_may_serve_itself_and_reach_nobody_else(tmp_path: Path) -> None:
    script = (
        "import socket\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname(), 2)\n"
        "print('own')\n"
        "socket.create_connection(('192.0.2.1', 80), 2)\n"
    )
    result = outcome(script, tmp_path)
    if "network: not blocked" in result.gaps:
        pytest.skip("this machine allows no own network; the gap is told")

    assert result.last_lines[0] == "own"
    assert "unreachable" in result.last_lines[-1]


def test_a_test_reads_and_writes_nothing_of_ours(tmp_path: Path) -> None:
    folder, secret = tmp_path / "run", tmp_path / "secret"
    folder.mkdir()
    secret.write_text("key")
    script = (
        "import os\n"
        f"for path in ({str(secret)!r}, '/proc/1/environ'):\n"
        "    try: print(open(path).read())\n"
        "    except OSError: print('refused')\n"
        f"try: open({str(tmp_path / 'new')!r}, 'w')\n"
        "except OSError: print('refused')\n"
        "print(sorted(os.environ))\n"
    )
    result = outcome(script, folder)
    if "files: not blocked" in result.gaps:
        pytest.skip("this kernel has no Landlock; the gap is told")

    assert result.last_lines[:3] == ("refused",) * 3
    assert result.last_lines[3] == "['HOME', 'LC_CTYPE', 'PATH', 'TMPDIR']"


@pytest.mark.parametrize(
    "way",
    [
        "os.symlink({secret!r}, 'way'); print(open('way').read())",
        "os.link({secret!r}, 'way'); print(open('way').read())",
        "print(open('../secret').read())",
        "print(open('../../secret').read())",
        "os.symlink({outside!r}, 'out'); open('out/new', 'w')",
        "os.rename('poc.py', {outside!r} + '/new')",
        "open('../new', 'w')",
        "print(open('/etc/shadow').read())",
        "print(open('/proc/%d/environ' % {pid}).read())",
        "print(os.listdir('/proc'))",
        "os.kill({pid}, 0)",
    ],
)
def test_no_way_leads_out_of_the_folder(way: str, tmp_path: Path) -> None:
    folder, outside = tmp_path / "run", tmp_path / "outside"
    folder.mkdir()
    outside.mkdir()
    (tmp_path / "secret").write_text("canary-key")
    step = way.format(secret=str(tmp_path / "secret"), outside=str(outside), pid=os.getpid())
    result = outcome(f"import os\ntry:\n    {step}\nexcept OSError: print('refused')\n", folder)
    told = "; ".join(result.gaps)
    if "files: not blocked" in told or "outlive" in told:
        pytest.skip("this machine cannot build the wall; the gap is told")

    assert result.last_lines[-1] == "refused"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["outside", "run", "secret"]


def test_processes_that_a_test_leaves_behind_are_ended(tmp_path: Path) -> None:
    word = f"left-by-{tmp_path.name}"
    script = (
        "import os, sys\n"
        "for _ in range(10):\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        f"        os.execv(sys.executable, [{word!r}, '-c', 'import time; time.sleep(30)'])\n"
    )
    result = outcome(script, tmp_path)
    if "processes: those that outlive the command are not ended" in result.gaps:
        pytest.skip("this machine allows no own process numbers; the gap is told")

    assert result.passed
    lines = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline")]
    assert not [line for line in lines if word.encode() in line]


def test_a_folder_that_a_test_closed_is_wiped_all_the_same(tmp_path: Path) -> None:
    script = "import os; os.makedirs('a/b'); open('a/b/c', 'w'); os.symlink('/etc', 'l'); "
    script += "os.chmod('a/b', 0); os.chmod('a', 0)"

    assert outcome(script, tmp_path).passed


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = outcome("", tmp_path, word="no-such-program")

    assert result.status == 127
    assert "cannot be started" in result.last_lines[0]


def test_a_program_of_the_package_is_run(tmp_path: Path) -> None:
    package = {"run.sh": b"#!/bin/sh\necho ran\n"}
    (result,) = Sandbox(run_command, tmp_path).run_self_tests([package], ["./run.sh"])

    assert result.last_lines == ("ran",)


def test_files_are_private(tmp_path: Path) -> None:
    script = "import os; print([oct(os.stat(p).st_mode & 0o777) for p in ('.', 'poc.py', 'data')])"

    assert outcome(script, tmp_path).last_lines == ("['0o700', '0o600', '0o700']",)


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "", ".", "a//b", "a\\b", "a\0b"])
def test_a_path_that_leads_out_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no path inside"):
        Sandbox(run_command, tmp_path).run_self_tests([{path: b""}], ["true"])


@pytest.mark.parametrize("command", [[], ["a\0b"]])
def test_an_empty_command_is_refused(command: list[str], tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="at least one word"):
        Sandbox(run_command, tmp_path).run_self_tests([{"a": b""}], command)


def test_two_files_of_one_name_are_refused_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="both a file and a folder"):
        Sandbox(run_command, tmp_path).run_self_tests([{"a": b"", "a/b": b""}], ["true"])


def test_without_a_folder_in_memory_the_usual_one_is_used(tmp_path: Path) -> None:
    (result,) = Sandbox(run_command, tmp_path / "absent").run_self_tests(
        [{"a": b"x"}], ["cat", "a"]
    )

    assert result.last_lines == ("x",)


def test_a_command_without_end_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="too long"):
        run_command(["python3", "-c", "0" * 70_000], tmp_path)
