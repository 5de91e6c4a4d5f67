"""The families of natural forms: what each changes, and what is promised of it.

Each family is a channel of its own, since a tool undoes a family as a whole.

>>> sorted(family.value for family in DEFAULT - SAME_CODE)
['branch', 'compare', 'identity', 'yoda']
"""

from enum import Enum


class Family(Enum):
    """A kind of form; the second one is named."""

    QUOTES = "quotes"  # double quotes
    SPLIT = "split"  # a text in two pieces
    RAW = "raw"  # a raw text
    BASE = "base"  # hexadecimal
    RETURN = "return"  # return None
    NEGATION = "negation"  # not x in y
    YODA = "yoda"  # a text or whole number on the left
    IDENTITY = "identity"  # None, True or False on the left of "is"
    COMPARE = "compare"  # greater than, of a length
    BRANCH = "branch"  # a negated condition
    PARENS = "parens"  # parentheses around an operand
    TUPLE = "tuple"  # parentheses around the values of a statement
    STOP = "stop"  # a comment that ends in a full stop
    CAPITAL = "capital"  # a comment that begins with a capital
    OPERANDS = "operands"  # greater than, of two names
    DEFINITIONS = "definitions"  # of two functions the one that sorts last
    KEYWORDS = "keywords"  # of two keyword arguments the one that sorts last
    ENTRIES = "entries"  # of two entries of a dictionary the one that sorts last


DEFAULT = frozenset(
    {
        *(Family.QUOTES, Family.RAW, Family.BASE, Family.RETURN),
        *(Family.NEGATION, Family.YODA, Family.IDENTITY, Family.COMPARE, Family.BRANCH),
        *(Family.PARENS, Family.TUPLE, Family.STOP, Family.CAPITAL),
    }
)
SAME_CODE = frozenset(  # compile to the same code, line tables apart
    {
        *(Family.QUOTES, Family.SPLIT, Family.RAW, Family.BASE, Family.RETURN, Family.NEGATION),
        *(Family.PARENS, Family.TUPLE, Family.STOP, Family.CAPITAL),
    }
)
LINES = frozenset({Family.BRANCH, Family.DEFINITIONS})  # move lines
ORDERS = frozenset({Family.DEFINITIONS, Family.KEYWORDS, Family.ENTRIES})  # show in reflection
