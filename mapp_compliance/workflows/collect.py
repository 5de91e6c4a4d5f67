"""Take away what stopped runs left behind: sealed bytes that nothing speaks of, halves of files.

A run makes its sealed bytes durable before it writes of them, so a run that stops in between
leaves bytes that no value names; sealed anew they get another digest. They are no plaintext, and
no copy, but a full disk in the end. What a value names stays, whatever kind of value it is. What
is younger than a day stays too: a run that is under way may name it yet.
"""

from dataclasses import dataclass

from mapp_compliance.workflows.ports import Desk

IDLE_S = 24 * 3600.0  # far longer than any run takes from sealing to its leaf


@dataclass(frozen=True, slots=True)
class Collected:
    """What was taken away."""

    blobs: int


def collect(desk: Desk, idle_s: float = IDLE_S) -> Collected:
    """Take away orphans that are older than that many seconds by the machine's clock."""
    with desk.store.write() as work:  # nobody writes of a blob between the look and the removal
        blobs = desk.blobs.collect(work.mentioned(), idle_s)
    desk.post.tidy(idle_s)
    desk.heads.tidy(idle_s)
    return Collected(blobs)
