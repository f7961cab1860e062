"""Frequency tables: the hand count, NumPy, statistics and statsmodels as judges."""

import math
import statistics
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

import evalkit
from evalkit.analysis.frequency import Bases, Share, frequency, tallies
from evalkit.analysis.response import ResponseRate
from evalkit.codebook import Answer, Codebook, Item, Scale, Text
from evalkit.counts import count, read_counts
from evalkit.errors import EvalkitError
from evalkit.intake import Level

HAND_MADE = Path(__file__).parent / "hand_made"


def table(given_counts, *, answers=None, kind="likert", mean=True, positive="high"):
    """The frequency of one item from {value or status: n}."""
    codes = [each for each in given_counts if isinstance(each, int)]
    scale = answers or tuple(Answer(value, Text(f"svar {value}")) for value in codes)
    item = Item("q", kind, Text("Fråga"), "q", "1", scale="s", mean=mean, positive=positive)
    book = Codebook({"q": item}, {"s": Scale("s", tuple(scale))}, {})
    counted = {
        Level(each, "valid") if isinstance(each, int) else Level(None, each): n
        for each, n in given_counts.items()
    }
    return frequency(book, item, {"q": counted})


# The hand count
#
# Ten respondents, read off rounds/1/export.csv with pencil and paper. Each row is
# (label, value, status, n, per cent of those who answered, per cent of opinions).

NONE = None
HAND = {
    # One respondent a row, in this order: 4, 4, 3, 1, Vet ej, Ej aktuellt, Vill inte svara, Inte
    # ställd, Oläsligt, empty. Asked: all but Inte ställd = 9. Answered: 4 opinions + Vet ej +
    # Ej aktuellt = 6. Mean (4 + 4 + 3 + 1) / 4 = 3; squared distances 1 + 1 + 0 + 4 = 6, of
    # n − 1 = 3: sd √2; in order 1, 3, 4, 4: the median lies between 3 and 4.
    "q1": (
        (9, 6, 4),
        (3.0, math.sqrt(2), 3.5),
        [
            ("Mycket bra", 4, "valid", 2, 200 / 6, 50.0),
            ("Ganska bra", 3, "valid", 1, 100 / 6, 25.0),
            ("Ganska dåligt", 2, "valid", 0, 0.0, 0.0),
            ("Mycket dåligt", 1, "valid", 1, 100 / 6, 25.0),
            ("Vet ej", 8, "dont_know", 1, 100 / 6, NONE),
            ("Ej aktuellt", NONE, "not_applicable", 1, 100 / 6, NONE),
            ("Vill inte svara", NONE, "refused", 1, NONE, NONE),
            ("Inte ställd", 98, "not_asked", 1, NONE, NONE),
            ("Oläsligt", 99, "invalid", 1, NONE, NONE),
            ("Inget svar", NONE, "no_answer", 1, NONE, NONE),
        ],
    ),
    # Hög: 1, 2, 8. Mellan: 3, 4 (as code 2), 5, 9. Låg: 6, 10. Empty: 7. Mean (9 + 8 + 2) / 9;
    # squares 27 + 16 + 2 = 45, minus 19² / 9, over 8: 11/18. The fifth of nine is 2.
    "q2a": (
        (10, 9, 9),
        (19 / 9, math.sqrt(11 / 18), 2.0),
        [
            ("Hög", 3, "valid", 3, 300 / 9, 300 / 9),
            ("Mellan", 2, "valid", 4, 400 / 9, 400 / 9),
            ("Låg", 1, "valid", 2, 200 / 9, 200 / 9),
            ("Inget svar", NONE, "no_answer", 1, NONE, NONE),
        ],
    ),
    # Hög: 8. Mellan: 2, 7, 10. Låg: 1, 3, 5, 6, 9. Empty: 4. Mean (3 + 6 + 5) / 9;
    # squares 9 + 12 + 5 = 26, minus 14² / 9, over 8: 19/36. The fifth of nine is 1.
    "q2b": (
        (10, 9, 9),
        (14 / 9, math.sqrt(19 / 36), 1.0),
        [
            ("Hög", 3, "valid", 1, 100 / 9, 100 / 9),
            ("Mellan", 2, "valid", 3, 300 / 9, 300 / 9),
            ("Låg", 1, "valid", 5, 500 / 9, 500 / 9),
            ("Inget svar", NONE, "no_answer", 1, NONE, NONE),
        ],
    ),
    # Vald/Ej vald in the file. 5 and 9 left all three empty; 3 chose "Ej vald" three times, which
    # is an answer; so 8 answered. a: 1, 2, 6, 8. b: 2, 4, 8, 10. c: 7, 8.
    "q3": (
        (10, 8, 8),
        (NONE, NONE, NONE),
        [
            ("Alfa", NONE, "valid", 4, 50.0, 50.0),
            ("Beta", NONE, "valid", 4, 50.0, 50.0),
            ("Gamma", NONE, "valid", 2, 25.0, 25.0),
            ("Inget svar", NONE, "no_answer", 2, NONE, NONE),
        ],
    ),
    # Only ticks in the file. a: 1, 2, 6, 8, 9. b: 2, 4, 8. Nothing ticked: 3, 5, 7, 10.
    "q4": (
        (10, 6, 6),
        (NONE, NONE, NONE),
        [
            ("Alfa", NONE, "valid", 5, 500 / 6, 500 / 6),
            ("Beta", NONE, "valid", 3, 50.0, 50.0),
            ("Inget svar", NONE, "no_answer", 4, NONE, NONE),
        ],
    ),
    # The column is empty from top to bottom.
    "q5": (
        (10, 0, 0),
        (NONE, NONE, NONE),
        [
            ("Hög", 3, "valid", 0, NONE, NONE),
            ("Mellan", 2, "valid", 0, NONE, NONE),
            ("Låg", 1, "valid", 0, NONE, NONE),
            ("Inget svar", NONE, "no_answer", 10, NONE, NONE),
        ],
    ),
    # Ja, JA, ja, " Ja", Yes, "Ja" with a no-break space: ten times the same answer.
    "q6": (
        (10, 10, 10),
        (2.0, 0.0, 2.0),
        [
            ("Ja", 2, "valid", 10, 100.0, 100.0),
            ("Nej", 1, "valid", 0, 0.0, 0.0),
            ("Inget svar", NONE, "no_answer", 0, NONE, NONE),
        ],
    ),
    # 1 and 2 the café, 3 and 4 two lines, 5 and 6 crème brûlée (decomposed), 7, 8 and 9 east of
    # the river; 10 wrote a no-break space, which is nothing. Names have no mean and no median.
    "q7": (
        (10, 9, 9),
        (NONE, NONE, NONE),
        [
            ('Kaféet "Åsen"; vid ån', 1, "valid", 2, 200 / 9, 200 / 9),
            ("Två\nrader", 2, "valid", 2, 200 / 9, 200 / 9),
            ("Crème brûlée 🙂", 3, "valid", 2, 200 / 9, 200 / 9),
            ("Öster\u00a0om ån", 4, "valid", 3, 300 / 9, 300 / 9),
            ("Inget svar", NONE, "no_answer", 1, NONE, NONE),
        ],
    ),
}


@pytest.fixture(scope="module")
def from_answers():
    return evalkit.open_study(HAND_MADE).tables("1")


@pytest.fixture(scope="module")
def from_counts():
    """The tables of the same ten as counts, as far as the file can be read."""
    study = evalkit.open_study(HAND_MADE).study
    path = HAND_MADE / "rounds/2/counts.csv"
    frame, _ = read_counts(path, "counts.csv", study.codebook, "2")
    counted = tallies(frame)
    wanted = [each for each in study.codebook.counted if each.kind != "option"]
    return {each.name: frequency(study.codebook, each, counted) for each in wanted}


def rows_of(found):
    return [(r.label.sv, r.value, r.status, r.n, r.percent, r.valid_percent) for r in found.rows]


def close(found, wanted):
    assert len(found) == len(wanted)
    for row, expected in zip(found, wanted, strict=True):
        assert row[:4] == expected[:4]
        assert row[4:] == pytest.approx(expected[4:], abs=1e-12)


@pytest.mark.parametrize("item", HAND)
def test_a_table_is_the_one_counted_by_hand(from_answers, item):
    bases, (mean, sd, median), rows = HAND[item]
    found = from_answers.items[item]
    assert found.bases == Bases(*bases)
    close(rows_of(found), rows)
    assert (found.mean, found.sd) == (pytest.approx(mean), pytest.approx(sd))
    assert found.median == median


@pytest.mark.parametrize("item", HAND)
def test_a_table_from_counts_is_the_same_as_from_answers(from_answers, from_counts, item):
    assert from_counts[item] == from_answers.items[item]


def test_the_hand_made_study_has_no_other_tables(from_answers):
    assert set(from_answers.items) == set(HAND)
    assert [part.item.name for part in from_answers.grids["q2"].parts] == ["q2a", "q2b"]
    # q2a, q2b and q5 have the same answers; q1 has its own.
    assert [[r.item.name for r in o.rows] for o in from_answers.overviews] == [["q2a", "q2b", "q5"]]


def test_the_response_rate_of_the_hand_made_study_is_ten_of_twelve(from_answers):
    assert from_answers.response == ResponseRate(10, 12)
    assert from_answers.response.rate == Share(10, 12, pytest.approx(1000 / 12))
    assert ResponseRate(10, None).rate is None


def test_nonresponse_is_of_those_asked(from_answers):
    found = {t.item.name: (s.n, s.base, s.percent) for t, s in from_answers.nonresponse.rows}
    assert found["q1"] == (3, 9, pytest.approx(100 / 3))  # refused, illegible, empty; one not asked
    assert found["q3"] == (2, 10, pytest.approx(20))
    assert found["q5"] == (10, 10, pytest.approx(100))
    assert found["q6"] == (0, 10, 0)


# Mean, sd and median against others

SOME = st.dictionaries(st.integers(-3, 11), st.integers(0, 40), min_size=1, max_size=8)


@given(SOME)
@settings(max_examples=150)
def test_mean_sd_and_median_are_those_of_numpy_statistics_and_statsmodels(numbers):
    found = table(numbers)
    answers = np.repeat(list(numbers), list(numbers.values()))
    if answers.size == 0:
        assert (found.mean, found.sd, found.median) == (None, None, None)
        return
    assert found.mean == pytest.approx(np.mean(answers), abs=1e-9)
    assert found.median == statistics.median(answers.tolist())
    if answers.size == 1:
        assert found.sd is None
        return
    assert found.sd == pytest.approx(np.std(answers, ddof=1), abs=1e-9)
    weighted = DescrStatsW(list(numbers), weights=list(numbers.values()), ddof=1)
    assert found.mean == pytest.approx(weighted.mean, abs=1e-9)
    assert found.sd == pytest.approx(weighted.std, abs=1e-9)


def test_large_codes_of_little_spread_keep_their_standard_deviation():
    """Where the sum of squares in floats loses every digit; 0.5 and 1 / √2 are exact."""
    found = table({10**9: 1, 10**9 + 1: 1})
    assert found.mean == 10**9 + 0.5
    assert found.sd == pytest.approx(math.sqrt(0.5), rel=1e-12)


def test_there_is_no_mean_without_opinions_and_no_sd_of_one():
    none = table({2: 0, 1: 0, "dont_know": 3, "no_answer": 2})
    assert (none.mean, none.sd, none.median) == (None, None, None)
    one = table({2: 1, 1: 0})
    assert (one.mean, one.sd, one.median) == (2.0, None, 2.0)


@pytest.mark.parametrize(
    ("kind", "mean", "wanted"),
    [
        ("likert", True, (1.5, 1.5)),
        ("likert", False, (None, 1.5)),
        ("ordinal", False, (None, 1.5)),
        ("nominal", False, (None, None)),
    ],
)
def test_mean_is_for_items_that_want_one_and_median_for_ordered_answers(kind, mean, wanted):
    found = table({2: 1, 1: 1}, kind=kind, mean=mean)
    assert (found.mean, found.median) == wanted


@pytest.mark.parametrize(
    ("numbers", "median", "between"),
    [
        ({3: 1, 2: 1, 1: 1}, 2.0, [2]),
        ({3: 2, 2: 2, 1: 0}, 2.5, [3, 2]),
        ({4: 2, 3: 0, 2: 0, 1: 2}, 2.5, [4, 1]),
        ({1: 3, 2: 3}, 1.5, [1, 2]),
        ({3: 1, 2: 0, 1: 2}, 1.0, [1]),
    ],
)
def test_the_median_names_its_answer_or_the_two_given_ones_around_it(numbers, median, between):
    found = table(numbers)
    assert found.median == median
    assert [row.value for row in found.median_rows] == between


# Bases and per cents

STATUSES = ["dont_know", "no_answer", "refused", "not_applicable", "not_asked", "invalid"]


@given(
    st.lists(st.integers(0, 30), min_size=3, max_size=3),
    st.dictionaries(st.sampled_from(STATUSES), st.integers(0, 30)),
)
@settings(max_examples=80)
def test_bases_and_per_cents_are_those_of_a_series_of_single_answers(numbers, missing):
    found = table({**dict(zip((3, 2, 1), numbers, strict=True)), **missing})
    people = [str(v) for v, n in zip((3, 2, 1), numbers, strict=True) for _ in range(n)]
    opinions = pd.Series(people, dtype="object")
    people += [status for status, n in missing.items() for _ in range(n)]
    answered = pd.Series(people, dtype="object")
    answered = answered[~answered.isin(["no_answer", "refused", "not_asked", "invalid"])]
    asked = [each for each in people if each != "not_asked"]
    assert found.bases == Bases(len(asked), len(answered), len(opinions))
    of_answered = answered.value_counts(normalize=True) * 100
    of_opinions = opinions.value_counts(normalize=True) * 100
    for row in found.rows:
        assert row.n == people.count(row.key)
        if row.status in ("no_answer", "refused", "not_asked", "invalid"):
            assert (row.percent, row.valid_percent) == (None, None)
            continue
        wanted = of_answered.get(row.key, 0.0) if len(answered) else None
        assert row.percent == pytest.approx(wanted)
        if row.status == "valid":
            wanted = of_opinions.get(row.key, 0.0) if len(opinions) else None
            assert row.valid_percent == pytest.approx(wanted)
        else:
            assert row.valid_percent is None


def test_answers_keep_the_declared_order_and_one_that_nobody_gave_is_a_row():
    answers = (
        Answer(1, Text("ett")),
        Answer(9, Text("vet ej"), "dont_know"),
        Answer(5, Text("fem")),
        Answer(3, Text("tre")),
    )
    found = table({1: 2, "no_answer": 1}, answers=answers)
    assert [row.key for row in found.rows] == ["1", "9", "5", "3", "no_answer"]
    assert [row.n for row in found.rows] == [2, 0, 0, 0, 1]
    assert [row.key for row in found.opinions] == ["1", "5", "3"]
    assert [row.key for row in found.apart] == ["9"]
    assert [row.key for row in found.unanswered] == ["no_answer"]


@pytest.mark.parametrize(
    ("codes", "positive", "sides"),
    [
        ((4, 3, 2, 1), "high", {4, 3}),
        ((4, 3, 2, 1), "low", {1, 2}),
        ((1, 2, 3, 4, 5), "high", {4, 5}),  # the middle of five belongs to neither
        ((5, 4, 3, 2, 1), "low", {1, 2}),
        ((3, 2, 1), "middle", {2}),
        ((2, 1), "high", {2}),
        ((4, 3, 2, 1), "", set()),
        ((4, 3, 2, 1), "middle", set()),
    ],
)
def test_the_positive_side_is_half_of_the_codes(codes, positive, sides):
    found = table(dict.fromkeys(codes, 1) | {"dont_know": 1}, positive=positive)
    assert {row.value for row in found.positive_rows} == sides
    if sides:
        base = len(codes) + 1
        assert found.positive == Share(len(sides), base, pytest.approx(100 * len(sides) / base))
    else:
        assert found.positive is None


def test_the_modes_are_all_the_commonest_opinions():
    assert [row.value for row in table({3: 2, 2: 2, 1: 1, "dont_know": 9}).modes] == [3, 2]
    assert table({3: 0, "dont_know": 9}).modes == ()


def test_rounded_per_cents_may_add_to_more_or_less_than_100():
    assert table({2: 1, 1: 7}).rounded_sum == 101  # 12.5 → 13 and 87.5 → 88
    assert table({3: 1, 2: 1, 1: 1}).rounded_sum == 99
    assert table({2: 1, 1: 1}).rounded_sum == 100


# Shares


def test_a_share_is_of_those_who_answered():
    found = table({3: 2, 2: 1, 1: 0, "dont_know": 1, "no_answer": 4})
    assert found.share(["3", "2"]) == Share(3, 4, 75.0)
    assert found.share(["dont_know"]) == Share(1, 4, 25.0)


def test_an_answer_that_there_is_not_is_named_with_the_nearest():
    with pytest.raises(EvalkitError, match=r'no answer "dont_now"\. Did you mean "dont_know"\?'):
        table({3: 2, "dont_know": 1}).share(["dont_now"])


def test_nobody_is_counted_twice_in_a_share():
    found = table({3: 2, 2: 1, 1: 1})
    with suppress(EvalkitError):  # to refuse it is as good
        assert found.share(["3", "3"]) == Share(2, 4, 50.0)


def test_a_share_of_no_answers_at_all_is_refused():
    """Otherwise a forgotten argument prints "none" as if it had been counted."""
    with pytest.raises(EvalkitError):
        table({3: 2, 2: 1, 1: 1}).share([])


def test_those_who_did_not_answer_are_no_share_of_those_who_did():
    found = table({3: 2, "no_answer": 4})
    with suppress(EvalkitError):  # to refuse it is as good
        assert found.share(["no_answer"]).percent is None


def test_options_that_overlap_cannot_be_added():
    found = evalkit.open_study(HAND_MADE).tables("1").items["q3"]
    assert found.share(["q3_a"]) == Share(4, 8, 50.0)
    with pytest.raises(EvalkitError, match="cannot be added"):
        found.share(["q3_a", "q3_b"])


# The frame


def test_the_frame_has_unrounded_figures_and_changing_it_changes_no_table(from_answers):
    found = from_answers.items["q1"]
    frame = found.frame()
    assert list(frame.columns) == ["value", "label", "status", "n", "percent", "valid_percent"]
    assert frame.loc["4", "percent"] == pytest.approx(200 / 6)
    assert math.isnan(frame.loc["no_answer", "percent"])
    assert frame["value"].isna().tolist() == [row.value is None for row in found.rows]
    frame.loc[:, "n"] = 99
    assert [row.n for row in found.rows] == [2, 1, 0, 1, 1, 1, 1, 1, 1, 1]


def test_working_out_tables_leaves_the_counts_as_they_were():
    workbook = evalkit.open_study(HAND_MADE)
    reading = workbook.round("1").reading
    frame = count(reading.responses, "1")
    copy = frame.copy(deep=True)
    counted = tallies(frame)
    frozen = {item: dict(given_counts) for item, given_counts in counted.items()}
    for item in workbook.study.codebook.counted:
        if item.kind != "option":
            frequency(workbook.study.codebook, item, counted)
    pd.testing.assert_frame_equal(frame, copy)
    assert counted == frozen
