"""Compare a sample with the material of an advisory: what is common, and how rare that is.

Only unmarked material takes part, never a copy: what the comparison finds can point at nobody.
The sample is unwrapped, cut and compared in the limited process, as for attribution; corpus and
material are the operator's own files.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mapp_compliance.advisories import Attachment
from mapp_compliance.attribution import Declared
from mapp_compliance.audit import CommonalityReport
from mapp_compliance.errors import InvalidInput, NotFound
from mapp_compliance.values import AdvisoryId
from mapp_compliance.watermark import original
from mapp_compliance.workflows.attach import load_package
from mapp_compliance.workflows.attribute import find_sample
from mapp_compliance.workflows.ports import Desk

Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class CompareSample:
    """Compare this sample with that advisory.

    Attributes:
        corpus: the operator's benign files; ``corpus_name`` is what the report calls them.
        of_format: benign files of the same format, for what the format forces.
    """

    sample: str
    advisory: AdvisoryId
    corpus: Files
    corpus_name: str
    of_format: Files = ()


def compare_sample(desk: Desk, command: CompareSample) -> CommonalityReport:
    """What the two share.

    Raises:
        NotFound: no such sample or advisory, or nothing attached to it.
        InvalidInput: the corpus is empty.
    """
    if not command.corpus:
        raise InvalidInput(
            "the corpus is empty, so nothing can be called rare; name a folder of benign files "
            "with --corpus"
        )
    sample = find_sample(desk, command.sample)
    with desk.store.read() as work:
        advisory = desk.advisory(work, command.advisory)
        attachment: Attachment | None = work.attachments.get(advisory.id, advisory.revision)
    if attachment is None:
        raise NotFound(f"nothing is attached to {advisory.id}, so there is nothing to compare with")
    package, site_map = load_package(desk, attachment)
    found = desk.isolation.compare(
        [(one.name, desk.vault_get(one.blob)) for one in sample.files],
        [(file.path, file.data) for file in original(package, site_map).files],
        command.corpus,
        command.of_format,
        Declared(package.manifest.forced, package.manifest.makers),
    )
    return CommonalityReport(
        program=desk.program.name,
        written_at=desk.clock(),
        advisory=advisory.id,
        compared=f"revision {attachment.revision}",
        sample=sample.id,
        sha256=sample.digest,
        corpus=command.corpus_name,
        found=found,
    )
