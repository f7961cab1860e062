"""Large files: the fast reader gives what the ordinary one gives, in one go and in batches."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from evalkit import open_study
from evalkit.codebook import Answer, Codebook, Item, Scale, Text
from evalkit.counts import count
from evalkit.draft.survey import survey
from evalkit.errors import EvalkitError
from evalkit.intake import blocks, large, read_export
from evalkit.intake import read as reading
from evalkit.intake.export import Encoded, encoded
from evalkit.intake.gather import _Together, gather
from evalkit.intake.place import place

LABELS = ("Ja, helt", "Nej", "Vet ej", "", "Jo", " nej ", '"Ja"', "a\nb", "x" * 30)


def codebook(*items):
    scale = (
        Answer(2, Text("Ja, helt")),
        Answer(1, Text("Nej")),
        Answer(8, Text("Vet ej"), "dont_know"),
    )
    tick = (Answer(1, Text("x")),)
    return Codebook(
        {each.name: each for each in items}, {"s": Scale("s", scale), "k": Scale("k", tick)}, {}
    )


def single(name):
    return Item(name, "likert", Text(name), name, scale="s")


BOOK = codebook(
    Item("nr", "id", Text("nr"), "nr"),
    single("a"),
    single("b"),
    Item("m", "multiple", Text("m"), number="1"),
    Item("m_1", "option", Text("Ett"), "c", part_of="m", scale="k"),
)


@pytest.fixture
def always(monkeypatch):
    """Every text is large, and is looked at in small slices."""
    monkeypatch.setattr(large, "LARGE", 0)
    monkeypatch.setattr(blocks, "_IN_CACHE", 37)


def outcome(work):
    """What a reader gives, or its problems."""
    try:
        return work()
    except EvalkitError as error:
        return error.problems


def plain(export):
    columns = [(each.heading, tuple(each.cells)) for each in export.columns]
    return export.file, export.format, columns, tuple(export.rows), export.how


def placed(reading):
    codes = {name: each.tolist() for name, each in reading.responses.codes.items()}
    how = (reading.export.how, [each.heading for each in reading.export.columns])
    return reading.responses.n, codes, reading.responses.levels, reading.problems, how


def ordinary(path, encoding=None):
    return reading._read_whole(path, "x.csv", "text", "", encoding, "")


def fast(path, encoding=None, size=None):
    """All batches of the fast reader; None where it leaves the file to the ordinary one."""
    use = lambda batches: [*batches(size)]  # noqa: E731
    return large.read_text(path, "x.csv", encoding, lambda s: reading._plain(s, ""), use)


def compare(path, encoding=None, block=64):
    """The fast reader's outcome, in one go and in batches, is the ordinary one's, or none."""
    wanted = outcome(lambda: plain(ordinary(path, encoding)))
    found = outcome(lambda: fast(path, encoding))
    if found is None:
        return False
    assert found == wanted if isinstance(found, tuple) else plain(found[0]) == wanted
    before = outcome(lambda: placed(place(ordinary(path, encoding), BOOK)))
    large_block, large._BLOCK = large._BLOCK, block
    try:
        parts = outcome(lambda: placed(read_in_parts(path, encoding, block)))
    finally:
        large._BLOCK = large_block
    assert parts == before
    return True


def read_in_parts(path, encoding, size):
    def use(batches):
        return place(gather(batches(size), BOOK), BOOK)

    return reading.read_batches(path, "x.csv", "", encoding, "", use)


# Encoded cells


def test_encoded_cells_are_read_as_a_tuple_is():
    cells = ("b", "a", None, "", "b")
    found = encoded(cells)
    assert found == cells
    assert tuple(found) == cells
    assert (found[0], found[-1], found[2], len(found)) == ("b", "b", None, 5)
    assert found[1:3] == ("a", None)
    assert found[1:3].texts == ("a", None) or set(found[1:3].texts) == {"a", None}
    assert ("a" in found, "c" in found) == (True, False)
    assert found.index("") == 3
    assert found != cells[:4]
    assert found != "baab"
    assert encoded(found) is found


def test_a_selection_of_encoded_cells_keeps_only_the_texts_that_occur():
    found = Encoded(("x", "y", "z"), np.array([0, 2, 0, 1], np.int16))
    taken = found.take(np.array([True, False, True, False]))
    assert (taken.texts, taken.codes.tolist()) == (("x",), [0, 0])


# Text: the same as the ordinary reader

CELLS = (
    st.sampled_from(LABELS)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=6)
    | st.text('a"\n\r,; \ufeffå', max_size=6)
)


@st.composite
def tables(draw):
    """A table as a program writes it, and sometimes not quite."""
    width = draw(st.integers(2, 5))
    heads = ["nr", "a", "b", "c", "d"]
    headings = draw(st.permutations(heads))[:width] if draw(st.booleans()) else heads[:width]
    if draw(st.integers(0, 5)) == 0:
        headings[-1] = draw(st.sampled_from([headings[0], " a ", "", "Å", 'x"y', "l\nm"]))
    rows = draw(st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=12))
    if draw(st.integers(0, 5)) == 0:
        rows.insert(draw(st.integers(0, len(rows))), draw(st.lists(CELLS, max_size=7)))
    out = io.StringIO(newline="")
    separator = draw(st.sampled_from(",;\t"))
    ends = draw(
        st.sampled_from(["\n", "\r\n", "\r"] if draw(st.integers(0, 9)) == 0 else ["\n", "\r\n"])
    )
    style = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.writer(out, delimiter=separator, lineterminator=ends, quoting=style)
    for row in [headings, *rows]:
        writer.writerow(row)
        if draw(st.integers(0, 12)) == 0:
            out.write(ends)
    text = out.getvalue()
    tail = draw(
        st.sampled_from(["", "", ends, ends * 3, " " + ends, f"{separator}{ends}", "\r", '"'])
    )
    text = draw(st.sampled_from(["", "", "\ufeff", "\n\r\n"])) + text
    text = text.rstrip("\r\n") if draw(st.booleans()) else text
    return text + tail


SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.mark.usefixtures("always")
@settings(max_examples=400, deadline=None, suppress_health_check=SLOW)
@given(
    text=tables(),
    encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"]),
    block=st.integers(64, 300),
)
@example(text="nr;a;b\n1;Nej;\n\n2;;Jo\n   \n", encoding="utf-8", block=64)
@example(text="nr;a;b\n1;Nej;\n2;;Jo\n   \n3;Nej\n", encoding="utf-8", block=64)
def test_the_fast_reader_gives_what_the_ordinary_one_gives(tmp_path, text, encoding, block):
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding, errors="ignore"))
    compare(path, None, block)
    compare(path, encoding, block)


@pytest.mark.usefixtures("always")
@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
@given(
    text=st.text('ab,;"\n\r \ufeffå\x00', max_size=60) | st.text(max_size=60),
    tail=st.binary(max_size=3),
    block=st.integers(8, 40),
)
def test_any_bytes_are_read_as_by_the_ordinary_reader(tmp_path, text, tail, block):
    path = tmp_path / "x.csv"
    path.write_bytes(b"a;b\n" + text.encode("utf-8", errors="ignore") + tail)
    compare(path, None, block)


WRITTEN = """nr;a;b;c
1;Nej;"Ja, helt";x
2;"a
b";Vet ej;
3;;Jo;x
"""


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_ordinary_table_is_read_the_fast_way(tmp_path, encoding, separator, end):
    """Else the properties above would hold of nothing."""
    text = WRITTEN.replace("Jo", "Åh").replace("Ja, helt", "Ja helt")
    text = text.replace(";", separator).replace("\n", end)
    (tmp_path / "x.csv").write_bytes(text.encode(encoding))
    assert compare(tmp_path / "x.csv")
    [export] = fast(tmp_path / "x.csv")
    assert isinstance(export.columns[1].cells, Encoded)
    assert export.columns[1].cells == ("Nej", f"a{end}b", "")
    assert export.columns[2].cells == ("Ja helt", "Vet ej", "Åh")


@pytest.mark.usefixtures("always")
def test_bytes_that_are_not_utf8_late_in_the_file_begin_the_reading_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(large, "_BLOCK", 100)
    text = "nr;a\n" + "1;Nej\n" * 200 + "2;Åh\n"
    (tmp_path / "x.csv").write_bytes(text.encode("cp1252"))
    [export] = fast(tmp_path / "x.csv")
    assert export.how[0].fields == {"encoding": "cp1252"}
    assert export.columns[1].cells[-1] == "Åh"
    assert compare(tmp_path / "x.csv")


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    "text",
    [
        "nr;a\n1;Nej\n2;Nej;Nej\n3\n",
        "nr;a\n\n1;Nej\n\n\n2;\n\n",
        "nr;a\n1;Nej\n   \n2;\n  \n\n",
        "nr;a\r1;Nej\r2;Ja\r",
        "nr;a;a\n1;Nej;\n",
    ],
    ids=["ragged", "blank lines", "rows of a space", "carriage returns", "a heading twice"],
)
def test_what_is_not_quite_a_table_is_read_alike(tmp_path, text):
    (tmp_path / "x.csv").write_text(text, newline="")
    compare(tmp_path / "x.csv", block=64)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(
    "text",
    [
        'nr;a\n1;"Nej\n2;Ja\n',
        'nr;a\n1;"Nej" \n',
        'nr;a"b\n1;"Nej\nx"\n',
        'nr;a"b\n1;Nej\n',
        "nr;a\n1;\x00\n",
        "a\nNej\n",
        "nr;a\n1;" + "x" * 200_000 + "\n",
        "id;submitdate;lastpage;startlanguage;Q1\n1;2012-01-01 10:00:00;3;sv;Y\n",
        "Tidstämpel;Fråga\n2012-01-01 10:00:00;Ja\n",
    ],
    ids=[
        "open quote",
        "after a quote",
        "a quote in a heading",
        "one more",
        "control",
        "one column",
        "long cell",
        "limesurvey",
        "google",
    ],
)
def test_what_is_not_surely_plain_is_left_to_the_ordinary_reader(tmp_path, text):
    (tmp_path / "x.csv").write_text(text, encoding="utf-8", newline="")
    assert fast(tmp_path / "x.csv") is None


def test_a_small_file_is_left_to_the_ordinary_reader(tmp_path):
    (tmp_path / "x.csv").write_text(WRITTEN)
    assert fast(tmp_path / "x.csv") is None
    assert fast(tmp_path / "no such file.csv") is None


# Larger than the memory limit


def big(rows):
    """Answers with a repeated identifier far from its like, a wrong cell and blank rows."""
    random = np.random.default_rng(7)
    answers = np.array(["Ja, helt", "Nej", "Vet ej", ""])
    table = [
        [str(at), *answers[random.integers(0, 4, 2)], ["x", ""][at % 2], f"fritt svar nummer {at}"]
        for at in range(rows)
    ]
    table[rows - 3][0] = table[5][0]
    table[rows // 2][1] = "Jo"
    table[3][2] = "3"
    table[rows - 9] = ["", "", "", "", ""]
    return [["nr", "a", "b", "c", "fritt"], *table]


def as_csv(path, table):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table)


def as_parquet(path, table):
    pl.DataFrame(table[1:], schema=table[0], orient="row").write_parquet(path)


@pytest.mark.usefixtures("always")
@pytest.mark.parametrize(("name", "write"), [("x.csv", as_csv), ("x.parquet", as_parquet)])
def test_a_file_larger_than_its_memory_limit_is_counted_in_parts_with_the_same_result(
    tmp_path, monkeypatch, name, write
):
    table = big(30_000)
    write(tmp_path / name, table)
    parts, add = [], _Together.add
    monkeypatch.setattr(_Together, "add", lambda own, each: parts.append(each) or add(own, each))
    small = read_export(tmp_path / name, name, BOOK, memory_limit=1)
    assert len(parts) > 4
    whole = read_export(tmp_path / name, name, BOOK)
    assert placed(small) == placed(whole)
    assert count(small.responses, "1").equals(count(whole.responses, "1"))
    by = count(small.responses, "1", by=["b"])
    assert by.equals(count(whole.responses, "1", by=["b"]))
    # And by hand.
    first = 2 if name == "x.csv" else 1
    found = [(each.row, each.column) for each in small.problems if each.column != "fritt"]
    assert found == [
        (first + 5, "nr"),
        (first + 29_997, "nr"),
        (first + 29_991, None),
        (first + 15_000, "a"),
        (first + 3, "b"),
    ]
    frame = count(small.responses, "1").set_index(["item", "value"])["n"]
    assert frame["a", 1] == sum(row[1] == "Nej" for row in table)


@pytest.mark.usefixtures("always")
def test_rows_of_another_width_are_reported_from_every_part(tmp_path):
    table = big(8_000)
    table[100].append("x")
    table[-1].pop()
    as_csv(tmp_path / "x.csv", table)
    with pytest.raises(EvalkitError) as error:
        read_export(tmp_path / "x.csv", "x.csv", BOOK, memory_limit=1)
    assert [each.row for each in error.value.problems] == [101, 8001]


# Parquet

MOMENT = dt.datetime(2012, 3, 4, 10, 20, 30)  # noqa: DTZ001 - a survey's own time
KINDS = {
    "text": (["Ja", None, ""], None, ("Ja", "", "")),
    "category": (["Ja", None, "Nej"], pl.Categorical, ("Ja", "", "Nej")),
    "whole": ([1, None, -2], pl.Int8, ("1", "", "-2")),
    "large": ([2**60, None, 3], pl.UInt64, ("1.15292150460685e+18", "", "3")),
    "number": ([1.0, float("nan"), 0.1 + 0.2], pl.Float64, ("1", "", "0.3")),
    "single": ([0.1, None, 4.0], pl.Float32, ("0.1", "", "4")),
    "decimal": ([Decimal("4.00"), None, Decimal("2.50")], pl.Decimal(9, 2), ("4", "", "2.5")),
    "truth": ([True, None, False], pl.Boolean, ("TRUE", "", "FALSE")),
    "date": ([dt.date(2012, 3, 4), None, None], None, ("2012-03-04", "", "")),
    "moment": ([MOMENT, None, MOMENT], None, ("2012-03-04 10:20:30", "", "2012-03-04 10:20:30")),
    "length": ([dt.timedelta(hours=30), None, None], None, ("30:00:00", "", "")),
    "time": ([dt.time(10, 20), None, None], None, ("10:20:00", "", "")),
    "empty": ([None, None, None], pl.Null, ("", "", "")),
    "bytes": ([b"Nej", None, b""], pl.Binary, ("Nej", "", "")),
}


@pytest.fixture
def parquet(tmp_path):
    def write(columns):
        pl.DataFrame(columns).write_parquet(tmp_path / "x.parquet")
        return tmp_path / "x.parquet"

    return write


@pytest.mark.parametrize(("cells", "kind", "texts"), KINDS.values(), ids=KINDS)
def test_a_parquet_column_is_read_as_the_text_that_a_person_sees(parquet, cells, kind, texts):
    export = reading.read(parquet([pl.Series("q", cells, kind)]), "x.parquet")
    assert [(each.heading, each.cells) for each in export.columns] == [("q", texts)]
    assert (export.format, tuple(export.rows)) == ("parquet", (1, 2, 3))
    assert [each.key for each in export.how] == ["how_parquet"]


def test_numbers_with_the_same_text_are_one_text(parquet):
    export = reading.read(parquet({"q": [0.3, 0.1 + 0.2]}), "x.parquet")
    assert export.columns[0].cells.texts == ("0.3",)


def test_a_parquet_file_is_placed_and_drafted_as_a_text_is(parquet, tmp_path):
    table = big(300)
    as_csv(tmp_path / "x.csv", table)
    as_parquet(tmp_path / "x.parquet", table)
    text, other = (read_export(tmp_path / each, "x", BOOK) for each in ("x.csv", "x.parquet"))
    assert placed(other)[1:3] == placed(text)[1:3]
    drafted = [survey(each.export).guesses for each in (text, other)]
    assert drafted[0] == drafted[1]


def test_the_format_may_be_named(parquet):
    path = parquet({"q": ["Ja"]})
    assert reading.read(path, "x.parquet", "parquet").format == "parquet"
    with pytest.raises(EvalkitError, match="This is a Parquet file"):
        reading.read(path, "x.parquet", "plain")


def test_a_parquet_file_without_respondents_or_with_lists_is_refused(parquet):
    with pytest.raises(EvalkitError, match="no respondent"):
        reading.read(parquet({"q": pl.Series([], dtype=pl.String)}), "x.parquet")
    with pytest.raises(EvalkitError, match="lists") as error:
        reading.read(parquet({"q": ["Ja"], "l": [["a", "b"]]}), "x.parquet")
    assert [each.column for each in error.value.problems] == ["l"]


@pytest.mark.parametrize("data", [b"PAR1", b"PAR1PAR1", b"PAR1" + b"\xff" * 40 + b"PAR1"])
def test_what_only_begins_as_a_parquet_file_is_refused(tmp_path, data):
    (tmp_path / "x.parquet").write_bytes(data)
    with pytest.raises(EvalkitError, match="Parquet file is damaged"):
        reading.read(tmp_path / "x.parquet", "x.parquet")


def small_parquet():
    out = io.BytesIO()
    pl.DataFrame({"nr": range(40), "a": ["Nej", None] * 20}).write_parquet(out)
    return out.getvalue()


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(
    at=st.integers(4, len(small_parquet()) - 1), put=st.binary(max_size=3), out=st.integers(0, 9)
)
def test_a_damaged_parquet_file_is_read_or_refused(tmp_path, at, put, out):
    data = small_parquet()
    (tmp_path / "x.parquet").write_bytes(data[:at] + put + data[at + out :])
    found = outcome(lambda: read_export(tmp_path / "x.parquet", "x.parquet", BOOK))
    assert found


@pytest.mark.usefixtures("always")
def test_the_memory_limit_is_a_setting_of_the_round(tmp_path, copy_study, monkeypatch):
    study = copy_study(tmp_path / "bou-2012")
    settings_file = study / "study.yaml"
    text = settings_file.read_text("utf-8")
    line = next(each for each in text.splitlines() if each.strip().startswith("responses:"))
    indent = line[: len(line) - len(line.lstrip())]

    def limited(limit):
        settings_file.write_text(text.replace(line, f"{line}\n{indent}memory_limit: {limit}"))

    asked = []
    add = _Together.add
    monkeypatch.setattr(_Together, "add", lambda own, each: asked.append(each) or add(own, each))
    limited(3)
    monkeypatch.setattr("evalkit.intake.gather._AT_MOST", 30_000)  # 100 bytes a batch
    counts = open_study(study).counts()
    assert counts.equals(open_study("bou-2012").counts())
    assert len(asked) > 3
    limited(0)
    with pytest.raises(EvalkitError, match="memory_limit"):
        open_study(study)
