"""One small program for the stories of verdicts: finder, broker, two waves, staff, in memory.

The finder's draft, the broker's copy and the vendor's version share most of their text; each has
some that the next one dropped. The vendor's script has marks of single copies, of a wave and of
the program.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from mapp_compliance.advisories import Grade, SightingKind, Stage
from mapp_compliance.attribution import Sample
from mapp_compliance.distribution import Copy, Reserved
from mapp_compliance.program import PartnerKind, Tier
from mapp_compliance.values import AdvisoryId, InstanceId, PartnerId, Window
from mapp_compliance.watermark import mark
from mapp_compliance.workflows.attribute import Attributed, attribute
from mapp_compliance.workflows.books import first_setup
from mapp_compliance.workflows.earlier import AttachEarlier, attach_earlier
from mapp_compliance.workflows.issue import issue
from mapp_compliance.workflows.keys import mark_key
from mapp_compliance.workflows.matching import material
from mapp_compliance.workflows.matter import IssueAdvisory
from mapp_compliance.workflows.prepare import word_of
from mapp_compliance.workflows.sight import AddSighting, add_sighting
from tests.world import BOTH, World

A1 = AdvisoryId("A1")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

SHARED = """
def parse(reader, limit):
    rows = []
    for number, line in enumerate(reader):
        if number > limit:
            break
        name, _, value = line.partition("=")
        rows.append((name.strip(), value.strip(), number * 3 + 1))
    return sorted(rows, key=lambda row: row[2])


def total(rows, start):
    amount = start
    for name, value, weight in rows:
        amount += len(name) * weight - len(value)
    return amount % 65521
"""
FINDER_ONLY = """
def orange_probe(sock, retries):
    while retries > 0 and not sock.closed:
        sock.send(b"orange" + bytes([retries & 255]))
        retries -= 2
    return sock.read(4096).split(b";")[-1]
"""
BROKER_ONLY = """
def broker_summary(report):
    title = report["title"].upper() + " / " + report["case"]
    return {"title": title, "pages": report["pages"] // 2 + 7}
"""
VENDOR_ONLY = """
def build_reply(session, fields, checksum):
    header = "REPLY/2 fields=%d sum=%08x" % (len(fields), checksum & 0xFFFFFFFF)
    body = "\\\\n".join(key + ":" + fields[key] for key in sorted(fields))
    return header + session + body
"""
VALUES = (
    '''
NOTE = "'''
    + "A" * 48
    + '''"
MEMO = "'''
    + "B" * 40
    + '''"
TONE = "'''
    + "C" * 16
    + '''"
HUE = "'''
    + "D" * 16
    + """"
SESSION = "card_aaaaaaaa"
TICKET = "00000000"
"""
)
MARKS = """
[[mark]]
name = "note"
kind = "filler"
match = 'NOTE = "(A{48})"'
[[mark]]
name = "memo"
kind = "filler"
match = 'MEMO = "(B{40})"'
[[mark]]
name = "tone"
kind = "filler"
group = "wave"
match = 'TONE = "(C{16})"'
[[mark]]
name = "hue"
kind = "filler"
group = "program"
match = 'HUE = "(D{16})"'
[[mark]]
name = "session"
kind = "name"
prefix = "card_"
match = 'SESSION = "(card_aaaaaaaa)"'
[[mark]]
name = "ticket"
kind = "nonce"
match = 'TICKET = "(0{8})"'
"""
SCRIPT = "tool.py"
DRAFT = (FINDER_ONLY + SHARED + VALUES).encode()
BROKERED = (BROKER_ONLY + SHARED + VALUES).encode()
SENT = (VENDOR_ONLY + SHARED + VALUES).encode()
PACKAGE = {SCRIPT: SENT, f"{SCRIPT}.marks.toml": MARKS.encode()}
LONG_VALUES = {name: letter * 96 for name, letter in (("NOTE", "A"), ("MEMO", "B"), ("PLAN", "P"))}
LONG = {  # three values of which each alone could name a copy
    SCRIPT: (
        VENDOR_ONLY + SHARED + "".join(f'{name} = "{text}"\n' for name, text in LONG_VALUES.items())
    ).encode(),
    f"{SCRIPT}.marks.toml": "".join(
        f"""[[mark]]\nname = "{name.lower()}"\nkind = "filler"\nmatch = '{name} = "({text})"'\n"""
        for name, text in LONG_VALUES.items()
    ).encode(),
}
EARLY = ("P1", "P2", "P3")  # tier validate
LATE = ("P4", "P5")  # tier ans


@dataclass
class Story:
    """The world of one story; ``issued_at`` is when the first wave left."""

    world: World = field(default_factory=World)
    package: dict[str, bytes] = field(default_factory=lambda: PACKAGE)
    unmarked: str = ""  # why no copy has marks, as in a program before there were any
    issued_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        for name in EARLY:
            self.world.partner(name)
        for name in LATE:
            self.world.partner(name, tier=Tier.ANS)
        self.world.reader("STAFF-1")
        self.world.partner("FIND", kind=PartnerKind.FINDER, tier=None)
        self.world.advisory("A1", days=4)
        self.world.attach("A1", self.package)
        self.issued_at = self.world.later(hours=1)
        first = tuple(PartnerId(name) for name in (*EARLY, "STAFF-1"))
        issue(self.world.desk, IssueAdvisory(A1, recipients=first, unmarked=self.unmarked), BOTH)
        self.world.later(hours=2)

    def received(
        self, stage: Stage, data: bytes, source: str = "", at: datetime | None = None
    ) -> None:
        """An earlier version, as it was got a month before, or at some other time."""
        got = at or self.issued_at - 30 * DAY
        attach_earlier(self.world.desk, AttachEarlier(A1, stage, ((SCRIPT, data),), got, source))

    def seen_used(self, posted: Window, source: Grade = Grade.B, credibility: int = 2) -> None:
        """A report of exploitation."""
        kind = SightingKind.EXPLOITED
        add_sighting(
            self.world.desk,
            AddSighting(A1, kind, posted, posted.end, source, credibility, "seen"),
        )

    def copy(self, recipient: str) -> Copy:
        """A recipient's copy."""
        with self.world.store.read() as work:
            return next(c for c in work.copies.all(advisory=A1) if c.recipient == recipient)

    def file(self, recipient: str) -> bytes:
        """The marked script that a recipient holds."""
        return self.world.opened(self.copy(recipient)).files[f"payload/{SCRIPT}"]

    def written_by(self, instance: str, wave: str) -> bytes:
        """The script by any word, as whoever has the key could write it."""
        known = material(self.world.desk, A1).packages[0]
        with self.world.store.read() as work:
            key = mark_key(self.world.desk, first_setup(work, A1))
        word = word_of(known.site_map, key, InstanceId(instance), wave)
        return mark(known.package, known.site_map, word).files[0].data

    def decoy(self) -> bytes:
        """The script with the marks of a decoy, which nobody was given."""
        return self.written_by(Reserved.DECOY_2.value, Reserved.DECOY_2.wave)

    def leak(self, *contents: bytes, posted: Window | None = None) -> Sample:
        """The files as they turn up, a day later if no time is given."""
        self.world.later(days=1)
        now = self.world.now
        when = posted or Window(now - HOUR, now)
        return self.world.sample(*contents, posted=when, observed=when.end)

    def judged(self, *contents: bytes, posted: Window | None = None) -> Attributed:
        """What comes of leaked files."""
        return attribute(self.world.desk, self.leak(*contents, posted=posted))

    def renamed(self) -> None:
        """All partners with other names, countries, tiers and contacts, each another's."""
        with self.world.store.write() as work:
            people = work.partners.all()
            for one, other in zip(people, (*people[1:], people[0]), strict=True):
                work.partners.put(
                    replace(
                        one,
                        name=other.name,
                        country="XC" if one.country == "XA" else "XA",
                        tier=other.tier,
                        contact=other.contact,
                    )
                )


def value(script: bytes, name: str) -> bytes:
    """What stands between the quotes after a name."""
    return script.split(f'{name} = "'.encode(), 1)[1].split(b'"', 1)[0]


def with_value(script: bytes, name: str, new: bytes) -> bytes:
    """The script with another value under a name."""
    return script.replace(value(script, name), new)


def emptied(script: bytes, *names: str) -> bytes:
    """The script without these values: whoever leaked it took them out."""
    for name in names:
        script = with_value(script, name, b"x")
    return script


def recipients(found: Attributed) -> list[PartnerId]:
    """Who holds the copies that a verdict names."""
    copies = found.document["copies"]
    assert isinstance(copies, list)
    return sorted(item["recipient"] for item in copies)
