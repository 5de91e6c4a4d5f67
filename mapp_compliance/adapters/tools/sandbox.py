"""Self-tests of authors on copies, each in a folder in memory that is wiped afterwards.

The sandbox makes the folder and tells the result; how the command is kept within walls is handed
in, ``isolate.run_command`` in the whole program.

>>> from types import SimpleNamespace
>>> def run(command, folder):
...     said = (folder / "poc.py").read_bytes()
...     return SimpleNamespace(status=0, output=said, stopped="", gaps=())
>>> Sandbox(run).run_self_tests([{"poc.py": b"fine"}], ["python3", "poc.py"])[0].last_lines
('fine',)
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown

MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - only a place for private folders of mode 0700
LAST_LINES = 20  # of the output, kept for the author
MAX_LINE_CHARS = 400
_LEFT_BEHIND = re.compile(r"mapp-([0-9]+)-")
_RUNNABLE = (b"#!", b"\x7fELF")


class Ran(Protocol):
    """How a command ended: what the sandbox needs to know."""

    @property
    def status(self) -> int: ...
    @property
    def output(self) -> bytes: ...
    @property
    def stopped(self) -> str: ...
    @property
    def gaps(self) -> tuple[str, ...]: ...


Run = Callable[[Sequence[str], Path], Ran]


@dataclass(frozen=True, slots=True)
class SelfTest:
    """The result of a self-test on one copy.

    ``status`` is the exit code, ``stopped`` why we ended it or empty; ``last_lines`` have their
    control characters made visible; ``gaps`` are walls that this machine could not build.
    """

    status: int
    stopped: str
    last_lines: tuple[str, ...]
    gaps: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """True when the command ended by itself with status 0."""
        return self.status == 0 and not self.stopped


class Sandbox:
    """Runs commands of an author in folders that hold one copy each."""

    def __init__(self, run: Run, memory_folder: Path = MEMORY_FOLDER) -> None:
        self._run = run
        is_usable = memory_folder.is_dir() and os.access(memory_folder, os.W_OK | os.X_OK)
        self._parent = memory_folder if is_usable else None

    def run_self_tests(
        self,
        packages: Sequence[Mapping[str, bytes]],
        command: Sequence[str],
        jobs: int = 2,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[SelfTest, ...]:
        """The command on each package, a few at a time; results in their order.

        Args:
            packages: files by relative path.
            command: words, run without a shell in the package's folder.
            jobs: how many at a time.
            progress: called from this thread with (done, all) after each.
        Raises:
            InvalidInput: a path leads out of the folder, or the command is not one.
        """
        for package in packages:
            _checked_paths(package)
        _sweep(self._parent or Path(tempfile.gettempdir()))
        results = []
        pool = ThreadPoolExecutor(max(1, jobs))
        try:
            waiting = [pool.submit(self._test, package, command) for package in packages]
            for future in waiting:
                results.append(future.result())
                if progress:
                    progress(len(results), len(packages))
        finally:  # after Ctrl-C or a fault those that run now are the last
            pool.shutdown(cancel_futures=True)
        return tuple(results)

    def made_over(self, package: Mapping[str, bytes], command: Sequence[str]) -> dict[str, bytes]:
        """The files of a package after a command has run over them; its words are thrown away.

        A file that the command took away, or put something else in the place of, is left out.

        Raises:
            InvalidInput: a path leads out of the folder, or the command is not one.
        """
        _checked_paths(package)
        with self._folder(package) as folder:
            self._run(command, folder)
            places = {path: folder / path for path in package}
            return {
                path: place.read_bytes()
                for path, place in places.items()
                if place.is_file() and not place.is_symlink()
            }

    def _test(self, package: Mapping[str, bytes], command: Sequence[str]) -> SelfTest:
        with self._folder(package) as folder:
            ran = self._run(command, folder)
        return SelfTest(ran.status, ran.stopped, _last_lines(ran.output), ran.gaps)

    @contextmanager
    def _folder(self, package: Mapping[str, bytes]) -> Iterator[Path]:
        folder = Path(tempfile.mkdtemp(prefix=f"mapp-{os.getpid()}-", dir=self._parent))
        try:
            for path, data in package.items():
                _write(folder / path, data)
            yield folder
        finally:
            _wipe(folder)


def _checked_paths(package: Mapping[str, bytes]) -> None:
    for path in package:
        pure = PurePosixPath(path)
        plain = "\\" not in path and "\0" not in path and str(pure) == path and path != "."
        if not plain or pure.is_absolute() or ".." in pure.parts:
            raise InvalidInput(
                f"{shown(path)!r} is no path inside a package; use a/b.py", where=shown(path)
            )
        if any(str(parent) in package for parent in pure.parents):
            raise InvalidInput(
                "a part of this path is both a file and a folder; rename one", where=shown(path)
            )


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = 0o700 if data.startswith(_RUNNABLE) else 0o600
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _sweep(parent: Path) -> None:
    """Wipe the folders of runs that were killed: they hold copies in the clear."""
    for folder in parent.glob("mapp-*"):
        name = _LEFT_BEHIND.match(folder.name)
        if name and folder.lstat().st_uid == os.getuid() and not _is_running(int(name[1])):
            _wipe(folder)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is another user's by now, or no number of a process
        return True
    return True


def _wipe(folder: Path) -> None:
    """Remove the folder, also when a test took its rights away. Links are not followed."""
    for parent, names, _ in os.walk(folder):
        for name in names:
            below = os.path.join(parent, name)
            if not os.path.islink(below):
                os.chmod(below, 0o700)
    shutil.rmtree(folder, ignore_errors=True)  # another run may be sweeping it


def _last_lines(output: bytes) -> tuple[str, ...]:
    lines = output.decode("utf-8", "replace").splitlines()[-LAST_LINES:]
    return tuple(shown(line[:MAX_LINE_CHARS]) for line in lines)
