"""The toy target: a reader of name cards with one deliberate mistake. It is no real product.

It reads one card from standard input and writes one line to standard output:

    CARD/1 length=<bytes of the body> fields=<number of fields>
    <name>=<value>
    ...

A sound card is answered with ``OK <fields>`` and exit status 0, a malformed one with
``REFUSED <reason>`` and exit status 2. The mistake: the number of fields is compared with the
body only while the body is short. A long body with more fields than announced meets the
reader's own assertion: one line that starts with ``ASSERTION`` and exit status 70. Nothing
else happens; the program keeps no state and opens neither file nor socket.

>>> read_card(b"CARD/1 length=9 fields=1\\nname=Ann\\n")
'OK 1'
>>> read_card(b"CARD/1 length=9 fields=2\\nname=Ann\\n")
Traceback (most recent call last):
    ...
ValueError: 2 fields announced, 1 found
"""

import sys

MAX_CARD_BYTES = 4096
SHORT_BODY_BYTES = 160  # the deliberate mistake: longer bodies are not compared
EXIT_OK, EXIT_REFUSED, EXIT_ASSERTION = 0, 2, 70


def read_card(card: bytes) -> str:
    """The answer to a sound card.

    Raises:
        ValueError: the card is malformed.
        AssertionError: the deliberate failure.
    """
    header, _, body = card.partition(b"\n")
    length, announced = _numbers(header)
    if length != len(body):
        raise ValueError(f"length {length} announced, {len(body)} found")
    fields = [line.partition(b"=") for line in body.splitlines()]
    if any(not sign or not name for name, sign, _ in fields):
        raise ValueError("a field is not name=value")
    if announced > len(fields) or (length <= SHORT_BODY_BYTES and announced != len(fields)):
        raise ValueError(f"{announced} fields announced, {len(fields)} found")
    shelf: list[bytes | None] = [None] * announced
    for index, (name, _, _) in enumerate(fields):
        if index >= len(shelf):
            raise AssertionError(f"field {index + 1} has no place on a shelf of {announced}")
        shelf[index] = name
    return f"OK {len(fields)}"


def _numbers(header: bytes) -> tuple[int, int]:
    words = header.split(b" ")
    if len(words) != 3 or words[0] != b"CARD/1":
        raise ValueError("the card does not start with CARD/1")
    values = []
    for word, name in zip(words[1:], (b"length=", b"fields="), strict=True):
        digits = word.removeprefix(name)
        if digits == word or not digits.isdigit() or len(digits) > 4:
            raise ValueError("length or fields is not a number below 10000")
        values.append(int(digits))
    return values[0], values[1]


def main() -> int:
    """Read one card from standard input, answer it, give the exit status."""
    try:
        answer, status = read_card(sys.stdin.buffer.read(MAX_CARD_BYTES)), EXIT_OK
    except ValueError as err:
        answer, status = f"REFUSED {err}", EXIT_REFUSED
    except AssertionError as err:
        answer, status = f"ASSERTION {err}", EXIT_ASSERTION
    sys.stdout.write(f"{answer}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
