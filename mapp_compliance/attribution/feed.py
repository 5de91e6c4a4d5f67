"""Feeds: watched folders whose files become samples, and attributions only by the feed's rule.

A file of a feed is known by its name in the folder, its size and its time of change. It is looked
at again when one of these differs; the same bytes are then the same sample.
"""

from dataclasses import dataclass
from datetime import datetime

from mapp_compliance.attribution.sample import Visibility
from mapp_compliance.values import Digest, FeedName, SampleId


@dataclass(frozen=True, slots=True)
class Feed:
    """One watched folder. ``attributes``: whether its files are attributed without a person."""

    name: FeedName
    path: str
    attributes: bool
    visibility: Visibility
    added_at: datetime


@dataclass(frozen=True, slots=True)
class FeedFile:
    """One file of a feed that was dealt with; ``name`` is the digest of its name's bytes."""

    feed: FeedName
    name: Digest
    size_bytes: int
    changed_ns: int
    sample: SampleId | None  # None when it was refused
    refused: str
    done_at: datetime
