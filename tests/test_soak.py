"""Long versions of the properties: `make soak` runs them, `make test` does not."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import evalkit
from evalkit.codebook import read_codebook
from evalkit.counts import tally
from evalkit.errors import EvalkitError
from evalkit.intake import large, read_export
from evalkit.study import load_study

pytestmark = pytest.mark.soak

HAND_MADE = Path(__file__).parent / "hand_made"
LONG = settings(
    max_examples=5000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
GOOD = (HAND_MADE / "rounds/1/export.csv").read_bytes()
_PARQUET = io.BytesIO()
pl.read_csv(GOOD, separator=";").write_parquet(_PARQUET)
PARQUET = _PARQUET.getvalue()
SETTINGS = (HAND_MADE / "study.yaml").read_text("utf-8")


@st.composite
def damaged(draw, whole: bytes):
    """A good file with a few bytes changed, taken out or put in."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 8))):
        at = draw(st.integers(0, len(data)))
        match draw(st.integers(0, 2)):
            case 0:
                del data[at : at + draw(st.integers(1, 40))]
            case 1:
                data[at:at] = draw(st.binary(min_size=1, max_size=20))
            case _:
                data[at : at + 1] = draw(st.binary(min_size=1, max_size=1))
    return bytes(data)


@LONG
@given(data=damaged(GOOD) | st.binary(max_size=400))
def test_a_damaged_export_is_read_or_refused(tmp_path, data):
    (tmp_path / "x.csv").write_bytes(data)
    codebook, _ = read_codebook(HAND_MADE)
    try:
        reading = read_export(tmp_path / "x.csv", "x.csv", codebook)
    except EvalkitError:
        return
    for item, codes in reading.responses.codes.items():
        assert len(codes) == reading.responses.n
        assert codes.min(initial=0) >= 0
        assert codes.max(initial=0) < len(reading.responses.levels[item])


@LONG
@given(data=damaged(GOOD) | st.binary(max_size=400), encoding=st.sampled_from([None, "cp1252"]))
def test_a_damaged_export_is_read_alike_as_a_large_file(tmp_path, monkeypatch, data, encoding):
    (tmp_path / "x.csv").write_bytes(data)
    codebook, _ = read_codebook(HAND_MADE)
    found = []
    for least in (0, 1 << 30):
        monkeypatch.setattr(large, "LARGE", least)
        try:
            reading = read_export(tmp_path / "x.csv", "x.csv", codebook, encoding)
        except EvalkitError as error:
            found.append(error.problems)
            continue
        codes = {item: each.tolist() for item, each in reading.responses.codes.items()}
        found.append((codes, reading.responses.levels, reading.problems, reading.export.how))
    assert found[0] == found[1]


@LONG
@given(data=damaged(PARQUET))
def test_a_damaged_parquet_file_is_read_or_refused(tmp_path, data):
    (tmp_path / "x.parquet").write_bytes(data)
    codebook, _ = read_codebook(HAND_MADE)
    try:
        reading = read_export(tmp_path / "x.parquet", "x.parquet", codebook, form="parquet")
    except EvalkitError:
        return
    assert reading.responses.n > 0


@LONG
@given(data=damaged(SETTINGS.encode()))
def test_a_damaged_study_is_read_or_refused(tmp_path, data):
    (tmp_path / "study.yaml").write_bytes(data)
    for name in ("codebook.csv", "scales.csv", "sections.csv"):
        (tmp_path / name).write_bytes((HAND_MADE / name).read_bytes())
    try:
        load_study(str(tmp_path))
    except EvalkitError as error:
        assert error.problems  # noqa: PT017 - either outcome is right


@LONG
@given(
    name=st.sampled_from(["codebook.csv", "scales.csv", "sections.csv"]),
    data=st.data(),
)
def test_a_damaged_codebook_is_read_or_refused(tmp_path, name, data):
    for each in ("codebook.csv", "scales.csv", "sections.csv"):
        (tmp_path / each).write_bytes((HAND_MADE / each).read_bytes())
    (tmp_path / name).write_bytes(data.draw(damaged((HAND_MADE / name).read_bytes())))
    codebook, problems = read_codebook(tmp_path)
    for item in codebook.counted:
        assert item.kind == "multiple" or item.scale in codebook.scales
    assert all(problem.file for problem in problems)


@settings(max_examples=300, deadline=None)
@given(
    n=st.integers(1, 20_000),
    sizes=st.lists(st.integers(1, 12), min_size=1, max_size=25),
    groups=st.integers(1, 400),
    seed=st.integers(0, 2**32 - 1),
)
def test_counting_agrees_with_pandas(n, sizes, groups, seed):
    random = np.random.default_rng(seed)
    group = random.integers(0, groups, n)
    codes = [random.integers(0, size, n).astype(np.int16) for size in sizes]
    for found, code, size in zip(tally(codes, sizes, group, groups), codes, sizes, strict=True):
        expected = (
            pd.crosstab(group, code)
            .reindex(index=range(groups), columns=range(size), fill_value=0)
            .to_numpy()
        )
        assert (found == expected).all()


def test_a_hundred_reports_in_one_process_stay_the_same():
    first = None
    for _ in range(100):
        report = evalkit.open_study("bou-2012").report()
        pages = [report.item(each).html for part in report.sections for each in part.items]
        first = first or pages
        assert pages == first
