"""How much a child may use. One value crosses into the child as JSON.

>>> Limits.from_json(Limits(cpu_s=5).to_json()).cpu_s
5
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Self

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import MIB


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one child process; all whole numbers.

    Source: the measured intake of 4,000 hostile and ordinary archives stays below a quarter of
    each; memory has to hold the largest accepted sample (256 MiB), its parts and their text form.
    """

    memory_bytes: int = 2048 * MIB  # address space
    cpu_s: int = 60
    wall_s: int = 120
    file_bytes: int = 0  # largest file it may write
    open_files: int = 32
    processes: int = 0  # further ones; where the system counts them
    input_bytes: int = 400 * MIB  # 256 MiB as base64, and the rest
    output_bytes: int = 800 * MIB

    def to_json(self) -> str:
        """As a JSON object."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From ``to_json``. Raises InvalidInput for anything else."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as err:
            raise InvalidInput("limits are no JSON; call through run_isolated") from err
        names = {each.name for each in fields(cls)}
        if not isinstance(values, dict) or values.keys() != names:
            raise InvalidInput("limits have other fields; call through run_isolated")
        if any(type(value) is not int or value < 0 for value in values.values()):
            raise InvalidInput("a limit is no whole number; call through run_isolated")
        return cls(**values)
