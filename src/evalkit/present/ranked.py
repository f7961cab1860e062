"""Rankings and priority orders in words."""

from __future__ import annotations

from collections.abc import Sequence

from evalkit.analysis.frequency import STATUS_LABELS
from evalkit.analysis.ranking import RankedOption, Ranking
from evalkit.codebook import ANSWERED, Language
from evalkit.present.numbers import decimal, in_words, whole
from evalkit.present.sentences import capital, join, quoted, share_text
from evalkit.present.words import word
from evalkit.release import Released, opened


def ranking_sentences(released: Released[Ranking], language: Language) -> str:
    """The order by mean rank, then ties and gaps, who did not know and who did not answer."""
    table = opened(released)
    if table is None:
        return ""
    parts = [ranking_finding(released, language)]
    if table.item.kind == "priority":
        bodies = whole(table.base, language)
        parts.insert(0, word("sentence_orders", language, n=bodies))
    base = whole(table.base, language)
    for key, n in (("sentence_ties", table.ties), ("sentence_gaps", table.gaps)):
        if n:
            parts.append(capital(word(key, language, n=in_words(n, language), base=base)))
    parts += _missing(table, language)
    return " ".join(part for part in parts if part)


def _missing(table: Ranking, language: Language) -> list[str]:
    parts = [
        capital(
            word(
                "sentence_apart",
                language,
                share=share_text(share, language),
                answer=STATUS_LABELS[level.status].best(language).text,
            )
        )
        for level, share in table.missing
        if level.status in ANSWERED
    ]
    missing = table.bases.asked - table.bases.answered
    if missing and table.bases.answered:
        n, asked = in_words(missing, language), whole(table.bases.asked, language)
        parts.append(capital(word("sentence_missing", language, n=n, asked=asked)))
    return parts


def ranking_finding(released: Released[Ranking], language: Language) -> str:
    """The options in the order of their mean rank, in one sentence."""
    table = opened(released)
    if table is None:
        return ""
    if not table.base:
        return word("sentence_nobody", language)
    order = [_with_mean(each, language) for group in table.by_mean for each in group]
    return word("sentence_ranking", language, order=join(order, language))


def _with_mean(option: RankedOption, language: Language) -> str:
    return f"{quoted(option.item.label, language)} ({mean_rank_text(option, language)})"


def mean_rank_text(option: RankedOption, language: Language) -> str:
    """The mean rank with two decimals; empty where nobody ranked the option."""
    return "" if option.mean is None else decimal(option.mean, language)


def priority_sentences(released: Released[Ranking], language: Language) -> str:
    """What the order of one body is, what comes first, and which ranks are shared or missing."""
    table = opened(released)
    if table is None:
        return ""
    parts = [word("sentence_priority", language, label=quoted(table.item.label, language))]
    for at, (rank, options) in enumerate(table.in_order):
        named = _named(options, language)
        if rank is None:
            key = "sentence_unranked" if len(options) == 1 else "sentence_unranked_several"
            parts.append(word(key, language, options=named))
        elif at == 0:
            parts.append(word("sentence_first", language, first=named))
        elif len(options) > 1:
            shared = word("sentence_shared", language, options=named, rank=whole(rank, language))
            parts.append(shared)
    return " ".join(parts)


def _named(options: Sequence[RankedOption], language: Language) -> str:
    return join([quoted(each.item.label, language) for each in options], language)


def alt_ranking(released: Released[Ranking], language: Language) -> str:
    """The alternative text of a ranking's chart: what kind, the order, the rows."""
    table = opened(released)
    if table is None:
        return ""
    rows = ", ".join(
        f"{each.item.label.best(language).text} {whole(each.ranked, language)}"
        for each in table.options
    )
    return word(
        "alt_ranking",
        language,
        label=quoted(table.item.label, language),
        finding=ranking_finding(released, language),
        rows=rows,
    )


def ranked_base_name(language: Language) -> str:
    """The name of a ranking's base as in running text: "antal som rangordnat"."""
    name = word("ranked_base", language)
    return name[:1].lower() + name[1:]
