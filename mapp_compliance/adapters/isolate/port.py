"""The port `Isolation`: outside bytes go to the limited child and come back as values."""

import json
from collections.abc import Sequence

from mapp_compliance.adapters.isolate.comparing import Question, commonality_in
from mapp_compliance.adapters.isolate.layouts import layouts_from_lines, pairs_to_json
from mapp_compliance.adapters.isolate.limits import Limits
from mapp_compliance.adapters.isolate.readings import (
    looked_from_lines,
    observation_in,
    question_of,
    to_read,
)
from mapp_compliance.adapters.isolate.runner import Answer, Stopped, run_isolated
from mapp_compliance.attribution import (
    Commonality,
    Declared,
    Part,
    Unwrapped,
    parts_from_json,
    parts_to_json,
)
from mapp_compliance.attribution.parts import MAX_LABEL_CHARS
from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import MIB, shown
from mapp_compliance.watermark import (
    Layout,
    Observation,
    PackageFile,
    SiteMap,
    layout_from_json,
)

LONGEST_LABEL_CHARS = 4 * MAX_LABEL_CHARS  # of a path in a sample set; its end tells most
COMPARING = "mapp_compliance.adapters.isolate.comparing"
SIDE_CARS = "mapp_compliance.adapters.isolate.layouts"
READINGS = "mapp_compliance.adapters.isolate.readings"
TEMPLATES = "mapp_compliance.adapters.render.tasks"  # by name only: adapters are strangers
# An ordinary pattern takes milliseconds on the largest package seen; the start takes a second.
SIDE_CAR_LIMITS = Limits(cpu_s=10, wall_s=30)

# Beside its parts a reading holds the words of one part and the views of another. One random part
# of 255 MiB took 2.3 GiB. Estimated: a sample of 256 MiB that unpacks to as much as a child may has
# 464 MiB of parts, as base64 620, and with the words of text up to 900.
READING_LIMITS = Limits(
    memory_bytes=4096 * MIB,
    cpu_s=600,
    wall_s=1200,
    input_bytes=800 * MIB,
    output_bytes=1200 * MIB,
)
# The corpus goes in as well, and is cut as the sample is: some seconds for each MiB of text.
COMPARING_LIMITS = Limits(
    memory_bytes=4096 * MIB, cpu_s=1200, wall_s=2400, input_bytes=800 * MIB, output_bytes=64 * MIB
)


class IsolatedChild:
    """One child process for each call."""

    def parts(self, files: Sequence[tuple[str, bytes]]) -> Unwrapped:
        """The unwrapped and decoded parts of a sample set, with notes on what was cut."""
        answer = run_isolated("unwrap_and_view", parts_to_json(_named(files)))
        found = parts_from_json(answer.output)
        return Unwrapped(found.parts, (*found.notes, *answer.gaps))

    def look(
        self, files: Sequence[tuple[str, bytes]], maps: Sequence[SiteMap]
    ) -> tuple[Unwrapped, tuple[int, ...]]:
        """The parts of a sample set, and how many letter sites of each map they show."""
        answer = _answer("look", question_of(maps, _named(files)))
        found, located = looked_from_lines(answer.output, len(maps))
        return Unwrapped(found.parts, (*found.notes, *answer.gaps)), located

    def read(self, parts: Sequence[Part], site_map: SiteMap) -> Observation:
        """What the parts show of the sites of a map."""
        answer = _answer("read", question_of([site_map], to_read(Unwrapped(tuple(parts)))))
        return observation_in(answer.output, site_map)

    def compare(
        self,
        sample: Sequence[tuple[str, bytes]],
        artifact: Sequence[tuple[str, bytes]],
        corpus: Sequence[tuple[str, bytes]],
        of_format: Sequence[tuple[str, bytes]],
        declared: Declared,
    ) -> Commonality:
        """What a sample shares with an artifact, and how rare it is among the operator's files."""
        question = Question(_labelled(sample), artifact, corpus, of_format, declared).to_lines()
        try:
            answer = run_isolated("compare", question, table=COMPARING, limits=COMPARING_LIMITS)
        except Stopped as err:
            raise Stopped(
                "the sample could not be compared within the limits of its process "
                f"({COMPARING_LIMITS.cpu_s} s, {COMPARING_LIMITS.memory_bytes // MIB} MiB), so "
                "nothing is concluded from it; submit fewer files at once, or name a smaller "
                "corpus",
                task="compare",
            ) from err
        return commonality_in(answer.output)

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

    def lay_out_marks(
        self, pairs: Sequence[tuple[PackageFile, PackageFile]]
    ) -> tuple[list[Layout], tuple[str, ...]]:
        """Files with side-cars as layouts, in order, and the walls that could not be built."""
        try:
            answer = run_isolated(
                "lay_out_marks", pairs_to_json(pairs), table=SIDE_CARS, limits=SIDE_CAR_LIMITS
            )
        except Stopped as err:
            names = ", ".join(shown(marks.path) for _, marks in pairs[:5])
            raise InvalidInput(
                f"a pattern in {names} does not come to an end within {SIDE_CAR_LIMITS.cpu_s} s, "
                "or the package is too large for it; write it without repeats inside repeats, or "
                "give offset and length in its place",
                where=pairs[0][1].path,
            ) from err
        return layouts_from_lines(answer.output), answer.gaps


def _named(files: Sequence[tuple[str, bytes]]) -> Unwrapped:
    return Unwrapped(tuple(Part(data, name) for name, data in _labelled(files)))


def _labelled(files: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    return [(_label(name), data) for name, data in files]


def _answer(task: str, question: bytes) -> Answer:
    """The answer of a task that reads. Raises Stopped, in words about the sample."""
    try:
        return run_isolated(task, question, table=READINGS, limits=READING_LIMITS)
    except Stopped as err:
        raise Stopped(
            "the sample could not be read within the limits of its process "
            f"({READING_LIMITS.cpu_s} s, {READING_LIMITS.memory_bytes // MIB} MiB), so nothing is "
            "concluded from it; submit fewer or smaller files at once, or name the advisory",
            task=task,
        ) from err


def _label(name: str) -> str:
    """The name of a file as the list of parts may hold it: whoever leaks chooses any name."""
    return shown(name)[-LONGEST_LABEL_CHARS:]
