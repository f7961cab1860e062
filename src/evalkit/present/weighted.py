"""Weighted figures in words: how the weights were made, and what they change."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.analysis.weighting import WeightedFigure, WeightedItem, Weights
from evalkit.codebook import Language
from evalkit.present.inference import estimate_text, reason_text
from evalkit.present.numbers import decimal, in_words, whole
from evalkit.present.sentences import capital, join, labels_text
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownWeighted


def figure_text(figure: WeightedFigure, language: Language) -> str:
    """What a figure is: its answers, or that it is a mean."""
    if not figure.labels:
        return word("mean", language)
    text = labels_text(figure.labels, language)
    return word("quoted", language, text=text) if len(figure.labels) > 1 else text


def value_text(value: float | None, figure: WeightedFigure, language: Language) -> str:
    """A share in per cent, a mean with two decimals."""
    if value is None:
        return ""
    return estimate_text(value, language, "percent" if figure.labels else "number")


def weighted_finding(released: Released[ShownWeighted], language: Language) -> str:
    """Why there are no weights; or the share that they change most."""
    shown = opened(released)
    if shown is None:
        return ""
    if shown.weights.reason is not None:
        why = reason_text(shown.weights.reason, language)
        return word("weights_none", language, why=why)
    found = _most(shown)
    if found is None:
        return ""
    row, figure = found
    fields = {
        "answers": word("quoted", language, text=labels_text(figure.labels, language)),
        "label": word("quoted", language, text=row.title.best(language).text),
        "unweighted": value_text(figure.unweighted, figure, language),
        "weighted": value_text(figure.weighted.estimate, figure, language),
    }
    same = fields["unweighted"] == fields["weighted"]
    return word("weights_change_nothing" if same else "weights_change", language, **fields)


def _most(shown: ShownWeighted) -> tuple[WeightedItem, WeightedFigure] | None:
    found = [(row, each) for row in shown.rows for each in row.shares]
    return max(found, key=lambda each: abs(each[1].change)) if found else None


def weights_lead(weights: Weights, language: Language) -> str:
    """What weights are for, and what the respondents are weighted to."""
    labels = [each.label.best(language).text for each in weights.to]
    small = [each[:1].lower() + each[1:] for each in labels]
    return word("weights_lead", language, to=join(small, language))


def weights_notes(released: Released[ShownWeighted], language: Language) -> tuple[str, ...]:
    """How the weights were made, how far they reach, and what they cost."""
    shown = opened(released)
    if shown is None or shown.weights.weights is None:
        return ()
    return tuple(_notes(shown, released.rule.min_respondents, language))


def _notes(shown: ShownWeighted, least: int, language: Language) -> Iterator[str]:
    weights = shown.weights
    if weights.method == "raking":
        yield word("weights_raking", language, n=whole(weights.rounds, language))
    else:
        yield word("weights_post_stratification", language)
    if weights.ends is not None:
        low, high = (decimal(each, language) for each in weights.ends)
        yield word("weights_ends", language, low=low, high=high)
    if weights.trimmed:
        n, off = capital(in_words(weights.trimmed, language)), estimate_text(weights.off, language)
        yield word("weights_trimmed", language, n=n, off=off)
    if weights.kish is not None and weights.kish.effective_n and weights.kish.design_effect:
        yield word(
            "weights_kish",
            language,
            n=whole(weights.kish.n, language),
            effective=decimal(weights.kish.effective_n, language, 0),
            effect=decimal(weights.kish.design_effect, language),
        )
    if weights.left_out:
        n = capital(in_words(weights.left_out, language))
        key = "weights_left_out_one" if weights.left_out == 1 else "weights_left_out"
        yield word(key, language, n=n)
    yield word("weights_method", language)
    if shown.withheld:
        labels = ", ".join(each.label.best(language).text for each in shown.withheld)
        yield word("weights_withheld", language, least=whole(least, language), labels=labels)
