from mapp_compliance.watermark import PackageFile, lay_out, parse_package, propose_marks
from tests.watermark.packs import boxes, wire

SCRIPT = b'a = "AAAAAAAAAAAAAAAAAAAA"\nb = "BBBBBBBBBBBBBBBBBBBB"\n'


def laid_out(path: str, data: bytes):
    file = PackageFile(path, data)
    marks = PackageFile(f"{path}.marks.toml", propose_marks(file).text.encode())
    return lay_out(parse_package([file, marks]), {})


def test_proposals_for_members_parse_as_they_stand():
    inner = boxes.gzipped(boxes.tarred({"é x.py": SCRIPT}))
    layout = laid_out("a.zip", boxes.zipped({"one.py": SCRIPT, "in.tar.gz": inner}))
    assert len(layout.points) == 4
    assert {file.path for file in layout.files if any(file.slots())} == {
        "a.zip!/one.py",
        "a.zip!/in.tar.gz!/é x.py",
    }


def test_the_streams_of_a_capture_are_listed():
    box = PackageFile("c.pcap", wire.pcap(wire.cut(b"GET / HTTP/1.1\r\n\r\n", 9)))
    text = propose_marks(box).text
    assert "named by file: tcp0.client" in text


def test_a_plain_file_is_proposed_for_as_before():
    assert len(laid_out("one.py", SCRIPT).points) == 2
