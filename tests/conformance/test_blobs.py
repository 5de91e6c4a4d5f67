"""What blobs do, the fake and the real ones."""

from collections.abc import Callable
from typing import Any

import pytest

from mapp_compliance.errors import Broken, NotFound
from mapp_compliance.trust import Sink, digest


@pytest.mark.parametrize("data", [b"", b"bytes", bytes(range(256)) * 500])
def test_bytes_come_back_under_their_digest(blobs: Any, data: bytes) -> None:
    assert blobs.put(data) == digest(data)
    assert blobs.get(digest(data)) == data


def test_the_same_bytes_twice_are_one_blob(blobs: Any) -> None:
    assert blobs.put(b"bytes") == blobs.put(b"bytes")


def test_an_unknown_blob_is_missing(blobs: Any) -> None:
    with pytest.raises(NotFound):
        blobs.get(digest(b"never put"))


def test_an_altered_blob_is_broken(blobs: Any, altered: Callable[[Any], None]) -> None:
    name = blobs.put(b"bytes")
    altered(name)
    with pytest.raises(Broken):
        blobs.get(name)


def test_putting_the_bytes_again_mends_an_altered_blob(
    blobs: Any, altered: Callable[[Any], None]
) -> None:
    name = blobs.put(b"bytes")
    altered(name)
    blobs.put(b"bytes")
    assert blobs.get(name) == b"bytes"


def test_what_is_not_to_be_kept_is_taken_away(blobs: Any) -> None:
    keep, lose = blobs.put(b"keep"), blobs.put(b"lose")
    assert blobs.collect({keep}, 0.0) == 1
    assert blobs.get(keep) == b"keep"
    with pytest.raises(NotFound):
        blobs.get(lose)


@pytest.mark.parametrize("pieces", [(), (b"", b"one"), (b"ab", b"c" * 70_000, b"d")])
def test_what_is_written_in_pieces_comes_back_under_the_digest_of_the_whole(
    blobs: Any, pieces: tuple[bytes, ...]
) -> None:
    def fill(sink: Sink) -> None:
        for piece in pieces:
            sink.write(piece)

    with blobs.keeping() as kept:
        name = kept.write(fill)
    assert name == digest(*pieces)
    assert blobs.get(name) == b"".join(pieces)


def test_what_could_not_be_written_to_its_end_is_no_blob(blobs: Any) -> None:
    def fill(sink: Sink) -> None:
        sink.write(b"half")
        raise NotFound("the rest is lost; find it")

    with pytest.raises(NotFound, match="the rest"), blobs.keeping() as kept:
        kept.write(fill)
    with pytest.raises(NotFound):
        blobs.get(digest(b"half"))
