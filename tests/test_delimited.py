"""Bytes to cells: encodings, separators, quotes, ragged rows."""

import codecs
import csv
import encodings
import io
import pkgutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.delimited import read_delimited, read_table
from evalkit.errors import EvalkitError

TEXT = "Nr;Åsikt\n1;Så där\n2;Ö\n"
ROWS = ((2, ("1", "Så där")), (3, ("2", "Ö")))


def read(tmp_path, data, encoding=None):
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    return read_delimited(path, "x.csv", encoding)


def problems(tmp_path, data, encoding=None):
    with pytest.raises(EvalkitError) as caught:
        read(tmp_path, data, encoding)
    return caught.value.problems


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode("utf-8"), "utf-8-sig"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_found_and_the_cells_are_the_same(tmp_path, data, found):
    table = read(tmp_path, data)
    assert (table.encoding, table.header, table.rows) == (found, ("Nr", "Åsikt"), ROWS)


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman", "latin-1", "utf-16-le", "CP1252"])
def test_a_named_encoding_is_used(tmp_path, encoding):
    table = read(tmp_path, TEXT.encode(encoding), encoding)
    assert (table.header, table.rows) == (("Nr", "Åsikt"), ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_mark_is_no_part_of_the_first_heading_also_where_the_encoding_is_named(
    tmp_path, encoding
):
    table = read(tmp_path, ("\ufeff" + TEXT).encode(encoding), encoding)
    assert table.header == ("Nr", "Åsikt")


def test_an_encoding_that_there_is_not_is_named_with_the_nearest(tmp_path):
    [problem] = problems(tmp_path, TEXT.encode(), "cp1225")
    assert problem.message == 'There is no encoding "cp1225".'
    assert '"cp1252"' in problem.fix


_CODECS = sorted(each.name for each in pkgutil.iter_modules(encodings.__path__))


@pytest.mark.parametrize("encoding", ["a\0b", "", "å", "x" * 500, "hex", "rot13", "undefined"])
def test_a_name_that_is_no_text_encoding_is_a_fault_of_the_user(tmp_path, encoding):
    assert problems(tmp_path, TEXT.encode(), encoding)


def test_no_codec_of_python_lets_another_error_through(tmp_path):
    leaking = []
    for name in _CODECS:
        try:
            read(tmp_path, b"\x80\xffa;b\n1;2\n", name)
        except EvalkitError:
            continue
        except Exception:  # noqa: BLE001 - that is what is looked for
            leaking.append(name)
    assert leaking == []


def test_tabs_between_quoted_headings_are_found(tmp_path):
    table = read(tmp_path, b'"a"\t"b"\n"1"\t"2"\n')
    assert (table.separator, table.header) == ("\t", ("a", "b"))


@pytest.mark.parametrize(
    ("separator", "name"), [(";", "a, b;c"), ("\t", "a, b\tc"), (",", "a b,c")]
)
def test_the_separator_is_found(tmp_path, separator, name):
    table = read(tmp_path, f"{name}\n1{separator}2\n".encode())
    assert table.separator == separator
    assert table.rows == ((2, ("1", "2")),)


def test_a_quoted_heading_does_not_vote_for_the_separator(tmp_path):
    table = read(tmp_path, b'"a, b, c, d";e\n1;2\n')
    assert table.header == ("a, b, c, d", "e")


def test_commas_in_the_wording_of_a_question_are_not_separators(tmp_path):
    """Survey tools write the whole question as heading, and quote only what holds a semicolon."""
    text = "Nr;Hur ofta, om alls, ses ni, du och chefen?\n1;Ofta\n2;Sällan\n"
    table = read(tmp_path, text.encode())
    assert table.header == ("Nr", "Hur ofta, om alls, ses ni, du och chefen?")
    assert table.rows == ((2, ("1", "Ofta")), (3, ("2", "Sällan")))


def test_quoted_separators_quotes_and_line_breaks_are_content(tmp_path):
    table = read(tmp_path, b'a;"b;\r\n""x"""\r\n"1;1";"two\r\nlines"\r\n3;4\r\n')
    assert table.header == ("a", 'b;\r\n"x"')
    assert table.rows == ((2, ("1;1", "two\r\nlines")), (3, ("3", "4")))


def test_every_ragged_row_is_reported_with_its_number_in_the_spreadsheet(tmp_path):
    found = problems(tmp_path, b'a;b\n1;"x\ny"\n1;2;3\n\n4;5\n6\n')
    # Row 2 spans two lines of the file; row 4 is blank and row 6 is short.
    assert [(each.file, each.row) for each in found] == [("x.csv", 3), ("x.csv", 6)]
    assert found[0].message == "The row has 3 cells, the heading has 2."
    assert found[1].message == "The row has 1 cells, the heading has 2."


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \t\r\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_an_empty_file_is_reported(tmp_path, data):
    [problem] = problems(tmp_path, data)
    assert (problem.file, problem.row, problem.message) == ("x.csv", None, "The file is empty.")


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04\x14\x00\x06\x00",  # an Excel workbook
        b"\x89PNG\r\n\x1a\n\x00\x00",
        "a;b\n1;2\n".encode("utf-16-le"),  # without a mark
        b"\xff\xfea",  # half a character of UTF-16
        b"\x81\x8d;\n",  # undefined in cp1252
    ],
)
def test_a_file_that_is_not_text_is_reported(tmp_path, data):
    [problem] = problems(tmp_path, data)
    assert "encoding is not known" in problem.message
    assert problem.fix


def test_a_quote_that_is_not_closed_is_reported_with_its_row(tmp_path):
    [problem] = problems(tmp_path, b'a;b\n1;2\n3;"x\n')
    assert problem.row == 3
    assert "quotation mark" in problem.fix


def test_blank_lines_at_the_end_are_no_respondents(tmp_path):
    assert len(read(tmp_path, b"a;b\n1;2\n\n\n").rows) == 1
    assert len(read(tmp_path, b"a;b\n1;2\n  \n").rows) == 1


def test_a_respondent_who_left_everything_empty_is_kept_also_at_the_end(tmp_path):
    table = read(tmp_path, b"a;b\n;\n1;2\n;\n")
    assert table.rows == ((2, ("", "")), (3, ("1", "2")), (4, ("", "")))


def test_blank_lines_before_the_heading_do_not_matter(tmp_path):
    table = read(tmp_path, b"\n\na;b\n1;2\n")
    assert table.header == ("a", "b")
    assert [cells for _, cells in table.rows] == [("1", "2")]


def test_a_file_that_is_not_there_is_named_with_the_nearest(tmp_path):
    (tmp_path / "answers.csv").touch()
    with pytest.raises(EvalkitError, match=r'answer\.csv: .* Did you mean "answers\.csv"\?'):
        read_delimited(tmp_path / "answer.csv", "answer.csv")
    with pytest.raises(EvalkitError, match="There is none"):
        read_delimited(tmp_path / "no" / "answer.csv", "answer.csv")
    with pytest.raises(EvalkitError, match="cannot be read"):
        read_delimited(tmp_path, "a folder")


def test_missing_and_repeated_columns_of_a_known_table_are_all_reported(tmp_path):
    (tmp_path / "x.csv").write_text("item,n,n,labl\n")
    with pytest.raises(EvalkitError) as caught:
        read_table(tmp_path / "x.csv", "x.csv", ("item", "n", "value"), ("label",))
    assert [(p.row, p.column, p.message) for p in caught.value.problems] == [
        (1, "value", "The column is missing."),
        (1, "n", "The column stands there twice."),
    ]


# Cells that a CSV file can hold: no control characters, and line breaks as csv keeps them.
_CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from('\n\t";, \r'),
    max_size=8,
)
_TIDY = _CELLS.map(lambda cell: cell.strip())


@given(
    head=st.lists(_TIDY, min_size=2, max_size=4),
    body=st.lists(st.lists(_CELLS, min_size=4, max_size=4), max_size=4),
    separator=st.sampled_from(";\t,"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_csv_writes_is_read_back(tmp_path, head, body, separator, encoding, quoting):
    # A heading that holds a rival separator is quoted, so that it has no vote.
    head = [f"{cell}_" for cell in head]
    body = [cells[: len(head)] for cells in body]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    csv.writer(out, delimiter=separator, quoting=quoting).writerows(body)
    table = read(tmp_path, out.getvalue().encode(encoding))
    assert table.separator == separator
    assert table.header == tuple(head)
    assert [list(cells) for _, cells in table.rows] == body


@given(
    data=st.binary(max_size=200) | st.text(max_size=100).map(lambda t: t.encode("utf-8", "ignore"))
)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_arbitrary_bytes_are_read_or_refused_as_a_fault_of_the_user(tmp_path, data):
    try:
        table = read(tmp_path, data)
    except EvalkitError as error:
        assert error.problems  # noqa: PT017 - either outcome is right
    else:
        assert all(len(cells) == len(table.header) for _, cells in table.rows)
