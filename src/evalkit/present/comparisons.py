"""One unit beside the whole and the rest in words: findings, and a chart's alternative text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from evalkit.analysis.frequency import Frequency, Row
from evalkit.analysis.units import Beside, BesideGrid
from evalkit.codebook import Language, Text
from evalkit.present.inference import p_text, signed, significance_text
from evalkit.present.numbers import percent, whole
from evalkit.present.sentences import join, labels_text, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened
from evalkit.release.units import Standing
from evalkit.statistics.outcome import Interval


@dataclass(frozen=True)
class Sides:
    """What the two are called; the whole as it stands after "i" ("hela länet").

    `before` is the last round, as in running text, and `group` that of similar units; empty where
    there is none.
    """

    unit: Text
    whole: Text
    before: Text = field(default_factory=Text)
    group: Text = field(default_factory=Text)

    def names(self, language: Language) -> dict[str, str]:
        """Both, as fields of a sentence."""
        return {
            "unit": self.unit.best(language).text,
            "whole": self.whole.best(language).text,
        }

    def fields(self, language: Language) -> dict[str, str]:
        """Both and the rest, as fields of a sentence."""
        return {**self.names(language), "rest": word("rest_units", language)}


Side = Literal["unit", "rest", "alike", "whole", "before"]
SIDES: tuple[Side, ...] = get_args(Side)
"""What a table has columns for, from left to right."""


def side_of(table: Beside, side: Side) -> Frequency | None:
    """One side of a table; None where it is not there."""
    found: Frequency | None = getattr(table, side)
    return found


def sides_of(tables: Sequence[Beside]) -> tuple[Side, ...]:
    """The sides that any of the tables has."""
    return tuple(side for side in SIDES if any(side_of(each, side) is not None for each in tables))


def column_name(side: Side, sides: Sides, language: Language) -> str:
    """What heads the column of a side: short, since columns are narrow."""
    if side == "unit":
        return sides.unit.best(language).text
    if side == "before":
        return sides.before.best(language).text
    return {
        "rest": word("column_rest", language),
        "alike": word("column_alike", language),
        "whole": word("column_whole", language),
    }[side]


def columns_told(shown: Sequence[Side], sides: Sides, language: Language) -> str:
    """A sentence on what each column is of."""
    names = sides.names(language)
    what = {
        "rest": word("rest_is", language),
        "alike": word("alike_is", language, group=sides.group.best(language).text),
        "whole": names["whole"],
        "before": word("before_is", language, unit=names["unit"]),
    }
    told = [
        word("column_is", language, column=column_name(side, sides, language), what=what[side])
        for side in shown
        if side in what
    ]
    return word("beside_columns", language, columns=join(told, language))


def row_of(table: Frequency, key: str) -> tuple[int, float | None]:
    """How many gave an answer, and the same in per cent; 0 where the table has no such row."""
    row = next((row for row in table.rows if row.key == key), None)
    if row is None:
        return 0, 0.0 if table.base else None
    return row.n, row.percent


@dataclass(frozen=True)
class RowPair:
    """One answer in the unit and in the whole; the unit's is None where it has no such row."""

    unit: Row | None
    whole: Row

    @property
    def n(self) -> int:
        """How many in the unit gave the answer."""
        return self.unit.n if self.unit else 0

    @property
    def percent(self) -> float | None:
        """The same in per cent of those who answered in the unit."""
        return self.unit.percent if self.unit else 0.0


def pairs(table: Beside) -> tuple[RowPair, ...]:
    """Every answer, opinions first, in the order of the whole's table."""
    own = {row.key: row for row in table.unit.rows}
    return tuple(RowPair(own.get(row.key), row) for row in table.whole.shares)


def beside_finding(released: Released[Beside], sides: Sides, language: Language) -> str:
    """The main finding of a table; empty where it is not shown."""
    table = opened(released)
    return "" if table is None else _finding(table, sides, language)


def _finding(table: Beside, sides: Sides, language: Language) -> str:
    names = sides.names(language)
    if not table.unit.base:
        return word("beside_nobody", language, **names)
    own, all_ = table.unit.positive, table.whole.positive
    if own is not None and all_ is not None:
        return word(
            "beside_positive",
            language,
            answers=labels_text([row.label for row in table.whole.positive_rows], language),
            percent=percent(own.percent, language),
            whole_percent=percent(all_.percent, language),
            **names,
        )
    most = {row.key for row in table.unit.modes}
    listed = [
        word(
            "beside_answer",
            language,
            answer=quoted(pair.whole.label, language),
            percent=percent(pair.percent, language),
            whole_percent=percent(pair.whole.percent, language),
            **names,
        )
        for pair in pairs(table)
        if pair.whole.key in most and pair.whole.status == "valid"
    ]
    return word("beside_mode", language, listed=join(listed, language), **names) if listed else ""


def rest_finding(standing: Released[Standing], item: str, sides: Sides, language: Language) -> str:
    """How the unit lies to the rest, whether that is more than chance, and the last round.

    Of a multiple response set it is about the option that differs most.
    """
    known = opened(standing)
    rows = () if known is None else known.differences.about(item)
    if not rows:
        return ""
    names, row = sides.fields(language), rows[0]
    own, rest = (percent(each.percent, language) for each in (row.unit, row.rest))
    if row.chosen or row.is_option:
        answer = labels_text(row.answers, language)
        fields = {"answer": answer, "percent": own, "rest_percent": rest, **names}
        parts = [word("beside_most", language, **fields)]
    else:
        parts = [word("beside_rest_percent", language, percent=rest, **names)]
    parts.append(word(f"verdict_{row.verdict}", language, **names))
    if row.before is not None and not row.chosen:
        fields = {
            "before": sides.before.best(language).text,
            "n": whole(row.before.base, language),
            "percent": percent(row.before.percent, language),
            **names,
        }
        parts.append(word("beside_before", language, **fields))
    return " ".join(parts)


def test_note(standing: Released[Standing], item: str, language: Language) -> str:
    """The tests behind `rest_finding` with their figures."""
    known = opened(standing)
    rows = () if known is None else known.differences.about(item)
    if known is None or not rows:
        return ""
    row = rows[0]
    parts = [significance_text(row.test, language)]
    if row.p is not None:
        family = whole(known.differences.family, language)
        parts.append(word("adjusted_p", language, family=family, p=p_text(row.p, language)))
    if row.delta is not None and row.delta.estimate is not None:
        parts.append(word("delta_is", language, value=_delta_text(row.delta, language)))
    return " ".join(parts)


def _delta_text(delta: Interval, language: Language) -> str:
    value = signed(delta.estimate or 0.0, language)
    if delta.low is None or delta.high is None:
        return value
    low, high = signed(delta.low, language), signed(delta.high, language)
    return word("delta_between", language, value=value, low=low, high=high)


def alt_beside(released: Released[Beside], sides: Sides, language: Language) -> str:
    """The alternative text of the paired bars of an item: what kind, finding, every pair."""
    table = opened(released)
    if table is None:
        return ""
    bars = ", ".join(
        f"{pair.whole.label.best(language).text} {percent(pair.percent, language)} "
        f"({percent(pair.whole.percent, language)})"
        for pair in pairs(table)
    )
    return word(
        "alt_beside",
        language,
        label=quoted(table.item.label, language),
        n=whole(table.unit.base, language),
        whole_n=whole(table.whole.base, language),
        finding=_finding(table, sides, language),
        bars=bars,
        **sides.names(language),
    )


def alt_beside_grid(released: Released[BesideGrid], sides: Sides, language: Language) -> str:
    """The alternative text of a grid's stacked bars in pairs: what kind, each part's finding."""
    grid = opened(released)
    if grid is None:
        return ""
    parts = [
        f"{each.item.label.best(language).text}: {_finding(each, sides, language)}"
        for each in grid.parts
    ]
    return word(
        "alt_beside_grid",
        language,
        label=quoted(grid.item.label, language),
        parts=" ".join(parts),
        **sides.names(language),
    )
