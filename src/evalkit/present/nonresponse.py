"""Who answered, against all who were invited, in words."""

from __future__ import annotations

from evalkit.codebook import Language
from evalkit.present.inference import p_text, significance_text
from evalkit.present.numbers import NBSP, in_words, percent, whole
from evalkit.present.sentences import capital, join, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownCategory, ShownNonresponse
from evalkit.statistics.outcome import Reason

LEAST_P = 0.05
"""Below this, the words say that chance seldom gives as much."""


def nonresponse_finding(released: Released[ShownNonresponse], language: Language) -> str:
    """Where most and fewest answered, and whether that may be chance."""
    shown = opened(released)
    if shown is None:
        return ""
    rates = [
        (each.figures.rate.percent, each)
        for each in shown.rows
        if each.figures is not None and each.figures.rate.percent is not None
    ]
    if shown.test is not None and shown.test.reason == Reason.ALL_EQUAL:
        key = "nonresponse_everybody" if shown.invited == shown.responded else "nonresponse_nobody"
        return word(key, language)
    if len(rates) < 2:
        return ""
    high, low = max(rate for rate, _ in rates), min(rate for rate, _ in rates)
    fields = {"percent": percent(high, language), "lowest_percent": percent(low, language)}
    if high == low:
        return word("nonresponse_level", language, percent=fields["percent"])
    text = word(
        "nonresponse_finding",
        language,
        highest=_named([each for rate, each in rates if rate == high], language),
        lowest=_named([each for rate, each in rates if rate == low], language),
        **fields,
    )
    if shown.test is None or shown.test.p is None:
        return text
    p = p_text(shown.test.p, language).replace(" ", NBSP)
    key = "nonresponse_not_random" if shown.test.p < LEAST_P else "nonresponse_maybe_random"
    return f"{text} {word(key, language, p=p)}"


def _named(rows: list[ShownCategory], language: Language) -> str:
    return join([quoted(each.label, language) for each in rows], language)


def nonresponse_notes(released: Released[ShownNonresponse], language: Language) -> tuple[str, ...]:
    """The test by name, those of whom the category is not known, and what is kept back."""
    shown = opened(released)
    if shown is None:
        return ()
    notes = []
    if shown.test is not None and shown.test.p is not None:
        notes.append(significance_text(shown.test, language))
    if shown.unknown:
        n = capital(in_words(shown.unknown, language))
        key = "nonresponse_unknown_one" if shown.unknown == 1 else "nonresponse_unknown"
        notes.append(word(key, language, n=n))
    if shown.hidden:
        least = whole(released.rule.min_respondents, language)
        notes.append(word("nonresponse_hidden", language, least=least))
    return tuple(notes)
