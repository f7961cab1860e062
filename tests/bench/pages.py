"""(a), (b), (c): a report made by evalkit, in the usual way, and by a plain script."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import measure
from measure import ROOT, Sample

HERE = Path(__file__).resolve().parent
STUDY = ROOT / "data" / "raw" / "bou-2012"
Way = Callable[[Path], Sample]
_CHART = re.compile(r"<svg\b|<img\b")
_STYLE = re.compile(r"<style.*?</style>|<script.*?</script>|<!--.*?-->", re.DOTALL)


def evalkit(page: Path) -> Sample:
    """`evalkit run`, which makes two notebooks, a page of each, and the report."""
    out = page.parent / "evalkit"
    sample = measure.command(measure.program("evalkit"), "run", STUDY, "--out", out, "--quiet")
    page.write_bytes((out / STUDY.name / "report.html").read_bytes())
    return sample


def usual(page: Path) -> Sample:
    """papermill on a notebook with seaborn and Styler, then nbconvert, both as commands."""
    notebook = page.with_suffix(".ipynb")
    source = HERE / "usual_way.ipynb"
    run = measure.command(measure.program("papermill"), source, notebook, "-p", "study", STUDY)
    return run + measure.command(
        measure.program("jupyter"), "nbconvert", "--to", "html", notebook, "--output", page.name
    )


def floor(theme: str) -> Way:
    """A plain script with the same libraries, its theme from seaborn or from matplotlib's copy."""
    return lambda page: measure.command(sys.executable, HERE / "floor.py", STUDY, page, theme)


FLOORS = {
    "floor, import seaborn": floor("seaborn"),
    "floor, without": floor("matplotlib"),
}


@contextmanager
def _in_folder(ways: dict[str, Way]) -> Iterator[dict[str, tuple[Path, Callable[[], Sample]]]]:
    """Each way with the page that it makes, in a folder of its own that goes away."""
    with tempfile.TemporaryDirectory(prefix="evalkit-bench-") as folder:
        found: dict[str, tuple[Path, Callable[[], Sample]]] = {}
        for number, (name, way) in enumerate(ways.items()):
            page = Path(folder) / str(number) / "page.html"
            page.parent.mkdir()
            found[name] = page, partial(way, page)
        yield found


def _compared(ways: dict[str, Way], rounds: int) -> str:
    with _in_folder(ways) as made:
        samples = measure.interleaved({name: work for name, (_, work) in made.items()}, rounds)
        held = {name: _held(page) for name, (page, _) in made.items()}
    note = "; ".join(
        f"{name} {tables} tables, {charts} charts" for name, (tables, charts) in held.items()
    )
    return f"{measure.table(samples, 'evalkit')}\n{note}"


def _held(page: Path) -> tuple[int, int]:
    """How many tables and charts a page holds."""
    text = _STYLE.sub("", page.read_text("utf-8"))
    return text.count("<table"), len(_CHART.findall(text))


def against_usual(rounds: int) -> str:
    """(a) A cold run against the usual way."""
    return _compared({"evalkit": evalkit, "usual way": usual}, rounds)


def against_floor(rounds: int) -> str:
    """(b) A cold run against the floor."""
    return _compared({"evalkit": evalkit, **FLOORS}, rounds)


def sizes(_: int) -> str:
    """(c) Bytes of each page."""
    lines = []
    with _in_folder({"evalkit": evalkit, "usual way": usual, **FLOORS}) as made:
        for name, (page, work) in made.items():
            work()
            lines.append(f"{name:22}{page.stat().st_size:>10,} bytes")
    return "\n".join(lines)
