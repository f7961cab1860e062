"""Combinations of answers in words, and the letters that stand for options above the dots."""

from __future__ import annotations

from evalkit.analysis.combinations import Combination, Combinations
from evalkit.codebook import Language
from evalkit.present.numbers import whole
from evalkit.present.sentences import quoted, share_text
from evalkit.present.words import word
from evalkit.release import Released, opened


def letters(table: Combinations) -> tuple[str, ...]:
    """A letter for each option, in order: A to Z, then AA, AB and so on."""
    found = []
    for at in range(len(table.options)):
        name, rest = "", at + 1
        while rest:
            rest, last = divmod(rest - 1, 26)
            name = chr(ord("A") + last) + name
        found.append(name)
    return tuple(found)


def combination_text(row: Combination, language: Language) -> str:
    """The options of a combination between quotation marks: ”Möten” + ”Besök”."""
    names = " + ".join(quoted(each.label, language) for each in row.options)
    return names if len(row.options) > 1 else word("combination_only", language, label=names)


def pooled_text(table: Combinations, language: Language) -> str:
    """The name of the row of combinations that are not shown one by one."""
    if table.pooled == 1:
        return word("combination_other", language)
    return word("combination_others", language, n=whole(table.pooled, language))


def combination_finding(released: Released[Combinations], language: Language) -> str:
    """The most frequent combination, in one sentence."""
    table = opened(released)
    if table is None or not table.rows:
        return ""
    first = table.rows[0]
    text, share = combination_text(first, language), share_text(first.share, language)
    return word("sentence_combination", language, combination=text, share=share)


def alt_combinations(released: Released[Combinations], language: Language) -> str:
    """The alternative text of the plot: what kind, the most frequent, every bar in order."""
    table = opened(released)
    if table is None:
        return ""
    rows = [
        f"{combination_text(each, language)} {whole(each.share.n, language)}" for each in table.rows
    ]
    if table.pooled_share is not None:
        n = whole(table.pooled_share.n, language)
        rows.append(f"{pooled_text(table, language)} {n}")
    return word(
        "alt_combinations",
        language,
        label=quoted(table.item.label, language),
        base=whole(table.base, language),
        finding=combination_finding(released, language),
        rows=", ".join(rows),
    )


def ticked_base_name(language: Language) -> str:
    """The name of the base of combinations as in running text."""
    name = word("base_ticked", language)
    return name[:1].lower() + name[1:]
