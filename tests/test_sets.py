"""Multiple response sets: bases, sets of which only ticks are known, combinations."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

import evalkit
from evalkit.analysis.combinations import combinations
from evalkit.analysis.frequency import frequency, tallies
from evalkit.analysis.tables import declared_tables
from evalkit.codebook import Answer, Codebook, Item, Scale, Text
from evalkit.counts import count, read_counts
from evalkit.errors import EvalkitError
from evalkit.intake import Level, Responses, read_export
from evalkit.present import charts, sentences, tables
from evalkit.present.combined import alt_combinations, letters
from evalkit.present.sentences import whom
from evalkit.release import Released, Rule, opened, release

UNKNOWN = Answer(9, Text("Vet ej"), "dont_know")
BOTH = Scale("k", (Answer(1, Text("Ja")), Answer(0, Text("Nej")), UNKNOWN))
SINGLE = Scale("s", (Answer(2, Text("Bra")), Answer(1, Text("Dåligt"))))
NB = "\u00a0"
TICKED = "kryssat minst ett svar"
MUNICIPALITIES = Text("kommuner", "municipalities")


def book(base="", options="ab"):
    items = [Item("m", "multiple", Text("Vad?", "What?"), number="1", base=base)]
    items += [Item(f"m_{o}", "option", Text(o.upper()), o, part_of="m", scale="k") for o in options]
    items.append(Item("q", "nominal", Text("q"), "q", number="2", scale="s"))
    return Codebook({each.name: each for each in items}, {"k": BOTH, "s": SINGLE}, {})


# Ten respondents: four ticked a (one of them b too), one b alone, two ticked none, one does not
# know, two left all empty. So asked 10, answered 8, ticked 5.
EXPORT = """a;b;q
Ja;Nej;Bra
Ja;Nej;Bra
Ja;Nej;Bra
Ja;Ja;Bra
Nej;Ja;Bra
Nej;Nej;Bra
Nej;Nej;Dåligt
Vet ej;Vet ej;Dåligt
;;Dåligt
;;Dåligt
"""


def responses(tmp_path, codebook, text=EXPORT):
    (tmp_path / "x.csv").write_text(text, "utf-8")
    reading = read_export(tmp_path / "x.csv", "x.csv", codebook)
    assert reading.problems == ()
    return reading.responses


def table_of(tmp_path, base, respondents=None):
    codebook = book(base)
    counted = tallies(count(responses(tmp_path, codebook), "r"))
    return frequency(codebook, codebook.items["m"], counted, respondents or Text())


def test_the_counts_tell_who_ticked_and_who_answered_without_a_tick(tmp_path):
    counted = tallies(count(responses(tmp_path, book()), "r"))["m"]
    assert {level: n for level, n in counted.items() if n} == {
        Level(1, "valid"): 5,
        Level(0, "valid"): 2,
        Level(None, "dont_know"): 1,
        Level(None, "no_answer"): 2,
    }
    assert sum(counted.values()) == 10


@pytest.mark.parametrize(
    ("base", "number", "percent_a", "dont_know", "no_answer"),
    [
        ("", 8, 50.0, 12.5, None),
        ("answered", 8, 50.0, 12.5, None),
        ("asked", 10, 40.0, 10.0, 20.0),
        ("ticked", 5, 80.0, None, None),
    ],
)
def test_per_cents_are_of_the_base_that_the_codebook_names(
    tmp_path, base, number, percent_a, dont_know, no_answer
):
    table = table_of(tmp_path, base)
    assert (table.base, table.ticked, table.unticked) == (number, 5, 2)
    assert (table.bases.asked, table.bases.answered, table.bases.valid) == (10, 8, 7)
    rows = {row.key: row for row in table.rows}
    assert rows["m_a"].percent == percent_a
    assert rows["m_b"].n == 2
    assert rows["dont_know"].percent == dont_know
    assert rows["no_answer"].percent == no_answer
    assert table.share(["m_a"]).base == number
    if base == "ticked":
        with pytest.raises(EvalkitError, match="no share of those who ticked"):
            table.share(["dont_know"])


@pytest.mark.parametrize(
    ("base", "caption", "row"),
    [
        ("", "Tabell 1. Vad? (antal respondenter = 8)", "Antal respondenter"),
        (
            "asked",
            "Tabell 1. Vad? – procent av dem som fick frågan (antal som fick frågan = 10)",
            "Antal som fick frågan",
        ),
        (
            "ticked",
            f"Tabell 1. Vad? – procent av dem som {TICKED} (antal som {TICKED} = 5)",
            "Antal som kryssat minst ett svar",
        ),
    ],
)
def test_the_table_names_its_base(tmp_path, base, caption, row):
    table = table_of(tmp_path, base)
    released = Released(table, Rule("internal", 1), table.item, "1")
    soup = BeautifulSoup(tables.frequency_table(released, "sv"), "html.parser")
    assert soup.caption.text.replace(NB, " ") == caption
    summary = [[c.text for c in each("th") + each("td")] for each in soup(class_="summary")]
    assert summary[0][:2] == [row, str(table.base)]
    assert summary[1][:2] == ["Svarade utan att kryssa något", "2"]
    assert "dem som fick" in charts.bar_chart(released, "sv") or base != "asked"
    assert ".." not in charts.bar_chart(released, "sv")


def test_the_bars_of_those_who_ticked_leave_out_who_did_not_know(tmp_path):
    table = table_of(tmp_path, "ticked")
    released = Released(table, Rule("internal", 1), table.item, "1")
    assert sentences.bars_text(table, "sv") == "A 80\u00a0%, B 40\u00a0%"
    assert "Vet ej" not in sentences.sentences(released, "sv")


@pytest.mark.parametrize(
    ("base", "name", "sv", "en"),
    [
        ("units", "kommuner", "de 10 kommunerna", "the 10 kommuner"),
        ("units", "regionala ledare", "alla 10 regionala ledare", "the 10 regionala ledare"),
        ("units", "lärare", "alla 10 lärare", "the 10 lärare"),
        ("units", "skolor", "de 10 skolorna", "the 10 skolor"),
        ("units", "", "de 10 enheterna", "the 10 units"),
        ("answered", "kommuner", "de 8 kommuner som svarat", "the 8 kommuner that answered"),
        ("asked", "kommuner", "de 10 kommuner som fick frågan", "the 10 kommuner that were asked"),
        ("answered", "", "dem som svarat", "those who answered"),
    ],
)
def test_whom_the_per_cents_are_of(tmp_path, base, name, sv, en):
    table = replace(table_of(tmp_path, "answered"), respondents=Text(name))
    table = replace(table, item=replace(table.item, base=base))
    assert whom(table, "sv") == sv
    assert whom(table, "en") == en


def test_a_set_is_withheld_by_those_whom_its_figures_are_about(tmp_path):
    """Five ticked, eight answered, ten were asked."""
    for base, least_shown in (("ticked", 5), ("answered", 8), ("asked", 8)):
        codebook = book(base)
        counted = count(responses(tmp_path, codebook), "r")
        for least, shown in ((least_shown, True), (least_shown + 1, False)):
            found = release(declared_tables(codebook, counted, None), Rule("published", least))
            assert (found.items["m"].content is not None) == shown, (base, least)


# Only ticks and the number of units


def read(tmp_path, *rows, codebook, units=None):
    (tmp_path / "c.csv").write_text("\n".join(["item,value,status,n", *rows]) + "\n", "utf-8")
    return read_counts(tmp_path / "c.csv", "c.csv", codebook, "r", units)


def test_the_rest_of_the_units_have_not_ticked(tmp_path):
    codebook = book("units")
    rows = ("q,2,valid,6", "q,1,valid,4", "q,,no_answer,1", "m_a,1,valid,7", "m_b,1,valid,0")
    counts, problems = read(tmp_path, *rows, codebook=codebook)
    assert problems == ()
    found = tallies(counts)
    assert "m" not in found
    assert found["m_a"][Level(1, "valid")] == 7
    assert found["m_a"][Level(0, "valid")] == 4
    assert found["m_b"][Level(0, "valid")] == 11
    table = frequency(codebook, codebook.items["m"], found, MUNICIPALITIES)
    assert table.base == 11
    assert not table.answered_known
    assert [(row.key, row.n) for row in table.rows] == [("m_a", 7), ("m_b", 0)]


def test_the_number_of_units_may_be_told_by_the_study_alone(tmp_path):
    codebook = book("units")
    del codebook.items["q"]
    counts, problems = read(tmp_path, "m_a,1,valid,7", codebook=codebook, units=12)
    assert problems == ()
    assert tallies(counts)["m_a"][Level(0, "valid")] == 5
    assert tallies(counts)["m_b"][Level(0, "valid")] == 12
    _, problems = read(tmp_path, "m_a,1,valid,7", codebook=codebook)
    assert "How many units m was put to is not known." in [each.message for each in problems]


def test_more_ticks_than_units_are_reported(tmp_path):
    _, problems = read(tmp_path, "q,2,valid,6", "m_a,1,valid,7", codebook=book("units"))
    assert "7 have ticked m_a, and there are 6." in [each.message for each in problems]


def test_counts_of_units_that_were_written_are_read_again(tmp_path):
    codebook = book("units")
    first, _ = read(tmp_path, "q,2,valid,9", "m_a,1,valid,7", codebook=codebook)
    rows = first[["item", "value", "status", "n"]].to_csv(index=False).splitlines()[1:]
    again, problems = read(tmp_path, *rows, codebook=codebook)
    assert problems == ()
    assert first.equals(again)


def test_table_note_and_nonresponse_say_that_who_answered_is_not_known(tmp_path):
    codebook = book("units")
    counts, _ = read(tmp_path, "q,2,valid,9", "m_a,1,valid,7", codebook=codebook)
    true = declared_tables(codebook, counts, 12, 9, respondents=MUNICIPALITIES)
    found = release(true, Rule("published", 5))
    html = tables.frequency_table(found.items["m"], "sv")
    soup = BeautifulSoup(html, "html.parser")
    assert soup.caption.text.replace(NB, " ") == (
        "Tabell 1. Vad? – procent av de 9 kommunerna (antal kommuner = 9)"
    )
    assert [e.text for e in soup(class_="summary")[-1]] == ["Besvarade frågan", "inte känt"]
    [row, _] = found.nonresponse.content
    assert (row.asked, row.answered, row.missing) == (9, None, None)
    assert tables.nonresponse_table(found.nonresponse, "9", "en").count("not known") == 3
    assert "Per cent" not in sentences.sentences(found.items["m"], "en")
    assert tables.nonresponse_csv(found.nonresponse, "sv").splitlines()[1] == (
        "1;Vad?;9;inte känt;inte känt;inte känt"
    )


def test_a_set_of_ticks_alone_can_be_read_from_responses_too(tmp_path):
    codebook = book("units")
    given_responses = responses(tmp_path, codebook)
    assert "m" not in given_responses.codes
    table = frequency(codebook, codebook.items["m"], tallies(count(given_responses, "r")))
    assert (table.base, table.rows[0].n) == (10, 4)


# Combinations


def test_combinations_counted_by_hand(tmp_path):
    codebook = book()
    found = combinations(codebook, codebook.items["m"], responses(tmp_path, codebook))
    assert found.base == 5
    rows = [("+".join(o.name for o in each.options), each.share.n) for each in found.rows]
    assert rows == [("m_a", 3), ("m_a+m_b", 1), ("m_b", 1)]


def made(ticks):
    """Responses from rows of ticks, and their codebook."""
    options = [f"o{at}" for at in range(ticks.shape[1])]
    items = [Item("m", "multiple", Text("m"), number="1")]
    items += [Item(name, "option", Text(name), name, part_of="m", scale="k") for name in options]
    codebook = Codebook({each.name: each for each in items}, {"k": BOTH}, {})
    levels = (Level(0, "valid"), Level(1, "valid"))
    codes = {name: ticks[:, at].astype(np.int16) for at, name in enumerate(options)}
    return codebook, Responses(len(ticks), codes, dict.fromkeys(options, levels))


@pytest.mark.parametrize("options", [1, 5, 62, 63, 70])
def test_combinations_are_those_of_counter_however_many_options_there_are(options):
    ticks = np.random.default_rng(options).random((200, options)) < 1.5 / options
    codebook, given_responses = made(ticks)
    found = combinations(codebook, codebook.items["m"], given_responses)
    wanted = Counter(
        tuple(f"o{at}" for at in np.flatnonzero(row).tolist()) for row in ticks if row.any()
    )
    assert {tuple(o.name for o in each.options): each.share.n for each in found.rows} == wanted
    numbers = [each.share.n for each in found.rows]
    assert numbers == sorted(numbers, reverse=True)
    assert sum(numbers) == found.base == int(ticks.any(axis=1).sum())


@given(
    st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=80),
    st.integers(1, 9),
)
@settings(max_examples=80)
def test_what_is_released_of_combinations_cannot_be_subtracted(rows, least):
    codebook, given_responses = made(np.array(rows))
    true = combinations(codebook, codebook.items["m"], given_responses)
    shown = true.shortened(12, least)
    pooled = shown.pooled_share.n if shown.pooled_share else 0
    assert sum(each.share.n for each in shown.rows) + pooled == true.base
    assert len(shown.rows) + shown.pooled == len(true.rows)
    assert len(shown.rows) <= 12
    assert all(each.share.n >= least for each in shown.rows)
    assert shown.rows == true.rows[: len(shown.rows)]
    assert pooled == 0 or pooled >= least or not shown.rows
    assert (shown.pooled == 0) == (pooled == 0)


def test_the_smallest_row_is_pooled_too_where_the_others_are_too_few():
    """Ticks: a seven times, b six times, a and b twice: the two could be had by subtraction."""
    ticks = np.array([[1, 0]] * 7 + [[0, 1]] * 6 + [[1, 1]] * 2)
    codebook, given_responses = made(ticks)
    true = combinations(codebook, codebook.items["m"], given_responses)
    shown = true.shortened(12, 5)
    assert [each.share.n for each in shown.rows] == [7]
    assert (shown.pooled, shown.pooled_share.n) == (2, 8)


def released_combinations(ticks, rule):
    codebook, given_responses = made(ticks)
    counts = count(given_responses, "r")
    whole = {"item": "m", "value": 1, "status": "valid", "n": int(ticks.any(axis=1).sum())}
    counts.loc[len(counts)] = {"round": "r", "unit": "all", **whole}
    true = declared_tables(codebook, counts, None, responses=given_responses)
    return release(true, rule).combinations["m"]


def test_the_internal_edition_shows_twelve_and_the_others():
    rows = [list(each) for each in itertools.product([0, 1], repeat=4)]
    shown = opened(released_combinations(np.array(rows), Rule("internal", 5)))
    assert len(shown.rows) == 12
    assert (shown.pooled, shown.pooled_share.n) == (3, 3)


def test_nothing_is_shown_where_no_combination_is_frequent_enough():
    rows = np.array([list(each) for each in itertools.product([0, 1], repeat=3)])
    found = released_combinations(rows, Rule("published", 5))
    assert found.content is None
    assert tables.combinations_table(found, "sv") == charts.upset_chart(found, "sv") == ""
    assert tables.combinations_csv(found, "sv") == alt_combinations(found, "sv") == ""


def test_the_plot_has_a_dot_an_option_a_bar_a_row_and_all_of_it_in_words():
    ticks = np.array([[1, 0, 0]] * 7 + [[1, 0, 1]] * 6 + [[0, 1, 1]] * 5 + [[1, 1, 1]] * 5)
    found = released_combinations(ticks, Rule("published", 5))
    soup = BeautifulSoup(charts.upset_chart(found, "sv"), "html.parser")
    assert [each.text for each in soup.ul("li")] == ["A o0", "B o1", "C o2"]
    drawn = [each.text for each in soup.svg("text")]
    assert drawn == ["A", "B", "C", "7", "6", "5", "5"]
    label = soup.svg["aria-label"]
    assert label.startswith("Liggande stapeldiagram med punkter (UpSet-diagram)")
    assert "enbart ”o0” 7, ”o0” + ”o2” 6, ”o0” + ”o1” + ”o2” 5, ”o1” + ”o2” 5" in label
    assert soup.figcaption.text.replace(NB, " ").endswith("(antal som kryssat minst ett svar = 23)")
    rows = BeautifulSoup(tables.combinations_table(found, "en"), "html.parser")("tr")
    assert [each.text for each in rows[1]] == ["Only o0", "7", "30%"]
    assert [each.text for each in rows[-1]][:2] == ["Number who ticked at least one answer", "23"]


def test_options_have_letters_also_beyond_the_alphabet():
    codebook, given_responses = made(np.ones((1, 28)))
    found = combinations(codebook, codebook.items["m"], given_responses)
    assert letters(found)[:2] == ("A", "B")
    assert letters(found)[25:] == ("Z", "AA", "AB")


def test_a_reconstructed_study_and_one_of_counts_have_no_combinations():
    for name in ("bou-2012", "bou-2012-counts"):
        assert evalkit.open_study(name).tables().combinations == {}
