"""Units of the room: every symbol probability is a numerator over ``SCALE``.

>>> 54 * SCALE // 256  # the low bias, 54/256
905969664
"""

from mapp_compliance.errors import MappError

SCALE = 2**32  # denominator of every symbol probability
OTHER = -1  # a tag's place was found, but no value of its space stands there


class CodeError(MappError):
    """Keys, sites or symbols do not fit together; nothing was derived or scored."""
