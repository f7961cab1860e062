"""The published BoU figures, cell by cell, and whether any change in them is noticed."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

import evalkit
from evalkit.analysis.reconcile import read_published_items, read_published_tables, reconcile
from evalkit.errors import EvalkitError

PUBLISHED = Path(__file__).parents[1] / "data/raw/bou-2012/published"
STUDIES = ("bou-2012", "bou-2012-counts")
TABLES = "published_tables.csv"
ITEMS = "published_items.csv"


def rows(file):
    with (PUBLISHED / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


CELLS, QUESTIONS = rows(TABLES), rows(ITEMS)


@pytest.fixture(scope="module")
def ours():
    return {s: list(evalkit.open_study(s).tables().items.values()) for s in STUDIES}


@pytest.fixture(scope="module")
def printed():
    return read_published_tables(PUBLISHED / TABLES, TABLES)


@pytest.fixture(scope="module")
def printed_items():
    return read_published_items(PUBLISHED / ITEMS, ITEMS)


@pytest.mark.parametrize("study", STUDIES)
def test_every_published_figure_is_ours(ours, printed, printed_items, study):
    found = reconcile(ours[study], printed, printed_items)
    assert found.differences == ()
    assert (found.cells, found.items) == (112, 21)
    figures = sum(1 for row in CELLS for c in ("n", "percent_published") if row[c])
    figures += sum(1 for row in QUESTIONS for c, text in row.items() if "_published" in c and text)
    assert found.figures == figures


@pytest.mark.parametrize("study", STUDIES)
def test_the_published_cells_are_ours_without_the_code_that_compares(ours, study):
    """The same by hand, so that a comparison that compares nothing is found out."""
    by_item = {each.item.name: each for each in ours[study]}
    for row in CELLS:
        table = by_item[row["item"]]
        [mine] = [
            each
            for each in table.rows
            if each.label.sv == row["category"] and each.status == row["status"]
        ]
        assert mine.n == int(row["n"])
        if row["percent_published"]:  # within half a per cent, and a tie upwards
            assert -0.5 < int(row["percent_published"]) - mine.percent <= 0.5
        else:
            assert mine.percent is None
        if row["code"]:
            assert mine.value == int(row["code"])
    for row in QUESTIONS:
        table = by_item[row["item"]]
        assert table.bases.answered == int(row["antal_svar_published"])
        assert table.bases.asked - table.bases.answered == int(row["inget_svar_published"])
        if row["medel_published"]:
            mean = float(row["medel_published"].replace(",", "."))
            assert -0.005 - 1e-9 < mean - table.mean <= 0.005 + 1e-9
        else:
            assert table.mean is None


def test_respondents_and_counts_give_the_same_tables(ours):
    assert ours["bou-2012"] == ours["bou-2012-counts"]


def changed(table, at, column, text):
    """The table with one cell changed."""
    place = table.header.index(column)
    new = list(table.rows)
    number, cells = new[at]
    new[at] = (number, (*cells[:place], text, *cells[place + 1 :]))
    return replace(table, rows=tuple(new))


def other(column, text):
    """A text that the cell cannot rightly have; a plausible one where there is one."""
    if column in ("n", "percent_published", "antal_svar_published", "inget_svar_published"):
        return str(int(text or 6) + 1)
    if column == "medel_published":
        return "1,01" if text != "1,01" else "1,02"
    if column == "status":
        return "refused" if text != "refused" else "invalid"
    if column == "code":
        return "7"
    return f"{text}x"


FIGURE_COLUMNS = ("n", "percent_published")
TEXT_COLUMNS = ("published_table", "item", "code", "category", "status")


@pytest.mark.parametrize("column", [*TEXT_COLUMNS, *FIGURE_COLUMNS])
@pytest.mark.parametrize("at", range(len(CELLS)))
def test_one_changed_cell_is_exactly_one_difference(ours, printed, column, at):
    text = CELLS[at][column]
    wrong = changed(printed, at, column, other(column, text))
    [difference] = reconcile(ours["bou-2012"], wrong).differences
    assert difference.file == TABLES
    assert difference.row == at + 2
    assert difference.column == column
    assert difference.printed == other(column, text)
    assert difference.ours == text


@pytest.mark.parametrize(
    "column", ["published_table", "item", *(c for c in QUESTIONS[0] if "_published" in c)]
)
@pytest.mark.parametrize("at", range(len(QUESTIONS)))
def test_one_changed_base_or_mean_is_exactly_one_difference(
    ours, printed, printed_items, column, at
):
    text = QUESTIONS[at][column]
    wrong = changed(printed_items, at, column, other(column, text))
    [difference] = reconcile(ours["bou-2012"], printed, wrong).differences
    assert (difference.file, difference.row, difference.column) == (ITEMS, at + 2, column)
    assert difference.printed == other(column, text)
    assert difference.ours == text.replace(",", ".")


@pytest.mark.parametrize(
    ("at", "column", "text"),
    [
        (5, "percent_published", "4"),  # a per cent where there can be none
        (0, "percent_published", ""),
        (0, "code", ""),
        (0, "code", "3"),  # another answer's code
        (0, "category", "Ganska hög grad"),
        (4, "status", "no_answer"),
        (0, "item", "q02"),
        (0, "published_table", "2"),
        (0, "percent_published", "8,1"),
        (0, "n", "2,5"),
    ],
)
def test_one_cell_confused_with_another_of_the_table_is_exactly_one_difference(
    ours, printed, at, column, text
):
    found = reconcile(ours["bou-2012"], changed(printed, at, column, text)).differences
    assert [(each.row, each.column) for each in found] == [(at + 2, column)]


def test_a_grids_part_confused_with_another_part_is_exactly_one_difference(ours, printed):
    """Row 6, q06a, 4 against q06b, 4, which has other figures."""
    at = next(n for n, row in enumerate(CELLS) if row["item"] == "q06a" and row["code"] == "4")
    found = reconcile(ours["bou-2012"], changed(printed, at, "item", "q06b")).differences
    assert [(each.row, each.column) for each in found] == [(at + 2, "item")]


@pytest.mark.parametrize("text", ["8", "8,0", "8.0", "8,00"])
def test_a_figure_is_compared_with_as_many_decimals_as_are_printed(ours, printed, text):
    same = changed(printed, 0, "percent_published", text)
    assert reconcile(ours["bou-2012"], same).differences == ()


def test_a_mean_printed_with_one_decimal_is_compared_with_one(ours, printed, printed_items):
    # 2,625 rounds to 2,6 and to 2,63.
    for text, differences in (("2,6", 0), ("2,63", 0), ("2,625", 0), ("2,7", 1), ("2,62", 1)):
        wrong = changed(printed_items, 0, "medel_published", text)
        found = reconcile(ours["bou-2012"], printed, wrong).differences
        assert len(found) == differences, text


def without(table, at):
    return replace(table, rows=(*table.rows[:at], *table.rows[at + 1 :]))


@pytest.mark.parametrize("at", range(len(CELLS)))
def test_a_deleted_row_is_one_difference_unless_nobody_gave_that_answer(ours, printed, at):
    found = reconcile(ours["bou-2012"], without(printed, at)).differences
    row = CELLS[at]
    if row["n"] == "0":
        assert found == ()
        return
    [difference] = found
    assert (difference.item, difference.answer) == (row["item"], row["category"])
    assert (difference.row, difference.column, difference.printed) == (None, "", "")
    assert f"n {row['n']}" in difference.ours
    assert "has no such row" in str(difference)


@pytest.mark.parametrize("at", [0, 10, 20])
def test_a_deleted_row_of_bases_is_one_difference(ours, printed, printed_items, at):
    found = reconcile(ours["bou-2012"], printed, without(printed_items, at)).differences
    assert [each.item for each in found] == [QUESTIONS[at]["item"]]


def test_a_row_that_matches_nothing_is_listed_and_its_likeness_too(ours, printed):
    cells = ("20", "q20", "4", "Alltid", "valid", "9", "36")
    more = replace(printed, rows=(*printed.rows, (114, cells)))
    [difference] = reconcile(ours["bou-2012"], more).differences
    assert (difference.row, difference.item, difference.answer) == (114, "q20", "Alltid")
    assert (difference.column, difference.ours) == ("", "")
    assert "matches nothing" in str(difference)
    assert "9, 36" in difference.printed


def test_a_row_that_stands_there_twice_is_one_difference(ours, printed):
    twice = replace(printed, rows=(*printed.rows, (114, printed.rows[0][1])))
    [difference] = reconcile(ours["bou-2012"], twice).differences
    assert (difference.row, difference.column) == (114, "")


def test_two_wrong_figures_in_a_row_are_two_differences(ours, printed):
    wrong = changed(changed(printed, 0, "n", "3"), 0, "percent_published", "12")
    found = reconcile(ours["bou-2012"], wrong).differences
    assert [(each.row, each.column) for each in found] == [(2, "n"), (2, "percent_published")]
    assert str(found[0]) == (
        "published_tables.csv, row 2: q01 Mycket hög grad: n is printed 3, the study has 2."
    )


def test_items_that_are_not_mentioned_are_not_compared(ours, printed):
    only = replace(printed, rows=tuple(each for each in printed.rows if each[1][1] == "q01"))
    found = reconcile(ours["bou-2012"], only)
    assert (found.cells, found.differences) == (6, ())


def test_the_order_of_the_rows_does_not_matter(ours, printed, printed_items):
    turned = replace(printed, rows=tuple(reversed(printed.rows)))
    turned_items = replace(printed_items, rows=tuple(reversed(printed_items.rows)))
    assert reconcile(ours["bou-2012"], turned, turned_items).differences == ()


@pytest.mark.parametrize("column", FIGURE_COLUMNS)
@pytest.mark.parametrize("text", ["åtta", "8 %", "1.2.3", "..", "-"])
def test_a_figure_that_is_no_number_is_a_fault_of_the_file(tmp_path, column, text):
    with (tmp_path / TABLES).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, CELLS[0])
        writer.writeheader()
        writer.writerow({**CELLS[0], column: text})
    with pytest.raises(EvalkitError) as caught:
        read_published_tables(tmp_path / TABLES, TABLES)
    assert [(p.row, p.column) for p in caught.value.problems] == [(2, column)]


def test_a_cell_without_its_count_is_a_fault_of_the_file(tmp_path):
    (tmp_path / TABLES).write_text(f"{','.join(CELLS[0])}\n1,q01,4,Hög,valid,,8\n")
    with pytest.raises(EvalkitError, match='row 2, column "n"'):
        read_published_tables(tmp_path / TABLES, TABLES)
