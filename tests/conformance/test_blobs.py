"""What blobs do, the fake and the real ones."""

from collections.abc import Callable
from typing import Any

import pytest

from mapp_compliance.errors import Broken, NotFound
from mapp_compliance.trust import digest


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
