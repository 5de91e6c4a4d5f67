import random

import pytest

from mapp_compliance.errors import InvalidInput, NeedsApproval
from mapp_compliance.values import AdvisoryId
from mapp_compliance.watermark import PackageFile, parse_package
from mapp_compliance.watermark.carriers.points import find_slack, lay_out_marks
from mapp_compliance.workflows.attach import self_test_digest
from mapp_compliance.workflows.slack import slack_of
from tests.world import World

FONT = b"\x89FNT\0" + bytes(range(1, 60)) + bytes(400) + b"GLYF" + bytes(200)
MANIFEST = b'[package]\nself_test = ["python3", "check.py"]\n'
FILES = (("a.fnt", FONT), ("check.py", b"print(1)\n"), ("mapp-package.toml", MANIFEST))
ADVISORY = AdvisoryId("A1")


def is_font(files):
    """The toy reader looks at head and glyphs and at nothing else."""
    data = files["a.fnt"]
    return len(data) == len(FONT) and data[:64] + data[464:468] == FONT[:64] + FONT[464:468]


def world():
    made = World()
    made.advisory("A1")
    made.sandbox.judge = is_font
    return made


def allowed():
    return self_test_digest(parse_package([PackageFile(*item) for item in FILES]))


def test_only_bytes_that_the_test_leaves_free_are_proposed():
    (found,) = slack_of(world().desk, ADVISORY, FILES, allowed())
    free = {at for offset, length in found.slack.stretches for at in range(offset, offset + length)}
    assert free <= set(range(64, 464)) | set(range(468, len(FONT)))
    assert len(free) > 480
    assert found.slack.whole
    marks = PackageFile("a.fnt.marks.toml", found.text.encode())
    points = lay_out_marks(PackageFile("a.fnt", FONT), marks).points
    assert sum(point.length for point in points) == len(free)


def test_a_self_test_that_nobody_allowed_does_not_run():
    made = world()
    made.sandbox.judge = lambda files: pytest.fail("it ran")
    with pytest.raises(NeedsApproval, match="--allow-self-test"):
        slack_of(made.desk, ADVISORY, FILES, None)


def test_a_test_that_fails_on_the_original_is_told():
    made = world()
    made.sandbox.judge = lambda files: False
    with pytest.raises(InvalidInput, match="unchanged files"):
        slack_of(made.desk, ADVISORY, FILES, allowed())


def test_text_has_no_slack():
    files = FILES[1:]
    digest = self_test_digest(parse_package([PackageFile(*item) for item in files]))
    with pytest.raises(InvalidInput, match="--suggest"):
        slack_of(world().desk, ADVISORY, files, digest)


def test_stretches_that_do_not_go_together_are_not_proposed_together():
    data = bytes(64)

    def works(tried):
        return [each[:32] == data[:32] or each[32:] == data[32:] for each in tried]

    found = find_slack(data, works, random.Random(1).randbytes)
    assert len(found.stretches) <= 1


def test_a_file_in_which_nothing_may_change_has_no_slack():
    data = random.Random(2).randbytes(300)
    found = find_slack(data, lambda tried: [False] * len(tried), random.Random(1).randbytes)
    assert found.stretches == ()


def test_a_test_that_looks_only_sometimes_is_caught_by_the_repeats():
    data, chance = bytes(256), random.Random(3)

    def works(tried):
        return [each[:128] == data[:128] or chance.random() < 0.3 for each in tried]

    found = find_slack(data, works, random.Random(1).randbytes)
    assert all(offset >= 128 for offset, _ in found.stretches)
