"""SPSS and Stata files: written by PSPP and pandas, read by pyreadstat, checked against text.

`fixtures/formats/reference.sps` made the SPSS files.
"""

import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evalkit.codebook import Answer, Codebook, Item, Scale, Text, read_codebook
from evalkit.errors import EvalkitError
from evalkit.intake import Level, place, read_export
from evalkit.intake.export import Column, ColumnSet, Export, Reason
from evalkit.intake.read import read
from evalkit.intake.statistical import missing_status

FORMATS = Path(__file__).parent / "fixtures" / "formats"
CODEBOOK, _ = read_codebook(FORMATS)
ITEMS = ("q1", "q2", "kanal", "kanal_webb", "kanal_brev", "kanal_mote")
SAV = (FORMATS / "reference.sav").read_bytes()
ZSAV = (FORMATS / "reference.zsav").read_bytes()
BOUNDED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LONG = settings(BOUNDED, max_examples=5000)

REFERENCE = pd.read_csv(FORMATS / "reference.csv", sep=";", keep_default_na=False)
CODES = {
    "q1": {1: "Mycket nöjd", 2: "Ganska nöjd", 3: "Ganska missnöjd", 4: "Mycket missnöjd", 8: "?"},
    "q2": {1: "Ja", 2: "Nej"},
    **{
        f"Kanal_{each}": {1: "Vald", 0: "Ej vald", 9: "Fick inte frågan"}
        for each in ("webb", "brev", "mote")
    },
}
CODES["q1"][8] = "Vet ej"


def by_pandas(path, version=118, **changed):
    """The reference survey in Stata: codes with value labels, an empty cell as missing."""
    frame = REFERENCE.copy()
    for name, labels in CODES.items():
        code = {label: value for value, label in labels.items()}
        frame[name] = [code.get(cell, np.nan) for cell in frame[name]]
    if version < 118:
        frame = frame.drop(columns="fritt")  # its dash is not in latin-1
    frame.assign(**changed).to_stata(
        path,
        write_index=False,
        version=version,
        value_labels=CODES,
        variable_labels={"q1": "Hur nöjd är du med lärandet?"},
    )
    return path


@pytest.fixture
def stata(tmp_path):
    return by_pandas(tmp_path / "export.dta")


@pytest.fixture
def opened(tmp_path):
    """Read the bytes of a file, by whatever name it has."""

    def open_(data, name="export.sav", **how):
        (tmp_path / name).write_bytes(data)
        return read(tmp_path / name, name, **how)

    return open_


def answers(reading):
    found = reading.responses
    return {item: [found.levels[item][code] for code in found.codes[item]] for item in ITEMS}


def column(export, heading):
    return next(each for each in export.columns if each.heading == heading)


# The same responses


@pytest.fixture
def reference():
    return read_export(FORMATS / "reference.csv", "reference.csv", CODEBOOK)


@pytest.mark.parametrize("name", ["reference.sav", "reference.zsav"])
def test_an_spss_file_gives_the_same_responses_as_the_reference(reference, name):
    reading = read_export(FORMATS / name, name, CODEBOOK)
    assert {each.severity for each in reading.problems} == {"warning"}
    assert answers(reading) == answers(reference)
    assert column(reading.export, "fritt").cells == column(reference.export, "fritt").cells
    assert reading.export.rows == tuple(range(1, 9))
    assert reading.export.format == "sav"
    assert reading.export.how == (Reason("how_spss"),)


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_a_stata_file_gives_the_same_responses_as_the_reference(tmp_path, reference, version):
    path = by_pandas(tmp_path / "export.dta", version)
    reading = read_export(path, "export.dta", CODEBOOK)
    assert {each.severity for each in reading.problems} <= {"warning"}
    assert answers(reading) == answers(reference)
    if version >= 118:
        assert column(reading.export, "fritt").cells == column(reference.export, "fritt").cells
    assert reading.export.format == "dta"
    assert reading.export.how == (Reason("how_stata"),)


@pytest.mark.parametrize("name", ["export.csv", "export.xlsx", "export"])
def test_the_file_is_known_by_its_beginning_and_not_by_its_name(opened, stata, name):
    assert opened(SAV, name).format == opened(ZSAV, name).format == "sav"
    assert opened(stata.read_bytes(), name).format == "dta"


def test_a_format_in_study_yaml_overrides(opened):
    assert opened(SAV, form="sav") == opened(SAV)
    with pytest.raises(EvalkitError, match="The Stata file is damaged"):
        opened(SAV, form="dta")
    with pytest.raises(EvalkitError, match=r'SPSS file, not text.*Leave out "format: plain"'):
        opened(SAV, form="plain")


# What only such a file can say


@pytest.fixture(scope="module")
def spss():
    return read(FORMATS / "reference.sav", "reference.sav")


def test_variable_and_value_labels_are_kept(spss):
    q1 = column(spss, "q1")
    assert q1.question == "Hur nöjd är du med lärandet på arbetsplatsen?"
    assert q1.labels == {str(code): label for code, label in CODES["q1"].items()}
    assert column(spss, "fritt").labels == {}


def test_values_and_ranges_declared_as_missing_are_kept_apart_by_their_labels(spss):
    grade = column(spss, "betyg")
    assert grade.cells == ("2.5", "-1", "-2", "99", "", "3", "4", "5")
    assert grade.missing == {"-1": "refused", "99": "dont_know", "-2": "invalid"}
    assert column(spss, "Ort_telefon").missing == {"vet ej": "dont_know"}
    assert column(spss, "brist").missing == {
        "-9": "not_asked",
        "-8": "not_applicable",
        "-7": "refused",
        "-6": "dont_know",
        "-5": "no_answer",
        "-4": "invalid",
    }


def test_dates_and_times_are_text(spss):
    assert column(spss, "dag").cells[:3] == ("2012-03-04", "1950-01-01", "")
    assert column(spss, "stund").cells[:2] == ("2012-03-04 10:20:30", "1950-01-01 00:00:00")
    assert column(spss, "tid").cells[:2] == ("30:15:00", "0:00:05")


def test_multiple_response_sets_are_kept(spss):
    assert spss.sets == (
        ColumnSet(
            "kanaler",
            "Vilka kanaler använder du?",
            ("Kanal_webb", "Kanal_brev", "Kanal_mote"),
            "1",
        ),
        ColumnSet("val", "Två val, i ordning", ("val1", "val2"), None),
        ColumnSet("ort", "", ("Ort_telefon", "Ort_post"), "ja"),
    )


def test_stata_keeps_its_kinds_of_missing_apart(tmp_path):
    """pandas writes "." alone; two of them are changed to .a and .b in the bytes."""
    values = [1.0, 2.0, -1234.5, -2345.5, np.nan, 0.1, 1e10, 2.5]
    labels = {2: "Två", 2147483622: "Vägrar", 2147483623: "Fick inte frågan"}
    path = tmp_path / "export.dta"
    frame = pd.DataFrame({"x": values, "y": pd.Series(values, dtype="float32"), "s": ["å"] * 8})
    frame.to_stata(path, write_index=False, version=118)
    data = path.read_bytes()
    for number, letter in ((-1234.5, 1), (-2345.5, 2)):
        data = data.replace(struct.pack("<d", number), bytes([0, 0, 0, 0, 0, letter, 0xE0, 0x7F]))
    path.write_bytes(data)
    found = column(read(path, "export.dta"), "x")
    assert found.cells == ("1", "2", ".a", ".b", "", "0.1", "10000000000", "2.5")
    assert found.missing == {".a": "invalid", ".b": "invalid"}
    assert column(read(path, "export.dta"), "y").cells[5] == "0.1"
    frame.assign(x=[1, 2, 3, 4, 5, 6, 7, 8]).to_stata(
        path, write_index=False, version=118, value_labels={"x": labels}
    )
    assert column(read(path, "export.dta"), "x").labels == {
        "2": "Två",
        ".a": "Vägrar",
        ".b": "Fick inte frågan",
    }


def test_dates_in_stata_are_text(tmp_path):
    when = pd.to_datetime(["2012-03-04 10:20:30", "1950-01-01 00:00:00"])
    path = tmp_path / "export.dta"
    pd.DataFrame({"dag": when, "stund": when, "manad": when}).to_stata(
        path, write_index=False, convert_dates={"dag": "td", "stund": "tc", "manad": "tm"}
    )
    export = read(path, "export.dta")
    assert column(export, "dag").cells == ("2012-03-04", "1950-01-01")
    assert column(export, "stund").cells == ("2012-03-04 10:20:30", "1950-01-01 00:00:00")
    assert column(export, "manad").cells == ("2012-03", "1950-01")


@pytest.mark.parametrize(
    ("label", "status"),
    [
        ("Vet ej", "dont_know"),
        ("Vet inte/ingen åsikt", "dont_know"),
        ("DON’T KNOW", "dont_know"),
        ("Vill inte svara", "refused"),
        ("Refused", "refused"),
        ("Ej aktuellt", "not_applicable"),
        ("Not applicable", "not_applicable"),
        ("Fick inte frågan", "not_asked"),
        ("Skipped", "not_asked"),
        ("Inget svar", "no_answer"),
        ("", "invalid"),
        ("Dubbelkryss", "invalid"),
        ("Skolan vet ejderns namn", "invalid"),
    ],
)
def test_the_label_of_a_missing_code_says_what_kind_it_is(label, status):
    assert missing_status(label) == status


# How such a column is placed

SCALE = (
    Answer(4, Text("Mycket bra", "Very good")),
    Answer(1, Text("Mycket dåligt", "Very poor")),
    Answer(8, Text("Vet ej", "Don't know"), "dont_know"),
)


def placed(cells, labels, missing, kind="likert"):
    item = Item("q", kind, Text("q"), "q", scale="s")
    export = Export(
        "x.sav",
        "sav",
        (Column("q", cells, labels=labels, missing=missing),),
        tuple(range(1, len(cells) + 1)),
    )
    reading = place(export, Codebook({"q": item}, {"s": Scale("s", SCALE)}, {}))
    levels = reading.responses.levels["q"]
    return [levels[code] for code in reading.responses.codes["q"]], reading.problems


def test_the_files_label_comes_before_its_code():
    labels = {"1": "Mycket bra", "4": "Mycket dåligt"}
    found, problems = placed(("1", "4"), labels, {})
    assert found == [Level(4, "valid"), Level(1, "valid")]
    assert problems == ()


def test_a_code_whose_label_the_scale_does_not_have_is_placed_with_a_warning():
    found, [problem] = placed(("4", "4"), {"4": "Toppen", "1": "Botten"}, {})
    assert found == [Level(4, "valid")] * 2
    assert problem.severity == "warning"
    assert problem.message == 'The file calls 4 "Toppen", the scale "Mycket bra".'


def test_the_scale_comes_before_what_the_file_declares_as_missing():
    labels = {"8": "Vet ej", "-1": "Vägrar", "7": "Vet ej"}
    missing = {"8": "dont_know", "-1": "refused", "7": "dont_know", "-2": "invalid"}
    found, problems = placed(("8", "7", "-1", "-2", "", "4"), labels, missing)
    assert found == [
        Level(8, "dont_know"),
        Level(8, "dont_know"),
        Level(None, "refused"),
        Level(None, "invalid"),
        Level(None, "no_answer"),
        Level(4, "valid"),
    ]
    assert problems == ()


def test_an_option_with_ticks_alone_keeps_what_the_file_declares_as_missing():
    tick = Scale("k", (Answer(1, Text("X")),))
    items = {
        "m": Item("m", "multiple", Text("m"), number="1"),
        "a": Item("a", "option", Text("a"), "a", part_of="m", scale="k"),
        "b": Item("b", "option", Text("b"), "b", part_of="m", scale="k"),
    }
    export = Export(
        "x.sav",
        "sav",
        (
            Column("a", ("1", "9", None, ""), missing={"9": "refused"}),
            Column("b", ("", "9", None, ""), missing={"9": "refused"}),
        ),
        (1, 2, 3, 4),
    )
    found = place(export, Codebook(items, {"k": tick}, {})).responses
    statuses = {
        name: [found.levels[name][code] for code in found.codes[name]] for name in ("a", "b", "m")
    }
    refused, unasked = Level(None, "refused"), Level(None, "not_asked")
    nothing = Level(None, "no_answer")
    assert statuses["a"] == [Level(1, "valid"), refused, unasked, nothing]
    assert statuses["b"] == [Level(0, "valid"), refused, unasked, nothing]
    assert [each.status for each in statuses["m"]] == [
        "valid",
        "refused",
        "not_asked",
        "no_answer",
    ]


# Damage


def changed(data, at, new):
    return data[:at] + new + data[at + len(new) :]


LABELS = SAV.index(b"\x03\0\0\0\x05\0\0\0\x00\x00\x00\x00\x00\x00\xf0?")
"""Where the first value labels are: of q1, five of them, the first of the value 1."""


@pytest.mark.parametrize(
    "data",
    [
        SAV[:100],
        SAV[:1000],
        SAV[:-1],
        SAV[:-300],
        ZSAV[:-40],
        changed(SAV, 80, b"\xff\xff\xff\x7f"),
        changed(SAV, 176, b"\x07"),
        changed(SAV, 180, b"\x01"),
        changed(SAV, LABELS + 4, b"\xff\xff\xff\x7f"),
        changed(SAV, LABELS + 4, b"\xff\xff\xff\xff"),
        changed(SAV, SAV.index(b"vet ej  "), b"\xff"),
        changed(SAV, 64, b"\x09\x09\x09\x09"),
        b"$FL2",
        b"$FL3" + bytes(1000),
    ],
)
def test_a_damaged_spss_file_is_one_error_that_says_what_to_do(opened, data):
    with pytest.raises(
        EvalkitError, match=r"The SPSS file is damaged .*export it as CSV"
    ) as raised:
        opened(data)
    [problem] = raised.value.problems
    assert problem.file == "export.sav"


def test_a_damaged_stata_file_is_one_error_that_says_what_to_do(opened, stata):
    whole = stata.read_bytes()
    for data in (whole[:50], whole[: len(whole) // 2], whole[:-600], b"<stata_dta>"):
        with pytest.raises(EvalkitError, match=r"The Stata file is damaged .*export it as CSV"):
            opened(data)


def test_an_encoding_that_does_not_fit_is_reported(opened):
    with pytest.raises(EvalkitError, match="The SPSS file is damaged or cannot be read"):
        opened(SAV, encoding="klingon")


def bits(data):
    """A good file cut off, with bits turned, or with a number turned great or negative."""

    @st.composite
    def damaged(draw):
        found = bytearray(data)
        for at in draw(st.lists(st.integers(0, len(found) - 1), max_size=6)):
            found[at] ^= 1 << draw(st.integers(0, 7))
        if draw(st.booleans()):
            at = draw(st.integers(0, len(found) // 4)) * 4
            found[at : at + 4] = draw(
                st.sampled_from([b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\x80", bytes(4)])
            )
        return bytes(found[: draw(st.integers(0, len(found)))] if draw(st.booleans()) else found)

    return damaged()


@pytest.fixture(scope="module")
def stata_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stata")
    return [
        by_pandas(folder / f"{version}.dta", version).read_bytes() for version in (114, 117, 118)
    ]


BEGINNINGS = (b"$FL2@(#) SPSS DATA FILE", b"<stata_dta><header><release>118", b"r\x02\x01\x00", b"")


@st.composite
def any_bytes(draw, files):
    if draw(st.booleans()):
        return draw(bits(draw(st.sampled_from(files))))
    return draw(st.sampled_from(BEGINNINGS)) + draw(st.binary(max_size=600))


def nothing_else(opened, data):
    try:
        opened(data)
    except EvalkitError as error:
        assert str(error)  # noqa: PT017 - any other exception fails the test


@given(data=st.data())
@BOUNDED
def test_no_bytes_raise_anything_but_evalkits_error(opened, stata_files, data):
    nothing_else(opened, data.draw(any_bytes([SAV, ZSAV, *stata_files])))


@pytest.mark.soak
@given(data=st.data())
@LONG
def test_no_bytes_raise_anything_but_evalkits_error_long(opened, stata_files, data):
    nothing_else(opened, data.draw(any_bytes([SAV, ZSAV, *stata_files])))
