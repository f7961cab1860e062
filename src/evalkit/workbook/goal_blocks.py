"""Goals and budget as blocks of a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from evalkit.analysis.budget import Spending
from evalkit.codebook import Language
from evalkit.present import html, tables
from evalkit.present.goals import Around, goals_findings
from evalkit.present.numbers import whole
from evalkit.present.themes import View
from evalkit.present.words import word, word_list
from evalkit.release import Released, opened
from evalkit.release.goals import ShownGoal, ShownGoals
from evalkit.release.themes import ReleasedThemes
from evalkit.settings import NotedFile
from evalkit.workbook.blocks import Block
from evalkit.workbook.cover import Cover

OF_TABLES = "02_survey"
OF_THEMES = "05_focus_groups"
"""The notebooks that show the tables and themes that evidence leads to."""


@dataclass(frozen=True, repr=False)
class GoalReport:
    """Which goals were reached, and what it cost; either is None where the study has none."""

    cover: Cover
    goals_released: Released[ShownGoals] | None
    budget_released: Released[Spending] | None
    themes: ReleasedThemes | None = None

    def __repr__(self) -> str:
        """No figures: a notebook saves this beside the HTML, in the published edition too."""
        return f"<goals of {self.cover.study.name}, {self.cover.subtitle}>"

    def _repr_html_(self) -> str:
        """In JupyterLab: the page's style, what this is, and its warnings."""
        return self.cover.shown()

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.cover.language

    @property
    def declared(self) -> Iterator[str]:
        """The ids that the page has to hold."""
        if self._shown is not None:
            yield "mal"
            yield from (tables.goal_ident(each) for each in self._shown.goals)
        if self.budget_released is not None:
            yield "budget"

    @property
    def _shown(self) -> ShownGoals | None:
        return None if self.goals_released is None else opened(self.goals_released)

    @property
    def goals(self) -> tuple[ShownGoal, ...]:
        """The goals, in the order of their file."""
        return () if self._shown is None else self._shown.goals

    @cached_property
    def _around(self) -> Around:
        study, name = self.cover.study, self.cover.round_name
        settings = study.settings
        return Around(
            {each: measured.label.text for each, measured in settings.rounds.items()},
            {each: study.codebook_of(each) for each in settings.rounds},
            study.codebook_of(name) if name else None,
            OF_TABLES in settings.report,
            None if self.themes is None else View(self.themes, self.language),
            OF_THEMES in settings.report,
        )

    def overview(self) -> Block:
        """How many goals were reached, which, and how that is known; empty without goals."""
        released, language = self.goals_released, self.language
        if released is None:
            return Block("goals", "")
        parts = [
            html.heading(2, word("goals", language), "mal"),
            self._note(self.cover.study.settings.goals),
            *(
                html.paragraph(html.escape(each), "finding")
                for each in goals_findings(released, language)
            ),
            html.paragraph(word("goals_lead", language)),
            tables.goals_table(released, language),
            tables.horizons_table(released, language),
            html.data_link(
                word("download_goals", language),
                tables.goals_csv(released, self._around, language),
                "mal.csv",
            ),
        ]
        return Block("goals", f'<section class="goals">{"".join(parts)}</section>')

    def _note(self, table: NotedFile | None) -> str:
        """What the study wants the reader to know of a table."""
        text = html.in_language(table.note.text, self.language) if table else ""
        return html.paragraph(text, "about") if text else ""

    def goal(self, goal: ShownGoal) -> Block:
        """One goal: how it was measured, what happened, and how its status was set."""
        released, language = self.goals_released, self.language
        if released is None:
            return Block("goal", "")
        label = html.in_language(goal.goal.label, language)
        title = word("goal_title", language, number=goal.number, label=label)
        parts = [
            html.heading(3, title, tables.goal_ident(goal)),
            self._about(goal),
            tables.goal_tables(released, goal.number, self._around, language),
        ]
        name = f"goal {goal.number}"
        return Block(name, f'<section class="item goal">{"".join(parts)}</section>')

    def _about(self, goal: ShownGoal) -> str:
        """The goal's status where several indicators give it, its horizon and where it was set."""
        named = {"goal_horizon": goal.goal.horizon, "goal_stated_in": goal.goal.stated_in}
        texts = [
            f"{word(key, self.language)}: {html.in_language(text, self.language)}."
            for key, text in named.items()
            if text.sv or text.en
        ]
        mark = ""
        if len(goal.indicators) > 1:
            n = whole(len(goal.indicators), self.language)
            together = word("status_together", self.language, n=n)
            mark = tables.status_mark(goal.status, self.language)
            mark = html.paragraph(f"{mark} ({together[:1].lower()}{together[1:]})", "note")
        return mark + (html.paragraph(" ".join(texts), "note") if texts else "")

    def budget(self) -> Block:
        """Budget beside outcome; empty where the study has none."""
        released, language = self.budget_released, self.language
        if released is None:
            return Block("budget", "")
        findings = tables.budget_findings(released, language)
        notes = tables.budget_notes(released, language)
        parts = [
            html.heading(2, word("budget", language), "budget"),
            self._note(self.cover.study.settings.budget),
            tables.budget_table(released, language),
            html.data_link(
                word("download_budget", language),
                tables.budget_csv(released, language),
                "budget.csv",
            ),
            *(html.paragraph(html.escape(each), "finding") for each in findings),
            *(html.paragraph(html.escape(each), "note") for each in notes),
        ]
        return Block("budget", f'<section class="goals">{"".join(parts)}</section>')

    def how_to_read(self) -> Block:
        """What statuses and margins of error mean; empty without goals."""
        language, shown = self.language, self._shown
        if shown is None:
            return Block("how to read", "")
        texts = word_list("read_goals", language)
        if any(each.indicator.lives for goal in shown.goals for each in goal.indicators):
            texts.append(word("read_margin_1", language))
        items = "".join(f"<li>{html.escape(text)}</li>" for text in texts)
        title = html.heading(3, word("goals_how_to_read", language), "mal-lasanvisning")
        return Block("how to read", f"<section>{title}<ul>{items}</ul></section>")
