"""Sites, site maps and observations: what writing and reading of marks share.

A *site* is one place that may vary. Three kinds (choice and letter are *code* sites, binary):

- choice: one of two variants stands there;
- letter: a payload byte is one of two keyed letters; any third letter is an erasure;
- tag: a whole keyed value out of ``space`` values.

A site's *symbol* is what the codeword says (0 or 1; for a tag the index of its value). What is
written is ``symbol XOR pad``, so that neither variant means "unmarked".

The *layout* says where the values of the points stand in the files: a file is a row of segments,
literal bytes, slots or forks. Side-car marks on an untouched file, Jinja2 templates and the natural
marks of a language all end as a layout, so marking and reading know one form only, and no grammar
is asked once a map is stored. A *fork* holds both forms of a piece of code, each a row of segments
again; so a swapped branch may hold other forks, and a fork may stand in both forms of another.

A file whose bytes depend on the whole of it, such as an archive with its sums or a capture with its
checksums, is a *pack*: its members are files of the layout like any other, and the pack says how
they are put together again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from mapp_compliance.values import Digest

SCALE = 2**32  # denominator of every symbol probability


class SiteKind(Enum):
    """What stands at a site."""

    CHOICE = "choice"
    LETTER = "letter"
    TAG = "tag"


class PointKind(Enum):
    """The kinds of variation points that an author can declare."""

    FILLER = "filler"  # bytes of a charset: one letter site each
    NONCE = "nonce"  # bytes of a charset: one tag
    NAME = "name"  # prefix and keyed letters: one tag
    INTEGER = "integer"  # whole number in [low, high]: one tag
    TIMESTAMP = "timestamp"  # second in [low, high]: one tag
    CHOICE = "choice"  # one of 2^k short values: k choice sites
    SHUFFLE = "shuffle"  # order of independent items: one choice site for each neighbouring pair
    VARIANT = "variant"  # one of 2^k wordings: k choice sites
    FORM = "form"  # which of two equal forms of code stands there: one choice site
    COMPUTED = "computed"  # follows from the values of other points: no site


class Group(Enum):
    """Copies that are equal at some sites: those of one wave, or all that were ever issued."""

    WAVE = "wave"
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Point:
    """One variation point; the same name in several files is one point."""

    name: str
    kind: PointKind
    length: int = 0  # bytes of a filler, nonce or of the keyed part of a name
    charset: bytes = b""  # allowed bytes of a filler, nonce or name, without those to avoid
    low: int = 0  # integer: least value; timestamp: seconds since 1970 UTC
    high: int = 0  # integer, timestamp: greatest value
    prefix: bytes = b""  # name: what stands before the keyed letters
    values: tuple[bytes, ...] = ()  # choice, variant, shuffle: the values as given by the author
    original: bytes = b""  # the author's own value; for a template what stands for it
    form: str = ""  # timestamp: strftime form; form: its family; computed: what is computed
    group: Group | None = None  # its sites are equal in all copies of a wave, or of the program
    over: "tuple[bytes | Slot, ...]" = ()  # computed: the bytes and values that it follows from


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a point's value in a file.

    ``item`` picks one element of a shuffled list (0 based), None is the whole value.
    ``encoder`` names how the value is written there, see ``carriers.points.encoders``.
    """

    point: str
    encoder: str = "raw"
    item: int | None = None


@dataclass(frozen=True, slots=True)
class Fork:
    """The place of a piece of code that has two forms, for a point of kind FORM.

    A fork may stand inside a form of another fork, and the same point may have a fork in both
    forms of it. The form is absolute ("double quotes" is the second), whatever the author wrote.
    """

    point: str
    first: "Segments"
    second: "Segments"

    def form(self, value: bytes) -> "Segments":
        """The segments of the form that the point's value asks for."""
        return self.first if value == FORMS[0] else self.second


Segment = bytes | Slot | Fork
Segments = tuple[Segment, ...]
FORMS = (b"0", b"1")  # the values of a point of kind FORM


@dataclass(frozen=True, slots=True)
class LaidOutFile:
    """One file of a package as literal bytes, slots and forks; a file without them is one literal.

    Slots stand outside of forks.
    """

    path: str
    segments: Segments

    def slots(self) -> Iterator[Slot]:
        """The slots in the order of the file."""
        return (segment for segment in self.segments if isinstance(segment, Slot))

    def forks(self) -> Iterator[Fork]:
        """All forks with those inside them, in the order of the file; a point may come twice."""
        return _forks(self.segments)

    def points(self) -> Iterator[str]:
        """The names of the points whose values stand in the file, each once."""
        held = (segment.point for segment in self.segments if isinstance(segment, Slot))
        return iter(dict.fromkeys((*held, *(fork.point for fork in self.forks()))))


def _forks(segments: Segments) -> Iterator[Fork]:
    for segment in segments:
        if isinstance(segment, Fork):
            yield segment
            yield from _forks(segment.first)
            yield from _forks(segment.second)


INSIDE = "!/"  # between the path of a pack and the name of a member


@dataclass(frozen=True, slots=True)
class Pack:
    """A file that is put together from other files of the layout, which are not sent themselves.

    Attributes:
        kind: how it is put together, see ``packing``.
        source: of the author's own file.
        frame: what is kept of that file, in the form that its kind asks for.
        filled: paths of the laid-out files and packs that are put in, in the order of the frame.
        kept: paths of those that stand in the frame as they were; they are laid out only so that
            the reader knows their text.
        told: those of the filled ones whose text tells of the file and does not stand in it.
    """

    path: str
    kind: str
    source: Digest
    frame: tuple[bytes, ...]
    filled: tuple[str, ...]
    kept: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """All files of a package with their points, sorted by path and by name.

    ``packs`` stand after those that they hold.
    """

    files: tuple[LaidOutFile, ...]
    points: tuple[Point, ...]
    packs: tuple[Pack, ...] = ()

    def point(self, name: str) -> Point:
        """The point of that name; KeyError when there is none."""
        return next(point for point in self.points if point.name == name)

    def inner(self) -> frozenset[str]:
        """Paths of what is not sent by itself but stands in a pack."""
        return frozenset(path for pack in self.packs for path in (*pack.filled, *pack.kept))

    def told(self) -> frozenset[str]:
        """Paths of texts that stand in no file."""
        return frozenset(path for pack in self.packs for path in pack.told)

    def within(self, path: str) -> tuple[LaidOutFile, ...]:
        """The file of that path, or all files in the pack of that path, however deep."""
        held = {path}
        for pack in reversed(self.packs):
            if pack.path in held:
                held.update(pack.filled, pack.kept)
        return tuple(file for file in self.files if file.path in held)


@dataclass(frozen=True, slots=True)
class Site:
    """One place that may vary.

    Attributes:
        id: structural and stable over revisions, ``point/index``.
        channel: family of like sites that tend to be lost together, such as ``payload``.
        region: path of the first file that holds it.
        symbols: code sites: the two raw variants, index = symbol XOR pad; tags: empty.
        pad: 0 or 1, keyed.
        bias: numerator over 2^32 of the chance that the symbol is 1 (code sites).
        space: number of values of a tag; 2 for code sites.
        group: set when its symbol is that of a group of copies; it then tells no copy apart.
    """

    id: str
    kind: SiteKind
    channel: str
    region: str
    point: str
    symbols: tuple[bytes, ...] = ()
    pad: int = 0
    bias: int = SCALE // 2
    space: int = 2
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class SiteMap:
    """The sites of one package with the layout they stand in, written once at set-up.

    Order of ``sites`` is the order of every codeword and observation.
    """

    map_id: Digest
    schedule: int  # version of the key schedule
    sites: tuple[Site, ...]
    layout: Layout
    anchors: tuple[bytes, ...] = ()  # literal runs that are equal in all copies
    engines: tuple[tuple[str, str], ...] = ()  # (name, version) of what surveyed and renders

    @property
    def code_sites(self) -> tuple[Site, ...]:
        """Choice and letter sites that tell copies apart, in the order of the map."""
        return tuple(
            site for site in self.sites if site.kind is not SiteKind.TAG and site.group is None
        )

    @property
    def group_sites(self) -> tuple[Site, ...]:
        """Sites that are equal in all copies of a wave or of the program."""
        return tuple(site for site in self.sites if site.group is not None)

    @property
    def tag_sites(self) -> tuple[Site, ...]:
        """Tag sites, in the order of the map."""
        return tuple(site for site in self.sites if site.kind is SiteKind.TAG)


@dataclass(frozen=True, slots=True)
class Codeword:
    """What one instance carries: one symbol for each site of the map, in its order."""

    symbols: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How much of one channel could be read.

    ``read + erased == sites``; ``contradicted`` of the erased ones were read in two ways.
    """

    channel: str
    sites: int
    read: int
    erased: int
    contradicted: int


@dataclass(frozen=True, slots=True)
class Span:
    """Where one site was read: for the report, never an input to the score."""

    site: str
    derivation: str  # of the part, such as "poc.js > array"
    offset: int  # bytes into that part


OTHER = -1  # a tag's place was found, but no value of its space stands there


@dataclass(frozen=True, slots=True)
class Observation:
    """What the reader saw, word-blind: one entry for each site of the map, in its order.

    None is an erasure. A code site holds 0 or 1 (pad removed), a tag the index of its value or
    OTHER.
    """

    map_id: Digest
    method: str  # id of reader and views, part of the digest
    symbols: tuple[int | None, ...]
    health: tuple[ChannelHealth, ...]
    spans: tuple[Span, ...] = ()

    @property
    def read_sites(self) -> int:
        """How many sites were read."""
        return sum(symbol is not None for symbol in self.symbols)
