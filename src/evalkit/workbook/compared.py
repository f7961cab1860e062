"""A study's rounds → what changed between them: true figures, and what may be shown of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from evalkit.analysis.changes import (
    Changes,
    ItemChange,
    MatchedUnits,
    Measured,
    ShareChange,
    changes,
    measured,
    of_units,
    patterns,
    taking_part,
)
from evalkit.analysis.frequency import Share, tallies
from evalkit.analysis.pairs import Identified, PairedChanges, paired_changes
from evalkit.analysis.units import about_units
from evalkit.codebook import Language
from evalkit.errors import fault, nearest
from evalkit.frame import UNKNOWN
from evalkit.rounds import Why
from evalkit.statistics.outcome import Interval
from evalkit.study import Study
from evalkit.units import UnitCounts
from evalkit.workbook.sources import WHY_NOT_CROSSED, RoundData, respondents_of

Opened = Callable[[str], RoundData]
"""Round → what came in."""


@dataclass(frozen=True)
class Compared:
    """The rounds of a study side by side, with true figures; the last of `rounds` is compared."""

    rounds: tuple[str, ...]
    changes: Changes
    paired: PairedChanges | None
    matched: MatchedUnits | None


def earlier(study: Study, round_name: str, since: str = "") -> str:
    """The round that `round_name` is compared with: the one before, unless `since` names another.

    Empty where there is none before. Raises `EvalkitError` if `since` is not an earlier round.
    """
    names = list(study.settings.rounds)
    before = names[: names.index(round_name)]
    if since and since not in before:
        fix = nearest(since, before) if before else "It is the study's first round."
        raise fault(f'Study {study.name} has no round "{since}" before {round_name}.', fix)
    return since or (before[-1] if before else "")


def refuse_rebuilt(study: Study) -> None:
    """Raise `EvalkitError` where respondents were rebuilt from tables."""
    if study.settings.mark == "reconstructed":
        raise fault(f"The study {study.name} is reconstructed. {WHY_NOT_CROSSED}")


def compare(study: Study, opened: Opened, round_name: str, before: str) -> Compared:
    """Set a round beside all earlier ones, and compare it with the round `before`."""
    names = list(study.settings.rounds)
    others = [each for each in names[: names.index(round_name)] if each != before]
    rounds = (*others, before, round_name)
    every = [_measured(study, opened(each)) for each in rounds]
    why = [study.comparable(each, round_name) for each in rounds[:-1]]
    found = changes(every, why)
    return Compared(
        rounds,
        found,
        _paired(study, opened, found, (before, round_name)),
        _matched(study, opened, why[-1], (before, round_name)),
    )


def _measured(study: Study, data: RoundData) -> Measured:
    name = data.round_name
    counted = tallies(data.counts)
    return measured(name, study.codebook_of(name), counted, study.settings.unit)


def _paired(
    study: Study, opened: Opened, found: Changes, names: tuple[str, str]
) -> PairedChanges | None:
    """The same respondents, where both rounds have any who can be known again."""
    both = [_identified(study, opened(name)) for name in names]
    before, after = both
    return None if before is None or after is None else paired_changes(found, before, after)


def _identified(study: Study, data: RoundData) -> Identified | None:
    responses, wanted = respondents_of(study, data), study.settings.same_respondents
    if responses is None or data.reading is None or not wanted:
        return None
    items = study.items_of(data.round_name)
    item = items.delivered.items.get(items.delivered_name(wanted))
    columns = data.reading.export.columns
    cells = next((e.cells for e in columns if item is not None and e.heading == item.column), None)
    if cells is None:
        return None
    return Identified(tuple(each or "" for each in cells), responses)


def _matched(
    study: Study, opened: Opened, why: Mapping[str, Why], names: tuple[str, str]
) -> MatchedUnits | None:
    """The units of both rounds, where there are such and others beside them."""
    before, after = (opened(name).units for name in names)
    if before is None or after is None:
        return None
    first, last = taking_part(before, UNKNOWN), taking_part(after, UNKNOWN)
    both = tuple(each for each in last if each in first)
    new = tuple(each for each in last if each not in first)
    gone = tuple(each for each in first if each not in last)
    if not both or not (new or gone):
        return None
    unit = study.settings.unit
    parts = [
        of_units(name, study.codebook_of(name), units, both, unit)
        for name, units in zip(names, (before, after), strict=True)
    ]
    found = changes(parts, [why])
    present = _present(study, opened)
    return MatchedUnits(
        both,
        new,
        gone,
        found,
        (_about(after, found), _about(before, found)),
        (patterns(present, names[1]), patterns(present, names[0])),
    )


def _present(study: Study, opened: Opened) -> dict[str, tuple[str, ...]]:
    """Round → the units that took part in it."""
    units = {name: opened(name).units for name in study.settings.rounds}
    return {name: taking_part(each, UNKNOWN) for name, each in units.items() if each is not None}


def _about(units: UnitCounts, found: Changes) -> dict[str, dict[str, int]]:
    return {
        name: dict(zip(units.units, about_units(units, each.item).tolist(), strict=True))
        for name, each in found.items.items()
    }


COLUMNS = (
    "item", "value", "label", "before_n", "before_base", "before", "n", "base", "now",
    "difference", "low", "high", "test", "p", "p_adjusted", "not_compared",
)  # fmt: skip


def changes_frame(found: Changes, language: Language) -> pd.DataFrame:
    """The comparison of the last round with the one before as a table, unrounded.

    `value` is an answer's key, "positive" or "mean"; `before`, `now` and the difference are per
    cents and percentage points, of a mean the mean itself. The test stands with the item's first
    row, or with each option.
    """
    rows: list[Sequence[object]] = []
    for each in found.items.values():
        rows += _rows(each, language)
    for out in found.uncompared:
        label = out.title.best(language).text
        rows.append([out.item.name, "", label, *[None] * 12, out.why])
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    whole = dict.fromkeys(("before_n", "before_base", "n", "base"), "Int64")
    parts = ("before", "now", "difference", "low", "high", "p", "p_adjusted")
    return frame.astype({**whole, **dict.fromkeys(parts, "Float64")})


def _rows(change: ItemChange, language: Language) -> list[list[object]]:
    name = change.item.name
    rows = [
        [name, each.key, _label(each, language), *_share_cells(each)] for each in _shares(change)
    ]
    if change.mean is not None and change.before is not None:
        n = (change.before.bases.valid, change.last.bases.valid)
        means = change.means[-2:]
        figures = [None, n[0], means[0], None, n[1], means[1], *_interval(change.mean, 1)]
        rows.append([name, "mean", "", *figures, "", None, None, ""])
    if change.test is not None and rows:
        rows[0][-4:-1] = [change.test.method, change.test.p, change.p_adjusted]
    return rows


def _shares(change: ItemChange) -> list[ShareChange]:
    main = change.main
    positive = [main] if main is not None and main.key == "positive" else []
    return [*positive, *change.answers]


def _label(change: ShareChange, language: Language) -> str:
    return " / ".join(each.best(language).text for each in change.labels)


def _share_cells(change: ShareChange) -> list[object]:
    before, now = change.shares[-2:]
    test = change.test
    tested = ["", None, None] if test is None else [test.method, test.p, change.p_adjusted]
    figures = [*_figures(before), *_figures(now), *_interval(change.difference, 100), *tested]
    return [*figures, "not_asked" if before is None else ""]


def _figures(given: Share | None) -> list[object]:
    return [None] * 3 if given is None else [given.n, given.base, given.percent]


def _interval(found: Interval | None, times: int) -> list[object]:
    bounds = [None] * 3 if found is None else [found.estimate, found.low, found.high]
    return [None if each is None else times * each for each in bounds]
