"""YAML as plain nodes with places. The only door to the YAML library.

Scalars stay text: ``NO`` is Norway, ``1.10`` is a version. Anchors, aliases, tags and double
keys are refused, so a policy file has one reading and cannot grow when it is read.

>>> node = parse_nodes("a: NO", Findings("x.yaml"))
>>> node.entries[0][1].text
'NO'
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from mapp_compliance.policy.problems import Findings, Place
from mapp_compliance.values import KIB, shown

MAX_CHARACTERS = 512 * KIB  # ten times the shipped packs; the parser needs a few seconds for it
MAX_DEPTH = 16
_HINT = "write the value itself; anchors, aliases and tags are not allowed in policy files"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One text. ``source`` and the marks say where its characters stand in the file."""

    text: str
    place: Place
    start: int = 0  # index of its first character in the file, quote or block sign included
    source: str = field(default="", repr=False)

    def place_of(self, offset: int) -> Place:
        """Place in the file of one character of the text; of the scalar when escapes hide it."""
        at = self.start + (self.source[self.start : self.start + 1] in {"'", '"'})
        if self.source[self.start : self.start + 1] in {"|", ">"}:
            at = self.source.find("\n", self.start) + 1
        for seen in self.text[:offset]:
            if not seen.isspace():
                at = self._skip_space(at)
                if self.source[at : at + 1] != seen:
                    return self.place
                at += 1
        at = self._skip_space(at) if self.text[offset : offset + 1].strip() else at
        line_start = self.source.rfind("\n", 0, at) + 1
        return Place(self.source.count("\n", 0, at) + 1, at - line_start + 1)

    def _skip_space(self, at: int) -> int:
        while self.source[at : at + 1].isspace():
            at += 1
        return at


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple["Node", ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with values, in the order of the file; keys are unique."""

    entries: tuple[tuple[Scalar, "Node"], ...]
    place: Place


Node = Scalar | Sequence | Mapping


class _Stop(Exception):  # the rest of the file cannot be read
    pass


def parse_nodes(text: str, findings: Findings) -> Node | None:
    """The one document of a file; None when it cannot be read, with the reason in findings."""
    if len(text) > MAX_CHARACTERS:
        findings.add(Place(1, 1), f"longer than {MAX_CHARACTERS} characters", "split the file")
        return None
    reader = _Reader(text, findings)
    try:
        return reader.document()
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
        findings.add(place, f"not YAML: {shown(str(err.problem))}", "mend the syntax here")
    except (yaml.YAMLError, ValueError, OverflowError):
        # The scanner lets impossible \U escapes and version numbers through to int() and chr().
        findings.add(Place(1, 1), "not YAML: characters that cannot be read", "save it as UTF-8")
    except _Stop:
        pass
    return None


class _Reader:
    def __init__(self, text: str, findings: Findings) -> None:
        self._text = text
        self._findings = findings
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.SafeLoader)

    def document(self) -> Node:
        event = next(self._events)
        while isinstance(event, yaml.StreamStartEvent | yaml.DocumentStartEvent):
            event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            raise self._stop(event, "the file is empty", "write 'policy:' and 'rules:'")
        node = self._node(event, 0)
        next(self._events)
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._stop(event, "a second document", "keep one document in a file")
        return node

    def _stop(self, event: yaml.Event, message: str, hint: str) -> _Stop:
        self._findings.add(_place(event), message, hint)
        return _Stop()

    def _node(self, event: yaml.Event, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self._stop(event, f"nested deeper than {MAX_DEPTH}", "write it flatter")
        place = _place(event)
        if isinstance(event, yaml.AliasEvent):
            self._findings.add(place, f"alias *{shown(str(event.anchor))}", _HINT)
        elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            self._findings.add(place, f"anchor &{shown(event.anchor)}", _HINT)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            self._findings.add(place, f"tag {shown(event.tag)}", _HINT)
        if isinstance(event, yaml.SequenceStartEvent):
            return Sequence(tuple(self._items(depth)), place)
        if isinstance(event, yaml.MappingStartEvent):
            return Mapping(tuple(self._entries(depth)), place)
        if isinstance(event, yaml.ScalarEvent) and event.start_mark:
            return Scalar(event.value, place, event.start_mark.index, self._text)
        return Scalar("", place)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _entries(self, depth: int) -> Iterator[tuple[Scalar, Node]]:
        seen: set[str] = set()
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(next(self._events), depth + 1)
            if not isinstance(key, Scalar):
                self._findings.add(key.place, "a key that is no text", "use a plain word as key")
            elif key.text in seen:
                message = f"the key '{shown(key.text)}' stands here twice"
                self._findings.add(key.place, message, "remove one of the two")
            else:
                seen.add(key.text)
                yield key, value


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
