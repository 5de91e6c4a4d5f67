"""Tracing codes: make codewords, score them; numbers only, no files.

If a copy is innocent, its symbols are independent of the sample and of all other copies, so any
whole-number statistic of them has a law that can be computed exactly. No model of the attack and
no assumption on the number of leakers enters the bound; models only buy power.
"""

from mapp_compliance.watermark.codes.biases import assign_biases
from mapp_compliance.watermark.codes.eprocess import Accumulated, Bet, evidence_across, factors
from mapp_compliance.watermark.codes.errorcontrol import holm, share_of
from mapp_compliance.watermark.codes.keys import letters, match_numerator, pad
from mapp_compliance.watermark.codes.phantoms import PHANTOMS, Phantoms
from mapp_compliance.watermark.codes.pvalue import exact_tail, printed
from mapp_compliance.watermark.codes.reach import Expected, chance_of_naming, supported
from mapp_compliance.watermark.codes.score import score
from mapp_compliance.watermark.codes.scores import (
    Band,
    EntityScore,
    InstanceScore,
    JointEvidence,
    Method,
    PairClaim,
    Residual,
    Scores,
)
from mapp_compliance.watermark.codes.soft import Soft
from mapp_compliance.watermark.codes.units import OTHER, SCALE, CodeError
from mapp_compliance.watermark.codes.words import Codebook, codebook, codeword

__all__ = [
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
    "InstanceScore",
    "JointEvidence",
    "Method",
    "PairClaim",
    "Phantoms",
    "Residual",
    "Scores",
    "Soft",
    "assign_biases",
    "chance_of_naming",
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
    "share_of",
    "supported",
]
