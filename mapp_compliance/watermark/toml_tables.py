"""TOML files written by authors, read so that every error names file, line and key.

Rules: what a table does not allow is refused with the nearest allowed word; a parsed value is
checked for its type once, here; nothing of the file's content other than its keys is repeated in
a message, save control characters made visible.

>>> toml = parse_toml("poc.toml", b'[package]\\nclass = "poc"\\n')
>>> toml.table("package").text("class")
'poc'
>>> toml.table("package").place("class")
'poc.toml:2:class'
"""

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*=")
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its place; ``lines`` holds the line of each key that was found."""

    path: str
    line: int
    values: Mapping[str, object]
    lines: Mapping[str, int]

    def place(self, key: str | None = None) -> str:
        """``file:line`` of the table, or ``file:line:key`` of one of its keys."""
        if key is None:
            return f"{shown(self.path)}:{self.line}"
        return f"{shown(self.path)}:{self.lines.get(key, self.line)}:{shown(key)}"

    def only(self, allowed: Collection[str]) -> None:
        """Raises InvalidInput for the first key that is not allowed."""
        for key in self.values:
            if key not in allowed:
                raise InvalidInput(
                    f"unknown key {shown(key)!r}; {nearest(key, allowed)}", where=self.place(key)
                )

    def text(self, key: str, default: str | None = None) -> str:
        """The string of that key."""
        value = self._given(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "a text in quotes")
        return value

    def whole(self, key: str, default: int | None = None) -> int:
        """The whole number of that key."""
        value = self._given(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, "a whole number without quotes")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """The true or false of that key."""
        value = self._given(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of strings of that key; a missing key is an error."""
        value = self._given(key, None)
        if not isinstance(value, list):
            raise self.wrong(key, "a list of texts in quotes")
        given = tuple(item for item in value if isinstance(item, str))
        if len(given) != len(value):
            raise self.wrong(key, "a list of texts in quotes")
        return given

    def wrong(self, key: str, wanted: str) -> InvalidInput:
        """The error for a key whose value is of another type than wanted."""
        return InvalidInput(f"{shown(key)!r} must be {wanted}; mend it", where=self.place(key))

    def _given(self, key: str, default: object) -> object:
        value = self.values.get(key, default)
        if value is None:
            raise InvalidInput(f"the key {key!r} is missing; add it", where=self.place())
        return value


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file; ``tables`` pairs each table's name with the table, in the file's order."""

    root: Table
    named: tuple[tuple[str, Table], ...]

    def table(self, name: str) -> Table:
        """The single table ``[name]``; an empty one when the file has none."""
        return next(iter(self.tables(name)), Table(self.root.path, 1, {}, {}))

    def tables(self, name: str) -> tuple[Table, ...]:
        """All tables ``[[name]]`` in the order of the file."""
        return tuple(table for own, table in self.named if own == name)


def parse_toml(path: str, data: bytes) -> TomlFile:
    """The tables of a TOML file, one level deep.

    Raises:
        InvalidInput: not UTF-8, not TOML, or a bare value where a table is expected.
    """
    try:
        text = data.decode("utf-8-sig")
        parsed = tomllib.loads(text)
    except UnicodeDecodeError as err:
        raise InvalidInput("the file is not UTF-8; save it as UTF-8", where=shown(path)) from err
    except RecursionError as err:
        raise InvalidInput("the file nests too deeply; flatten it", where=shown(path)) from err
    except ValueError as err:
        raise _not_toml(path, str(err)) from err
    places, outside = _places(text)
    headers = {name: line for (name, number), (line, _) in places.items() if number == 0}
    root = Table(path, 1, parsed, outside | headers)
    named = [
        (name, _table(root, name, values, places.get((name, number), (1, {}))))
        for name, found in parsed.items()
        for number, values in enumerate(found if isinstance(found, list) else [found])
    ]
    return TomlFile(root, tuple(named))


def nearest(word: str, allowed: Collection[str]) -> str:
    """``did you mean ...?`` with the nearest allowed word, else the list of them."""
    close = difflib.get_close_matches(word, list(allowed), n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"use one of {', '.join(sorted(allowed))}"


def _table(root: Table, name: str, values: object, place: tuple[int, dict[str, int]]) -> Table:
    if not isinstance(values, dict):
        raise InvalidInput(
            f"{shown(name)!r} stands outside a table; put it below the header it belongs to",
            where=root.place(name),
        )
    line, lines = place
    return Table(root.path, line, values, lines)


def _not_toml(path: str, message: str) -> InvalidInput:
    """The parser's message can quote the file, so only the place is taken from it."""
    found = _AT_LINE.search(message)
    where = f"{shown(path)}:{found[1]}" if found else shown(path)
    return InvalidInput("the file is not TOML; mend it at this place", where=where)


Places = dict[tuple[str, int], tuple[int, dict[str, int]]]


def _places(text: str) -> tuple[Places, dict[str, int]]:
    """Line of the n-th header of each name with those of its keys; lines of keys before them.

    Lines are looked for, not parsed: a multi-line text that holds a header line shifts the
    numbers in messages, nothing else.
    """
    places: Places = {}
    counts: dict[str, int] = {}
    outside: dict[str, int] = {}
    keys = outside
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.fullmatch(line.rstrip("\r")):
            name, keys = header[2], {}
            places[name, counts.get(name, 0)] = (number, keys)
            counts[name] = counts.get(name, 0) + 1
        elif key := _KEY.match(line):
            keys.setdefault(key[1], number)
    return places, outside
