"""A study with its verbs: counts, frequency, reconcile, report, check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from evalkit.analysis.frequency import Frequency
from evalkit.analysis.numeric import Numeric
from evalkit.analysis.reconcile import (
    Reconciliation,
    read_published_items,
    read_published_tables,
    reconcile,
)
from evalkit.analysis.tables import Tables, declared_tables
from evalkit.codebook import LANGUAGES, Language
from evalkit.errors import EvalkitError, Problem, fault, nearest
from evalkit.notebooks import check_notebooks
from evalkit.release import EDITIONS, Edition, Rule, release
from evalkit.study import Study, find_study, load_study, open_checked
from evalkit.workbook.narrative import check_narratives
from evalkit.workbook.pages import Report
from evalkit.workbook.shown import FrequencyFrame
from evalkit.workbook.sources import (
    RoundData,
    check_rounds,
    crossed,
    kept,
    kept_out,
    open_round,
    written_in,
)


class Workbook:
    """One study, opened. Figures are true, for the evaluator; `report` gives what may be shown.

    Nothing in it changes once it is opened: a changed file is seen by opening the study again.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._round = cache(lambda name: open_round(self.study, name))
        self._tables = cache(self._work_out)

    def __repr__(self) -> str:
        rounds = ", ".join(self.study.settings.rounds)
        return f"<study {self.study.name}: rounds {rounds}>"

    def round(self, round: str = "") -> RoundData:
        """The counts of a round and how they came in; the last round if none is named."""
        data: RoundData = self._round(self.study.round_name(round))
        return data

    def counts(self, round: str = "", by: Sequence[str] = ()) -> pd.DataFrame:
        """Counts of a round: `round, unit, item, value, status, n`, with `by` also its items.

        Raises `EvalkitError` when a study without true respondents is to be crossed.
        """
        data = self.round(round)
        return crossed(self.study, data, by) if by else data.counts.copy()

    def kept_counts(self, round: str = "", by: Sequence[str] = ()) -> pd.DataFrame:
        """Counts for a file: 3 and 2.5 as they are, without the items of `kept_out`."""
        return kept(self.study, self.round(round), self.counts(round, by))

    def kept_out(self, round: str = "") -> tuple[str, ...]:
        """The items whose column holds personal data, and which therefore go into no file."""
        return kept_out(self.study, self.round(round))

    def tables(self, round: str = "") -> Tables:
        """Every table of a round, with true figures."""
        tables: Tables = self._tables(self.study.round_name(round))
        return tables

    def _work_out(self, name: str) -> Tables:
        invited = self.study.settings.rounds[name].invited
        data = self.round(name)
        codebook = self.study.codebook_of(name)
        written = written_in(self.study, data)
        return declared_tables(codebook, data.counts, invited, data.responded, written)

    def frequencies(self, item: str, round: str = "") -> tuple[Frequency, ...]:
        """The tables of an item; of each part in turn for a grid."""
        codebook = self.study.codebook_of(self.study.round_name(round))
        found = codebook.item(item)
        tables = self.tables(round).items
        if found.kind == "grid":
            return tuple(tables[each.name] for each in codebook.parts(found))
        if found.kind in _OTHERWISE:
            raise fault(f"The item {item} is {found.kind}: {_OTHERWISE[found.kind](item)}")
        if found.name not in tables:
            raise fault(f"The item {item} has no table of its own.", nearest(item, tables))
        return (tables[found.name],)

    def numeric(self, item: str, round: str = "") -> pd.Series[float]:
        """The figures of a numeric item, unrounded; NaN where there is none.

        `asked, answered, n, mean, sd, lower_quartile, median, upper_quartile`: `n` gave a number,
        and the figures are of these.
        """
        statistics = self.number(item, round).statistics()
        return pd.Series(statistics, name=item, dtype="float64")

    def number(self, item: str, round: str = "") -> Numeric:
        """The table of a numeric item, with true figures."""
        codebook = self.study.codebook_of(self.study.round_name(round))
        found, numbers = codebook.item(item), self.tables(round).numbers
        if found.name not in numbers:
            fix = nearest(item, numbers) if numbers else 'Ask for frequency("…").'
            raise fault(f"The item {item} is not numeric.", fix)
        return numbers[found.name]

    def frequency(self, item: str, round: str = "") -> FrequencyFrame:
        """How an item was answered: `value, label, status, n, percent, valid_percent`, unrounded.

        The frame shows itself in JupyterLab as the report's table and chart. `percent` (0–100) is
        of those who answered, `valid_percent` of those who gave an opinion.
        """
        tables = self.frequencies(item, round)
        if len(tables) > 1:
            names = [table.item.name for table in tables]
            raise fault(f"{item} is a grid of {len(tables)} items.", f"Ask for {', '.join(names)}.")
        return FrequencyFrame.of(tables[0], self.study.settings.language)

    def reconcile(
        self, tables: str | Path, items: str | Path = "", round: str = ""
    ) -> Reconciliation:
        """Compare every figure of a round with published files, as printed."""
        printed = read_published_tables(Path(tables), Path(tables).name)
        printed_items = read_published_items(Path(items), Path(items).name) if items else None
        return reconcile(self.tables(round).items.values(), printed, printed_items)

    def report(
        self,
        round: str = "",
        language: str = "",
        edition: str = "published",
    ) -> Report:
        """The blocks that a notebook shows; `language` is the study's own if none is named.

        Raises `EvalkitError` when a draft is asked for in the published edition.
        """
        chosen = _language(language or self.study.settings.language)
        rules = self.study.settings.publication
        wanted = _edition(edition)
        _refuse_draft(self.study, wanted)
        tables = self.tables(round)
        released = release(tables, Rule(wanted, rules.min_respondents, rules.open_answers))
        return Report(self.study, self.round(round), tables, released, chosen)


_OTHERWISE: dict[str, Callable[[str], str]] = {
    "numeric": lambda item: f'ask for numeric("{item}").',
    "open": lambda item: f"the report lists what was written ({item} has no frequencies).",
}
"""Kinds that have no frequencies, and what to do instead."""


def _language(name: str) -> Language:
    for each in LANGUAGES:
        if each == name:
            return each
    raise fault(f'There is no language "{name}".', nearest(name, LANGUAGES))


def _edition(name: str) -> Edition:
    for each in EDITIONS:
        if each == name:
            return each
    raise fault(f'There is no edition "{name}".', nearest(name, EDITIONS))


def _refuse_draft(study: Study, edition: Edition) -> None:
    if study.settings.draft and edition == "published":
        raise fault(
            f"The study {study.name} is a draft: its codebook is a guess, and is not published.",
            'Look through draft.csv, mend codebook.csv and scales.csv, and remove "draft: true" '
            "from study.yaml; until then, choose the internal edition (--edition internal).",
            file="study.yaml",
        )


def open_study(study: str | Path) -> Workbook:
    """Open a study by its name under `data/raw`, or by the path of a folder with a `study.yaml`.

    Raises `EvalkitError` with every fault in the study's own files.
    """
    return Workbook(open_checked(str(study)))


def check(study: str | Path) -> tuple[Problem, ...]:
    """Everything wrong with a study, all at once: its own files, its rounds, its texts.

    Errors come before warnings, then by file, row and column. Raises `EvalkitError` when there is
    no such study.
    """
    folder = find_study(str(study))
    try:
        loaded, problems = load_study(str(folder))
    except EvalkitError as error:
        return error.problems
    found: list[Problem] = [*problems, *check_rounds(loaded), *check_narratives(loaded)]
    found += check_notebooks(loaded.settings.notebooks)
    return tuple(sorted(found, key=_order))


def _order(problem: Problem) -> tuple[Any, ...]:
    severity = problem.severity == "warning"
    return severity, problem.file, problem.row or 0, problem.column or "", problem.message
