"""Each port as a fake and as its real adapter."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mapp_compliance.adapters.blobs import FolderBlobs
from mapp_compliance.adapters.heads import FolderHeads
from mapp_compliance.adapters.keyring import FileKeyring
from mapp_compliance.adapters.post import FolderPost
from mapp_compliance.adapters.store import SqlStore, engine, sqlite
from tests.fakes import FakeBlobs, FakeHeads, FakeKeyring, FakePost, FakeStore

BOTH = ("fake", "real")
STORES = ("fake", "sqlite", pytest.param("postgres", marks=pytest.mark.needs_tool))
ROOT = bytes(range(32))


@pytest.fixture(params=STORES)
def stores(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[], Any]]:
    """A call that opens one store once more, as a further process would."""
    if request.param == "fake":
        fake = FakeStore()
        yield lambda: fake
        return
    monkeypatch.setattr(engine, "WAIT_S", 0.05)
    # Waiting for the disk is most of the time here, and no test pulls the plug.
    quick = tuple(line.replace("synchronous=FULL", "synchronous=OFF") for line in sqlite.PRAGMAS)
    monkeypatch.setattr(sqlite, "PRAGMAS", quick)
    place = (
        request.getfixturevalue("postgres").fresh()
        if request.param == "postgres"
        else tmp_path_factory.mktemp("store") / "mapp.db"
    )
    opened = [SqlStore(place)]
    opened[0].create()

    def again() -> SqlStore:
        opened.append(SqlStore(place))
        return opened[-1]

    yield again
    for store in opened:
        store.close()


@pytest.fixture
def store(stores: Callable[[], Any]) -> Any:
    """An empty store."""
    return stores()


@pytest.fixture(params=BOTH)
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """Empty blobs."""
    return FakeBlobs() if request.param == "fake" else FolderBlobs(tmp_path)


@pytest.fixture
def altered(blobs: Any) -> Callable[[Any], None]:
    """A call that changes the bytes of a blob behind its back."""

    def alter(name: Any) -> None:
        if isinstance(blobs, FakeBlobs):
            blobs.kept[name] += b"!"
        else:
            blobs._path(name).write_bytes(b"something else")

    return alter


@pytest.fixture(params=BOTH)
def heads(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """No heads kept yet."""
    return FakeHeads() if request.param == "fake" else FolderHeads(tmp_path / "heads")


@pytest.fixture(params=BOTH)
def post(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, Callable[[str, str], bytes]]:
    """A post, and a call that reads what lies at a recipient's."""
    if request.param == "fake":
        fake = FakePost(FakeBlobs())
        return fake, lambda recipient, name: fake.delivered[recipient, name]
    outbox = tmp_path / "outbox"
    post_to = FolderPost(outbox, FolderBlobs(outbox).sound)
    return post_to, lambda recipient, name: (outbox / recipient / name).read_bytes()


@pytest.fixture
def unreachable(post: tuple[Any, Any], tmp_path: Path) -> str:
    """A recipient that nothing can be delivered to."""
    if isinstance(post[0], FakePost):
        post[0].unreachable.add("P9")
    else:
        (tmp_path / "outbox").mkdir()
        (tmp_path / "outbox" / "P9").write_bytes(b"a file where a folder belongs")
    return "P9"


@pytest.fixture(params=BOTH)
def keyring(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A keyring of a known root."""
    return FakeKeyring(ROOT) if request.param == "fake" else FileKeyring.create(tmp_path, ROOT)
