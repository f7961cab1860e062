"""How groups differ, in words: an item's finding and test, and what all tests together say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalkit.analysis.frequency import Frequency, Row
from evalkit.analysis.group_tests import ALPHA, GroupTest
from evalkit.codebook import Language, Text
from evalkit.present.inference import (
    interval_text,
    method_name,
    p_text,
    reason_text,
    signed,
    significance_text,
)
from evalkit.present.numbers import decimal, percent, whole
from evalkit.present.sentences import join, labels_text, mean_text, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.groups import ShownCrosstab, ShownGroup, ShownGroups


@dataclass(frozen=True)
class KeyRow:
    """One row of "many items by one": a share on the positive side, of an option, or a mean.

    `cells` are texts, that of the whole first, "" where there is no figure, None where hidden.
    """

    title: Text
    number: str
    kind: str
    cells: tuple[str | None, ...]
    bases: tuple[int | None, ...]
    test: GroupTest | None


def group_name(column: ShownGroup, language: Language) -> str:
    """A group as the reader knows it."""
    return column.group.label.best(language).text


def by_name(title: Text, language: Language) -> str:
    """The background item between quotation marks."""
    return quoted(title, language)


def key_rows(table: ShownCrosstab, language: Language) -> tuple[KeyRow, ...]:
    """The key figure of an item in the whole and in each group; one for each option of a set."""
    tables = [table.whole, *(each.table for each in table.columns)]
    whole_ = table.whole
    tests = {each.option: each for each in table.tests}
    bases = tuple(None if each is None else each.base for each in tables)
    if whole_.overlapping:
        return tuple(
            KeyRow(
                Text(f"{whole_.title.sv}: {row.label.sv}", _english(whole_.title, row.label)),
                whole_.number,
                "option",
                tuple(_cell(each, row, language) for each in tables),
                bases,
                tests.get(row.key),
            )
            for row in whole_.opinions
        )
    kind, cells = _key_cells(tables, whole_, language)
    if not kind:
        return ()
    row = KeyRow(whole_.title, whole_.number, kind, cells, bases, tests.get(""))
    return (row,)


def _english(title: Text, option: Text) -> str:
    return f"{title.en}: {option.en}" if title.en and option.en else ""


def _key_cells(
    tables: Sequence[Frequency | None], whole_: Frequency, language: Language
) -> tuple[str, tuple[str | None, ...]]:
    if whole_.positive is not None:
        shares = [None if each is None else each.positive for each in tables]
        return "positive", tuple(
            None if table is None else _percent(None if each is None else each.percent, language)
            for table, each in zip(tables, shares, strict=True)
        )
    if whole_.mean is not None:
        return "mean", tuple(None if each is None else mean_text(each, language) for each in tables)
    return "", ()


def _cell(table: Frequency | None, row: Row, language: Language) -> str | None:
    if table is None:
        return None
    return _percent(row_of(table, row)[1], language)


def _percent(value: float | None, language: Language) -> str:
    return "" if value is None else percent(value, language)


def row_of(table: Frequency, row: Row) -> tuple[int, float | None]:
    """How many of a group gave the answer `row`, and the same in per cent of its base."""
    own = next((each for each in table.rows if each.key == row.key), None)
    if own is not None:
        return own.n, own.percent
    return 0, 0.0 if table.base else None


def crosstab_finding(released: Released[ShownCrosstab], language: Language) -> str:
    """Where an answer is most and least frequent, and whether that is more than chance gives."""
    table = opened(released)
    if table is None:
        return ""
    parts = [_highest_lowest(table, language), _verdict(table, language)]
    return " ".join(each for each in parts if each)


def _highest_lowest(table: ShownCrosstab, language: Language) -> str:
    """The highest and lowest share of the positive answers, or of the most common one."""
    groups = [each for each in table.shown if each.group.known and each.table and each.table.base]
    if len(groups) < 2:
        return ""
    rows = table.whole.positive_rows or table.whole.modes[:1]
    if not rows:
        return ""
    exact: list[tuple[float, ShownGroup]] = []
    for each in groups:
        share = _share(each.table, rows[0])
        if share is not None:
            exact.append((share, each))
    high, low = max(exact, key=_first)[0], min(exact, key=_first)[0]
    fields = {
        "answers": labels_text([row.label for row in rows], language),
        "high": join(_named(exact, high, language), language),
        "percent": percent(high, language),
    }
    if high == low:
        return word("groups_level", language, **fields)
    lowest = {"low": join(_named(exact, low, language), language)}
    return word("groups_highest", language, **fields, **lowest, low_percent=percent(low, language))


def _share(table: Frequency | None, row: Row) -> float | None:
    """The per cent of positive answers, or of `row` where no end is the good one."""
    if table is None:
        return None
    positive = table.positive
    return row_of(table, row)[1] if positive is None else positive.percent


def _first(pair: tuple[float, ShownGroup]) -> float:
    return pair[0]


def _named(
    exact: Sequence[tuple[float, ShownGroup]], value: float, language: Language
) -> list[str]:
    return [quoted(each.group.label, language) for share, each in exact if share == value]


def _verdict(table: ShownCrosstab, language: Language) -> str:
    tests = [each for each in table.tests if each.p_holm is not None]
    if not tests:
        return ""
    if len(tests) > 1:
        return _options_verdict(tests, language)
    test = tests[0]
    if test.differs:
        return word("groups_differ", language)
    if test.notable:
        return word("groups_differ_alone", language, family=whole(test.family, language))
    return word("groups_chance", language)


def _options_verdict(tests: Sequence[GroupTest], language: Language) -> str:
    """Of a set: which options are ticked more in one group than chance gives."""
    differing = [each for each in tests if each.differs]
    if not differing:
        return word("groups_chance_options", language)
    named = [quoted(each.title, language) for each in differing]
    return word("groups_differ_options", language, options=join(named, language))


def test_text(test: GroupTest, language: Language) -> str:
    """A test on one line: name, statistic, p, p adjusted, effect with interval."""
    parts = [significance_text(test.test, language)]
    if test.p_holm is not None and test.p_bh is not None:
        fields = {
            "holm": p_text(test.p_holm, language),
            "bh": p_text(test.p_bh, language),
            "family": whole(test.family, language),
        }
        parts.append(word("groups_adjusted", language, **fields))
    effect = effect_text(test, language)
    if effect:
        parts.append(f"{effect}.")
    return " ".join(parts)


def effect_text(test: GroupTest, language: Language) -> str:
    """The effect's name, size, interval and direction; or why it has no interval."""
    effect = test.effect
    if effect is None or effect.estimate is None:
        return ""
    name = method_name(effect.method, language)
    size = effect_size(test, language)
    between = interval_text(effect, language, "number")
    how = (
        word("groups_interval", language, interval=between)
        if between
        else reason_text(effect.reason, language).removesuffix(".")
        if effect.reason is not None
        else ""
    )
    text = f"{name} = {size} ({how})" if how else f"{name} = {size}"
    return f"{text}{_direction(test, language)}"


def effect_size(test: GroupTest, language: Language) -> str:
    """The effect alone: "+0,31" where it has a direction, else "0,31"."""
    effect = test.effect
    if effect is None or effect.estimate is None:
        return ""
    if effect.method in ("cramers_v", "cramers_v_corrected"):
        return decimal(effect.estimate, language, 2)
    return signed(effect.estimate, language)


def _direction(test: GroupTest, language: Language) -> str:
    """Which of two groups has the higher answers."""
    effect = test.effect
    two = effect is not None and effect.method == "cliffs_delta" and len(test.of) == 2
    if not two or effect is None or not effect.estimate:
        return ""
    higher = test.of[1] if effect.estimate > 0 else test.of[0]
    return word("groups_higher", language, group=quoted(higher.label, language))


def summary_finding(released: Released[ShownGroups], language: Language) -> str:
    """How many of the tests of a grouping find a difference, and how many would by chance."""
    shown = opened(released)
    if shown is None:
        return ""
    tests = [each for each in shown.tests if each.test.p is not None]
    name = by_name(shown.title, language)
    if shown.overlapping:
        return word("groups_overlapping", language, by=name)
    if not tests:
        return word("groups_untested", language, by=name)
    differing = [each for each in tests if each.differs]
    alone = [each for each in tests if each.notable]
    by_bh = [each for each in tests if each.p_bh is not None and each.p_bh <= ALPHA]
    fields = {
        "n": whole(len(tests), language),
        "by": name,
        "differing": whole(len(differing), language),
        "alone": whole(len(alone), language),
        "bh": whole(len(by_bh), language),
        "chance": decimal(len(tests) * ALPHA, language, 1),
    }
    first = word("groups_summary" if differing else "groups_summary_none", language, **fields)
    return f"{first} {word('groups_summary_chance', language, **fields)}"


def direction_note(released: Released[ShownGroups], language: Language) -> str:
    """What a positive effect means, where it means the same in all tests; else empty."""
    shown = opened(released)
    tests = () if shown is None else shown.tests
    two = [each.of for each in tests if each.effect and each.effect.method == "cliffs_delta"]
    if len(set(two)) != 1:
        return ""
    return word("groups_direction", language, group=quoted(two[0][1].label, language))


def alt_groups(released: Released[ShownCrosstab], by: Text, language: Language) -> str:
    """The alternative text of a chart of groups: what kind, the finding, the groups with n."""
    table = opened(released)
    if table is None:
        return ""
    listed = ", ".join(
        f"{name} {whole(each.base, language)}" for name, each in chart_rows(table, language)
    )
    return word(
        "alt_groups",
        language,
        label=quoted(table.whole.title, language),
        by=by_name(by, language),
        finding=crosstab_finding(released, language),
        rows=listed,
    )


def chart_rows(table: ShownCrosstab, language: Language) -> list[tuple[str, Frequency]]:
    """The rows of a chart: the groups that are shown and have answers, then the whole."""
    rows = [
        (group_name(each, language), each.table)
        for each in table.shown
        if each.table is not None and each.table.base
    ]
    return [*rows, (word("groups_all", language), table.whole)]


def hidden_note(table: ShownCrosstab, least: int, language: Language) -> str:
    """Why some groups are not shown; empty where all are."""
    if not table.hidden:
        return ""
    key = "groups_hidden_tested" if table.tests else "groups_hidden"
    return word(key, language, least=whole(least, language))
