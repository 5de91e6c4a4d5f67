"""Reading the fields of one mapping of a policy file, each fault noted with its place.

Every reader answers something usable or None; the caller goes on, and refuses at the end when
findings were added.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TypeVar

from mapp_compliance.errors import InvalidInput
from mapp_compliance.policy.cel import Condition, ConditionError, Result, compile_condition
from mapp_compliance.policy.facts import EARLIEST, LATEST
from mapp_compliance.policy.nodes import Mapping, Node, Scalar, Sequence
from mapp_compliance.policy.problems import Findings, Place, did_you_mean
from mapp_compliance.values import checked_id, instant, shown

_Word = TypeVar("_Word", bound=Enum)
_Value = TypeVar("_Value")
_DURATION = re.compile(r"([0-9]{1,4})([dhm])")
_UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Fields:
    """One mapping with its known keys."""

    node: Mapping
    findings: Findings
    what: str  # shown in messages, such as "rule ans-poc"

    def only(self, known: Collection[str]) -> None:
        """Notes every key that is not known here."""
        for key, _ in self.node.entries:
            if key.text not in known:
                message = f"{self.what} has no field '{shown(key.text)}'"
                self.findings.add(key.place, message, did_you_mean(key.text, known))

    def get(self, key: str) -> Node | None:
        """The node under a key, or None."""
        return next((value for name, value in self.node.entries if name.text == key), None)

    def place(self, key: str) -> Place:
        """Where the value of a key stands; the mapping when there is none."""
        return (self.get(key) or self.node).place

    def needs(self, key: str) -> bool:
        """True when the key is there; otherwise it is noted as missing."""
        if self.get(key) is None:
            self.findings.add(self.node.place, f"{self.what} lacks '{key}'", f"add '{key}:'")
            return False
        return True

    def scalar(self, key: str) -> Scalar | None:
        """The text node under a key; empty or structured values are noted."""
        node = self.get(key)
        if node is None:
            return None
        if isinstance(node, Scalar) and node.text.strip():
            return node
        self.findings.add(node.place, f"'{key}' of {self.what} is no text", "write one text")
        return None

    def text(self, key: str) -> str:
        """The text under a key, spaces joined; empty when it is missing."""
        node = self.scalar(key)
        return " ".join(node.text.split()) if node else ""

    def word(self, key: str, words: type[_Word]) -> _Word | None:
        """The member of a closed list whose value is the text."""
        return self._parsed(key, lambda text: words(text), {str(word.value) for word in words})

    def choice(self, key: str, table: dict[str, _Value]) -> _Value | None:
        """The entry of a table whose key is the text."""
        return self._parsed(key, lambda text: table[text], table)

    def id(self, key: str) -> str:
        """A checked id; empty when it is missing or wrong."""
        node = self.scalar(key)
        try:
            return checked_id(node.text, self.what) if node else ""
        except InvalidInput as err:
            self.findings.add(self.place(key), err.message, "use a short plain id")
            return ""

    def time(self, key: str) -> datetime | None:
        """An aware UTC time in the range that facts have."""
        node = self.scalar(key)
        try:
            moment = instant(node.text) if node else None
        except (InvalidInput, OverflowError):
            moment = None
        if node is not None and (moment is None or not EARLIEST <= moment < LATEST):
            message = f"'{key}' of {self.what} is no time with zone"
            self.findings.add(self.place(key), message, "write it like 2026-01-01T00:00:00Z")
            return None
        return moment

    def duration(self, key: str) -> timedelta | None:
        """A span such as 14d, 48h or 30m."""
        node = self.scalar(key)
        if node is None:
            return None
        match = _DURATION.fullmatch(node.text)
        if match:
            return int(match[1]) * _UNITS[match[2]]
        message = f"'{shown(node.text)}' is no span of time"
        self.findings.add(node.place, message, "write it like 14d, 48h or 30m")
        return None

    def number(self, key: str) -> int | None:
        """A whole number from 0 to 9999."""
        node = self.scalar(key)
        if node is None or re.fullmatch(r"[0-9]{1,4}", node.text):
            return int(node.text) if node else None
        message = f"'{shown(node.text)}' is no whole number"
        self.findings.add(node.place, message, "write a number from 0 to 9999")
        return None

    def flag(self, key: str) -> bool:
        """True or false, false when missing."""
        return bool(self.choice(key, {"true": True, "false": False}))

    def texts(self, key: str) -> tuple[Scalar, ...]:
        """A list of texts, or one text as a list of one."""
        node = self.get(key)
        items = node.items if isinstance(node, Sequence) else (node,) if node else ()
        found = tuple(item for item in items if isinstance(item, Scalar) and item.text)
        if len(found) < len(items):
            message = f"'{key}' of {self.what} is no list of texts"
            self.findings.add(self.place(key), message, "write it like [one, two]")
        return found

    def condition(self, key: str, result: Result = Result.BOOL) -> Condition | None:
        """A compiled expression."""
        node = self.scalar(key)
        return compiled(node, self.findings, result) if node else None

    def _parsed(
        self, key: str, parse: Callable[[str], _Value], known: Collection[str]
    ) -> _Value | None:
        node = self.scalar(key)
        if node is None:
            return None
        if node.text in known:
            return parse(node.text)
        message = f"{self.what} has unknown {key} '{shown(node.text)}'"
        self.findings.add(node.place, message, did_you_mean(node.text, known))
        return None


def compiled(node: Scalar, findings: Findings, result: Result = Result.BOOL) -> Condition | None:
    """The condition in a text, or None with every fault noted at its own place."""
    try:
        return compile_condition(node.text, result)
    except ConditionError as err:
        for fault in err.faults:
            findings.add(node.place_of(fault.offset), fault.message, fault.hint)
        return None
