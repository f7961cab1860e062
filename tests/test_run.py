"""A run: the same bytes from the same inputs, what is left when it fails, and what may be shown."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from evalkit.notebooks import read_notebook
from evalkit.report import engines

PAGES = ["01_intake.html", "02_survey.html", "03_groups_and_rounds.html", "report.html"]
COUNTS_WITH = {page: () if page.startswith("03") else ("bou-2012-counts",) for page in PAGES}
PARAMETERS = 'study = "bou-2012"\nround = ""\nlanguage = ""\nedition = "published"'
KERNEL = {"kernelspec": {"display_name": "Python", "language": "python", "name": "python3"}}
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
IMAGE = f"import base64\nfrom IPython.display import Image\nimage = base64.b64decode('{PNG}')\n"
WITHHELD = {"sv": "visas inte, eftersom färre än 27 har svarat", "en": "fewer than 27"}
INTERNAL = {"sv": "Får inte publiceras", "en": "Not for publication"}
RECONSTRUCTED = {"sv": "Enskilda svar är återskapade", "en": "are rebuilt from them"}
SYNTHETIC = {"sv": "Svaren är påhittade", "en": "The answers are invented"}


def own_notebook(path: Path, *sources: str, parameters: str = PARAMETERS) -> Path:
    """An evaluator's own notebook; a source that begins with # and a space is Markdown."""
    cells = [new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    for source in sources:
        is_text = source.startswith("# ")
        cells.append(new_markdown_cell(source) if is_text else new_code_cell(source))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), path)
    return path


def changed_notebook(original: Path, path: Path, source: str, after: str | None = None) -> Path:
    """A copy of a notebook with one more cell, at the end or after the cell called `after`."""
    content = nbformat.read(original, as_version=4)
    idents = [each.id for each in content.cells]
    at = len(idents) if after is None else idents.index(after) + 1
    content.cells.insert(at, new_code_cell(source))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(content, path)
    return path


def set_in(study: Path, old: str, new: str) -> None:
    path = study / "study.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def without_published(study: Path) -> None:
    path = study / "study.yaml"
    text = re.sub(r"^published:\n(?:[ #].*\n)+", "", path.read_text("utf-8"), flags=re.MULTILINE)
    assert "published_tables" not in text
    path.write_text(text, "utf-8")


def files_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        each.name: (each.read_bytes(), each.stat().st_mtime_ns)
        for each in folder.iterdir()
        if each.is_file()
    }


def names_of(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def difference(one: object, other: object) -> str:
    """Where two long texts begin to differ; pytest would take minutes to compare them."""
    first, second = str(one), str(other)
    if first == second:
        return ""
    pairs = enumerate(zip(first, second, strict=False))
    at = next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))
    return f"{first[max(0, at - 60) : at + 60]!r} is not {second[max(0, at - 60) : at + 60]!r}"


# Same inputs, same bytes


@pytest.mark.parametrize("language", ["sv", "en"])
def test_two_clones_make_the_same_bytes(language, reports, evalkit_process, copy_study, tmp_path):
    """Another copy, folder, home, process, hash seed, locale and time zone, at another time."""
    first = reports.folder("bou-2012", language)
    home = tmp_path / "home" / "evaluator"
    study = copy_study(home / "Documents" / "bou-2012")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {"HOME": str(home), "PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}
    out = home / "Reports"
    done = evalkit_process(
        "run", study, "--language", language, "--out", out, cwd=elsewhere, env=env
    )
    assert done.status == 0, done.err
    second = out / "bou-2012"
    assert names_of(first) == names_of(second)
    for page in PAGES:
        content = (second / page).read_bytes()
        assert (first / page).read_bytes() == content, page
        for place in (str(home), str(tmp_path), str(Path.cwd()), "/home/"):
            assert place.encode() not in content, (page, place)
    records = [json.loads((each / "record.json").read_text("utf-8")) for each in (first, second)]
    same = ["inputs", "parameters", "versions"]
    assert [records[0][key] for key in same] == [records[1][key] for key in same]
    assert records[0]["study_folder"] != records[1]["study_folder"] == str(study)


def test_a_second_run_over_the_first_gives_the_same_bytes(
    evalkit_command, reports, copy_study, tmp_path
):
    out = tmp_path / "out"
    shutil.copytree(reports.folder(), out / "bou-2012")
    (out / "bou-2012" / "report.html").write_text("old", "utf-8")
    done = evalkit_command("run", copy_study(tmp_path / "other"), "--out", out, "-q")
    assert done.status == 0
    assert names_of(out / "bou-2012") == names_of(reports.folder())
    for page in PAGES:
        assert (out / "bou-2012" / page).read_bytes() == (reports.folder() / page).read_bytes()


def test_another_answer_gives_another_page(evalkit_command, reports, study, tmp_path):
    """The comparison of bytes above could not fail if pages did not depend on their inputs."""
    export = study / "rounds/2012/webbenkat-2012.csv"
    text = export.read_bytes().decode("cp1252")
    export.write_bytes(text.replace("Mycket hög grad", "Mycket låg grad", 1).encode("cp1252"))
    assert evalkit_command("run", study, "--out", tmp_path / "out", "-q").status == 0
    page = (tmp_path / "out" / "bou-2012" / "report.html").read_text("utf-8")
    assert page != reports.page()
    assert "avvikelser" in page


def test_the_record_holds_what_differs_from_run_to_run(evalkit_command, study, tmp_path):
    if shutil.which("git") is None and os.environ.get("EVALKIT_BROWSER") != "required":
        pytest.skip("git is not installed, which in CI it has to be")

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
        command = ["git", "-C", str(study), *who, *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()

    def record(out: Path) -> dict:
        started = time.time()
        arguments = ("run", study, "--notebook", "01_intake", "--out", out, "-q")
        assert evalkit_command(*arguments).status == 0
        found = json.loads((out / "bou-2012" / "record.json").read_text("utf-8"))
        assert 0 < found["seconds"] <= time.time() - started + 0.1
        finished = datetime.fromisoformat(found["finished"]).timestamp()
        assert started - 1 <= finished <= time.time() + 1
        assert found["study_folder"] == str(study)
        page = (out / "bou-2012" / "01_intake.html").read_text("utf-8")
        for key in ("finished", "study_folder"):
            assert found[key] not in page
        return found

    assert record(tmp_path / "one")["commit"] is None
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "-m", "study")
    head = git("rev-parse", "HEAD")
    assert record(tmp_path / "two")["commit"] == head
    (study / "notes.txt").write_text("not committed", "utf-8")
    assert record(tmp_path / "three")["commit"] == f"{head}+"
    page = (tmp_path / "three" / "bou-2012" / "01_intake.html").read_bytes()
    assert head.encode() not in page
    assert page == (tmp_path / "one" / "bou-2012" / "01_intake.html").read_bytes()


def test_a_study_folder_may_have_any_name(evalkit_command, reports, copy_study, tmp_path):
    study = copy_study(tmp_path / "Enkät {2012} på nätet, år 1 %")
    out = tmp_path / "Färdiga {rapporter}"
    done = evalkit_command("run", study, "--out", out, "-q")
    assert done.status == 0, done.err
    for page in PAGES:
        made = (out / "bou-2012" / page).read_bytes()
        assert made == (reports.folder() / page).read_bytes()


# The two ways to run a notebook


def outputs_of(path: Path) -> list:
    content = nbformat.read(path, as_version=4)
    return [
        (cell.source, cell.execution_count, [dict(output) for output in cell.outputs])
        for cell in content.cells
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", ())
    ]


def test_this_process_and_a_kernel_give_the_same_outputs_and_page(
    evalkit_command, reports, root, tmp_path
):
    changed = changed_notebook(
        root / "notebooks/02_survey.ipynb", tmp_path / "own" / "02_survey.ipynb", "# a comment"
    )
    done = evalkit_command("run", "bou-2012", "--notebook", changed, "--out", tmp_path, "-q")
    assert done.status == 0, done.err
    in_process = outputs_of(reports.folder() / "02_survey.ipynb")
    in_kernel = outputs_of(tmp_path / "bou-2012" / "02_survey.ipynb")
    *same, comment = in_kernel
    assert comment[0] == "# a comment"
    assert difference(same, in_process) == ""
    assert sum(len(outputs) for _, _, outputs in same) > 20

    def body(folder: Path) -> str:
        page = BeautifulSoup((folder / "02_survey.html").read_text("utf-8"), "html.parser")
        page.find("section", "how_made").decompose()
        page.footer.decompose()
        return str(page)

    assert difference(body(tmp_path / "bou-2012"), body(reports.folder())) == ""


RICH = (
    "# Egna siffror",
    "print('ett'); print('två')",
    "import sys\nprint('tre', file=sys.stderr)",
    "from IPython.display import HTML, Markdown\ndisplay(Markdown('*fyra*'), HTML('<b>5</b>'))",
    IMAGE + "display(Image(image, alt='En röd punkt'))",
    "Image(image, alt='En punkt till')",
    "6 * 7",
    "'text';",
    "x = {'a': 1}\nx",
    "import pandas as pd\npd.DataFrame({'n': [1, 2]})",
    "async def f():\n    return 'sju'\nawait f()",
)


def test_an_evaluators_cells_give_the_same_outputs_both_ways(tmp_path, monkeypatch):
    path = own_notebook(tmp_path / "rich.ipynb", *RICH, "1/0", "'not run'")
    found = {}
    for name, in_process in (("process", True), ("kernel", False)):
        monkeypatch.setattr(engines, "is_shipped", lambda _, answer=in_process: answer)
        out = tmp_path / f"{name}.ipynb"
        with pytest.raises(engines.NotebookFailed, match="ZeroDivisionError: division by zero"):
            engines.run_notebook(read_notebook(path), out, {"language": "en"})
        cells = outputs_of(out)
        for _, _, outputs in cells:
            for output in outputs:
                output.pop("traceback", None)
        found[name] = cells
    assert difference(found["process"], found["kernel"]) == ""
    ran = {source: outputs for source, _, outputs in found["kernel"]}
    assert ran["1/0"][0]["ename"] == "ZeroDivisionError"
    assert ran["'not run'"] == []
    assert ran["6 * 7"][0]["data"] == {"text/plain": "42"}


# A cell that fails


def test_a_cell_that_fails_leaves_what_was_run_and_the_last_good_report(
    evalkit_command, root, study, tmp_path
):
    out = tmp_path / "out"
    folder = out / "bou-2012"
    assert evalkit_command("run", study, "--out", out, "-q").status == 0
    good = files_of(folder)

    failing = changed_notebook(
        root / "notebooks/02_survey.ipynb", tmp_path / "own" / "02_survey.ipynb", "1/0", "summary"
    )
    original = (study / "study.yaml").read_text("utf-8")
    shipped = "notebooks: [01_intake, 02_survey, 03_groups_and_rounds, 07_synthesis]"
    set_in(study, shipped, f"notebooks: [01_intake, '{failing}']")
    done = evalkit_command("run", study, "--out", out, "-q")
    assert (done.status, done.out) == (1, "")
    assert re.fullmatch(
        r"error: 02_survey\.ipynb: Cell \d+ failed: ZeroDivisionError: division by zero\n", done.err
    )

    now = files_of(folder)
    assert {name: now.get(name) for name in good} == good
    assert set(now) - set(good) == {"02_survey.failed.html", "02_survey.failed.ipynb"}
    assert names_of(folder) == set(now)

    partial = {
        source: outputs for source, _, outputs in outputs_of(folder / "02_survey.failed.ipynb")
    }
    assert partial["report.summary()"]
    assert partial["1/0"][0]["ename"] == "ZeroDivisionError"
    assert partial["report.evaluation_matrix()"] == []
    page = BeautifulSoup((folder / "02_survey.failed.html").read_text("utf-8"), "html.parser")
    assert "Körningen misslyckades" in page.header.get_text()
    assert "ZeroDivisionError" in page.main.get_text()
    assert page.find(id="sammanfattning")
    assert not page.find(id="tabell-1")
    assert not page.find("script")

    (study / "study.yaml").write_text(original, "utf-8")
    assert evalkit_command("run", study, "--out", out, "-q").status == 0
    assert names_of(folder) == set(good)
    for page_name in PAGES:
        assert (folder / page_name).read_bytes() == good[page_name][0]


def test_the_message_names_the_cell_as_the_evaluator_counts_it(evalkit_command, tmp_path):
    """Cells are counted from 1 in the evaluator's notebook, which has no injected parameters."""
    path = own_notebook(tmp_path / "own.ipynb", "# Text", "a = 1", "1/0", "b = 2")
    cells = nbformat.read(path, as_version=4).cells
    number = [each.source for each in cells].index("1/0") + 1
    done = evalkit_command("run", "bou-2012", "--notebook", path, "--out", tmp_path, "-q")
    assert done.status == 1
    message = f"error: own.ipynb: Cell {number} failed: ZeroDivisionError: division by zero\n"
    assert done.err == message


def test_a_notebook_that_fails_alone_is_mended_alone(evalkit_command, tmp_path):
    folder = tmp_path / "out" / "bou-2012"
    path = own_notebook(tmp_path / "own.ipynb", "print('hit')", "raise ValueError('fel\\nrad två')")
    arguments = ("run", "bou-2012", "--notebook", path, "--out", tmp_path / "out", "-q")
    done = evalkit_command(*arguments)
    assert done.status == 1
    assert done.err.endswith("failed: ValueError: fel\n")
    assert names_of(folder) == {"own.failed.html", "own.failed.ipynb"}
    assert "hit" in (folder / "own.failed.html").read_text("utf-8")
    own_notebook(path, "print('hit')")
    assert evalkit_command(*arguments).status == 0
    assert names_of(folder) == {"own.html", "own.ipynb", "record.json"}


def test_nothing_is_left_in_the_folder_for_temporary_files(evalkit_command, tmp_path, monkeypatch):
    private = tmp_path / "tmp"
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    path = own_notebook(tmp_path / "own.ipynb", "1/0")
    assert evalkit_command("run", "bou-2012", "--out", tmp_path / "out", "-q").status == 0
    arguments = ("run", "bou-2012", "--notebook", path, "--out", tmp_path / "out", "-q")
    assert evalkit_command(*arguments).status == 1
    assert [each.name for each in private.iterdir() if "evalkit" in each.name] == []
    assert list((tmp_path / "out").rglob(".*")) == []


def test_a_folder_that_cannot_be_written_to_is_a_mistake_of_the_user(evalkit_command, tmp_path):
    (tmp_path / "file").write_text("", "utf-8")
    done = evalkit_command("run", "bou-2012", "--out", tmp_path / "file" / "out", "-q")
    assert (done.status, done.out) == (1, "")
    assert "cannot be written to" in done.err
    done = evalkit_command("run", "bou-2012", "--out", tmp_path / "file", "-q")
    assert done.status == 2


# An evaluator's own notebook


def run_own(evalkit_command, tmp_path, *sources: str, options=(), **kwargs):
    path = own_notebook(tmp_path / "own.ipynb", *sources, **kwargs)
    done = evalkit_command(
        "run", "bou-2012", "--notebook", path, "--out", tmp_path / "out", "-q", *options
    )
    page = tmp_path / "out" / "bou-2012" / "own.html"
    return done, page.read_text("utf-8") if page.exists() else ""


def test_own_cells_are_shown_and_an_image_needs_an_alternative_text(evalkit_command, tmp_path):
    cells = ["# Egen rubrik", "print('antal < 5 & <b>fler</b>')", f"{IMAGE}display(Image(image))"]
    done, page = run_own(evalkit_command, tmp_path, *cells)
    assert done.status == 1
    assert page == ""
    assert done.err.startswith("error: own.html: An image (<img>) has no alternative text")
    assert names_of(tmp_path / "out" / "bou-2012") <= {"own.failed.html", "own.failed.ipynb"}

    cells[-1] = f"{IMAGE}display(Image(image, alt='Karta över \"länet\" <1>'))"
    done, page = run_own(evalkit_command, tmp_path, *cells)
    assert done.status == 0, done.err
    soup = BeautifulSoup(page, "html.parser")
    assert [each["alt"] for each in soup.find_all("img")] == ['Karta över "länet" <1>']
    assert "antal < 5 & <b>fler</b>" in soup.main.get_text()
    assert soup.main.find("b") is None
    assert soup.find("h2", string="Egen rubrik")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (f"{IMAGE}Image(image, alt='karta.png')", '"karta.png" describes nothing'),
        ("import pandas as pd\npd.DataFrame({'n': [1, 2]})", "has no caption"),
        ("from IPython.display import HTML\nHTML('<script>1</script>')", "script"),
        ("from IPython.display import HTML\nHTML('<h4>Text</h4>')", "level 4 follows"),
        (
            "import IPython\nIPython.display.HTML('<img src=https://example.org/a.png alt=Karta>')",
            "would fetch https://example.org/a.png",
        ),
    ],
)  # fmt: skip
def test_what_may_not_be_published_is_not_built(source, said, evalkit_command, tmp_path):
    done, page = run_own(evalkit_command, tmp_path, source)
    assert (done.status, page) == (1, "")
    assert said in done.err


def test_a_parameter_of_ones_own_comes_from_the_command_line(evalkit_command, tmp_path):
    parameters = f"{PARAMETERS}\nleast = 3\nword = 'a'"
    source = "print(type(least).__name__, least, type(word).__name__, word)"
    options = ("-p", "least=7", "-p", "word=8")
    done, page = run_own(evalkit_command, tmp_path, source, parameters=parameters, options=options)
    assert done.status == 0, done.err
    assert "<pre>int 7 str 8\n</pre>" in page
    shutil.rmtree(tmp_path / "out")
    for wrong in ("least=many", "least=7.5", "lest=7"):
        done, page = run_own(
            evalkit_command, tmp_path, source, parameters=parameters, options=("-p", wrong)
        )
        assert (done.status, page) == (1, "")
        assert done.err.startswith('error: own.ipynb, column "le')
        assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not a notebook", "not a notebook"),
        (json.dumps({"cells": [{"cell_type": "code"}]}), "not a notebook"),
    ],
)
def test_a_file_that_is_no_notebook_is_refused(content, said, evalkit_command, tmp_path):
    path = tmp_path / "own.ipynb"
    path.write_text(content, "utf-8")
    done = evalkit_command("run", "bou-2012", "--notebook", path, "--out", tmp_path / "out", "-q")
    assert (done.status, done.out) == (1, "")
    assert said in done.err
    assert not (tmp_path / "out").exists()


# What every page has to say


@pytest.mark.parametrize("file", PAGES)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_of_the_internal_edition_says_so(language, file, reports):
    internal = reports.soup("bou-2012", language, "internal", file)
    assert INTERNAL[language] in internal.header.get_text()
    for study in ("bou-2012", *COUNTS_WITH[file]):
        assert INTERNAL[language] not in reports.soup(study, language, "published", file).get_text()


@pytest.mark.parametrize("file", PAGES)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_says_that_answers_are_rebuilt(language, file, reports):
    for edition in ("published", "internal"):
        page = reports.soup("bou-2012", language, edition, file)
        assert RECONSTRUCTED[language] in page.header.get_text()
    for study in COUNTS_WITH[file]:
        counts = reports.soup(study, language, "published", file)
        assert RECONSTRUCTED[language] not in counts.get_text()


@pytest.mark.parametrize("language", ["en"])
def test_every_page_says_that_answers_are_invented(language, study, evalkit_command, tmp_path):
    set_in(study, "mark: reconstructed", "mark: synthetic")
    arguments = ("run", study, "--language", language, "--out", tmp_path / "out", "-q")
    assert evalkit_command(*arguments).status == 0
    for file in PAGES:
        page = (tmp_path / "out" / "bou-2012" / file).read_text("utf-8")
        header = BeautifulSoup(page, "html.parser").header.get_text()
        assert SYNTHETIC[language] in header
        assert RECONSTRUCTED[language] not in header


# Figures that may not be shown


def make(evalkit_command, study: Path, out: Path, *options: str) -> BeautifulSoup:
    done = evalkit_command("run", study, "--out", out, "-q", *options)
    assert done.status == 0, done.err
    page = (out / "bou-2012-counts" / "report.html").read_text("utf-8")
    return BeautifulSoup(page, "html.parser")


def whole(page: BeautifulSoup) -> str:
    """The page with its checksums, which follow every change of the inputs, left out."""
    return re.sub(r"[0-9a-f]{64}", "SHA-256", str(page))


def turn(study: Path, items: set[str]) -> None:
    """Give the opinions on `items` other counts with the same sum: each takes that of the next."""
    path = study / "rounds/2012/counts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for item in sorted(items):
        mine = [row for row in rows if row["item"] == item and row["status"] == "valid"]
        counts = [row["n"] for row in mine]
        for row, n in zip(mine, [*counts[1:], counts[0]], strict=True):
            row["n"] = n
        assert [row["n"] for row in mine] != counts, item
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_tables_about_too_few_are_replaced_whole(
    language, counts_study, evalkit_command, reports, tmp_path
):
    set_in(counts_study, "min_respondents: 5", "min_respondents: 27")
    without_published(counts_study)
    page = make(evalkit_command, counts_study, tmp_path / "out", "--language", language)
    sections = page.find_all("section", "item")
    assert len(sections) == 19
    for section in sections:
        assert WITHHELD[language] in section.find("p", "withheld").get_text()
        assert section.find(["table", "svg", "figure"]) is None
    for link in page.find_all("a", download=True):
        rows = unquote(link["href"]).splitlines()[1:]
        assert rows
        assert all(re.split("[;,]", row)[-4:] == [".."] * 4 for row in rows), rows
    assert page.find("svg") is None
    assert page.find(attrs={"aria-label": re.compile(r"\d")}) is None
    page.find(id="lasanvisning").find_parent("section").decompose()
    page.find("section", "how_made").decompose()
    text = page.main.get_text()
    assert "%" not in text
    assert re.findall(r"\b\d+ (?:av|of) \d+\b", text) == []
    # numbers of tables end at 19; 27 is the rule, 28 were invited
    assert re.findall(r"(?<![\d-])(?:2[0-6]|[3-9]\d)(?!\d)", text) == []

    if language == "en":
        return  # the internal edition is the same code, and a run costs a second
    options = ("--language", language, "--edition", "internal")
    internal = make(evalkit_command, counts_study, tmp_path / "internal", *options)
    published = reports.soup("bou-2012-counts", language)
    assert [str(each) for each in internal.find_all("section", "item")] == [
        str(each) for each in published.find_all("section", "item")
    ]
    assert INTERNAL[language] in internal.header.get_text()


@pytest.mark.parametrize(
    ("least", "hidden", "language"),
    [
        (27, {"q01", "q02", "q03", "q04", "q06a", "q08", "q09b", "q11", "q14", "q19"}, "en"),
        (25, {"q03", "q05", "q06a", "q06b", "q06c", "q11", "q17", "q19"}, "sv"),
    ],
)
def test_a_page_does_not_change_with_figures_that_it_may_not_show(
    language, least, hidden, counts_study, evalkit_command, tmp_path
):
    """Whatever a reader does with the page, nothing in it depends on a hidden count."""
    set_in(counts_study, "min_respondents: 5", f"min_respondents: {least}")
    without_published(counts_study)
    one = make(evalkit_command, counts_study, tmp_path / "one", "--language", language)
    turn(counts_study, hidden)
    other = make(evalkit_command, counts_study, tmp_path / "two", "--language", language)
    assert difference(whole(one), whole(other)) == ""
    for name in ("01_intake", "02_survey"):
        files = [tmp_path / each / "bou-2012-counts" / f"{name}.ipynb" for each in ("one", "two")]
        one_outputs, other_outputs = ([out for *_, out in outputs_of(each)] for each in files)
        assert difference(one_outputs, other_outputs) == "", f"{name}.ipynb holds hidden figures"
    if least == 25:
        assert 0 < len(one.find_all("p", "withheld")) < 19
        turn(counts_study, {"q01"})
        third = make(evalkit_command, counts_study, tmp_path / "three", "--language", language)
        assert whole(third) != whole(one)


def test_the_reconciliation_does_not_tell_of_figures_that_may_not_be_shown(
    counts_study, evalkit_command, tmp_path
):
    set_in(counts_study, "min_respondents: 5", "min_respondents: 25")
    one = make(evalkit_command, counts_study, tmp_path / "one")
    turn(counts_study, {"q03", "q05"})
    other = make(evalkit_command, counts_study, tmp_path / "two")
    assert difference(whole(one), whole(other)) == ""


@pytest.mark.parametrize(
    ("parameter", "option"),
    [
        ("edition=internal", ("--edition", "internal")),
        ("language=en", ("--language", "en")),
        ("study=bou-2012", None),
    ],
)
def test_a_parameter_is_no_way_around_an_option(
    parameter, option, counts_study, evalkit_command, tmp_path
):
    """Otherwise figures that may not be shown stand on a page that does not say it is internal."""
    set_in(counts_study, "min_respondents: 5", "min_respondents: 27")
    out = tmp_path / "out"
    done = evalkit_command("run", counts_study, "-p", parameter, "--out", out, "-q")
    if done.status == 0:
        assert option is not None, "the page shows another study's figures under this one's name"
        page = (out / "bou-2012-counts" / "report.html").read_text("utf-8")
        expected = make(evalkit_command, counts_study, tmp_path / "option", *option)
        assert difference(BeautifulSoup(page, "html.parser"), expected) == ""
    else:
        assert not out.exists()
