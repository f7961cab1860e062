"""Half-up rounding, against hand-rounded ties, decimal and fractions."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.rounding import half_up


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        (12.5, 0, "13"),  # 3 of 24; Python's round gives 12
        (2.625, 2, "2.63"),  # the published mean of BoU table 1
        (0.5, 0, "1"),
        (1.5, 0, "2"),
        (2.5, 0, "3"),
        (-0.5, 0, "-1"),
        (-2.5, 0, "-3"),
        (2.675, 2, "2.68"),  # 2.67499… as binary
        (1.005, 2, "1.01"),  # 1.00499… as binary
        (0.285, 2, "0.29"),
        (100 / 3, 0, "33"),
        (200 / 3, 0, "67"),
        (1 / 3, 2, "0.33"),
        (2 / 3, 2, "0.67"),
        (44.0, 0, "44"),
        (3.7, 2, "3.70"),
        (99.5, 0, "100"),
        (0, 2, "0.00"),
    ],
)
def test_ties_are_rounded_away_from_zero(value, digits, rounded):
    assert str(half_up(value, digits)) == rounded


@given(n=st.integers(-(10**9), 10**9), places=st.integers(0, 3), digits=st.integers(0, 3))
@settings(max_examples=100)
def test_a_decimal_number_is_rounded_as_decimal_does(n, places, digits):
    exact = Decimal(n).scaleb(-places)
    wanted = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    assert half_up(float(exact), digits) == wanted


@given(n=st.integers(0, 5000), base=st.integers(1, 5000), digits=st.integers(0, 2))
@settings(max_examples=200)
def test_a_per_cent_lies_within_half_a_unit_and_ties_go_up(n, base, digits):
    exact = Fraction(100 * n, base)
    unit = Fraction(1, 10**digits)
    for given_as in (exact, 100 * n / base):
        error = Fraction(half_up(given_as, digits)) - exact
        assert -unit / 2 < error <= unit / 2


@given(st.fractions(-1000, 1000, max_denominator=1000))
@settings(max_examples=100)
def test_rounding_is_symmetric_about_zero(value):
    assert half_up(-value, 1) == -half_up(value, 1)
