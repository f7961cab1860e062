"""An index in words: how its items go together, what each of them adds, and its mean."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.analysis.indices import Index, IndexItem
from evalkit.codebook import Language
from evalkit.present.inference import estimate_text, interval_text, method_name, reason_text
from evalkit.present.numbers import decimal, in_words, whole
from evalkit.present.sentences import capital, join, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownIndex
from evalkit.rounding import half_up


def index_label(index: Index, language: Language) -> str:
    """What the index is called: its label, or its name."""
    return index.label.best(language).text or index.name


def index_findings(released: Released[ShownIndex], language: Language) -> tuple[str, ...]:
    """What alpha says, which item goes least with the rest, and the mean: a paragraph each."""
    shown = opened(released)
    if shown is None:
        return ()
    return tuple(_findings(shown, language))


def _findings(shown: ShownIndex, language: Language) -> Iterator[str]:
    index = shown.index
    if index.alpha.estimate is None:
        why = "" if index.alpha.reason is None else reason_text(index.alpha.reason, language)
        yield word("index_no_alpha", language, why=why)
    else:
        fields = {
            "alpha": decimal(index.alpha.estimate, language),
            "interval": interval_text(index.alpha, language, "number"),
            "percent": estimate_text(max(index.alpha.estimate, 0), language),
        }
        key = "index_alpha" if index.alpha.estimate > 0 else "index_alpha_negative"
        yield word(key, language, **fields)
        yield _dropped(index, language)
    yield from _mean(shown, language)


def _dropped(index: Index, language: Language) -> str:
    """The item without which alpha is highest, where it is higher than with it."""
    dropped = [
        (each.scale.alpha_if_dropped, each)
        for each in index.items
        if each.scale.alpha_if_dropped is not None
    ]
    if not dropped or index.alpha.estimate is None:
        return word("index_of_two", language)
    most, item = max(dropped, key=lambda each: each[0])
    if half_up(most, 2) <= half_up(index.alpha.estimate, 2):
        return word("index_keep_all", language)
    fields = {"label": quoted(item.title, language), "alpha": decimal(most, language)}
    return word("index_drop", language, **fields)


def _mean(shown: ShownIndex, language: Language) -> Iterator[str]:
    mean = shown.index.mean
    if shown.mean_withheld or mean.estimate is None:
        return
    text = word("index_mean", language, mean=decimal(mean.estimate, language))
    if shown.index.ends is not None:
        low, high = (str(each) for each in shown.index.ends)
        text += word("index_scale", language, low=low, high=high)
    if mean.low is not None:
        interval = interval_text(mean, language, "number")
        text += word("index_mean_interval", language, interval=interval)
    yield f"{text}."


def index_notes(released: Released[ShownIndex], language: Language) -> tuple[str, ...]:
    """Whom it rests on, which items were turned round, and the methods."""
    shown = opened(released)
    return () if shown is None else tuple(_notes(shown, released.rule.min_respondents, language))


def _notes(shown: ShownIndex, least: int, language: Language) -> Iterator[str]:
    index = shown.index
    fields = {"n": whole(index.complete, language), "k": in_words(len(index.items), language)}
    text = word("index_complete", language, **fields)
    if index.partly:
        n = capital(in_words(index.partly, language))
        key = "index_partly_one" if index.partly == 1 else "index_partly"
        text = f"{text} {word(key, language, n=n)}"
    yield text
    if shown.mean_withheld:
        yield word("index_mean_withheld", language, least=whole(least, language))
    turned = [quoted(each.title, language) for each in index.items if each.turned]
    if turned:
        key = "index_turned_one" if len(turned) == 1 else "index_turned"
        yield word(key, language, labels=join(turned, language))
    if index.positive == "low":
        yield word("low_is_good", language)
    if index.ends is None:
        yield word("index_scales_differ", language)
    if index.alpha.low is not None:
        methods = f"{method_name(index.alpha.method, language)}"
        if index.mean.low is not None and not shown.mean_withheld:
            methods += f"; {method_name(index.mean.method, language)}"
        level = estimate_text(index.alpha.level, language)
        yield word("index_methods", language, methods=methods, level=level)


def scale_cells(item: IndexItem, language: Language) -> tuple[str, str]:
    """Correlation with the rest and alpha without the item; a reason where there is none."""
    scale = item.scale
    total = "" if scale.item_total is None else decimal(scale.item_total, language)
    without = "" if scale.alpha_if_dropped is None else decimal(scale.alpha_if_dropped, language)
    if not total and scale.item_total_reason is not None:
        total = reason_text(scale.item_total_reason, language)
    if not without and scale.dropped_reason is not None:
        without = reason_text(scale.dropped_reason, language)
    return total, without
