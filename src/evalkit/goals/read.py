"""goals.csv → goals, and every fault in the file with row, column and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from evalkit.codebook import ABOUT, Text, normal
from evalkit.delimited import read_table
from evalkit.errors import Problem, Severity, nearest
from evalkit.goals.amounts import amount
from evalkit.goals.live import Surveyed, is_live, read_live
from evalkit.goals.model import Evidence, Goal, Indicator, Measure, Status
from evalkit.goals.targets import read_target

REQUIRED = ("goal", "label")
_IN_TWO = ("label", "horizon", "stated_in", "indicator", "baseline", "target", "outcome")
OPTIONAL = (
    *_IN_TWO[1:], *(f"{each}_en" for each in (*_IN_TWO, "assessed_by")),
    "status", "assessed_by", "evidence",
)  # fmt: skip
WRITTEN: Mapping[str, Status] = {
    "uppnådd": "reached", "uppnått": "reached", "reached": "reached",
    "delvis": "partly", "delvis uppnådd": "partly", "partly": "partly",
    "ej uppnådd": "not_reached", "ej uppnått": "not_reached", "not reached": "not_reached",
    "ej mätt": "not_measured", "not measured": "not_measured",
}  # fmt: skip
"""A status as it may be written."""
Themes = frozenset[str] | None
"""The codes of the study's codings, empty where it has none; None where they are not known here."""

_Fault = tuple[str | None, str, str, Severity]
"""Column, message, what to do, how serious."""


@dataclass
class _Rows:
    """The goals read so far, and every fault."""

    file: str
    goals: dict[str, Goal] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, row: int | None, column: str | None, message: str, fix: str = "") -> None:
        self.problems.append(Problem(self.file, row, column, message, fix))


def read_goals(
    path: Path, file: str, surveyed: Surveyed, themes: Themes = frozenset()
) -> tuple[tuple[Goal, ...], tuple[Problem, ...]]:
    """The goals of a file in its order, and every fault in it.

    Rows with the same `goal` are its indicators. Raises `EvalkitError` when the file cannot be
    read at all.
    """
    table = read_table(path, file, REQUIRED, OPTIONAL)
    rows = _Rows(file)
    for heading in table.header:
        if heading not in (*REQUIRED, *OPTIONAL):
            fix = nearest(heading, (*REQUIRED, *OPTIONAL))
            message = "Nothing is known of this column, and it is left out."
            rows.problems.append(Problem(file, 1, heading, message, fix, "warning"))
    for number, row in table.records():
        if any(row.values()):
            _read_row(rows, number, row, surveyed, themes)
    if not rows.goals and not rows.problems:
        rows.report(None, None, "The file has no goal.", "Write a row for each goal.")
    return tuple(rows.goals.values()), tuple(rows.problems)


def _read_row(
    rows: _Rows, number: int, row: Mapping[str, str], surveyed: Surveyed, themes: Themes
) -> None:
    name = row["goal"]
    if not name:
        rows.report(number, "goal", "The goal has no name.", "Write a short one, such as g1.")
        return
    faults: list[_Fault] = []
    indicator = _indicator(number, row, surveyed, themes, faults)
    earlier = rows.goals.get(name)
    if earlier is None:
        faults += _new_faults(row, rows.goals)
        label, horizon, stated_in = (_text(row, e) for e in ("label", "horizon", "stated_in"))
        goal = Goal(name, label, horizon, stated_in, ())
    else:
        faults += _again_faults(earlier, indicator, row)
        goal = earlier
    rows.goals[name] = replace(goal, indicators=(*goal.indicators, indicator))
    rows.problems += [Problem(rows.file, number, *each) for each in faults]


def _new_faults(row: Mapping[str, str], goals: Mapping[str, Goal]) -> Iterator[_Fault]:
    if not row["label"] and not row.get("label_en", ""):
        yield "label", "The goal has no text.", "Write what was to be reached.", "error"
    same = next((e for e in goals.values() if row["label"] and e.label.sv == row["label"]), None)
    if same is not None:
        fix = f"Give both the name {same.name} if they are indicators of one goal."
        yield "label", f"The goal {same.name} has the same text.", fix, "error"


def _again_faults(goal: Goal, indicator: Indicator, row: Mapping[str, str]) -> Iterator[_Fault]:
    """A further row of a goal is another indicator of it, and says nothing else of it."""
    labels = [normal(each.label.sv or each.label.en) for each in goal.indicators]
    mine = normal(indicator.label.sv or indicator.label.en)
    if not mine or mine in labels or "" in labels:
        message = f"The goal {goal.name} stands there twice."
        fix = "Give each goal its own name, or each indicator of one goal its own text."
        yield "goal", message, fix, "error"
    said = {"label": goal.label, "horizon": goal.horizon, "stated_in": goal.stated_in}
    for column, text in said.items():
        written = row.get(column, "")
        if written and written != text.sv:
            message = f"The goal {goal.name} has another {column} in an earlier row."
            yield column, message, "Write it in the first row alone.", "error"


def _indicator(
    number: int,
    row: Mapping[str, str],
    surveyed: Surveyed,
    themes: Themes,
    faults: list[_Fault],
) -> Indicator:
    """One row as an indicator; what is wrong with it goes to `faults`."""
    target, unread = read_target(_text(row, "target"))
    if unread:
        fix = "Write a sign and a number, such as >= 60 %, or ökar, minskar."
        faults.append(("target", "The target is no comparison that can be read.", fix, "error"))
    indicator = Indicator(
        _text(row, "indicator"),
        _measure(row, "baseline", surveyed, faults),
        target,
        _measure(row, "outcome", surveyed, faults),
        _status(row.get("status", ""), faults),
        _text(row, "assessed_by"),
        _evidence(row.get("evidence", ""), surveyed, themes, faults),
        number,
    )
    if not any(severity == "error" for *_, severity in faults):
        faults += _figures_faults(indicator, surveyed)
        faults += _status_faults(indicator)
    return indicator


def _text(row: Mapping[str, str], column: str) -> Text:
    return Text(row.get(column, ""), row.get(f"{column}_en", ""))


def _measure(
    row: Mapping[str, str], column: str, surveyed: Surveyed, faults: list[_Fault]
) -> Measure:
    text = _text(row, column)
    if not is_live(text.sv):
        return Measure(text, None, amount(text.sv))
    live, wrong = read_live(text.sv, surveyed)
    faults += [(column, message, fix, "error") for message, fix in wrong]
    return Measure(text, live)


def _status(text: str, faults: list[_Fault]) -> Status | None:
    if not text:
        return None
    found = WRITTEN.get(normal(text))
    if found is None:
        listed = ("uppnådd", "delvis", "ej uppnådd", "ej mätt")
        faults.append(("status", f'There is no status "{text}".', nearest(text, listed), "error"))
    return found


def _evidence(
    text: str, surveyed: Surveyed, themes: Themes, faults: list[_Fault]
) -> tuple[Evidence, ...]:
    found = []
    for each in filter(None, (part.strip() for part in text.split(";"))):
        kind, colon, name = (part.strip() for part in each.partition(":"))
        if not colon or not name:
            fix = "Write table:ITEM, theme:CODE or document:TITLE, with semicolons between."
            faults.append(("evidence", f'"{each}" leads nowhere.', fix, "error"))
        elif kind == "table":
            faults += _table_faults(name, surveyed)
            found.append(Evidence("table", name))
        elif kind == "theme":
            faults += _theme_faults(name, themes)
            found.append(Evidence("theme", name))
        elif kind == "document":
            found.append(Evidence("document", name))
        else:
            fix = nearest(kind, ("table", "theme", "document"))
            faults.append(("evidence", f'There is no evidence of kind "{kind}".', fix, "error"))
    return tuple(found)


def _table_faults(name: str, surveyed: Surveyed) -> Iterator[_Fault]:
    known = {
        item.name: item
        for codebook in surveyed.codebooks.values()
        for item in codebook.items.values()
        if item.kind not in ABOUT and codebook.number(item)
    }
    if name not in known:
        yield "evidence", f'There is no table of an item "{name}".', nearest(name, known), "error"


def _theme_faults(name: str, themes: Themes) -> Iterator[_Fault]:
    if themes is None:
        return
    if not themes:
        fix = "Name them in study.yaml under `codings`, or write document:TITLE."
        yield "evidence", "The study has no codings with themes.", fix, "error"
    elif name not in themes:
        yield "evidence", f'There is no theme "{name}".', nearest(name, sorted(themes)), "error"


def _figures_faults(each: Indicator, surveyed: Surveyed) -> Iterator[_Fault]:
    """Baseline, target and outcome that cannot be compared with one another."""
    target = each.target
    if target.is_level or target.is_change:
        measures = {"outcome": each.outcome, "baseline": each.baseline}
        for column, measure in measures.items():
            if measure and not measure.is_figure:
                message = f'"{measure.text.sv}" is no number with its unit, and the target is one.'
                fix = "Write a number and its unit, a live figure, or nothing."
                yield column, message, fix, "error"
    if target.is_change and not each.baseline:
        message = "The target is a change, and there is no baseline."
        yield "baseline", message, "Write it, or a target of its own: >= 60 %.", "warning"
    yield from _unit_faults(each)
    yield from _live_faults(each, surveyed)


def _unit_faults(each: Indicator) -> Iterator[_Fault]:
    """Units as written have to be the same; a share is in per cent, a mean has no unit."""
    for column, measure in (("outcome", each.outcome), ("baseline", each.baseline)):
        if measure.amount and each.target.level and not measure.amount.same_unit(each.target.level):
            message = f'The unit of "{measure.amount.text}" is not that of the target.'
            yield column, message, "Write both in one unit.", "error"
    wanted = each.target.level
    for column, measure in (("outcome", each.outcome), ("baseline", each.baseline)):
        if measure.live is None or wanted is None:
            continue
        share = measure.live.function == "percent"
        if share and not wanted.is_percent:
            message = f"The {column} is a share, and the target is not in per cent."
            yield "target", message, "Write it with %, such as >= 60 %.", "error"
        elif not share and wanted.unit:
            message = f"The {column} is a mean, which has no unit, and the target has one."
            yield "target", message, "Write the number alone, such as >= 3,5.", "error"
    both = (each.baseline.amount, each.outcome.amount)
    if both[0] and both[1] and not both[0].same_unit(both[1]):
        message = f'The unit of "{both[0].text}" is not that of "{both[1].text}".'
        yield "baseline", message, "Write both in one unit.", "error"


def _live_faults(each: Indicator, surveyed: Surveyed) -> Iterator[_Fault]:
    """A baseline and an outcome that are not one figure at two times."""
    before, after = each.baseline.live, each.outcome.live
    if each.baseline.is_figure and each.outcome.is_figure and (before is None) != (after is None):
        column = "baseline" if before is None else "outcome"
        message = "One figure is of the study and the other is written: they may differ in kind."
        yield column, message, "Take both from the study, if both rounds are in it.", "warning"
    if before is None or after is None:
        return
    if not before.same_figure(after):
        message = "The baseline is another figure than the outcome, so nothing is compared."
        yield "baseline", message, f"Write the same as {each.outcome.text.sv}.", "error"
    elif before.round_name == after.round_name:
        message = "Baseline and outcome are of the same round."
        yield "baseline", message, "Name an earlier round after the @.", "error"
    elif surveyed.rounds.index(before.round_name) > surveyed.rounds.index(after.round_name):
        message = "The baseline is of a later round than the outcome."
        yield "baseline", message, "Name an earlier round after the @.", "error"
    else:
        why = surveyed.comparable(before.round_name, after.round_name).get(after.item, "not_asked")
        if why:
            rounds = f"{before.round_name} and {after.round_name}"
            message = f"{after.item} may not be compared between {rounds} ({why})."
            fix = "Leave the baseline out, or look at the decisions in study.yaml."
            yield "baseline", message, fix, "error"


def _status_faults(each: Indicator) -> Iterator[_Fault]:
    if each.status is None and not each.can_be_worked_out:
        fix = "Write one; ej mätt where it was not measured."
        yield "status", "There is no status, and none can be worked out.", fix, "error"
    who = each.assessed_by.sv or each.assessed_by.en
    if each.status not in (None, "not_measured") and not who:
        fix = "Write who, such as a name or a body."
        yield "assessed_by", "The status does not tell who assessed it.", fix, "error"
