"""A proportional-odds model in words: each odds ratio, and whether the model fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evalkit.analysis.models import Background, Model, ModelGroup
from evalkit.codebook import Language, Text
from evalkit.present.inference import (
    interval_text,
    method_name,
    p_text,
    reason_text,
    significance_text,
)
from evalkit.present.numbers import NBSP, decimal, in_words, whole
from evalkit.present.sentences import capital, join, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.rounding import half_up
from evalkit.statistics.ordinal import Coefficient

LEAST_P = 0.05
"""Below this, the words say that chance seldom gives as much."""


def model_name(model: Model, language: Language) -> str:
    """What is modelled on what: "Hur ofta man är orolig" efter kön och ålder."""
    return names_text(model.title, [each.title for each in model.backgrounds], language)


def names_text(title: Text, on: Sequence[Text], language: Language) -> str:
    """The same from the items' labels."""
    labels = [each.best(language).text for each in on]
    small = [each[:1].lower() + each[1:] for each in labels]
    return word("model_name", language, label=quoted(title, language), by=join(small, language))


def odds_text(found: Coefficient, language: Language) -> str:
    """An odds ratio with two decimals, or as it is where it is past all measure."""
    estimate = found.odds_ratio.estimate
    return "" if estimate is None else ratio(estimate, language)


def ratio(value: float, language: Language) -> str:
    """A ratio with two decimals; "< 0,01" and "> 1 000" beyond what they can tell."""
    if value < 0.01:
        return f"< {decimal(0.01, language)}"
    if value > 1000:
        return f"> {whole(1000, language)}"
    return decimal(value, language)


def odds_interval(found: Coefficient, language: Language) -> str:
    """The interval of an odds ratio: "0,14 till 0,71"."""
    low, high = found.odds_ratio.low, found.odds_ratio.high
    if low is None or high is None:
        return ""
    if low >= 0.01 and high <= 1000:
        return interval_text(found.odds_ratio, language, "number")
    return word("from_to", language, low=ratio(low, language), high=ratio(high, language))


def model_findings(released: Released[Model], language: Language) -> tuple[str, ...]:
    """Each odds ratio as a sentence; or why there is no model."""
    model = opened(released)
    if model is None:
        return ()
    if model.fitted.reason is not None:
        return (word("model_none", language, why=reason_text(model.fitted.reason, language)),)
    return tuple(
        _finding(model, background, group, language)
        for background in model.backgrounds
        for group in background.groups
        if group.coefficient is not None
    )


def _finding(model: Model, background: Background, group: ModelGroup, language: Language) -> str:
    found = group.coefficient
    if found is None or found.odds_ratio.estimate is None:
        return ""
    fields = {
        "background": background.title.best(language).text,
        "group": quoted(group.label, language),
        "reference": quoted(background.reference.label, language),
        "towards": quoted(model.towards, language),
        "odds": odds_text(found, language),
        "interval": odds_interval(found, language),
    }
    shown = half_up(found.odds_ratio.estimate, 2)
    key = "model_same" if shown == 1 else "model_higher" if shown > 1 else "model_lower"
    sure = "model_more_than_chance" if found.p < LEAST_P else "model_maybe_chance"
    return f"{word(key, language, **fields)} {word(sure, language, p=_p(found.p, language))}"


def _p(p: float, language: Language) -> str:
    return p_text(p, language).replace(" ", NBSP)


def model_notes(released: Released[Model], language: Language) -> tuple[str, ...]:
    """How many it rests on, whether it can be trusted, its assumption, and its name."""
    model = opened(released)
    return () if model is None else tuple(_notes(model, language))


def _notes(model: Model, language: Language) -> Iterator[str]:
    n = whole(model.fitted.n, language)
    text = word("model_rests_on", language, n=n)
    if model.left_out:
        left = capital(in_words(model.left_out, language))
        key = "model_left_out_one" if model.left_out == 1 else "model_left_out"
        text = f"{text} {word(key, language, n=left)}"
    yield text
    if model.fitted.reason is not None:
        return
    if model.fitted.few:
        yield word("model_few", language)
    yield from _assumption(model, language)
    yield word("model_method", language, method=method_name(model.fitted.method, language))


def _assumption(model: Model, language: Language) -> Iterator[str]:
    """Whether the odds are proportional, by the test of all terms together."""
    tests = [each for each in model.fitted.odds if each.term is None] or list(model.fitted.odds)
    if not tests:
        return
    found = tests[0]
    if found.test.p is None:
        key = "model_odds_unknown"
    else:
        key = "model_odds_doubted" if found.test.p < LEAST_P else "model_odds_hold"
    text = f"{word(key, language)} {significance_text(found.test, language)}"
    yield f"{text} {word('model_odds_rough', language)}" if found.separated else text
