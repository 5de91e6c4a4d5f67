"""The file of the program key: generations of secrets, oldest first.

Version 1 held one generation without a list; it is read for ever. A file with one generation is
still written as version 1, so an older program reads it too.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mapp_compliance.errors import Broken
from mapp_compliance.trust import Identity, generate_identity

ROOT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Generation:
    """Secrets that belong together, and the advisories that began with them once it is closed."""

    root: bytes = field(repr=False)
    vault: Identity
    advisories: frozenset[str] = frozenset()

    def closed(self, advisories: Iterable[str]) -> "Generation":
        """The same with the advisories that stay with it."""
        return replace(self, advisories=self.advisories | frozenset(advisories))


def new_generation(root: bytes) -> Generation:
    """Secrets out of 32 fresh random bytes, with a vault of their own."""
    return Generation(root, generate_identity())


def format_generations(generations: Sequence[Generation]) -> bytes:
    """The bytes of the file."""
    if len(generations) == 1:
        return _text({"version": 1, **_record(generations[0])})
    rows = [{**_record(item), "advisories": sorted(item.advisories)} for item in generations]
    return _text({"version": 2, "generations": rows})


def parse_generations(data: bytes) -> tuple[Generation, ...]:
    """The generations of a file. Raises Broken when it is damaged."""
    try:
        document: Any = json.loads(data)
        rows = document["generations"] if document["version"] == 2 else [document]
        found = tuple(_generation(row) for row in rows)
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise Broken("the program key file is damaged; put your backup of it back") from err
    if not found or any(len(item.root) != ROOT_BYTES for item in found):
        raise Broken("the program key file is damaged; put your backup of it back")
    return found


def _record(item: Generation) -> dict[str, object]:
    return {
        "root": base64.b64encode(item.root).decode(),
        "vault": {"secret": item.vault.secret, "recipient": item.vault.recipient},
    }


def _generation(row: Any) -> Generation:
    return Generation(
        base64.b64decode(row["root"], validate=True),
        Identity(str(row["vault"]["secret"]), str(row["vault"]["recipient"])),
        frozenset(str(item) for item in row.get("advisories", ())),
    )


def _text(document: object) -> bytes:
    return json.dumps(document, indent=1).encode()
