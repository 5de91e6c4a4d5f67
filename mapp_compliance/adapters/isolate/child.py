"""The inside of the limited process: read, close the walls, compute, write.

It never unpickles, takes its task from a table in a listed module, and writes one head line of
JSON before the answer: ``{"ok", "gaps"}``, or ``{"ok": false, "message", "where", "gaps"}``.
"""

import codecs
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from typing import BinaryIO

from mapp_compliance.adapters.isolate.limits import Limits
from mapp_compliance.adapters.isolate.walls import close_all_files_and_network
from mapp_compliance.errors import InvalidInput, MappError

Task = Callable[[bytes], Iterable[bytes]]  # the answer may come in pieces

# Modules that may offer a table TASKS: name -> Task.
TABLES = (
    "mapp_compliance.adapters.isolate.tasks",
    "mapp_compliance.adapters.isolate.comparing",
    "mapp_compliance.adapters.isolate.layouts",
    "mapp_compliance.adapters.isolate.readings",
    "mapp_compliance.adapters.render.tasks",
)
# Codecs are files that are loaded on first use, which is too late behind the walls.
ENCODINGS = ("ascii", "latin-1", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp437", "idna")


def main(table: str, task: str, limits_json: str) -> None:
    """Do one task with stdin and stdout; called by the runner in a fresh interpreter."""
    out = sys.stdout.buffer
    try:
        limits = Limits.from_json(limits_json)
        function = find_task(table, task)
    except MappError as err:
        _head(out, {"ok": False, "message": err.message, "gaps": ()})
        return
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    os.chdir("/")
    gaps = close_all_files_and_network(limits)
    _answer(out, function, sys.stdin.buffer.read(), gaps)


def find_task(table: str, task: str) -> Task:
    """The function of that name. Raises InvalidInput unless table and task are listed."""
    if table not in TABLES:
        raise InvalidInput("this module offers no tasks for a limited process; list it in TABLES")
    tasks = importlib.import_module(table).TASKS
    if task not in tasks:
        raise InvalidInput("there is no such task; see TASKS of the module")
    found: Task = tasks[task]
    return found


def _answer(out: BinaryIO, function: Task, data: bytes, gaps: tuple[str, ...]) -> None:
    try:
        pieces = function(data)
    except MappError as err:
        _head(out, {"ok": False, "message": err.message, "where": err.where, "gaps": gaps})
        return
    except MemoryError:
        message = "it needs more memory than a limited process may have; submit a smaller file"
        _head(out, {"ok": False, "message": message, "gaps": gaps})
        return
    _head(out, {"ok": True, "gaps": gaps})
    for piece in pieces:
        out.write(piece)
    out.flush()


def _head(out: BinaryIO, fields: dict[str, object]) -> None:
    out.write(json.dumps(fields).encode() + b"\n")
    out.flush()
