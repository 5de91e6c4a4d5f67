"""Marks proposed for a file, or for what lies in an archive or capture, for its author to confirm.

>>> import io, zipfile
>>> box = io.BytesIO()
>>> with zipfile.ZipFile(box, "w") as archive: archive.writestr("poc.py", "f = 'AAAAAAAAAAAAAAAA'")
>>> print(propose_marks(PackageFile("a.zip", box.getvalue())).text)
# Members of a.zip, to be named by file: poc.py
# Proposed marks for them; keep what may vary, delete the rest.
<BLANKLINE>
# 16 code sites
[[mark]]
file = "poc.py"
name = "m1-filler1"
...
"""

import json
from collections.abc import Iterator

from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.points import Suggestion, suggestion
from mapp_compliance.watermark.package import Package, PackageFile
from mapp_compliance.watermark.packing import Inside, inside
from mapp_compliance.watermark.sites import INSIDE, Point

MAX_NAMES = 40  # members that the heading lists


def propose_marks(file: PackageFile) -> Suggestion:
    """A side-car with proposals; it parses as it stands."""
    whole = inside(Package((file,)), file)
    if whole is None:
        return suggestion(file)
    outer = file.path + INSIDE
    members = {each.path.removeprefix(outer): each for each in _leaves(whole)}
    names = [shown(name) for name in members]
    listed = ", ".join(names[:MAX_NAMES])
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    heading = (
        f"# Members of {shown(file.path)}, to be named by file: {listed}{more}\n"
        "# Proposed marks for them; keep what may vary, delete the rest.\n"
    )
    blocks: list[str] = []
    points: list[Point] = []
    for number, (name, member) in enumerate(members.items(), start=1):
        proposed = suggestion(member)
        points += proposed.points
        of_member = f"[[mark]]\nfile = {json.dumps(name, ensure_ascii=False)}\n"
        blocks += [
            block.replace("[[mark]]\n", of_member, 1).replace('name = "', f'name = "m{number}-', 1)
            for block in proposed.blocks
        ]
    return Suggestion("\n".join((heading, *blocks)), tuple(blocks), tuple(points))


def _leaves(whole: Inside) -> Iterator[PackageFile]:
    """What lies in the file at any depth and is itself no packed file."""
    for member in whole.package.files:
        held = inside(whole.package, member, whole)
        if held is None:
            yield member
        else:
            yield from _leaves(held)
