"""``mapp attach --check lab:FILE``: what a lab hands back."""

from pathlib import Path
from typing import TYPE_CHECKING

from mapp_compliance.cli.inputs import read_file
from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.values import shown

if TYPE_CHECKING:
    from mapp_compliance.workflows.lab import LabList


def lab_list(check: str) -> "LabList | None":
    """The list that ``--check lab:FILE`` names, with the signature beside it; None for others.

    Raises:
        NotFound: no such file, or no signature beside it. InvalidInput: no file is named.
    """
    from mapp_compliance.workflows.lab import LAB, LAB_NAMESPACE, MAX_LIST_BYTES, LabList

    if not check.startswith(LAB):
        return None
    name = check.removeprefix(LAB).strip()
    if not name:
        raise InvalidInput("a lab's results are a file; write --check lab:FILE")
    path = Path(name)
    body = read_file(path, MAX_LIST_BYTES)
    try:
        signature = read_file(path.with_name(f"{path.name}.sig"), MAX_LIST_BYTES)
    except NotFound as err:
        told = shown(str(path))
        raise NotFound(
            f"{told}.sig is missing; the list counts only signed: ssh-keygen -Y sign -f KEY "
            f"-n {LAB_NAMESPACE} {told}"
        ) from err
    return LabList(body, signature)
