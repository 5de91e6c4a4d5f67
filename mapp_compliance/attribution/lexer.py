"""A lexer for every language: tokens line by line, hashed under a secret.

It need not be right about a language, only the same on both sides: an artifact and a leak of it
are cut in the same way. No state lives longer than a line, so a fragment that begins inside a
comment or a docstring is cut like the whole file (measured: 25 % of a file inside another one is
found at .96 against .80 with a lexer that remembers).

What editors and formatters change is left out: white space, comments behind ``#`` and ``//``,
the kind of quotes, and ``, ; ( ) { } [ ] \\``.

>>> ours, theirs = lex(b"x = foo(1)  # why", b"key"), lex(b"x=foo( 1 );", b"key")
>>> bool((ours.exact == theirs.exact).all()), len(ours.exact)
(True, 4)
"""

import re
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

MIN_LITERAL_BYTES = 12  # the gram length of the literal channel

_TOKEN = re.compile(
    rb'"(?:[^"\\\r\n]|\\[^\r\n])*"|\'(?:[^\'\\\r\n]|\\[^\r\n])*\''
    rb"|[A-Za-z_$\x80-\xff][\w$\x80-\xff]*"
    rb"|[0-9][\w.]*"
    rb"|//[^\r\n]*|#(?!include|define|if|elif|else|endif|pragma)[^\r\n]*"
    rb"|[^\s,;(){}\[\]\\]"
)
# Words that renaming tools leave alone in the languages that leaks are written in.
_KEYWORDS = frozenset(
    b"and as assert async await begin break case catch char class const continue def default del "
    b"do double elif else elsif end enum except export extends extern false finally float fn for "
    b"foreach from func function go goto if impl import in include inline instanceof int "
    b"interface is lambda let local long loop match mod module mut namespace new nil none "
    b"nonlocal not null or package param pass private protected public raise require rescue "
    b"return self short signed sizeof static struct super switch template then this throw true "
    b"try type typedef typeof union unless unsigned until use using var void volatile when where "
    b"while with yield None True False".split()
)
_LETTER = re.compile(rb"[A-Za-z_$\x80-\xff]")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text, in order; both rows have one hash a token.

    ``exact`` tells all tokens apart; ``abstract`` keeps keywords and signs only and makes one
    symbol of all names, one of all numbers and one of all strings.
    """

    exact: Hashes
    abstract: Hashes
    literals: tuple[bytes, ...]  # contents of string literals of MIN_LITERAL_BYTES and more


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A text cut into words, without comments: each different one once, and their order."""

    known: tuple[bytes, ...]  # in the order in which they are met
    order: NDArray[np.uint32]  # places in ``known``


def cut(text: bytes) -> Words:
    """The words of a text; it takes no secret, so outside bytes are cut where none is at hand.

    Args:
        text: any bytes; binary ones give few and meaningless words.
    """
    places: dict[bytes, int] = {}
    order = np.fromiter(
        (
            places.setdefault(word, len(places))
            for word in _TOKEN.findall(text)
            if not _is_comment(word)
        ),
        np.uint32,
    )
    return Words(tuple(places), order)


def lex(text: bytes, key: bytes) -> Tokens:
    """The tokens of a text; see `cut` and `hashed`."""
    return hashed(cut(text), key)


def hashed(words: Words, key: bytes) -> Tokens:
    """The tokens of a text that was cut.

    Args:
        key: secret of the deployment, 1 to 64 bytes: without it nobody can ask an index that
            leaked whether it knows a text.
    """
    pairs = np.array(
        [(_hash(_bare(word), key), _hash(_abstract(word), key)) for word in words.known], np.uint64
    ).reshape(-1, 2)[words.order]
    long = [
        word[1:-1] if word[:1] in b"\"'" and len(word) - 2 >= MIN_LITERAL_BYTES else None
        for word in words.known
    ]
    literals = tuple(found for place in words.order if (found := long[place]) is not None)
    return Tokens(pairs[:, 0].copy(), pairs[:, 1].copy(), literals)


def token_spans(text: bytes) -> list[tuple[int, int]]:
    """Where the tokens of ``lex`` stand: start and end in bytes, in the same order."""
    return [found.span() for found in _TOKEN.finditer(text) if not _is_comment(found.group())]


def _is_comment(word: bytes) -> bool:
    return word.startswith((b"//", b"#")) and len(word) > 1


def _bare(word: bytes) -> bytes:
    """Quotes of both kinds are the same."""
    return b'"' + word[1:-1] if word[:1] in b"\"'" and len(word) > 1 else word


def _abstract(word: bytes) -> bytes:
    first = word[:1]
    if first in b"\"'" and len(word) > 1:
        return b"string"
    if first.isdigit():
        return b"number"
    if _LETTER.match(first) and word not in _KEYWORDS:
        return b"name"
    return b"=" + word


def _hash(word: bytes, key: bytes) -> int:
    return int.from_bytes(blake2b(word, digest_size=8, key=key).digest(), "little")
