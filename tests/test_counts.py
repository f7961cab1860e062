"""Counting, against pandas and collections.Counter; reading counts; adding them."""

import itertools
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from evalkit.codebook import Answer, Codebook, Item, Scale, Text, read_codebook
from evalkit.counts import COLUMNS, add, count, read_counts, tally
from evalkit.intake import Level, Responses, read_export

HAND_MADE = Path(__file__).parent / "hand_made"
LEVELS = (Level(2, "valid"), Level(1, "valid"), Level(8, "dont_know"), Level(None, "no_answer"))


@st.composite
def coded(draw):
    """Codes of some items with their sizes, and a group of each respondent."""
    n = draw(st.integers(0, 40))
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=9))
    groups = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    codes = [rng.integers(0, size, n).astype(np.int16) for size in sizes]
    return codes, sizes, rng.integers(0, groups, n), groups


@given(coded())
@settings(max_examples=60)
def test_tally_is_pandas_crosstab(given_codes):
    codes, sizes, group, groups = given_codes
    tables = tally(codes, sizes, group, groups)
    assert len(tables) == len(codes)
    for code, size, table in zip(codes, sizes, tables, strict=True):
        crossed = pd.crosstab(group, code).reindex(
            index=range(groups), columns=range(size), fill_value=0
        )
        assert table.shape == (groups, size)
        assert table.tolist() == crossed.to_numpy().tolist()


@given(coded())
@settings(max_examples=40)
def test_tally_without_groups_is_value_counts(given_codes):
    codes, sizes, _, _ = given_codes
    for code, size, table in zip(codes, sizes, tally(codes, sizes), strict=True):
        counted = pd.Series(code).value_counts().reindex(range(size), fill_value=0)
        assert table.tolist() == [counted.tolist()]


@pytest.mark.parametrize("sizes", [[200, 200, 3], [40_000], [2] * 40, [1, 1], [7] * 20, [1]])
def test_large_and_small_scales_are_counted_alike_whatever_is_counted_together(sizes):
    """The joint table of these is far larger than what is counted in one pass."""
    rng = np.random.default_rng(1)
    codes = [rng.integers(0, size, 500) for size in sizes]
    group = rng.integers(0, 3, 500)
    for code, size, table in zip(codes, sizes, tally(codes, sizes, group, 3), strict=True):
        found = Counter(zip(group.tolist(), code.tolist(), strict=True))
        assert {key: int(table[key]) for key in found} == found
        assert table.shape == (3, size)
        assert table.sum() == 500


def test_nobody_and_nothing_are_counted_as_zero():
    assert tally([], []) == []
    [table] = tally([np.array([], np.int16)], [3], np.array([], np.int16), 2)
    assert table.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_counting_leaves_the_codes_as_they_were():
    codes = [np.array([0, 1, 2, 1]), np.array([1, 0, 0, 1])]
    group = np.array([1, 0, 1, 1])
    before = [each.copy() for each in (*codes, group)]
    for each in (*codes, group):
        each.setflags(write=False)
    tally(codes, [3, 2], group, 2)
    for each, copy in zip((*codes, group), before, strict=True):
        assert each.tolist() == copy.tolist()


def responses(n, seed, items=("a", "b", "g", "h")):
    rng = np.random.default_rng(seed)
    codes = {name: rng.integers(0, len(LEVELS), n).astype(np.int16) for name in items}
    return Responses(n, codes, dict.fromkeys(items, LEVELS))


def key(level):
    return level.status if level.value is None else str(level.value)


def test_every_answer_has_a_row_also_when_nobody_gave_it_in_the_declared_order():
    one = Responses(1, {"a": np.array([1], np.int16)}, {"a": LEVELS})
    found = count(one, "2024", "Öckerö")
    assert tuple(found.columns) == COLUMNS
    assert found["value"].isna().tolist() == [False, False, False, True]
    assert found["value"].dropna().tolist() == [2, 1, 8]
    assert found["status"].tolist() == ["valid", "valid", "dont_know", "no_answer"]
    assert found["n"].tolist() == [0, 1, 0, 0]
    assert set(found["round"]) == {"2024"}
    assert set(found["unit"]) == {"Öckerö"}


@given(n=st.integers(0, 30), seed=st.integers(0, 10**6))
@settings(max_examples=30)
def test_counts_within_groups_are_those_of_counter(n, seed):
    given_responses = responses(n, seed)
    found = count(given_responses, "r", by=("g", "h"))
    assert list(found.columns) == ["round", "unit", "g", "h", "item", "value", "status", "n"]
    assert len(found) == 2 * len(LEVELS) ** 3  # two items, every combination of groups
    wanted = Counter(
        (key(LEVELS[g]), key(LEVELS[h]), item, key(LEVELS[code]))
        for item in ("a", "b")
        for g, h, code in zip(
            *(given_responses.codes[name] for name in ("g", "h", item)), strict=True
        )
    )
    rows = zip(
        found["g"],
        found["h"],
        found["item"],
        found["value"],
        found["status"],
        found["n"],
        strict=True,
    )
    counted = {
        (g, h, item, status if pd.isna(value) else str(value)): n
        for g, h, item, value, status, n in rows
    }
    assert {each: n for each, n in counted.items() if n} == wanted


@given(n=st.integers(0, 30), cut=st.integers(0, 30), seed=st.integers(0, 10**6))
@settings(max_examples=30)
def test_chunks_added_together_are_the_whole(n, cut, seed):
    whole = responses(n, seed)
    cut = min(cut, n)
    chunks = [
        Responses(len(range(n)[part]), {k: v[part] for k, v in whole.codes.items()}, whole.levels)
        for part in (slice(None, cut), slice(cut, None))
    ]
    for by in ((), ("g",)):
        together = add(*(count(chunk, "r", by=by) for chunk in chunks))
        assert_frame_equal(together, count(whole, "r", by=by))


def test_groups_added_together_are_the_whole():
    whole = responses(50, 3)
    split = count(whole, "r", by=("g",)).drop(columns="g")
    wanted = count(whole, "r")
    assert_frame_equal(add(split), wanted[wanted["item"] != "g"].reset_index(drop=True))


def test_units_are_kept_apart_and_answers_without_code_are_not_lost():
    one = Responses(2, {"a": np.array([3, 3], np.int16)}, {"a": LEVELS})
    frames = count(one, "r", "norr"), count(one, "r", "söder"), count(one, "r", "norr")
    found = add(*frames)
    assert len(found) == 2 * len(LEVELS)
    assert found[found["n"] > 0][["unit", "status", "n"]].to_numpy().tolist() == [
        ["norr", "no_answer", 4],
        ["söder", "no_answer", 2],
    ]


def test_adding_changes_none_of_the_frames():
    first, second = count(responses(9, 1), "r"), count(responses(9, 2), "r")
    copies = first.copy(deep=True), second.copy(deep=True)
    add(first, second)
    assert_frame_equal(first, copies[0])
    assert_frame_equal(second, copies[1])


# Counts as a file

SCALE = Scale(
    "s",
    (
        Answer(2, Text("Ja")),
        Answer(1, Text("Nej")),
        Answer(8, Text("Vet ej"), "dont_know"),
    ),
)
BOOK = Codebook(
    {n: Item(n, "likert", Text(n), n, number=n, scale="s") for n in ("q1", "q2")}, {"s": SCALE}, {}
)


def from_file(tmp_path, *rows, codebook=BOOK):
    (tmp_path / "c.csv").write_text("\n".join(["item,value,status,n", *rows]) + "\n")
    return read_counts(tmp_path / "c.csv", "c.csv", codebook, "r")


def test_counts_of_a_file_are_read_and_what_has_no_row_is_zero(tmp_path):
    found, problems = from_file(
        tmp_path, "q2,1,valid,3", "q1,8,dont_know,1", "q1,2,valid,1", "q1,,not_asked,1"
    )
    assert problems == ()
    assert found[["item", "status", "n"]].to_numpy().tolist() == [
        ["q1", "valid", 1],
        ["q1", "valid", 0],
        ["q1", "dont_know", 1],
        ["q1", "no_answer", 0],
        ["q1", "not_asked", 1],
        ["q2", "valid", 0],
        ["q2", "valid", 3],
        ["q2", "dont_know", 0],
        ["q2", "no_answer", 0],
    ]


@pytest.mark.parametrize(
    ("row", "column", "message"),
    [
        ("q9,1,valid,3", "item", 'There is no item "q9".'),
        ("q2,,vald,3", "status", '"vald" is not a status.'),
        ("q2,1,valid,-3", "n", '"-3" is not a count.'),
        ("q2,1,valid,3.0", "n", '"3.0" is not a count.'),
        ("q2,1,valid,", "n", '"" is not a count.'),
        ("q2,1,valid,²", "n", '"²" is not a count.'),
        ("q2,7,valid,3", "value", '"7" is not an answer of q2.'),
        ("q2,,valid,3", "value", '"" is not an answer of q2.'),
        ("q2,1,dont_know,3", "status", "The answer 1 of q2 is valid."),
        ("q2,8,valid,3", "status", "The answer 8 of q2 is dont_know."),
        ("q2,2,valid,3", "item", "q2 2 valid stands there twice."),
    ],
)
def test_a_faulty_row_is_reported_with_its_place(tmp_path, row, column, message):
    _, problems = from_file(tmp_path, "q1,2,valid,3", "q2,2,valid,3", row)
    assert [(p.file, p.row, p.column, p.message) for p in problems if p.row] == [
        ("c.csv", 4, column, message)
    ]


@pytest.mark.parametrize("n", ["9" * 30, "9" * 5000])
def test_a_count_that_no_frame_can_hold_is_reported(tmp_path, n):
    _, problems = from_file(tmp_path, "q1,2,valid,3", f"q2,2,valid,{n}")
    assert (3, "n") in [(each.row, each.column) for each in problems]


def test_items_that_do_not_add_to_the_same_are_reported(tmp_path):
    _, problems = from_file(tmp_path, "q1,2,valid,3", "q2,2,valid,2")
    [problem] = problems
    assert problem.message == "The counts of q2 add to 2, those of other items to 3."


def test_the_hand_made_counts_are_read_without_fault():
    codebook, _ = read_codebook(HAND_MADE)
    _, problems = read_counts(HAND_MADE / "rounds/2/counts.csv", "counts.csv", codebook, "2")
    assert [str(each) for each in problems] == []


def test_the_hand_made_counts_are_those_of_the_responses():
    codebook, _ = read_codebook(HAND_MADE)
    reading = read_export(HAND_MADE / "rounds/1/export.csv", "export.csv", codebook)
    found, _ = read_counts(HAND_MADE / "rounds/2/counts.csv", "counts.csv", codebook, "2")
    keys = ["item", "value", "status"]
    frames = [
        each[[*keys, "n"]].sort_values(keys).reset_index(drop=True)
        for each in (count(reading.responses, "1"), found)
    ]
    assert_frame_equal(*frames)


@pytest.mark.parametrize("not_selected", [True, False], ids=["explicit", "only code 1"])
def test_counts_that_were_written_can_be_read_again(tmp_path, not_selected):
    answers = (
        (Answer(1, Text("X")), Answer(0, Text("Ej"))) if not_selected else (Answer(1, Text("X")),)
    )
    items = (
        Item("m", "multiple", Text("m"), number="1"),
        Item("m_a", "option", Text("a"), "a", part_of="m", scale="k"),
        Item("m_b", "option", Text("b"), "b", part_of="m", scale="k"),
    )
    codebook = Codebook({each.name: each for each in items}, {"k": Scale("k", answers)}, {})
    (tmp_path / "x.csv").write_text("a;b\nX;\n;X\n;\nX;X\n")
    counted = count(read_export(tmp_path / "x.csv", "x.csv", codebook).responses, "r")
    counted[["item", "value", "status", "n"]].to_csv(tmp_path / "c.csv", index=False)
    again, problems = read_counts(tmp_path / "c.csv", "c.csv", codebook, "r")
    assert [str(each) for each in problems] == []
    keys = ["item", "value", "status", "n"]
    assert_frame_equal(
        *(f[keys].sort_values(keys).reset_index(drop=True) for f in (again, counted))
    )


@given(st.lists(st.integers(0, 50), min_size=4, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_the_order_of_the_rows_of_a_file_does_not_matter(tmp_path_factory, numbers, rng):
    keys = [("2", "valid"), ("1", "valid"), ("8", "dont_know"), ("", "no_answer")]
    rows = [
        f"{item},{value},{status},{n}"
        for item, ((value, status), n) in itertools.product(
            ("q1", "q2"), zip(keys, numbers, strict=True)
        )
    ]
    shuffled = rng.sample(rows, len(rows)) if isinstance(rng, random.Random) else rows
    folder = tmp_path_factory.mktemp("counts")
    assert_frame_equal(from_file(folder, *rows)[0], from_file(folder, *shuffled)[0])
