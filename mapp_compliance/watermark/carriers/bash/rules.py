"""The forms of a shell script: those of its words, and five of commands and tests.

- test: ``[ a ]`` or ``test a`` (second form); they are one builtin.
- equal: ``=`` or ``==`` (second form) within ``[[ ]]`` of Bash, which are the same there.
- function: ``f()`` or ``function f`` (second form), Bash only.
- source: ``. file`` or ``source file`` (second form), Bash only.
- loop: ``while :`` or ``while true`` (second form).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mapp_compliance.watermark.carriers.bash.words import BARE, ShellWords
from mapp_compliance.watermark.natural.cstyle import alt
from mapp_compliance.watermark.natural.forms import Alt, Form, Span
from mapp_compliance.watermark.natural.syntax import Node

_ENDS = frozenset(b" \t\n;)&|")
_NAME = rb"[A-Za-z_]\w*"
_PLAIN_HEAD = re.compile(rb"(" + _NAME + rb")[ \t]*\([ \t]*\)(\s*)", re.ASCII)
_WORD_HEAD = re.compile(rb"function[ \t]+(" + _NAME + rb")(?:[ \t]*\([ \t]*\))?(\s*)", re.ASCII)
_TEST = re.compile(rb"(\[[ \t]+)([^\n\\\[\]]*[^\s\\\[\]])([ \t]+\])", re.ASCII)
_OWN = re.compile(rb"(test[ \t]+)([^\n\\\[\]]*[^\s\\\[\]])", re.ASCII)
_BUILTINS = frozenset({b"test", b"[", b"source", b".", b"true", b":"})
_SAME_TREE = frozenset({"string", "raw_string", "simple_expansion"})
LOOPS = frozenset({"while_statement"})


@dataclass(slots=True)
class ShellRules(ShellWords):
    """All rules over one file; ``renamed`` are commands that it gives a meaning of its own."""

    renamed: frozenset[bytes] = field(default_factory=frozenset)

    def forms(self, node: Node) -> Iterator[Form]:
        """Every form that begins at a node."""
        yield from self.test_forms(node)
        yield from self.function_forms(node)
        yield from self.source_forms(node)
        yield from self.loop_forms(node)
        yield from self.equal_forms(node)
        yield from self.bare_forms(node)
        yield from self.subst_forms(node)
        yield from self.quote_forms(node)
        yield from self.brace_forms(node)

    def _is_plain(self, *names: bytes) -> bool:
        return self.renamed.isdisjoint(names)

    def test_forms(self, node: Node) -> Iterator[Form]:
        """``[`` or ``test``."""
        is_test = node.type == "command" and self._command(node) == b"test"
        if not (is_test or node.type == "test_command") or self.is_hidden(node):
            return
        found = (_OWN if is_test else _TEST).fullmatch(self.code.text(node))
        after = self.code.data[node.end : node.end + 1]
        if found is None or (after and after[0] not in _ENDS) or not self._is_plain(b"test"):
            return
        if not self.code.data[node.start - 1 : node.start].isspace():
            return
        inner = Span(node.start + found.start(2), node.start + found.end(2))
        head = found[1]
        bracket = (b"[ " if is_test else head, inner, b" ]" if is_test else found[3])
        word = (head if is_test else b"test ", inner)
        mark = self.mark("test", found[2], int(is_test), node)
        yield Form(node.start, node.end, (Alt(mark, bracket, word),))

    def equal_forms(self, node: Node) -> Iterator[Form]:
        """``=`` or ``==`` of Bash."""
        above = node.parent
        if not self.is_bash or node.type not in {"=", "=="} or above is None:
            return
        test = above.parent
        if above.type != "binary_expression" or len(above.children) != 3 or test is None:
            return
        if test.type != "test_command" or test.children[0].type != "[[" or self.is_hidden(node):
            return
        right = above.children[2]  # the grammar reads other patterns in two ways
        if right.type not in _SAME_TREE and not BARE.fullmatch(self.code.text(right)):
            return
        if self.code.data[node.start - 1 : node.end + 1] not in {b" = ", b" == "}:
            return
        label = self.code.text(above).replace(b"==", b"=")
        mark = self.mark("equal", label, int(node.type == "=="), node)
        yield Form(node.start, node.end, (Alt(mark, (b"=",), (b"==",)),))

    def function_forms(self, node: Node) -> Iterator[Form]:
        """``f()`` or ``function f``."""
        body = node.child("body")
        if not self.is_bash or node.type != "function_definition" or body is None:
            return
        head = self.code.data[node.start : body.start]
        is_word = head.startswith(b"function")
        found = (_WORD_HEAD if is_word else _PLAIN_HEAD).fullmatch(head)
        if found is None or body.type != "compound_statement" or self.is_hidden(node):
            return
        name, gap = found[1], found[2] or b" "
        if self.code.data[body.start : body.start + 1] != b"{" or name in _BUILTINS:
            return
        other = name + b"()" + gap if is_word else b"function " + name + gap
        mark = self.mark("function", name, int(is_word), node)
        yield Form(node.start, body.start, (alt(mark, (head,), (other,)),))

    def source_forms(self, node: Node) -> Iterator[Form]:
        """``.`` or ``source``."""
        name = self._command(node)
        if not self.is_bash or name not in {b".", b"source"} or len(node.children) < 2:
            return
        if self.is_hidden(node) or not self._is_plain(b"source", b"."):
            return
        first = node.children[0]
        mark = self.mark("source", self.code.text(node)[len(name) :], int(name != b"."), node)
        yield Form(first.start, first.end, (Alt(mark, (b".",), (b"source",)),))

    def loop_forms(self, node: Node) -> Iterator[Form]:
        """``:`` or ``true``."""
        above = node.parent
        name = self._command(node)
        if above is None or above.type not in LOOPS or name not in {b":", b"true"}:
            return
        is_alone = self.code.text(node) == name and self.code.data[node.end : node.end + 1] in {
            *(b";", b"\n"),
        }
        if not is_alone or above.children[1] is not node or not self._is_plain(b"true", b":"):
            return
        if self.is_hidden(node):
            return
        mark = self.mark("loop", b"", int(name == b"true"), node)
        yield Form(node.start, node.end, (Alt(mark, (b":",), (b"true",)),))

    def _command(self, node: Node) -> bytes:
        """The name of a plain command, empty for anything else."""
        if node.type != "command" or node.children[0].type != "command_name":
            return b""
        return self.code.text(node.children[0])
