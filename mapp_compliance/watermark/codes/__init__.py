"""Tracing codes: make codewords, score them; numbers only, no files.

If a copy is innocent, its symbols are independent of the sample and of all other copies, so any
whole-number statistic of them has a law that can be computed exactly. No model of the attack and
no assumption on the number of leakers enters the bound; models only buy power.
"""

from mapp_compliance.watermark.codes.biases import assign_biases
from mapp_compliance.watermark.codes.decoders import code_reading
from mapp_compliance.watermark.codes.eprocess import Accumulated, Bet, evidence_across, factors
from mapp_compliance.watermark.codes.errorcontrol import holm, share_of
from mapp_compliance.watermark.codes.explain import SiteAgreement, agreements
from mapp_compliance.watermark.codes.groups import GroupScore, agreement_p, score_groups
from mapp_compliance.watermark.codes.keys import checked_key, letters, match_numerator, pad
from mapp_compliance.watermark.codes.phantoms import PHANTOMS, Phantoms
from mapp_compliance.watermark.codes.pvalue import exact_tail, printed
from mapp_compliance.watermark.codes.reach import (
    MOST_COLLUDERS,
    Expected,
    chance_of_naming,
    supported,
)
from mapp_compliance.watermark.codes.score import score
from mapp_compliance.watermark.codes.scores import (
    NEWEST,
    Band,
    EntityScore,
    InstanceScore,
    JointEvidence,
    Method,
    PairClaim,
    Residual,
    Scores,
)
from mapp_compliance.watermark.codes.spread import Spread, spread
from mapp_compliance.watermark.codes.units import OTHER, SCALE, CodeError
from mapp_compliance.watermark.codes.words import (
    Codebook,
    Groups,
    codebook,
    codeword,
    shared_symbols,
)

__all__ = [
    "MOST_COLLUDERS",
    "NEWEST",
    "OTHER",
    "PHANTOMS",
    "SCALE",
    "Accumulated",
    "Band",
    "Bet",
    "CodeError",
    "Codebook",
    "EntityScore",
    "Expected",
    "GroupScore",
    "Groups",
    "InstanceScore",
    "JointEvidence",
    "Method",
    "PairClaim",
    "Phantoms",
    "Residual",
    "Scores",
    "SiteAgreement",
    "Spread",
    "agreement_p",
    "agreements",
    "assign_biases",
    "chance_of_naming",
    "checked_key",
    "code_reading",
    "codebook",
    "codeword",
    "evidence_across",
    "exact_tail",
    "factors",
    "holm",
    "letters",
    "match_numerator",
    "pad",
    "printed",
    "score",
    "score_groups",
    "share_of",
    "shared_symbols",
    "spread",
    "supported",
]
