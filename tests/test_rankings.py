"""Rankings by respondents and the priority order of one body: reading, counting, showing."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

import evalkit
from evalkit.analysis.frequency import tallies
from evalkit.analysis.ranking import ranking
from evalkit.analysis.tables import declared_tables
from evalkit.codebook import Answer, Codebook, Item, Scale, Text
from evalkit.counts import add, count, read_counts
from evalkit.intake import Level, place, read_export
from evalkit.intake.export import Column, Export
from evalkit.intake.ranks import ties_and_gaps
from evalkit.present import charts, ranked, tables
from evalkit.release import Released, Rule, release

LABELS = ("Tid", "Pengar", "Tid, pengar och stöd")
SCALE = Scale("r", (Answer(1, Text("Först")), Answer(99, Text("Vet ej"), "dont_know")))


def book(column="", kind="ranking", labels=LABELS, scale=""):
    items = [Item("q", kind, Text("Rangordna", "Rank"), column, "1", scale=scale)]
    items += [
        Item(f"q_{at}", "ranked", Text(label), "" if column else label, part_of="q", scale=scale)
        for at, label in enumerate(labels)
    ]
    return Codebook({each.name: each for each in items}, {"r": SCALE}, {})


def read(tmp_path, text, codebook):
    (tmp_path / "x.csv").write_text(text, "utf-8")
    return read_export(tmp_path / "x.csv", "x.csv", codebook)


def answers(reading, item):
    levels = reading.responses.levels[item]
    return [levels[code] for code in reading.responses.codes[item]]


def ranks(reading):
    """Rank, 0 or status of each option, a row a respondent."""
    columns = [answers(reading, f"q_{at}") for at in range(len(LABELS))]
    return [
        tuple(level.value if level.status == "valid" else level.status for level in row)
        for row in zip(*columns, strict=True)
    ]


NONE = ("no_answer",) * 3
# Ranked whole, ranked two, nothing, ranked one, whole.
WANTED = [(1, 2, 3), (2, 0, 1), NONE, (0, 1, 0), (3, 1, 2)]

LAYOUTS = {
    "a column an option": (
        "",
        "Tid;Pengar;Tid, pengar och stöd\n1;2;3\n2;;1\n;;\n;1.0;\n3;1;2,0\n",
    ),
    "joined": (
        "F",
        """F
"Tid;Pengar;Tid, pengar och stöd"
"Tid, pengar och stöd;Tid"
""
Pengar
"Pengar,Tid, pengar och stöd,Tid"
""",
    ),
    "a column a rank": (
        "Q10[*]",
        """Q10[1];Q10[2];Q10[3]
Tid;Pengar;Tid, pengar och stöd
tid, pengar och stöd;Tid;
;;
Pengar;;
Pengar;Tid, pengar och stöd;Tid
""",
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_layout_is_read_to_the_same_ranks(tmp_path, layout):
    column, text = LAYOUTS[layout]
    reading = read(tmp_path, f"nr;{text}".replace("\n", "\nx;").removesuffix("x;"), with_id(column))
    assert [str(each) for each in reading.problems if each.severity == "error"] == []
    assert reading.left_out == ()
    assert ranks(reading) == WANTED
    own = answers(reading, "q")
    assert own == [Level(1, "valid"), Level(1, "valid"), Level(None, "no_answer"),
                   Level(1, "valid"), Level(1, "valid")]  # fmt: skip


def with_id(column):
    codebook = book(column)
    codebook.items["nr"] = Item("nr", "id", column="nr")
    return codebook


@pytest.mark.parametrize("cell", ["0", "4", "1.5", "-1", "ett", "1;2"])
def test_what_is_no_rank_is_reported_with_row_and_column(tmp_path, cell):
    text = f'Tid;Pengar;Tid, pengar och stöd\n1;2;3\n"{cell}";1;2\n'
    [problem] = read(tmp_path, text, book()).problems
    assert (problem.file, problem.row, problem.column) == ("x.csv", 3, "Tid")
    assert problem.message == f'"{cell}" is no rank of q_0.'
    assert "from 1 to 3" in problem.fix


@pytest.mark.parametrize(
    ("column", "text", "row", "heading", "message"),
    [
        ("F", 'F\nTid\n"Tid;Tid"\n', 3, "F", '"Tid" stands there twice'),
        ("F", 'F\nTid\n"Tid;Hopp"\n', 3, "F", '"Hopp" is not an option of q.'),
        ("R*", "R1;R2\nTid;Tid\n", 2, "R2", '"Tid" stands there twice'),
        ("R*", "R1;R2\nTid;Hopp\n", 2, "R2", '"Hopp" is not an option of q.'),
        ("R*", "R1;R3\nTid;Pengar\n", 1, "R2", "The column is missing."),
        ("R*", "R1;R4\nTid;Pengar\n", 1, "R4", "q has 3 options and no rank 4."),
        ("R*", "S1;S2\nTid;Pengar\n", 1, "R*", "The column is missing."),
    ],
)
def test_what_cannot_be_placed_is_reported(tmp_path, column, text, row, heading, message):
    problems = read(tmp_path, text, book(column)).problems
    found = [each for each in problems if each.severity == "error"]
    assert (row, heading) in [(each.row, each.column) for each in found]
    assert any(each.message.startswith(message) for each in found)


def test_a_ranking_of_only_the_first_ranks_needs_no_columns_for_the_others(tmp_path):
    reading = read(tmp_path, "R1;R2\nTid;Pengar\nPengar;\n", book("R*"))
    assert reading.problems == ()
    assert ranks(reading) == [(1, 2, 0), (0, 1, 0)]


def test_a_heading_that_has_a_star_of_its_own_is_one_column(tmp_path):
    reading = read(tmp_path, 'Rangordna *\n"Tid;Pengar"\n', book("Rangordna *"))
    assert ranks(reading) == [(1, 2, 0)]


@pytest.mark.parametrize("column", ["", "F", "R*"])
def test_an_answer_of_the_scale_that_is_no_opinion_is_kept_apart(tmp_path, column):
    texts = {
        "": "Tid;Pengar;Tid, pengar och stöd\nVet ej;99;Vet ej\nFörst;;\n",
        "F": "F\nVet ej\nTid\n",
        "R*": "R1;R2\nVet ej;\nTid;\n",
    }
    reading = read(tmp_path, texts[column], book(column, scale="r"))
    assert reading.problems == ()
    unknown = ("dont_know",) * 3
    assert ranks(reading) == [unknown, (1, 0, 0)]
    assert answers(reading, "q") == [Level(None, "dont_know"), Level(1, "valid")]


def test_what_was_not_shown_is_not_asked():
    for column, cells in (("", 3), ("F", 1), ("R*", 2)):
        headings = {"": LABELS, "F": ("F",), "R*": ("R1", "R2")}[column]
        given_cells = [(None, "Tid" if column and at == 0 else "") for at in range(cells)]
        columns = [Column(h, c) for h, c in zip(headings, given_cells, strict=True)]
        reading = place(Export("x", "plain", tuple(columns), (2, 3)), book(column))
        assert ranks(reading)[0] == ("not_asked",) * 3
        assert answers(reading, "q")[0] == Level(None, "not_asked")


def test_codes_with_labels_in_the_file_are_options():
    labels = {"A1": "Tid", "A2": "Pengar"}
    columns = (Column("R1", ("A2", "A1"), labels=labels), Column("R2", ("A1", ""), labels=labels))
    reading = place(Export("x", "limesurvey", columns, (2, 3)), book("R*"))
    assert reading.problems == ()
    assert ranks(reading) == [(2, 1, 0), (1, 0, 0)]


# Ties and gaps


@pytest.mark.parametrize(
    ("row", "ties", "gaps"),
    [
        ((1, 2, 3, 4), False, False),
        ((4, 1, 3, 2), False, False),
        ((1, 2, 0, 0), False, False),  # ranked only two
        ((1, 2, 2, 4), True, False),  # counted on past the tie
        ((1, 2, 2, 3), True, False),
        ((1, 1, 1, 1), True, False),
        ((1, 1, 3, 4), True, False),
        ((1, 2, 4, 0), False, True),
        ((2, 3, 4, 0), False, True),  # nobody's first
        ((1, 3, 3, 4), True, True),
        ((1, 1, 4, 0), True, True),
        ((0, 0, 0, 0), False, False),
    ],
)
def test_ties_and_gaps_by_hand(row, ties, gaps):
    found = ties_and_gaps(np.array([row], np.int16))
    assert (bool(found[0][0]), bool(found[1][0])) == (ties, gaps)


scores = st.lists(st.integers(0, 5), min_size=1, max_size=6)


@given(scores)
@settings(max_examples=150)
def test_ranks_as_scipy_gives_them_after_ties_have_no_gap(numbers):
    tied = len(set(numbers)) < len(numbers)
    for method, gap in (("min", False), ("dense", False), ("max", tied)):
        found = np.array([rankdata(numbers, method=method)], np.int16)
        ties, gaps = ties_and_gaps(found)
        assert bool(ties[0]) == tied
        if method == "max":  # the worse rank of those that share: the better ones are passed over
            assert bool(gaps[0]) == gap
        else:
            assert not gaps[0]


# Counts


@st.composite
def matrices(draw):
    options = draw(st.integers(1, 5))
    row = st.lists(st.integers(0, options), min_size=options, max_size=options)
    return draw(st.lists(row, min_size=1, max_size=25))


def from_matrix(matrix):
    labels = tuple(f"o{at}" for at in range(len(matrix[0])))
    codebook = book(labels=labels)
    columns = tuple(
        Column(label, tuple(str(row[at] or "") for row in matrix))
        for at, label in enumerate(labels)
    )
    export = Export("x", "plain", columns, tuple(range(2, len(matrix) + 2)))
    return codebook, place(export, codebook)


@given(matrices())
@settings(max_examples=80)
def test_options_and_the_ranking_itself_add_to_the_respondents(matrix):
    codebook, reading = from_matrix(matrix)
    assert reading.problems == ()
    counted = tallies(count(reading.responses, "r"))
    assert {sum(each.values()) for each in counted.values()} == {len(matrix)}
    ranked_any = sum(any(row) for row in matrix)
    assert sum(counted["q"][Level(kind, "valid")] for kind in (1, 2, 3, 4)) == ranked_any
    table = ranking(codebook, codebook.items["q"], counted)
    for at, option in enumerate(table.options):
        given_ranks = [row[at] for row in matrix if row[at]]
        times = Counter(given_ranks)
        assert [each.n for each in option.ranks] == [times[r + 1] for r in range(len(matrix[0]))]
        assert option.ranked == len(given_ranks)
        assert option.unranked.n == ranked_any - len(given_ranks)
        assert option.mean == (pytest.approx(np.mean(given_ranks)) if given_ranks else None)
        if ranked_any:
            total = sum(each.percent for each in (*option.ranks, option.unranked))
            assert total == pytest.approx(100)


@given(matrices())
@settings(max_examples=30)
def test_counts_that_were_written_are_read_again(tmp_path_factory, matrix):
    codebook, reading = from_matrix(matrix)
    counted = count(reading.responses, "r")
    path = tmp_path_factory.mktemp("counts") / "c.csv"
    counted[["item", "value", "status", "n"]].to_csv(path, index=False)
    again, problems = read_counts(path, "c.csv", codebook, "r")
    assert [str(each) for each in problems] == []
    assert tallies(again) == tallies(counted)


# Eleven respondents: hand counts below.
ROWS = """Tid;Pengar;Tid, pengar och stöd
1;2;3
1;2;3
1;2;3
2;1;3
1;1;3
1;3;
1;;
3;1;1
;1;
;;
;;
"""


@pytest.fixture
def shown(tmp_path):
    codebook = book()
    reading = read(tmp_path, ROWS, codebook)
    tables_ = declared_tables(codebook, count(reading.responses, "r"), 20)
    return release(tables_, Rule("published", 5)).rankings["q"]


def test_a_ranking_counted_by_hand(shown):
    """Nine ranked: Tid 1 six times, 2 once, 3 once; ties in rows 5 and 8; a gap in row 6."""
    table = shown.content
    assert (table.bases.asked, table.bases.answered, table.base) == (11, 9, 9)
    tid, pengar, alla = table.options
    assert [each.n for each in tid.ranks] == [6, 1, 1]
    assert (tid.ranked, tid.unranked.n) == (8, 1)
    assert tid.mean == 11 / 8
    assert [each.n for each in pengar.ranks] == [4, 3, 1]
    assert pengar.mean == 13 / 8
    assert [each.n for each in alla.ranks] == [1, 0, 5]
    assert alla.mean == 16 / 6
    assert (table.ties, table.gaps) == (2, 1)
    assert [each.item.name for group in table.by_mean for each in group] == ["q_0", "q_1", "q_2"]


def test_the_table_the_sentence_and_the_chart_of_a_ranking(shown):
    soup = BeautifulSoup(tables.ranking_table(shown, "sv"), "html.parser")
    rows = [[cell.text for cell in row] for row in soup("tr")]
    nb = "\u00a0"
    assert rows[0] == [
        "Alternativ", "Rang 1", "Rang 2", "Rang 3", "Utan rang", "Rangordnat av", "Medelrang",
    ]  # fmt: skip
    assert rows[1] == ["Tid", f"67{nb}%", f"11{nb}%", f"11{nb}%", f"11{nb}%", "8", "1,38"]
    assert [(row[0], row[2]) for row in rows[4:]] == [
        ("Inget svar", "2"),
        ("Antal som rangordnat", "9"),
        ("Gav flera alternativ samma rang", "2"),
        ("Hoppade över en rang", "1"),
    ]
    assert soup.caption.text.endswith(f"(antal som rangordnat{nb}={nb}9)")
    assert ranked.ranking_sentences(shown, "sv") == (
        "Ordnade efter medelrang: ”Tid” (1,38), ”Pengar” (1,63) och ”Tid, pengar och stöd” (2,67). "
        "Två av 9 har gett flera alternativ samma rang. En av 9 har hoppat över en rang. "
        "Två av 11 har inte besvarat frågan."
    )
    assert "passed over a rank" in ranked.ranking_sentences(shown, "en")
    chart = BeautifulSoup(charts.ranking_chart(shown, "sv"), "html.parser")
    key = [each.text for each in chart.ul("li")]
    assert key == ["Rang 1", "Rang 2", "Rang 3", "Utan rang"]
    assert chart.svg["aria-label"].startswith("Liggande staplat diagram till 100 procent")
    assert "Tid 8, Pengar 8, Tid, pengar och stöd 6" in chart.svg["aria-label"]
    lines = tables.ranking_csv(shown, "en").splitlines()
    assert lines[0] == "option,rank,count,percent,base,ranked by,mean rank"
    assert lines[1] == "Tid,1,6,66.6667,9,8,1.375"
    assert len(lines) == 1 + 3 * 4


def test_a_ranking_of_few_is_replaced_with_everything_about_it(tmp_path):
    codebook = book()
    reading = read(tmp_path, ROWS, codebook)
    true = declared_tables(codebook, count(reading.responses, "r"), 20)
    found = release(true, Rule("published", 10))
    hidden = found.rankings["q"]
    assert hidden.content is None
    assert found.of(codebook.items["q"]) is hidden
    assert tables.ranking_table(hidden, "sv") == tables.ranking_csv(hidden, "sv") == ""
    assert charts.ranking_chart(hidden, "sv") == ranked.ranking_sentences(hidden, "sv") == ""
    [row] = found.nonresponse.content
    assert (row.asked, row.answered) == (None, None)


# The order of one body

ORDER = ("q_0,3,valid,1", "q_1,1,valid,1", "q_2,1,valid,1")


def read_order(tmp_path, *rows, codebook=None):
    (tmp_path / "c.csv").write_text("\n".join(["item,value,status,n", *rows]) + "\n")
    return read_counts(tmp_path / "c.csv", "c.csv", codebook or book(kind="priority"), "r")


def test_the_order_of_one_body_is_no_answer_of_respondents(tmp_path):
    codebook = book(kind="priority")
    codebook.items["s"] = Item("s", "nominal", Text("s"), "s", "2", scale="r")
    counts, problems = read_order(tmp_path, *ORDER, "s,1,valid,9", codebook=codebook)
    assert problems == ()
    assert tallies(counts)["q"][Level(2, "valid")] == 1  # with ties, without gaps
    found = release(declared_tables(codebook, counts, 12), Rule("published", 5))
    table = found.rankings["q"].content
    assert table.one_order
    assert [(rank, len(options)) for rank, options in table.in_order] == [(1, 2), (3, 1)]
    assert [row.item.name for row in found.nonresponse.content] == ["s"]
    assert found.response.content.responded == 9


def test_an_order_that_is_not_whole_is_reported(tmp_path):
    _, problems = read_order(tmp_path, *ORDER[:2])
    assert "The counts of q_2 add to 0, those of other items to 1." in [p.message for p in problems]


def test_the_orders_of_several_bodies_are_added(tmp_path):
    codebook = book(kind="priority")
    one, _ = read_order(tmp_path, *ORDER)
    other, _ = read_order(tmp_path, "q_0,1,valid,1", "q_1,2,valid,1", "q_2,0,valid,1")
    table = ranking(codebook, codebook.items["q"], tallies(add(one, other)))
    assert not table.one_order
    assert (table.base, table.ties) == (2, 1)
    assert [each.mean for each in table.options] == [2.0, 1.5, 1.0]
    released = Released(table, Rule("published", 5), table.item, "1")
    text = ranked.ranking_sentences(released, "sv")
    assert text.startswith("Ordningar från 2 håll är sammanlagda.")


def test_fyrbodals_order_is_shown_as_it_was_given_with_its_tie():
    report = evalkit.open_study("fyrbodal-2011").report()
    html = report.item(report.study.codebook.item("q10")).html
    rows = [[c.text for c in row] for row in BeautifulSoup(html, "html.parser").table("tr")][1:]
    assert rows == [
        ["1", "Brukarmedverkan"],
        ["2", "Personalens beprövade erfarenhet"],
        ["3", "Basuppgifter för systematisk uppföljning"],
        ["4", "Uppföljning av resultat av HVB"],
        ["4", "Uppföljning av resultat av familjehem"],
        ["6", "Individuell uppföljning som grund"],
        ["Utan rang", "Annat"],
    ]
    assert "<svg" not in html
    shared = "”Uppföljning av resultat av HVB” och ”Uppföljning av resultat av familjehem”"
    assert f"{shared} delar rang 4" in html


def test_a_narrative_can_tell_a_rank_and_a_mean_rank(tmp_path):
    from evalkit.workbook.narrative import Figures

    report = evalkit.open_study("fyrbodal-2011").report()
    figures = Figures(report.study, "2011", report.released, "sv").functions()
    assert figures["rank"]("q10", "q10_hvb") == "4"
    assert figures["rank"]("q10", "q10_annat") == "–"
    codebook = book()
    reading = read(tmp_path, ROWS, codebook)
    true = declared_tables(codebook, count(reading.responses, "r"), 20)
    for least, text in ((5, "1,38"), (10, "[visas inte]")):
        found = release(true, Rule("published", least))
        figures = Figures(report.study, "2011", found, "sv").functions()
        assert figures["mean_rank"]("q", "q_0") == text


def test_python_gives_a_ranking_as_a_frame():
    study = evalkit.open_study("fyrbodal-2011")
    frame = study.ranking("q10")
    assert frame.loc["q10_brukare", "1"] == 1
    assert frame.loc["q10_hvb", "mean"] == 4
    with pytest.raises(evalkit.EvalkitError, match="no ranking"):
        study.ranking("q1")
    with pytest.raises(evalkit.EvalkitError, match=r"ranking\('q10'\)"):
        study.frequency("q10")


anything = st.lists(
    st.one_of(
        st.none(), st.sampled_from(("", "1", "Tid", "Tid;Pengar", "99")), st.text(max_size=8)
    ),
    min_size=3,
    max_size=3,
)


@given(anything, anything, st.sampled_from(("", "F", "R*")))
@settings(max_examples=150)
def test_whatever_stands_in_the_cells_every_respondent_is_placed(first, second, column):
    headings = {"": LABELS[:2], "F": ("F",), "R*": ("R1", "R2")}[column]
    cells = [tuple(each) for each in (first, second)]
    columns = [Column(h, c) for h, c in zip(headings, cells, strict=False)]
    codebook = book(column, labels=LABELS[:2], scale="r")
    responses = place(Export("x", "plain", tuple(columns), (2, 3, 4)), codebook).responses
    for name in ("q", "q_0", "q_1"):
        codes = responses.codes[name]
        assert codes.shape == (3,)
        assert codes.min() >= 0
        assert codes.max() < len(responses.levels[name])
