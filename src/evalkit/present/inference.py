"""How sure a figure is and whether a difference is more than chance, in words and signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from evalkit.codebook import Language
from evalkit.present.numbers import NBSP, decimal, trimmed, whole
from evalkit.present.words import word
from evalkit.statistics.outcome import Interval, Reason, SignificanceTest

Scale = Literal["percent", "points", "number"]
"""A share shown in per cent, a difference of shares in percentage points, or a number as it is."""

_SIGNS: Mapping[str, str] = {
    "chi_square": "χ²",
    "mann_whitney": "U",
    "kruskal_wallis": "H",
    "linear_by_linear": "z",
    "two_proportions_z": "z",
    "welch": "t",
    "wilcoxon_pratt": "z",
    "wilcoxon_drop": "z",
    "mcnemar_asymptotic": "χ²",
    "bowker": "χ²",
    "nominal_effects": "χ²",
}
"""The sign of the statistic that a method is known by; the others are told by p alone."""
_BY_Z = frozenset(name for name, sign in _SIGNS.items() if sign == "z")


def method_name(method: str, language: Language) -> str:
    """What a method is called where it begins a sentence: "Mann–Whitneys test"."""
    return word(f"method_{method}", language)


def reason_text(reason: Reason, language: Language) -> str:
    """Why there is no figure, as a sentence."""
    return word(f"reason_{reason.value}", language)


def p_text(p: float, language: Language) -> str:
    """A p-value with three decimals: "p = 0,012", "p < 0,001", "p > 0,999"."""
    if p < 0.001:
        return f"p{NBSP}<{NBSP}{decimal(0.001, language, 3)}"
    if p > 0.999:
        return f"p{NBSP}>{NBSP}{decimal(0.999, language, 3)}"
    return f"p{NBSP}={NBSP}{decimal(p, language, 3)}"


def p_alone(p: float, language: Language) -> str:
    """A p-value in a column of its own: "0,012", "< 0,001"."""
    return p_text(p, language).removeprefix(f"p{NBSP}").removeprefix(f"={NBSP}")


def significance_text(test: SignificanceTest, language: Language) -> str:
    """A test on one line: its name, how p was had, statistic, p and n; or why there is none."""
    name = method_name(test.method, language)
    if test.reason is not None:
        return f"{name}: {reason_text(test.reason, language)}"
    how = f" ({word(f'by_{test.kind}', language)})" if test.kind else ""
    figures = [*_statistic(test, language), _p_with_error(test, language)]
    figures.append(f"n{NBSP}={NBSP}{whole(test.n, language)}")
    return f"{name}{how}: {', '.join(figures)}."


def _statistic(test: SignificanceTest, language: Language) -> list[str]:
    sign = _SIGNS.get(test.method)
    value = test.z if test.method in _BY_Z else test.statistic
    if sign is None or value is None:
        return []
    df = "" if test.df is None or sign == "z" else f"({trimmed(test.df, language, 1)})"
    return [f"{sign}{df}{NBSP}={NBSP}{decimal(value, language, 2)}"]


def _p_with_error(test: SignificanceTest, language: Language) -> str:
    text = p_text(test.p if test.p is not None else 1.0, language)
    if test.p_error is None:
        return text
    return f"{text} ({word('standard_error', language)} {decimal(test.p_error, language, 4)})"


def estimate_text(value: float, language: Language, scale: Scale = "percent") -> str:
    """A figure as it is shown: 0.444 as "44 %", a difference of 0.05 as "+5", 2.625 as "2,63"."""
    if scale == "percent":
        return f"{decimal(100 * value, language, 0)}{word('percent_sign', language)}"
    if scale == "points":
        return signed(100 * value, language, 0)
    return decimal(value, language, 2)


def signed(value: float, language: Language, digits: int = 2) -> str:
    """A number with its sign: "+0,25", "−0,25", "0,00"."""
    text = decimal(value, language, digits)
    return f"+{text}" if value > 0 and any(each in text for each in "123456789") else text


def percent_range(low: float, high: float, language: Language) -> str:
    """Two shares as one range of per cent: "45–80 %", "0 %"."""
    first, last = decimal(100 * low, language, 0), estimate_text(high, language)
    return last if last == first + word("percent_sign", language) else f"{first}–{last}"


def interval_text(interval: Interval, language: Language, scale: Scale = "percent") -> str:
    """The bounds of an interval: "45–80 %", "−5 till +12"; empty where there is none."""
    if interval.low is None or interval.high is None:
        return ""
    if scale == "percent":
        return percent_range(interval.low, interval.high, language)
    low, high = (estimate_text(each, language, scale) for each in (interval.low, interval.high))
    return word("from_to", language, low=low, high=high)


def effect_text(effect: Interval, language: Language) -> str:
    """The size of an effect on one line: its name, the estimate, and the interval or why none."""
    name = method_name(effect.method, language)
    if effect.estimate is None:
        return f"{name}: {reason_text(effect.reason, language)}" if effect.reason else name
    figure = signed(effect.estimate, language)
    if effect.reason is not None or effect.low is None or effect.high is None:
        why = f" {reason_text(effect.reason, language)}" if effect.reason else ""
        return f"{name}: {figure}.{why}"
    low, high = (signed(each, language) for each in (effect.low, effect.high))
    bounds = word("from_to", language, low=low, high=high)
    return f"{name}: {figure} ({bounds})."
