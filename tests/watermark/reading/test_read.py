"""The whole reader on a package with every kind of point."""

import argparse
import base64
import json
import random
import re
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark.reading import (
    MAX_PART_BYTES,
    METHOD,
    locate,
    observation_json,
    read,
)
from mapp_compliance.watermark.reading.runs import LONG_KEY_BYTES
from mapp_compliance.watermark.sites import OTHER, Point, PointKind, Slot

SEEDS = range(20)
LIBRARY = sorted(Path(argparse.__file__).parent.glob("*.py"))


def wrong(reader, copy, observation):
    """Ids of the sites that were read, and not as they were marked."""
    return [
        site.id
        for site, told, symbol in zip(
            reader.site_map.sites, copy.word, observation.symbols, strict=True
        )
        if symbol not in (None, told)
    ]


def read_of(reader, observation, *points):
    """How many sites of these points were read."""
    return sum(observation.symbols[at] is not None for at in reader.places(*points))


@pytest.mark.parametrize("seed", SEEDS)
def test_an_unchanged_copy_reads_as_it_was_marked(reader, seed):
    copy = reader.mark(seed)
    assert read(copy.parts, reader.site_map).symbols == copy.word


def test_the_order_of_parts_does_not_matter(reader):
    copy = reader.mark(1)
    there, back = read(copy.parts, reader.site_map), read(copy.parts[::-1], reader.site_map)
    assert there == back


def test_no_parts_give_erasures_only(reader):
    observation = read([], reader.site_map)
    assert observation.symbols == (None,) * len(reader.site_map.sites)
    assert observation.method == METHOD


@pytest.mark.parametrize("seed", SEEDS)
def test_new_spacing_quotes_and_line_breaks_leave_nothing_wrong(reader, piece, seed):
    copy = reader.mark(seed)
    text = copy.script.replace(b'"', b"'").replace(b", ", b",\n        ").replace(b" = ", b"=")
    observation = read([piece(text.replace(b"\n\n", b"\n"))], reader.site_map)
    assert wrong(reader, copy, observation) == []
    assert observation.symbols[: len(reader.places("fields"))] == copy.word[:2]
    assert read_of(reader, observation, "mode", "filler", "nonce", "port", "start") == 69


@pytest.mark.parametrize("seed", SEEDS)
def test_stripped_comments_leave_all_of_the_script_readable(reader, piece, seed):
    copy = reader.mark(seed)
    text = re.sub(rb'#[^\n]*|""".*?"""', b"", copy.script)
    observation = read([piece(text)], reader.site_map)
    assert wrong(reader, copy, observation) == []
    assert read_of(reader, observation, "fields", "mode", "filler", "nonce", "port") == 70


@pytest.mark.parametrize("seed", SEEDS)
def test_renamed_variables_leave_everything_in_the_script_readable(reader, piece, seed):
    copy = reader.mark(seed)
    text = copy.script
    for at, word in enumerate(
        (b"PROBE_FILLER", b"PROBE_NONCE", b"SESSION_NAME", b"ECHO_PORT", b"SCAN_MODE", b"RETRIES",
         b"NOT_BEFORE", b"headers", b"send")
    ):  # fmt: skip
        text = text.replace(word, b"v%d" % at)
    observation = read([piece(text)], reader.site_map)
    assert wrong(reader, copy, observation) == []
    assert observation.read_sites == len(reader.site_map.sites) - len(reader.places("wording"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_rewrapped_notice_in_html_keeps_its_wording_and_name(reader, piece, seed):
    copy = reader.mark(seed)
    text = textwrap.fill(copy.files["NOTICE.md"].decode().replace("#", ""), 31)
    page = "<p>" + text.replace("copie", "<b>co</b>pie").replace(" ", "&nbsp;") + "</p>"
    observation = read([piece(page.encode())], reader.site_map)
    assert wrong(reader, copy, observation) == []
    assert read_of(reader, observation, "wording", "session") == 2


def test_a_capture_of_filler_and_neighbours_is_read_by_distance(reader, piece):
    copy = reader.mark(3)
    frame = b"\x45\x00\x01" * 20 + copy.files["request.bin"] + b"\x99" * 40
    observation = read([piece(frame)], reader.site_map)
    assert wrong(reader, copy, observation) == []
    assert read_of(reader, observation, "filler", "nonce", "mode") == 67


@pytest.mark.parametrize("key", range(1, 256))
def test_every_one_byte_key_is_found_and_taken_off_the_neighbours(reader, piece, key):
    copy = reader.mark(key)
    hidden = bytes(byte ^ key for byte in copy.files["request.bin"])
    observation = read([piece(b"int x[] =" + hidden + b"ends here")], reader.site_map)
    assert wrong(reader, copy, observation) == []
    assert read_of(reader, observation, "filler", "nonce", "mode") == 67


def test_utf16_text_is_read(reader, piece):
    copy = reader.mark(4)
    observation = read([piece(copy.script.decode().encode("utf-16"))], reader.site_map)
    assert wrong(reader, copy, observation) == []
    assert read_of(reader, observation, "fields", "mode", "filler", "port") == 69


def test_numbers_of_four_bytes_and_backward_payloads_are_read(reader, piece):
    copy = reader.mark(5)
    wide = b"".join(byte.to_bytes(4, "little") for byte in copy.values["filler"])
    for data in (b"\x7fELF\x01\x02\x03" + wide, copy.values["filler"][::-1]):
        observation = read([piece(data)], reader.site_map)
        assert wrong(reader, copy, observation) == []
        assert read_of(reader, observation, "filler") == 64


def test_an_overwritten_tag_is_other_and_a_missing_one_is_nothing(reader, piece):
    copy = reader.mark(6)
    (nonce,), (port,), (start,) = (reader.places(name) for name in ("nonce", "port", "start"))
    text = copy.script.replace(copy.values["nonce"], b"--------")
    observation = read([piece(text.replace(copy.values["port"], b"80"))], reader.site_map)
    assert observation.symbols[nonce] == OTHER
    assert observation.symbols[port] == OTHER
    assert observation.symbols[start] == copy.word[start]
    assert read([piece(b"nothing")], reader.site_map).symbols[port] is None


def test_a_value_found_elsewhere_goes_before_an_overwritten_place(reader, piece):
    copy = reader.mark(6)
    (nonce,) = reader.places("nonce")
    text = copy.script.replace(copy.values["nonce"], b"--------")
    parts = [piece(text), piece(copy.files["request.bin"])]
    assert read(parts, reader.site_map).symbols[nonce] == copy.word[nonce]


def test_a_number_written_in_hexadecimal_is_the_same_number(reader, piece):
    copy = reader.mark(7)
    (port,) = reader.places("port")
    text = copy.script.replace(copy.values["port"], b"0x%x" % int(copy.values["port"]))
    assert read([piece(text)], reader.site_map).symbols[port] == copy.word[port]


def test_a_value_of_its_own_gives_an_erasure(reader, piece):
    copy = reader.mark(8)
    text = copy.script.replace(copy.values["mode"], b"zulu")
    assert read_of(reader, read([piece(text)], reader.site_map), "mode") == 0


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_contradicting_copies_erase_what_differs_and_keep_what_agrees(reader, seed):
    one, two = reader.mark(seed), reader.mark(seed + 1)
    observation = read(one.parts + two.parts, reader.site_map)
    agreed = tuple(
        left if left == right else None for left, right in zip(one.word, two.word, strict=True)
    )
    assert observation.symbols == agreed
    assert sum(row.contradicted for row in observation.health) == agreed.count(None)


@pytest.mark.parametrize("seed", range(0, 40, 2))
def test_two_copies_spliced_give_only_symbols_of_the_two(reader, piece, seed):
    one, two = reader.mark(seed), reader.mark(seed + 1)
    cut = len(one.script) * seed // 40
    observation = read([piece(one.script[:cut] + two.script[cut:])], reader.site_map)
    told = zip(one.word, two.word, observation.symbols, strict=True)
    assert all(symbol in (None, OTHER, left, right) for left, right, symbol in told)


def test_health_counts_every_site_once(reader, piece):
    observation = read([piece(reader.mark(9).script)], reader.site_map)
    assert sum(row.sites for row in observation.health) == len(reader.site_map.sites)
    assert all(row.read + row.erased == row.sites for row in observation.health)
    assert sum(row.read for row in observation.health) == observation.read_sites


def test_spans_point_at_the_bytes_that_were_read(reader, piece):
    copy = reader.mark(10)
    observation = read([piece(copy.script, "poc.py")], reader.site_map)
    offsets = {span.site: span.offset for span in observation.spans}
    assert offsets["filler/0"] == copy.script.index(copy.values["filler"])
    assert offsets["filler/63"] == offsets["filler/0"] + 63
    assert offsets["nonce/0"] == copy.script.index(copy.values["nonce"])


def test_an_observation_turns_into_plain_json(reader):
    told = observation_json(read(reader.mark(11).parts, reader.site_map))
    assert json.loads(json.dumps(told)) == told
    assert "." not in json.dumps(told["symbols"])


def test_a_part_is_read_up_to_a_limit_and_the_method_says_so(make_reader, piece):
    point = Point("mode", PointKind.CHOICE, values=(b"alpha", b"beta"))
    reader = make_reader((point,), {"a.ini": (b"scan_mode = ", Slot("mode"), b"\n")})
    far = b" " * MAX_PART_BYTES + b"scan_mode = beta\n"
    observation = read([piece(far), piece(b"scan_mode = beta\n")], reader.site_map)
    assert read([piece(far)], reader.site_map).symbols == (None,)
    assert observation.symbols != (None,)
    assert observation.method == (
        f"{METHOD}; 1 of 2 parts read up to byte {MAX_PART_BYTES}"
        f"; 1 searched for keys above one byte up to byte {LONG_KEY_BYTES}"
    )


def noise(kind, rng):
    """A file that has nothing to do with the package."""
    match kind:
        case "random":
            return rng.randbytes(6_000)
        case "letters":
            return bytes(rng.choices(b"ABCDEFGHabcdefgh0123456789", k=6_000))
        case "one letter":
            return bytes([rng.randrange(256)]) * 6_000
        case "few letters":
            return bytes(rng.choices(rng.randbytes(3), k=6_000))
        case "base64":
            return base64.encodebytes(rng.randbytes(4_500))
        case "hex":
            return rng.randbytes(3_000).hex().encode()
        case _:
            return rng.choice(LIBRARY).read_bytes()[:6_000]


@pytest.mark.parametrize(
    "kind", ["random", "letters", "one letter", "few letters", "base64", "hex", "library"]
)
def test_strange_files_locate_nothing(reader, piece, kind):
    rng = random.Random(kind)
    parts = [piece(noise(kind, rng)) for _ in range(50)]
    assert locate(parts, reader.site_map) == 0
    assert read(parts, reader.site_map).read_sites == 0


def test_a_payload_alone_locates_its_artifact(reader, piece):
    copy = reader.mark(12)
    data = random.Random(12).randbytes(9_000)
    assert locate([piece(data + copy.values["filler"] + data)], reader.site_map) == 64


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.binary(max_size=300), max_size=3))
def test_any_bytes_give_an_observation(reader, piece, found):
    observation = read([piece(data) for data in found], reader.site_map)
    assert len(observation.symbols) == len(reader.site_map.sites)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=9))))
def test_damaged_scripts_never_raise(reader, piece, seed, edits):
    text = reader.mark(seed).script
    for at, new in edits:
        text = text[:at] + new + text[at + len(new) // 2 :]
    assert len(read([piece(text)], reader.site_map).symbols) == len(reader.site_map.sites)


def test_values_behind_encoders_are_read_in_their_quotes(make_reader, piece):
    mode = Point("mode", PointKind.CHOICE, values=(b"alpha", b"beta"))
    size = Point("size", PointKind.CHOICE, values=(b"7", b"9"))
    pieces = (b"SCAN_MODE = ", Slot("mode", "pystr"), b"\nBUFFER_SIZE = ", Slot("size"), b"\n")
    reader = make_reader((mode, size), {"poc.py": pieces})
    for number in range(4):
        values = (b"beta" if number & 1 else b"alpha", b"9" if number & 2 else b"7")
        text = b"SCAN_MODE = '%s'\nBUFFER_SIZE = %s\n" % values
        raw = tuple(
            symbol ^ site.pad
            for site, symbol in zip(
                reader.site_map.sites, read([piece(text)], reader.site_map).symbols, strict=True
            )
        )
        assert raw == (number & 1, number >> 1)


def test_a_context_that_stands_twice_is_not_used(make_reader, piece):
    mode = Point("mode", PointKind.CHOICE, values=(b"alpha", b"beta"))
    pieces = (b"scan_mode = ", Slot("mode"), b"\nscan_mode = alpha\n")
    reader = make_reader((mode,), {"a.ini": pieces})
    assert read([piece(b"scan_mode = alpha\n")], reader.site_map).symbols == (None,)


def test_two_points_with_the_same_surroundings_are_not_told_apart(make_reader, piece):
    points = tuple(
        Point(name, PointKind.CHOICE, values=(b"alpha", b"beta")) for name in ("one", "two")
    )
    files = {name: (b"scan_mode = ", Slot(name), b"\n") for name in ("one", "two")}
    reader = make_reader(points, files)
    assert read([piece(b"scan_mode = alpha\n")], reader.site_map).symbols == (None, None)
