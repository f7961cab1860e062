"""A table's main finding in words, for the sentence under it and for a chart's alternative text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evalkit.analysis.frequency import Frequency, Question, Row, Share
from evalkit.codebook import Language, Text
from evalkit.present.numbers import decimal, in_words, percent, whole
from evalkit.present.words import word
from evalkit.release import Released, ShownWords, opened


def join(texts: Sequence[str], language: Language, last: str = "and") -> str:
    """Texts in a row, "a, b och c" (or "eller")."""
    if len(texts) < 2:
        return "".join(texts)
    return f"{', '.join(texts[:-1])} {word(last, language)} {texts[-1]}"


def capital(text: str) -> str:
    """`text` with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def base_label(table: Question, language: Language) -> str:
    """The name of the base of the per cents: "Antal svar", "Antal kommuner"."""
    if not isinstance(table, Frequency) or not table.overlapping:
        return word("answered", language)
    kind, name = table.base_kind, respondents_name(table, language)
    if kind in ("asked", "ticked"):
        return word(f"base_{kind}", language)
    return word("number_of", language, name=name) if name else word("respondents", language)


def base_name(table: Question, language: Language) -> str:
    """The same as in running text: "antal svar"."""
    name = base_label(table, language)
    return name[:1].lower() + name[1:]


def respondents_name(table: Frequency, language: Language) -> str:
    """What those who answer are called, in the plural; empty for the usual words."""
    name = table.respondents.best(language).text
    return word("units_plural", language) if table.base_kind == "units" and not name else name


_REGULAR = re.compile(r"\w+[aeo]r")


def whom(table: Frequency, language: Language) -> str:
    """Whom the per cents are of: "dem som fick frågan", "de 11 kommunerna".

    A Swedish plural in -ar, -er or -or has its definite form in -na; others are left as they are.
    """
    kind, name = table.base_kind, respondents_name(table, language)
    n = whole(table.base, language)
    if kind == "units":
        definite = language == "en" or _REGULAR.fullmatch(name)
        key = "whom_units" if definite else "whom_units_all"
        return word(key, language, n=n, name=name)
    if name:
        return word(f"whom_{kind}_named", language, n=n, name=name)
    return word(f"whom_{kind}", language)


def other_base(table: Frequency) -> bool:
    """Whether the base of a multiple response set has to be told at length."""
    usual = table.base_kind == "answered" and table.respondents == Text()
    return table.overlapping and not usual


def base_range(tables: Sequence[Frequency], language: Language) -> str:
    """Antal svar of several tables: "25", or "23–25"."""
    return _range([table.base for table in tables], language)


def asked_range(tables: Sequence[Question], language: Language) -> str:
    """How many got the question, of one or several tables; empty where everybody got all."""
    if not any(table.not_asked for table in tables):
        return ""
    return _range([table.bases.asked for table in tables], language)


def _range(numbers: Sequence[int], language: Language) -> str:
    bases = sorted(set(numbers))
    if len(bases) == 1:
        return whole(bases[0], language)
    ends = {"low": whole(bases[0], language), "high": whole(bases[-1], language)}
    return word("base_range", language, **ends)


def overview_number(number: str, language: Language) -> str:
    """The number of an overview's table and chart: "Ö1"."""
    return word("overview_number", language, number=number)


def share_text(share: Share, language: Language) -> str:
    """Count, base and per cent: "två av 25 (8 %)"."""
    return word(
        "share",
        language,
        n=in_words(share.n, language),
        base=whole(share.base, language),
        percent=percent(share.percent, language),
    )


def quoted(text: Text, language: Language) -> str:
    """A label between the language's quotation marks."""
    return word("quoted", language, text=text.best(language).text)


def labels_text(labels: Sequence[Text], language: Language, last: str = "or") -> str:
    """The labels of answers, to stand between quotation marks: a” eller ”b."""
    texts = [label.best(language).text for label in labels]
    inner = word("quote_join", language, word=word(last, language))
    if len(texts) < 2:
        return "".join(texts)
    comma = inner.replace(f" {word(last, language)} ", ", ")
    return comma.join(texts[:-1]) + inner + texts[-1]


def median_text(table: Frequency, language: Language) -> str:
    """The median's answer: "Mycket bra (4)", or the two that it lies between."""
    named = [_with_value(row, language) for row in table.median_rows]
    if len(named) == 2:
        low, high = sorted(table.median_rows, key=lambda row: row.value or 0)
        return word(
            "median_between",
            language,
            low=_with_value(low, language),
            high=_with_value(high, language),
        )
    return "".join(named)


def _with_value(row: Row, language: Language) -> str:
    label, value = row.label.best(language).text, str(row.value)
    return label if label == value else f"{label} ({value})"


def finding(released: Released[Frequency], language: Language) -> str:
    """The main finding of a table, in one sentence; empty where the table is not shown."""
    table = opened(released)
    if table is None:
        return ""
    if not table.bases.answered:
        return word("sentence_nobody", language)
    positive = table.positive
    if positive is not None:
        labels = [row.label for row in table.positive_rows]
        text = word(
            "sentence_positive",
            language,
            share=share_text(positive, language),
            answers=labels_text(labels, language),
        )
        return capital(text)
    if not table.modes:
        return ""
    first = table.modes[0]
    key = "sentence_mode" if len(table.modes) == 1 else "sentence_modes"
    return word(
        key,
        language,
        answers=labels_text([row.label for row in table.modes], language, "and"),
        share=share_text(_share(first, table), language),
    )


def _share(row: Row, table: Question) -> Share:
    return Share(row.n, table.base, row.percent)


def sentences(released: Released[Frequency], language: Language) -> str:
    """The finding, then who did not know and who did not answer, each only if there was one."""
    table = opened(released)
    if table is None:
        return ""
    parts = [finding(released, language), *apart_sentences(table, language)]
    return " ".join(part for part in parts if part)


def apart_sentences(table: Question, language: Language) -> list[str]:
    """Who did not know, did not get the question and did not answer it, each if there was one."""
    parts = [
        word(
            "sentence_apart",
            language,
            share=share_text(_share(row, table), language),
            answer=row.label.best(language).text,
        )
        for row in table.shares
        if row.n and row.status != "valid"
    ]
    asked = table.bases.asked
    if table.not_asked:
        fields = {"n": in_words(asked, language), "all": whole(asked + table.not_asked, language)}
        parts.append(word("sentence_asked", language, **fields))
    missing = asked - table.bases.answered
    if missing and table.bases.answered:
        key = "sentence_missing_asked" if table.not_asked else "sentence_missing"
        n = in_words(missing, language)
        parts.append(word(key, language, n=n, asked=whole(asked, language)))
    return [capital(each) for each in parts]


def words_sentences(released: Released[ShownWords], language: Language) -> str:
    """How many answered in words, then who did not get the question and did not answer."""
    table = opened(released)
    if table is None:
        return ""
    if not table.bases.answered:
        return word("sentence_nobody", language)
    written = share_text(table.share, language)
    first = capital(word("sentence_written", language, share=written))
    return " ".join([first, *apart_sentences(table, language)])


def bars_text(table: Frequency, language: Language) -> str:
    """Every bar of a bar chart, in order: "Mycket bra 60 %, Ganska bra 28 %"."""
    rows = table.shares
    return ", ".join(
        f"{row.label.best(language).text} {percent(row.percent, language)}" for row in rows
    )


def alt_bars(released: Released[Frequency], language: Language) -> str:
    """The alternative text of an item's bar chart: what kind, main finding, the bars."""
    table = opened(released)
    if table is None:
        return ""
    fields = {
        "label": quoted(table.item.label, language),
        "base": whole(table.base, language),
        "finding": finding(released, language),
        "bars": bars_text(table, language),
    }
    if other_base(table):
        of = {"whom": whom(table, language), "base_name": base_name(table, language)}
        return word("alt_bars_of", language, **fields, **of)
    return word("alt_bars", language, **fields)


def alt_stacked(label: str, rows: Sequence[Frequency], language: Language) -> str:
    """The alternative text of a stacked chart: what kind, highest and lowest row, the rows."""
    listed = ", ".join(
        f"{row.item.label.best(language).text} {whole(row.bases.answered, language)}"
        for row in rows
    )
    found = _highest_lowest(rows, language)
    return word("alt_stacked", language, label=label, finding=found, rows=listed)


def _highest_lowest(rows: Sequence[Frequency], language: Language) -> str:
    """Which rows have the highest and the lowest share of positive answers, ties named together."""
    exact = {
        at: row.positive.percent
        for at, row in enumerate(rows)
        if row.positive is not None and row.positive.percent is not None
    }
    if not exact:
        return ""
    high, low = max(exact.values()), min(exact.values())
    first = rows[next(iter(exact))]
    answers = labels_text([row.label for row in first.positive_rows], language)
    at_high = [quoted(rows[at].item.label, language) for at in exact if exact[at] == high]
    at_low = [quoted(rows[at].item.label, language) for at in exact if exact[at] == low]
    fields = {
        "answers": answers,
        "label": join(at_high, language),
        "percent": percent(high, language),
    }
    if high == low:
        key = "finding_level" if len(exact) == len(rows) > 1 else "finding_only"
        return word(key, language, **fields)
    lowest = {"lowest": join(at_low, language), "lowest_percent": percent(low, language)}
    return word("finding_highest", language, **fields, **lowest)


def mean_text(table: Frequency, language: Language) -> str:
    """The mean with two decimals; empty where there is none."""
    return "" if table.mean is None else decimal(table.mean, language)
