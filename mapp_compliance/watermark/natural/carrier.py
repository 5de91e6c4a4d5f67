"""What a language offers so that its files carry natural marks: one constant in its room.

Rules: families are known by name; what a language promises of a family stands in its flags; a file
that cannot be taken is laid out as one literal with a sentence why; a stored tree needs no grammar,
so reading asks for a scanner and nothing else.

>>> family = Family("operands", is_default=False)
>>> family.is_default, family.is_by_consent
(False, False)
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from mapp_compliance.watermark.natural.forms import Span
from mapp_compliance.watermark.natural.tokens import STYLES, Scanner, Spelling, Style, Token
from mapp_compliance.watermark.natural.tools import Tool
from mapp_compliance.watermark.sites import LaidOutFile, Layout


class Unparsed(ValueError):
    """A file does not parse or compile; ``line`` says where, when known."""

    def __init__(self, line: int | None) -> None:
        super().__init__(f"line {line or '?'} does not parse")
        self.line = line


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of form, which is a channel of its own: a tool undoes a family as a whole.

    Attributes:
        is_default: safe by itself; the others only where the manifest names them.
        is_by_consent: a program can look at what it changes; on where the author consents.
        spelling: under which name the scanner says how a token is spelt, where both forms give
            the same row of tokens and differ in that alone; empty: they do not.
    """

    name: str
    is_default: bool = True
    is_by_consent: bool = False
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The layout of one file, and what its author should know."""

    layout: Layout
    warnings: tuple[str, ...] = ()


def plain_layout(path: str, data: bytes) -> Layout:
    """The layout of a file without marks."""
    return Layout((LaidOutFile(path, (data,) if data else ()),), ())


def no_openings(_: bytes) -> Iterator[bytes]:
    """Of a language whose fragments are read as they stand."""
    yield from ()


@dataclass(frozen=True, slots=True)
class NaturalCarrier:
    """One language.

    Attributes:
        name: as ``attach`` shows it.
        suffixes: of its files, in lower case.
        lay_out: (path, data, names of families, stretches that points hold); any bytes give a
            layout of themselves.
        keeps: (original, copy, families that vary): True when the copy means the same.
            Raises Unparsed.
        check: raises ValueError for bytes that are no such file.
        engines: name and version of what surveys.
        scanner: a fresh one, for reading.
        openings: what may have stood before a fragment, such as the start of a long text.
        tools: what copies may go through.
        remarks: a fresh one for the words of comments, for reading; None: they carry no marks.
    """

    name: str
    suffixes: tuple[str, ...]
    families: tuple[Family, ...]
    lay_out: Callable[[str, bytes, Collection[str], Collection[Span]], Surveyed]
    keeps: Callable[[bytes, bytes, Collection[str]], bool]
    check: Callable[[bytes], None]
    engines: Callable[[], tuple[tuple[str, str], ...]]
    scanner: Callable[[], Scanner]
    openings: Callable[[bytes], Iterator[bytes]] = no_openings
    tools: tuple[Tool, ...] = ()
    remarks: Callable[[], Scanner] | None = None

    @property
    def names(self) -> frozenset[str]:
        """All families."""
        return frozenset(family.name for family in self.families)

    @property
    def default(self) -> frozenset[str]:
        """The families that are on by themselves."""
        return frozenset(family.name for family in self.families if family.is_default)

    @property
    def by_consent(self) -> frozenset[str]:
        """The families that the author's consent turns on."""
        return frozenset(family.name for family in self.families if family.is_by_consent)

    @property
    def undone(self) -> frozenset[str]:
        """The families that formatters put into their own form."""
        return frozenset().union(*(tool.sets for tool in self.tools if tool.is_usual))

    def signs(self, tokens: Sequence[Token]) -> frozenset[bytes]:
        """What tools of the language leave in these tokens."""
        return frozenset().union(*(tool.signs(tokens) for tool in self.tools))

    @property
    def styles(self) -> Mapping[str, Style | Spelling]:
        """The families whose form shows in a token, with how it is told there."""
        shown: dict[str, Style | Spelling] = {}
        for family in self.families:
            if family.spelling:
                shown[family.name] = Spelling(family.spelling)
            elif family.name in STYLES:
                shown[family.name] = STYLES[family.name]
        return shown
