"""The codebook that scores must be the one that the ledger was told of before any copy left.

Each commitment leaf is made again from the present copies and the words that score them. A book
with other keys, with shifted rows, or with copies that were given to other recipients does not
lead to the same root, so it names nobody.
"""

from collections.abc import Sequence

from mapp_compliance.advisories import SetUp
from mapp_compliance.distribution import Copy
from mapp_compliance.errors import Broken
from mapp_compliance.trust import commitment_root, parse_canonical
from mapp_compliance.watermark.codes import Codebook
from mapp_compliance.workflows.keys import commitment_key
from mapp_compliance.workflows.ports import Desk, UnitOfWork
from mapp_compliance.workflows.prepare import commitment_fields, word_digest


def check_committed(
    desk: Desk, work: UnitOfWork, first: SetUp, book: Codebook, copies: Sequence[Copy]
) -> None:
    """Return when the words of the copies are those that were committed to.

    Args:
        book: its first rows are the words of the copies, in their order.
        copies: all that share the commitments, also those that never left.
    Raises:
        Broken: recipient, instance, files or word of a copy are not what they were.
    """
    batches: dict[int, list[int]] = {}
    for row, copy in enumerate(copies):
        if copy.commitment_leaf is not None:
            batches.setdefault(copy.commitment_leaf, []).append(row)
    for index, rows in batches.items():
        fields = [
            commitment_fields(
                book.map_id, word_digest(copies[row], book.symbols(row)), copies[row], marked
            )
            for row in rows
            if (marked := copies[row].marked) is not None
        ]
        body = parse_canonical(work.ledger.leaf(index).data)
        root = commitment_root(commitment_key(desk, first), fields).hex if fields else ""
        if not isinstance(body, dict) or body.get("root") != root:
            raise Broken(
                f"the copies and their words are not those that leaf {index} of the ledger "
                "commits to, so nobody can be named; restore keys and database from a backup"
            )
