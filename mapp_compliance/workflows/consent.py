"""The author's consent that orders vary which a program, or a reader, can look at.

It is kept in the author's own words beside the package, in its history and in the set-up record;
nothing of it leaves with a copy.

>>> consent_of(" A. Author, 2026-06-01: the order of entries says nothing ")
'A. Author, 2026-06-01: the order of entries says nothing'
"""

from mapp_compliance.advisories import Attachment
from mapp_compliance.errors import InvalidInput
from mapp_compliance.watermark import SiteMap, is_by_consent

MAX_CONSENT_CHARS = 500  # a sentence or three: it stands in a report


def consent_of(given: str | None) -> str:
    """The words as they are kept; empty where none were given.

    Raises:
        InvalidInput: no words, or too many.
    """
    if given is None:
        return ""
    words = given.strip()
    if not words or len(words) > MAX_CONSENT_CHARS:
        raise InvalidInput(
            f"a consent takes 1 to {MAX_CONSENT_CHARS} characters: who agreed, when and to what; "
            "write --author-consent TEXT"
        )
    return words


def unused_consent(attachment: Attachment, site_map: SiteMap) -> tuple[str, ...]:
    """What the author should know where a consent changes nothing."""
    if not attachment.consent or any(map(is_by_consent, site_map.layout.points)):
        return ()
    return (
        "the author's consent adds nothing: no Python file has neighbours that may change places, "
        "and no text a list whose items may",
    )
