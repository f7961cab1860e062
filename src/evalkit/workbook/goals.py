"""A study's goals and budget: true figures, and what is at odds with its survey."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

import pandas as pd

from evalkit.analysis.budget import Spending
from evalkit.analysis.changes import measured
from evalkit.analysis.frequency import tallies
from evalkit.analysis.goals import Attained, Attainment, Figure, Surveys, attainments
from evalkit.errors import EvalkitError, Problem, nearest
from evalkit.goals import Goal, Indicator, Status
from evalkit.study import Study
from evalkit.workbook.sources import RoundData, open_round

Opened = Callable[[str], RoundData]
"""Round → what came in."""
WRITTEN: dict[Status, str] = {
    "reached": "uppnådd",
    "partly": "delvis",
    "not_reached": "ej uppnådd",
    "not_measured": "ej mätt",
}
"""A status as goals.csv has it."""
COLUMNS = (
    "goal", "label", "indicator", "baseline", "target", "outcome", "change", "low", "high",
    "status", "worked_out", "written", "assessed_by",
)  # fmt: skip


def rounds_of(study: Study) -> tuple[str, ...]:
    """The rounds that live figures of the goals are of, the oldest first."""
    wanted = {name for goal in study.goals for name in goal.rounds}
    return tuple(name for name in study.settings.rounds if name in wanted)


def attained(study: Study, opened: Opened) -> tuple[Attainment, ...]:
    """Every goal with its figures."""
    rounds = {
        name: measured(name, study.codebook_of(name), tallies(opened(name).counts))
        for name in rounds_of(study)
    }
    populations = {name: study.population_size(name) for name in rounds}
    return attainments(study.goals, Surveys(rounds, populations))


def goals_frame(found: Sequence[Attainment]) -> pd.DataFrame:
    """A row for each indicator of each goal: figures are unrounded, per cents 0–100."""
    rows = [_row(goal, each) for goal in found for each in goal.indicators]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    figures = ("baseline", "outcome", "change", "low", "high")
    return frame.astype(dict.fromkeys(figures, "Float64"))


def _row(goal: Attainment, each: Attained) -> list[object]:
    indicator = each.indicator
    interval = None if each.outcome is None else each.outcome.interval
    times = 100 if each.outcome is not None and each.outcome.share is not None else 1
    bounds = [None, None] if interval is None else [interval.low, interval.high]
    return [
        goal.goal.name,
        goal.goal.label.best("sv").text,
        indicator.label.best("sv").text,
        _value(each.baseline),
        indicator.target.text.best("sv").text,
        _value(each.outcome),
        _number(each.moved),
        *(None if bound is None else times * bound for bound in bounds),
        each.status,
        each.worked_out is not None,
        indicator.status or "",
        indicator.assessed_by.best("sv").text,
    ]


def _value(figure: Figure | None) -> float | None:
    return None if figure is None else _number(figure.value)


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def budget_frame(found: Spending) -> pd.DataFrame:
    """A row for each post: `post, budget, outcome, converted, percent`, missing ones as NA.

    `outcome` is as written, `converted` in the unit of the budget.
    """
    rows = [
        [
            each.post.label.best("sv").text,
            *map(_number, (each.post.budget, each.post.outcome, each.converted, each.percent)),
        ]
        for each in found.posts
    ]
    figures = ["budget", "outcome", "converted", "percent"]
    return pd.DataFrame(rows, columns=["post", *figures]).astype(dict.fromkeys(figures, "Float64"))


def names_themes(study: Study) -> bool:
    """Whether a goal's evidence leads to a theme of the study's codings."""
    every = (evidence for _, each in _indicators(study) for evidence in each.evidence)
    return study.settings.codings is not None and any(each.kind == "theme" for each in every)


def _indicators(study: Study) -> Iterator[tuple[Goal, Indicator]]:
    return ((goal, each) for goal in study.goals for each in goal.indicators)


def check_goals(study: Study) -> list[Problem]:
    """Themes that are none, and a warning for each written status that the figures do not bear out.

    Nothing where a round or the codings cannot be read: that is said of these.
    """
    try:
        return [*_unknown_themes(study), *_unborne(study)]
    except EvalkitError:
        return []


def _unknown_themes(study: Study) -> Iterator[Problem]:
    """Evidence that leads to no theme, where codings came in that `read_goals` does not read."""
    if not names_themes(study):
        return
    from evalkit.workbook.codings import study_themes

    known, file = study_themes(study).theme, _file(study)
    for _, each in _indicators(study):
        for evidence in each.evidence:
            if evidence.kind == "theme" and evidence.name not in known:
                message = f'There is no theme "{evidence.name}".'
                yield Problem(file, each.row, "evidence", message, nearest(evidence.name, known))


def _unborne(study: Study) -> list[Problem]:
    written = [each for goal in study.goals for each in goal.indicators if each.status]
    if not any(each.can_be_worked_out for each in written):
        return []
    return list(_contradictions(study, attained(study, lambda name: open_round(study, name))))


def _file(study: Study) -> str:
    return study.settings.goals.file if study.settings.goals else ""


def _contradictions(study: Study, found: Sequence[Attainment]) -> Iterator[Problem]:
    file = _file(study)
    for goal in found:
        for each in goal.indicators:
            if not each.contradicts or each.worked_out is None or each.indicator.status is None:
                continue
            message = (
                f"The status of {goal.goal.name} is written as {WRITTEN[each.indicator.status]}, "
                f"and the figures say {WRITTEN[each.worked_out]}."
            )
            fix = "Leave the cell empty, or look at target and outcome; the report says both."
            yield Problem(file, each.indicator.row, "status", message, fix, "warning")
