"""How sure the figures of a round are, in words: the lead, the finding, a chart's alternative."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.certainty import Certainty, Sure, SureMean, SureShare
from evalkit.codebook import Language
from evalkit.present.inference import (
    estimate_text,
    interval_text,
    method_name,
    percent_range,
    reason_text,
)
from evalkit.present.numbers import SUPPRESSED, decimal, in_words, whole
from evalkit.present.sentences import capital, join, labels_text
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.estimates import ShownCertainty
from evalkit.statistics.outcome import Interval, Reason


def answers_text(share: SureShare, language: Language) -> str:
    """The answers that a share is of: "Mycket bra" eller "Ganska bra"."""
    return word("quoted", language, text=labels_text(share.labels, language))


def item_text(row: Sure, language: Language) -> str:
    """An item with the number of its table: "Måluppfyllelse (tabell 6)"."""
    number = f"{word('table_inline', language)}\u00a0{row.number}"
    return f"{row.title.best(language).text} ({number})"


def people_text(share: SureShare, language: Language) -> str:
    """The interval in people: "16–19 av 28"; a single number where it is one."""
    if share.people is None or share.population.size is None:
        return ""
    low, high = (whole(each, language) for each in share.people)
    people = low if low == high else word("base_range", language, low=low, high=high)
    return word("of_all", language, n=people, all=whole(share.population.size, language))


def possible_text(share: SureShare, language: Language) -> str:
    """What logic allows, in per cent."""
    shares = share.possible_shares
    return "" if shares is None else percent_range(*shares, language)


def certainty_lead(released: Released[ShownCertainty], language: Language) -> tuple[str, ...]:
    """Why the figures are not quite sure, and what the interval supposes: a paragraph each."""
    shown = opened(released)
    if shown is None:
        return ()
    found = shown.certainty
    if found.invited is None:
        return (word("certainty_sample", language), word("certainty_sample_how", language))
    fields = {
        "invited": whole(found.invited, language),
        "included": whole(found.included, language),
        "who": _who(found, language),
    }
    if found.included == found.invited:
        return (word("certainty_all", language, **fields),)
    texts = [word("certainty_census", language, **fields)]
    texts.append(word("certainty_census_how", language, **fields))
    return tuple(texts)


def _who(found: Certainty, language: Language) -> str:
    return found.respondents.best(language).text or word("people", language)


def certainty_findings(released: Released[ShownCertainty], language: Language) -> tuple[str, ...]:
    """The share that is least sure, and how many items everybody answered."""
    shown = opened(released)
    if shown is None:
        return ()
    texts = []
    widest = _widest(shown.rows)
    if widest is not None:
        row, share = widest
        fields = {
            "label": word("quoted", language, text=row.title.best(language).text),
            "answers": answers_text(share, language),
            "percent": _estimate(share.interval, language),
            "interval": interval_text(share.interval, language),
        }
        key = "certainty_widest" if shown.certainty.census else "certainty_widest_sample"
        people = people_text(share, language)
        also = "" if not people else f" ({people} {_who(shown.certainty, language)})"
        texts.append(word(key, language, people=also, **fields))
    complete = sum(bool(row.shares) and all(map(_complete, row.shares)) for row in shown.rows)
    if complete:
        n = capital(in_words(complete, language))
        key = "certainty_complete_one" if complete == 1 else "certainty_complete"
        texts.append(word(key, language, n=n))
    return tuple(texts)


def _estimate(interval: Interval, language: Language) -> str:
    return SUPPRESSED if interval.estimate is None else estimate_text(interval.estimate, language)


def _complete(share: SureShare) -> bool:
    return share.interval.reason == Reason.EVERYBODY_ANSWERED


def _widest(rows: Sequence[Sure]) -> tuple[Sure, SureShare] | None:
    found = [
        (share.interval.width, -at, row, share)
        for at, row in enumerate(rows)
        for share in row.shares
        if share.interval.width is not None
    ]
    if not found:
        return None
    *_, row, share = max(found, key=lambda each: each[:2])
    return row, share


def certainty_notes(released: Released[ShownCertainty], language: Language) -> tuple[str, ...]:
    """The methods by name, whose population is known at most, and what is not shown."""
    shown = opened(released)
    if shown is None:
        return ()
    shares = [share for row in shown.rows for share in row.shares]
    means = [row.mean for row in shown.rows if row.mean is not None]
    figures: list[SureShare | SureMean] = [*shares, *means]
    used = [each.interval for each in figures if each.interval.low is not None]
    methods = [method_name(each, language) for each in dict.fromkeys(i.method for i in used)]
    notes = []
    if methods:
        level = estimate_text(shown.certainty.level, language)
        text = join([methods[0], *(_small(each) for each in methods[1:])], language)
        notes.append(word("certainty_methods", language, methods=text, level=level))
    if any(not each.population.known for each in figures):
        notes.append(word("certainty_at_most", language))
    if shown.withheld:
        least = whole(released.rule.min_respondents, language)
        labels = ", ".join(each.label.best(language).text for each in shown.withheld)
        notes.append(word("withheld_rows", language, least=least, labels=labels))
    return tuple(notes)


def _small(text: str) -> str:
    """A name in the middle of a sentence; one that begins with a person's keeps its capital."""
    return (
        text
        if text.startswith(("Wilson", "Clopper", "Jeffreys", "Student"))
        else (text[:1].lower() + text[1:])
    )


def alt_intervals(shown: ShownCertainty, finding: str, language: Language) -> str:
    """The alternative text of the chart of intervals: what kind, finding, every line."""
    listed = "; ".join(
        word(
            "alt_interval",
            language,
            label=row.title.best(language).text,
            answers=answers_text(share, language),
            percent=_estimate(share.interval, language),
            interval=interval_text(share.interval, language) or _why(share.interval, language),
        )
        for row in shown.rows
        for share in row.shares
    )
    return word("alt_intervals", language, finding=finding, listed=listed)


def _why(interval: Interval, language: Language) -> str:
    if interval.reason is None:
        return ""
    text = reason_text(interval.reason, language).removesuffix(".")
    return text[:1].lower() + text[1:]


def mean_range(bounds: tuple[float, float] | None, language: Language) -> str:
    """Two bounds of a mean: "2,44–2,78"."""
    if bounds is None:
        return ""
    low, high = (decimal(each, language) for each in bounds)
    return word("from_to", language, low=low, high=high)
