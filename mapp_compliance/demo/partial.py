"""What is left of a copy when somebody works on it knowingly: three treatments of the scenarios.

Apart from the ten alterations, which were fixed beforehand and change the form only. Each takes
the files of one copy or of two, knows nothing of marks, sites or recipients, and is deterministic.

>>> one, two = {"poc.py": b'A = b"left"'}, {"poc.py": b'A = b"rght"'}
>>> treated("differences-blanked", [one, two])["tool.py"]
b'A = b"...."'
"""

import re
from collections.abc import Callable, Mapping, Sequence

from mapp_compliance.demo.alterations import ADVISORY, alteration
from mapp_compliance.demo.payload import SCRIPT

Files = Mapping[str, bytes]
_VALUE = re.compile(rb'^([A-Z]+) = (b"[^"\n]*"|[0-9]+)', re.MULTILINE)
_TYPED = re.compile(r"^- .*\b(?:session|ticket)\b.*$", re.MULTILINE)
_BESIDE = ("The card of our own run", "## What to look for", "Questions")


def treated(name: str, copies: Sequence[Files]) -> dict[str, bytes]:
    """The leaked files that the treatment, or the alteration of the first copy, gives.

    Raises:
        NotFound: there is none of that name.
    """
    if name in TREATMENTS:
        return TREATMENTS[name](copies)
    return alteration(name).apply(copies[0])


def _spliced(copies: Sequence[Files]) -> dict[str, bytes]:
    """One whole value of the second copy in the script of the first, as a C array."""
    taken = dict(_VALUE.findall(copies[1][SCRIPT]))[b"MEMO"]
    script = _VALUE.sub(
        lambda match: b"MEMO = " + taken if match[1] == b"MEMO" else match[0], copies[0][SCRIPT]
    )
    return alteration("c-array").apply({SCRIPT: script})


def _blanked(copies: Sequence[Files]) -> dict[str, bytes]:
    """The script of the first copy; every value that the second has otherwise is blanked."""
    theirs = dict(_VALUE.findall(copies[1][SCRIPT]))

    def kept(match: re.Match[bytes]) -> bytes:
        if theirs.get(match[1]) == match[2]:
            return match[0]
        blank = re.sub(rb"[^\"]", b".", match[2][1:]) if match[2][:1] == b"b" else b""
        return match[1] + b" = " + (b"b" + blank if blank else b"0" * len(match[2]))

    return {"tool.py": _VALUE.sub(kept, copies[0][SCRIPT])}


def _typed_off(copies: Sequence[Files]) -> dict[str, bytes]:
    """A few lines of the advisory as somebody types them off a screen."""
    lines = copies[0][ADVISORY].decode().splitlines()
    found = [line for line in lines if _TYPED.match(line)]
    return {"note.txt": ("\n".join(found) + "\n").encode()}


TREATMENTS: Mapping[str, Callable[[Sequence[Files]], dict[str, bytes]]] = {
    "one-value-spliced": _spliced,
    "differences-blanked": _blanked,
    "typed-off": _typed_off,
}
