"""The house rules as data: what is looked for, where it is allowed, and why.

A rule yields the names of the places that break it. An exception names a rule, a place and its
reason; one that is no longer needed must be taken out, so the list can only shrink.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.house.tree import Function, Module, dotted, walk

MOST_MODULE_LINES, MOST_FUNCTION_LINES = 400, 60
CLOCKS = {
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "datetime.utcfromtimestamp",
    "date.today",
    "time.time",
    "time.time_ns",
}
NAIVE = {"datetime.utcnow", "datetime.utcfromtimestamp", "datetime.today", "date.today"}
NO_ROOMS = {"utils", "util", "helpers", "helper", "common", "services", "managers", "misc"}
LOGGERS = {"debug", "info", "warning", "error", "exception", "critical"}
SECRET_WORDS = {
    "body",
    "codeword",
    "contact",
    "content",
    "data",
    "files",
    "identity",
    "key",
    "mark_key",
    "payload",
    "sealed",
    "secret",
    "symbols",
    "text",
    "title",
    "word",
}
MUTABLE_CALLS = {"list", "dict", "set", "bytearray", "defaultdict", "deque", "Counter"}


@dataclass(frozen=True)
class Rule:
    """One rule: the places that break it, outside the rooms where it does not hold."""

    name: str
    why: str
    broken: Callable[[Module], Iterator[str]]
    not_in: tuple[str, ...] = ()  # path prefixes

    def faults(self, module: Module) -> list[str]:
        """``path::place`` of each fault."""
        if module.path.startswith(self.not_in):
            return []
        return sorted({f"{module.path}::{place}" for place in self.broken(module)})


def _calls(module: Module) -> Iterator[tuple[str, ast.Call]]:
    for place, node in walk(module.tree):
        if isinstance(node, ast.Call):
            yield place, node


def _clock(module: Module) -> Iterator[str]:
    for place, node in walk(module.tree):
        name = dotted(node)
        if any(name == clock or name.endswith(f".{clock}") for clock in CLOCKS):
            yield place


def _naive(module: Module) -> Iterator[str]:
    for place, call in _calls(module):
        name = dotted(call.func)
        zone = any(word.arg in {"tz", "tzinfo"} for word in call.keywords)
        if any(name == naive or name.endswith(f".{naive}") for naive in NAIVE):
            yield place
        elif name.endswith(("datetime.now", "datetime.fromtimestamp")):
            if not (zone or len(call.args) > name.endswith("fromtimestamp")):
                yield place
        elif name in {"datetime", "datetime.datetime"} and len(call.args) < 8 and not zone:
            yield place


def _print(module: Module) -> Iterator[str]:
    return (place for place, call in _calls(module) if dotted(call.func) == "print")


def _broad(module: Module) -> Iterator[str]:
    for place, node in walk(module.tree):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(
                kind is None or dotted(kind) in {"Exception", "BaseException"} for kind in kinds
            ):
                yield place


def _asserts(module: Module) -> Iterator[str]:
    return (place for place, node in walk(module.tree) if isinstance(node, ast.Assert))


def _state(module: Module) -> Iterator[str]:
    for node in module.tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and "Final" not in ast.unparse(node.annotation):
            targets = [node.target]
        if targets and _is_mutable(getattr(node, "value", None)):
            for target in targets:
                name = dotted(target)
                if not (name.isupper() or name == "__all__"):
                    yield name


def _is_mutable(value: ast.AST | None) -> bool:
    displays = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
    if isinstance(value, ast.Call):
        return dotted(value.func).split(".")[-1] in MUTABLE_CALLS
    return isinstance(value, displays)


def _globals(module: Module) -> Iterator[str]:
    return (place for place, node in walk(module.tree) if isinstance(node, ast.Global))


ENGINES = ("adapters/store/sqlite.py", "adapters/store/postgres.py")


def _engine(module: Module) -> Iterator[str]:
    for place, call in _calls(module):
        if dotted(call.func).endswith("create_engine"):
            hidden = [word.value for word in call.keywords if word.arg == "hide_parameters"]
            quiet = len(hidden) == 1 and isinstance(hidden[0], ast.Constant) and hidden[0].value
            if module.path not in ENGINES or not quiet:
                yield place


def _chance(module: Module) -> Iterator[str]:
    for place, node in walk(module.tree):
        if isinstance(node, ast.Import):
            names = {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {node.module or ""}
        else:
            continue
        if names & {"random", "numpy.random", "secrets"}:
            yield place or "import"


def _logged(module: Module) -> Iterator[str]:
    for place, call in _calls(module):
        front, _, method = dotted(call.func).rpartition(".")
        if method in LOGGERS and front.split(".")[-1] in {"log", "logger", "logging", "_log"}:
            told = [node for part in [*call.args, *call.keywords] for node in ast.walk(part)]
            if {dotted(node).split(".")[-1] for node in told} & SECRET_WORDS:
                yield place


def _module_text(module: Module) -> Iterator[str]:
    if not ast.get_docstring(module.tree):
        yield "module"


def _public_text(module: Module) -> Iterator[str]:
    yield from _undocumented(module.tree.body, "")


def _undocumented(body: list[ast.stmt], front: str) -> Iterator[str]:
    for node in body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not _is_shape(node):
            yield f"{front}{node.name}"
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(node.body, f"{front}{node.name}.")


def _is_shape(node: ast.stmt) -> bool:
    """A body of three dots: an overload, or a member whose protocol says what it is."""
    body = getattr(node, "body", [])
    return len(body) == 1 and ast.unparse(body[0]) == "..."


def _long_module(module: Module) -> Iterator[str]:
    if module.text.count("\n") > MOST_MODULE_LINES:
        yield "module"


def _long_function(module: Module) -> Iterator[str]:
    for place, node in walk(module.tree):
        if isinstance(node, Function):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_FUNCTION_LINES:
                yield place


def _room_name(module: Module) -> Iterator[str]:
    if NO_ROOMS & set(module.path.removesuffix(".py").split("/")):
        yield "module"


RULES = (
    Rule(
        "clock",
        "a run must be repeatable, so time is handed in; only the edge reads it",
        _clock,
        ("adapters/", "cli/context.py", "app/"),
    ),
    Rule("aware time", "a time without zone cannot say whether the embargo held", _naive),
    Rule("print", "stdout is the JSON contract; libraries log or return", _print, ("cli/",)),
    Rule(
        "broad except",
        "a caught surprise is a hidden fault; only the edge may catch everything",
        _broad,
        ("cli/", "jobs/"),
    ),
    Rule("assert", "python -O removes it, so it guards nothing; raise a MappError", _asserts),
    Rule("module state", "two workspaces in one process must not meet", _state),
    Rule("global", "two workspaces in one process must not meet", _globals),
    Rule("one engine", "database errors print their parameters: titles, names, keys", _engine),
    Rule("chance", "marks are derived, never drawn; chance is handed in as bytes", _chance),
    Rule("logged secrets", "logs outlive embargoes; they hold ids and digests only", _logged),
    Rule("module docstring", "a reader starts at the rules of the module", _module_text),
    Rule("public docstring", "the types do not say shape, unit, error and source", _public_text),
    Rule("module size", "past that there is a second idea inside", _long_module),
    Rule("function size", "past that there is a second idea inside", _long_function),
    Rule("room name", "a thing without a room usually lacks a name", _room_name),
)
