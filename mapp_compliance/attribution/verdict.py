"""The verdict as a value: the closed list of what can be concluded, and what each one supports.

The rules that lead to a verdict are in ``rules.py``, its sentences in ``limits.py``.

>>> Verdict(VerdictKind.NO_LINK).next_steps[0]
'decide on an earlier release apart from attribution'
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from mapp_compliance.attribution.limits import MORE_SOURCES


class VerdictKind(Enum):
    """The closed list of D7."""

    NO_LINK = "NO_LINK"
    INSUFFICIENT = "INSUFFICIENT"
    LINEAGE_ONLY = "LINEAGE_ONLY"
    LINEAGE_ONLY_EARLIER_EXPLOITATION = "LINEAGE_ONLY_EARLIER_EXPLOITATION"
    UPSTREAM_ORIGIN = "UPSTREAM_ORIGIN"
    PROGRAM_ORIGIN_UNRESOLVED = "PROGRAM_ORIGIN_UNRESOLVED"
    PUBLIC_RELEASE = "PUBLIC_RELEASE"
    LEAD_ONLY = "LEAD_ONLY"
    COPY_IDENTIFIED = "COPY_IDENTIFIED"
    COPY_IDENTIFIED_INTERNAL = "COPY_IDENTIFIED_INTERNAL"
    MULTIPLE_COPIES = "MULTIPLE_COPIES"
    UNREGISTERED_COPY = "UNREGISTERED_COPY"
    CONFLICTING_MARKS = "CONFLICTING_MARKS"

    @property
    def names_a_copy(self) -> bool:
        """Whether the verdict names copies, reserved and internal ones too."""
        return self in _NAMING


_NAMING = frozenset(
    {
        VerdictKind.COPY_IDENTIFIED,
        VerdictKind.COPY_IDENTIFIED_INTERNAL,
        VerdictKind.MULTIPLE_COPIES,
        VerdictKind.PUBLIC_RELEASE,
    }
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we conclude: the kind, the instances it names, and why not more.

    ``rule`` is the one that decided; ``candidates`` counts the holders that the material may come
    from, as far as was shown, and names none of them.
    """

    kind: VerdictKind
    named: tuple[str, ...] = ()
    vetoes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    rule: str = ""
    candidates: int = 0
    urgent: tuple[str, ...] = ()  # steps that this case asks for before all others

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What to do now, in order; nobody is cleared while a source is not named."""
        steps = NEXT_STEPS[self.kind]
        if MORE_SOURCES in self.limits:
            steps = tuple(one for one in steps if one != CLEARING)
        return (*self.urgent, *steps)


CLEARING = "tell the partners that they are cleared"
KEY_CASE = "open a key-compromise case: who can use the mark key, and since when"
NEXT_STEPS: Mapping[VerdictKind, tuple[str, ...]] = {
    VerdictKind.NO_LINK: (
        "decide on an earlier release apart from attribution",
        "submit further files of the same find as one sample set",
    ),
    VerdictKind.INSUFFICIENT: ("look for a longer fragment or a second file of the same leak",),
    VerdictKind.LINEAGE_ONLY: (
        "compare with earlier versions of the artifact (finder, broker, vendor)",
        "look for a file that holds the payload",
    ),
    VerdictKind.LINEAGE_ONLY_EARLIER_EXPLOITATION: (
        "decide on an earlier release apart from attribution; accuse nobody",
        "ask finder, broker and all holders the same neutral questions",
        "look for independent discovery: the earlier attacks need a source of their own",
    ),
    VerdictKind.UPSTREAM_ORIGIN: (
        "talk with the finder or broker, and warn them that their side may be breached",
        "give no notice to any partner",
    ),
    VerdictKind.PROGRAM_ORIGIN_UNRESOLVED: (
        "check who had access to the unmarked original",
        "ask all holders the same neutral questions",
    ),
    VerdictKind.PUBLIC_RELEASE: ("nothing points at a recipient; close the matter",),
    VerdictKind.LEAD_ONLY: ("collect more of the leak; give no notice that names anybody",),
    VerdictKind.COPY_IDENTIFIED: (
        "decide on a provisional suspension",
        "give notice with the evidence and hear the recipient",
    ),
    VerdictKind.COPY_IDENTIFIED_INTERNAL: (
        "open the internal process; the owner of the copy takes no part in the case",
        CLEARING,
    ),
    VerdictKind.MULTIPLE_COPIES: ("give notice to each holder; several copies were combined",),
    VerdictKind.UNREGISTERED_COPY: (
        "check the codebook for missing instances and other key epochs",
        "a coalition larger than the package supports looks the same",
    ),
    VerdictKind.CONFLICTING_MARKS: (
        "check the keys and the custody of the sample",
        "accuse nobody on this evidence",
    ),
}
