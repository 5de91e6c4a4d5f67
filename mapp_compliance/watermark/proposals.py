"""Marks proposed for a file, or for what lies in an archive or capture, for its author to confirm.

>>> import io, zipfile
>>> box = io.BytesIO()
>>> with zipfile.ZipFile(box, "w") as archive: archive.writestr("poc.py", "f = 'AAAAAAAAAAAAAAAA'")
>>> print(propose_marks(PackageFile("a.zip", box.getvalue())))
# Members of a.zip, to be named by file: poc.py
# Proposed marks for them; keep what may vary, delete the rest.
<BLANKLINE>
[[mark]]
file = "poc.py"
name = "m1-filler1"
...
"""

import json
from collections.abc import Iterator

from mapp_compliance.values import shown
from mapp_compliance.watermark.carriers.points import suggest_marks
from mapp_compliance.watermark.package import Package, PackageFile
from mapp_compliance.watermark.packing import Inside, inside
from mapp_compliance.watermark.sites import INSIDE

MAX_NAMES = 40  # members that the heading lists


def propose_marks(file: PackageFile) -> str:
    """The text of a side-car with proposals; it parses as it stands."""
    whole = inside(Package((file,)), file)
    if whole is None:
        return suggest_marks(file)
    outer = file.path + INSIDE
    members = {each.path.removeprefix(outer): each for each in _leaves(whole)}
    names = [shown(name) for name in members]
    listed = ", ".join(names[:MAX_NAMES])
    more = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
    blocks = [
        f"# Members of {shown(file.path)}, to be named by file: {listed}{more}\n"
        "# Proposed marks for them; keep what may vary, delete the rest.\n"
    ]
    for number, (name, member) in enumerate(members.items(), start=1):
        _, *proposed = suggest_marks(member).split("[[mark]]\n")
        blocks += [
            f"[[mark]]\nfile = {json.dumps(name, ensure_ascii=False)}\n"
            + block.rstrip().replace('name = "', f'name = "m{number}-', 1)
            + "\n"
            for block in proposed
        ]
    return "\n".join(blocks)


def _leaves(whole: Inside) -> Iterator[PackageFile]:
    """What lies in the file at any depth and is itself no packed file."""
    for member in whole.package.files:
        held = inside(whole.package, member, whole)
        if held is None:
            yield member
        else:
            yield from _leaves(held)
