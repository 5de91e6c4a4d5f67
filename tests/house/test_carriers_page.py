"""Every carrier has its row in the reference, with its suffixes and families."""

import re

import pytest

from mapp_compliance.watermark.carriers import captures, containers, patches
from mapp_compliance.watermark.registry import NATURAL
from mapp_compliance.watermark.sites import PointKind
from tests.house.tree import PACKAGE, ROOT
from tests.watermark.packs import boxes, wire

PAGE = ROOT / "docs" / "reference" / "carriers.md"
NO_CHANNEL = {PointKind.FORM, PointKind.COMPUTED}
FRAME = wire.ethernet(wire.udp(b"x"))
PACKED = {  # a file of each kind, and how its carrier knows it
    ".zip": (boxes.zipped(), containers.is_zip),
    ".tar": (boxes.tarred(), containers.is_tar),
    ".tar.gz": (boxes.gzipped(boxes.tarred()), containers.is_gzip),
    ".tgz": (boxes.gzipped(boxes.tarred()), containers.is_gzip),
    ".gz": (boxes.gzipped(boxes.POC), containers.is_gzip),
    ".pcap": (wire.pcap([FRAME]), captures.is_capture),
    ".pcapng": (wire.pcapng([FRAME]), captures.is_capture),
}
LANGUAGES = {"javascript": {"javascript", "typescript", "tsx"}}  # of the rooms that hold several


def rows() -> dict[str, list[str]]:
    """The cells of each row, by the carrier it tells of."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0]: row for row in cells if row[0] != "carrier"}


def words(cell: str) -> set[str]:
    """The texts in backticks."""
    return set(re.findall(r"`([^`]+)`", cell))


def told_families(name: str) -> set[str]:
    """The families of a row; some have those of another."""
    cell = rows()[name][2]
    other = cell.removeprefix("as ").partition(";")[0]
    return told_families(other) if cell.startswith("as ") else words(cell)


def test_every_room_of_a_carrier_has_its_row_and_no_other_has_one() -> None:
    folder = PACKAGE / "watermark" / "carriers"
    rooms = {path.stem for path in folder.iterdir()} - {"__init__", "__pycache__"}
    held = set().union(*(LANGUAGES.get(room, {room}) for room in rooms))
    assert set(rows()) == held


@pytest.mark.parametrize("carrier", NATURAL, ids=lambda each: each.name)
def test_a_row_names_suffixes_families_and_what_formatters_undo(carrier) -> None:
    row = rows()[carrier.name]
    assert words(row[1]) == set(carrier.suffixes)
    assert told_families(carrier.name) == carrier.names
    assert words(row[3]) == carrier.undone


@pytest.mark.parametrize("carrier", NATURAL, ids=lambda each: each.name)
def test_families_that_need_consent_are_told_as_such(carrier) -> None:
    cell = rows()[carrier.name][2]
    assert words(cell.partition("opt-in")[2]) == carrier.names - carrier.default


def test_the_row_of_patches_names_their_suffixes() -> None:
    assert words(rows()["patches"][1]) == set(patches.SUFFIXES)


def test_the_row_of_points_names_every_kind_that_carries_marks_of_an_author() -> None:
    assert words(rows()["points"][2]) == {kind.value for kind in set(PointKind) - NO_CHANNEL}


def test_the_rows_of_packed_files_name_what_their_carriers_know() -> None:
    assert words(rows()["containers"][1]) | words(rows()["captures"][1]) == set(PACKED)


@pytest.mark.parametrize("suffix", PACKED)
def test_a_file_of_each_named_kind_is_known(suffix) -> None:
    data, is_known = PACKED[suffix]
    assert is_known(data)
