"""An export and the data log → the export as it shall be counted, and what each line did.

Exclusions take respondents out; recodes and kinds of missing change cells of the neutral form,
never the file. Cells are matched as answers are: without regard to case and to spaces around.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalkit.codebook import Codebook, Item, Scale, Status, normal, tidy
from evalkit.datalog import FILE, Declaration, answer_named, is_joined
from evalkit.errors import Problem
from evalkit.intake.export import Column, Export
from evalkit.intake.joined import Options

_OURS = "\x00"
"""Begins a cell that we wrote ourselves; no reader lets it through from a file."""


@dataclass(frozen=True)
class Effect:
    """What a line did: how many respondents it took out, or how many cells it changed."""

    declaration: Declaration
    n: int


@dataclass(frozen=True)
class Decided:
    """The export after the data log, and how many respondents were excluded from it.

    `gone` has the column that tells the unit of those excluded; None where nothing does.
    """

    export: Export
    effects: tuple[Effect, ...] = ()
    excluded: int = 0
    gone: Export | None = None
    problems: tuple[Problem, ...] = ()


def decide(
    export: Export, codebook: Codebook, lines: Sequence[Declaration], unit: str = ""
) -> Decided:
    """Carry out the lines of the data log that are about this export's round.

    `unit` is the item that tells a respondent's unit. A respondent who is not there is a problem.
    """
    if not lines:
        return Decided(export)
    problems: list[Problem] = []
    places = _places(export, codebook, lines, problems)
    done: dict[int, int] = {each.line: 0 for each in lines}
    item = codebook.items.get(unit)
    of_unit = next((each for each in export.columns if item and _is_column(each, item)), None)
    if of_unit is not None:
        # A unit's name may itself be corrected; whose cells count as changed is known later.
        of_unit = _changed(codebook, of_unit, lines, places, (), dict(done))
    gone = _gone(codebook, lines, places, item, of_unit, done)
    problems += _pointless(lines, places, gone)
    export = replace(
        export,
        columns=tuple(
            _changed(codebook, column, lines, places, gone, done) for column in export.columns
        ),
    )
    if gone and len(gone) == len(export.rows):
        message = f"Everybody in {export.file} is excluded."
        problems.append(Problem(FILE, None, "respondent", message, "Keep somebody."))
        gone = {}
    effects = tuple(Effect(line, done[line.line]) for line in lines)
    if not gone:
        return Decided(export, effects, problems=tuple(problems))
    kept = [at for at in range(len(export.rows)) if at not in gone]
    told = None if of_unit is None else replace(export, columns=(of_unit,))
    out = None if told is None else _only(told, sorted(gone))
    return Decided(_only(export, kept), effects, len(gone), out, tuple(problems))


def unmatched(effects: Sequence[Effect]) -> list[Problem]:
    """A warning for each line that did nothing in any round; `effects` are those of all rounds."""
    lines = {each.declaration.line: each.declaration for each in effects}
    done = Counter[int]()
    for each in effects:
        done[each.declaration.line] += each.n
    message, fix = "Nothing in the export matches the line.", "Correct it, or remove it."
    return [
        Problem(FILE, number, "unit" if line.unit else "value", message, fix, "warning")
        for number, line in lines.items()
        if not done[number]
    ]


# Whom a line is about


def _places(
    export: Export, codebook: Codebook, lines: Iterable[Declaration], problems: list[Problem]
) -> dict[int, int]:
    """Line → the respondent's place in the export; a problem where there is none, or several."""
    heads = {tidy(item.column) for item in codebook.items.values() if item.kind == "id"}
    columns = [each for each in export.columns if tidy(each.heading) in heads]
    rows = {number: at for at, number in enumerate(export.rows)}
    known: dict[str, list[int]] = {}
    named = [line for line in lines if line.respondent]
    if any(line.row is None for line in named):
        for column in columns:
            for at, cell in enumerate(column.cells):
                if cell:
                    known.setdefault(tidy(cell), []).append(at)
    found: dict[int, int] = {}
    for line in named:
        if line.row is None:
            there = known.get(tidy(line.respondent), [])
        else:
            there = [rows[line.row]] if line.row in rows else []
        if len(there) == 1 and not (columns and _is_blank(export, there[0])):
            found[line.line] = there[0]
        else:
            numbers = [export.rows[each] for each in there]
            message, fix = _nobody(export, line, numbers, bool(columns))
            problems.append(Problem(FILE, line.line, "respondent", message, fix))
    return found


def _is_blank(export: Export, at: int) -> bool:
    return not any(normal(column.cells[at] or "") for column in export.columns)


def _nobody(
    export: Export, line: Declaration, rows: Sequence[int], with_ids: bool
) -> tuple[str, str]:
    if len(rows) > 1:
        message = f'The identifier "{line.respondent}" stands {len(rows)} times in {export.file}.'
        return message, f"Say which is meant: row {' or row '.join(map(str, rows))}."
    if rows:
        return f"Row {rows[0]} of {export.file} is blank and is left out.", "Remove the line."
    message = f'There is no respondent "{line.respondent}" in {export.file}.'
    if with_ids:
        return message, "Write an identifier as it stands, or row and its number in the file."
    return message, "The codebook has no item of kind id: write row and its number in the file."


def _gone(
    codebook: Codebook,
    lines: Sequence[Declaration],
    places: Mapping[int, int],
    item: Item | None,
    of_unit: Column | None,
    done: dict[int, int],
) -> dict[int, Declaration]:
    """The places of those excluded → the first line that says so; respondents before units.

    The column `of_unit`, of the item `item`, tells the unit of each respondent.
    """
    gone: dict[int, Declaration] = {}
    excluding = [line for line in lines if line.action == "exclude"]
    for line in excluding:
        if line.line in places and places[line.line] not in gone:
            gone[places[line.line]] = line
            done[line.line] = 1
    of_units = [line for line in excluding if line.unit]
    if item is not None and of_unit is not None:
        for line in of_units:
            fresh = [at for at in _members(of_unit, codebook, item, line.unit) if at not in gone]
            gone |= dict.fromkeys(fresh, line)
            done[line.line] += len(fresh)
    return gone


def _members(column: Column, codebook: Codebook, item: Item, unit: str) -> list[int]:
    """The places of those who belong to a unit, by the column that tells it."""
    known: dict[str | None, bool] = {}
    for cell in column.cells:
        if cell not in known:
            known[cell] = bool(cell) and _is_unit(cell or "", column, codebook, item, unit)
    return [at for at, cell in enumerate(column.cells) if known[cell]]


def _is_unit(cell: str, column: Column, codebook: Codebook, item: Item, unit: str) -> bool:
    if item.scale not in codebook.scales:
        return normal(cell) == normal(unit)
    scale = codebook.scale(item)
    if column.positions:
        at = int(cell) - 1 if cell.isascii() and cell.isdigit() else -1
        answer = scale.answers[at] if 0 <= at < len(scale.answers) else None
    else:
        answer = answer_named(scale, column.labels.get(cell, "")) or answer_named(scale, cell)
    return answer is not None and answer == answer_named(scale, unit)


def _pointless(
    lines: Sequence[Declaration], places: Mapping[int, int], gone: Mapping[int, Declaration]
) -> Iterable[Problem]:
    """Lines that come to nothing since another says the same, or takes the respondent out."""
    seen: dict[tuple[int, str, str], Declaration] = {}
    for line in lines:
        at = places.get(line.line)
        if at is None:
            continue
        first = gone.get(at)
        if first is not None and first is not line:
            message = f"The respondent is excluded by row {first.line}."
            yield Problem(FILE, line.line, "respondent", message, "Remove one of the lines.")
            continue
        other = seen.setdefault((at, line.item, normal(line.value)), line)
        if other is not line:
            message = f"The line is about the same cell as row {other.line}."
            yield Problem(FILE, line.line, "respondent", message, "Remove one of the lines.")


def _only(export: Export, places: Sequence[int]) -> Export:
    """The export with the respondents at some places alone."""
    columns = tuple(
        replace(each, cells=tuple(each.cells[at] for at in places)) for each in export.columns
    )
    return replace(export, columns=columns, rows=tuple(export.rows[at] for at in places))


# What becomes of a cell


@dataclass
class _Cells:
    """A column's cells while lines are carried out, and what its cells of our own stand for."""

    column: Column
    labels: dict[str, str] = field(default_factory=dict)
    missing: dict[str, Status] = field(default_factory=dict)

    def marked(self, status: Status) -> str:
        """A cell that is missing in that way."""
        cell = f"{_OURS}{status}"
        self.missing[cell] = status
        return cell

    def labelled(self, label: str) -> str:
        """A cell that is the answer with that label, whatever the file calls its codes."""
        cell = f"{_OURS}{label}"
        self.labels[cell] = label
        return cell


def _changed(
    codebook: Codebook,
    column: Column,
    lines: Sequence[Declaration],
    places: Mapping[int, int],
    gone: Collection[int],
    done: dict[int, int],
) -> Column:
    """The column with its cells as the lines about its item say, but for those of the excluded."""
    items = {name: each for name, each in codebook.items.items() if _is_column(column, each)}
    own = [
        line
        for line in lines
        if line.item in items and (not line.respondent or line.line in places)
    ]
    if not own:
        return column
    item = items[own[0].item]
    made = _Cells(column)
    rewrite = _joined(codebook, item, made) if is_joined(item) else _single(codebook, item, made)
    cells = list(column.cells)
    settled = set(gone)
    for line in own:
        if line.respondent:
            at = places[line.line]
            new = rewrite(column.cells[at], (line,))
            if new is not None:
                cells[at] = new[0]
                settled.add(at)
                done[line.line] += 1
    general = tuple(line for line in own if not line.respondent)
    known: dict[str | None, tuple[str, tuple[Declaration, ...]] | None] = {}
    for at, cell in enumerate(column.cells if general else ()):
        if at in settled:
            continue
        if cell not in known:
            known[cell] = rewrite(cell, general)
        new = known[cell]
        if new is not None:
            cells[at] = new[0]
            for line in new[1]:
                done[line.line] += 1
    return replace(
        column,
        cells=tuple(cells),
        labels={**column.labels, **made.labels},
        missing={**column.missing, **made.missing},
    )


_Rewrite = Callable[
    [str | None, tuple[Declaration, ...]], tuple[str, tuple[Declaration, ...]] | None
]
"""A cell and the lines that may be about it → the new cell and the lines that were; or None."""


def _is_column(column: Column, item: Item) -> bool:
    """Whether it is the item's column; that of a ranking may have a * for the rank."""
    if not item.column:
        return False
    if "*" in item.column and item.kind in ("ranking", "priority"):
        before, _, after = tidy(item.column).partition("*")
        pattern = rf"{re.escape(before)}\d+{re.escape(after)}"
        return re.fullmatch(pattern, tidy(column.heading)) is not None
    return tidy(column.heading) == tidy(item.column)


def _single(codebook: Codebook, item: Item, made: _Cells) -> _Rewrite:
    """How a cell with one answer is rewritten."""

    def rewrite(
        cell: str | None, lines: tuple[Declaration, ...]
    ) -> tuple[str, tuple[Declaration, ...]] | None:
        for line in lines:
            if not line.value or (cell is not None and normal(cell) == normal(line.value)):
                return _target(codebook, item, made, line), (line,)
        return None

    return rewrite


def _target(codebook: Codebook, item: Item, made: _Cells, line: Declaration) -> str:
    """The cell that stands for what a line says."""
    scale = codebook.scales.get(item.scale)
    if line.action == "missing":
        answers = [] if scale is None else [a for a in scale.answers if a.status == line.status]
        if scale is None or len(answers) != 1:
            return made.marked(line.status)
        return _cell_of(scale, answers[0].label.sv, item, made)
    if scale is None or answer_named(scale, line.to) is None:
        return line.to
    return _cell_of(scale, line.to, item, made)


def _cell_of(scale: Scale, name: str, item: Item, made: _Cells) -> str:
    answer = answer_named(scale, name)
    if answer is None:
        return name
    if made.column.positions and item.kind != "option":
        return str(scale.answers.index(answer) + 1)
    return made.labelled(answer.label.sv)


def _joined(codebook: Codebook, item: Item, made: _Cells) -> _Rewrite:
    """How a cell in which options stand joined is rewritten: a part of it, or the whole."""
    parts = codebook.parts(item)
    texts = [[part.label.sv, part.label.en] for part in parts]
    labels = [part.label.sv or part.label.en for part in parts]
    options = Options(texts)

    def rewrite(
        cell: str | None, lines: tuple[Declaration, ...]
    ) -> tuple[str, tuple[Declaration, ...]] | None:
        whole = [line for line in lines if not line.value]
        if whole:
            line = whole[0]
            return made.marked(line.status) if line.action == "missing" else line.to, (line,)
        if cell is None or cell in made.column.missing or not normal(cell):
            return None
        pieces, used = _pieces(cell, lines, options, texts, labels)
        if not used:
            return None
        status = next((each.status for each in used if each.action == "missing" and each.to), None)
        if status is not None or not pieces:
            return made.marked(status or "invalid"), used
        return "\n".join(pieces), used

    return rewrite


def _pieces(
    cell: str,
    lines: tuple[Declaration, ...],
    options: Options,
    texts: Sequence[Sequence[str]],
    labels: Sequence[str],
) -> tuple[list[str], tuple[Declaration, ...]]:
    """The options of a cell after the lines about parts of it, in order, and these lines."""
    about: dict[int, Declaration] = {}
    for at, line in enumerate(lines):
        known = options.find(line.value)
        is_option = len(known.options) == 1 and not known.rest
        about[known.options[0] if is_option else len(texts) + at] = line
    found = options.find(cell)
    rest = [line for line in lines if found.rest and normal(line.value) == normal(found.rest)]
    if rest:
        own = [labels[each] for each in found.options]
        return [*own, rest[0].to] if rest[0].action == "recode" else own, (rest[0],)
    if found.rest:
        found = Options([*texts, *([line.value] for line in lines)]).find(cell)
    used = [about[each] for each in found.options if each in about]
    pieces = [
        about[each].to if each in about else labels[each]
        for each in found.options
        if each not in about or about[each].action == "recode"
    ]
    return [*pieces, *filter(None, [found.rest])], tuple(dict.fromkeys(used))
