"""Values of data files that were written anew in another notation, and what must not be read."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from itertools import product

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark import SiteMap, lay_out, mark, parse_package, read, survey
from mapp_compliance.watermark.package import PackageFile
from mapp_compliance.watermark.reading.fields import MAX_FIELDS_BYTES
from mapp_compliance.watermark.reading.records import NOTATIONS
from tests.watermark.packs.boxes import word

Rows = list[dict[str, object]]
MANIFEST = PackageFile("mapp-package.toml", b"[package]\nmin_code_sites = 1\n")
ROWS: Rows = [
    {
        "note": note,
        "port": 20080 + number,
        "token": f"/run/{'abcde'[number] * 8}",
        "mode": "plain mode",
        "seen": 7 + number,
    }
    for number, note in enumerate(
        ("first packet of the session", "answer of the old service", "length field is too long")
    )
]
MARKS = "".join(
    f"""
[[mark]]
name = "token{number}"
kind = "nonce"
match = '/run/({"abcde"[number] * 8})'
charset = "lower"
[[mark]]
name = "port{number}"
kind = "integer"
match = '({20080 + number})'
low = 20000
high = 29999
[[mark]]
name = "mode{number}"
kind = "choice"
match = '(?s){20080 + number}.*?(plain mode)'
values = ["plain mode", "quick mode"]
"""
    for number in range(len(ROWS))
)


def as_xml(rows: Rows) -> str:
    items = ("".join(f"  <{key}>{value}</{key}>\n" for key, value in row.items()) for row in rows)
    return "<seen>\n" + "".join(f"<item>\n{item}</item>\n" for item in items) + "</seen>\n"


def as_attributes(rows: Rows) -> str:
    return "".join(
        "<item " + " ".join(f'{key}="{value}"' for key, value in row.items()) + "/>\n"
        for row in rows
    )


def as_sections(head: str, quote: str) -> Callable[[Rows], str]:
    def text(rows: Rows) -> str:
        return "\n".join(
            head.format(number)
            + "".join(
                f"{key} = {value if isinstance(value, int) else quote + str(value) + quote}\n"
                for key, value in row.items()
            )
            for number, row in enumerate(rows)
        )

    return text


def as_csv(rows: Rows) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


NOTATION: Mapping[str, Callable[[Rows], str]] = {
    "JSON": lambda rows: json.dumps({"seen": rows}, indent=2),
    "minified JSON": lambda rows: json.dumps({"seen": rows}, separators=(",", ":")),
    "YAML": lambda rows: yaml.safe_dump({"seen": rows}, sort_keys=False, width=30),
    "Python": lambda rows: f"SEEN = {rows!r}\n",
    "XML": as_xml,
    "XML attributes": as_attributes,
    "TOML": as_sections("[[seen]]\n", '"'),
    "INI": as_sections("[seen{}]\n", ""),
    "CSV": as_csv,
}
ORDERS: Mapping[str, Callable[[Rows], Rows]] = {
    "as it is": lambda rows: rows,
    "keys sorted": lambda rows: [dict(sorted(row.items())) for row in rows],
    "keys backwards": lambda rows: [dict(sorted(row.items(), reverse=True)) for row in rows],
    "records backwards": lambda rows: rows[::-1],
}


def surveyed(text: str, marks: str = MARKS):
    files = [PackageFile("a.dat", text.encode()), PackageFile("a.dat.marks.toml", marks.encode())]
    package = parse_package([*files, MANIFEST])
    return package, survey(package, lay_out(package, {}), bytes(32))


def symbols(text: str, site_map: SiteMap, piece) -> tuple[int | None, ...]:
    return read([piece(text.encode())], site_map).symbols


def copied(package, site_map: SiteMap, instance: str):
    """The rows of a copy in JSON, and its codeword."""
    own = word(site_map, instance)
    text = mark(package, site_map, own).files[0].data.decode()
    return json.loads(text)["seen"], own.symbols


@pytest.mark.parametrize(("notation", "order"), [*product(NOTATION, ORDERS)])
def test_a_data_file_reads_in_another_notation_and_order(notation, order, piece):
    package, site_map = surveyed(NOTATION["JSON"](ROWS))
    rows, own = copied(package, site_map, "one")
    assert symbols(NOTATION[notation](ORDERS[order](rows)), site_map, piece) == own


@pytest.mark.parametrize("notation", NOTATION)
def test_a_file_in_any_notation_reads_as_json(notation, piece):
    package, site_map = surveyed(NOTATION[notation](ROWS))
    twin, same = surveyed(NOTATION["JSON"](ROWS))
    rows, own = copied(twin, same, "one")
    marked = mark(package, site_map, word(site_map, "one")).files[0].data.decode()
    assert marked == NOTATION[notation](rows)
    assert symbols(NOTATION["minified JSON"](ORDERS["keys sorted"](rows)), site_map, piece) == own


def test_rows_of_a_table_without_names_are_told_by_their_other_cells(piece):
    package, site_map = surveyed(NOTATION["JSON"](ROWS))
    rows, own = copied(package, site_map, "one")
    table = "\n".join(" | ".join(str(cell) for cell in row.values()) for row in rows)
    seen = symbols(table, site_map, piece)
    assert all(two in (None, one) for one, two in zip(own, seen, strict=True))
    assert sum(symbol is not None for symbol in seen) >= 6


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.data())
def test_records_of_which_pieces_are_left_never_read_wrong(piece, data):
    package, site_map = surveyed(NOTATION["JSON"](ROWS))
    rows, own = copied(package, site_map, data.draw(st.sampled_from("abc")))
    left = [
        {
            key: row[key]
            for key in data.draw(st.permutations(list(row)))[: data.draw(st.integers(1, 5))]
        }
        for row in data.draw(st.permutations(rows))[: data.draw(st.integers(1, 3))]
    ]
    notation = data.draw(st.sampled_from([name for name in NOTATION if name != "CSV"]))
    seen = symbols(NOTATION[notation](left), site_map, piece)
    assert all(two in (None, one) for one, two in zip(own, seen, strict=True))


def test_records_that_run_into_each_other_are_not_read(piece):
    """Each value would stand beside the fields of its own record and of the next one."""
    package, site_map = surveyed(NOTATION["JSON"](ROWS))
    rows, _ = copied(package, site_map, "one")
    flat = "".join(f"{key}={value}\n" for row in rows for key, value in sorted(row.items()))
    tokens = [at for at, site in enumerate(site_map.sites) if site.point.startswith("token")]
    seen = symbols(flat, site_map, piece)
    assert [seen[at] for at in tokens] == [None] * 3


def test_a_field_without_a_mark_is_not_taken_for_one_that_has_it(piece):
    """The fourth record holds a token too, which its author did not mark."""
    plain = {"note": "nobody marked this one", "port": 20999, "token": "/run/zzzzzzzz", "seen": 1}
    _package, site_map = surveyed(NOTATION["JSON"]([*ROWS, plain]))
    assert symbols(NOTATION["YAML"]([plain]), site_map, piece) == (None,) * len(site_map.sites)


def test_two_copies_in_two_notations_contradict_each_other(piece):
    package, site_map = surveyed(NOTATION["JSON"](ROWS))
    (one, own), (two, other) = (copied(package, site_map, name) for name in ("one", "two"))
    seen = symbols(NOTATION["YAML"](one) + "---\n" + NOTATION["YAML"](two), site_map, piece)
    both = [mine if mine == theirs else None for mine, theirs in zip(own, other, strict=True)]
    assert list(seen) == both


SETTINGS = "service:\n  callback-host: lab.example\n  listen-port: 20081\n  mode: plain mode\n"
SETTINGS_MARKS = """
[[mark]]
name = "port"
kind = "integer"
match = '(20081)'
low = 20000
high = 29999
[[mark]]
name = "mode"
kind = "choice"
match = '(plain mode)'
values = ["plain mode", "quick mode"]
"""


def test_settings_are_read_from_a_file_of_the_environment(piece):
    package, site_map = surveyed(SETTINGS, SETTINGS_MARKS)
    own = word(site_map, "one")
    marked = mark(package, site_map, own).files[0].data.decode()
    host, port, mode = (line.split(": ")[1] for line in marked.splitlines()[1:])
    left = f"export CALLBACK_HOST='{host}'\nexport MODE='{mode}'\nLISTEN_PORT={port}\n"
    assert symbols(left, site_map, piece) == own.symbols


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(alphabet="{}[]<>/=:;,-#'\"\\ \n\tab1&|", max_size=120))
def test_any_text_gives_records(text):
    for notation in NOTATIONS:
        for record in notation(text.encode()):
            assert all(field.text and 0 <= field.at <= len(text) for field in record.fields)


@pytest.mark.parametrize(
    "part", ["{", "[" * 9, '"', "'", "<a>", "</a>", "- ", "a: ", "a,", "a=1;", "{a:", " a: 1\n"]
)
def test_long_texts_of_one_sign_show_nothing(part, piece):
    _package, site_map = surveyed(NOTATION["JSON"](ROWS))
    text = "first packet of the session" + part * (MAX_FIELDS_BYTES // len(part) // 8)
    assert set(symbols(text, site_map, piece)) == {None}
