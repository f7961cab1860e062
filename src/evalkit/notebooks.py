"""Notebooks and their parameters: found, read and checked before anything is run."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from evalkit.errors import EvalkitError, Problem, fault, nearest
from evalkit.study import project_root

OPTIONS: Mapping[str, str] = {
    "study": "Name the study as the command's argument.",
    "round": "Use --round.",
    "language": "Use --language.",
    "edition": "Use --edition.",
}
"""Parameters that every notebook has, since they decide what the page says of itself."""

UNIT = "unit"
"""The parameter of a notebook about one unit; a notebook without it is about the whole."""

PARAMETERS = "parameters"
"""The tag of the cell with the parameters, as papermill has it."""


@dataclass(frozen=True)
class Notebook:
    """A notebook: its name, its file, the code of its cells, its parameters with their defaults."""

    name: str
    path: Path
    sources: tuple[str, ...]
    parameters: Mapping[str, Any]

    @property
    def digest(self) -> str:
        """SHA-256 of what the cells do; formatting of the file and cell ids do not matter."""
        return hashlib.sha256("\0".join(self.sources).encode()).hexdigest()


def notebook_folders() -> list[Path]:
    """Where notebooks are looked for: the project's own, then those that evalkit comes with."""
    root, package = project_root(), Path(__file__).resolve().parent
    folders = [] if root is None else [root / "notebooks"]
    return [*folders, package / "notebooks", package.parents[1] / "notebooks"]


def find_notebook(name: str) -> Notebook:
    """The notebook called `name`, with or without `.ipynb`, or the one that the path leads to."""
    known: dict[str, Path] = {}
    for folder in notebook_folders():
        for path in sorted(folder.glob("*.ipynb")):
            known.setdefault(path.stem, path)
    wanted = name.removesuffix(".ipynb")
    if wanted in known:
        return read_notebook(known[wanted])
    path = Path(name).expanduser()
    if path.suffix == ".ipynb" and path.is_file():
        return read_notebook(path)
    raise fault(f'There is no notebook "{name}".', nearest(wanted, known))


def read_notebook(path: Path) -> Notebook:
    """Read a notebook file; `EvalkitError` if it is none or its parameters are no literals."""
    try:
        content = json.loads(path.read_text("utf-8"))
        cells = [each for each in content["cells"] if each["cell_type"] == "code"]
        sources = tuple("".join(each["source"]) for each in cells)
        tagged = [
            source
            for source, each in zip(sources, cells, strict=True)
            if PARAMETERS in each.get("metadata", {}).get("tags", ())
        ]
    except (ValueError, KeyError, TypeError):
        fix = "Open it in JupyterLab and save it again."
        raise fault("The file is not a notebook.", fix, file=path.name) from None
    if len(tagged) > 1:
        raise fault("Two cells are tagged parameters.", "Keep the tag of one.", file=path.name)
    return Notebook(path.stem, path, sources, _literals(tagged[0] if tagged else "", path.name))


def _literals(source: str, file: str) -> dict[str, Any]:
    """The assignments of a parameters cell."""
    found: dict[str, Any] = {}
    try:
        for line in ast.parse(source).body:
            if not isinstance(line, (ast.Assign, ast.AnnAssign)) or line.value is None:
                continue
            target = line.targets[0] if isinstance(line, ast.Assign) else line.target
            if isinstance(target, ast.Name):
                found[target.id] = ast.literal_eval(line.value)
    except (SyntaxError, ValueError):
        fix = 'Write lines such as: language = "sv"'
        raise fault("The parameters cell holds more than literals.", fix, file=file) from None
    return found


def check_notebooks(names: Iterable[str]) -> list[Problem]:
    """Every fault of the notebooks that a study names."""
    problems: list[Problem] = []
    for name in names:
        try:
            notebook = find_notebook(name)
            check_parameters(notebook, dict.fromkeys(OPTIONS, ""))
            check_units([notebook], "")
        except EvalkitError as error:
            problems += error.problems
    return problems


def check_units(notebooks: Iterable[Notebook], unit: str) -> None:
    """Refuse a notebook about one unit where none is named, and the other way about."""
    for each in notebooks:
        if UNIT in each.parameters and not unit:
            fix = "Run it by itself, with --unit UNIT; it is no part of the study's report."
            raise fault(f"The notebook {each.name} is about one unit.", fix)
        if unit and UNIT not in each.parameters:
            fix = 'Give it a parameter `unit = ""`, or run it without --unit.'
            raise fault(f"The notebook {each.name} is not about one unit.", fix)


def check_parameters(notebook: Notebook, given: Mapping[str, Any]) -> None:
    """Refuse a parameter that the notebook does not have, or a value of another type."""
    problems: list[Problem] = []
    for name, value in given.items():
        if name not in notebook.parameters:
            message = f'The notebook has no parameter "{name}".'
            fix = nearest(name, notebook.parameters)
            problems.append(Problem(notebook.path.name, None, name, message, fix))
            continue
        default = notebook.parameters[name]
        if default is not None and not _same_type(value, default):
            message = f"{value!r} is not of type {type(default).__name__}, as {default!r} is."
            problems.append(Problem(notebook.path.name, None, name, message))
    if problems:
        raise EvalkitError(problems)


def _same_type(value: object, default: object) -> bool:
    if isinstance(default, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is type(default)


def typed(notebook: Notebook, texts: Mapping[str, str]) -> dict[str, Any]:
    """Parameters as typed on the command line: text stays text where the default is text."""
    found: dict[str, Any] = {}
    for name, text in texts.items():
        if isinstance(notebook.parameters.get(name), str):
            found[name] = text
        else:
            found[name] = _literal(text)
    return found


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text


def is_shipped(notebook: Notebook) -> bool:
    """Whether the notebook's code is, to the letter, that of one that evalkit ships.

    The digests are written by `packaging/notebooks.py`.
    """
    listed = files("evalkit").joinpath("shipped_notebooks.json").read_text("utf-8")
    return notebook.digest in json.loads(listed).values()
