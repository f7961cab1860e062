"""A study with its verbs: counts, frequency, reconcile, report, check."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from evalkit.analysis.budget import spending
from evalkit.analysis.frequency import Frequency
from evalkit.analysis.groups import Crosstab, Grouped, compared_items, crosstabs
from evalkit.analysis.numeric import Numeric
from evalkit.analysis.reconcile import (
    Reconciliation,
    read_published_items,
    read_published_tables,
    reconcile,
)
from evalkit.analysis.tables import Tables, declared_tables
from evalkit.analysis.units import UnitRate, UnitRates, UnitTables, unit_rates, unit_tables
from evalkit.codebook import LANGUAGES, RANKINGS, Codebook, Language, Text
from evalkit.errors import EvalkitError, Problem, fault, nearest
from evalkit.frame import UNKNOWN
from evalkit.notebooks import check_notebooks
from evalkit.release import EDITIONS, Edition, Released, ReleasedTables, Rule, release
from evalkit.release.estimates import telling_of_population
from evalkit.release.units import (
    LastRound,
    RateRows,
    hidden_by_rate,
    release_rates,
    release_standing,
    release_unit,
    telling_of_units,
)
from evalkit.study import Study, find_study, load_study, open_checked
from evalkit.units import UnitCounts
from evalkit.workbook.cover import Cover
from evalkit.workbook.goals import (
    attained,
    budget_frame,
    check_goals,
    goals_frame,
    names_themes,
    rounds_of,
)
from evalkit.workbook.groups import grouped_by, left_out_items
from evalkit.workbook.narrative import check_narratives
from evalkit.workbook.returns import areas_of, find_unit, unit_labels
from evalkit.workbook.shown import FrequencyFrame
from evalkit.workbook.sources import (
    RoundData,
    check_rounds,
    crossed,
    kept,
    kept_out,
    open_round,
    respondents_of,
    written_in,
)

if TYPE_CHECKING:  # they bring matplotlib along, which only a report needs
    from evalkit.analysis.certainty import Certainty
    from evalkit.analysis.indices import Index
    from evalkit.analysis.models import Model
    from evalkit.analysis.nonresponse import Nonresponse
    from evalkit.analysis.weighting import Weighted
    from evalkit.codings.model import CodingProject
    from evalkit.release.changes import ShownChanges
    from evalkit.workbook.compared import Compared
    from evalkit.workbook.comparison_report import ComparisonReport
    from evalkit.workbook.focus_groups import FocusGroupReport
    from evalkit.workbook.goal_blocks import GoalReport
    from evalkit.workbook.pages import Report
    from evalkit.workbook.synthesis import SynthesisReport
    from evalkit.workbook.unit_report import UnitReport


class Workbook:
    """One study, opened. Figures are true, for the evaluator; `report` gives what may be shown.

    Nothing in it changes once it is opened: a changed file is seen by opening the study again.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self._round = cache(lambda name: open_round(self.study, name))
        self._tables = cache(self._work_out)
        self._compared = cache(self._compare)
        self._comparisons = cache(self._comparison_report)

    def __repr__(self) -> str:
        rounds = ", ".join(self.study.settings.rounds)
        return f"<study {self.study.name}: rounds {rounds}>"

    def round(self, round: str = "") -> RoundData:
        """The counts of a round and how they came in; the last round if none is named."""
        name = self.study.round_name(round)
        if not name:
            raise fault(f"The study {self.study.name} has no survey.")
        data: RoundData = self._round(name)
        return data

    def counts(self, round: str = "", by: Sequence[str] = ()) -> pd.DataFrame:
        """Counts of a round: `round, unit, item, value, status, n`, with `by` also its items.

        Those of everybody ("all") come first, then those of each unit, if the round has units.
        Raises `EvalkitError` when a study without true respondents is to be crossed.
        """
        data = self.round(round)
        if by:
            return crossed(self.study, data, by)
        frames = [data.counts] if data.units is None else [data.counts, data.units.frame]
        return pd.concat(frames, ignore_index=True)

    def roll_up(self, round: str = "", level: str = "county") -> pd.DataFrame:
        """Counts of a round by what its units add to, in the form of `counts`.

        At the level `county` these are the areas of the frame: counties, by SCB's codes, or what
        its `part_of` names; at the level `nation` the whole alone. Those of everybody come first.
        Raises `EvalkitError` when the round has no areas, or there is no such level.
        """
        if level not in LEVELS:
            raise fault(f'There is no level "{level}".', nearest(level, LEVELS))
        data = self.round(round)
        if level == "nation":
            return data.counts
        rolled = areas_of(self.study, data.round_name, data.units)
        return pd.concat([data.counts, rolled.frame], ignore_index=True)

    def units(self, round: str = "") -> pd.DataFrame:
        """The response rate of each unit: `unit, label, invited, responded, percent`, unrounded.

        Raises `EvalkitError` when the round has no units.
        """
        return _rate_frame(self._known_rates(round).rows, "unit")

    def areas(self, round: str = "") -> pd.DataFrame:
        """The response rate of each area of units: `area` and then as `units`.

        Raises `EvalkitError` when the frame has no areas of several units.
        """
        rates = self._known_rates(round)
        if not rates.areas:
            fix = "Write `code` or `part_of` of each unit in the frame."
            raise fault(f"The units of {self.study.name} are in no areas.", fix)
        return _rate_frame(rates.areas, "area")

    def _known_rates(self, round: str) -> UnitRates:
        name = self.study.round_name(round)
        rates = self._rates(name)
        if rates is None:
            raise fault(f"The round {name} of {self.study.name} has no units.")
        return rates

    def crosstab(self, item: str, by: str, round: str = "") -> pd.DataFrame:
        """How an item was answered in each group of another: the background item `by`, or "unit".

        One row for each group and answer: `group, group_label, value, answer, status, n, percent,
        base`, unrounded; the whole comes last, as "all". Of a multiple response set as `by`, groups
        overlap. Raises `EvalkitError` when a round without true respondents is to be crossed.
        """
        grouped, codebook, tables = self._crosstabs(by, round, (item,))
        found = codebook.item(item)
        if found.kind == "grid":
            names = ", ".join(each.name for each in codebook.parts(found))
            raise fault(f"{item} is a grid.", f"Ask for {names}.")
        if item not in tables:
            raise fault(
                f"The item {item} cannot be compared by {by}.",
                "Name an item on a scale or a multiple response set, and another one to group by.",
            )
        return tables[item].frame(grouped)

    def compare(self, by: str, round: str = "") -> pd.DataFrame:
        """The test of every item by the background item `by`, or "unit", all groups as they are.

        One row a test: `item, option, label, test, kind, statistic, df, p, p_holm, p_bh, effect,
        estimate, low, high, n, reason`. Items that make the groups of study.yaml are left out.
        Empty where groups overlap, since no test of separate groups holds then.
        """
        from evalkit.analysis.group_tests import group_tests, tests_frame, with_family

        grouped, _, tables = self._crosstabs(by, round)
        keys = [each.key for each in grouped.known]
        tests = [test for each in tables.values() for test in group_tests(each, grouped, keys)]
        return tests_frame(with_family(tests))

    def _crosstabs(
        self, by: str, round: str, items: Sequence[str] = ()
    ) -> tuple[Grouped, Codebook, dict[str, Crosstab]]:
        data, settings = self.round(round), self.study.settings
        codebook = self.study.codebook_of(data.round_name)
        for each in items:
            codebook.item(each)
        grouped = grouped_by(self.study, data, by)
        left_out = left_out_items(self.study, codebook)
        chosen = compared_items(codebook, grouped, items, left_out)
        return grouped, codebook, crosstabs(codebook, grouped, chosen, settings.respondents.text)

    def kept_counts(self, round: str = "", by: Sequence[str] = (), level: str = "") -> pd.DataFrame:
        """Counts for a file: 3 and 2.5 as they are, without the items of `kept_out`.

        They are those of `roll_up` where a level is named, and else those of `counts`.
        """
        counts = self.roll_up(round, level) if level else self.counts(round, by)
        return kept(self.study, self.round(round), counts)

    def kept_out(self, round: str = "") -> tuple[str, ...]:
        """The items whose column holds personal data, and which therefore go into no file."""
        return kept_out(self.study, self.round(round))

    def tables(self, round: str = "") -> Tables:
        """Every table of a round, with true figures."""
        tables: Tables = self._tables(self.study.round_name(round))
        return tables

    def _work_out(self, name: str) -> Tables:
        data, codebook = self.round(name), self.study.codebook_of(name)
        return declared_tables(
            codebook,
            data.counts,
            self.study.invited(name),
            data.responded,
            data.excluded,
            self.study.settings.respondents.text,
            respondents_of(self.study, data),
            written_in(self.study, data),
        )

    def _rates(self, name: str) -> UnitRates | None:
        """The response rate of each unit of a round; None where it has none."""
        data, frame = self.round(name), self.study.frames.get(name)
        units = data.units
        if units is None and frame is None:
            return None
        labels = unit_labels(self.study, name, units)
        response = self.tables(name).response
        invited, responded = response.invited, response.responded
        return unit_rates(labels, frame, units, responded, invited, data.excluded_in)

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
            fix = nearest(item, tables)
            if found.kind in RANKINGS:
                fix = f"It is of kind {found.kind}: in Python, ranking({item!r}) gives its figures."
            raise fault(f"The item {item} has no table of its own.", fix)
        return (tables[found.name],)

    def ranking(self, item: str, round: str = "") -> pd.DataFrame:
        """How options were ranked: `label`, how many gave each rank, `ranked, unranked, mean`.

        One row an option; `unranked` are those who ranked others, `mean` is of those who ranked it.
        """
        found = self.study.codebook_of(self.study.round_name(round)).item(item)
        tables = self.tables(round).rankings
        if found.name not in tables:
            raise fault(f"The item {item} is no ranking.", nearest(item, tables))
        return tables[found.name].frame()

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

    def certainty(self, round: str = "") -> pd.DataFrame:
        """How sure shares and means are: `item, figure, answers, n, base, estimate, low, high, …`.

        A share is in per cent, `people_low` and `people_high` are the same interval in people of
        `population`, `possible_low` and `possible_high` what logic allows; `reason` says why there
        is no interval.
        """
        return self._certainty(self.study.round_name(round)).frame()

    def nonresponse(self, round: str = "") -> pd.DataFrame:
        """Who answered of all invited, by unit and by each item that the population is known by.

        One row a category: `variable, category, invited, responded, percent`, unrounded.
        """
        found = self._nonresponse(self.study.round_name(round))
        rows = [
            (each.key, row.label.best("sv").text, row.invited, row.responded, row.rate.percent)
            for each in found
            for row in each.rows
        ]
        columns = ["variable", "category", "invited", "responded", "percent"]
        return pd.DataFrame(rows, columns=columns).astype({"percent": "Float64"})

    def _nonresponse(self, name: str) -> tuple[Nonresponse, ...]:
        from evalkit.workbook.estimates import nonresponse_of

        return nonresponse_of(self.study, self.round(name), self.tables(name), self._rates(name))

    def _nonresponse_of_items(self, name: str) -> tuple[Nonresponse, ...]:
        """Who answered by the items of the population; nothing where there is none."""
        if name not in self.study.populations:
            return ()
        from evalkit.workbook.estimates import nonresponse_of

        return nonresponse_of(self.study, self.round(name), self.tables(name), None)

    def weights(self, round: str = "") -> Weighted:
        """The round weighted as `weighting` of study.yaml says.

        `frame()` has a row a figure, unweighted and weighted; `weights.weights` a weight for each
        respondent in the order of the file, 0 for who is left out, or None with the `reason` why
        there are none. Raises `EvalkitError` where the round cannot be weighted at all.
        """
        from evalkit.workbook.estimates import weighted_of

        name = self.study.round_name(round)
        return weighted_of(self.study, self.round(name), self.tables(name))

    def _certainty(self, name: str) -> Certainty:
        from evalkit.workbook.estimates import certainty_of

        return certainty_of(self.study, self.round(name), self.tables(name))

    def alpha(self, index: str, round: str = "") -> Index:
        """How the items of an index of study.yaml go together, and its mean.

        `frame()` has a row an item, `statistics()` the figures of the whole. Raises `EvalkitError`
        where the answers of single respondents are not at hand.
        """
        from evalkit.workbook.estimates import index_of

        return index_of(self.study, self.round(round), index)

    def model(self, item: str, on: Sequence[str], round: str = "") -> Model:
        """A proportional-odds model of an ordered item on the background items `on`.

        `frame()` has a row a group, `fitted` all that was estimated, or the reason why nothing was.
        Raises `EvalkitError` where the answers of single respondents are not at hand.
        """
        from evalkit.workbook.estimates import model_of

        return model_of(self.study, self.round(round), item, (on,) if isinstance(on, str) else on)

    def reconcile(
        self, tables: str | Path, items: str | Path = "", round: str = ""
    ) -> Reconciliation:
        """Compare every figure of a round with published files, as printed."""
        printed = read_published_tables(Path(tables), Path(tables).name)
        printed_items = read_published_items(Path(items), Path(items).name) if items else None
        return reconcile(self.tables(round).items.values(), printed, printed_items)

    def cover(self, round: str = "", language: str = "", edition: str = "published") -> Cover:
        """What a page of the study says of itself; `language` is the study's own if none is named.

        Raises `EvalkitError` when a draft is asked for in the published edition.
        """
        chosen, wanted = _language(language or self.study.settings.language), _edition(edition)
        _refuse_draft(self.study, wanted)
        return Cover(self.study, chosen, wanted, self.study.round_name(round))

    def report(
        self,
        round: str = "",
        language: str = "",
        edition: str = "published",
    ) -> Report:
        """The blocks that a notebook shows; `language` is the study's own if none is named.

        Raises `EvalkitError` when a draft is asked for in the published edition.
        """
        from evalkit.workbook.pages import Report

        cover = self.cover(round, language, edition)
        rules = self.study.settings.publication
        tables = self.tables(round)
        rule = Rule(cover.edition, rules.min_respondents, rules.open_answers)
        rates = release_rates(self._rates(self.study.round_name(round)), rule)
        name, data = self.study.round_name(round), self.round(round)
        few = telling_of_population(self._nonresponse_of_items(name), rule)

        def changed() -> Released[ShownChanges] | None:
            return self._released_changes(name, rule)[0]

        released = self._released(name, rule, rates)
        return Report(self.study, data, tables, released, cover.language, rates, changed, few)

    def _released(self, name: str, rule: Rule, rates: Released[RateRows] | None) -> ReleasedTables:
        """Every table of a round as it may be shown; `rates` are those of its units."""
        few = telling_of_population(self._nonresponse_of_items(name), rule)
        kept = few | telling_of_units(self.study.settings.unit, rates)
        return release(self.tables(name), rule, kept)

    def comparison_report(
        self,
        round: str = "",
        language: str = "",
        edition: str = "published",
    ) -> ComparisonReport:
        """The blocks about groups and rounds, for a notebook to show."""
        cover = self.cover(round, language, edition)
        found: ComparisonReport = self._comparisons(cover.round_name, cover.language, cover.edition)
        return found

    def _comparison_report(self, round: str, language: str, edition: str) -> ComparisonReport:
        from evalkit.workbook.certainty_blocks import CertaintyBlocks
        from evalkit.workbook.change_blocks import ChangeBlocks
        from evalkit.workbook.comparison_report import ComparisonReport
        from evalkit.workbook.group_blocks import GroupBlocks
        from evalkit.workbook.index_blocks import IndexBlocks
        from evalkit.workbook.model_blocks import ModelBlocks

        report = self.report(round, language, edition)
        name = report.data.round_name
        answered = self._nonresponse(name)
        changed, rounds = self._released_changes(name, report.released.rule)
        groups = GroupBlocks(report)
        return ComparisonReport(
            report,
            CertaintyBlocks(report, groups, self._certainty(name), self.tables(name), answered),
            groups,
            ChangeBlocks(report, changed, rounds, self._unit_labels(rounds[-2:])),
            IndexBlocks(report),
            ModelBlocks(report, groups),
        )

    def codings(self) -> CodingProject:
        """What was said in groups and how it was coded, as the study's files have it."""
        from evalkit.codings.of_study import read_study_codings

        return read_study_codings(self.study)

    def themes(self) -> pd.DataFrame:
        """Every theme in every group: `code, label, group, kind, state, segments, observed`.

        One coder's coding is counted; `kind` tells groups from statements about all of them.
        """
        from evalkit.workbook.codings import study_themes

        found = study_themes(self.study)
        kinds = {each.name: each.kind for each in found.voices}
        language = self.study.settings.language
        rows = [
            (
                theme.code,
                theme.label.best(language).text,
                voice,
                kinds[voice],
                cell.state,
                len(cell.segments),
                len(cell.observed),
            )
            for theme in found.themes
            for voice, cell in theme.cells.items()
        ]
        columns = ["code", "label", "group", "kind", "state", "segments", "observed"]
        return pd.DataFrame(rows, columns=columns)

    def agreement(self) -> pd.DataFrame:
        """How far coders agree on each code, on texts that two coders or more have coded.

        `code, label, texts, by_any, prevalence, agreement, kappa, alpha, ac1`; NaN where a measure
        is not defined.
        """
        from evalkit.analysis.coder_agreement import coder_agreement

        found = coder_agreement(self.codings())
        rows = [
            (
                each.code,
                each.label,
                found.compared,
                each.by_any,
                each.prevalence,
                *(one.estimate for one in (each.agreement, each.kappa, each.alpha, each.ac1)),
            )
            for each in found.codes
        ]
        measures = ["prevalence", "agreement", "kappa", "alpha", "ac1"]
        frame = pd.DataFrame(rows, columns=["code", "label", "texts", "by_any", *measures])
        return frame.astype(dict.fromkeys(measures, "float64"))

    def focus_group_report(
        self,
        round: str = "",
        language: str = "",
        edition: str = "published",
    ) -> FocusGroupReport:
        """The blocks about what was said in groups, for a notebook to show."""
        from evalkit.workbook.codings import released_themes
        from evalkit.workbook.focus_groups import FocusGroupReport

        cover = self.cover(round, language, edition)
        rules = self.study.settings.publication
        rule = Rule(cover.edition, rules.min_respondents, rules.open_answers)
        return FocusGroupReport(self.study, cover, released_themes(self.study, rule))

    def joint_display(self, round: str = "") -> pd.DataFrame:
        """What items and themes of each construct tell, true figures: a row for each of them.

        `construct, label, item, n, no_answer, positive, negative, theme, raised, asked, segments,
        respondents, relation, meaning`; positive and negative in per cent, unrounded.
        """
        from evalkit.workbook.joint_frame import joint_frame

        return joint_frame(self.synthesis_report(round, edition="internal"))

    def synthesis_report(
        self,
        round: str = "",
        language: str = "",
        edition: str = "published",
    ) -> SynthesisReport:
        """The blocks that lay survey answers beside themes, for a notebook to show."""
        from evalkit.workbook.joint_sources import read_joint
        from evalkit.workbook.synthesis import SynthesisReport

        report = self.report(round, language, edition)
        if not self.study.settings.joint_display:
            return SynthesisReport(report, None, None)
        joint, _ = read_joint(self.study)
        themes = None
        if joint.coded is not None:
            from evalkit.workbook.codings import released_themes

            rules = joint.coded.settings.publication
            rule = Rule(report.released.rule.edition, rules.min_respondents, rules.open_answers)
            themes = released_themes(joint.coded, rule)
        return SynthesisReport(report, joint, themes)

    def _unit_labels(self, rounds: Sequence[str]) -> dict[str, Text]:
        """Every unit of some rounds by its label, the last round's before the others'."""
        labels: dict[str, Text] = {}
        for each in rounds:
            labels |= unit_labels(self.study, each, self.round(each).units)
        return labels

    def changes(self, round: str = "", since: str = "") -> pd.DataFrame:
        """What changed between a round and the one before it, or the round `since`; unrounded.

        A row for each answer, share and mean: `item, value, label, before_n, before_base, before,
        n, base, now, difference, low, high, test, p, p_adjusted, not_compared`. Raises
        `EvalkitError` where there is no earlier round, or the study is reconstructed.
        """
        from evalkit.workbook.compared import changes_frame, earlier, refuse_rebuilt

        refuse_rebuilt(self.study)
        name = self.study.round_name(round)
        before = earlier(self.study, name, since)
        if not before:
            raise fault(
                f"The round {name} of {self.study.name} has no earlier one to compare with."
            )
        found = self._compared(name, before)
        return changes_frame(found.changes, self.study.settings.language)

    def _compare(self, name: str, before: str) -> Compared:
        from evalkit.workbook.compared import compare

        return compare(self.study, self.round, name, before)

    def _released_changes(
        self, name: str, rule: Rule
    ) -> tuple[Released[ShownChanges] | None, tuple[str, ...]]:
        """The round beside earlier ones as it may be shown, and their names, the oldest first.

        None where there is no earlier one, or respondents were rebuilt from tables.
        """
        from evalkit.release.changes import release_changes
        from evalkit.workbook.compared import earlier

        before = earlier(self.study, name)
        if not before or self.study.settings.mark == "reconstructed":
            return None, ()
        found: Compared = self._compared(name, before)
        rates = {each: release_rates(self._rates(each), rule) for each in found.rounds}
        rounds = [self._released(each, rule, rates[each]) for each in found.rounds]
        beside = (rates[name], rates[before])
        shown = release_changes(found.changes, rounds, rule, found.paired, found.matched, beside)
        return shown, found.rounds

    def goals(self) -> pd.DataFrame:
        """Every goal with its figures and its status, a row for each indicator; unrounded.

        `goal, label, indicator, baseline, target, outcome, change, low, high, status, worked_out,
        written, assessed_by`: low and high are the margin of error of the outcome, `worked_out`
        tells whether the status follows from the figures, `written` is what somebody wrote. Raises
        `EvalkitError` when the study has no goals.
        """
        if not self.study.goals:
            raise _without("goals", self.study.name)
        return goals_frame(attained(self.study, self.round))

    def budget(self) -> pd.DataFrame:
        """The budget beside its outcome: `post, budget, outcome, converted, percent`; unrounded.

        `converted` is the outcome in the unit of the budget; what is missing is NA. Raises
        `EvalkitError` when the study has no budget.
        """
        if self.study.budget is None:
            raise _without("budget", self.study.name)
        return budget_frame(spending(self.study.budget))

    def goal_report(
        self,
        round: str = "",
        language: str = "",
        edition: str = "published",
    ) -> GoalReport:
        """The blocks about goals and budget, for a notebook to show.

        `round` is that of the page, where the study has a survey; live figures name their own.
        """
        from evalkit.release.goals import release_budget, release_goals
        from evalkit.workbook.codings import released_themes
        from evalkit.workbook.goal_blocks import GoalReport

        if not self.study.goals and self.study.budget is None:
            raise _without("goals", self.study.name)
        cover = self.cover(round, language, edition)
        rules = self.study.settings.publication
        rule = Rule(cover.edition, rules.min_respondents, rules.open_answers)
        goals = budget = None
        if self.study.goals:
            rounds = {
                each: self._released(each, rule, release_rates(self._rates(each), rule))
                for each in rounds_of(self.study)
            }
            goals = release_goals(attained(self.study, self.round), rounds, rule)
        if self.study.budget is not None:
            budget = release_budget(spending(self.study.budget), rule)
        themes = released_themes(self.study, rule) if names_themes(self.study) else None
        return GoalReport(cover, goals, budget, themes)

    def unit_report(
        self,
        unit: str,
        round: str = "",
        language: str = "",
        edition: str = "published",
    ) -> UnitReport:
        """The blocks about one unit beside the whole, for a notebook to show.

        `unit` is its name or label. Raises `EvalkitError` with the nearest one if there is none.
        """
        from evalkit.workbook.unit_report import UnitReport

        report = self.report(round, language, edition)
        name, units = report.data.round_name, report.data.units
        found, units = find_unit(self.study, name, units, unit)
        codebook, rates = self.study.codebook_of(name), report.unit_rates
        tables = self._unit_tables(name, units, found)
        last = self._last_round(name, found, report.released.rule)
        withheld = _withheld(report.released)
        released = release_unit(tables, report.released.rule, rates, last, withheld)
        labels = unit_labels(self.study, name, units)
        standing = release_standing(codebook, units, released, tables, labels, rates)
        return UnitReport(report, found, labels[found], released, rates, standing)

    def reported_units(
        self, round: str = "", edition: str = "published"
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The units with respondents, by name: those that have a report, and those kept back.

        Raises `EvalkitError` when the round has no units.
        """
        rule = Rule(_edition(edition), self.study.settings.publication.min_respondents)
        data = self.round(round)
        rates = self._rates(data.round_name)
        if rates is None or data.units is None:
            raise fault(f"The round {data.round_name} of {self.study.name} has no units.")
        released = release_rates(rates, rule)
        names = [each.name for each in rates.rows if each.name != UNKNOWN and each.responded]
        hidden = hidden_by_rate(released)
        if released is None or released.content is None:
            return (), tuple(names)
        shown = tuple(each for each in names if each not in hidden)
        return shown, tuple(each for each in names if each in hidden)

    def _unit_tables(self, name: str, units: UnitCounts, unit: str) -> UnitTables:
        settings, frame = self.study.settings, self.study.frames.get(name)
        groups = {} if frame is None else frame.groups
        called = settings.respondents.text
        codebook = self.study.codebook_of(name)
        return unit_tables(codebook, units, unit, settings.unit, called, groups)

    def _last_round(self, name: str, unit: str, rule: Rule) -> LastRound | None:
        """The unit of a round in the round before, as its own report shows it."""
        rounds = list(self.study.settings.rounds)
        if name == rounds[0]:
            return None
        before = rounds[rounds.index(name) - 1]
        units = self.round(before).units
        if units is None or unit not in units.units:
            return None
        tables = self._unit_tables(before, units, unit)
        rates = release_rates(self._rates(before), rule)
        withheld = _withheld(self._released(before, rule, rates))
        released = release_unit(tables, rule, rates, withheld=withheld)
        same = self.study.comparable(before, name)
        items = frozenset(item for item, why in same.items() if not why)
        return LastRound(before, released, items)


def _withheld(released: ReleasedTables) -> frozenset[str]:
    """The items on a scale, and sets, of which the table of the whole is kept back."""
    return frozenset(name for name, each in released.items.items() if each.content is None)


_OTHERWISE: dict[str, Callable[[str], str]] = {
    "numeric": lambda item: f'ask for numeric("{item}").',
    "open": lambda item: f"the report lists what was written ({item} has no frequencies).",
}
"""Kinds that have no frequencies, and what to do instead."""


JOINT_NOTEBOOK = "07_synthesis"
"""The notebook that shows a joint display."""
LEVELS = ("county", "nation")
"""What units can be added to."""


def _rate_frame(rates: Sequence[UnitRate], name: str) -> pd.DataFrame:
    rows = [
        (each.name, each.label.best("sv").text, each.invited, each.responded, each.rate)
        for each in rates
    ]
    frame = pd.DataFrame(rows, columns=[name, "label", "invited", "responded", "percent"])
    percents = [None if each is None else each.percent for each in frame["percent"]]
    return frame.assign(percent=pd.array(percents, "Float64")).astype({"invited": "Int64"})


def _without(what: str, study: str) -> EvalkitError:
    fix = f"Name the file in study.yaml: {what}: {what}.csv."
    return fault(f"The study {study} has no {what}.", fix)


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


_SHARED: ContextVar[dict[Path, Workbook] | None] = ContextVar("shared", default=None)


@contextlib.contextmanager
def opened_once() -> Iterator[None]:
    """Within it whoever opens a study gets the same workbook, with all that it has worked out.

    Files that change in the meantime are not seen.
    """
    before = _SHARED.set({})
    try:
        yield
    finally:
        _SHARED.reset(before)


def open_study(study: str | Path) -> Workbook:
    """Open a study by its name under `data/raw`, or by the path of a folder with a `study.yaml`.

    Raises `EvalkitError` with every fault in the study's own files.
    """
    shared = _SHARED.get()
    if shared is None:
        return Workbook(open_checked(str(study)))
    folder = find_study(str(study))
    if folder not in shared:
        shared[folder] = Workbook(open_checked(str(folder)))
    return shared[folder]


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
    if loaded.settings.codings is not None:
        from evalkit.workbook.codings import check_codings

        found += check_codings(loaded)
    if loaded.settings.joint_display or JOINT_NOTEBOOK in loaded.settings.report:
        from evalkit.workbook.joint_sources import check_joint

        found += check_joint(loaded)
    found += check_notebooks(loaded.settings.report)
    if not any(each.severity == "error" for each in found):
        found += check_goals(loaded)
    return tuple(sorted(dict.fromkeys(found), key=_order))


def _order(problem: Problem) -> tuple[Any, ...]:
    severity = problem.severity == "warning"
    return severity, problem.file, problem.row or 0, problem.column or "", problem.message
