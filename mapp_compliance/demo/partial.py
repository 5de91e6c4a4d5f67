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
from mapp_compliance.errors import InvalidInput

Files = Mapping[str, bytes]
LOOKED_AT = (b"SESSION", b"NONCE", b"DESK")  # short values that a person would compare
_VALUE = re.compile(rb'^([A-Z]+) = (b"[^"\n]*"|[0-9]+)', re.MULTILINE)
_PARAGRAPHS = re.compile(
    r"^## What happens\n+(.*?)\n+The card of our own", re.DOTALL | re.MULTILINE
)
_SESSION = re.compile(r"\bsession (\w+)")


def treated(name: str, copies: Sequence[Files]) -> dict[str, bytes]:
    """The leaked files that the treatment, or the alteration of the first copy, gives.

    Raises:
        NotFound: there is none of that name.
    """
    if name in TREATMENTS:
        return TREATMENTS[name](copies)
    return alteration(name).apply(copies[0])


def _spliced(copies: Sequence[Files]) -> dict[str, bytes]:
    """The short values that people look at, from the second copy, in the card of the first."""
    theirs = dict(_VALUE.findall(copies[1][SCRIPT]))
    script = _VALUE.sub(
        lambda match: match[1] + b" = " + theirs[match[1]] if match[1] in LOOKED_AT else match[0],
        copies[0][SCRIPT],
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
    """Two paragraphs of the advisory and the name of the session, as typed off a screen."""
    text = copies[0][ADVISORY].decode()
    found = [pattern.search(text) for pattern in (_PARAGRAPHS, _SESSION)]
    pieces = [match[1] for match in found if match is not None]
    if len(pieces) != len(found):
        raise InvalidInput(f"{ADVISORY} has no such pieces; hand in a package of the demo")
    return {"note.txt": "{}\n\n(it was session {})\n".format(*pieces).encode()}


TREATMENTS: Mapping[str, Callable[[Sequence[Files]], dict[str, bytes]]] = {
    "names-exchanged": _spliced,
    "differences-blanked": _blanked,
    "typed-off": _typed_off,
}
