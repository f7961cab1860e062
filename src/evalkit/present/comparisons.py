"""One unit beside the whole in words: the finding under a table, and a chart's alternative text."""

from __future__ import annotations

from dataclasses import dataclass

from evalkit.analysis.frequency import Row
from evalkit.analysis.units import Beside, BesideGrid
from evalkit.codebook import Language, Text
from evalkit.present.numbers import percent, whole
from evalkit.present.sentences import join, labels_text, quoted
from evalkit.present.words import word
from evalkit.release import Released, opened


@dataclass(frozen=True)
class Sides:
    """What the two are called; the whole as it stands after "i" ("hela länet")."""

    unit: Text
    whole: Text

    def names(self, language: Language) -> dict[str, str]:
        """Both, as fields of a sentence."""
        return {
            "unit": self.unit.best(language).text,
            "whole": self.whole.best(language).text,
        }


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
