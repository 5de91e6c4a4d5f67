"""PowerShell as a row of tokens that layout, comments, quotes and case leave alone.

All forms of a script give one row; how a token was written, and which quotes stood before it, is
its spelling. Only whether a text is open on a line is kept, so that ``#`` in it begins no comment.
Signs that a formatter moves are no tokens, so only variables are told by their order alone: a row
of words of which any may be any other would be found in every prose.

>>> from mapp_compliance.watermark.natural.tokens import row_of
>>> [token.key for token in row_of(Scanner(), b"If (!$True -ieq [System.Int32]'a b') { # so")]
[b'if', b'-not', b'$true', b'-eq', b'int', b'a', b'b']
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mapp_compliance.watermark.carriers.powershell.names import (
    ALIASED,
    ATTRIBUTES,
    COMMANDS,
    COMPARISONS,
    CONSTANTS,
    KEYWORDS,
    OPERATORS,
    PARAMETERS,
    TYPES,
    case_of,
    is_odd,
    type_key,
)
from mapp_compliance.watermark.natural.tokens import Role, Token

_SWITCH = rb"(?:Mandatory|ValueFrom\w+|Supports(?:ShouldProcess|Paging)|DontShow)\b"
_TOKEN = re.compile(
    rb"(?P<line>\n)"
    rb"|(?P<block><\#.*?(?:\#>|\Z))"
    rb"|(?P<comment>(?<![^\s;|(){}\[\],=])\#[^\n]*)"
    rb"|(?P<escaped>`.)"
    rb"|(?P<empty>''|\"\")"
    rb"|(?P<quote>['\"])"
    rb"|(?P<variable>\$\{[A-Za-z_][\w:]*\}|[$@](?:[A-Za-z]\w*:(?=\w))?[A-Za-z_]\w*)"
    rb"|(?P<dropped>[()\[\]{};,+])"  # a patch has "+" before each line
    rb"|(?P<switch>(?i:" + _SWITCH + rb"(?:\s*=\s*\$true\b)?))"
    rb"|(?P<option>-[A-Za-z]\w*)"
    rb"|(?P<word>[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:[.-](?=\w)[\w\x80-\xff]+)*|\d+\w*)"
    rb"|(?P<sign>[^\s])",
    re.DOTALL | re.ASCII,
)
_GAP = 64  # bytes of signs before a token that are looked at
_OPENING = b"([{;,"


@dataclass(slots=True)
class Scanner:
    """Cuts a text that comes in pieces; what stood before a piece is kept."""

    before: bytes = b""  # the last token
    gap: bytes = b""  # what stands behind it
    quote: bytes = b""  # of the text that is open on this line

    def copy(self) -> "Scanner":
        """A scanner that goes on from here on its own."""
        return replace(self)

    def cut(self) -> None:
        """Says that nothing that follows belongs to a token before."""

    def end(self) -> None:
        """Says that nothing follows."""

    def scan(self, data: bytes) -> Iterator[Token]:
        """The tokens of the next piece."""
        gap = self.gap[-_GAP:]
        whole = gap + data
        done, at = 0, len(gap)
        while found := _TOKEN.search(whole, at):
            at = found.end()
            kind, text = found.lastgroup or "", found.group()
            if kind in {"comment", "block"} and self.quote:
                at = found.start() + 1
                continue
            if self._is_dropped(kind, text):
                continue
            signs = re.split(rb"\s", whole[max(done, found.start() - _GAP) : found.start()])[-1]
            token = self._token(kind, text, signs)
            token.offset = found.start() - len(gap)
            done, self.before = at, token.key
            yield token
        self.gap = whole[done:][-_GAP:]

    def _is_dropped(self, kind: str, text: bytes) -> bool:
        """True for what is no token; keeps count of the quotes of the line."""
        if kind == "line":
            self.quote = b""
        elif kind == "quote":
            if not self.quote:
                self.quote = text
            elif self.quote == text:
                self.quote = b""
        elif kind == "empty":
            return bool(self.quote)
        return kind in {"line", "quote", "comment", "block", "escaped", "dropped"}

    def _token(self, kind: str, text: bytes, signs: bytes) -> Token:
        quote = signs.rstrip(_OPENING)[-1:]
        spelt: dict[str, int] = {}
        if quote in {b"'", b'"'}:
            spelt |= {"quoted": 1, "quotes": int(quote == b'"')}
        elif not signs and (self.before[:1] == b"-" or self.before in COMMANDS):
            spelt["quoted"] = 0
        if kind == "empty":
            return Token(b"''", Role.FIXED, 0, spelt=spelt | {"quotes": int(text == b'""')})
        if kind == "variable":
            return _variable(text, spelt)
        if kind == "option":
            return _option(text, spelt)
        if kind == "switch":
            is_said = text.lower().endswith(b"$true")
            name = re.match(rb"\w+", text)
            key = name[0].lower() if name else text
            return Token(key, Role.FIXED, 0, spelt=spelt | {"mandatory": int(is_said)})
        if kind == "word":
            return self._word(text, spelt, signs)
        return self._sign(text, spelt)

    def _word(self, text: bytes, spelt: dict[str, int], signs: bytes) -> Token:
        lower = text.lower()
        if signs.endswith(b"["):
            return _type(text, spelt)
        if self.before == b"|" and lower in ALIASED:
            return Token(ALIASED[lower], Role.FIXED, 0, spelt=spelt | {"alias": 1})
        spelt["alias"] = 0
        if lower in KEYWORDS:
            _note(spelt, "keyword", case_of(text, lower, KEYWORDS[lower]))
            _note(spelt, "odd", 1 if is_odd(text) else None)
            return Token(lower, Role.FIXED, 0, spelt=spelt)
        if lower in COMMANDS:
            _note(spelt, "command", case_of(text, lower, COMMANDS[lower]))
        return Token(lower, Role.FIXED, 0, spelt=spelt)

    def _sign(self, text: bytes, spelt: dict[str, int]) -> Token:
        if text == b"!":
            return Token(b"-not", Role.FIXED, 0, spelt=spelt | {"not": 1})
        if self.before == b"|" and text in ALIASED:
            return Token(ALIASED[text], Role.FIXED, 0, spelt=spelt | {"alias": 1})
        return Token(text, Role.FIXED, 0, spelt=spelt)


def _note(spelt: dict[str, int], name: str, form: int | None) -> None:
    if form is not None:
        spelt[name] = form


def _variable(text: bytes, spelt: dict[str, int]) -> Token:
    name = text.strip(b"$@{}")
    key = b"$" + name.lower()
    spelt["braces"] = int(text.endswith(b"}"))
    if key in CONSTANTS:
        _note(spelt, "constant", case_of(text, key, CONSTANTS[key]))
        return Token(key, Role.FIXED, 0, spelt=spelt)
    if key in {b"$_", b"$psitem"}:
        spelt["item"] = int(key != b"$_")
        return Token(b"$_", Role.FIXED, 0, spelt=spelt)
    return Token(key, Role.NAME, 0, spelt=spelt)


def _option(text: bytes, spelt: dict[str, int]) -> Token:
    key = text.lower()
    bare = b"-" + key[2:]
    if key in COMPARISONS:
        return Token(key, Role.FIXED, 0, spelt=spelt | {"compare": 0})
    if key[1:2] == b"i" and bare in COMPARISONS:
        return Token(bare, Role.FIXED, 0, spelt=spelt | {"compare": 1})
    if key == b"-not":
        return Token(key, Role.FIXED, 0, spelt=spelt | {"not": 0})
    if key in OPERATORS:
        _note(spelt, "operator", case_of(text, key, OPERATORS[key]))
        return Token(key, Role.FIXED, 0, spelt=spelt)
    if key in PARAMETERS:
        _note(spelt, "parameter", case_of(text, key, PARAMETERS[key]))
    return Token(key, Role.FIXED, 0, spelt=spelt)


def _type(text: bytes, spelt: dict[str, int]) -> Token:
    """What stands behind a bracket: a type, an attribute or an index."""
    key = type_key(text)
    lower = text.lower()
    spelt["types"] = int(lower.startswith(b"system."))
    if key in TYPES:
        names = TYPES[key]
        proper = names.full if spelt["types"] else names.proper
        _note(spelt, "typecase", case_of(text, lower, proper))
        return Token(key, Role.FIXED, 0, spelt=spelt)
    if lower in ATTRIBUTES:
        _note(spelt, "typecase", case_of(text, lower, ATTRIBUTES[lower]))
    return Token(key.lower(), Role.FIXED, 0, spelt=spelt)


def signs(tokens: Sequence[Token]) -> frozenset[bytes]:
    """What a tool leaves that sets the case of each letter by chance."""
    odd = any(token.spelt is not None and "odd" in token.spelt for token in tokens)
    return frozenset({b"case by chance"} if odd else ())
