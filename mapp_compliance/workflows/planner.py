"""How many colluders a package can stand: what its author should know before it is issued.

The lengths are measured for 100 recipients at one in a million each, with the two single
decoders alone (`tests/watermark/codes`): 24 clean sites name a lone leaker, 192 name one of two.
A joint decoder will need fewer sites for coalitions; until it is there nothing is promised.
"""

ENOUGH_CODE_SITES = ((192, 2), (24, 1))  # code sites, colluders


def supports_colluders(code_sites: int) -> int:
    """Greatest number of colluders of whom one is named in at least 97 of 100 leaks; 0 for none."""
    return next((number for sites, number in ENOUGH_CODE_SITES if code_sites >= sites), 0)
