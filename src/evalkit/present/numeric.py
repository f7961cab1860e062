"""A numeric item in words: its figures, its bars, the sentence under its table."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.histogram import Bin
from evalkit.analysis.numeric import Numeric
from evalkit.codebook import Language
from evalkit.intake.responses import Number
from evalkit.present.numbers import decimal, percent, trimmed, whole
from evalkit.present.sentences import apart_sentences, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened


def spread_text(value: float | None, table: Numeric, language: Language) -> str:
    """A mean or standard deviation: with two decimals, or as many as the numbers have."""
    return "" if value is None else decimal(value, language, max(2, table.decimals))


def middle_text(value: float | None, table: Numeric, language: Language) -> str:
    """A median or quartile, which is a number that was given or lies between two: 7, 7,5."""
    return "" if value is None else trimmed(value, language, max(2, table.decimals))


def bin_labels(table: Numeric, language: Language) -> list[str]:
    """What each bar stands for: 3, 10–19, 0,5 till under 1, Minst 40."""
    last = len(table.bins) - 1
    return [_label(each, at == last, table, language) for at, each in enumerate(table.bins)]


def _label(each: Bin, last: bool, table: Numeric, language: Language) -> str:
    """Bars of whole numbers are named by their least and greatest, others by their edges."""
    if each.low is None or each.high is None:
        return _open_label(each, table, language)
    low = _number(each.low, table, language)
    if table.single:
        return low
    greatest = each.high if last or not table.whole else each.high - 1
    if greatest == each.low:
        return low
    key = "bin_range" if each.low >= 0 else "bin_to"
    if not table.whole:
        key = "bin_to" if last else "bin_under"
    return word(key, language, low=low, high=_number(greatest, table, language))


def _open_label(each: Bin, table: Numeric, language: Language) -> str:
    if each.low is not None:
        return word("bin_least", language, low=_number(each.low, table, language))
    if each.high is None:
        return word("bin_all", language)
    if table.whole:
        return word("bin_most", language, high=_number(each.high - 1, table, language))
    return word("bin_below", language, high=_number(each.high, table, language))


def _number(value: Number, table: Numeric, language: Language) -> str:
    return trimmed(value, language, max(6, table.decimals))


def numeric_finding(released: Released[Numeric], language: Language) -> str:
    """Between which numbers half of the answers lie; empty where the table is not shown."""
    table = opened(released)
    if table is None:
        return ""
    if not table.bases.answered:
        return word("sentence_nobody", language)
    if table.median is None:
        return ""
    if table.lower_quartile is None or table.upper_quartile is None:
        return word("sentence_middle", language, median=middle_text(table.median, table, language))
    fields = {
        "low": middle_text(table.lower_quartile, table, language),
        "high": middle_text(table.upper_quartile, table, language),
        "median": middle_text(table.median, table, language),
    }
    same = fields["low"] == fields["high"]
    return word("sentence_quartile" if same else "sentence_quartiles", language, **fields)


def numeric_sentences(released: Released[Numeric], language: Language) -> str:
    """The finding, then who gave no number, did not get the question and did not answer."""
    table = opened(released)
    if table is None:
        return ""
    parts = [numeric_finding(released, language), *apart_sentences(table, language)]
    return " ".join(part for part in parts if part)


def alt_histogram(released: Released[Numeric], language: Language) -> str:
    """The alternative text of a histogram: what kind, main finding, the bars."""
    table = opened(released)
    if table is None:
        return ""
    return word(
        "alt_histogram",
        language,
        label=quoted(table.item.label, language),
        base=whole(table.bases.answered, language),
        finding=numeric_finding(released, language),
        bars=_bars(table, bin_labels(table, language), language),
    )


def _bars(table: Numeric, labels: Sequence[str], language: Language) -> str:
    shares = [percent(each.percent, language) for each in table.bins]
    return ", ".join(f"{label}: {share}" for label, share in zip(labels, shares, strict=True))
