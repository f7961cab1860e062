"""Spreadsheets: written by another library than the one that reads, and read as text is."""

import csv
import datetime as dt
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.codebook import read_codebook
from evalkit.errors import EvalkitError
from evalkit.intake import read_export
from evalkit.intake.export import Reason
from evalkit.intake.read import read

FIXTURES = Path(__file__).parent / "fixtures"
FORMATS = FIXTURES / "formats"
CODEBOOK, _ = read_codebook(FORMATS)
ITEMS = ("q1", "q2", "kanal", "kanal_webb", "kanal_brev", "kanal_mote")
BOUNDED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LONG = settings(BOUNDED, max_examples=5000)


def cells_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [
            [int(cell) if at == 0 and cell.isdigit() else cell for at, cell in enumerate(row)]
            for row in csv.reader(file, delimiter=";")
        ]


REFERENCE = cells_of(FORMATS / "reference.csv")


def by_xlsxwriter(sheets, at=(0, 0)):
    """An XLSX of {sheet: rows}; a cell may be a function that writes itself."""
    whole = io.BytesIO()
    with xlsxwriter.Workbook(whole, {"strings_to_formulas": False, "in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for y, row in enumerate(rows, at[0]):
                for x, cell in enumerate(row, at[1]):
                    if callable(cell):
                        cell(book, sheet, y, x)
                    elif isinstance(cell, str):
                        sheet.write_string(y, x, cell)
                    else:
                        sheet.write(y, x, cell)
    return whole.getvalue()


def by_openpyxl(sheets, at=(0, 0)):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for y, row in enumerate(rows, at[0] + 1):
            for x, value in enumerate(row, at[1] + 1):
                cell = sheet.cell(y, x, value)
                if isinstance(value, str):
                    cell.data_type = "s"
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "table", "text")
)
FILLING = '<table:table-cell table:number-columns-repeated="16377"/>'
BELOW = f'<table:table-row table:number-rows-repeated="1048000">{FILLING}</table:table-row>'


def ods_cell(value):
    if value == "":
        return "<table:table-cell/>"
    if isinstance(value, str):
        return (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{escape(value)}</text:p></table:table-cell>"
        )
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}">'
        f"<text:p>{value}</text:p></table:table-cell>"
    )


def by_hand(sheets, at=(0, 0)):
    """An ODS as LibreOffice lays it out: everything around the table is repeated empty cells."""
    tables = []
    for name, rows in sheets.items():
        above = "<table:table-row><table:table-cell/></table:table-row>" * at[0]
        before = "<table:table-cell/>" * at[1]
        body = "".join(
            f"<table:table-row>{before}{''.join(map(ods_cell, row))}{FILLING}</table:table-row>"
            for row in rows
        )
        tables.append(f'<table:table table:name="{name}">{above}{body}{BELOW}</table:table>')
    return ods("".join(tables))


def ods(tables):
    whole = io.BytesIO()
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", kind)
        file.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest "
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
        file.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMES} '
            'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
            f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
            "</office:document-content>",
        )
    return whole.getvalue()


WRITERS = pytest.mark.parametrize("write", [by_xlsxwriter, by_openpyxl, by_hand])


@pytest.fixture
def opened(tmp_path):
    """Read the bytes of a file, by whatever name it has."""

    def open_(data, name="export.xlsx", **how):
        (tmp_path / name).write_bytes(data)
        return read(tmp_path / name, name, **how)

    return open_


def answers(reading):
    found = reading.responses
    return {item: [found.levels[item][code] for code in found.codes[item]] for item in ITEMS}


def column(export, heading):
    return next(each.cells for each in export.columns if each.heading == heading)


# The same responses


@WRITERS
@pytest.mark.parametrize("name", ["export.xlsx", "export.ods", "export.csv", "export"])
def test_a_spreadsheet_gives_the_same_responses_as_the_reference(tmp_path, write, name):
    (tmp_path / name).write_bytes(write({"Svar åäö": REFERENCE}))
    reading = read_export(tmp_path / name, name, CODEBOOK)
    reference = read_export(FORMATS / "reference.csv", "reference.csv", CODEBOOK)
    assert [(each.severity, each.column) for each in reading.problems] == [("warning", "fritt")]
    assert answers(reading) == answers(reference)
    assert column(reading.export, "fritt") == column(reference.export, "fritt")
    assert reading.export.rows == reference.export.rows == tuple(range(2, 10))
    assert reading.export.how == (
        Reason("how_spreadsheet", {"sheet": "Svar åäö"}),
        Reason("how_plain"),
    )


def test_a_layout_of_a_survey_tool_is_recognised_in_a_spreadsheet_too(tmp_path, opened):
    with (FIXTURES / "layouts/qualtrics.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    export = opened(by_xlsxwriter({"Sheet1": rows}))
    text = read(FIXTURES / "layouts/qualtrics.csv", "qualtrics.csv")
    assert export.format == "qualtrics"
    assert export.columns == text.columns
    assert [each.key for each in export.how] == ["how_spreadsheet", text.how[1].key]


# Cells as a person sees them


def shown_as(form, value):
    return lambda book, sheet, y, x: sheet.write(y, x, value, book.add_format({"num_format": form}))


def error(text):
    return lambda _, sheet, y, x: sheet.write_formula(y, x, "=1/0", None, text)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (4, "4"),
        (4.0, "4"),
        (-3, "-3"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (123456789012, "123456789012"),
        (1e20, "1e+20"),
        ("4.0", "4.0"),
        ("007", "007"),
        ("1\u00a0234", "1\u00a0234"),
        ("  Ja ", "  Ja "),
        ("två\nrader", "två\nrader"),
        ("=2+2", "=2+2"),
        ("åäö – É", "åäö – É"),
        (True, "TRUE"),
        (False, "FALSE"),
        (shown_as("yyyy-mm-dd", dt.date(2012, 3, 4)), "2012-03-04"),
        (shown_as("yyyy-mm-dd hh:mm", 40972.4305555556), "2012-03-04 10:20:00"),
        (shown_as("hh:mm:ss", dt.time(10, 20, 30)), "10:20:30"),
        (shown_as("[h]:mm:ss", 1.5), "36:00:00"),
        (None, ""),
        (error("#DIV/0!"), "#DIV/0!"),
        (error("#N/A"), "#N/A"),
    ],
)
def test_a_cell_is_text_as_a_person_sees_it(opened, cell, text):
    export = opened(by_xlsxwriter({"S": [["nr", "q"], [1, cell], [2, "x"]]}))
    assert column(export, "q") == (text, "x")
    assert column(export, "nr") == ("1", "2")


def test_an_error_in_a_cell_of_an_ods_is_not_lost(opened):
    wrong = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" '
        'office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p>'
        "</table:table-cell>"
    )
    rows = "".join(
        f"<table:table-row>{ods_cell(nr)}{cell}</table:table-row>"
        for nr, cell in (("nr", ods_cell("q")), (1, wrong))
    )
    export = opened(ods(f'<table:table table:name="S">{rows}</table:table>'))
    assert column(export, "q") == ("#DIV/0!",)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=60)


@given(TEXT)
@BOUNDED
def test_text_is_read_back_as_it_was_written(opened, text):
    export = opened(by_xlsxwriter({"S": [["q", "slut"], [text, "x"]]}))
    assert column(export, "q") == (text,)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
@BOUNDED
def test_a_number_is_read_back_as_it_was_written(opened, number):
    export = opened(by_xlsxwriter({"S": [["q"], [number]]}))
    assert float(column(export, "q")[0]) == pytest.approx(number, rel=1e-14)


# Which sheet, which rows


def test_of_several_sheets_with_data_the_first_is_taken_and_the_others_are_named(opened):
    data = by_openpyxl({"Tomt": [], "Svar": [["q"], ["a"]], "Om": [["om"], ["b"]], "Ö": [["c"]]})
    export = opened(data)
    assert column(export, "q") == ("a",)
    assert export.how[0] == Reason("how_spreadsheet_several", {"sheet": "Svar", "others": "Om, Ö"})
    assert column(opened(data, sheet="Om"), "om") == ("b",)


def test_a_hidden_sheet_comes_after_those_that_are_seen(opened):
    book = openpyxl.load_workbook(io.BytesIO(by_openpyxl({"A": [["a"], [1]], "B": [["b"], [2]]})))
    book["A"].sheet_state = "hidden"
    whole = io.BytesIO()
    book.active = 1
    book.save(whole)
    assert column(opened(whole.getvalue()), "b") == ("2",)


@pytest.mark.parametrize(
    ("sheets", "sheet", "said"),
    [
        ({"Svar": [["q"], [1]]}, "Svars", 'no sheet "Svars".*Did you mean "Svar"'),
        ({"Svar": [["q"], [1]], "Tomt": []}, "Tomt", 'The sheet "Tomt" is empty'),
        ({"Svar": [], "Tomt": [[" "]]}, "", "The file is empty"),
        ({"Svar": [["q", "p"]]}, "", "no respondent"),
    ],
)
def test_a_sheet_that_there_is_not_or_that_is_empty_is_reported(opened, sheets, sheet, said):
    with pytest.raises(EvalkitError, match=said):
        opened(by_openpyxl(sheets), sheet=sheet)


@WRITERS
def test_rows_have_the_numbers_of_the_spreadsheet_wherever_the_table_begins(opened, write):
    rows = [["q", "p"], ["a", "b"], ["", ""], ["c", ""], ["", ""], ["", ""]]
    export = opened(write({"S": rows}, at=(4, 2)))
    assert export.rows == (6, 7, 8)
    assert [each.heading for each in export.columns] == ["q", "p"]
    assert column(export, "p") == ("b", "", "")


def test_a_merged_cell_is_its_first_cell(opened):
    def merged(book, sheet, y, x):
        sheet.merge_range(y, x, y, x + 1, "båda")

    export = opened(by_xlsxwriter({"S": [["q", "p"], [merged], ["a", "b"]]}))
    assert [each.cells for each in export.columns] == [("båda", "a"), ("", "b")]


# Format, and what is no spreadsheet


def test_a_format_in_study_yaml_overrides(opened):
    data = by_openpyxl({"S": REFERENCE})
    assert opened(data, form="xlsx").format == "plain"
    assert opened(data, form="plain").how[1] == Reason("how_named", {"format": "plain"})
    with pytest.raises(EvalkitError, match="The spreadsheet cannot be read"):
        opened(b"q;p\n1;2\n", form="ods")
    with pytest.raises(EvalkitError, match=r'no format "xslx".*Did you mean "xlsx"'):
        opened(data, form="xslx")


def zipped(**parts):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        for name, text in parts.items():
            file.writestr(name.replace("__", "/"), text)
    return whole.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04",
        b"PK\x03\x04" + bytes(500),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
        zipped(word__document="<w/>"),
        by_openpyxl({"S": REFERENCE})[:-200],
    ],
)
def test_what_is_no_spreadsheet_or_damaged_is_one_error_that_says_what_to_do(opened, data):
    with pytest.raises(EvalkitError, match=r"The spreadsheet .*save it again") as raised:
        opened(data)
    assert [each.file for each in raised.value.problems] == ["export.xlsx"]


def test_an_ods_whose_xml_is_cut_off_is_reported_and_not_read_for_ever(opened):
    data = io.BytesIO()
    whole = by_hand({"S": REFERENCE})
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(data, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part[:-300] if name == "content.xml" else part)
    with pytest.raises(EvalkitError, match="The spreadsheet is damaged"):
        opened(data.getvalue())


def far_in_xlsx(place):
    book = openpyxl.Workbook()
    book.active["A1"], book.active[place] = "här", "borta"
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def far_in_ods(rows, columns):
    cell = ods_cell("x").replace("-cell ", f'-cell table:number-columns-repeated="{columns}" ')
    row = f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'
    return ods(f'<table:table table:name="S">{row}</table:table>')


@pytest.mark.parametrize(
    "data",
    [
        far_in_xlsx("XFD1048576"),
        far_in_xlsx("AZ1000000"),
        far_in_ods(1_048_576, 16_384),
        far_in_ods(40_000_000, 1),
    ],
)
def test_a_cell_out_of_all_measure_is_reported_before_memory_is_set_aside(opened, data):
    with pytest.raises(EvalkitError, match="too large to be read"):
        opened(data)


def test_the_libraries_are_imported_when_a_file_needs_them():
    script = "import sys, evalkit.intake; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, encoding="utf-8"
    )
    assert not {"python_calamine", "pyreadstat"} & set(done.stdout.split())


# Bytes of any kind

GOOD = {
    "xlsxwriter": by_xlsxwriter({"S": REFERENCE, "Fel": [["q"], [error("#N/A")]]}),
    "ods": by_hand({"S": REFERENCE}),
}


@st.composite
def damaged(draw, whole):
    """A good file cut off or with bits turned."""
    data = bytearray(whole)
    for at in draw(st.lists(st.integers(0, len(data) - 1), max_size=6)):
        data[at] ^= 1 << draw(st.integers(0, 7))
    return bytes(data[: draw(st.integers(0, len(data)))] if draw(st.booleans()) else data)


@st.composite
def repacked(draw, whole):
    """A good zip whose parts are damaged inside."""
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(copy, "w") as new:
        hit = draw(st.sampled_from(old.namelist()))
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, draw(damaged(part)) if name == hit else part)
    return copy.getvalue()


BYTES = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data),
    st.binary(max_size=600).map(lambda data: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data),
    *(damaged(each) for each in GOOD.values()),
    *(repacked(each) for each in GOOD.values()),
)


def nothing_else(opened, data):
    try:
        opened(data)
    except EvalkitError as error:
        assert str(error)  # noqa: PT017 - any other exception fails the test


@given(data=BYTES)
@BOUNDED
def test_no_bytes_raise_anything_but_evalkits_error(opened, data):
    nothing_else(opened, data)


@pytest.mark.soak
@given(data=BYTES)
@LONG
def test_no_bytes_raise_anything_but_evalkits_error_long(opened, data):
    nothing_else(opened, data)
