"""Templates of an author compiled once into a layout: literal bytes and slots.

Rules: the template renders once, with functions that record points instead of giving values, so
everything else it computes is settled here and marking a copy is only filling slots. Nothing is
loaded: no include, import, extends; nothing is left to chance. Compiling belongs in a limited
process: a template can run for long and fill memory.

>>> layout = compile_template("note.txt.j2", "id={{ nonce(8, name='id') }};", DELIMITERS)
>>> layout.files[0].segments
(b'id=', Slot(point='id', encoder='raw', item=None), b';')
"""

import codecs
import functools
import re
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

import jinja2
import jinja2.debug  # the engine loads it with the first fault, too late in a limited process
from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from mapp_compliance.adapters.render.placeholders import (
    END,
    SENTINEL,
    START,
    Misuse,
    Placeholder,
    is_keyed,
)
from mapp_compliance.adapters.render.recorder import Recorder
from mapp_compliance.errors import InvalidInput, MappError
from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.points import FILTERS, encode
from mapp_compliance.watermark.package import DELIMITERS, TEMPLATE_SUFFIX
from mapp_compliance.watermark.sites import LaidOutFile, Layout, Slot

ENGINE = ("jinja2", jinja2.__version__)

codecs.lookup("unicode-escape")  # as late otherwise: loaded with the first quoted text

_OUTSIDE_FILES = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_ADDRESS = re.compile(r"<[^<>\n]{1,200} at 0x[0-9a-f]{6,16}>")  # another one each time
_SOURCE_NAME = "<template>"  # what the engine calls a template made from text, in tracebacks


def compile_template(path: str, text: str, delimiters: Sequence[str] = DELIMITERS) -> Layout:
    """The layout of the one file that a template renders to.

    Args:
        path: of the template, ``NAME.j2``; the layout's file is ``NAME``.
        delimiters: six, as in package.DELIMITERS.
    Raises:
        InvalidInput: with file and line of the fault.
    """
    try:
        _check_text(text)
        layout = _rendered(path, text, delimiters)
        if _rendered(path, text, delimiters) != layout:
            raise Misuse(
                "the template renders to another text each time; take out what shows an object "
                "or counts over several runs"
            )
    except Exception as err:
        raise InvalidInput(_sentence(err), where=_place(path, err)) from err
    return layout


def _rendered(path: str, text: str, delimiters: Sequence[str]) -> Layout:
    """The layout of one rendering."""
    recorder = Recorder(path.removesuffix(TEMPLATE_SUFFIX))
    environment = _environment(recorder, text, delimiters)
    _check_alone(environment.parse(text))
    rendered = environment.from_string(text).render()
    if _ADDRESS.search(rendered):
        raise Misuse("the template prints an object and not a text; print what it holds")
    segments = _segments(rendered, recorder.slots)
    used = {segment.point for segment in segments if isinstance(segment, Slot)} | recorder.used
    points = tuple(recorder.points[name] for name in sorted(used))
    return Layout((LaidOutFile(recorder.path, segments),), points)


class _Environment(SandboxedEnvironment):
    """A sandbox in which texts that hold a placeholder cannot be taken apart."""

    intercepted_binops = frozenset(SandboxedEnvironment.default_binop_table)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, str | Placeholder):  # what a list or dict holds may be taken out whole
            _refuse_keyed(obj)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, str):
            _refuse_keyed(obj)
        return super().getitem(obj, argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        _refuse_keyed(left, right)
        return super().call_binop(context, operator, left, right)


class _Variant(Extension):
    """``{% variant 'name' %}a{% or %}b{% endvariant %}``: captures each wording, prints one."""

    tags = frozenset({"variant"})  # type: ignore[assignment]  # a set that nobody changes

    def parse(self, parser: Parser) -> list[nodes.Node]:
        line = next(parser.stream).lineno
        name = parser.parse_expression()
        captures: list[nodes.Node] = []
        wordings: list[nodes.Expr] = []
        while True:
            body = parser.parse_statements(("name:or", "name:endvariant"))
            wording = parser.free_identifier(line)
            wordings.append(wording)
            captures.append(nodes.AssignBlock(wording, None, body, lineno=line))
            if next(parser.stream).test("name:endvariant"):
                break
        listed = nodes.List(wordings, lineno=line)
        function = nodes.Name("variant", "load", lineno=line)
        call = nodes.Call(function, [name, listed], [], None, None, lineno=line)
        return [*captures, nodes.Output([call], lineno=line)]


def _environment(recorder: Recorder, text: str, delimiters: Sequence[str]) -> _Environment:
    expression, block, comment = zip(delimiters[::2], delimiters[1::2], strict=True)
    environment = _Environment(
        variable_start_string=expression[0],
        variable_end_string=expression[1],
        block_start_string=block[0],
        block_end_string=block[1],
        comment_start_string=comment[0],
        comment_end_string=comment[1],
        newline_sequence="\r\n" if "\r\n" in text else "\n",
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        finalize=recorder.print,
        extensions=[_Variant],
    )
    del environment.filters["random"]  # these two draw lots
    del environment.globals["lipsum"]
    environment.filters = {name: _guarded(one) for name, one in environment.filters.items()}
    environment.filters |= {name: functools.partial(_write, name) for name in FILTERS}
    environment.globals |= recorder.functions()
    return environment


def _guarded(filter_function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(filter_function)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        _refuse_keyed(*args, *kwargs.values())
        return filter_function(*args, **kwargs)

    return guarded


def _write(encoder: str, value: object) -> object:
    """A writing filter: on a value to come it is noted, on plain text it is done at once."""
    if isinstance(value, Placeholder):
        return value.written_by(encoder)
    _refuse_keyed(value)
    if isinstance(value, str):
        return encode(encoder, value.encode()).decode()
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return encode(encoder, tuple(item.encode() for item in value)).decode()
    raise Misuse(f"{encoder} writes a text or a list of texts; hand it one")


def _refuse_keyed(*values: object) -> None:
    if any(is_keyed(value) for value in values):
        raise Misuse(
            "a keyed value can only be printed, with or without a writing filter such as pybytes; "
            "take the other operation out"
        )


def _check_text(text: str) -> None:
    if START in text or END in text:
        raise Misuse("U+10FFFC and U+10FFFD have a use here; take them out of the template")
    if len({text.count("\r\n"), text.count("\n"), text.count("\r")} - {0}) > 1 or (
        "\r" in text and "\r\n" not in text
    ):
        raise Misuse("the template mixes line ends; use CR LF or LF throughout")


def _check_alone(tree: nodes.Template) -> None:
    for node in tree.find_all(_OUTSIDE_FILES):
        raise jinja2.TemplateSyntaxError(
            "a template stands alone; take include, import and extends out", node.lineno
        )


def _segments(rendered: str, slots: Sequence[Slot]) -> tuple[bytes | Slot, ...]:
    pieces = SENTINEL.split(rendered)
    if any(START in piece or END in piece for piece in pieces):
        raise Misuse("a keyed value was cut in pieces; print it whole")
    segments: list[bytes | Slot] = []
    for number, piece in enumerate(pieces):
        if number % 2:
            segments.append(slots[int(piece)])
        elif piece:
            segments.append(piece.encode())
    return tuple(segments)


def _sentence(err: Exception) -> str:
    """What went wrong, without text of the template; engine messages of these kinds quote names."""
    if isinstance(err, MappError):
        return err.message
    if isinstance(err, Misuse):
        return str(err)
    if isinstance(err, jinja2.TemplateSyntaxError):
        return f"the template does not parse: {shown(err.message or '').rstrip('.')}; mend it"
    if isinstance(err, jinja2.UndefinedError | TypeError):
        return f"the template does not render: {shown(str(err))}; mend it"
    return f"the template does not render ({type(err).__name__}); mend it"


def _place(path: str, err: Exception) -> str:
    line = err.lineno if isinstance(err, jinja2.TemplateSyntaxError) else _line(err.__traceback__)
    return f"{shown(path)}:{line}" if line else shown(path)


def _line(trace: TracebackType | None) -> int | None:
    """The template's line in a traceback, innermost first."""
    line = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == _SOURCE_NAME:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
