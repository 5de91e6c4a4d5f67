"""What an issue run is about: the command, and the advisory with its package as attached."""

from dataclasses import dataclass

from mapp_compliance.advisories import Advisory, Attachment
from mapp_compliance.values import AdvisoryId, Digest, PartnerId
from mapp_compliance.watermark import Package, SiteMap


@dataclass(frozen=True, slots=True)
class IssueAdvisory:
    """Serve an advisory to everybody who may have it now, or to some of them.

    ``unmarked`` is why the copies carry no marks; empty for marked ones.
    """

    advisory: AdvisoryId
    wave: str = ""
    recipients: tuple[PartnerId, ...] = ()
    reason: str = ""
    unmarked: str = ""


@dataclass(frozen=True, slots=True)
class Matter:
    """An advisory with its package as attached."""

    advisory: Advisory
    attachment: Attachment
    package: Package
    site_map: SiteMap
    stored_map: Digest  # of the site map's canonical bytes
