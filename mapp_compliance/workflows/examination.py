"""The blind examination: all of it done again from the quarantined bytes, then a signature.

The examiner is shown pseudonyms only, and the replay must give the very same run.
"""

from mapp_compliance.errors import Broken
from mapp_compliance.workflows.agree import Approvals
from mapp_compliance.workflows.attribute import replay
from mapp_compliance.workflows.enforce import CaseStep, examine, find_case
from mapp_compliance.workflows.ports import Desk


def examine_case(desk: Desk, case_id: str, finding: str, approvals: Approvals) -> CaseStep:
    """The case after the examiner's finding.

    Raises:
        NotFound, Conflict, Refused, NeedsApproval; Broken: the reading itself changed.
    """
    with desk.store.read() as work:
        case = find_case(work, case_id)
        run = work.runs.get(case.run.hex)
    if run is None:
        raise Broken(f"the run of case {case.id} is missing; restore the workspace from a backup")
    return examine(desk, case_id, finding, replay(desk, run), approvals)
