"""Words of a shell script: their quotes, the braces of variables, the signs of a substitution.

- quotes: ``'a b'`` or ``"a b"`` (second form), of texts in which nothing is expanded.
- quoted: ``x=$y`` or ``x="$y"`` (second form): the value of an assignment, the word of a ``case``
  and a plain operand of a comparison are never split, nor do they name files. Values of ``export``
  and ``local`` are left alone, since some shells split them.
- braces: ``$x`` or ``${x}`` (second form) where the next sign cannot be part of the name.
- subst: ``$(a b)`` or a pair of backticks (second form) around plain words.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mapp_compliance.watermark.carriers.bash.quoting import Quoted
from mapp_compliance.watermark.natural.cstyle import alt
from mapp_compliance.watermark.natural.forms import Alt, Form, Mark, Span
from mapp_compliance.watermark.natural.syntax import Code, Node

PLAIN = re.compile(rb"[\w.,:/%+@=*?~^<>{}|&-][^'\"\\$`!\r]*|", re.ASCII)
BARE = re.compile(rb"[\w./][\w./,:@%+-]*", re.ASCII)  # a word that means itself without quotes
_LITERAL = re.compile(rb"[\w./,:@%+=-]*", re.ASCII)
_NAMED = re.compile(rb"\$(?:([A-Za-z_]\w*|[0-9])|\{([A-Za-z_]\w*|[0-9])\})", re.ASCII)
_CHANGED = re.compile(rb"\$\{\w+(?::?[-+]|%%?|##?)[\w./,*:@+-]*\}", re.ASCII)
_COMMAND = re.compile(rb"\$\([\w$./][^`\n\\#]*\)", re.ASCII)
_SIMPLE = re.compile(rb"[\w./$][\w ./$=:@,+%{}|>&-]*", re.ASCII)
_MORE_OF_NAME = re.compile(rb"[\w\[]", re.ASCII)
_HOLDERS = frozenset(
    {"command", "variable_assignment", "concatenation", "array", "case_item", "case_statement"}
    | {"binary_expression", "unary_expression", "test_command", "for_statement", "file_redirect"}
    | {"herestring_redirect", "declaration_command", "redirected_statement"}
)
_HANDS_OFF = frozenset(
    {"expansion", "arithmetic_expansion", "subscript", "heredoc_redirect", "c_style_for_statement"}
    | {"ERROR"}
)
_FAULTY = frozenset({"ERROR"})
_WORD_ENDS = frozenset(b" \t\n;)&|")
EQUALS = frozenset({"=", "==", "!="})


@dataclass(slots=True)
class ShellWords:
    """The rules over one file."""

    code: Code
    quoted: Quoted
    is_bash: bool
    _scopes: dict[Node, str] = field(default_factory=dict)

    def scope(self, node: Node) -> str:
        """The name of the function around a node, empty outside of one."""
        around = node.above(frozenset({"function_definition"}))
        if around is None:
            return ""
        if around not in self._scopes:
            name = around.child("name")
            self._scopes[around] = self.code.text(name).decode("utf-8", "replace") if name else ""
        return self._scopes[around]

    def mark(self, family: str, label: bytes, original: int, node: Node) -> Mark:
        """The site of a node."""
        return Mark(family, label, original, self.scope(node), node.start)

    def quote_forms(self, node: Node) -> Iterator[Form]:
        """Either kind of quotes around a plain text."""
        content = self.plain_text(node)
        above = node.parent
        if content is None or above is None or above.type not in _HOLDERS:
            return
        if self.may_be_bare(node) or self.is_hidden(node) or not self._stands_apart(node):
            return
        if len(above.children) > 1 and above.children[1].type == "=~":
            return  # older ones read a quoted pattern otherwise
        is_double = int(node.type == "string")
        forms = ((b"'" + content + b"'",), (b'"' + content + b'"',))
        mark = self.mark("quotes", content, is_double, node)
        yield Form(node.start, node.end, (Alt(mark, *forms),))

    def plain_text(self, node: Node) -> bytes | None:
        """What stands in quotes, where nothing of it is expanded and both readers see it."""
        place = node.start, node.end
        known = (
            place in self.quoted.single
            if node.type == "raw_string"
            else node.type == "string" and place in self.quoted.double
        )
        content = self.code.text(node)[1:-1]
        return content if known and PLAIN.fullmatch(content) else None

    def is_hidden(self, node: Node) -> bool:
        """True within what a shell reads by rules of its own, and within backticks."""
        own: Node | None = node.parent
        while own is not None:
            first = own.children[0].type if own.children else ""
            if own.type in _HANDS_OFF or first in {"((", "`"}:
                return True
            own = own.parent
        return False

    def _stands_apart(self, node: Node) -> bool:
        data = self.code.data
        return not re.search(rb"[$'\"\\\[`]", data[max(node.start - 1, 0) : node.start]) and (
            data[node.end : node.end + 1] not in {b"'", b'"'}
        )

    def bare_forms(self, node: Node) -> Iterator[Form]:
        """With or without quotes where a word is neither split nor names files."""
        if not self.may_be_bare(node) or self.is_hidden(node):
            return
        data, text = self.code.data, self.code.text(node)
        if data[node.end : node.end + 1] and data[node.end] not in _WORD_ENDS:
            return
        if node.type in {"string", "raw_string"}:
            inner = Span(node.start + 1, node.end - 1)
            sign, original = text[:1], 1
        else:
            inner, sign, original = node.span, b'"', 0
        content = data[inner.start : inner.end]
        mark = self.mark("quoted", content, original, node)
        yield Form(node.start, node.end, (Alt(mark, (inner,), (sign, inner, sign)),))

    def may_be_bare(self, node: Node) -> bool:
        """True where quotes make no difference, of a node that is written with or without."""
        return self._is_whole(node) and self._is_unsplit(node)

    def _is_unsplit(self, node: Node) -> bool:
        above = node.parent
        if above is None:
            return False
        if above.type == "variable_assignment" and node.field == "value":
            outer = above.parent
            return outer is None or outer.type != "declaration_command"
        if above.type == "case_statement" and node.field == "value":
            return True
        if above.type == "binary_expression" and len(above.children) == 3:
            is_test = above.parent is not None and above.parent.type == "test_command"
            means_itself = BARE.fullmatch(self.code.text(node).strip(b"'\""))
            return bool(is_test and above.children[1].type in EQUALS and means_itself)
        return False

    def _is_whole(self, node: Node) -> bool:
        """True for a value that may stand without quotes, as far as its own text goes."""
        if node.type == "raw_string":
            content = self.plain_text(node)
            return content is not None and bool(BARE.fullmatch(content))
        if node.type == "string":
            if (node.start, node.end) not in self.quoted.double or len(node.children) < 2:
                return False
            return self._are_safe(node.children[1:-1], node.start + 1, node.end - 1)
        if node.type == "concatenation":
            return self._are_safe(node.children, node.start, node.end)
        if node.type in {"word", "number"}:
            return bool(BARE.fullmatch(self.code.text(node)))
        return self._are_safe([node], node.start, node.end)

    def _are_safe(self, parts: list[Node], start: int, end: int) -> bool:
        data, done, expands = self.code.data, start, False
        first = data[start : start + 1]
        for part in parts:
            if part.type in {"simple_expansion", "expansion", "command_substitution"}:
                if not _LITERAL.fullmatch(data, done, part.start) or not self._expands(part):
                    return False
                done, expands = part.end, True
            elif part.type not in {"string_content", "word", "number"}:
                return False
        rest = _LITERAL.fullmatch(data, done, end)
        whole = bool(BARE.fullmatch(data, start, end))
        return rest is not None and start < end and (expands or whole) and first not in b"=:-+@%"

    def _expands(self, node: Node) -> bool:
        """True for what gives one value that nothing looks into when quotes stand around it."""
        text = self.code.text(node)
        if node.type == "command_substitution":
            return bool(_COMMAND.fullmatch(text)) and b"case" not in text
        if node.start not in self.quoted.variables and not _CHANGED.fullmatch(text):
            return False
        return bool(_NAMED.fullmatch(text) or _CHANGED.fullmatch(text))

    def brace_forms(self, node: Node) -> Iterator[Form]:
        """A variable with or without braces."""
        if node.type not in {"simple_expansion", "expansion"}:
            return
        found = _NAMED.fullmatch(self.code.text(node))
        data = self.code.data
        if found is None or node.start not in self.quoted.variables:
            return
        if _MORE_OF_NAME.match(data, node.end) or data[node.start - 1 : node.start] in b"\\$":
            return
        if node.above(_FAULTY) is not None or not node.start:
            return
        name = found[1] or found[2]
        mark = self.mark("braces", name, int(found[2] is not None), node)
        forms = ((b"$" + name,), (b"${" + name + b"}",))
        yield Form(node.start, node.end, (Alt(mark, *forms),))

    def subst_forms(self, node: Node) -> Iterator[Form]:
        """Either sign of a substitution of plain words."""
        if node.type != "command_substitution" or self.is_hidden(node):
            return
        text = self.code.text(node)
        is_old = text[:1] == b"`"
        content = text[1:-1] if is_old else text[2:-1]
        if not _SIMPLE.fullmatch(content) or content.endswith(b" "):
            return
        size = 1 if is_old else 2
        inner = Span(node.start + size, node.end - 1)
        mark = self.mark("subst", content, int(is_old), node)
        old, new = (b"`", inner, b"`"), (b"$(", inner, b")")
        yield Form(node.start, node.end, (alt(mark, *((old, new) if is_old else (new, old))),))
