"""`data_log.csv`: what was excluded, recoded or treated as missing, why, and who decided it when.

A raw file is never edited. What is wrong or does not belong in it is declared here, a line a
decision; `evalkit.intake.decided` carries it out and the report shows it.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from evalkit.codebook import (
    ABOUT,
    SINGLE,
    STATUSES,
    Answer,
    Codebook,
    Item,
    Scale,
    Status,
    normal,
    tidy,
)
from evalkit.delimited import read_table
from evalkit.errors import EvalkitError, Problem, nearest

FILE = "data_log.csv"
COLUMNS = (
    "round", "respondent", "unit", "item", "value", "action", "to", "reason", "decided_by", "date"
)  # fmt: skip

Action = Literal["exclude", "recode", "missing"]
ACTIONS: tuple[Action, ...] = get_args(Action)
KINDS_OF_MISSING: tuple[Status, ...] = tuple(each for each in STATUSES if each != "valid")

_ROW = re.compile(r"row\s+(\d+)", re.IGNORECASE)
_WITH_ANSWERS = SINGLE | {"option"}
_JOINED = frozenset({"multiple", "ranking", "priority"})
_FREE = frozenset({"numeric", "open", "ranked"})


@dataclass(frozen=True)
class Declaration:
    """One line: what shall be done with whose cell, and the reason.

    `line` is its row number in the file. An empty `round` means every round, an empty `respondent`
    and `unit` everybody; an empty `value` whatever stands in a respondent's cell.
    """

    line: int
    round: str
    respondent: str
    unit: str
    item: str
    value: str
    action: Action
    to: str
    reason: str
    decided_by: str
    date: str

    @property
    def row(self) -> int | None:
        """The row number in the export, where the respondent is named by that ("row 17")."""
        match = _ROW.fullmatch(self.respondent.strip())
        return int(match[1]) if match else None

    @property
    def status(self) -> Status:
        """The kind of missing that a `missing` line asks for."""
        return next((each for each in KINDS_OF_MISSING if each == self.to), "invalid")

    def holds_in(self, round_name: str) -> bool:
        """Whether it is about that round."""
        return self.round in ("", round_name)

    def names(self, text: str) -> bool:
        """Whether the reason holds `text` as a word of its own."""
        wanted = re.escape(normal(text))
        return bool(wanted) and bool(re.search(rf"(?<!\w){wanted}(?!\w)", normal(self.reason)))

    @property
    def gives_away(self) -> bool:
        """Whether the reason repeats the respondent's identifier or row number, or the cell."""
        own = [self.respondent, self.value, "" if self.row is None else str(self.row)]
        return any(self.names(each) for each in own)


def answer_named(scale: Scale, text: str) -> Answer | None:
    """The answer that `text` names, as a cell does: by Swedish label, English label or code."""
    wanted = normal(text)
    for texts in (
        [each.label.sv for each in scale.answers],
        [each.label.en for each in scale.answers],
        ["" if each.value is None else str(each.value) for each in scale.answers],
    ):
        for answer, known in zip(scale.answers, texts, strict=True):
            if wanted and normal(known) == wanted:
                return answer
    return None


def is_joined(item: Item) -> bool:
    """Whether the options of a set or ranking stand joined in the one column that it has."""
    return item.kind in _JOINED and bool(item.column) and "*" not in item.column


def line_for(item: Item, cell: str) -> str:
    """The line that declares a cell of every round to be missing, with dots for the rest of it."""
    out = io.StringIO()
    row = ["", "", "", item.name, cell, "missing", "", "…", "…", "…"]
    csv.writer(out, lineterminator="").writerow(row)
    return out.getvalue()


def read_data_log(
    folder: Path, codebook: Codebook, rounds: Mapping[str, bool], units: Mapping[str, str]
) -> tuple[tuple[Declaration, ...], tuple[Problem, ...]]:
    """The declarations in a study's folder, none if it has no such file; and every faulty line.

    `rounds` tells of each round whether its respondents came in (and not counts alone); `units`
    has the item of each round that tells a respondent's unit.
    """
    if not (folder / FILE).is_file():
        return (), ()
    try:
        table = read_table(folder / FILE, FILE, COLUMNS)
    except EvalkitError as error:
        return (), error.problems
    found: list[Declaration] = []
    problems: list[Problem] = []
    for number, row in table.records():
        if not any(row.values()):
            continue
        faults = [*_faults(row, rounds), *_dated(row)]
        if not faults:
            declaration = _declaration(number, row)
            faults = [*_cell_faults(declaration, codebook, rounds)]
            faults += _whom_faults(declaration, codebook, rounds, units)
            found += [] if faults else [declaration]
        problems += [Problem(FILE, number, *each) for each in faults]
    problems += [*_repeated(found), *_told(found)]
    return tuple(found), tuple(problems)


def _declaration(number: int, row: Mapping[str, str]) -> Declaration:
    action: Action = next(each for each in ACTIONS if each == row["action"])
    texts = {name: row[name] for name in COLUMNS if name != "action"}
    return Declaration(line=number, action=action, **texts)


_Fault = tuple[str, str, str]
"""Column, message and what to do."""


def _faults(row: Mapping[str, str], rounds: Mapping[str, bool]) -> Iterator[_Fault]:
    if row["round"] and row["round"] not in rounds:
        yield "round", f'There is no round "{row["round"]}".', nearest(row["round"], rounds)
    if row["action"] not in ACTIONS:
        message = f'"{row["action"]}" is not an action.'
        yield "action", message, "Write exclude, recode or missing."
    for name, fix in (
        ("reason", "Say why, as the report's reader may know it."),
        ("decided_by", "Say who decided it."),
        ("date", "Write when it was decided, such as 2026-03-01."),
    ):
        if not row[name]:
            yield name, f'"{name}" is empty.', fix


def _dated(row: Mapping[str, str]) -> Iterator[_Fault]:
    """A fault if the date is no year, month or day in ISO 8601."""
    text = row["date"]
    if not text:
        return
    exact = re.fullmatch(r"\d{4}(-\d\d){0,2}", text, re.ASCII) is not None
    try:
        dt.date.fromisoformat(text + "-01-01"[len(text) - 4 :] if exact else "")
    except ValueError:
        fix = "Write 2026-03-01, or 2026-03 or 2026 if the day is not known."
        yield "date", f'"{text}" is not a date.', fix


def _cell_faults(
    line: Declaration, codebook: Codebook, rounds: Mapping[str, bool]
) -> Iterator[_Fault]:
    """What is wrong with item, value and `to`."""
    if line.action == "exclude":
        for name in ("item", "value", "to"):
            if getattr(line, name):
                fix = "Leave it empty, or write recode or missing as action."
                yield name, "An exclusion is about a respondent or a unit, not about a cell.", fix
        return
    if not line.item:
        yield "item", f"The line says {line.action} and names no item.", "Name one."
        return
    asked = codebook.asked_in(line.round) if line.round in rounds else codebook
    if line.item not in asked.items:
        there = f" in round {line.round}" if line.item in codebook.items else ""
        known = [each.name for each in asked.items.values() if _has_cells(each)]
        yield "item", f'There is no item "{line.item}"{there}.', nearest(line.item, known)
        return
    item = asked.items[line.item]
    if not _has_cells(item):
        parts = [each.name for each in asked.parts(item)]
        fix = f"Name one of {', '.join(parts)}." if parts else "Only answers can be declared."
        yield "item", f"{item.name} has no cells of answers.", fix
        return
    if not line.value and not line.respondent:
        yield "value", "It is not said which cell is meant.", "Write the cell as it stands."
    yield from _target_faults(line, item, asked)


def _has_cells(item: Item) -> bool:
    return item.kind not in ABOUT and (bool(item.column) or item.kind in _WITH_ANSWERS | _FREE)


def _target_faults(line: Declaration, item: Item, codebook: Codebook) -> Iterator[_Fault]:
    """What is wrong with `to`: no answer of the item, or no kind of missing."""
    if line.action == "missing":
        if line.to and line.to not in KINDS_OF_MISSING:
            message = f'"{line.to}" is no kind of missing.'
            yield "to", message, nearest(line.to, KINDS_OF_MISSING)
    elif not line.to:
        yield "to", "It is not said what the cell means.", "Write an answer of the item."
    elif item.kind in _WITH_ANSWERS:
        scale = codebook.scale(item)
        if answer_named(scale, line.to) is None:
            labels = [each.label.sv for each in scale.answers]
            yield "to", f'{item.name} has no answer "{line.to}".', nearest(line.to, labels)
    elif item.kind in _JOINED:
        parts = codebook.parts(item)
        if not any(normal(line.to) in map(normal, (p.label.sv, p.label.en)) for p in parts):
            labels = [part.label.sv for part in parts]
            yield "to", f'{item.name} has no option "{line.to}".', nearest(line.to, labels)


def _whom_faults(
    line: Declaration, codebook: Codebook, rounds: Mapping[str, bool], units: Mapping[str, str]
) -> Iterator[_Fault]:
    """What is wrong with respondent and unit."""
    meant = [name for name in rounds if line.holds_in(name)]
    with_respondents = [name for name in meant if rounds[name]]
    if line.action == "exclude":
        if bool(line.respondent) == bool(line.unit):
            given = "both" if line.unit else "neither"
            message = f"An exclusion is of a respondent or of a unit; {given} stands here."
            yield "respondent", message, "Write one of them."
    elif line.unit:
        fix = "Leave it empty, or write exclude as action."
        yield "unit", "Only a whole unit can be declared by its name, to be excluded.", fix
    if not with_respondents and (line.respondent or line.action != "exclude"):
        message = "Only counts came in, and no respondents or cells."
        fix = "Exclude by unit, and mend the file of counts in a new file."
        yield "round", message, fix
    elif line.respondent and len(meant) > 1:
        message = "The study has several rounds, and a respondent belongs to one."
        yield "round", message, f"Write {' or '.join(with_respondents)}."
    elif line.unit and with_respondents:
        yield from _unit_faults(line, codebook, {units[name] for name in with_respondents})


def _unit_faults(line: Declaration, codebook: Codebook, units: Set[str]) -> Iterator[_Fault]:
    """`units` are the items that tell it in the rounds meant: one of them has to know the unit."""
    items = [item for name, item in codebook.items.items() if name in units]
    scales = [codebook.scales.get(item.scale) for item in items]
    if not items:
        fix = "Write unit: ITEM in study.yaml, or exclude respondent by respondent."
        yield "unit", "Nothing tells which unit a respondent belongs to.", fix
    elif not any(each is None or answer_named(each, line.unit) for each in scales):
        labels = [answer.label.sv for each in scales if each for answer in each.answers]
        yield "unit", f'{items[0].name} has no answer "{line.unit}".', nearest(line.unit, labels)


def _repeated(lines: list[Declaration]) -> Iterator[Problem]:
    """Two lines for the same respondent or unit, or for the same cell."""

    def key(line: Declaration) -> tuple[str, ...]:
        whose = tidy(line.respondent) if line.row is None else f"row {line.row}"
        return whose, normal(line.unit), line.item, normal(line.value)

    seen: dict[tuple[str, ...], list[Declaration]] = {}
    for line in lines:
        before = seen.setdefault(key(line), [])
        for other in before:
            if line.holds_in(other.round) or other.holds_in(line.round):
                message = f"The line is about the same as row {other.line}."
                yield Problem(FILE, line.line, None, message, "Keep one of them.")
                break
        before.append(line)


def _told(lines: list[Declaration]) -> Iterator[Problem]:
    """A warning where a reason would give away what the published edition leaves out."""
    for line in lines:
        if line.respondent and line.gives_away:
            message = "The reason repeats the respondent's identifier, row number or cell."
            fix = "Write it without: the published edition withholds a reason that tells."
            yield Problem(FILE, line.line, "reason", message, fix, "warning")
