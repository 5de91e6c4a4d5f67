import hashlib

import pytest

from mapp_compliance.trust import Malformed, digest, tagged_digest


def test_a_plain_digest_is_the_one_that_others_compute() -> None:
    assert digest(b"abc").raw == hashlib.sha256(b"abc").digest()


def test_a_tagged_digest_is_the_digest_of_tag_version_and_bytes() -> None:
    assert tagged_digest("reading", b"abc") == digest(b"mapp/reading/v1\0abc")


def test_the_same_bytes_under_two_tags_differ() -> None:
    assert tagged_digest("reading", b"abc") != tagged_digest("manifest", b"abc")


@pytest.mark.parametrize("tag", ["", "A", "a\0", "a/", "-a", "a b"])
def test_a_tag_that_could_run_into_the_bytes_is_refused(tag: str) -> None:
    with pytest.raises(Malformed):
        tagged_digest(tag, b"")
