"""Whether the reader finds an author's points in a plain copy of the package, before it is kept.

A point is never dropped, since its author asked for it; but one that stands where no sample shows
it, such as in a file that the reader cannot open, names nobody, and its author should know now.
"""

from mapp_compliance.errors import InvalidInput
from mapp_compliance.values import MIB, shown
from mapp_compliance.watermark import Package, SiteMap, mark, plain_word
from mapp_compliance.watermark.sites import PointKind
from mapp_compliance.workflows.ports import Desk

MOST_BYTES = 1 * MIB  # of a package that is read at once; a larger one is tried by a rehearsal
MOST_NAMED = 5


def unread_points(desk: Desk, package: Package, site_map: SiteMap) -> tuple[str, ...]:
    """What its author should know of points that one throw-away copy does not show."""
    forms = {point.name for point in site_map.layout.points if point.kind is PointKind.FORM}
    if all(site.point in forms for site in site_map.sites):
        return ()
    word = plain_word(site_map)
    files = [(file.path, file.data) for file in mark(package, site_map, word).files]
    if sum(len(data) for _, data in files) > MOST_BYTES:
        return ()
    try:
        parts = desk.isolation.parts(files).parts
        seen = desk.isolation.read(parts, site_map).symbols
    except InvalidInput:
        return ()  # a limit of the child says nothing of the points
    unread = dict.fromkeys(
        site.point
        for site, own, read in zip(site_map.sites, word.symbols, seen, strict=True)
        if site.point not in forms and own != read
    )
    if not unread:
        return ()
    named = ", ".join(shown(name) for name in list(unread)[:MOST_NAMED])
    more = f" and {len(unread) - MOST_NAMED} more" if len(unread) > MOST_NAMED else ""
    return (
        f"the reader does not find the points {named}{more} in a plain copy; write them so that "
        "they stand out, as a longer value or one that stands nowhere else, or expect nothing of "
        "them",
    )
