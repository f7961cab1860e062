"""The project's own files: what is generated is fresh, notebooks are thin, the README is true."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


def load(file: str) -> ModuleType:
    """A script of the project as a module."""
    spec = importlib.util.spec_from_file_location(f"project_{Path(file).stem}", ROOT / file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# What is generated


def test_environment_yml_is_what_pyproject_gives():
    made = load("packaging/environment.py")
    wanted = made.environment_yml((ROOT / "pyproject.toml").read_text("utf-8"))
    assert (ROOT / "environment.yml").read_text("utf-8") == wanted


def test_environment_yml_follows_pyproject():
    made = load("packaging/environment.py")
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    more = text.replace('"babel>=2.17",', '"babel>=2.99",')
    assert more != text
    assert "  - babel>=2.99\n" in made.environment_yml(more)


def test_the_charts_style_is_what_seaborn_gives():
    made = json.loads(json.dumps(load("packaging/style.py").style()))
    assert json.loads((ROOT / "src/evalkit/present/style.json").read_text("utf-8")) == made


def test_the_shipped_notebooks_are_known_by_their_digests():
    made = load("packaging/notebooks.py").digests()
    listed = ROOT / "src/evalkit/shipped_notebooks.json"
    assert json.loads(listed.read_text("utf-8")) == made
    assert list(made) == [path.stem for path in NOTEBOOKS]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def lock() -> dict[str, list[str]]:
    """Name of each locked package → its lines: the requirement, then its hashes."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    joined = re.sub(r"\\\n\s*", " ", text)
    found: dict[str, list[str]] = {}
    for line in joined.splitlines():
        if line and not line.startswith("#"):
            name = re.match(r"[A-Za-z0-9._-]+", line)
            assert name is not None, line
            found.setdefault(normal(name.group()), []).append(line)
    return found


def test_every_requirement_is_locked(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = [re.match(r"[A-Za-z0-9._-]+", each).group() for each in wanted]
    assert len(names) > 20
    assert [each for each in names if normal(each) not in lock] == []


def test_every_locked_package_has_a_version_and_hashes(lock):
    assert len(lock) > 50
    for lines in lock.values():
        for line in lines:
            assert re.match(
                r"[A-Za-z0-9._-]+==[^ ;]+( ;.*?)?\s+--hash=sha256:[0-9a-f]{64}", line
            ), line


def test_the_lock_names_no_address():
    text = (ROOT / "requirements.lock").read_text("utf-8")
    assert not re.search(
        r"://|www\.|--(extra-)?index-url(?! *\n)|--find-links| @ ", uncommented(text)
    )
    assert "://" not in text


def uncommented(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def test_what_is_locked_is_what_is_installed(lock):
    """A lock that nobody installs from may name versions that do not work together."""
    import importlib.metadata

    for name in ("pandas", "matplotlib", "nbconvert", "papermill", "typer"):
        version = importlib.metadata.version(name)
        assert any(line.startswith(f"{name}=={version} ") for line in lock[name]), name


# Notebooks


def cells_of(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))["cells"]


def code_of(path: Path) -> list[str]:
    return ["".join(each["source"]) for each in cells_of(path) if each["cell_type"] == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_one_cell_of_parameters_with_literals_and_a_comment_each(path):
    tagged = [c for c in cells_of(path) if "parameters" in c["metadata"].get("tags", ())]
    assert len(tagged) == 1
    source = "".join(tagged[0]["source"])
    body = ast.parse(source).body
    assert [type(line) for line in body] == [ast.Assign] * len(body)
    names = [line.targets[0].id for line in body]
    about_a_unit = ["unit"] if path.stem == "04_unit" else []
    assert names == ["study", "round", *about_a_unit, "language", "edition"]
    lines = source.splitlines()
    assert len(lines) == len(body)
    for text, line in zip(lines, body, strict=True):
        assert ast.literal_eval(line.value) is not None
        after = text.encode()[line.value.end_col_offset :].decode()  # ast counts bytes
        assert re.search(r"  # \S", after), text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path):
    for cell in cells_of(path):
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_defines_and_works_out_nothing(path):
    refused = (
        ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.BinOp, ast.JoinedStr,
        ast.While, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
    )  # fmt: skip
    sources = code_of(path)
    assert len(sources) > 3
    for source in sources:
        found = [each for each in ast.walk(ast.parse(source)) if isinstance(each, refused)]
        assert found == [], source
        loops = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.For)]
        assert {each.target.id for each in loops} <= {"section", "item", "grouping", "goal"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_figure_is_typed_in_a_notebook(path):
    texts = ["".join(c["source"]) for c in cells_of(path) if c["cell_type"] == "markdown"]
    assert texts
    for text in texts:
        assert not re.search(r"\d", text), text
    for source in code_of(path):
        numbers = [
            each.value
            for each in ast.walk(ast.parse(source))
            if isinstance(each, ast.Constant) and isinstance(each.value, (int, float))
        ]
        assert numbers == [], source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_its_cells_have_names(path):
    import nbformat

    content = nbformat.read(path, as_version=4)
    nbformat.validate(content)
    idents = [each.id for each in content.cells]
    assert len(idents) == len(set(idents))
    assert content.metadata.kernelspec.name == "python3"


# README and Makefile


def code_lines() -> list[str]:
    """The lines of the README's code blocks, fenced or indented, without prompts."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    blocks += re.findall(r"^ {4}.*$", README, re.MULTILINE)
    lines = re.sub(r"\\\n\s*", " ", "\n".join(blocks)).splitlines()
    return [line.strip().removeprefix("$ ") for line in lines]


def commands() -> list[str]:
    return [each for each in code_lines() if re.match(r"(\.venv/bin/)?evalkit\s", each)]


def test_the_readme_names_the_two_targets_that_a_reader_needs():
    assert "make report" in README
    assert "make test" in README


def test_every_target_that_the_readme_names_is_in_the_makefile():
    spans = re.findall(r"`([^`\n]*)`", README)
    text = "\n".join([*code_lines(), *spans])
    named = set(re.findall(r"(?:^|\n|[;&] *)make ([a-z][a-z-]*)", text))
    assert {"report", "test"} <= named
    assert named <= TARGETS


def test_make_help_lists_every_target_with_a_description():
    done = subprocess.run(
        ["make", "--no-print-directory", "help"],  # noqa: S607
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    listed = set(re.findall(r"^  make ([a-z]+) +\S", done.stdout, re.MULTILINE))
    assert listed == TARGETS - {"check-python"}
    assert {"report", "test", "lab", "lint"} <= listed


def test_the_readme_has_commands_to_run():
    assert commands()


@pytest.mark.parametrize("line", commands())
def test_every_command_in_the_readme_runs(line, evalkit_command, tmp_path):
    words = shlex.split(line, comments=True)[1:]
    for sign in (">", "|"):
        words = words[: words.index(sign)] if sign in words else words
    if words[0] == "run":
        words = [*words, "--out", str(tmp_path)]
    if words[0] == "codings":
        words[-1] = str(tmp_path / words[-1])
    done = evalkit_command(*words)
    assert done.status == 0, done.err
    assert done.out


@pytest.mark.parametrize(
    "code", re.findall(r"^```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
)
def test_the_python_in_the_readme_runs(code, monkeypatch):
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    exec(compile(code, "README.md", "exec"), names)  # noqa: S102
    assert "evalkit" in names


def test_links_in_the_readme_to_files_lead_somewhere():
    links = re.findall(r"\]\(([^)#\s]+)", README)
    inner = [each for each in links if "://" not in each and not each.startswith("mailto:")]
    made_by_running = [each for each in inner if each.startswith("reports/")]
    lost = [each for each in inner if each not in made_by_running and not (ROOT / each).exists()]
    assert lost == []


# What imports what


def test_imports_go_down():
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert command is not None, "import-linter is not installed"
    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    kept = re.search(r"Contracts: (\d+) kept, 0 broken", done.stdout)
    assert kept is not None
    assert int(kept[1]) >= 3


RUN = """
import tempfile
from pathlib import Path
from evalkit.report.run import Request, run
with tempfile.TemporaryDirectory() as folder:
    run(Request("bou-2012", out=Path(folder)))
"""
HEAVY = (
    "pandas",
    "numpy",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "nbformat",
    "IPython",
    "polars",
)


@pytest.mark.parametrize(
    ("code", "refused", "wanted"),
    [
        ("import evalkit", HEAVY, ()),
        ("import evalkit.cli", HEAVY, ("typer",)),
        (
            "import evalkit; evalkit.open_study('bou-2012').frequency('q01')",
            (
                "papermill",
                "nbconvert",
                "nbformat",
                "matplotlib",
                "seaborn",
                "statsmodels",
                "scipy",
                "IPython",
                "polars",
            ),
            ("pandas",),
        ),
        (
            "import evalkit; evalkit.check('bou-2012')",
            ("papermill", "nbconvert", "matplotlib", "seaborn", "polars"),
            (),
        ),
        (
            RUN,
            ("seaborn", "statsmodels", "scipy.stats", "rfc3987_syntax", "polars"),
            ("papermill", "nbconvert", "matplotlib"),
        ),
    ],
    ids=["import evalkit", "import evalkit.cli", "frequency", "check", "run"],
)
def test_nothing_is_imported_that_is_not_used(code, refused, wanted):
    script = f"{code}\nimport sys; print('MODULES', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    line = next(each for each in done.stdout.splitlines() if each.startswith("MODULES"))
    loaded = set(line.split())
    assert set(wanted) <= loaded
    assert sorted(loaded & set(refused)) == []


# The example data


def test_the_export_is_what_its_script_makes(tmp_path, copy_study):
    study = copy_study(tmp_path / "bou-2012")
    export = study / "rounds" / "2012" / "webbenkat-2012.csv"
    export.unlink()
    subprocess.run(
        [sys.executable, study / "published" / "rebuild_responses.py"],
        cwd=tmp_path, capture_output=True, check=True,
    )  # fmt: skip
    original = ROOT / "data/raw/bou-2012/rounds/2012/webbenkat-2012.csv"
    assert export.read_bytes() == original.read_bytes()


def test_no_file_of_the_project_names_a_folder_of_someones_machine():
    """Paths such as /home/anna/… mean nothing to others, and say too much."""
    files = [
        path
        for folder in ("src", "tests", "packaging", "notebooks", "data/raw", "docs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".yaml", ".ipynb", ".json", ".csv", ".css", ".toml"}
    ]
    assert len(files) > 50
    own = {str(ROOT), str(Path.home())} - {"/"}
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        assert not any(re.search(re.escape(each) + r"(/|\b)", text) for each in own), path
