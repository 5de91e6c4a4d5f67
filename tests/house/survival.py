"""The page of what survives a leak, written from the result files of the benches.

``make docs`` writes it with the other reference pages, and the same test holds it to its source.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.house.tree import ROOT

RESULTS = ROOT / "bench" / "results"
OURS = ("ours, points and natural marks", "ours, points alone")
LANGUAGES = {
    "python": "Python",
    "c": "C",
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "bash": "Bash",
    "powershell": "PowerShell",
}
DOES = {
    "as it is": "passes it on as it is",
    "lines of Windows": "saves it with line ends of Windows",
    "tabs": "turns spaces into tabs",
    "NFKC": "normalises Unicode (NFKC)",
    "typed again as ASCII": "types it again, or drops all that is not ASCII",
    "copied from a web page": "copies it out of a web page",
    "source of a web page": "publishes it as a web page",
    "quoted mail": "quotes it in a mail",
    "as a patch": "sends it as a patch",
    "half": "passes on a half of the lines",
    "a quarter": "passes on a quarter of the lines",
    "a tenth": "passes on a tenth of the lines",
    "one function": "passes on the longest function alone",
    "within another file": "puts it into another file",
    "behind another file": "joins it to another file",
    "comments stripped": "strips all comments",
    "renamed": "renames everything",
    "renamed, stripped, clang-format LLVM": "renames, strips comments, formats (C)",
    "renamed, stripped, Invoke-Formatter": "renames, strips, formats (PowerShell, emulated)",
    "case by chance, emulated": "draws the case of each letter (PowerShell, emulated)",
    "parsed and printed": "parses it and prints the tree (Python)",
    "minified": "minifies it (python-minifier)",
    "compiled and stripped": "compiles and strips it (C, Python)",
    "terser": "minifies it, names kept (terser)",
    "terser -m": "minifies it, names shortened (terser -m)",
    "terser -m, prettier": "minifies it, then formats it again",
    "terser -c -m": "minifies and compresses it (terser -c -m)",
    "two copies, one picked": "mixes two copies, any at each difference",
    "two copies, by turns": "mixes two copies by turns",
    "three copies, one picked": "mixes three copies, any at each difference",
    "three copies, by turns": "mixes three copies by turns",
    "three copies, the most": "mixes three copies by majority",
    "two copies, sign by sign": "mixes two copies sign by sign",
}


def survival_page() -> str:
    """What a leaker does, and what of each kind of mark is left."""
    lines = [
        "# What survives a leak",
        "",
        "Each figure is from a result file in `bench/results`, which says how it was measured, "
        "with which files and seeds. A cell tells in how many leaks the right copy was named. "
        "Where nothing is said of wrong names there were none; a leak that names nobody is a "
        "valid result, a wrong name is not.",
        "",
        "**Points** are values that the author declared ([points](points.md)): payload bytes, "
        "nonces, names. **Natural marks** are forms of the code that mean the same, found by "
        "`mapp` itself in Python, C, JavaScript, TypeScript, shell scripts and PowerShell, whose "
        "tools are emulated here by the rules that they document.",
    ]
    sections = (_peers, _marks, _minifiers, _payload, _ocr, _files, _capacity)
    return "\n".join([*lines, *(line for each in sections for line in each())]) + "\n"


def _result(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return found


def _peers() -> Iterator[str]:
    found = _result("peers")
    tools = found["tools"]
    best = [name for name in tools if name in OURS or "comment" in name or name == "stegsnow"]
    files = ", ".join(f"{len(held)} {LANGUAGES[name]}" for name, held in found["files"].items())
    yield from ("", "## Programs, beside tools that hide text in text", "")
    yield (
        f"The same programs ({files}) for {found['recipients']} recipients (`bench.peers`). Each "
        "has a comment and three declared values in its midst. The other tools hide the number "
        "of the copy in that comment, by characters of no width; stegsnow by spaces at line ends."
    )
    yield from _missing(found["missing"])
    yield from ("", found["how_it_was_run"]) if "how_it_was_run" in found else ()
    yield ""
    yield from _head(["what the leaker does", *best])
    hows = dict.fromkeys(how for name in best for how in tools[name]["table"])
    for how in _in_order(hows):
        cells = (_cell(tools[name]["table"].get(how, {}).values()) for name in best)
        yield _line([DOES.get(how, f"formats it ({how})"), *cells])
    yield ""
    whole = {name: sum(_is_whole(tools[name]["table"].get(how)) for how in hows) for name in best}
    yield (
        f"Of these {len(hows)} ways every copy was named in: "
        + "; ".join(f"{count} ({name})" for name, count in whole.items())
        + ". A mark of one piece comes whole from one of those who mix their copies, unless they "
        "mix within it. Whoever compares two copies sees where they differ, though, and need only "
        "type the comment again; of ours nothing is left when the declared values are changed and "
        "the program is written anew."
    )
    yield ""
    yield (
        "Does a copy still compile, and was somebody else named? Here each tool is told with its "
        "other use as well, where it may put its mark anywhere in the file."
    )
    yield ""
    yield from _head(["tool", "copies", "broken copies", "leaks", "right", "wrong"])
    for name, row in tools.items():
        calls = row["calls"]
        numbers = row["copies"], row["broken_copies"], row["leaks"]
        right, wrong = calls.get("right", 0), calls.get("wrong", 0)
        bound = f"{wrong} (at most {row['wrong_at_most']:.2%})"
        yield _line([name, *map(str, numbers), str(right), bound])


def _is_whole(table: Mapping[str, Mapping[str, int]] | None) -> bool:
    """True when all copies that could be leaked in this way were named."""
    calls = {call for row in (table or {}).values() for call in row if not call.startswith("tool")}
    return calls == {"right"}


def _missing(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield ""
        yield f"Not measured, for it was not there: {', '.join(names)}."


def _marks() -> Iterator[str]:
    found = _result("marks")["languages"]
    held = [name for name in LANGUAGES if name in found]
    yield from ("", "## Programs without any point: natural marks alone", "")
    files = ", ".join(
        f"{found[name]['with_40_sites']['files']} of {found[name]['files']} {LANGUAGES[name]}"
        for name in held
    )
    yield (
        "Files of 4 to 40 KB of libraries that nothing was tuned on (`bench.marks`); told for "
        f"those with at least 40 sites ({files}), at 1000 recipients. Of a mix whoever took part "
        "is right. A file with fewer sites names nobody, or should carry points."
    )
    yield ""
    yield from _head(["what the leaker does", *(LANGUAGES[name] for name in held)])
    tables = [found[name]["with_40_sites"]["table"] for name in held]
    for how in _in_order(dict.fromkeys(how for table in tables for how in table)):
        rows = ([table[how]["1000"]] if how in table else [] for table in tables)
        yield _line([DOES.get(how, f"formats it ({how})"), *map(_cell, rows)])
    yield ""
    for name in held:
        row = found[name]
        calls, bound = row["calls"]["1000"], row["wrong_at_most"]["1000"]
        yield (
            f"- {LANGUAGES[name]}: {row['leaks']} leaks of all {row['files']} files; "
            f"{calls['right']} right, {calls['refused']} refused, {calls['wrong']} wrong "
            f"(at most {bound:.2%}); of unmarked originals {row['originals_that_named_somebody']} "
            "named anybody."
        )
    yield from (
        "",
        "Of the sites that these files have, how many are read; wrong ones in brackets.",
    )
    yield "Syntax is order, branches and operators; words are quotes, bases, braces and comments."
    yield ""
    yield from _head(["language", "what the leaker does", "syntax", "words", "without those set"])
    for name in held:
        for how, row in found[name].get("read", {}).items():
            shares = (_share(row.get(kind)) for kind in ("syntax", "lexical", "kept"))
            yield _line([LANGUAGES[name], DOES.get(how, f"formats it ({how})"), *shares])
    yield ""
    yield "*Without those set*: families that a formatter sets to its own form are not counted."
    yield "Renaming changes words in comments of C and JavaScript too, and so erases their marks."


def _minifiers() -> Iterator[str]:
    found = _result("minifiers")["languages"]
    yield from ("", "## What minifiers leave", "")
    yield (
        "Of the marks in the syntax of the same files (`bench.minifiers`). A tool leaves a mark "
        "when its output differs once that mark alone is turned; of the others both forms give "
        "the same bytes. Bounds are at 95 %."
    )
    yield ""
    head = ["language", "tool", "marks", "left", "read of those left", "at least", "read wrong"]
    yield from _head(head)
    for language in (name for name in LANGUAGES if name in found):
        for tool, row in found[language]["read"].items():
            shares = (f"{row['right_of_left']:.1%}", f"{row['right_of_left_at_least']:.1%}")
            counts = (str(row["sites"]), str(row["left"]))
            wrong = f"{row['wrong_of_all']:.1%}"
            yield _line([LANGUAGES[language], tool, *counts, *shares, wrong])


def _share(row: Mapping[str, float] | None) -> str:
    return f"{row['right']:.1%} ({row['wrong']:.1%}) of {row['sites']}" if row else "-"


def _payload() -> Iterator[str]:
    found = _result("payload")["leaks"]
    yield from ("", "## The payload alone, written anew", "")
    yield (
        f"A probe's payload with five points, in {found['forms']} forms that were fixed before "
        "the reader was (`bench.payload`): other languages, hex, base64, compressed, under a key, "
        "captured, compiled."
    )
    yield ""
    yield (
        f"{found['right']} of {found['leaks']} leaks named the right copy, {found['wrong']} a "
        f"wrong one (at most {found['wrong_at_most']:.2%}). No other tool has such marks."
    )


def _ocr() -> Iterator[str]:
    found = _result("ocr")
    yield from ("", "## Printed, scanned and recognised", "")
    yield (
        "Programs and documents of 4 to 16 KB, printed and read by tesseract (`bench.ocr`), for "
        f"{found['recipients']} recipients; a scanned page is turned a little, is not quite sharp, "
        "and carries grain."
    )
    yield ""
    yield from _head(["kind", "sharp pages", "scanned pages", "sites read, scanned", "wrong"])
    for kind, row in found["kinds"].items():
        name, *more = kind.split(", ")
        sites = row["scanned"]["sites"]
        share = sites["right"] / sum(sites.values())
        cells = (_cell([row[quality]["calls"]]) for quality in ("sharp", "scanned"))
        told = ", ".join((LANGUAGES.get(name, name), *more))
        yield _line([told, *cells, f"{share:.0%}", str(sites["wrong"])])


def _files() -> Iterator[str]:
    found = _result("files")["kinds"]
    yield from ("", "## Documents, data, captures, archives", "")
    yield (
        "With points, wordings or natural marks as their kind has them (`bench.files`), 100 "
        "recipients."
    )
    yield ""
    yield from _head(["kind", "right", "all of these were told", "these were not, or not all"])
    for kind, row in found.items():
        table = {how: each["calls"] for how, each in row["alterations"].items()}
        whole = [how for how, calls in table.items() if set(calls) == {"right"}]
        others = [f"{how} ({_cell([table[how]])})" for how in table if how not in whole]
        yield _line([kind, _cell(table.values()), ", ".join(whole), ", ".join(others)])


def _capacity() -> Iterator[str]:
    found = _result("capacity")["languages"]
    yield from ("", "## How many natural marks files hold", "")
    yield "A survey of files of 1 to 100 KB (`bench.capacity`)."
    yield ""
    yield from _head(
        ["language", "files", "sites a KB", "with 40 sites", "with 96", "of 8 KB and more: with 40"]
    )
    for name in (each for each in LANGUAGES if each in found):
        row = found[name]
        large = row["files_of_8_kb_with_sites"]["40"]
        shares = (f"{row['files_with_sites'][least]['share']:.0%}" for least in ("40", "96"))
        large_told = f"{large['files']} of {large['of']}"
        density = f"{row['sites_a_kb']:.1f}"
        yield _line([LANGUAGES[name], str(row["files"]), density, *shares, large_told])


def _in_order(hows: Mapping[str, None]) -> list[str]:
    """Plain changes, tools, then mixes."""
    place = {how: number for number, how in enumerate(DOES)}
    tools = place["renamed"] - 0.5
    return sorted(hows, key=lambda how: place.get(how, tools))


def _cell(rows: Any) -> str:
    counted = {"right": 0, "wrong": 0, "tried": 0}
    for row in rows:
        counted["right"] += row.get("right", 0)
        counted["wrong"] += row.get("wrong", 0)
        counted["tried"] += sum(n for call, n in row.items() if not call.startswith("tool"))
    if not counted["tried"]:
        return "-"
    wrong = f", {counted['wrong']} wrong" if counted["wrong"] else ""
    return f"{counted['right']} of {counted['tried']}{wrong}"


def _head(names: Sequence[str]) -> Iterator[str]:
    yield _line(names)
    yield "|" + "---|" * len(names)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
