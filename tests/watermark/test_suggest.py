from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.watermark import PackageFile, suggest_marks
from mapp_compliance.watermark.carriers.points import lay_out_marks, suggestion
from mapp_compliance.watermark.sites import Point, PointKind


def proposed(data: bytes) -> tuple[Point, ...]:
    text = suggest_marks(PackageFile("poc.py", data))
    return lay_out_marks(
        PackageFile("poc.py", data), PackageFile("poc.py.marks.toml", text.encode())
    ).points


def test_a_long_run_of_one_byte_is_proposed_as_a_filler():
    (point,) = proposed(b'pad = "' + b"A" * 40 + b'"\n')
    assert (point.kind, point.length) == (PointKind.FILLER, 40)


def test_random_looking_constants_are_proposed_as_nonces():
    points = proposed(b"a = '00ffee1122334455'\nb = 'Zk93hfQ02Lmx81Tb'\n")
    assert [point.kind for point in points] == [PointKind.NONCE, PointKind.NONCE]


def test_a_word_with_a_random_tail_is_proposed_as_a_name():
    (point,) = proposed(b'pipe = "session_k3x9q2"\n')
    assert (point.kind, point.prefix) == (PointKind.NAME, b"session_")


def test_a_value_that_stands_twice_is_placed_by_offset():
    data = b'x = "AAAAAAAAAAAAAAAAAAAA"\nx = "AAAAAAAAAAAAAAAAAAAA"\n'
    assert "offset = 5" in suggest_marks(PackageFile("poc.py", data))
    assert len(proposed(data)) == 2


def test_ordinary_code_gets_no_proposal():
    assert proposed(b'import os\nprint("hello world", os.path.join("folder", "name.txt"))\n') == ()


pieces = st.sampled_from(
    [b'"', b"'", b"A" * 20, b"0" * 16, b"deadbeef01234567", b"run_a1b2c3", b"\n", b"\xff", b" = "]
)


@settings(derandomize=True, max_examples=200)
@given(st.lists(pieces, max_size=14).map(b"".join))
def test_what_is_proposed_always_parses(data):
    assert isinstance(proposed(data), tuple)


def test_each_proposal_says_what_it_is_worth():
    text = suggest_marks(PackageFile("poc.py", b'pad = "' + b"A" * 40 + b'"\nid = "run_a1b2c3"\n'))
    assert "# 40 code sites\n[[mark]]" in text
    assert "# a tag of 31 bits\n[[mark]]" in text


def test_a_value_in_hex_is_marked_in_hex():
    (point,) = proposed(b'data = bytes.fromhex("' + b"41" * 24 + b'")\n')
    assert (point.kind, point.length, point.original) == (PointKind.FILLER, 24, b"A" * 24)


def test_addresses_for_documentation_times_and_constants_are_proposed():
    points = proposed(
        b"HOST = '192.0.2.80'\nSEEN = '2024-01-02T03:04:05Z'\nMAGIC = 0x5f3a9c1e\n"
        b"REAL = '10.1.2.3'\n"
    )
    assert [point.kind for point in points] == [
        PointKind.INTEGER,
        PointKind.TIMESTAMP,
        PointKind.NONCE,
    ]


def test_padding_of_a_binary_file_is_proposed_by_offset():
    (point,) = proposed(b"\x89FONT\0\1\2" + bytes(100) + b"end")
    assert (point.kind, point.length) == (PointKind.FILLER, 100)


def test_the_sum_of_all_proposals_is_told():
    found = suggestion(PackageFile("poc.py", b'pad = "' + b"A" * 40 + b'"\nid = "run_a1b2c3"\n'))
    assert (found.code_sites, found.tag_bits) == (40, 31)
