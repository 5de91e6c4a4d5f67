"""Patches: only the text before the code may be marked, and that is little.

A patch is its lines of code. Whoever applies it keeps these and drops the message, so marks in a
message are lost to the commonest use; and a mark in a line of code would make it another patch.
Rules: a mark stands in the message of a patch, or of one of a series, before its first file; the
line that begins a mail of ``git format-patch`` stays as it is.

>>> text = b"Subject: mend it\\n\\nLonger text.\\n---\\ndiff --git a/x b/x\\n--- a/x\\n+++ b/x\\n"
>>> [text[start:end] for start, end in messages(text)]
[b'Subject: mend it\\n\\nLonger text.\\n---\\n']
"""

import re
from collections.abc import Iterator

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark.sites import LaidOutFile

SUFFIXES = (".patch", ".diff")
_MAIL = re.compile(rb"From [0-9a-f]{40} .*")
_VALUE = b"?"  # stands for the value of a point
_CODE = (b"diff ", b"--- ", b"+++ ", b"@@", b"Index: ", b"=====", b"GIT binary patch")


def messages(data: bytes) -> Iterator[tuple[int, int]]:
    """(start, end) of each text before code."""
    at = start = 0
    free = True
    for line in data.splitlines(keepends=True):
        is_mail = _MAIL.match(line) is not None
        if free and (is_mail or line.startswith(_CODE)):
            if at > start:
                yield start, at
            free = False
        at += len(line)
        if is_mail:
            free, start = True, at
    if free and at > start:
        yield start, at


def check_patch(file: LaidOutFile) -> None:
    """Raises InvalidInput when a point of a laid-out patch stands outside its messages."""
    text = b"".join(each if isinstance(each, bytes) else _VALUE for each in file.segments)
    allowed = list(messages(text))
    at = 0
    for each in file.segments:
        if not isinstance(each, bytes) and not any(low <= at < high for low, high in allowed):
            line = text.count(b"\n", 0, at) + 1
            raise InvalidInput(
                f"the mark in line {line} of {shown(file.path)} stands in the code of the patch, "
                "which would become another patch; mark its message alone"
            )
        at += len(each) if isinstance(each, bytes) else len(_VALUE)


def cautions(path: str, code_sites: int) -> str:
    """What the author of a marked patch should know."""
    return (
        f"{shown(path)}: a patch carries marks in its message alone, {code_sites} code sites here; "
        "whoever passes on its code without the message gives no mark away"
    )
