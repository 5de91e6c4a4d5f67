"""A sample compared with an artifact in the limited child, from its raw files to what is shared.

The question is one line (what the author declared, and how many lines each list takes), then four
lists of parts: the sample's files, the artifact's, the corpus and the files of the same format.
The answer is canonical JSON.

>>> question = Question([("b.py", b"x = 48213")], [("a.py", b"limit = 48213")])
>>> found = commonality_in(b"".join(TASKS["compare"](question.to_lines())))
>>> [(each.kind.value, each.text, each.sort.value) for each in found.shared]
[('number', '48213', 'arbitrary')]
"""

import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from types import MappingProxyType
from typing import TypeVar

from mapp_compliance.adapters.isolate.tasks import unwrapped_in
from mapp_compliance.attribution import (
    Background,
    Commonality,
    Declared,
    FeatureKind,
    Part,
    Shared,
    Sort,
    Unwrapped,
    compare,
    parts_from_json,
    parts_to_json,
)
from mapp_compliance.attribution.commonality import Own
from mapp_compliance.attribution.views import with_views
from mapp_compliance.errors import InvalidInput
from mapp_compliance.trust import Json, canonical, parse_canonical

importlib.import_module("numpy.ma")  # sets of hashes load it on first use: too late behind walls

Files = Sequence[tuple[str, bytes]]
Member = TypeVar("Member", FeatureKind, Sort)
LISTS = 4
NOTHING_DECLARED = Declared()


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared; names are labels for people."""

    sample: Files
    artifact: Files
    corpus: Files = ()
    of_format: Files = ()
    declared: Declared = NOTHING_DECLARED

    def to_lines(self) -> bytes:
        """The wire form."""
        lists = [_parts(each) for each in (self.sample, self.artifact, self.corpus, self.of_format)]
        said: Json = [list(self.declared.forced), list(self.declared.names)]
        head = canonical([said, [each.count(b"\n") + 1 for each in lists]])
        return b"\n".join((head, *lists))


def _parts(files: Files) -> bytes:
    return parts_to_json(Unwrapped(tuple(Part(data, name) for name, data in files)))


def compared(question: bytes) -> list[bytes]:
    """The sample unwrapped, all lists looked at through the same views, and compared."""
    declared, (sample, artifact, corpus, of_format) = _asked(question)
    found = compare(
        unwrapped_in(sample).parts,
        with_views(parts_from_json(artifact)).parts,
        Background(_rows(corpus), _rows(of_format)),
        declared,
    )
    return [canonical(_record(found))]


def _asked(question: bytes) -> tuple[Declared, list[bytes]]:
    head, _, rest = question.partition(b"\n")
    match parse_canonical(head):
        case [[[*forced], [*names]], [int(), int(), int(), int()] as many]:
            lines = rest.split(b"\n")
            ends = [sum(many[: place + 1]) for place in range(LISTS)]
            lists = [b"\n".join(lines[end - n : end]) for n, end in zip(many, ends, strict=True)]
            return Declared(tuple(map(str, forced)), tuple(map(str, names))), lists
    raise InvalidInput("this is no question for a comparison; ask again")


def _rows(files: bytes) -> Iterable[tuple[Part, ...]]:
    return (with_views(Unwrapped((part,))).parts for part in parts_from_json(files).parts)


def _record(found: Commonality) -> Json:
    return {
        "shared": [[each.kind.value, *_plain(each)] for each in found.shared],
        "own": [[each.kind.value, each.text, each.files] for each in found.own],
        "counts": [getattr(found, name) for name in COUNTS],
    }


COUNTS = tuple(each.name for each in fields(Commonality) if each.name not in {"shared", "own"})


def _plain(each: Shared) -> list[Json]:
    return [item.value if isinstance(item, Sort) else item for item in astuple(each)[1:]]


def commonality_in(answer: bytes) -> Commonality:
    """What an answer says. Raises InvalidInput when it is none."""
    match parse_canonical(answer):
        case {"shared": [*shared], "own": [*own], "counts": [*counts], **more} if not more:
            whole = [each for each in counts if type(each) is int and each >= 0]
            if len(whole) == len(counts) == len(COUNTS):
                return Commonality(
                    tuple(map(_shared, shared)),
                    tuple(map(_own, own)),
                    *whole,
                )
    raise _no_answer()


def _shared(row: object) -> Shared:
    match row:
        case [
            str(kind),
            str(text),
            str(part),
            int(start),
            int(end),
            str(path),
            str(sort),
            int(files),
            str(why),
        ] if min(start, end, files) >= 0:
            own_kind, own_sort = _member(FeatureKind, kind), _member(Sort, sort)
            return Shared(own_kind, text, part, start, end, path, own_sort, files, why)
    raise _no_answer()


def _own(row: object) -> Own:
    match row:
        case [str(kind), str(text), int(files)] if files >= 0:
            return Own(_member(FeatureKind, kind), text, files)
    raise _no_answer()


def _member(kind: type[Member], value: str) -> Member:
    try:
        return kind(value)
    except ValueError as err:
        raise _no_answer() from err


def _no_answer() -> InvalidInput:
    return InvalidInput("this is no comparison; ask again, or submit a smaller sample")


TASKS: Mapping[str, Callable[[bytes], Iterable[bytes]]] = MappingProxyType({"compare": compared})
