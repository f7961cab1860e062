"""What the tests share: the project's root, the command line in this process, finished reports."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, settings

from evalkit import cli

ROOT = Path(__file__).resolve().parents[1]

# A property is about what comes out; how long an example takes depends on the machine.
settings.register_profile("evalkit", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("evalkit")


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]


def _in_process(*arguments: object, cwd: Path = ROOT) -> Done:
    """Run `evalkit ARGUMENTS` as the installed command does, but in this process."""
    out, err = io.StringIO(), io.StringIO()
    status = 0
    with (
        mock.patch.object(sys, "argv", ["evalkit", *(str(each) for each in arguments)]),
        mock.patch.dict(os.environ, {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            cli.main()
        except SystemExit as ended:
            status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return Done(status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def evalkit_command() -> Run:
    return _in_process


@pytest.fixture(scope="session")
def evalkit_process() -> Run:
    """The installed command in a process of its own."""

    def run(*arguments: object, cwd: Path = ROOT, env: dict[str, str] | None = None) -> Done:
        command = [sys.executable, "-W", "error", "-c", "from evalkit.cli import main; main()"]
        done = subprocess.run(
            [*command, *(str(each) for each in arguments)],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            check=False,
            encoding="utf-8",
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def copy_study() -> Callable[..., Path]:
    """Copy an example study to a folder of its own, which a test may change."""

    def copy(to: Path, name: str = "bou-2012") -> Path:
        source = ROOT / "data" / "raw" / name
        return Path(shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__")))

    return copy


@pytest.fixture
def study(tmp_path: Path, copy_study: Callable[..., Path]) -> Path:
    """A copy of the example study."""
    return copy_study(tmp_path / "bou-2012")


class Made:
    """A study of columns of codes, with the settings that a test wants.

    `kinds` and `positive` are those of a column, `ends` its lowest and highest code; `of_round` is
    what stands in the round beside its file.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, columns, kinds, settings, *, positive=None, ends=None, least=5, mark="", of_round=""
    ):
        self.folder.mkdir(parents=True, exist_ok=True)
        positive = positive or {}
        scales, items = (
            ["scale,value,label,label_en,status"],
            ["name,item,number,part_of,label,label_en,kind,scale,section,mean,positive"],
        )
        for at, (name, codes) in enumerate(columns.items(), start=1):
            given = [each for each in codes if each is not None]
            low, high = (ends or {}).get(name, (min(given, default=0), max(given, default=0)))
            scales += [f"{name},{v},svar {name} {v},answer {name} {v},valid"
                       for v in range(high, low - 1, -1)]  # fmt: skip
            mean = "yes" if kinds.get(name, "likert") == "likert" else "no"
            items.append(
                f"{name},{name},{at},,Fråga {name},Item {name},"
                f"{kinds.get(name, 'likert')},{name},1,{mean},{positive.get(name, '')}"
            )
        rows = zip(*columns.values(), strict=True)
        lines = [",".join("" if each is None else str(each) for each in row) for row in rows]
        (self.folder / "codebook.csv").write_text("\n".join(items) + "\n", "utf-8")
        (self.folder / "scales.csv").write_text("\n".join(scales) + "\n", "utf-8")
        (self.folder / "sections.csv").write_text("section,title,title_en\n1,Allt,All\n", "utf-8")
        (self.folder / "svar.csv").write_text(
            "\n".join([",".join(columns), *lines]) + "\n", "utf-8"
        )
        (self.folder / "study.yaml").write_text(
            f"name: made\ntitle: {{sv: Prov, en: Test}}\n{mark}\n"
            f'rounds:\n  "1": {{responses: svar.csv{of_round}}}\n'
            f"publication: {{min_respondents: {least}}}\n{settings}\n",
            "utf-8",
        )
        return self.folder


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """A maker of small studies."""
    return Made(tmp_path / "made")


@pytest.fixture
def counts_study(tmp_path: Path, copy_study: Callable[..., Path]) -> Path:
    """A copy of the example study that came in as counts, beside the study whose words it has."""
    copy_study(tmp_path / "bou-2012")
    return copy_study(tmp_path / "bou-2012-counts", "bou-2012-counts")


class Reports:
    """Finished reports, each made once for all tests and not to be changed by any."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._made: dict[tuple[str, str, str, str], Path] = {}
        self._soups: dict[Path, BeautifulSoup] = {}

    def folder(
        self,
        study: str = "bou-2012",
        language: str = "sv",
        edition: str = "",
        unit: str = "",
    ) -> Path:
        key = (study, language, edition or "published", unit)
        if key not in self._made:
            name = Path(study).name  # a study may also be a folder
            out = self._out / "-".join((name, *key[1:]))
            options = ("--language", language, "--edition", key[2], "--unit", unit)
            done = _in_process("run", study, *options, "--out", out, "-q")
            assert done.status == 0, done.err
            self._made[key] = Path(done.out.strip()).parent
        return self._made[key]

    def page(
        self,
        study: str = "bou-2012",
        language: str = "sv",
        edition: str = "",
        file: str = "report.html",
    ) -> str:
        return (self.folder(study, language, edition) / file).read_text("utf-8")

    def soup(
        self,
        study: str = "bou-2012",
        language: str = "sv",
        edition: str = "",
        file: str = "report.html",
    ) -> BeautifulSoup:
        path = self.folder(study, language, edition) / file
        if path not in self._soups:
            self._soups[path] = BeautifulSoup(path.read_text("utf-8"), "html.parser")
        return self._soups[path]


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reports]:
    made = Reports(tmp_path_factory.mktemp("reports"))
    yield made
    for folder in made._made.values():
        left = sorted(each.name for each in folder.iterdir() if each.name.startswith("."))
        assert left == [], f"{folder} has left-overs"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class Published:
    """The published figures, read without evalkit."""

    cells: list[dict[str, str]]
    items: list[dict[str, str]]
    codebook: list[dict[str, str]]
    scales: list[dict[str, str]]


@pytest.fixture(scope="session")
def published() -> Published:
    folder = ROOT / "data" / "raw" / "bou-2012"
    return Published(
        _rows(folder / "published" / "published_tables.csv"),
        _rows(folder / "published" / "published_items.csv"),
        _rows(folder / "codebook.csv"),
        _rows(folder / "scales.csv"),
    )
