"""Which comments become sites, which never do, and that tools and compilers see nothing of it."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.carriers.c import CARRIER as C
from mapp_compliance.watermark.carriers.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from mapp_compliance.watermark.carriers.python import CARRIER as PYTHON
from mapp_compliance.watermark.natural.comments import plain
from mapp_compliance.watermark.natural.sound import rendered
from tests.house.tree import ROOT

FAMILIES = frozenset({"stop", "capital"})
SLASHED = pytest.mark.parametrize("carrier", [C, JAVASCRIPT, TYPESCRIPT, TSX], ids=lambda x: x.name)
HEAD = "f();\ng();\n"
BARE = "int f(void);\nint g(void);\n"


def laid(carrier, text: str):
    head = {C: BARE, PYTHON: "f()\ng()\n"}.get(carrier, HEAD)
    data = (head + text).encode()
    return data, carrier.lay_out("a" + carrier.suffixes[0], data, FAMILIES, ()).layout


def sites(carrier, text: str) -> list[tuple[str, str]]:
    """(family, form in the text) of each site."""
    _, layout = laid(carrier, text)
    return sorted((point.form, point.original.decode()) for point in layout.points)


def turned(carrier, text: str) -> str:
    """The text with all its sites in their other form."""
    data, layout = laid(carrier, text)
    word = {point.name: 1 - int(point.original) for point in layout.points}
    other = rendered(layout.files[0].segments, word)
    assert carrier.keeps(data, other, FAMILIES)
    return other.decode().split("g();\n")[-1].split("g(void);\n")[-1].split("g()\n")[-1]


@SLASHED
@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("// it is done by then\n", "// It is done by then.\n"),
        ("/* It is done by then. */\n", "/* it is done by then */\n"),
        ("/* it is done\n * by then */\n", "/* It is done\n * by then. */\n"),
        ("/* it is done\n   by then\n */\n", "/* It is done\n   by then.\n */\n"),
        ("// it is done\n// by then\n", "// It is done\n// by then.\n"),
        ("/* it is done */\n/* by then */\n", "/* It is done */\n/* by then. */\n"),
        ("int; // it is done\n     // by then\n", "int; // It is done\n     // by then.\n"),
        ("/** it is so\r\n *\r\n * it is on\r\n */", "/** It is so.\r\n *\r\n * It is on.\r\n */"),
        ("// it is so:\n// - of it\n// it is on\n", "// It is so:\n// - of it\n// it is on\n"),
        ("// it is so:\n//\n// x = y;\n//\n// it\n", "// It is so:\n//\n// x = y;\n//\n// it\n"),
        ("/* it is so:\n\n x = y;\n\n it is on */", "/* It is so:\n\n x = y;\n\n It is on. */"),
        ("// it is so ü then\n", "// It is so ü then.\n"),
    ],
)  # fmt: skip
def test_a_paragraph_has_its_first_letter_and_its_last_stop(carrier, text, other):
    if carrier is C:
        text, other = (
            each.replace("h(1);", "int h;").replace("\n      //", "\n       //")
            for each in (text, other)
        )
    assert turned(carrier, text) == other


@SLASHED
def test_what_is_said_of_a_parameter_has_its_stop_alone(carrier):
    text = (
        "/** It is so then:\n * @param {number} x is how many of it\n * @example it is this\n */\n"
    )
    assert sites(carrier, text) == [("capital", "1"), ("stop", "0")]
    assert "how many of it.\n * @example it is this\n" in turned(carrier, text)


DIRECTIVES = """
// @ts-ignore it is not known here
// @ts-expect-error it is not known here
// eslint-disable-next-line it is not wanted here
/* eslint it: is so */
/* global it is the one */
/* globals it, is, the, one */
/* exported it is the one */
// jshint it is so then
// tslint:disable it is so
// prettier-ignore because it is so
// biome-ignore lint: it is so
// deno-lint-ignore it is so
/// <reference it="is the one" />
//# sourceMappingURL=it is the one
//@ sourceURL=it is the one
/*! it is kept by tools */
/* @license it is the one */
/** @preserve it is kept so */
/* webpackChunkName: "it is the one" */
/* webpackPrefetch: it is true then */
/* @vite-ignore it is so then */
/* istanbul ignore next: it is never so */
/* c8 ignore next it is so */
/* v8 ignore next it is so */
/* @__PURE__ it is so then */
/*#__PURE__ it is so then */
/* @jsx it is the one */
// @flow it is so then
/** @type {it} is the one */
/** @typedef {it} is the one */
/** @jest-environment it is the one */
/** @internal it is the one */
// it falls through to this
/* it is a fallthrough here */
/* fall through to the next */
/* FALLTHRU to the next one */
// no default is the one
/* NOTREACHED it is the end */
/* not reached by any one */
// NOLINT it is so then
// NOLINTNEXTLINE it is so then
/* clang-format off as it is */
// clang-tidy it is so then
// SPDX-License-Identifier: it is the one
/* LCOV_EXCL_START it is so */
/* coverity[it] is the one */
/* cppcheck-suppress it is so */
// IWYU pragma: it is so
/* ARGSUSED it is so then */
/* -*- mode: it is so -*- */
// vim: set it is so
// #region it is the one
// TODO it is not done
// $Id: it is the one$
// generated by the tool it is
// do not edit as it is
/* Copyright it is of them */
// this is the license of it
// it is so; \\
// it is ??/ so then
// x = it is so
// if (it) is so then
// return it as it is
// it.is(so then);
// it is so then {
//it is so then
/*it is so then */
/** it is so *
 */
// so then
""".strip().splitlines()


@SLASHED
@pytest.mark.parametrize("text", [line for line in DIRECTIVES if not line.startswith(" */")])
def test_comments_for_tools_and_lawyers_and_code_are_left_alone(carrier, text):
    text = text if text.startswith("//") or text.endswith("*/") else text + "\n */"
    assert sites(carrier, text + "\nint x;\n" if carrier is C else text + "\nh();\n") == []


@SLASHED
def test_a_licence_in_several_comments_is_left_alone_as_a_whole(carrier):
    text = "/* it is a file of ours */\n\n/* Copyright us */\n\n// you may use it as it is\n"
    assert sites(carrier, text) == []


@SLASHED
def test_the_first_lines_of_a_file_are_left_alone(carrier):
    data = b"// it is so then\n// and that is so\n"
    assert carrier.lay_out("a" + carrier.suffixes[0], data, FAMILIES, ()).layout.points == ()


@SLASHED
def test_names_drawings_and_lists_are_left_alone(carrier):
    drawn = "/* it is   set   in columns */\n", "// it is | so | then\n", "// - it is so then\n"
    assert [sites(carrier, text) for text in drawn] == [[], [], []]
    name = "Parsed things are kept\n"
    assert sites(carrier, f"// {name}") == [("stop", "0")]


@SLASHED
def test_of_comments_with_the_same_words_at_an_end_none_varies_there(carrier):
    one = "// It is so for all of them {}\nint;\n// that is so for each one of these {}\nint;\n"
    text = one.format("now:", "then") + one.format("here:", "then")
    assert sites(carrier, text) == []
    assert len(sites(carrier, one.format("now", "then"))) == 4


@pytest.mark.parametrize(
    "text",
    [
        "#define X 1 /* it is the one */\n",
        "#define X(a) \\\n  f(a) /* it is the one */\n",
        "#define X(a) \\\n  /* it is the one */ \\\n  f(a)\n",
        "#include <x.h> // it is the one\n",
        "#endif /* it is the end */\n",
        "int x; // it is so \\\n then as it is\n",
    ],
)
def test_comments_in_directives_of_c_are_left_alone(text):
    assert sites(C, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = function () {/* it is a text\n in disguise */}.toString();\n",
        "x = { y() { /* it is a text */ } };\n",
        "x = () => { // it is a text\n};\n",
        "x = `// it is a text ${ /* it is a text */ 1}`;\n",
        "x = '// it is a text';\ny = /[/]/* it is a text */;\n",
    ],
)
def test_comments_that_a_script_may_read_are_left_alone(text):
    assert sites(JAVASCRIPT, text) == []


def test_a_comment_of_a_shebang_is_none_of_these():
    data = b"#!/usr/bin/env node it is so\n\n\n// it is so then\n"
    found = JAVASCRIPT.lay_out("a.js", data, FAMILIES, ()).layout
    assert sorted(point.form for point in found.points) == ["capital", "stop"]


@SLASHED
@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("// it is so then\n", "// it is not so\n"),
        ("// it is so then\n", ""),
        ("// NOLINT it is so\n", "// nolint it is so\n"),
        ("// it is so: a, b\n", "// it is so: a b\n"),
    ],
)
def test_a_copy_with_another_comment_is_refused(carrier, one, two):
    head = BARE if carrier is C else HEAD
    same = carrier.keeps((head + one).encode(), (head + one).encode(), FAMILIES)
    assert (same, carrier.keeps((head + one).encode(), (head + two).encode(), FAMILIES)) == (
        True,
        False,
    )


def sample(carrier) -> bytes:
    (path,) = (ROOT / "tests" / "vectors" / "carriers" / carrier.name).glob("sample.*")
    return path.read_bytes()


@pytest.mark.parametrize("carrier", [C, JAVASCRIPT, TYPESCRIPT, TSX, PYTHON], ids=lambda x: x.name)
def test_a_marked_file_has_the_same_bytes_beside_its_comments(carrier):
    data = sample(carrier)
    tree = carrier.lay_out("a" + carrier.suffixes[0], data, FAMILIES, ()).layout
    names = [point.name for point in tree.points]
    sign = re.compile(rb"#[^\n]*" if carrier is PYTHON else rb"/\*.*?\*/|//[^\n]*", re.DOTALL)

    @settings(max_examples=20, deadline=None, derandomize=True)
    @given(st.lists(st.integers(0, 1), min_size=len(names), max_size=len(names)))
    def check(word):
        marked = rendered(tree.files[0].segments, dict(zip(names, word, strict=True)))
        assert sign.sub(b"", marked) == sign.sub(b"", data)
        told, own = (list(map(plain, sign.findall(each))) for each in (marked, data))
        assert told == own

    assert names
    check()
