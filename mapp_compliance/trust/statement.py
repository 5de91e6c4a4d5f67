"""Statements (in-toto v1): these files, by digest, and what is said about them.

>>> from mapp_compliance.trust.digests import digest
>>> files = (Subject("payload/poc.py", digest(b"print()")),)
>>> statement = Statement(files, "https://example.org/copy/v1", {"advisory": "ADV-1"})
>>> parse_statement(format_statement(statement)) == statement
True

Source: in-toto attestation framework, Statement v1.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mapp_compliance.trust.canonical import Json, canonical, parse_canonical
from mapp_compliance.trust.errors import Malformed
from mapp_compliance.values import Digest

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"


@dataclass(frozen=True, slots=True)
class Subject:
    """One named file and the SHA-256 of its bytes."""

    name: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said (predicate, of a named type) about files; at least one file, names distinct."""

    subjects: tuple[Subject, ...]
    predicate_type: str
    predicate: Mapping[str, Json]

    def __post_init__(self) -> None:
        if not self.subjects or len({item.name for item in self.subjects}) < len(self.subjects):
            raise Malformed("a statement names at least one file and each one once; mend the list")


def format_statement(statement: Statement) -> bytes:
    """The canonical bytes of the statement."""
    return canonical(
        {
            "_type": STATEMENT_TYPE,
            "subject": [
                {"name": item.name, "digest": {"sha256": item.digest.hex}}
                for item in statement.subjects
            ],
            "predicateType": statement.predicate_type,
            "predicate": statement.predicate,
        }
    )


def parse_statement(data: bytes) -> Statement:
    """The statement of canonical bytes.

    Raises:
        Malformed: anything else.
    """
    match parse_canonical(data):
        case {
            "_type": str(kind),
            "subject": [*subjects],
            "predicateType": str(predicate_type),
            "predicate": Mapping() as predicate,
            **rest,
        } if kind == STATEMENT_TYPE and not rest:
            return Statement(tuple(map(_subject, subjects)), predicate_type, predicate)
    raise Malformed("this is not an in-toto statement; hand in the payload as it was signed")


def _subject(row: Json) -> Subject:
    match row:
        case {"name": str(name), "digest": {"sha256": str(hexdigits), **more}, **rest} if (
            not more and not rest
        ):
            return Subject(name, Digest(hexdigits))
    raise Malformed("a subject of the statement has an unknown form; hand in the bytes as signed")
