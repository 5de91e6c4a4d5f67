"""Adapters that are made when they are first used, since most verbs never use them.

A call of the command line that lists copies must not wait for a template engine, a parser of leaks
or the walls of a limited process: their imports take longer than all that it does.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

T = TypeVar("T")


def late(make: Callable[[], T]) -> T:
    """What ``make`` gives, made when something of it is asked for, once."""
    return cast("T", _Late(make))


class _Late:
    """Stands in the place of an adapter and hands everything on to it."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make: Callable[[], object] | None = make
        self._made: object = None

    def __getattr__(self, name: str) -> Any:
        if self._make is not None:
            self._made, self._make = self._make(), None
        return getattr(self._made, name)
