"""How the level of one sample is shared out among the ways of naming a copy.

A p that is one of several tries is multiplied by its price, 1 / share. The shares sum to 1, so the
chance that any of the tries rejects an innocent stays within the level.

>>> sum(SHARES.values())
Fraction(1, 1)
"""

from fractions import Fraction

CODE, TAGS = Fraction(15, 16), Fraction(1, 16)  # code alone; code with tags of two channels
C1, SYM, JOINT = Fraction(1, 4), Fraction(1, 4), Fraction(1, 2)  # of the code's part

SHARES = {"c1": CODE * C1, "sym": CODE * SYM, "joint": CODE * JOINT, "tags": TAGS}

SINGLE_PRICE = float(1 / C1)  # of the smaller p of the two single decoders, inside the code's part
JOINT_PRICE = float(1 / JOINT)
CODE_PRICE, TAG_PRICE = 1 / CODE, 1 / TAGS
