"""Canaries are planted in a workspace and looked for wherever they must not be.

What may hold what: the database holds names, titles and contacts, because people work with them;
it holds no byte of a file, no marked value and no key. Files beside it are sealed, public, or keys
under ``keys/``. Logs, errors, temporary folders, arguments and environments hold none of it.
"""

import logging
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from mapp_compliance.adapters.isolate import command, forked, runner
from mapp_compliance.adapters.isolate.forked import ForkServer
from mapp_compliance.trust import generate_identity
from tests.cli.line import (
    ADVISORY,
    HEADER,
    LEAKED,
    MARKS,
    POC,
    RELEASE,
    SENT,
    Answer,
    Line,
    Recipient,
    package,
    recipient,
    roster,
)

TITLE = "Canary-Title-7391"
CONTACT = "canary-contact-2846@secret.example"
BYTES = "canary-bytes-5530"
REASON = "canary-reason-1177"
NAMES = ("P1", "P2")
SECRET = generate_identity().secret
BOTH = ("--approve", "ann", "--approve", "bob")


@dataclass
class Told:
    """What left the process on its way: lines of logs, and what children could see of us."""

    logs: list[str] = field(default_factory=list)
    children: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class Planted:
    """A served workspace with canaries in every place that an operator fills."""

    place: Path
    line: Line
    people: dict[str, Recipient]
    told: Told
    opened: dict[str, Path]

    @property
    def keys(self) -> list[bytes]:
        """Secret key material as text and as bytes."""
        import base64
        import json

        document = json.loads((self.line.home / "keys/program.json").read_bytes())
        root = base64.b64decode(document["root"])
        seeds = [path.read_bytes() for path in (self.line.home / "keys/local").iterdir()]
        texts = [
            document["root"].encode(),
            root.hex().encode(),
            document["vault"]["secret"].encode(),
        ]
        return [root, *texts, *seeds, *(seed.hex().encode() for seed in seeds)]

    @property
    def marked(self) -> list[bytes]:
        """The marked values of both copies, as they stand in the files, and halves of them."""
        found = []
        for payload in self.opened.values():
            for row in (payload / "poc.py").read_bytes().splitlines():
                if row.startswith((b"NOTE = ", b"MEMO = ")):
                    value = row.split(b'"')[1]
                    found += [value, value[:20], value[-20:]]
        assert len(found) == 12
        return found

    @property
    def files(self) -> list[bytes]:
        """Words of the package."""
        return [BYTES.encode(), b"def overfull(", b"CARD/1 length="]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    """The workspace, with logs at their finest and children watched while it was filled."""
    place = tmp_path_factory.mktemp("secrets")
    told = Told()
    handler = _Keeper(told.logs)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forked.subprocess, "Popen", _watched(told.children))
        scratch = place / "scratch"
        scratch.mkdir()
        patch.setenv("TMPDIR", str(scratch))
        patch.setattr(tempfile, "tempdir", str(scratch))
        patch.setenv("CANARY_ENVIRONMENT", "canary-environment-4411")
        servers = [ForkServer(runner.ENVIRONMENT), ForkServer({})]
        for module, server in zip((runner, command), servers, strict=True):
            patch.setattr(server, "exchange", _overheard(server.exchange, told.children))
            patch.setattr(module, "SERVER", server)
        yield _filled(place, told)
        for server in servers:
            server.close()
    root.removeHandler(handler)
    root.setLevel(before)


class _Keeper(logging.Handler):
    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(f"{record.getMessage()} {record.__dict__}")


def _watched(seen: list[bytes]) -> Callable[..., Any]:
    real = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> Any:
        child = real(*arguments, **options)
        for name in ("cmdline", "environ"):
            try:
                seen.append(Path(f"/proc/{child.pid}/{name}").read_bytes())
            except OSError:  # it has closed itself off already
                seen.append(repr((arguments, options.get("env"))).encode())
        return child

    return start


def _overheard(real: Callable[..., Any], seen: list[bytes]) -> Callable[..., Any]:
    """What is asked of the fork server, but for the bytes that go through the pipe."""

    def exchange(module: str, words: Sequence[str], data: bytes, **limits: int) -> Any:
        seen.append(repr((module, words, limits)).encode())
        return real(module, words, data, **limits)

    return exchange


def _filled(place: Path, told: Told) -> Planted:
    line = Line(place / "home")
    line.json("init", "--profile", "demo", "--program", "Example program")
    people = {name: recipient(name) for name in NAMES}
    rows = [item.row(contact=CONTACT) for item in people.values()]
    line.json("partner", "import", roster(place / "p.csv", *rows), "--keys-proved", "by a call")
    line.json("advisory", "new", ADVISORY, "--title", TITLE, "--release-at", RELEASE)
    body = {"poc.py": POC.replace("Only the number", f"{BYTES}. Only the number")}
    manifest = '[package]\nclass = "poc"\nself_test = ["python3", "poc.py"]\n'
    files = body | {"mapp-package.toml": manifest + '[[file]]\npath = "poc.py"\n'}
    folder = package(place / "package", **files)
    allowed = line.fails("attach", ADVISORY, folder, code=6)["self_test_sha256"]
    agreed = ("--author-consent", REASON)
    line.json("attach", ADVISORY, folder, "--allow-self-test", allowed, *agreed)
    line = line.then(SENT)
    issued = line.json("issue", ADVISORY, "--yes", "--reason", REASON)["copies"]
    opened = {}
    for copy in issued:
        name = copy["recipient"]
        seal, sign = people[name].save(place / "keys")
        out, receipt = place / f"opened-{name}", place / f"{name}.receipt"
        words = ("--out", out, "--receipt", receipt, "--sign-key", sign)
        line.json("open", line.home / copy["parcel"], "--key", seal, *words)
        opened[name] = out / "payload"
    line.json("receipt", "add", place / "P1.receipt")
    line = line.then(LEAKED)
    line.json("attribute", opened["P2"] / "poc.py")
    case = line.json("case", "list")["cases"][0]["id"]
    line.json("case", "notice", case, *BOTH)
    return Planted(place, line, people, told, opened)


def leaks(data: bytes, secrets: list[bytes]) -> list[bytes]:
    """Those of the secrets that stand in the data."""
    return [secret for secret in secrets if secret in data]


def everything(planted: Planted) -> list[bytes]:
    """All that no log, error, argument or environment may hold."""
    words = [word.encode() for word in (TITLE, CONTACT, REASON, "canary-environment-4411")]
    return [*words, *planted.files, *planted.marked, *planted.keys]


def test_the_canaries_are_where_they_belong(planted: Planted) -> None:
    assert planted.line.json("advisory", "show", ADVISORY)["advisory"]["title"] == TITLE
    assert BYTES in (planted.opened["P1"] / "poc.py").read_text()
    assert len(planted.told.children) > 10


def test_no_file_of_the_workspace_holds_bytes_of_a_copy_or_a_key_in_the_clear(
    planted: Planted,
) -> None:
    secrets = [*planted.files, *planted.marked, *planted.keys]
    found = {
        path.relative_to(planted.line.home).as_posix(): leaks(path.read_bytes(), secrets)
        for path in planted.line.home.rglob("*")
        if path.is_file() and path.parent.name not in {"keys", "local"}
    }
    assert {path: leak for path, leak in found.items() if leak} == {}


def test_titles_and_contacts_stand_in_the_database_and_nowhere_else(planted: Planted) -> None:
    words = [TITLE.encode(), CONTACT.encode()]
    names = {
        path.name.split("-")[0]
        for path in planted.line.home.rglob("*")
        if path.is_file() and leaks(path.read_bytes(), words)
    }
    letters = {name for name in names if name.endswith((".txt", ".md", ".html"))}
    assert names - letters == {"mapp.db"}


def test_no_log_line_holds_any_of_it(planted: Planted) -> None:
    assert leaks("\n".join(planted.told.logs).encode(), everything(planted)) == []


def test_no_argument_and_no_environment_of_a_child_holds_any_of_it(planted: Planted) -> None:
    assert leaks(b"\n".join(planted.told.children), everything(planted)) == []


def test_no_temporary_folder_is_left(planted: Planted) -> None:
    assert list((planted.place / "scratch").rglob("*")) == []


def test_what_goes_to_one_recipient_tells_nothing_of_another(planted: Planted) -> None:
    others = [b"Example P1", b"psirt@p1", planted.people["P1"].seal_public.encode()]
    others += planted.marked[:6]
    sent = b"".join(
        path.read_bytes()
        for path in sorted((planted.line.home / "outbox/P2").rglob("*"))
        if path.is_file()
    )
    opened = b"".join(
        path.read_bytes()
        for path in sorted(planted.opened["P2"].parent.rglob("*"))
        if path.is_file()
    )
    assert leaks(sent + opened, others) == []


def bad_calls(planted: Planted, place: Path) -> dict[str, tuple[object, ...]]:
    """Calls that must fail, each with canaries in what it is given."""
    second = planted.people["P2"]
    secret = SECRET
    (place / "shifted.csv").write_text(
        f"{HEADER}\nP7,Name,{CONTACT},{secret},{CONTACT},{TITLE},{secret},x,{CONTACT},x,y\n"
    )
    (place / "row.csv").write_text(f"P7,Name,partner,XA,ans,{CONTACT}\n")
    (place / "quoted.csv").write_text(f'{HEADER}\nP7,"Name,partner,{CONTACT}\n')
    (place / "id.csv").write_text(f"id,name,kind\n{CONTACT},Name,partner\n")
    (place / "key").write_text(secret + "\n" + secret)
    (place / "canary.py").write_text(f"NOTE = '{BYTES}\n")
    marks = package(place / "marks", **{"poc.py": f"{POC}\n# {BYTES}", "poc.py.marks.toml": MARKS})
    (marks / "poc.py.marks.toml").write_text(
        "[[mark]]\nname='a'\nkind='integer'\nmatch='(canary-[a-z0-9-]+)'\nlow=1\nhigh=9\n"
    )
    toml = package(place / "toml", **{"mapp-package.toml": f"[package]\nclass = '{BYTES}'\n"})
    template = place / "a.txt.j2"
    template.write_text(f"{BYTES} {{{{ nonce('{BYTES}') }}}} {{% include '{BYTES}' %}}")
    parcel = next((planted.line.home / "outbox/P1").glob("*.tar.age"))
    cut = place / "cut.age"
    cut.write_bytes(parcel.read_bytes()[:-700])
    wrong, _ = second.save(place / "keys")
    new = ("advisory", "new")
    return {
        "advisory twice": (*new, ADVISORY, "--title", TITLE, "--release-at", RELEASE),
        "advisory without time": (*new, "A-2", "--title", TITLE, "--release-at", "soon"),
        "a row shifted": ("partner", "import", place / "shifted.csv"),
        "no header": ("partner", "import", place / "row.csv"),
        "open quote": ("partner", "import", place / "quoted.csv"),
        "address as id": ("partner", "import", place / "id.csv"),
        "known already": ("partner", "import", planted.place / "p.csv"),
        "key twice in a file": ("open", parcel, "--key", place / "key", "--out", place / "o1"),
        "another key": ("open", parcel, "--key", wrong, "--out", place / "o2"),
        "cut parcel": ("open", cut, "--key", wrong, "--out", place / "o3"),
        "secret as public key": (
            *("partner", "key", "add", "P1", "--use", "seal", "--key", place / "key"),
        ),
        "marks on secret bytes": ("attach", ADVISORY, marks),
        "python that does not parse": ("attach", ADVISORY, place / "canary.py"),
        "manifest": ("attach", ADVISORY, toml),
        "template": ("attach", ADVISORY, template),
        "receipt": ("receipt", "add", place / "canary.py", "--signature", place / "key"),
        "settings": ("--home", _damaged(planted, place, "mapp.toml"), "advisory", "list"),
        "program key": (
            "--home",
            _damaged(planted, place, "keys/program.json"),
            "advisory",
            "list",
        ),
        "database": ("--home", _altered_rows(planted, place), "advisory", "list"),
        "partners of an altered database": (*("--home", place / "rows", "partner", "list"),),
        "extract alone": (*("copy", "extract", "C-none", "--out", place / "x", "--reason", "r"),),
        "no such sample": ("attribute", "S-none"),
        "backup to nobody": ("backup", "--out", place / "b", "--to", place / "key"),
        "restore of noise": ("restore", place / "canary.py", "--key", place / "key"),
    }


def _damaged(planted: Planted, place: Path, name: str) -> Path:
    import shutil

    home = place / name.replace("/", "-")
    shutil.copytree(planted.line.home, home)
    data = (home / name).read_bytes()
    (home / name).write_bytes(data[: len(data) * 2 // 3] + b"\n= [\n")
    return home


def _altered_rows(planted: Planted, place: Path) -> Path:
    import contextlib
    import shutil
    import sqlite3

    home = place / "rows"
    shutil.copytree(planted.line.home, home)
    with contextlib.closing(sqlite3.connect(home / "mapp.db")) as database:
        for table in ("advisory", "partner", "copy"):
            database.execute(f"UPDATE {table} SET body = replace(body, '\"', '''')")
        database.commit()
    return home


@pytest.mark.parametrize("as_json", [True, False])
def test_no_error_tells_a_secret(planted: Planted, tmp_path: Path, as_json: bool) -> None:
    calls = bad_calls(planted, tmp_path)
    secrets = [*everything(planted), SECRET.encode()]
    told: dict[str, list[bytes]] = {}
    for name, words in calls.items():
        answer: Answer = planted.line.run(*(["--json"] if as_json else []), *words)
        assert answer.code != 0, (name, answer)
        told[name] = leaks((answer.out + answer.err).encode(), secrets)
    assert {name: found for name, found in told.items() if found} == {}


def test_no_path_of_ours_is_tracked_by_mistake() -> None:
    ignored = (Path(__file__).parents[2] / ".gitignore").read_text()
    assert {"mapp-home", "demo-out", "tour"} <= {
        line.strip().strip("/") for line in ignored.splitlines()
    }
    assert os.environ.get("MAPP_HOME") is None
