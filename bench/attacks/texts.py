"""What a leaker may do to any text, whatever its language: bytes in, bytes out.

>>> quoted_mail(b"x = 1\\n")
b'> x = 1'
"""

import html
import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

Alter = Callable[[bytes], bytes]
TABS_AT = 4  # spaces that an editor turns into one tab


def _text(change: Callable[[str], str]) -> Alter:
    """The change on text; bytes that are no UTF-8 stay as they are."""

    def run(data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        return change(text).encode("utf-8", "surrogateescape")

    return run


def _copied(text: str) -> str:
    """Out of a browser: spaces at line ends and signs without width are gone, tabs are spaces."""
    shown = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return "\n".join(line.rstrip() for line in shown.expandtabs(8).split("\n"))


def _page(text: str) -> str:
    return f"<html><body><pre><code>{html.escape(text)}</code></pre></body></html>\n"


def _retyped(text: str) -> str:
    """As typed again on a plain keyboard: only what ASCII has."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _tabbed(data: bytes) -> bytes:
    return re.sub(
        rb"(?m)^(?: {%d})+" % TABS_AT, lambda run: b"\t" * (len(run.group()) // TABS_AT), data
    )


def quoted_mail(data: bytes) -> bytes:
    """Each line with a sign of quoting; mail programs drop spaces at line ends."""
    return b"\n".join(b"> " + line.rstrip() for line in data.splitlines())


def _diff(data: bytes) -> bytes:
    """As a patch that adds the file."""
    lines = data.splitlines()
    head = b"--- /dev/null\n+++ b/file\n@@ -0,0 +1,%d @@\n" % len(lines)
    return head + b"".join(b"+" + line + b"\n" for line in lines)


def stretch(share: float) -> Alter:
    """That share of the lines, from a place that is drawn by how many lines there are."""

    def run(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        count = max(1, round(len(lines) * share))
        start = random.Random(f"{share} {len(lines)}").randint(0, len(lines) - count)
        return b"".join(lines[start : start + count])

    return run


def within(host: bytes) -> Alter:
    """In the midst of another file, between two of its blank lines."""
    middle = host.find(b"\n\n", len(host) // 2) + 2
    return lambda data: host[:middle] + data + b"\n" + host[middle:]


def after(host: bytes) -> Alter:
    """Behind another file."""
    return lambda data: host + b"\n" + data


TEXTS: Mapping[str, Alter] = MappingProxyType(
    {
        "as it is": lambda data: data,
        "lines of Windows": lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
        "tabs": _tabbed,
        "NFKC": _text(lambda text: unicodedata.normalize("NFKC", text)),
        "typed again as ASCII": _text(_retyped),
        "copied from a web page": _text(_copied),
        "source of a web page": _text(_page),
        "quoted mail": quoted_mail,
        "as a patch": _diff,
        "half": stretch(0.5),
        "a quarter": stretch(0.25),
        "a tenth": stretch(0.1),
    }
)
