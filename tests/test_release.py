"""What a published edition leaves out, and that nothing else gets through to presentation."""

import csv
import io
from dataclasses import astuple, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalkit import open_study
from evalkit.analysis.frequency import Frequency
from evalkit.analysis.reconcile import Difference, Reconciliation
from evalkit.analysis.tables import declared_tables
from evalkit.codebook import Answer, Codebook, Item, Scale, Section, Text
from evalkit.counts import count
from evalkit.intake import Responses
from evalkit.intake.responses import levels_of
from evalkit.present import charts, sentences, tables
from evalkit.release import (
    Released,
    Rule,
    opened,
    release,
    release_internally,
    release_reconciliation,
)
from evalkit.workbook.narrative import FUNCTIONS, OF_THEMES, Figures

LEAST = 5
GRADE = Scale("s", tuple(Answer(v, Text(f"grad {v}", f"grade {v}")) for v in (3, 2, 1)))
NAMES = ("few", "least", "many", "gone", "grid_a", "grid_b", "whole_a", "whole_b")
# How many of 17 answered each; the others left it empty.
ANSWERED = {"few": 4, "least": 5, "many": 17, "gone": 0, "grid_a": 4, "grid_b": 16,
            "whole_a": 15, "whole_b": 14}  # fmt: skip


def likert(name, number="", part_of=""):
    return Item(name, "likert", Text(f"Om {name}"), name, number, part_of, "s", "1", True, "high")


BOOK = Codebook(
    {
        "few": likert("few", "1"),
        "least": likert("least", "2"),
        "many": likert("many", "3"),
        "gone": likert("gone", "4"),
        "grid": Item("grid", "grid", Text("Rutnät"), number="5", section="1"),
        "grid_a": likert("grid_a", part_of="grid"),
        "grid_b": likert("grid_b", part_of="grid"),
        "whole": Item("whole", "grid", Text("Helt"), number="6", section="1"),
        "whole_a": likert("whole_a", part_of="whole"),
        "whole_b": likert("whole_b", part_of="whole"),
    },
    {"s": GRADE},
    {"1": Section("1", Text("Ett"))},
)


def respondents(answered, n=17):
    levels = levels_of(GRADE)
    codes = {
        name: np.array([each % 3 if each < wanted else 3 for each in range(n)], np.int16)
        for name, wanted in answered.items()
    }
    return Responses(n, codes, dict.fromkeys(answered, levels))


TRUE = declared_tables(BOOK, count(respondents(ANSWERED), "r"), 19)
PUBLISHED = release(TRUE, Rule("published", LEAST))
INTERNAL = release(TRUE, Rule("internal", LEAST))
HIDDEN = {"few", "gone", "grid_a"}


def test_the_published_edition_replaces_every_item_that_fewer_have_answered():
    assert {name for name, each in PUBLISHED.items.items() if each.content is None} == HIDDEN
    assert PUBLISHED.items["least"].content is TRUE.items["least"]


def test_a_grid_is_replaced_whole_when_one_of_its_parts_is():
    assert PUBLISHED.grids["grid"].content is None
    assert PUBLISHED.grids["whole"].content is TRUE.grids["whole"]


def test_a_replaced_table_keeps_its_number_and_its_rule():
    assert PUBLISHED.items["few"].number == "1"
    assert PUBLISHED.items["few"].item == BOOK.items["few"]
    assert PUBLISHED.grids["grid"].number == "5"
    assert PUBLISHED.items["few"].rule == Rule("published", LEAST)


def test_an_overview_leaves_out_the_rows_of_replaced_items():
    [overview] = PUBLISHED.overviews
    assert [row.item.name for row in overview.content.rows] == [
        "least", "many", "grid_b", "whole_a", "whole_b",
    ]  # fmt: skip
    assert len(overview.content.withheld) == 3


def numbers_in(value):
    """Every number anywhere inside a released thing."""
    if is_dataclass(value):
        value = astuple(value)
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        return [each for part in value for each in numbers_in(part)]
    return [value] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def test_what_is_released_of_an_overview_holds_no_figure_of_a_replaced_item():
    [overview] = PUBLISHED.overviews
    for each in overview.content.withheld:
        assert not isinstance(each, Frequency), "the true table travels along"
        assert numbers_in(each) == []


def test_an_overview_of_which_nothing_is_left_is_replaced():
    few = dict.fromkeys(NAMES, 3)
    released = release(
        declared_tables(BOOK, count(respondents(few), "r"), 19), Rule("published", LEAST)
    )
    [overview] = released.overviews
    assert overview.content is None
    assert charts.overview_chart(overview, "1", "sv") == ""
    assert tables.overview_table(overview, "1", "sv") == ""


def test_the_nonresponse_of_a_replaced_item_shows_two_dots():
    rows = {each.item.name: each for each in PUBLISHED.nonresponse.content}
    assert set(rows) == set(NAMES)
    for name in HIDDEN:
        assert (rows[name].asked, rows[name].answered, rows[name].missing) == (None, None, None)
    assert (rows["least"].asked, rows["least"].answered, rows["least"].missing.n) == (17, 5, 12)
    html = tables.nonresponse_table(PUBLISHED.nonresponse, "17", "sv")
    assert html.count('<td class="number">..</td>') == 4 * len(HIDDEN)


@pytest.mark.parametrize(("responded", "shown"), [(4, False), (5, True)])
def test_the_response_rate_of_fewer_is_replaced(responded, shown):
    counted = count(respondents(dict.fromkeys(NAMES, responded), responded), "r")
    released = release(declared_tables(BOOK, counted, 19), Rule("published", LEAST))
    assert (released.response.content is not None) == shown
    assert bool(tables.response_table(released.response, "2024", "sv")) == shown


def test_the_internal_edition_is_unchanged():
    assert {name: each.content for name, each in INTERNAL.items.items()} == TRUE.items
    assert {name: each.content for name, each in INTERNAL.grids.items()} == TRUE.grids
    assert INTERNAL.overviews[0].content.rows == TRUE.overviews[0].rows
    assert INTERNAL.overviews[0].content.withheld == ()
    assert INTERNAL.response.content == TRUE.response
    assert all(each.asked == 17 for each in INTERNAL.nonresponse.content)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_a_replaced_table_is_empty_everywhere(language):
    few, grid = PUBLISHED.items["few"], PUBLISHED.grids["grid"]
    assert tables.frequency_table(few, language) == ""
    assert charts.bar_chart(few, language) == ""
    assert sentences.sentences(few, language) == ""
    assert sentences.finding(few, language) == ""
    assert sentences.alt_bars(few, language) == ""
    assert tables.grid_table(grid, language) == ""
    assert charts.grid_chart(grid, language) == ""
    text = tables.frequency_csv([few, PUBLISHED.items["least"]], language)
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if language == "sv" else ","))
    assert {row[0] for row in rows[1:]} == {"Om least"}


class _Study:
    """As much of a study as the functions of a narrative ask for."""

    codebook = BOOK


def figures(released):
    return Figures(_Study(), "r", released, "sv").functions()


CALLS = {
    "n": ("few", 3), "percent": ("few", 3), "share": ("few", 3), "mean": ("few",),
    "median": ("few",), "base": ("few",), "no_answer": ("few",), "change": ("few",),
}  # fmt: skip
OF_RANKINGS = {"rank", "mean_rank"}  # tried out in test_rankings.py
NO_FIGURES = {"answer", "item_label", "table_ref", "invited", "round_label", "table_count"}


def test_every_function_of_a_narrative_is_known_here():
    """A new function has to be put among those that hide a replaced table, or those without one."""
    known = {*CALLS, *NO_FIGURES, *OF_RANKINGS, "response_rate", "responded", "included"}
    assert set(FUNCTIONS) == known | OF_THEMES  # these are about no respondent: test_themes.py


@pytest.mark.parametrize("function", CALLS)
def test_a_narrative_cannot_show_a_figure_of_a_replaced_table(function):
    assert figures(PUBLISHED)[function](*CALLS[function]) == "[visas inte]"
    assert figures(INTERNAL)[function](*CALLS[function]) != "[visas inte]"


def test_a_narrative_cannot_show_the_response_rate_of_few():
    few = declared_tables(BOOK, count(respondents(dict.fromkeys(NAMES, 4), 4), "r"), 19)
    hidden = figures(release(few, Rule("published", LEAST)))
    assert hidden["response_rate"]() == hidden["responded"]() == "[visas inte]"
    assert hidden["included"]() == "[visas inte]"
    shown = figures(PUBLISHED)
    assert shown["response_rate"]() == "89\u00a0%"  # 17 of 19
    assert shown["responded"]() == shown["included"]() == "17"
    two_gone = declared_tables(BOOK, count(respondents(ANSWERED), "r"), 19, 19, 2)
    shown = figures(release(two_gone, Rule("published", LEAST)))
    assert (shown["responded"](), shown["included"]()) == ("19", "17")
    assert shown["response_rate"]() == "100\u00a0%"


def test_differences_of_replaced_items_are_not_shown():
    found = Reconciliation(
        2, 0, 4, tuple(Difference("f", 2, name, "", "n", "1", "2") for name in ("few", "many"))
    )
    shown = release_reconciliation(found, PUBLISHED).content
    assert [each.item for each in shown.differences] == ["many"]
    assert len(release_reconciliation(found, INTERNAL).content.differences) == 2


def test_the_pages_of_a_published_edition_hold_nothing_of_a_replaced_table(tmp_path):
    """The whole way: a study on disk with an item that four of nine have answered."""
    home = Path(__file__).parent / "hand_made"
    for name in ("scales.csv", "sections.csv", "codebook.csv"):
        (tmp_path / name).write_bytes((home / name).read_bytes())
    text = (home / "study.yaml").read_text("utf-8").partition("  # The same")[0]
    (tmp_path / "study.yaml").write_text(f"{text}publication: {{min_respondents: 7}}\n", "utf-8")
    (tmp_path / "rounds" / "1").mkdir(parents=True)
    export = home / "rounds/1/export.csv"
    (tmp_path / "rounds/1/export.csv").write_bytes(export.read_bytes())
    report = open_study(tmp_path).report()
    for name, shown in (("q1", False), ("q3", True), ("q4", False), ("q5", False), ("q6", True)):
        block = report.item(report.study.codebook.item(name)).html  # 6, 8, 6, 0, 10 answered
        assert ("<table" in block) == shown, name
        assert ("data:text/csv" in block) == shown, name
        assert ("visas inte, eftersom färre än 7 har svarat" in block) != shown, name
    internal = open_study(tmp_path).report(edition="internal")
    assert "<table" in internal.item(internal.study.codebook.item("q1")).html
    assert any("Intern utgåva" in banner for banner in internal.cover.banners)


@pytest.mark.parametrize(
    "raw",
    [TRUE.items["many"], TRUE.grids["whole"], None, pd.DataFrame(), "text", [], Released],
    ids=lambda raw: type(raw).__name__,
)
def test_only_released_tables_are_opened(raw):
    with pytest.raises(TypeError, match="only Released tables"):
        opened(raw)


def test_a_table_for_the_evaluator_is_released_as_internal():
    released = release_internally(TRUE.items["few"])
    assert released.rule.edition == "internal"
    assert opened(released) is TRUE.items["few"]


@pytest.mark.parametrize(
    ("edition", "least", "respondents", "allowed"),
    [
        ("published", 5, 4, False),
        ("published", 5, 5, True),
        ("published", 1, 0, False),
        ("internal", 5, 0, True),
    ],
)
def test_the_rule(edition, least, respondents, allowed):
    assert Rule(edition, least).allows(respondents) == allowed
