"""What a reader sees: numbers, words, sentences, tables, charts, in Swedish and English."""

import csv
import inspect
import io
import itertools
import json
import pkgutil
import re
import string
import typing
from html.parser import HTMLParser
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evalkit
import evalkit.present
from evalkit.analysis.frequency import Grid, frequency
from evalkit.codebook import Answer, Codebook, Item, Scale, Text
from evalkit.intake import Level
from evalkit.present import charts, html, markdown, numbers, sentences, tables
from evalkit.present.charts import drawing
from evalkit.present.words import word, word_list, words
from evalkit.release import OverviewRows, Released, Rule, release_internally

LANGUAGES = ("sv", "en")
NB = "\u00a0"
MINUS = "\u2212"
SRC = Path(evalkit.__file__).parent


def table(
    given_counts,
    *,
    labels=None,
    kind="likert",
    positive="high",
    label="Fråga",
    name="q",
    number="1",
    mean=True,
):
    """A table from {value or status: n}; labels from {value: Text or Swedish text}."""
    codes = [each for each in given_counts if isinstance(each, int)]
    labels = labels or {}
    as_text = {k: v if isinstance(v, Text) else Text(v) for k, v in labels.items()}
    answers = [Answer(each, as_text.get(each, Text(f"svar {each}"))) for each in codes]
    answers += [
        Answer(None, as_text.get(each, Text("Vet ej", "Don't know")), each)
        for each in given_counts
        if each in ("dont_know", "not_applicable")
    ]
    title = label if isinstance(label, Text) else Text(label)
    item = Item(name, kind, title, name, number, scale="s", mean=mean, positive=positive)
    book = Codebook({name: item}, {"s": Scale("s", tuple(answers))}, {})
    counted = {
        Level(each, "valid") if isinstance(each, int) else Level(None, each): n
        for each, n in given_counts.items()
    }
    return frequency(book, item, {name: counted})


def released(*args, **kwargs):
    return release_internally(table(*args, **kwargs))


def released_grid(*parts, label="Rutnät", number="7"):
    head = Item("g", "grid", Text(label), number=number)
    return Released(Grid(head, parts), Rule("internal", 1), head, number)


@pytest.fixture(scope="module")
def bou():
    return evalkit.open_study("bou-2012")


@pytest.fixture(scope="module")
def bou_released(bou):
    return bou.report().released


# Numbers


@pytest.mark.parametrize(
    ("value", "sv", "en"),
    [
        (44, f"44{NB}%", "44%"),
        (12.5, f"13{NB}%", "13%"),
        (0.0, f"0{NB}%", "0%"),
        (100, f"100{NB}%", "100%"),
        (0.4, f"0{NB}%", "0%"),
        (-2.5, f"{MINUS}3{NB}%", f"{MINUS}3%"),
        (1234, f"1{NB}234{NB}%", "1,234%"),
        (None, "..", ".."),
    ],
)
def test_per_cents_are_whole_with_the_languages_own_sign(value, sv, en):
    assert numbers.percent(value, "sv") == sv
    assert numbers.percent(value, "en") == en


@pytest.mark.parametrize(
    ("value", "digits", "sv", "en"),
    [
        (2.625, 2, "2,63", "2.63"),
        (3.7, 2, "3,70", "3.70"),
        (-1.005, 2, f"{MINUS}1,01", f"{MINUS}1.01"),
        (1234.5, 0, f"1{NB}235", "1,235"),
        (0.05, 1, "0,1", "0.1"),
    ],
)
def test_decimals_have_the_languages_own_mark_and_a_true_minus(value, digits, sv, en):
    assert numbers.decimal(value, "sv", digits) == sv
    assert numbers.decimal(value, "en", digits) == en


def test_there_is_no_negative_zero():
    assert numbers.decimal(-0.001, "sv") == "0,00"
    assert numbers.percent(-0.2, "en") == "0%"


def test_thousands_are_marked():
    assert numbers.whole(1234567, "sv") == f"1{NB}234{NB}567"
    assert numbers.whole(1234567, "en") == "1,234,567"
    assert numbers.whole(-5, "sv") == f"{MINUS}5"
    assert numbers.whole(999, "sv") == "999"


def test_counts_are_in_words_up_to_twelve():
    swedish = [numbers.in_words(n, "sv") for n in range(14)]
    assert swedish == [
        "ingen", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva",
        "tolv", "13",
    ]  # fmt: skip
    english = [numbers.in_words(n, "en") for n in range(14)]
    assert english == [
        "none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "13",
    ]  # fmt: skip
    assert numbers.in_words(1000, "en") == "1,000"


# Words


with files("evalkit.present").joinpath("words.csv").open(encoding="utf-8", newline="") as _opened:
    CATALOGUE = list(csv.DictReader(_opened))
WORDS = {row["key"]: (row["sv"], row["en"]) for row in CATALOGUE}


def test_no_text_stands_twice_or_with_a_cell_too_many():
    assert len(WORDS) == len(CATALOGUE)
    assert words().keys() == WORDS.keys()
    assert all(set(row) == {"key", "sv", "en"} for row in CATALOGUE)


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def sources():
    """The source of the package but for the catalogue itself, with its page templates."""
    paths = [p for p in SRC.rglob("*") if p.suffix in (".py", ".j2") and p.name != "words.py"]
    return "\n".join(path.read_text("utf-8") for path in sorted(paths))


@pytest.mark.parametrize("key", WORDS)
def test_a_text_has_the_same_fields_in_both_languages(key):
    swedish, english = WORDS[key]
    assert swedish.strip()
    assert english.strip()
    assert fields(swedish) == fields(english)
    filled = dict.fromkeys(fields(swedish), "x")
    assert "{" not in word(key, "sv", **filled) + word(key, "en", **filled)


def test_every_text_is_used():
    text = sources()
    prefixes = re.findall(r"""\b(?:word|Reason)\(\s*f["'](\w+_)\{|\[f["'](mark_)\{""", text)
    prefixes = tuple(each or other for each, other in prefixes)
    prefixes += tuple(f"{each}_" for each in re.findall(r"""\bword_list\(["'](\w+)["']""", text))
    assert {"edition_", "csv_", "mark_", "how_to_read_", "how_text_"} <= set(prefixes)
    unused = [
        key
        for key in WORDS
        if not re.search(rf"""["']{key}["']""", text) and not key.startswith(prefixes)
    ]
    assert unused == []


def test_every_text_that_is_asked_for_is_there():
    asked = set(re.findall(r"""\bword\(\s*["'](\w+)["']""", sources()))
    assert len(asked) > 50
    assert asked <= set(WORDS)


def test_the_reading_guide_says_as_much_in_both_languages():
    swedish, english = (word_list("how_to_read", language) for language in LANGUAGES)
    assert len(swedish) == len(english) == 6
    assert all((*swedish, *english))
    assert swedish[0].startswith("Antal svar är de som kryssat")
    assert english[5].startswith("Two dots (..) mean")


# Sentences

# From the published tables: q01 (2 + 11) / 25, q07 10 / 25, q09a 16 / 25, q11 19 / 24,
# q14 (15 + 7) / 25, q17 (2 + 9) / 24 with three Vet ej.
SENTENCES = {
    "q01": (
        (
            f"13 av 25 (52{NB}%) svarar ”Mycket hög grad” eller ”Ganska hög grad”. En av 25 "
            f"(4{NB}%) svarar ”Vet ej”. En av 26 har inte besvarat frågan."
        ),
        (
            "13 of 25 (52%) answered “To a very high degree” or “To a fairly high degree”. One of "
            "25 (4%) answered “Don't know”. One of 26 did not answer the question."
        ),
    ),
    "q07": (
        f"Vanligast är ”Innan okt 2011”: tio av 25 (40{NB}%). En av 26 har inte besvarat frågan.",
        "Most common is “Before Oct 2011”: ten of 25 (40%). One of 26 did not answer the question.",
    ),
    "q09a": (
        (
            f"Vanligast är ”Kommun-/regionförbund”: 16 av 25 (64{NB}%). En av 26 har inte besvarat "
            "frågan."
        ),
        (
            "Most common is “Municipal or regional association”: 16 of 25 (64%). One of 26 did not "
            "answer the question."
        ),
    ),
    "q11": (
        f"19 av 24 (79{NB}%) svarar ”Tillräckligt mandat”. Två av 26 har inte besvarat frågan.",
        "19 of 24 (79%) answered “Sufficient mandate”. Two of 26 did not answer the question.",
    ),
    "q17": (
        (
            f"Elva av 24 (46{NB}%) svarar ”Mycket bra” eller ”Ganska bra”. Tre av 24 (13{NB}%) "
            "svarar ”Vet ej”. Två av 26 har inte besvarat frågan."
        ),
        (
            "Eleven of 24 (46%) answered “Very good” or “Fairly good”. Three of 24 (13%) answered "
            "“Don't know”. Two of 26 did not answer the question."
        ),
    ),
}


@pytest.mark.parametrize("item", SENTENCES)
def test_the_sentence_under_a_table(bou_released, item):
    for language, text in zip(LANGUAGES, SENTENCES[item], strict=True):
        assert sentences.sentences(bou_released.items[item], language) == text


def test_modes_that_share_the_first_place_are_all_named():
    found = released({3: 2, 2: 2, 1: 2}, labels={3: "A", 2: "B", 1: "C"}, positive="")
    assert (
        sentences.finding(found, "sv")
        == f"Vanligast är ”A”, ”B” och ”C”: två av 6 (33{NB}%) vardera."
    )
    assert (
        sentences.finding(found, "en") == "Most common are “A”, “B” and “C”: two of 6 (33%) each."
    )


@pytest.mark.parametrize("positive", ["high", "low", "middle", ""])
def test_where_nobody_answered_the_sentence_says_so(positive):
    found = released({3: 0, 2: 0, 1: 0, "no_answer": 4}, positive=positive)
    for language, text in (
        ("sv", "Ingen har besvarat frågan."),
        ("en", "Nobody answered the question."),
    ):
        assert sentences.finding(found, language) == text
    assert ".." not in sentences.sentences(found, "sv")


@pytest.mark.parametrize("positive", ["high", ""])
def test_where_everybody_says_vet_ej_they_have_answered(positive):
    found = released({3: 0, 2: 0, 1: 0, "dont_know": 4}, positive=positive)
    text = sentences.sentences(found, "sv")
    assert f"Fyra av 4 (100{NB}%) svarar ”Vet ej”." in text
    assert "Ingen har besvarat frågan" not in text


def test_a_median_between_two_answers_names_both():
    labels = {4: Text("Hög", "High"), 1: Text("Låg", "Low"), 2: Text("Mellan")}
    found = table({4: 2, 2: 0, 1: 2}, labels=labels)
    assert sentences.median_text(found, "sv") == "mellan Låg (1) och Hög (4)"
    assert sentences.median_text(found, "en") == "between Low (1) and High (4)"
    assert sentences.median_text(table({4: 3, 1: 2}, labels=labels), "sv") == "Hög (4)"
    assert sentences.median_text(table({4: 0, 1: 0}), "sv") == ""


def test_lists_and_bases_in_words():
    assert sentences.join(["a"], "sv") == "a"
    assert sentences.join(["a", "b", "c"], "sv") == "a, b och c"
    assert sentences.join(["a", "b"], "en", "or") == "a or b"
    assert sentences.base_range([table({1: 25}), table({1: 23}), table({1: 24})], "sv") == "23–25"
    assert sentences.base_range([table({1: 25}), table({1: 25})], "sv") == "25"
    assert sentences.capital("två av 25") == "Två av 25"
    assert sentences.capital("") == ""


def test_a_label_with_braces_is_no_field():
    found = released({2: 3, 1: 1}, labels={2: "{n} {0}", 1: "{"}, label="{caption}")
    assert "”{n} {0}”" in sentences.sentences(found, "sv")
    assert "{caption}" in tables.frequency_table(found, "sv")
    assert "{caption}" in charts.bar_chart(found, "sv")


# Only released tables


def takers():
    """Every function of the package with a parameter annotated as released."""
    found = {}
    for module in pkgutil.walk_packages(evalkit.present.__path__, "evalkit.present."):
        loaded = import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            if function.__module__ != module.name:
                continue
            hints = typing.get_type_hints(function)
            wanted = [k for k, hint in hints.items() if "Released" in str(hint) and k != "return"]
            if wanted:
                found[f"{module.name.rpartition('.')[2]}.{name}"] = (function, hints, wanted)
    return found


TAKERS = takers()
TRUE_TABLE = table({3: 2, 2: 1, 1: 0})
RAW = {
    "frequency": TRUE_TABLE,
    "grid": Grid(Item("g", "grid", Text("g"), number="1"), (TRUE_TABLE,)),
    "overview": OverviewRows((), (TRUE_TABLE,), ()),
    "none": None,
    "frame": TRUE_TABLE.frame(),
    "empty frame": pd.DataFrame(),
    "text": "1",
    "class": Released,
}


def test_the_functions_that_take_released_tables_are_found():
    assert set(TAKERS) >= {
        "frequency.frequency_table", "frequency.grid_table", "frequency.frequency_csv",
        "overview.overview_table", "overview.overview_csv",
        "participation.response_table", "participation.nonresponse_table",
        "participation.response_csv", "participation.nonresponse_csv",
        "reconciliation.differences_table",
        "bars.bar_chart", "stacked.grid_chart", "stacked.overview_chart",
        "sentences.finding", "sentences.sentences", "sentences.alt_bars",
    }  # fmt: skip


@pytest.mark.parametrize("raw", RAW)
@pytest.mark.parametrize("name", TAKERS)
def test_a_table_that_is_not_released_is_refused(name, raw):
    function, hints, wanted = TAKERS[name]
    given_arguments = {}
    for parameter, hint in hints.items():
        if parameter in wanted:
            several = str(hint).startswith(("collections.abc.Sequence", "collections.abc.Iterable"))
            given_arguments[parameter] = [RAW[raw]] if several else RAW[raw]
        elif parameter != "return":
            given_arguments[parameter] = "sv" if parameter == "language" else "1"
    with pytest.raises(TypeError):
        function(**given_arguments)


# Tables


class Cells(HTMLParser):
    """The texts of a table's cells, row by row, with the tags and attributes met."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.tags, self.attributes, self.ids, self.texts = [], [], [], [], []
        self.inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *each) for each in attrs]
        self.ids += [value for key, value in attrs if key == "id"]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data):
        self.texts.append(data)
        if self.inside:
            self.rows[-1][-1] += data


def test_a_table_shows_every_answer_with_count_and_per_cent(bou_released):
    """Against published table 17, with its base and mean."""
    rows = Cells(tables.frequency_table(bou_released.items["q17"], "sv")).rows
    assert rows == [
        ["Värde", "Svar", "Antal", "Procent"],
        ["4", "Mycket bra", "2", f"8{NB}%"],
        ["3", "Ganska bra", "9", f"38{NB}%"],
        ["2", "Ganska dåligt", "9", f"38{NB}%"],
        ["1", "Mycket dåligt", "1", f"4{NB}%"],
        ["", "Vet ej", "3", f"13{NB}%"],
        ["", "Inget svar", "2", ""],
        ["", "Antal svar", "24", ""],
        ["", "Därav med åsikt", "21", ""],
        ["", "Medel", "2,57"],
        ["", "Median", "Ganska bra (3)"],
    ]


def test_a_table_of_a_multiple_response_set_has_no_values_and_counts_respondents(bou_released):
    found = tables.frequency_table(bou_released.items["q09a"], "en")
    assert Cells(found).rows == [
        ["Answer", "Count", "Per cent"],
        ["Research and development unit (FoU)", "7", "28%"],
        ["Municipal or regional association", "16", "64%"],
        ["Other", "5", "20%"],
        ["No answer", "1", ""],
        ["Number of respondents", "25", ""],
    ]
    assert "(number of respondents = 25)" in found.replace(NB, " ")


def test_a_grid_is_one_table_with_a_part_for_each_item(bou_released):
    rows = Cells(tables.grid_table(bou_released.grids["q06"], "sv")).rows
    heads = [row[0] for row in rows if len(row) == 1]
    assert heads == [
        "Praktiskt verksamhetsstöd", "Förutsättningar för EBP", "Arena för prioriteringar",
    ]  # fmt: skip
    means = [row[2] for row in rows if row[1:2] == ["Medel"]]
    assert means == ["2,35", "2,13", "2,39"]  # as published


def test_an_overview_puts_items_on_the_same_answers_side_by_side(bou_released):
    overview = next(o for o in bou_released.overviews if o.content.rows[0].item.name == "q14")
    rows = Cells(tables.overview_table(overview, "2", "sv")).rows
    assert rows[0] == [
        "Fråga", "Mycket bra", "Ganska bra", "Ganska dåligt", "Mycket dåligt", "Vet ej",
        "Antal svar", "Medel",
    ]  # fmt: skip
    assert rows[1] == [
        f"Den nationella samordningen (tabell{NB}14)", f"60{NB}%", f"28{NB}%", f"8{NB}%",
        f"0{NB}%", f"4{NB}%", "25", "3,54",
    ]  # fmt: skip
    assert len(rows) == 7  # q14 to q19


def test_every_heading_cell_has_a_scope_and_every_table_a_caption(bou_released):
    for name, each in bou_released.items.items():
        text = tables.frequency_table(each, "sv")
        heads = re.findall(r"<th\b[^>]*>", text)
        assert heads, name
        assert all(re.search(r'scope="(col|row|rowgroup)"', head) for head in heads), name
        assert text.count("<caption") == 1


def test_a_label_in_the_other_language_is_marked():
    found = released(
        {2: 1, 1: 1}, labels={2: Text("Hög", "High"), 1: Text("Låg")}, label=Text("Nivå")
    )
    text = tables.frequency_table(found, "en")
    assert '<span lang="sv">Låg</span>' in text
    assert '<span lang="sv">Nivå</span>' in text
    assert "<span" not in tables.frequency_table(found, "sv")
    assert '<span lang="sv">Hög' not in text


def test_a_column_that_adds_to_101_is_explained_and_one_that_adds_to_100_is_not(bou):
    report = bou.report()
    note = "Procenttalen summerar till {} på grund av avrundning."

    def page(item):
        return report.item(report.study.codebook.item(item)).html

    assert note.format(101) in page("q17")  # 8 + 38 + 38 + 4 + 13 as published
    assert f"Förutsättningar för EBP: {note.format(99)}" in page("q06")  # 4 + 17 + 65 + 13
    assert "avrundning" not in page("q01")
    assert "Flera svar kunde anges" in page("q09a")


# CSV


def parsed(text, language):
    return list(csv.reader(io.StringIO(text), delimiter=";" if language == "sv" else ","))


def test_the_csv_has_the_same_figures_in_the_languages_own_form(bou_released):
    swedish = parsed(tables.frequency_csv([bou_released.items["q01"]], "sv"), "sv")
    label = "Stödet till systematisk uppföljning av placerade barn"
    assert swedish[0] == [
        "fråga", "värde", "svar", "status", "antal", "procent", "antal svar", "antal med åsikt",
        "medel",
    ]  # fmt: skip
    assert swedish[1] == [label, "4", "Mycket hög grad", "valid", "2", "8", "25", "24", "2,625"]
    assert swedish[5] == [label, "", "Vet ej", "dont_know", "1", "4", "25", "24", "2,625"]
    assert swedish[6] == [label, "", "Inget svar", "no_answer", "1", "", "25", "24", "2,625"]
    english = parsed(tables.frequency_csv([bou_released.items["q03"]], "en"), "en")
    assert english[1][5:] == ["8.3333", "24", "21", "2.7619"]  # 2 of 24; 58 of 21


def test_the_csv_of_response_nonresponse_and_overviews(bou_released):
    rate = tables.response_csv(bou_released.response, "oktober 2012", "sv")
    assert parsed(rate, "sv") == [
        ["mätning", "tillfrågade", "svarande", "procent"],
        ["oktober 2012", "28", "26", "92,8571"],
    ]
    missing = parsed(tables.nonresponse_csv(bou_released.nonresponse, "en"), "en")
    assert missing[0] == [
        "table", "item", "asked", "number of answers", "not answered", "percent",
    ]  # fmt: skip
    labels = [row[1:] for row in missing if row[0] == "5"]
    assert labels == [["Clarity of the shared goals", "26", "24", "2", "7.6923"]]
    overview = next(o for o in bou_released.overviews if o.content.rows[0].item.name == "q14")
    rows = parsed(tables.overview_csv(overview, "sv"), "sv")
    assert rows[1] == [
        "14",
        "Den nationella samordningen",
        "Mycket bra",
        "60",
        "25",
        "24",
        "3,5417",
    ]
    assert len(rows) == 1 + 6 * 5  # q14 to q19, four answers and Vet ej


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_label_is_no_formula_in_a_spreadsheet(start, language):
    label = f'{start}HYPERLINK("http://x";"a")'
    found = released({2: 1, 1: 1}, labels={2: label}, label=label)
    rows = parsed(tables.frequency_csv([found], language), language)
    assert rows[1][0] == rows[1][2] == f"'{label}"


def test_a_download_holds_the_csv_with_a_mark_and_nothing_breaks_out_of_it():
    content = 'a;"b"\r\nå;<x> & %\r\n'
    link = html.data_link("Hämta <b>", content, 'x".csv')
    parsed_link = Cells(link)
    [target] = [value for _, key, value in parsed_link.attributes if key == "href"]
    assert unquote(target) == "data:text/csv;charset=utf-8,\ufeff" + content
    assert parsed_link.tags == ["p", "a"]


# Charts

_PATH = re.compile(r'<path d="M ([^"]*) z " style="fill: (#\w{6})')


def bars(svg):
    """(left, right, top, colour) of each rectangle, in the order drawn."""
    found = []
    for corners, colour in _PATH.findall(svg):
        numbers_in = [float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", corners)]
        xs, ys = numbers_in[::2], numbers_in[1::2]
        found.append((min(xs), max(xs), min(ys), colour))
    return found


SHARES = st.lists(st.integers(0, 30), min_size=2, max_size=6).filter(any)


@given(SHARES, st.integers(0, 9))
@settings(max_examples=25, deadline=None)
def test_bars_are_as_long_as_their_per_cents_in_the_order_of_the_scale(counts, unknown):
    codes = dict(zip(range(len(counts), 0, -1), counts, strict=True))
    found = table(codes | {"dont_know": unknown})
    drawn = bars(charts.bar_chart(release_internally(found), "sv"))
    assert len(drawn) == len(counts) + 1
    total = sum(counts) + unknown
    widths = [right - left for left, right, _, _ in drawn]
    longest = sum(widths)  # all of the bars together are 100 per cent
    for width, n in zip(widths, [*counts, unknown], strict=True):
        assert width / longest == pytest.approx(n / total, abs=0.002)
    assert len({left for left, _, _, _ in drawn}) == 1
    assert [top for _, _, top, _ in drawn] == sorted(top for _, _, top, _ in drawn)
    steps = np.diff([top for _, _, top, _ in drawn])
    assert steps[-1] > max(steps[:-1], default=0)  # Vet ej stands apart
    assert {colour for *_, colour in drawn[:-1]} == {charts.BAR}
    assert drawn[-1][3] == charts.APART


@given(SHARES, st.integers(0, 9), st.sampled_from(["high", "low", ""]))
@settings(max_examples=25, deadline=None)
def test_a_stacked_bar_is_divided_by_its_per_cents_in_the_order_of_the_scale(
    counts, unknown, positive
):
    codes = dict(zip(range(len(counts), 0, -1), counts, strict=True))
    found = table(codes | {"dont_know": unknown}, positive=positive)
    chart = charts.grid_chart(released_grid(found), "sv")
    drawn = bars(chart)
    key = re.findall(r'style="background:(#\w{6})"', chart)
    assert len(key) == len(counts) + 1
    assert len(set(key)) == len(key)
    shown = [(n, colour) for n, colour in zip([*counts, unknown], key, strict=True) if n]
    assert [colour for *_, colour in drawn] == [colour for _, colour in shown]
    total = sum(right - left for left, right, _, _ in drawn)
    for (left, right, _, _), (n, _) in zip(drawn, shown, strict=True):
        assert (right - left) / total == pytest.approx(n / (sum(counts) + unknown), abs=0.002)
    for (_, right, _, _), (left, _, _, colour) in itertools.pairwise(drawn):
        gap = left - right
        assert gap > 2 if colour == charts.APART else abs(gap) < 0.05


def test_the_positive_end_has_the_same_colour_whichever_end_it_is():
    high = charts.colours(4, "high")
    assert charts.colours(4, "low") == high[::-1]
    assert len(set(high)) == 4


def test_a_scale_of_many_answers_can_be_drawn():
    for steps in (1, 2, 11, 12, 20):
        found = table(dict.fromkeys(range(steps, 0, -1), 1), kind="nominal", positive="")
        assert len(bars(charts.grid_chart(released_grid(found), "sv"))) == steps


def labels_in(chart):
    return [text for text in Cells(chart).texts if text.strip()]


@pytest.mark.parametrize(
    "label",
    [
        "Åsikt & <vilja>",
        'Säger "nej"',
        "100 – 200 kr",
        "Version 3.14159",
        "Kostar $5 – $10",
        "$_$ är en variabel",
        "a\\b_{c}",
        "Bra 🙂",
        "日本語",
    ],
)
def test_a_label_stands_in_the_chart_letter_by_letter(label):
    chart = charts.bar_chart(released({2: 3, 1: 1}, labels={2: label}), "sv")
    assert label in labels_in(chart)
    stacked = charts.grid_chart(released_grid(table({2: 3, 1: 1}, label=label)), "sv")
    assert any(text.startswith(label) for text in labels_in(stacked))


def test_a_long_label_is_broken_into_lines_and_nothing_of_it_is_lost():
    label = "Mer än halvtid men mindre än heltid i kommun-/regionförbund eller motsvarande"
    texts = labels_in(charts.bar_chart(released({2: 3, 1: 1}, labels={2: label}), "sv"))
    joined = "".join(texts)
    assert label.replace(" ", "") in joined.replace(" ", "").replace(NB, "")
    assert max(len(text) for text in texts if "procent" not in text) <= 20


def every_chart(bou_released, language):
    for each in bou_released.items.values():
        yield charts.bar_chart(each, language)
    for each in bou_released.grids.values():
        yield charts.grid_chart(each, language)
    for number, each in enumerate(bou_released.overviews, 1):
        yield charts.overview_chart(each, str(number), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_has_an_alternative_and_no_ids_inside(bou_released, language):
    seen = set()
    for chart in every_chart(bou_released, language):
        svg = chart[chart.index("<svg") :]
        assert " id=" not in svg
        assert "url(" not in svg
        assert "xlink" not in svg
        assert svg.count("<svg") == 1
        assert 'role="img"' in svg
        [alternative] = [
            v for t, k, v in Cells(chart).attributes if (t, k) == ("svg", "aria-label")
        ]
        assert len(alternative) > 80
        assert alternative not in seen
        seen.add(alternative)


def test_the_alternative_of_a_bar_chart_says_what_it_shows_and_each_bar(bou_released):
    assert sentences.alt_bars(bou_released.items["q16"], "sv") == (
        "Liggande stapeldiagram över ”Stödet från det nationella nätverket”, andel av 25 svar. "
        f"23 av 25 (92{NB}%) svarar ”Mycket bra” eller ”Ganska bra”. Staplar i ordning: Mycket bra "
        f"64{NB}%, Ganska bra 28{NB}%, Ganska dåligt 0{NB}%, Mycket dåligt 0{NB}%, Vet ej 8{NB}%."
    )


def test_the_alternative_of_a_stacked_chart_names_the_highest_and_the_lowest(bou_released):
    # As published: q06a 13 + 22 (8 of 23), q06b 4 + 17 (5 of 23), q06c 9 + 26 (8 of 23).
    text = charts.grid_chart(bou_released.grids["q06"], "sv")
    both = "”Praktiskt verksamhetsstöd” och ”Arena för prioriteringar”"
    assert f"har {both} med 35{NB}%" in text
    assert f"lägst ”Förutsättningar för EBP” med 22{NB}%" in text


def test_english_texts_have_english_quotation_marks(bou_released):
    for chart in every_chart(bou_released, "en"):
        assert chart.count("“") == chart.count("”")


def test_the_same_table_gives_the_same_chart(bou_released):
    first, second = (charts.bar_chart(bou_released.items["q01"], "sv") for _ in range(2))
    assert first == second


def test_drawing_leaves_the_settings_of_matplotlib_as_they_were(bou_released):
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    charts.bar_chart(bou_released.items["q01"], "sv")
    assert dict(mpl.rcParams) == before


# Colours

STYLE = json.loads(files("evalkit.present").joinpath("style.json").read_text("utf-8"))
PALETTES = [
    pytest.param(palette, id=f"{kind} {steps}")
    for kind in ("diverging", "sequential")
    for steps, palette in STYLE[kind].items()
]


def linear(colour):
    """Linear light of an sRGB colour (IEC 61966-2-1)."""
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2.1 contrast ratio."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    light, dark = sorted((float(linear(each) @ weights) for each in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_judge_of_contrast_knows_black_white_and_grey():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("palette", PALETTES)
def test_numbers_can_be_read_on_every_colour(palette):
    for colour in (*palette, charts.APART):
        assert contrast(charts.ink_on(colour), colour) >= 4.5


def test_bars_and_text_stand_out_from_white():
    assert contrast(charts.BAR, "#ffffff") >= 4.5
    assert contrast(charts.INK, "#ffffff") >= 7
    assert contrast(charts.INK, charts.APART) >= 3  # the edge of a light bar


# Machado, Oliveira and Fernandes (2009), severity 1: what the three kinds of cone blindness see,
# as matrices on linear RGB.
BLINDNESS = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
}  # fmt: skip
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def lab(rgb):
    """CIE L*a*b* (D65) of linear RGB."""
    ratio = _TO_XYZ @ np.clip(rgb, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("blindness", BLINDNESS)
@pytest.mark.parametrize("palette", PALETTES)
def test_neighbouring_colours_are_told_apart_also_with_colour_blindness(palette, blindness):
    """A difference of 2.3 is the least that is seen side by side."""
    seen = [lab(np.array(BLINDNESS[blindness]) @ linear(each)) for each in palette]
    for one, other in itertools.pairwise(seen):
        assert np.linalg.norm(one - other) > 3


@pytest.mark.parametrize("blindness", BLINDNESS)
def test_the_two_ends_of_a_scale_are_told_apart_also_with_colour_blindness(blindness):
    for palette in STYLE["diverging"].values():
        ends = [lab(np.array(BLINDNESS[blindness]) @ linear(palette[at])) for at in (0, -1)]
        assert np.linalg.norm(ends[0] - ends[1]) > 20


# Nothing breaks out


def evil(name):
    return f'<i>{name}</i>" onclick="{name}\' & <script>'


def test_pieces_of_html_escape_what_they_are_given():
    text = html.escape(evil("x"))
    assert Cells(f'<p title="{text}">{text}</p>').tags == ["p"]
    marked = html.in_language(Text(evil("x")), "en")
    assert Cells(marked).tags == ["span"]


def test_an_anchor_can_stand_as_an_id_whatever_the_number():
    for number in ("9A", "1.1", 'a"b', "a b", "<i>"):
        assert re.fullmatch(r"[\w-]+", html.anchor("tabell", number)), number


def test_the_evaluators_markdown_holds_no_html_and_no_script_links():
    text = markdown.to_html('<i>x</i> [a](javascript:alert) "q" **b**\n\n<script>', 2)
    assert set(Cells(text).tags) == {"p", "strong"}
    assert "&lt;script&gt;" in text


def test_headings_in_markdown_begin_below_the_place_where_they_stand():
    assert markdown.to_html("# A\n\n### B\n", 3) == "<h4>A</h4>\n<h5>B</h5>\n"
    assert 'id="x-1"' in markdown.to_html("# A\n", 1, "x")


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)


@pytest.fixture
def evil_study(tmp_path):
    """A study in which every text that an evaluator writes tries to break out of the page."""
    home = tmp_path / "evil"
    scale = [["scale", "value", "label", "label_en", "status"]]
    scale += [["s", v, evil(f"answer-{v}"), "", "valid"] for v in (3, 2, 1)]
    scale += [["s", "", evil("apart"), "", "dont_know"], ["v", 1, "Vald", "", "valid"]]
    write(home / "scales.csv", scale)
    write(home / "sections.csv", [
        ["section", "title", "title_en"],
        ["1", evil("chapter"), ""],
        ["1." + evil("section-number").replace(".", ""), evil("section"), ""],
    ])  # fmt: skip
    inner = "1." + evil("section-number").replace(".", "")
    items = [
        [
            "name",
            "item",
            "number",
            "part_of",
            "label",
            "label_en",
            "kind",
            "scale",
            "section",
            "mean",
            "positive",
        ]
    ]
    items += [
        ["a", "a", "1", "", evil("label-a"), "", "likert", "s", inner, "yes", "high"],
        ["", "g", "2", "", evil("label-g"), "", "grid", "", inner, "", ""],
        ["b", "b", "", "g", evil("label-b"), "", "likert", "s", "", "yes", "high"],
        ["c", "c", "", "g", evil("label-c"), "", "likert", "s", "", "yes", "high"],
        ["", "m", "3", "", evil("label-m"), "", "multiple", "", inner, "", ""],
        ["m1", "m1", "", "m", evil("label-m1"), "", "option", "v", "", "", ""],
        ["d", "d", evil("number"), "", "d", "", "likert", "s", inner, "yes", "low"],
    ]
    write(home / "codebook.csv", items)
    answers = ["a", "b", "c", "m1", "d", evil("left-out")]
    # Three of three different answers: 33 + 33 + 33 makes a note under table and grid.
    write(
        home / "svar.csv",
        [answers, *([v, v, v, 1, evil("cell") if v == 1 else v, ""] for v in (3, 2, 1))],
    )
    log = ["round", "respondent", "unit", "item", "value", "action", "to", "reason", "decided_by"]
    write(home / "data_log.csv", [
        [*log, "date"],
        ["", "", "", "d", evil("cell"), "recode", "1", evil("reason"), evil("decided-by"), "2026"],
    ])  # fmt: skip
    write(home / "celler.csv", [
        ["published_table", "item", "code", "category", "status", "n", "percent_published"],
        ["1", "a", "3", evil("printed"), "valid", "9", "9"],
    ])  # fmt: skip
    write(
        home / "fel.csv",
        [
            ["where", "printed", "right", "why"],
            [evil("where"), evil("wrong"), evil("right"), evil("why")],
        ],
    )
    write(
        home / "fragor.csv",
        [["question", "what_was_asked", "answered_by"], ["1", evil("asked"), "a;d;g"]],
    )
    title, label = json.dumps(evil("title")), json.dumps(evil("round"))
    (home / "study.yaml").write_text(
        f"name: evil\ntitle: {title}\nevaluation_questions: fragor.csv\n"
        f"rounds: {{r: {{label: {label}, responses: svar.csv, invited: 4}}}}\n"
        "publication: {min_respondents: 1}\n"
        "published: {tables: celler.csv, errata: fel.csv}\n",
        "utf-8",
    )
    (home / "narrative" / "sv").mkdir(parents=True)
    for name in ("summary", "method", "chapter-1", "a"):
        (home / "narrative" / "sv" / f"{name}.md").write_text(
            '{{ answer("a", 3) }} {{ item_label("a") }} {{ median("a") }} {{ round_label() }} '
            f'{{{{ table_ref("a") }}}} {evil("text")}\n'
        )
    return home


def pages(study, language, least=1):
    text = (study / "study.yaml").read_text("utf-8")
    (study / "study.yaml").write_text(
        re.sub(r"min_respondents: \d+", f"min_respondents: {least}", text), "utf-8"
    )
    report = evalkit.open_study(study).report(language=language)
    yield "study", report._repr_html_()
    for name in ("summary", "evaluation_matrix", "method", "came_in", "item_nonresponse",
                 "questionnaires", "data_log", "overviews", "how_to_read",
                 "reconciliation"):  # fmt: skip
        yield name, getattr(report, name)().html
    for section in report.sections:
        yield f"heading {section.section.number[:3]}", report.heading(section).html
        yield f"conclusions {section.section.number[:3]}", report.conclusions(section).html
        for item in section.items:
            yield f"item {item.name}", report.item(item).html


@pytest.mark.parametrize("least", [1, 99])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_a_study_breaks_out_of_the_page(evil_study, language, least):
    escaped, found = [], 0
    for name, page in pages(evil_study, language, least):
        parsed_page = Cells(page)
        found += page.count("&lt;i&gt;")
        if {"i", "script"} & set(parsed_page.tags):
            leaks = sorted(set(re.findall(r"<i>([\w-]+)</i>", page)))
            escaped.append(f"{name}: {', '.join(leaks)}")
        if any(key == "onclick" for _, key, _ in parsed_page.attributes):
            escaped.append(f"{name}: an attribute")
    assert escaped == [], "\n".join(escaped)
    assert found > 20


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Ganska nöjd", ["Ganska nöjd"]),
        ("Kommunens webbplats", ["Kommunens", "webbplats"]),  # 19 letters, but wide ones
        ("Andra bedömningsinstrument", ["Andra bedömnings-", "instrument"]),
        ("Utbildningsinsatser/handledning", ["Utbildningsinsatser/", "handledning"]),
        ("😀 ja", ["😀 ja"]),
        ("", [""]),
    ],
)
def test_a_label_beside_a_bar_is_never_wider_than_its_room(text, lines):
    assert drawing.wrap(text, 20) == lines


def test_a_word_without_end_is_broken_with_hyphens():
    lines = drawing.wrap("w" * 70, 20)
    assert "".join(lines).replace("-", "") == "w" * 70
    assert all(line.endswith("-") for line in lines[:-1])
