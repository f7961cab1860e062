"""Where a unit differs most, and its place among the others, in words."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.differences import Difference, Differences, Place
from evalkit.analysis.funnels import Funnel, FunnelPoint
from evalkit.codebook import Language
from evalkit.present.comparisons import Sides
from evalkit.present.numbers import in_words, percent, whole
from evalkit.present.sentences import capital, join, labels_text, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.units import Standing

MOST_NAMED = 5


def differs_findings(
    released: Released[Standing], sides: Sides, language: Language
) -> tuple[str, ...]:
    """What can be said of all comparisons together."""
    standing = opened(released)
    if standing is None:
        return (word("differs_nothing", language, **sides.fields(language)),)
    found = standing.differences
    family = whole(found.family, language)
    more, doubtful = found.with_verdict("more"), found.with_verdict("doubtful")
    if more:
        key = "differs_more_one" if len(more) == 1 else "differs_more"
        fields = {"n": capital(in_words(len(more), language)), "family": family}
        first = word(key, language, listed=_listed(more, language), **fields)
    elif found.rows[0] in doubtful:
        first = word("differs_none", language, family=family)
    else:
        largest = word("differs_largest", language, listed=_listed(found.rows[:1], language))
        first = f"{word('differs_none', language, family=family)} {largest}"
    if not doubtful:
        return (first,)
    key = "differs_doubtful_one" if len(doubtful) == 1 else "differs_doubtful"
    n = capital(in_words(len(doubtful), language))
    return first, word(key, language, n=n, listed=_listed(doubtful, language))


def _listed(rows: Sequence[Difference], language: Language) -> str:
    texts = [
        word(
            "differs_item",
            language,
            label=quoted(row.title, language),
            percent=percent(row.unit.percent, language),
            rest_percent=percent(row.rest.percent, language),
        )
        for row in rows[:MOST_NAMED]
    ]
    return join(texts, language) + (" …" if len(rows) > MOST_NAMED else "")


def differs_notes(
    released: Released[Standing], sides: Sides, language: Language
) -> tuple[str, ...]:
    """How the table of differences is read."""
    standing = opened(released)
    if standing is None:
        return ()
    names = sides.fields(language)
    found: Differences = standing.differences
    family = whole(found.family, language)
    notes = [
        word("differs_read", language, **names),
        word("differs_family", language, family=family, alpha=ALPHA_TEXT[language]),
    ]
    if any(each.place is not None for each in found.rows):
        notes.append(word("differs_place", language, **names))
    if any(each.chosen for each in found.rows):
        notes.append(word("differs_chosen", language))
    return tuple(notes)


ALPHA_TEXT: dict[Language, str] = {"sv": "0,05", "en": "0.05"}


def place_word(place: Place, language: Language) -> str:
    """Where a unit lies, short."""
    return word(f"place_{place}", language)


def own_point(funnel: Funnel) -> FunnelPoint | None:
    """The unit that the funnel is about."""
    return next((each for each in funnel.points if each.name == funnel.own), None)


def funnel_finding(released: Released[Funnel], sides: Sides, language: Language) -> str:
    """Whether the unit lies within what chance gives for as many answers."""
    funnel = opened(released)
    own = None if funnel is None else own_point(funnel)
    if funnel is None or own is None:
        return ""
    fields = {
        "percent": percent(own.share.percent, language),
        "n": whole(own.share.base, language),
        "low": percent(own.low, language),
        "high": percent(own.high, language),
        "whole_percent": percent(funnel.target.percent, language),
        **sides.names(language),
    }
    if own.place == "within":
        return word("funnel_within", language, **fields)
    above = own.place in ("above", "far_above")
    return word("funnel_above" if above else "funnel_below", language, **fields)


def funnel_notes(released: Released[Funnel], language: Language) -> tuple[str, ...]:
    """How many units lie outside the limits, and how many are left out."""
    funnel = opened(released)
    if funnel is None:
        return ()
    notes = [others_outside(funnel, language), word("funnel_limits_note", language)]
    if funnel.left_out:
        notes.append(word("funnel_left_out", language, n=whole(funnel.left_out, language)))
    return tuple(notes)


def others_outside(funnel: Funnel, language: Language) -> str:
    """How many units lie outside the limits of 95 per cent."""
    return word(
        "funnel_others_outside",
        language,
        n=whole(len(funnel.points), language),
        outside=whole(funnel.outside, language),
    )


def alt_funnel(released: Released[Funnel], sides: Sides, language: Language) -> str:
    """The alternative text of a funnel plot: what it is of, the unit's place, the others'."""
    funnel = opened(released)
    if funnel is None:
        return ""
    return word(
        "alt_funnel",
        language,
        label=quoted(funnel.title, language),
        answers=labels_text(funnel.answers, language),
        n=whole(len(funnel.points), language),
        finding=funnel_finding(released, sides, language),
        others=others_outside(funnel, language),
    )
