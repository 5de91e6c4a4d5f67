"""The sentences that stand beside a verdict: what it does not show, and what stood in its way.

Rules: a sentence is about material and copies, never about what somebody did. Beside a named copy
no sentence counts or names other holders, for its recipient is shown them.

>>> too_few_bits(9.96, 12.34, 10, 64)[:42]
'10.0 bits were read from 10 of 64 code sit'
"""

from collections.abc import Sequence
from datetime import datetime

from mapp_compliance.attribution.circumstances import Candidacy, Circumstances, Holding
from mapp_compliance.attribution.stages import StageEvidence, Step
from mapp_compliance.values import Window, instant_text
from mapp_compliance.watermark.codes import printed

NOT_MORE = (
    "a copy is attributed, not a person",
    "the marks do not tell how the material left its holder, with what intent, or when",
)
NO_ARTIFACT = "no artifact of the program matches"
NO_MARK = "no mark could be read"
HOLDS_ORIGINAL = "the sample holds an unmarked original, which carries no copy's marks"
OWN_VALUES = (
    "where copies differ the sample shows the author's own values: it comes from unmarked material"
)
NOT_SENT = "the sample shows a version of the vendor's own that was never sent to anybody"
COMMON_ONLY = "all that could be compared stands in every version, so it tells no path"
TOO_LITTLE = (
    "what is shown of single versions is too little, or points both ways, so it tells no path"
)
NOT_THE_BEST = "the best match is not within the bound"
ONLY_TAGS = "only tags speak for a copy; anybody who saw one could place them"
NO_COPY_FITS = "the marks were read, but no registered copy fits them"
TAGS_AND_CODE = "tags and code of the sample point at different copies"
TAGS_OF_TWO = "the tags of the sample point at different copies, and its code at none of them"
ONE_VALUE = (
    "the marks of one copy stand in a single value, those of another elsewhere; a value that was "
    "copied over looks the same"
)
DECOY = "the marks are those of a decoy, which was issued to nobody"
RELEASED_GROUP = "the marks that are left are those of the released files"
MORE_SOURCES = "at least one more source"
RESTS_ON_OTHERS = (
    "the p-value rests on the words of other copies too; they are opened to the examiner alone, "
    "and having been opened speaks against no copy"
)
INTAKE = "the vendor had received that version as well; its own intake is not excluded"
EARLIER_TEXT = (
    "the sample also holds text that was dropped before the copies were made; at least one more "
    "source"
)
OTHER_MATERIAL = (
    "the set also holds material of another advisory; only the marks of this one were read, so "
    "submit the other files as a set of their own"
)
NO_FIRST_ISSUE = "the sample was seen before any copy left the house"

NEVER_LEFT = "the copy that fits never left the house"
NOT_RELEASED = "the files that fit are those of a release that was never made"
ORDER_UNKNOWN = "the issue is not provably before the sighting; the order is unknown"
STOLEN = "the copy was reported stolen before the sighting"
KEY_STOLEN = "the mark key was reported stolen before the sighting"
CUSTODY = "the custody of the sample has a gap"
NO_REPLAY = "the scoring could not be replayed with the same result"
PHANTOMS_FAILED = "the phantom control failed: copies nobody holds score too well"


def too_few_bits(bits: float, missing: float, read: int, sites: int) -> str:
    """How much was read, and how much more it takes to name anybody."""
    return (
        f"{bits:.1f} bits were read from {read} of {sites} code sites; {missing:.1f} bits more "
        "are needed to name anybody"
    )


def one_of_two(p: float) -> str:
    """Two copies fit together and neither does alone."""
    return (
        "at least one of two copies was among the sources, which of them is not told (by luck, "
        f"over all pairs, with a chance of at most {printed(p)}); a reason to look, none to act"
    )


def came_too_late(latest: datetime, seen: Window) -> str:
    """A copy that fits was issued after the sample was out."""
    return (
        f"a copy that fits left the house at {instant_text(latest)}, after the sample was seen "
        f"({seen.text()}); it cannot be the source"
    )


def group_held(holders: int, waves: int) -> str:
    """How many held what the sample comes from; ``mapp exposure`` lists them."""
    of = {0: "this program", 1: "one wave"}.get(waves, f"{waves} waves")
    return f"from material held by {holders} recipients: the copies of {of} share these marks"


def vendor_text(holders: int) -> str:
    """What first appears in the vendor's version is shown, and by how many it was held."""
    return (
        "the sample shows what first appears in the vendor's version: from material held by "
        f"{holders} holders, the vendor included"
    )


def released_before(published_at: datetime) -> str:
    """The vendor's text was public, so it tells nothing of the path."""
    return (
        f"the vendor's files were released at {instant_text(published_at)}; whoever had them from "
        "there shows the same text"
    )


def upstream_text(stages: StageEvidence) -> str:
    """What was dropped is shown, and nothing of the vendor's."""
    latest = stages.latest or Step.FINDER
    shown = sum(item.dropped_shown for item in stages.steps if item.step < Step.VENDOR)
    of = sum(item.dropped for item in stages.steps if item.step < Step.VENDOR)
    vendor = sum(item.appeared for item in stages.steps if item.step >= Step.VENDOR)
    return (
        f"{shown} of {of} features are shown that were gone before the vendor's version (the "
        f"last that has them: {latest.name.lower()}), and none of the {vendor} that appear in it"
    )


def general(around: Circumstances, named: bool) -> list[str]:
    """What holds beside every verdict on identified material."""
    said = []
    if around.unmarked and named:
        said.append("unmarked material was out as well; whether some of it leaked too is not told")
    elif around.unmarked:
        said.append("material without marks was held by others; a leak of it names no copy")
    if around.other_material:
        said.append(OTHER_MATERIAL)
    if around.excluded_sites:
        said.append(
            f"{around.excluded_sites} sites were left out: detections that were shipped show them"
        )
    if around.first_issue and around.seen.surely_before(around.first_issue):
        said.append(NO_FIRST_ISSUE)
    return said


def earlier_use(around: Circumstances, issued: datetime | None, named: bool) -> list[str]:
    """How trusted reports of use and publication stand to the issue in time."""
    said = []
    subject = "this copy" if named else "any copy"
    if around.exploited and issued is not None:
        if around.exploited.surely_before(issued):
            rest = "are not explained by it" if named else "need another source"
            said.append(
                f"attacks were reported ({around.exploited.text()}) from before {subject} left "
                f"the house; they {rest}"
            )
        elif not around.exploited.surely_after(issued):
            said.append(
                f"attacks were reported ({around.exploited.text()}); whether before or after "
                f"{subject} left the house is unknown"
            )
    if around.public and issued is not None and around.public.surely_before(issued):
        said.append(
            f"a report of publication ({around.public.text()}) came before {subject} left the "
            "house; the material may have been had from there"
        )
    return said


def late_theft(named: Sequence[Candidacy]) -> list[str]:
    """A theft that was reported once the sample was there is for the hearing."""
    if not any(item.stolen_later for item in named):
        return []
    return ["a theft was reported after the sample came in; that is for the hearing to weigh"]


def early_release(named: Sequence[Candidacy], seen: Window) -> list[str]:
    """The released files were seen before they are known to have been out: nobody is accused."""
    return [
        "the released files were published at "
        f"{instant_text(item.issued_at)}, and this sample is not surely from after that; check who "
        "prepared the release"
        for item in named
        if item.holding is Holding.PUBLIC_RELEASE
        and item.issued_at
        and not seen.surely_after(item.issued_at)
    ]


def public_copies(named: Sequence[Candidacy], seen: Window) -> list[str]:
    """Named copies that an earlier verdict found in public."""
    return [
        f"this copy was in a public place by {instant_text(item.public_since)}; whoever had it "
        "from there looks the same"
        for item in named
        if item.public_since and seen.surely_after(item.public_since)
    ]


def derived_copies(named: Sequence[Candidacy], seen: Window) -> list[str]:
    """Named copies that lay in the clear in the house, unless surely after the sighting."""
    return [
        f"the house derived this copy again in the clear at {instant_text(item.derived_at)}; "
        "whoever had it from there looks the same"
        for item in named
        if item.derived_at and not seen.surely_before(item.derived_at)
    ]
