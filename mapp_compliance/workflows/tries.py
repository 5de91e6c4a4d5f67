"""Which scored sample a reading is: its number sets its share of the bound.

Whoever tries often finds something by luck, so every try pays. The shares of the samples of one
advisory add up to alpha at most, and so do those of all tries of one sample, by the keys of
whichever advisories.
"""

import json
from datetime import datetime

from mapp_compliance.values import Digest, instant
from mapp_compliance.watermark.codes import NEWEST
from mapp_compliance.workflows.books import in_book
from mapp_compliance.workflows.evaluate import Question
from mapp_compliance.workflows.matching import Known
from mapp_compliance.workflows.ports import UnitOfWork


def number_of(work: UnitOfWork, question: Question, known: Known, reading: Digest) -> int:
    """Which scored sample of the advisory this is, counted from 1.

    The same reading that is scored the same way again keeps its number. Other sites left out,
    further copies to compare with, or the keys of another advisory are one more try.
    """
    advisory = known.attachment.advisory
    runs = work.runs.all(advisory=advisory)
    copies = [
        copy
        for copy in work.copies.all(advisory=advisory)
        if copy.revision == known.attachment.revision
    ]

    def compared(moment: datetime) -> set[str]:
        return {copy.id for copy in copies if in_book(copy, moment)}

    for run in runs:
        past = json.loads(run.document)
        if (
            run.reading == reading
            and run.method == NEWEST.value
            and past["excluded_sites"] == sorted(question.excluded)
            and compared(instant(past["as_of"])) == compared(question.known_at)
        ):
            return run.t
    tries = {
        (run.advisory, run.t)
        for run in work.runs.all(sample=question.sample.id)
        if run.advisory is not None
    }
    return 1 + max([len(tries), *(run.t for run in runs)])
