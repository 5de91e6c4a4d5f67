"""The source tree as the house tests see it: where it is, and each module parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mapp_compliance"
# What the demo hands out and leaks is data: scripts of the story's people, not our house.
STORY_FILES = ("demo/package/", "demo/scenarios/")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One module of the package: path relative to the package, text and tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The first folder, or the module itself on the top floor."""
        return self.path.split("/")[0].removesuffix(".py")


def parsed(path: str, text: str) -> Module:
    """A module from its text."""
    return Module(path, text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the package, sorted by path."""
    paths = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    return tuple(
        parsed(name, path.read_text("utf-8"))
        for name, path in sorted(paths.items())
        if not name.startswith(STORY_FILES)
    )


def walk(tree: ast.AST, name: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Every node with the dotted name of the class or function around it."""
    for node in ast.iter_child_nodes(tree):
        inside = name
        if isinstance(node, Function | ast.ClassDef):
            inside = f"{name}.{node.name}" if name else node.name
        yield inside, node
        yield from walk(node, inside)


def dotted(node: ast.AST) -> str:
    """``a.b.c`` of a name or attribute; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        front = dotted(node.value)
        return f"{front}.{node.attr}" if front else ""
    return ""
