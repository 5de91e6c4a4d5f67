"""The limited child: what it may do, and that it may do nothing else."""

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mapp_compliance.adapters.isolate import Answer, Limits, exchange, forked, run_isolated, runner
from mapp_compliance.adapters.isolate.child import find_task
from mapp_compliance.adapters.isolate.forked import ForkServer
from mapp_compliance.adapters.isolate.port import IsolatedChild
from mapp_compliance.attribution.parts import Part, Unwrapped, parts_from_json, parts_to_json
from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.values import MIB, shown

HOSTILE = """
import os, socket, sys, time, ctypes
def spin(data):
    while True: pass
def sleep(data): time.sleep(60)
def hog(data): return bytes(1 << 40)
def hog_slowly(data):
    kept = []
    while True: kept.append(bytearray(1 << 20))
def write_file(data): open(data.decode(), "wb").write(b"x")
def read_file(data): return open(data.decode(), "rb").read()
def connect(data):
    socket.create_connection(("127.0.0.1", int(data)), 2)
    return [b"connected"]
def send_datagram(data):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(data)))
    return [b"sent"]
def fork(data):
    made = 0
    while made < 200:
        try: child = os.fork()
        except OSError: return [str(made).encode()]
        if not child: time.sleep(30); os._exit(0)
        made += 1
    return [str(made).encode()]
def execute(data): os.execv("/bin/sh", ["sh", "-c", "echo run"])
def signal_parent(data):
    os.kill(int(data), 0)
    return [b"reached"]
def environment(data): return [repr((sorted(os.environ), os.getcwd())).encode()]
def chatter(data):
    while True: os.write(1, b"x" * 65536)
def crash(data): ctypes.string_at(0)
def fail_late(data):
    yield b"some"
    raise RuntimeError("secret words of the sample")
def fail(data): raise RuntimeError("secret words of the sample")
def echo(data): return [data]
def close_and_stay(data): os.close(1); time.sleep(60)
def forge(data):
    os.write(1, b"no head" + bytes([10])); os._exit(0)
TASKS = dict((name, f) for name, f in list(globals().items()) if callable(f))
"""


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A listed table of tasks that try what they must not, in a fork server that knows it."""
    listed = (
        "import types; from mapp_compliance.adapters.isolate import child; "
        f"m = types.ModuleType('hostile'); exec({HOSTILE!r}, m.__dict__); "
        "sys.modules['hostile'] = m; child.TABLES += ('hostile',); "
    )
    before, after = forked.BOOT.rsplit("; main(", 1)
    monkeypatch.setattr(forked, "BOOT", f"{before}; {listed} main({after}")
    server = ForkServer(runner.ENVIRONMENT)
    monkeypatch.setattr(runner, "SERVER", server)
    yield
    server.close()


QUICK = Limits(memory_bytes=512 * MIB, cpu_s=1, wall_s=3, input_bytes=MIB, output_bytes=MIB)


def attempt(task: str, data: bytes = b"", limits: Limits = QUICK) -> Answer:
    return run_isolated(task, data, table="hostile", limits=limits)


def test_a_sample_is_unwrapped_in_the_child() -> None:
    sample = Unwrapped((Part(b"x = [65, 66, 67, 68, 69, 70, 71, 72]", "a.js"),), ("seen",))
    answer = run_isolated("unwrap_and_view", parts_to_json(sample))
    result = parts_from_json(answer.output)

    assert [part.data for part in result.parts] == [sample.parts[0].data, b"ABCDEFGH"]
    assert result.notes == ("seen",)


@pytest.mark.parametrize("name", ["leak\x1b[2J\u202e.py", "n/" * 3_000 + "leak.py", ""])
def test_a_sample_may_be_called_anything(name: str) -> None:
    (part,) = IsolatedChild().parts([(name, b"body")]).parts

    assert (part.data, shown(part.derivation)) == (b"body", part.derivation)


def test_text_in_utf_16_is_read_in_the_child() -> None:
    text = "[65, 66, 67, 68, 69, 70, 71, 72]".encode("utf-16")
    answer = run_isolated("unwrap_and_view", parts_to_json(Unwrapped((Part(text, "a"),))))

    assert b"ABCDEFGH" in [part.data for part in parts_from_json(answer.output).parts]


def test_nonsense_is_refused_with_the_words_of_the_task() -> None:
    with pytest.raises(InvalidInput, match="no list of parts"):
        run_isolated("unwrap_and_view", b"\x00nonsense")


@pytest.mark.usefixtures("hostile")
class TestWalls:
    def test_bytes_go_in_and_come_back(self) -> None:
        assert attempt("echo", bytes(range(256)) * 3_000).output == bytes(range(256)) * 3_000

    def test_an_endless_loop_ends_at_the_limit_of_time(self) -> None:
        with pytest.raises(InvalidInput, match="stopped"):
            attempt("spin")

    def test_a_sleeping_child_ends_at_the_wall_clock(self) -> None:
        with pytest.raises(InvalidInput, match="longer than 1 s"):
            attempt("sleep", limits=replace(QUICK, wall_s=1))

    @pytest.mark.parametrize("task", ["hog", "hog_slowly"])
    def test_memory_is_bounded(self, task: str) -> None:
        with pytest.raises(InvalidInput, match="more memory"):
            attempt(task, limits=replace(QUICK, memory_bytes=256 * MIB, cpu_s=20, wall_s=40))

    def test_no_file_is_written(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o777)
        with pytest.raises(InvalidInput):
            attempt("write_file", str(tmp_path / "out").encode())

        assert not (tmp_path / "out").exists()

    @pytest.mark.parametrize("path", ["/etc/passwd", "/proc/self/environ", __file__])
    def test_no_file_is_read(self, path: str) -> None:
        if "files: not blocked" in attempt("echo").gaps:
            pytest.skip("this kernel has no Landlock; the gap is told")
        with pytest.raises(InvalidInput):
            attempt("read_file", path.encode())

    def test_nothing_is_reached_on_the_loopback(self) -> None:
        if "network: not blocked" in attempt("echo").gaps:
            pytest.skip("this machine allows no own network; the gap is told")
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = str(server.getsockname()[1]).encode()
            for task in ("connect", "send_datagram"):
                with pytest.raises(InvalidInput):
                    attempt(task, port)

    def test_no_further_process_is_made(self) -> None:
        if "processes: not counted" in attempt("echo").gaps:
            pytest.skip("root that cannot become nobody is not counted; the gap is told")

        assert attempt("fork").output == b"0"

    def test_no_process_outside_is_signalled(self) -> None:
        if "signals: not blocked" in attempt("echo").gaps:
            pytest.skip("an ordinary user on this kernel can signal itself; the gap is told")
        with pytest.raises(InvalidInput):
            attempt("signal_parent", str(os.getpid()).encode())

    def test_no_program_is_run(self) -> None:
        with pytest.raises(InvalidInput):
            attempt("execute")

    def test_the_environment_is_empty(self) -> None:
        told = attempt("environment").output.decode()

        assert told == "(['LC_CTYPE', 'OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS'], '/')"

    def test_an_answer_without_end_is_cut(self) -> None:
        with pytest.raises(InvalidInput, match="wrote more than"):
            attempt("chatter")

    @pytest.mark.parametrize("task", ["crash", "fail", "fail_late", "forge"])
    def test_a_child_that_dies_is_one_sentence_without_the_bytes(self, task: str) -> None:
        with pytest.raises(InvalidInput, match="could not be looked at") as caught:
            attempt(task)

        assert "secret" not in caught.value.message

    def test_a_child_that_stays_after_its_answer_is_ended(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(exchange, "GRACE_S", 0.2)
        with pytest.raises(InvalidInput, match="did not end"):
            attempt("close_and_stay")


def test_an_input_above_the_limit_is_refused_before_the_child_starts() -> None:
    with pytest.raises(InvalidInput, match="more than the 4"):
        run_isolated("unwrap_and_view", b"12345", limits=replace(QUICK, input_bytes=4))


@pytest.mark.parametrize("table", ["os", "mapp_compliance.values", "hostile", ""])
def test_a_table_that_is_not_listed_is_refused(table: str) -> None:
    with pytest.raises(InvalidInput, match="offers no tasks"):
        run_isolated("system", b"", table=table)


def test_an_unknown_task_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no such task"):
        find_task("mapp_compliance.adapters.isolate.tasks", "__class__")


@pytest.mark.parametrize("text", ["", "[]", "{}", "[" * 9_000, '{"cpu_s": 1}'])
def test_nonsense_is_no_limits(text: str) -> None:
    with pytest.raises(MappError):
        Limits.from_json(text)


def test_no_limit_is_negative() -> None:
    with pytest.raises(InvalidInput):
        Limits.from_json(replace(QUICK, cpu_s=-1).to_json())
