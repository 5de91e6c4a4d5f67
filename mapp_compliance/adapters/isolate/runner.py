"""Run a task on outside bytes in a process that can do nothing but compute.

The child gets an empty environment, two pipes and its limits: no keyring, no workspace, no
network. Input and answer are bounded, and so is the time. Whatever goes wrong in there becomes
one sentence out here; what the child prints on its own is thrown away.

>>> from mapp_compliance.attribution.parts import Part, Unwrapped, parts_from_json, parts_to_json
>>> sample = parts_to_json(Unwrapped((Part(b"[1,2,3,4,5,6,7,8]", "a.js"),)))
>>> answer = run_isolated("unwrap_and_view", sample)
>>> [part.derivation for part in parts_from_json(answer.output).parts]
['a.js', 'a.js > array']
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from mapp_compliance.adapters.isolate.exchange import Said
from mapp_compliance.adapters.isolate.forked import ForkServer
from mapp_compliance.adapters.isolate.limits import Limits
from mapp_compliance.errors import InvalidInput

TASKS_HERE = "mapp_compliance.adapters.isolate.tasks"
# Numerical libraries start a thread for each core on import, each with its own address space.
ENVIRONMENT: Mapping[str, str] = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
SERVER = ForkServer(ENVIRONMENT)  # of this process


class Stopped(InvalidInput):
    """The child ran into a limit or died, so nothing is known about the bytes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a task gave.

    ``gaps`` names each wall that this machine could not build, such as "network: not blocked".
    """

    output: bytes
    gaps: tuple[str, ...]


def run_isolated(
    task: str, data: bytes, *, table: str = TASKS_HERE, limits: Limits | None = None
) -> Answer:
    """The answer of a task on these bytes.

    Args:
        task: a name in TASKS of the table.
        data: outside bytes.
        table: dotted name of a module that ``child.TABLES`` lists.
        limits: of the child.
    Raises:
        InvalidInput: the task refuses the bytes.
        Stopped: the child ran into a limit or died.
    """
    limits = limits or Limits()
    if len(data) > limits.input_bytes:
        raise InvalidInput(
            f"the input has {len(data)} bytes, more than the {limits.input_bytes} that a limited "
            "process takes; submit a smaller file",
            task=task,
        )
    said = SERVER.exchange(
        "child",
        [table, task, limits.to_json()],
        data,
        wall_s=limits.wall_s,
        output_bytes=limits.output_bytes,
    )
    return _parsed(said, task)


def _parsed(said: Said, task: str) -> Answer:
    if said.stopped or said.status != 0:
        why = said.stopped or f"it ended with status {said.status}"
        raise Stopped(
            f"the bytes could not be looked at: the limited process was stopped, {why}; "
            "submit less at once, or a smaller file",
            task=task,
        )
    head_line, _, output = said.output.partition(b"\n")
    try:
        head = json.loads(head_line)
        ok, gaps = head["ok"], tuple(str(gap) for gap in head["gaps"])
        message = "" if ok else str(head["message"])
        where = head.get("where")
    except (ValueError, KeyError, TypeError, RecursionError) as err:
        raise InvalidInput(
            "the bytes could not be looked at: the limited process gave no answer; "
            "submit a smaller file",
            task=task,
        ) from err
    if not ok:
        raise InvalidInput(message, where=where if isinstance(where, str) else None, task=task)
    return Answer(output, gaps)
