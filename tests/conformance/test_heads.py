"""What keeps tree heads, the fake and the real one."""

from typing import Any


def head(size: int, root: str = "root") -> bytes:
    return f"test/log\n{size}\n{root}\n".encode()


def test_heads_come_back_oldest_first(heads: Any) -> None:
    for size in (9, 10, 2, 1000):
        heads.keep(head(size))
    assert heads.kept() == [head(2), head(9), head(10), head(1000)]


def test_nothing_is_kept_at_first(heads: Any) -> None:
    assert heads.kept() == []


def test_the_same_head_twice_is_kept_once(heads: Any) -> None:
    heads.keep(head(3))
    heads.keep(head(3))
    assert heads.kept() == [head(3)]
