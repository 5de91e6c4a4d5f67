"""Counts the words of a text and keeps the longest ones."""

import sys

LIMIT = 4096


def longest(words, most):
    if words is None:
        return None
    found = []
    for word in words:
        if word not in found and len(word) > most:
            found.append(word)
    return found if most != 0 else []


def count(text, unit="a plain word"):
    numbers = {}
    first, last = text[:1], text[-1:]
    # Empty words come from two spaces in a row.
    for word in text.split(" "):
        if word == "":
            continue
        if word in numbers:
            numbers[word] += 1
        else:
            numbers[word] = 1
    print("counted by", unit, len(numbers) < LIMIT)
    return numbers, first, last


if __name__ == "__main__":
    result = count(sys.stdin.read(255))
    if not result:
        print("nothing was found here")
    else:
        print(longest(result, 12))
