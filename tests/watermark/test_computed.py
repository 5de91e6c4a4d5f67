import re
import zlib

import pytest

from mapp_compliance.adapters.render import compile_template
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import (
    Codeword,
    PackageFile,
    lay_out,
    mark,
    parse_package,
    sitemap_from_json,
    sitemap_to_json,
    survey,
    vetting_codewords,
)

FILL = "[[mark]]\nname='fill'\nkind='filler'\noffset=4\nlength=32\n"
BODY = b"HEAD" + b"A" * 32 + b"END!"
PACKET = BODY + zlib.crc32(BODY).to_bytes(4, "little")
CRC = (
    "[[mark]]\nname='crc'\nkind='checksum'\nalgorithm='crc32'\norder='little'\n"
    "offset=40\nlength=4\nover_offset=0\nover_length=40\n"
)


def surveyed(files, outside=None):
    package = parse_package([PackageFile(path, data) for path, data in files.items()])
    return package, survey(package, lay_out(package, outside or {}), bytes(range(32)))


def copies(package, site_map):
    """The files of several copies, by path."""
    words = [word.word for word in vetting_codewords(site_map, b"seed")][-20:]
    return [
        {file.path: file.data for file in mark(package, site_map, word).files} for word in words
    ]


def fault(files, outside=None):
    with pytest.raises(InvalidInput) as caught:
        surveyed(files, outside)
    return str(caught.value)


def test_a_checksum_over_a_stretch_of_the_file_is_right_in_every_copy():
    package, site_map = surveyed({"a.bin": PACKET, "a.bin.marks.toml": (FILL + CRC).encode()})
    found = [files["a.bin"] for files in copies(package, site_map)]
    assert len(set(found)) == 20
    for data in found:
        assert zlib.crc32(data[:40]).to_bytes(4, "little") == data[40:]


def test_a_checksum_carries_no_site_and_is_stored_with_the_map():
    _, site_map = surveyed({"a.bin": PACKET, "a.bin.marks.toml": (FILL + CRC).encode()})
    assert {site.point for site in site_map.sites} == {"fill"}
    assert sitemap_from_json(sitemap_to_json(site_map)) == site_map


def test_a_checksum_that_is_wrong_in_the_original_is_refused():
    damaged = PACKET[:-1] + b"\0" if PACKET[-1] else PACKET[:-1] + b"\1"
    told = fault({"a.bin": damaged, "a.bin.marks.toml": (FILL + CRC).encode()})
    assert "is not the crc32/little of what it covers" in told


def test_a_checksum_over_itself_is_refused():
    marks = FILL + CRC.replace("over_length=40", "over_length=44")
    assert "holds itself" in fault({"a.bin": PACKET, "a.bin.marks.toml": marks.encode()})


def test_a_stretch_that_cuts_a_mark_is_refused():
    marks = FILL + CRC.replace("over_offset=0", "over_offset=10").replace("=40\n", "=30\n")
    marks = marks.replace("offset=30\n", "offset=40\n")
    told = fault({"a.bin": PACKET, "a.bin.marks.toml": marks.encode()})
    assert "cut a mark in two" in told


def test_an_unknown_name_is_refused():
    marks = FILL + CRC.replace("over_offset=0\nover_length=40", "over=['fil']")
    assert "not declared" in fault({"a.bin": PACKET, "a.bin.marks.toml": marks.encode()})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("'crc32'", "'crc31'"), "no such checksum"),
        (("order='little'", "order='middle'"), "'big' or 'little'"),
        (("over_offset=0\nover_length=40", "over=[]"), "covers nothing"),
        (("over_length=40", "over_length=999"), "leave the file"),
    ],
)
def test_a_faulty_declaration_says_where_and_what(change, told):
    marks = (FILL + CRC.replace(*change)).encode()
    message = fault({"a.bin": PACKET, "a.bin.marks.toml": marks})
    assert told in message


def test_an_encoded_value_is_marked_in_its_own_form():
    text = b'key = "' + (b"A" * 32).hex().encode() + b'"\n'
    marks = "[[mark]]\nname='key'\nkind='filler'\nencoder='hex'\nmatch='\"([0-9a-f]{64})\"'\n"
    package, site_map = surveyed({"a.txt": text, "a.txt.marks.toml": marks.encode()})
    assert len(site_map.sites) == 32
    for files in copies(package, site_map):
        written = re.fullmatch(rb'key = "([0-9a-f]{64})"\n', files["a.txt"])
        assert written
        assert bytes.fromhex(written[1].decode()).isalnum()


def test_a_text_that_the_encoder_does_not_write_is_refused():
    marks = b"[[mark]]\nname='key'\nkind='filler'\nencoder='hex'\nmatch='(41 41)'\n"
    assert "not as hex writes" in fault({"a.txt": b"41 41", "a.txt.marks.toml": marks})


def test_an_unknown_encoder_is_told_with_the_nearest():
    marks = b"[[mark]]\nname='key'\nkind='filler'\nencoder='hexx'\nmatch='(4141)'\n"
    assert "did you mean 'hex'" in fault({"a.txt": b"4141", "a.txt.marks.toml": marks})


TEMPLATE = (
    "{% set fill = filler(32, name='fill') %}"
    "DATA = {{ fill | pybytes }}\n"
    "CRC = 0x{{ checksum('crc32', over=['head', fill]) | hex }}\n"
    "SIZE = {{ length(of=[fill, 'tail']) }}\n"
    "SUM = {{ checksum('sha256', over=fill) | hex | pystr }}\n"
)


def test_a_template_computes_from_the_values_of_each_copy():
    layout = compile_template("a.py.j2", TEMPLATE)
    package, site_map = surveyed({"a.py.j2": TEMPLATE.encode()}, {"a.py.j2": layout})
    for files in copies(package, site_map):
        names: dict[str, object] = {}
        exec(files["a.py"], names)
        assert names["CRC"] == zlib.crc32(b"head" + names["DATA"])
        assert names["SIZE"] == 36


def test_a_value_that_is_covered_but_stands_nowhere_is_refused():
    text = "{{ checksum('crc32', over=filler(32, name='fill')) | hex }}{{ filler(30, name='g') }}"
    layout = compile_template("a.txt.j2", text)
    assert "stands in no file" in fault({"a.txt.j2": text.encode()}, {"a.txt.j2": layout})


def test_copies_of_a_word_are_the_same_bytes_again():
    package, site_map = surveyed({"a.bin": PACKET, "a.bin.marks.toml": (FILL + CRC).encode()})
    word = Codeword(tuple(0 for _ in site_map.sites))
    assert mark(package, site_map, word) == mark(package, site_map, word)
