"""The one place where a number loses digits."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction


def half_up(value: float | Fraction, digits: int = 0) -> Decimal:
    """`value` rounded to `digits` decimals, halves away from zero, as published tables do.

    A float is first read at 12 significant digits, so that 2.675, which binary floating point holds
    as 2.67499…, rounds to 2.68. Python's own `round` and `format` round half to even on the binary
    value: 12.5 gives 12 and 2.625 gives 2.62.
    """
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    else:
        exact = Decimal(f"{value:.12g}")
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
