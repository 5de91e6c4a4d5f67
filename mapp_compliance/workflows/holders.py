"""Keep who holds unmarked material besides those who are sent copies.

A kept holder is not rewritten: the same words again change nothing, an end may be added once, and
anything else takes an id of its own. Each is committed to in the ledger by a salted digest.
"""

from dataclasses import replace

from mapp_compliance.errors import Conflict, InvalidInput
from mapp_compliance.program import Holder, checked_span
from mapp_compliance.trust import canonical, digest
from mapp_compliance.values import checked_id, instant_text
from mapp_compliance.workflows.keys import record_salt
from mapp_compliance.workflows.log import transaction
from mapp_compliance.workflows.ports import Desk
from mapp_compliance.workflows.records import Event


def add_holder(desk: Desk, holder: Holder) -> tuple[Holder, bool]:
    """The holder as kept, and whether anything was new.

    Raises:
        NotFound: no such advisory.
        InvalidInput: no name, no people, a start in the future, an end before the start.
        Conflict: another holder of that id.
    """
    now = desk.clock()
    checked_id(holder.id, "holder id")
    if not holder.name.strip():
        raise InvalidInput("the holder has no name; give one with --name")
    if holder.size < 1:
        raise InvalidInput("a holder is at least one person; give --size 1 or more")
    if holder.since > now:
        raise InvalidInput(
            f"{instant_text(holder.since)} lies in the future (it is {instant_text(now)}); add a "
            "holder when it has the material"
        )
    checked_span(holder.since, holder.until)
    with transaction(desk) as work:
        if holder.advisory is not None:
            desk.advisory(work, holder.advisory)
        known = work.holders.get(holder.id)
        if known is not None and replace(known, until=None) != replace(holder, until=None):
            raise Conflict(
                f"holder {holder.id} is kept already and is another ({known.name}); choose an id "
                "of its own, 'mapp holder list' shows the kept ones"
            )
        if known is not None and holder.until is None:
            return known, False
        kept = holder
        if known is not None and holder.until is not None:
            kept = known.ended(holder.until)
            if kept == known:
                return known, False
        work.holders.put(kept)
        work.ledger.append("holder", {"record": digest(_record(desk, kept)).hex}, now)
        work.tell(Event("holder kept" if known is None else "holder ended", kept.id, now))
    return kept, True


def _record(desk: Desk, holder: Holder) -> bytes:
    return canonical(
        {
            "type": "mapp/holder-record/v1",
            "holder": holder.id,
            "name": holder.name,
            "kind": holder.kind.value,
            "advisory": holder.advisory,
            "since": instant_text(holder.since),
            "until": instant_text(holder.until) if holder.until else None,
            "note": holder.note,
            "size": holder.size,
            "salt": record_salt(desk, "holder", holder.id),
        }
    )
