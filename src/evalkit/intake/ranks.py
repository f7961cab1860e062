"""Rankings: the rank that each respondent gave each option, read from any of three layouts.

Either each option has a column with its rank, or one column has the options joined in order, or
each rank has a column with the option that was given it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evalkit.codebook import RANKINGS, Codebook, Item, Scale, normal, tidy
from evalkit.errors import Problem, nearest
from evalkit.intake.beside import answers_by_text
from evalkit.intake.export import Column, Export
from evalkit.intake.joined import Options
from evalkit.intake.personal import unsaid
from evalkit.intake.responses import (
    NO_ANSWER,
    NOT_ASKED,
    RANKING_LEVELS,
    UNRANKED,
    WHY_NOT,
    Codes,
    Level,
    ranked_levels,
)
from evalkit.intake.unplaced import how_to_declare

Ranks = NDArray[np.int16]
"""Of shape (respondents, options): the rank, 0 for none, or −1 − the place in `WHY_NOT`."""

_EMPTY = WHY_NOT.index(NO_ANSWER)
_NOT_SHOWN = WHY_NOT.index(NOT_ASKED)
_NUMBER = re.compile(r"([0-9]{1,4})(?:[.,]0+)?")


def ties_and_gaps(ranks: Ranks) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether each respondent gave several options one rank, and whether a rank was passed over.

    There is a gap where a rank is worse than the number of options ranked better can explain: a
    rank r that is used though fewer than r − 1 options have a better one. So after a tie both ways
    of counting on are without gap, 1, 2, 2, 4 ("standard competition ranking") and 1, 2, 2, 3
    ("dense ranking"), whereas 1, 2, 4 and 2, 3 have one. Options without a rank make no gap.
    """
    places = range(1, ranks.shape[1] + 1)
    times = np.stack([(ranks == place).sum(axis=1, dtype=np.int16) for place in places], axis=1)
    better = np.cumsum(times, axis=1, dtype=np.int16) - times
    ties: NDArray[np.bool_] = np.any(times > 1, axis=1)
    passed_over = (times > 0) & (np.arange(ranks.shape[1]) > better)
    gaps: NDArray[np.bool_] = np.any(passed_over, axis=1)
    return ties, gaps


def rank_columns(codebook: Codebook, headings: Sequence[str]) -> dict[str, Item]:
    """Heading → item; a ranking's heading with a * stands for those of its ranks.

    Of a ranking without a column for some rank below another, that heading is there all the same.
    """
    found = {item.column: item for item in codebook.items.values() if item.column}
    for head in codebook.items.values():
        if head.kind not in RANKINGS or "*" not in head.column or head.column in headings:
            continue
        places = _places(head, [each for each in headings if each not in found])
        if places:
            before, _, after = head.column.rpartition("*")
            most = min(max(places), len(codebook.parts(head)))
            del found[head.column]
            for place in range(1, most + 1):
                found[places.get(place, f"{before}{place}{after}")] = head
            found |= {heading: head for place, heading in places.items() if place > most}
    return found


def _places(head: Item, headings: Iterable[str]) -> dict[int, str]:
    """Rank → its heading, of a ranking whose own heading has a * for the rank."""
    before, _, after = head.column.rpartition("*")
    pattern = re.compile(
        rf"{re.escape(tidy(before))}\s*0*([1-9][0-9]{{0,3}})\s*{re.escape(tidy(after))}"
    )
    matches = ((pattern.fullmatch(tidy(heading)), heading) for heading in headings)
    return {int(match[1]): heading for match, heading in matches if match}


def place_rankings(
    export: Export,
    codebook: Codebook,
    columns: Mapping[str, Item],
    codes: dict[str, Codes],
    levels: dict[str, tuple[Level, ...]],
) -> list[Problem]:
    """Place the rankings and their options, beside what is placed already; every fault in them.

    `columns` is heading → item, of `rank_columns`. An option without a rank is "not ranked" for
    those who ranked another, and no answer for the rest.
    """
    problems: list[Problem] = []
    headings = [each.heading for each in export.columns]
    once = [each for each in export.columns if headings.count(each.heading) == 1]
    for head in codebook.items.values():
        if head.kind not in RANKINGS:
            continue
        options = codebook.parts(head)
        reader = _Reader(export, codebook, head, options, problems)
        own = [each for each in once if columns.get(each.heading) == head]
        by_option = {
            columns[each.heading].name: each
            for each in once
            if each.heading in columns and columns[each.heading].part_of == head.name
        }
        if own and own[0].heading == head.column:
            found = reader.joined(own[0])
        elif own:
            found = reader.by_rank(own)
        elif by_option:
            found = reader.by_option(by_option)
        else:
            continue
        codes[head.name], levels[head.name] = _whole(found), RANKING_LEVELS
        for at, option in enumerate(options):
            codes[option.name] = _coded(found, at)
            levels[option.name] = ranked_levels(len(options))
    return problems


def _coded(ranks: Ranks, at: int) -> NDArray[np.int16]:
    """The codes of one option, as places in `ranked_levels`."""
    options = ranks.shape[1]
    known = ranked_levels(options)
    own = ranks[:, at]
    none = np.where((ranks > 0).any(axis=1), known.index(UNRANKED), known.index(NO_ANSWER))
    coded = np.where(own > 0, own - 1, np.where(own == 0, none, options - own))
    return coded.astype(np.int16)


def _whole(ranks: Ranks) -> NDArray[np.int16]:
    """The codes of the ranking itself, as places in `RANKING_LEVELS`."""
    ties, gaps = ties_and_gaps(ranks)
    why = np.where(ranks < 0, -1 - ranks, _EMPTY).min(axis=1)
    ranked = (ranks > 0).any(axis=1)
    return np.where(ranked, ties + 2 * gaps, 4 + why).astype(np.int16)


@dataclass(frozen=True)
class _Reader:
    """Reads the columns of one ranking; what cannot be placed is added to `problems`."""

    export: Export
    codebook: Codebook
    head: Item
    options: tuple[Item, ...]
    problems: list[Problem]

    def by_option(self, columns: Mapping[str, Column]) -> Ranks:
        """A column an option, with its rank."""
        ranks = self._none()
        for at, option in enumerate(self.options):
            if option.name in columns:
                ranks[:, at] = self._ranks_in(columns[option.name], option)
        return ranks

    def joined(self, column: Column) -> Ranks:
        """One column, with the options joined in order."""
        known = self._known_options()
        statuses = self._statuses(column)
        ranks = self._none()
        orders: dict[str | None, tuple[tuple[int, ...], int, str]] = {}
        for at, cell in enumerate(column.cells):
            if cell not in orders:
                orders[cell] = _order(cell, known, statuses)
            order, why, rest = orders[cell]
            for place, option in enumerate(order, start=1):
                if ranks[at, option]:
                    self._twice(at, column, option)
                ranks[at, option] = place
            if rest:
                self._unknown(at, column, rest)
            elif not order:
                ranks[at] = -1 - why
        return ranks

    def by_rank(self, columns: Sequence[Column]) -> Ranks:
        """A column a rank, with the option that was given it."""
        places = {heading: place for place, heading in self._places(columns).items()}
        known = self._known_options()
        ranks = self._none()
        why = np.full(len(self.export.rows), _NOT_SHOWN, np.int16)
        for column in columns:
            place = places[column.heading]
            if place > len(self.options):
                message = f"{self.head.name} has {len(self.options)} options and no rank {place}."
                self._add(None, column, message, "Add the missing options to codebook.csv.")
                continue
            statuses = self._statuses(column)
            orders: dict[str | None, tuple[tuple[int, ...], int, str]] = {}
            for at, cell in enumerate(column.cells):
                if cell not in orders:
                    orders[cell] = _labelled_order(cell, column, known, statuses)
                order, reason, rest = orders[cell]
                if rest or len(order) > 1:
                    self._unknown(at, column, cell or "")
                elif not order:
                    why[at] = min(why[at], reason)
                elif ranks[at, order[0]]:
                    self._twice(at, column, order[0])
                else:
                    ranks[at, order[0]] = place
        nothing = ~(ranks > 0).any(axis=1)
        ranks[nothing] = -1 - why[nothing, None]
        return ranks

    def _places(self, columns: Sequence[Column]) -> dict[int, str]:
        return _places(self.head, [each.heading for each in columns])

    def _none(self) -> Ranks:
        return np.zeros((len(self.export.rows), len(self.options)), np.int16)

    def _known_options(self) -> Options:
        return Options([[each.label.sv, each.label.en] for each in self.options])

    def _ranks_in(self, column: Column, option: Item) -> Ranks:
        """The rank in each cell of an option's own column, of shape (respondents,)."""
        most = len(self.options)
        answers = _answers(self.codebook, option, self.head)
        statuses = self._statuses(column)
        known: dict[str | None, int | None] = {}
        ranks = np.zeros(len(self.export.rows), np.int16)
        for at, cell in enumerate(column.cells):
            if cell not in known:
                known[cell] = _rank(cell, column, answers, statuses, most)
            rank = known[cell]
            if rank is None:
                message = f'"{unsaid(cell or "")}" is no rank of {option.name}.'
                fix = f"Ranks are whole numbers from 1 to {most}, as many as {self.head.name} has "
                self._add(
                    at,
                    column,
                    message,
                    f"{fix}options. Mend codebook.csv, or {how_to_declare(option, cell or '')}",
                )
            else:
                ranks[at] = rank
        return ranks

    def _statuses(self, column: Column) -> dict[str | None, int]:
        """Cell → place in `WHY_NOT`, of what is not shown, missing or no opinion of the scale."""
        found: dict[str | None, int] = {None: _NOT_SHOWN}
        found |= {
            normal(text): WHY_NOT.index(Level(None, level.status))
            for text, level in _answers(self.codebook, self.head, self.head).items()
            if level.status != "valid"
        }
        found |= {
            normal(cell): WHY_NOT.index(Level(None, status))
            for cell, status in column.missing.items()
            if Level(None, status) in WHY_NOT
        }
        return found

    def _twice(self, at: int, column: Column, option: int) -> None:
        label = self.options[option].label
        message = f'"{label.sv or label.en}" stands there twice among the ranks of a respondent.'
        self._add(at, column, message, "An option has one rank.")

    def _unknown(self, at: int, column: Column, text: str) -> None:
        message = f'"{unsaid(text)}" is not an option of {self.head.name}.'
        fix = nearest(text, [each.label.sv for each in self.options])
        self._add(at, column, message, f"{fix} {_mend(self.head, text)}")

    def _add(self, at: int | None, column: Column, message: str, fix: str) -> None:
        row = 1 if at is None else self.export.rows[at]
        self.problems.append(Problem(self.export.file, row, column.heading, message, fix))


def _order(
    cell: str | None, known: Options, statuses: Mapping[str | None, int]
) -> tuple[tuple[int, ...], int, str]:
    """The options of a cell in order, why there is none, and what of it could not be placed."""
    if cell is None:
        return (), _NOT_SHOWN, ""
    if normal(cell) in statuses:
        return (), statuses[normal(cell)], ""
    found = known.find(cell)
    return found.options, _EMPTY, found.rest


def _labelled_order(
    cell: str | None, column: Column, known: Options, statuses: Mapping[str | None, int]
) -> tuple[tuple[int, ...], int, str]:
    """The same of a cell that may also be a code of which the file has the label."""
    found = _order(cell, known, statuses)
    label = column.labels.get(cell or "", "")
    return _order(label, known, statuses) if label and found[2] else found


def _rank(
    cell: str | None,
    column: Column,
    answers: Mapping[str, Level],
    statuses: Mapping[str | None, int],
    most: int,
) -> int | None:
    """A cell of an option's own column as `Ranks` has it; None for what is no rank."""
    if cell is None or normal(cell) in statuses:
        return -1 - statuses[None if cell is None else normal(cell)]
    for text in (column.labels.get(cell, ""), cell):
        level = answers.get(normal(text)) if normal(text) else None
        if level is not None and level.status != "valid":
            return -1 - WHY_NOT.index(Level(None, level.status))
        if level is not None and level.value is not None:
            return int(level.value) if 1 <= level.value <= most else None
    if not normal(cell):
        return 0
    number = _NUMBER.fullmatch(cell.strip())
    return int(number[1]) if number and 1 <= int(number[1]) <= most else None


def _answers(codebook: Codebook, item: Item, head: Item) -> Mapping[str, Level]:
    """Text → answer, of the scale of a ranked option or else of its ranking, if it has any."""
    return answers_by_text(codebook.scales.get(item.scale or head.scale, Scale("", ())))


def _mend(item: Item, cell: str) -> str:
    return f"Mend codebook.csv, or {how_to_declare(item, cell)}"
