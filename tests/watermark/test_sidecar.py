import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapp_compliance.errors import MappError
from mapp_compliance.watermark import Layout, PackageFile
from mapp_compliance.watermark.carriers.points.sidecar import lay_out_marks
from mapp_compliance.watermark.sites import PointKind, Slot

HEAD = '[[mark]]\nname = "one"\n'


def lay_out(data: bytes, marks: str) -> Layout:
    return lay_out_marks(
        PackageFile("poc.py", data), PackageFile("poc.py.marks.toml", marks.encode())
    )


def test_a_match_puts_group_one_into_a_slot_and_keeps_the_rest():
    layout = lay_out(b'x = "AAAA"\n', HEAD + "kind = 'filler'\nmatch = '\"(A{4})\"'\navoid = '0O'")
    assert layout.files[0].segments == (b'x = "', Slot("one"), b'"\n')
    assert layout.points[0].original == b"AAAA"
    assert b"O" not in layout.points[0].charset


def test_offset_and_length_reach_any_byte_of_a_binary_file():
    layout = lay_out(
        b"\x00\xff\x80\x01", HEAD + "kind = 'filler'\noffset = 1\nlength = 2\ncharset = 'bytes'"
    )
    assert layout.files[0].segments == (b"\x00", Slot("one"), b"\x01")


def test_a_shuffled_list_has_a_slot_for_each_item():
    layout = lay_out(
        b"[a, b, c]", HEAD + "kind='shuffle'\nmatch='.(.*).$'\nitems=['a','b','c']\nseparator=', '"
    )
    assert layout.files[0].segments == (
        b"[",
        Slot("one", item=0),
        b", ",
        Slot("one", item=1),
        b", ",
        Slot("one", item=2),
        b"]",
    )
    assert layout.points[0].kind is PointKind.SHUFFLE


def test_one_name_at_two_places_is_one_point():
    layout = lay_out(
        b"a=7 b=7",
        "[[mark]]\nname='n'\nkind='integer'\nmatch='a=(7)'\nlow=1\nhigh=9\n"
        "[[mark]]\nname='n'\nkind='integer'\nmatch='b=(7)'\nlow=1\nhigh=9\n",
    )
    assert len(layout.points) == 1
    assert len(list(layout.files[0].slots())) == 2


DATA = b"mode = alpha\nkey = 12345678\nkey = 9\n"


@pytest.mark.parametrize(
    ("mark", "line", "words"),
    [
        ("kind = 'choise'", "3:kind", "did you mean 'choice'?"),
        ("kind = 'choice'\nvalue = ['a']", "4:value", "did you mean 'values'?"),
        ("kind = 'choice'\nmatch = 'zzz(z)'\nvalues = ['a', 'b']", "4:match", "finds 0 places"),
        ("kind = 'choice'\nmatch = '(key)'\nvalues = ['a', 'b']", "4:match", "finds 2 places"),
        ("kind = 'choice'\nmatch = 'mode'\nvalues = ['a', 'b']", "4:match", "no group"),
        ("kind = 'choice'\nmatch = 'mode()'\nvalues = ['a', 'b']", "4:match", "group 1"),
        ("kind = 'choice'\nmatch = 'mode('\nvalues = ['a', 'b']", "4:match", "not a regular"),
        ("kind = 'choice'\nmatch = '(alpha)'\nvalues = ['b', 'alpha']", "5:values", "put it first"),
        ("kind = 'choice'\nmatch = '(alpha)'\nvalues = ['alpha']", "5:values", "different texts"),
        ("kind = 'choice'\nmatch = '(alpha)'", "1", "'values' is missing"),
        ("kind = 'filler'\nmatch = '(alpha)'\ncharset = 'digits'", "5:charset", "widen"),
        ("kind = 'filler'\nmatch = '(alpha)'\ncharset = 'a'", "5:charset", "fewer than two"),
        ("kind = 'filler'\nmatch = '(alpha)'\navoid = 'ł'", "5:avoid", "not one byte"),
        ("kind = 'filler'\noffset = 5\nlength = 99", "4:offset", "leave the file"),
        ("kind = 'filler'\nmatch = '(alpha)'\noffset = 1", "4:match", "not both"),
        ("kind = 'nonce'\nmatch = '(12345678)'\ncharset = '23'", "5:charset", "widen"),
        ("kind = 'name'\nmatch = '(alpha)'\nprefix = 'b'", "5:prefix", "not the prefix"),
        ("kind = 'name'\nmatch = '(alpha)'\nprefix = 'alpha'", "1:length", "must be 1"),
        ("kind = 'integer'\nmatch = '(alpha)'\nlow = 1\nhigh = 9", "5:low", "no plain decimal"),
        ("kind = 'integer'\nmatch = '(12345678)'\nlow = 1\nhigh = 9", "5:low", "[low, high]"),
        ("kind = 'integer'\nmatch = '(12345678)'\nlow = 9\nhigh = 9", "5:low", "3 to 2^256"),
        (
            "kind = 'timestamp'\nmatch = '(alpha)'\nlow = 2024-01-01T00:00:00Z\n"
            "high = 2024-01-02T00:00:00Z\nformat = '%Y'",
            "7:format",
            "once each",
        ),
        ("kind = 'timestamp'\nmatch = '(alpha)'\nlow = 'x'\nhigh = 'y'", "5:low", "a time such as"),
        (
            "kind = 'shuffle'\nmatch = '(alpha)'\nitems = ['al', 'fa']\nseparator = 'p'",
            "5:items",
            "not what stands",
        ),
    ],
)
def test_a_fault_names_the_line_of_the_mark(mark, line, words):
    with pytest.raises(MappError) as caught:
        lay_out(DATA, HEAD + mark)
    assert caught.value.where == f"poc.py.marks.toml:{line}"
    assert words in caught.value.message


def test_marks_that_overlap_are_refused_at_the_later_one():
    both = "kind='filler'\nmatch='(alp)'\n[[mark]]\nname='two'\nkind='filler'\nmatch='(pha)'\n"
    with pytest.raises(MappError, match="overlaps") as caught:
        lay_out(DATA, HEAD + both)
    assert caught.value.where == "poc.py.marks.toml:5"


def test_one_name_for_two_originals_is_refused():
    both = "kind='filler'\nmatch='(alp)'\n[[mark]]\nname='one'\nkind='filler'\nmatch='(123)'\n"
    with pytest.raises(MappError, match="two different originals"):
        lay_out(DATA, HEAD + both)


def test_messages_repeat_nothing_of_the_file():
    with pytest.raises(MappError) as caught:
        lay_out(b"canary-secret", HEAD + "kind='integer'\nmatch='(.+)'\nlow=1\nhigh=9")
    assert "canary" not in caught.value.message


WORDS = """[[mark]]
name='a'
kind='filler'
kind='shuffle'
match='(a+)'
match='[[(a)]'
offset=0
length=2
charset='hex'
values=['a','b']
items=[]
high=2020-01-01"""
words = st.sampled_from(WORDS.splitlines())


@settings(derandomize=True, max_examples=300)
@given(st.binary(max_size=40), st.lists(words, max_size=8).map("\n".join) | st.text(max_size=40))
def test_noise_gives_a_layout_or_our_error(data, marks):
    try:
        layout = lay_out(data, marks)
    except MappError:
        return
    literal = [segment for segment in layout.files[0].segments if isinstance(segment, bytes)]
    assert all(piece in data for piece in literal)
