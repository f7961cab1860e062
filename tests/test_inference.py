"""How sure a figure is, in words: every method and every reason, in both languages."""

import re
from pathlib import Path

import pytest

from evalkit.codebook import LANGUAGES
from evalkit.present.inference import (
    estimate_text,
    interval_text,
    method_name,
    p_text,
    reason_text,
    signed,
    significance_text,
)
from evalkit.statistics.intervals import difference_of_proportions, proportion
from evalkit.statistics.outcome import Interval, Reason, SignificanceTest
from evalkit.statistics.ranks import mann_whitney
from evalkit.statistics.two_way import fisher_freeman_halton

DOCS = Path(__file__).parents[1] / "docs" / "statistics.md"
WEIGHTING = {"raking", "post_stratification", "kish"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_method_has_a_name_for_the_reader(language):
    text = DOCS.read_text("utf-8").partition("## Reasons")[0]
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    keys = {key for row in rows for key in re.findall("`([a-z_0-9]+)`", row)} - WEIGHTING
    assert {"wilson", "mann_whitney", "bowker", "feldt", "holm"} < keys
    for key in keys:
        assert method_name(key, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_a_sentence(reason, language):
    assert reason_text(reason, language).endswith(".")


def test_english_reasons_are_those_of_the_statistics():
    assert reason_text(Reason.EVERYBODY_ANSWERED, "en") == Reason.EVERYBODY_ANSWERED.sentence


def plain(text: str) -> str:
    """The text with ordinary spaces: a figure is not parted from its sign at the end of a line."""
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("p", "shown"),
    [(0.78268, "p = 0,783"), (0.0004, "p < 0,001"), (0.0125, "p = 0,013"), (1.0, "p > 0,999")],
)
def test_p_has_three_decimals_rounded_half_up(p, shown):
    assert plain(p_text(p, "sv")) == shown


def test_a_test_tells_its_name_how_its_statistic_p_and_n():
    """Only 1 of the 35 ways to deal three of seven is as far apart: p = 1/35."""
    apart = mann_whitney([[3, 0], [0, 4]])
    assert (
        plain(significance_text(apart, "sv"))
        == "Mann–Whitneys test (exakt): U = 0,00, p = 0,029, n = 7."
    )
    alike = mann_whitney([[3, 0], [4, 0]])
    assert significance_text(alike, "en") == "Mann–Whitney test: All answers are the same."


def test_a_drawn_p_comes_with_its_error():
    drawn = SignificanceTest(
        method="fisher_freeman_halton", n=400, kind="monte_carlo", p=0.25, p_error=0.00137
    )
    text = plain(significance_text(drawn, "sv"))
    assert text.startswith("Fisher–Freeman–Haltons test (slumpvis dragna tabeller): p = 0,250 ")
    assert text.endswith(" (medelfel 0,0014), n = 400.")
    job = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]  # Agresti 2002, table 2.8
    assert ": p = 0.783, n = 96." in plain(significance_text(fisher_freeman_halton(job), "en"))


def test_intervals_are_shown_in_per_cent_points_or_numbers():
    """Wilson for 16 of 25: 0.44518 to 0.79752."""
    share = proportion(16, 25)
    assert interval_text(share, "sv") == "45–80\u00a0%"
    assert interval_text(share, "en") == "45–80%"
    assert interval_text(share, "sv", "number") == "0,45 till 0,80"
    change = difference_of_proportions((5, 6), (10, 10))
    assert interval_text(change, "sv", "points").startswith("−")
    none = Interval(method="t", level=0.95, reason=Reason.NO_ANSWERS)
    assert interval_text(none, "sv") == ""


def test_a_difference_has_its_sign():
    assert signed(0.25, "sv") == "+0,25"
    assert signed(-0.25, "sv") == "−0,25"
    assert signed(0.004, "sv") == "0,00"
    assert estimate_text(0.125, "sv") == "13\u00a0%"
    assert estimate_text(0.05, "en", "points") == "+5"
