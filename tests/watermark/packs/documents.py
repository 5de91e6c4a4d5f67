"""What happens to an advisory on its way: written down once, used by tests and bench."""

import html
import re
import textwrap
import unicodedata
from collections.abc import Callable, Mapping


def to_html(text: str) -> str:
    """Headings, paragraphs, lists, code, emphasis and strength of Markdown as a page."""
    blocks = re.split(r"\n{2,}", text.strip().replace("\r\n", "\n"))
    body = "\n".join(_block(block) for block in blocks)
    return (
        f"<!DOCTYPE html>\n<html><head><title>Page</title></head><body>\n{body}\n</body></html>\n"
    )


def _block(block: str) -> str:
    if block.startswith("#"):
        level = len(block) - len(block.lstrip("#"))
        return f"<h{level}>{_inline(block.lstrip('# '))}</h{level}>"
    if re.match(r"[-*] |\d+\. ", block):
        items = re.split(r"^(?:[-*]|\d+\.) +", block, flags=re.MULTILINE)[1:]
        return (
            "<ul>\n" + "\n".join(f"<li>{_inline(item.strip())}</li>" for item in items) + "\n</ul>"
        )
    return f"<p>{_inline(block)}</p>"


def _inline(text: str) -> str:
    text = html.escape(text)
    for sign, tag in ((r"`", "code"), (r"\*\*", "strong"), (r"\*", "em")):
        text = re.sub(rf"{sign}([^`*\n]+){sign}", rf"<{tag}>\1</{tag}>", text)
    return text


def page_copied(text: str) -> str:
    """What a browser puts on the clipboard: no tags, no Markdown."""
    return html.unescape(re.sub(r"<[^>]+>", "", to_html(text)))


def wrapped(text: str, width: int = 50) -> str:
    """Paragraphs filled anew; items of lists keep their lines apart."""
    return "\n\n".join(_filled(block, width) for block in re.split(r"\n{2,}", text))


def _filled(block: str, width: int) -> str:
    if re.match(r"[-*] |\d+\. ", block):
        return "\n".join(textwrap.fill(line, width) for line in block.splitlines())
    return textwrap.fill(block, width)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def typeset(text: str) -> str:
    """As a word processor does: curly quotes, dashes, ligatures, spaces that do not break."""
    text = re.sub(r'"([^"\n]*)"', "\u201c\\1\u201d", text).replace("'", "\u2019")
    return text.replace("fi", "\ufb01").replace(" - ", " \u2013 ").replace("  ", " \u00a0")


ALTERATIONS: Mapping[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "mail quote": quoted,
    "mail quote of a re-wrapped text, twice": lambda text: quoted(quoted(wrapped(text, 60))),
    "re-wrapped": wrapped,
    "one line": lambda text: " ".join(text.split()),
    "Markdown to HTML": to_html,
    "copied from the page": page_copied,
    "NFKC": lambda text: unicodedata.normalize("NFKC", text),
    "typeset": typeset,
    "other bullets": lambda text: re.sub(r"^[-*] ", "\u2022 ", text, flags=re.MULTILINE),
    "first half": lambda text: text[: len(text) // 2],
}
WHOLE = tuple(name for name in ALTERATIONS if name != "first half")
