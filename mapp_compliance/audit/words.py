"""The words of reports: closed tables, so that no report says more than its verdict allows.

Rules:
- A sentence is about a copy, never about what a person did (D7); it holds no degree of certainty.
- A verdict has one answer and one list of what it can support (research on domain, 3.2).
- Placeholders are filled with names as data; a name is never read as a placeholder.

>>> answer("NO_LINK", copies="", holders="")
'No link between the sample and any distribution of this program was found.'
"""

from collections.abc import Sequence

from mapp_compliance.attribution import limits as say

ANSWERS: dict[str, str] = {
    "NO_LINK": "No link between the sample and any distribution of this program was found.",
    "INSUFFICIENT": (
        "The sample shares text with material of this program (the same lineage), but too few "
        "marks could be read to say whether it comes from a copy, and from which."
    ),
    "LINEAGE_ONLY": (
        "The sample shares text with material of this program (the same lineage); the path it took "
        "was not determined."
    ),
    "LINEAGE_ONLY_EARLIER_EXPLOITATION": (
        "The sample shares text with material of this program (the same lineage), and trusted "
        "reports say that the flaw was used before any copy left; the path that the sample took "
        "was not determined."
    ),
    "UPSTREAM_ORIGIN": (
        "The sample comes from before the vendor's copy: it shows text that was gone before the "
        "vendor's version, and none that first appears in it."
    ),
    "PROGRAM_ORIGIN_UNRESOLVED": (
        "The sample comes from material that had passed through the vendor's hands (holders of it "
        "when the sample was seen: {count}); from which of them was not determined."
    ),
    "PUBLIC_RELEASE": "The sample comes from the released, public version.",
    "LEAD_ONLY": "There is a lead, not a finding; no copy is named.",
    "COPY_IDENTIFIED": (
        "The marks in the sample are those of the copy issued to {holders} ({copies})."
    ),
    "COPY_IDENTIFIED_INTERNAL": (
        "The marks in the sample are those of {copies}, a control copy of the vendor's own; no "
        "copy held by a partner is within the bound."
    ),
    "MULTIPLE_COPIES": (
        "The sample holds the marks of more than one copy, those issued to: {holders} ({copies})."
    ),
    "UNREGISTERED_COPY": (
        "The sample carries marks of this program that belong to no copy on record; a wrong or "
        "lost record, or the use of a mark key outside the program, is possible. No copy is named."
    ),
    "CONFLICTING_MARKS": (
        "The marks in the sample are inconsistent; framing or the compromise of a key is possible. "
        "No copy is named."
    ),
}

CLEARING = "letters that clear the partners"
SUPPORTS: dict[str, tuple[str, ...]] = {
    "NO_LINK": ("a decision on the release date alone",),
    "INSUFFICIENT": ("a search for further samples", "a decision on the release date"),
    "LINEAGE_ONLY": ("a stop of further proof-of-concept copies", "an earlier release"),
    "LINEAGE_ONLY_EARLIER_EXPLOITATION": (
        "a stop of further proof-of-concept copies",
        "an earlier release",
    ),
    "UPSTREAM_ORIGIN": (
        "a talk with the finder or broker, as with somebody who may help",
        "no notice to any partner",
    ),
    "PROGRAM_ORIGIN_UNRESOLVED": ("a neutral request to every holder", "a freeze of the wave"),
    "PUBLIC_RELEASE": ("no measure: the material was public",),
    "LEAD_ONLY": ("a search for further evidence", "no notice that names anyone"),
    "COPY_IDENTIFIED": (
        "a notice to the holder of the copy with the evidence",
        "a provisional suspension of at most 14 days",
        "after the hearing, a decision by two people",
    ),
    "COPY_IDENTIFIED_INTERNAL": (
        "the vendor's internal process, without the holder of the copy",
        CLEARING,
    ),
    "MULTIPLE_COPIES": (
        "a notice to each holder with the evidence",
        "provisional suspensions of at most 14 days",
    ),
    "UNREGISTERED_COPY": ("a check of records and keys", "no notice to any partner"),
    "CONFLICTING_MARKS": ("a check of records and keys", "no notice to any partner"),
}

LIMITS: tuple[str, ...] = (
    "It is about a copy, not a person: it does not say who acted.",
    "It does not say how the copy got out.",
    "It does not say anything about intent.",
    "It does not say when the copy was copied, only that it existed before the sample was seen.",
)
NO_COPY_LIMITS: tuple[str, ...] = (
    "It does not say who acted, how material got out, with what intent, or when.",
    "A result that names nobody clears nobody and accuses nobody.",
)
UPSTREAM_LIMITS: tuple[str, ...] = (
    NO_COPY_LIMITS[0],
    "It is about the age of a text. The copies do not hold that text, so it is not from them; it "
    "accuses nobody of those who had it.",
)
WRITTEN_ANEW = (
    "Something written anew by a reader of the material would show no link either: that no link "
    "was found does not say that there is none."
)
LIMIT_WORDS: dict[str, str] = {
    say.MORE_SOURCES: "There are signs of at least one more source, which is not named.",
    say.ONLY_TAGS: (
        "Only tags, which are single whole values, speak for a copy; anybody who saw one could "
        "place them."
    ),
    say.TAGS_AND_CODE: (
        "Tags, which are single whole values, point at one copy and the other marks at another; a "
        "value can be carried over by anybody who saw it."
    ),
}

NAMED_CHANGES: tuple[str, ...] = (
    "proof that the mark key or this copy was in other hands before the sample was seen",
    "proof that the sample was public before the copy was delivered",
    "a second reading of the same bytes that gives other symbols",
    "a proof of inclusion that does not hold for the leaves listed below",
)
CHANGES: dict[str, tuple[str, ...]] = {
    "NO_LINK": ("a larger or earlier sample", "an artifact that was not on record when it ran"),
    "INSUFFICIENT": (
        "more bytes of the same material, or a further sample of it",
        "knowledge of the tool that altered the sample, so that it can be read as a view",
    ),
    "LINEAGE_ONLY": ("a sample that still carries marks of a copy, or of an earlier stage",),
    "LINEAGE_ONLY_EARLIER_EXPLOITATION": (
        "a sample that still carries marks of a copy",
        "a better date of the first sighting",
    ),
    "UPSTREAM_ORIGIN": (
        "marks or text of a vendor's copy in a further sample",
        "a version of the vendor's own that still had the text",
    ),
    "PROGRAM_ORIGIN_UNRESOLVED": (
        "a sample in which marks of a single copy can be read",
        "answers to the neutral request",
    ),
    "PUBLIC_RELEASE": ("proof that the sample was seen before the release",),
    "LEAD_ONLY": ("a further sample that brings the copy within the bound, or excludes it",),
    "COPY_IDENTIFIED": NAMED_CHANGES,
    "COPY_IDENTIFIED_INTERNAL": NAMED_CHANGES,
    "MULTIPLE_COPIES": NAMED_CHANGES,
    "UNREGISTERED_COPY": ("the missing record", "proof of use of the mark key by others"),
    "CONFLICTING_MARKS": (
        "a reading that explains the contradiction",
        "proof that a record or a key was altered",
    ),
}

BOUND_ASSUMPTIONS: tuple[str, ...] = (
    "The marks of a copy that is not involved do not depend on the sample: the mark key was known "
    "to nobody outside the program, and the reading was fixed in the ledger before any codeword "
    "was derived.",
    "Nothing is assumed about how many holders worked together, or how; the bound for a copy that "
    "is not involved holds for any number of them.",
    "The share of this sample shrinks with every scored sample of the advisory (t), and is divided "
    "over all legal entities that were compared (Holm).",
    "The chance is that of the marks agreeing by luck. It is not the chance that somebody acted, "
    "and no likelihood ratio or verbal scale is derived from it.",
)
JOINT_SHARE = (
    "Of the bound 15/32 are spent on the joint decoder and as much on the two single ones, so "
    "asking several makes no error more likely; the joint one counts only where the single ones do "
    "not suffice."
)

LOCAL_KEYS = (
    "Independence: none. The private keys of people in this workspace lie beside the evidence "
    "(demonstration keys); their signatures show which steps were taken, not that different "
    "people took them."
)
SEPARATE_KEYS = (
    "The people who signed hold their private keys themselves; the workspace holds public keys "
    "only."
)


def answer(verdict: str, copies: str, holders: str, count: int = 0) -> str:
    """The one sentence that a verdict allows; ``count`` is of holders, and names none."""
    return ANSWERS[verdict].format(copies=copies, holders=holders, count=count)


def fixed_limits(verdict: str, *, named: bool) -> tuple[str, ...]:
    """What a verdict never says, whatever was found."""
    if named:
        return LIMITS
    if verdict == "UPSTREAM_ORIGIN":
        return UPSTREAM_LIMITS
    return (*NO_COPY_LIMITS, WRITTEN_ANEW) if verdict == "NO_LINK" else NO_COPY_LIMITS


def supports(verdict: str, limits: Sequence[str]) -> tuple[str, ...]:
    """What a verdict can support; nobody is cleared while a source is not named."""
    open_source = say.MORE_SOURCES in limits
    return tuple(one for one in SUPPORTS[verdict] if not (open_source and one == CLEARING))


def holders_said(verdict: str, count: int) -> str:
    """How many had what the verdict speaks of, and that it says nothing about them.

    >>> holders_said("LEAD_ONLY", 1)[:74]
    'By the time the sample was seen, 1 holder had some version of the material'
    """
    one, more, what = {
        "UPSTREAM_ORIGIN": (
            "finder or broker on record",
            "finders and brokers on record",
            "a version from before the vendor's",
        ),
        "PROGRAM_ORIGIN_UNRESOLVED": ("holder", "holders", "what it may come from"),
    }.get(verdict, ("holder", "holders", "some version of the material"))
    return (
        f"By the time the sample was seen, {count} {one if count == 1 else more} had {what}. "
        "Being one of them says nothing about anybody."
    )


def sentence(text: str) -> str:
    """A remark of a verdict as a sentence of its own.

    >>> sentence("no mark could be read")
    'No mark could be read.'
    """
    full = LIMIT_WORDS.get(text, text)
    return f"{full[:1].upper()}{full[1:]}{'' if full.endswith('.') else '.'}"


def listed(items: Sequence[str]) -> str:
    """The items as prose.

    >>> listed(("a", "b", "c"))
    'a, b and c'
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"
