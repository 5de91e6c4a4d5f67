"""Checks that data files still parse, each raising ValueError with the line.

No value of the file is repeated in a message. Nothing is loaded from outside: no entity, no tag.

>>> check_xml(b"<a><b/></a>")
>>> check_yaml(b"a: [1, 2")
Traceback (most recent call last):
...
ValueError: line 1 does not parse
"""

import json
import tomllib
from collections.abc import Callable, Mapping
from xml.parsers import expat


def check_json(data: bytes) -> None:
    """JSON as RFC 8259 has it, and the numbers that Python's reader adds."""
    try:
        json.loads(data)
    except json.JSONDecodeError as err:
        raise ValueError(f"line {err.lineno} does not parse") from err
    except (UnicodeDecodeError, RecursionError) as err:
        raise ValueError("it does not decode") from err


def check_json_lines(data: bytes) -> None:
    """One JSON document a line; empty lines are passed over."""
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            if line.strip():
                check_json(line)
        except ValueError as err:
            raise ValueError(f"line {number} does not parse") from err


def check_xml(data: bytes) -> None:
    """Well-formed XML; external entities are not looked at."""
    try:
        expat.ParserCreate().Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as err:
        raise ValueError(f"line {getattr(err, 'lineno', None) or '?'} does not parse") from err


def check_yaml(data: bytes) -> None:
    """YAML 1.1 as events, so that no tag is resolved and no alias unfolded."""
    import yaml  # only where a YAML file is checked: the room is light without it

    try:
        for _ in yaml.parse(data, yaml.SafeLoader):
            pass
    except yaml.MarkedYAMLError as err:
        line = err.problem_mark.line + 1 if err.problem_mark else "?"
        raise ValueError(f"line {line} does not parse") from err
    except (yaml.YAMLError, ValueError, RecursionError) as err:
        raise ValueError("it does not decode") from err


def check_toml(data: bytes) -> None:
    """TOML 1.0."""
    try:
        tomllib.loads(data.decode())
    except (ValueError, RecursionError) as err:
        raise ValueError("it does not parse") from err


CHECKS: Mapping[str, Callable[[bytes], None]] = {
    ".json": check_json,
    ".jsonl": check_json_lines,
    ".ndjson": check_json_lines,
    ".sarif": check_json,
    ".stix": check_json,
    ".xml": check_xml,
    ".svg": check_xml,
    ".xhtml": check_xml,
    ".yaml": check_yaml,
    ".yml": check_yaml,
    ".toml": check_toml,
}
