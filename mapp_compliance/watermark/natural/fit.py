"""Which files of any language are left alone before a grammar looks at them.

>>> unfit(b"int x;\\n"), unfit(b"\\xff"), unfit(b"a\\rb")
(None, 'it is not UTF-8', 'its lines end in a lone carriage return')
"""

from mapp_compliance.values import KIB

MAX_BYTES = 200 * KIB  # longer files are made by programs, and reading them takes minutes
MAX_LINE_BYTES = 5000  # of a file that a person wrote; longer lines are minified code or tables
MAX_LINE_SHARE = 2  # such lines make up at most one in so many bytes of a file that is taken


def unfit(data: bytes) -> str | None:
    """Why a file is left alone, None when it is not."""
    if len(data) > MAX_BYTES:
        return f"it is longer than {MAX_BYTES // KIB} KiB"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "it is not UTF-8"
    if text.startswith("\ufeff"):
        return "it starts with a byte order mark"
    if "\r" in text.replace("\r\n", ""):
        return "its lines end in a lone carriage return"
    return None


def minified(data: bytes) -> str | None:
    """Why a file that a program wrote is left alone, None when it is not one.

    >>> minified(b"a();" * 3000)
    'its lines are longer than people write them'
    """
    long = sum(len(line) for line in data.split(b"\n") if len(line) > MAX_LINE_BYTES)
    if long * MAX_LINE_SHARE > len(data):
        return "its lines are longer than people write them"
    return None
