"""Which version a text can come from, and how often an edited copy looks like an earlier one."""

import re
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapp_compliance.attribution import Part, StageEvidence, Step, Version, restyle, stage_evidence
from mapp_compliance.attribution.fingerprints import every_gram
from tests.conformance.strategies import seeded

KEY = b"a key of the tests"
SHARED = """
def parse(reader, limit):
    rows = []
    for number, line in enumerate(reader):
        if number > limit:
            break
        name, _, value = line.partition("=")
        rows.append((name.strip(), value.strip(), number * 3 + 1))
    return sorted(rows, key=lambda row: row[2])
"""
OLD = """
def probe(sock, retries):
    while retries > 0 and not sock.closed:
        sock.send(b"orange" + bytes([retries & 255]))
        retries -= 2
    return sock.read(4096).split(b";")[-1]
"""
NEW = """
def reply(session, fields, checksum):
    header = "REPLY/2 fields=%d sum=%08x" % (len(fields), checksum & 0xFFFFFFFF)
    body = "/".join(key + ":" + fields[key] for key in sorted(fields))
    return header + session + body
"""


def parts(*texts: str) -> tuple[Part, ...]:
    return tuple(Part(text.encode(), f"part-{place}") for place, text in enumerate(texts))


def version(step: Step, *ways: str) -> Version:
    return Version(step, tuple(parts(way) for way in ways))


def seen(sample: str, *line: Version, elsewhere: str = "") -> StageEvidence:
    return stage_evidence(parts(sample), line, KEY, elsewhere=parts(elsewhere))


FINDER, SENT = version(Step.FINDER, OLD + SHARED), version(Step.SENT, SHARED + NEW)


def test_text_that_was_dropped_tells_where_it_still_was() -> None:
    found = seen(OLD, FINDER, SENT)
    assert (found.upstream, found.latest, found.earliest) == (True, Step.FINDER, Step.FINDER)


def test_text_of_all_versions_tells_nothing() -> None:
    found = seen(SHARED, FINDER, SENT)
    assert (found.upstream, found.vendor_shown) == (False, False)
    assert (found.latest, found.earliest) == (None, None)
    assert found.common_shown == found.common > 0


def test_text_that_first_appears_with_the_vendor_tells_that() -> None:
    found = seen(NEW, FINDER, SENT)
    assert (found.vendor_shown, found.upstream, found.earliest) == (True, False, Step.SENT)


def test_a_single_feature_of_the_vendors_denies_upstream() -> None:
    header = next(line for line in NEW.splitlines() if "header" in line)
    found = seen(OLD + header, FINDER, SENT)
    vendor = found.of(Step.SENT)
    assert vendor is not None
    assert vendor.appeared_shown > 0
    assert not found.upstream


def test_text_of_both_ends_is_a_mix() -> None:
    assert seen(OLD + NEW, FINDER, SENT).mixed


def test_what_a_broker_added_and_the_vendor_dropped_is_the_brokers() -> None:
    broker = version(Step.BROKER, OLD.replace("orange", "peach") + SHARED)
    found = seen(OLD.replace("orange", "peach"), FINDER, broker, SENT)
    assert (found.earliest, found.latest, found.upstream) == (Step.BROKER, Step.BROKER, True)


def test_an_unsent_version_of_the_vendors_own_is_not_upstream() -> None:
    master = version(Step.VENDOR, SHARED + NEW.replace("REPLY", "ANSWER"))
    found = seen(NEW.replace("REPLY", "ANSWER"), FINDER, master, SENT)
    assert (found.unsent, found.upstream, found.vendor_shown) == (True, False, True)


def test_one_changed_token_is_enough() -> None:
    found = seen(
        SHARED.replace("limit", "most"),
        version(Step.FINDER, SHARED.replace("limit", "most")),
        version(Step.SENT, SHARED),
    )
    assert found.upstream


def test_what_another_artifact_holds_as_well_is_no_feature() -> None:
    assert not seen(OLD, FINDER, SENT, elsewhere=OLD).upstream


def test_what_public_code_holds_as_well_is_no_feature() -> None:
    public = np.concatenate(list(every_gram(parts(OLD), KEY).values()))
    line = [FINDER, SENT]
    found = stage_evidence(parts(OLD), line, KEY, background=np.unique(public))
    assert (found.upstream, found.latest) == (False, None)


def test_what_a_copy_may_carry_by_its_word_is_no_feature_of_a_draft() -> None:
    values = [SHARED.replace("number * 3", f"number * {value}") for value in (3, 5)]
    draft = version(Step.FINDER, values[1])
    assert seen(values[1], draft, version(Step.SENT, values[0])).upstream
    found = seen(values[1], draft, version(Step.SENT, values[0], values[1]))
    assert (found.upstream, found.vendor_shown) == (False, False)


def test_without_anything_to_compare_nothing_is_shown() -> None:
    found = stage_evidence(parts(OLD), [], KEY)
    assert (found.steps, found.upstream, found.latest, found.earliest) == ((), False, None, None)


@seeded
@given(st.permutations([FINDER, SENT, version(Step.BROKER, SHARED)]), st.text(max_size=300))
def test_the_order_of_the_versions_has_no_say(line: list[Version], noise: str) -> None:
    sample = OLD + noise
    assert seen(sample, *line) == seen(sample, FINDER, version(Step.BROKER, SHARED), SENT)


@seeded
@given(st.text(max_size=2000))
def test_whatever_was_added_to_a_copy_it_is_never_upstream(noise: str) -> None:
    assert not seen(SHARED + NEW + "\n" + noise, FINDER, SENT).upstream


# Measured: files of the standard library as the vendor's version, an earlier draft with other
# names in its first third, and the vendor's version altered in ways that know nothing of it. None
# of 20 files x 6 alterations may look like the draft, and every draft must. (Over 40 files: 0 of
# 240, at most 1.3 % at 95 %.)
FILES, BYTES = 20, (5_000, 40_000)


def library() -> list[Path]:
    root = Path(sysconfig.get_path("stdlib"))
    fitting = [
        path for path in sorted(root.glob("*.py")) if BYTES[0] <= path.stat().st_size <= BYTES[1]
    ]
    return fitting[:: max(1, len(fitting) // FILES)][:FILES]


def drafted(text: str) -> str:
    """An earlier version: the first third has names and values that were changed later."""
    third = len(text) // 3
    names = sorted(set(re.findall(r"\b[a-z_]{5,12}\b", text[:third])))[:6]
    head = text[:third]
    for name in names:
        head = re.sub(rf"\b{name}\b", f"{name}_0", head)
    return head + text[third:]


def alterations(text: str) -> list[str]:
    """What somebody may do to a copy who has never seen a draft."""
    lines = text.splitlines(keepends=True)
    found = [
        "".join(line for line in lines if not line.lstrip().startswith("#")),
        text.replace("    ", "\t").replace("\n", "\r\n"),
        text.replace("'", '"'),
        "".join(lines[len(lines) // 4 : len(lines) * 3 // 4]),
        re.sub(r"\bself\b", "me", text),
    ]
    try:
        found.append(restyle.restyled(text))
    except (SyntaxError, ValueError):
        found.append(text)
    return found


@pytest.mark.parametrize("first", range(0, FILES, 5))
def test_altered_copies_never_look_like_a_draft_and_drafts_always_do(first: int) -> None:
    wrong, missed = [], []
    for path in library()[first : first + 5]:
        text = path.read_text("utf-8", "replace")
        draft = drafted(text)
        line = version(Step.FINDER, draft), version(Step.SENT, text)
        if draft == text:
            continue
        wrong += [path.name for altered in alterations(text) if seen(altered, *line).upstream]
        missed += [] if seen(draft, *line).upstream else [path.name]
    assert (wrong, missed) == ([], [])
