"""Survey answers beside themes, in words: an item's key figures, a theme's groups, findings."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.frequency import Frequency
from evalkit.codebook import Language
from evalkit.present.numbers import in_words, percent, whole
from evalkit.present.sentences import capital, join
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.joint import Crossed, GroupTheme, NamedTheme, ShownConstruct, Span

RELATIONS = ("confirms", "expands", "contradicts", "silent")
MOST_ANSWERS = 3
"""As many answers as are named of an item without a positive side."""
MOST_IDENTS = 8
"""As many identifiers of segments as a cell names."""


def relation_text(row: ShownConstruct, language: Language) -> str:
    """How survey and themes relate, or that nobody has said."""
    relation = row.construct.relation
    if relation is None:
        return word("joint_not_interpreted", language)
    return word(f"joint_relation_{relation}", language)


def key_figures(table: Frequency, language: Language) -> str:
    """Positive, negative and the rest, each with its per cent; or the most given answers."""
    if not table.bases.answered:
        return word("joint_nobody", language)
    positive, negative = table.positive, table.negative
    rows = table.apart if positive is not None else table.shares
    ranked = sorted(rows, key=lambda row: -row.n)[: None if positive else MOST_ANSWERS]
    parts = [
        word(key, language, percent=percent(share.percent, language))
        for key, share in (("joint_positive", positive), ("joint_negative", negative))
        if share is not None
    ]
    parts += [
        word(
            "joint_answer",
            language,
            percent=percent(row.percent, language),
            label=row.label.best(language).text,
        )
        for row in ranked
        if row.n
    ]
    return ", ".join(parts)


def answered_text(table: Frequency, language: Language) -> str:
    """How many answered, did not answer, and were not asked."""
    n = whole(table.base, language)
    if not table.answered_known:
        return word("joint_n_only", language, n=n)
    missing = table.bases.asked - table.bases.answered
    parts = [word("joint_n", language, n=n, missing=whole(missing, language))]
    if table.not_asked:
        parts.append(word("joint_not_asked_of", language, n=whole(table.not_asked, language)))
    return ", ".join(parts)


def groups_text(theme: GroupTheme, names: Sequence[str], language: Language) -> list[str]:
    """In how many of the groups a theme was raised, in which, and who could not have raised it."""
    fields = {"n": whole(len(theme.raised), language), "asked": whole(theme.asked, language)}
    key = "joint_groups" if theme.asked else "joint_groups_none"
    found = [word(key, language, **fields) if theme.asked else word("joint_groups_none", language)]
    if names:
        found.append(word("joint_groups_in", language, names=join(names, language)))
    for key, n in (
        ("joint_groups_not_asked", theme.not_asked),
        ("joint_groups_not_coded", theme.not_coded),
        ("joint_groups_observed", theme.observed),
    ):
        if n:
            found.append(word(key, language, n=whole(n, language)))
    if theme.segments:
        key = "joint_segments_elsewhere" if theme.elsewhere else "joint_segments"
        numbers = {"n": whole(theme.segments, language)}
        if theme.elsewhere:
            numbers["elsewhere"] = whole(theme.elsewhere, language)
        found.append(word(key, language, **numbers))
    return found


def respondents_text(theme: NamedTheme, least: int, language: Language) -> str:
    """How many respondents brought a theme up, or that nobody has reported it."""
    if theme.hidden:
        return word("joint_respondents_hidden", language, least=whole(least, language))
    if theme.n is None:
        return word("joint_respondents_unknown", language)
    if theme.n == 1:
        return word("joint_respondents_one", language)
    return word("joint_respondents", language, n=whole(theme.n, language))


def joint_finding(released: Released[tuple[ShownConstruct, ...]], language: Language) -> str:
    """How many rows are interpreted in which way, and how many in none."""
    rows = opened(released) or ()
    found = [each.construct.relation for each in rows]
    parts = [
        word(
            "joint_finding_relation",
            language,
            n=in_words(found.count(relation), language),
            relation=word(f"joint_relation_{relation}", language),
        )
        for relation in RELATIONS
        if relation in found
    ]
    if None in found:
        parts.append(word("joint_finding_none", language, n=in_words(found.count(None), language)))
    fields = {"n": in_words(len(rows), language), "parts": join(parts, language)}
    return word("joint_finding", language, **fields)


def crossed_findings(table: Crossed, labels: Sequence[str], language: Language) -> list[str]:
    """For each theme and item the lowest and highest share in units with each state of the theme.

    `labels` are the themes'.
    """
    found = []
    for theme, label in enumerate(labels):
        for item, shown in enumerate(table.items):
            spans = [each for each in table.spans if (each.item, each.theme) == (item, theme)]
            if not spans:
                continue
            parts = [_span_text(each, language) for each in spans]
            fields = {
                "theme": label,
                "item": shown.title.best(language).text,
                "parts": "; ".join(parts),
            }
            found.append(capital(word("joint_units_span", language, **fields)))
    return found


def _span_text(span: Span, language: Language) -> str:
    fields = {
        "state": word(f"joint_state_{span.state}", language),
        "low": percent(span.low, language),
        "high": percent(span.high, language),
        "n": in_words(span.units, language),
    }
    return word(
        "joint_units_part_one" if span.units == 1 else "joint_units_part", language, **fields
    )
