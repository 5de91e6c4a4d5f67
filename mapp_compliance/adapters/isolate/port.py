"""The port `Isolation`: outside bytes go to the limited child and come back as values."""

import json
from collections.abc import Sequence

from mapp_compliance.adapters.isolate.runner import run_isolated
from mapp_compliance.attribution import Part, Unwrapped, parts_from_json, parts_to_json
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import shown
from mapp_compliance.watermark import Layout, layout_from_json

TEMPLATES = "mapp_compliance.adapters.render.tasks"  # by name only: adapters are strangers


class IsolatedChild:
    """One child process for each call."""

    def parts(self, files: Sequence[tuple[str, bytes]]) -> Unwrapped:
        """The unwrapped and decoded parts of a sample set, with notes on what was cut."""
        asked = parts_to_json(Unwrapped(tuple(Part(data, name) for name, data in files)))
        answer = run_isolated("unwrap_and_view", asked)
        found = parts_from_json(answer.output)
        return Unwrapped(found.parts, (*found.notes, *answer.gaps))

    def compile_template(
        self, path: str, data: bytes, delimiters: Sequence[str]
    ) -> tuple[Layout, tuple[str, ...]]:
        """A template as a layout of one file, and the walls that could not be built."""
        try:
            text = data.decode()
        except UnicodeDecodeError as err:
            raise InvalidInput(
                f"{shown(path)} is not UTF-8 at byte {err.start}; save it as UTF-8", where=path
            ) from err
        asked = {"path": path, "text": text, "delimiters": list(delimiters)}
        answer = run_isolated("compile_template", json.dumps(asked).encode(), table=TEMPLATES)
        return layout_from_json(answer.output), answer.gaps
