"""A new study's folder: the export unchanged with its SHA-256, and the tables that were guessed."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evalkit.codebook import Language
from evalkit.draft.edit import quoted
from evalkit.draft.survey import Survey, survey
from evalkit.draft.tables import tables
from evalkit.errors import fault
from evalkit.intake.read import read
from evalkit.study import project_root, sha256

ROUND = "1"


@dataclass(frozen=True)
class Drafted:
    """A study that was drafted: its folder, how it is named in commands, and what was guessed."""

    folder: Path
    study: str
    survey: Survey


def new_study(
    study: str, export: Path, form: str = "", encoding: str | None = None, sheet: str = ""
) -> Drafted:
    """Make a study of an export, in a folder that is not there yet.

    `study` is a name under `data/raw`, or a path (with a slash). Nothing is left half-written.
    Raises `EvalkitError` when the folder is there, or the export cannot be read.
    """
    folder, named = _home(study)
    given = source(export)
    with _unfinished(folder) as made:
        file = f"rounds/{ROUND}/{given.name}"
        copy = made / file
        copy.parent.mkdir(parents=True)
        copy_export(given, copy)
        found = survey(read(copy, given.name, form, encoding, sheet))
        for name, content in tables(found).items():
            (made / name).write_text(content, "utf-8", newline="\n")
        told = {"format": form, "encoding": encoding or "", "sheet": sheet}
        settings = _settings(folder.name, copy, file, found.language, told)
        (made / "study.yaml").write_text(settings, "utf-8", newline="\n")
        if folder.exists():
            raise _exists(folder)
        made.rename(folder)
    return Drafted(folder, named, found)


def copy_export(export: Path, copy: Path) -> None:
    """Copy an export unchanged, and a survey's structure of the same name that stands beside it."""
    shutil.copyfile(export, copy)
    structure = export.with_suffix(".lss")
    if structure != export and structure.is_file():
        shutil.copyfile(structure, copy.with_suffix(".lss"))


_NAME = re.compile(r"[^\W_][\w.-]{0,99}")


def _home(study: str) -> tuple[Path, str]:
    """The folder to be made, and what to call the study in the next command."""
    is_path = "/" in study or os.sep in study or study.startswith("~")
    name = Path(study).name if is_path else study
    if not _NAME.fullmatch(name):
        fix = "Use letters, digits, - and _, such as brukarenkat-2026."
        raise fault(f'"{name[:60]}" cannot be the name of a study.', fix)
    if is_path:
        with contextlib.suppress(RuntimeError):
            study = str(Path(study).expanduser())
        parent = Path(study).parent
    else:
        root = project_root()
        if root is None:
            fix = f"Name a folder by its path, such as ./{name}."
            raise fault("There is no folder data/raw here.", fix)
        parent = root / "data" / "raw"
    folder = parent / name
    if os.path.lexists(folder):
        raise _exists(folder)
    if not parent.is_dir():
        raise fault("The folder that it shall stand in does not exist.", file=str(parent))
    return folder, study


def _exists(folder: Path) -> Exception:
    fix = "Choose another name; a study that is there is never overwritten."
    return fault("The folder exists already.", fix, file=folder.name)


def source(export: Path) -> Path:
    """The export, if there is such a file; else `EvalkitError`."""
    try:
        if export.is_file():
            export.name.encode("utf-8")
            return export
    except (OSError, ValueError):
        raise fault("The export cannot be opened by that name.", "Rename it.") from None
    raise fault("The export does not exist, or is no file.", file=export.name)


@contextlib.contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """A folder to be written and moved to `folder`; what is left of it goes away."""
    try:
        around = Path(tempfile.mkdtemp(prefix=".evalkit-", dir=folder.parent))
    except OSError as cause:
        raise _not_written(cause, folder) from None
    try:
        made = around / folder.name
        made.mkdir()
        yield made
    except OSError as cause:
        raise _not_written(cause, folder) from cause
    finally:
        shutil.rmtree(around, ignore_errors=True)


def _not_written(cause: OSError, folder: Path) -> Exception:
    return fault(f"The study cannot be written ({cause.strerror}).", file=folder.name)


def _settings(name: str, copy: Path, file: str, language: Language, told: Mapping[str, str]) -> str:
    title = _title(copy.stem) or name
    lines = [
        '# The settings of one study. Each line is "key: value"; text after # is for people.',
        "",
        f"name: {quoted(name)}",
        "# The report's title; sv and en are its languages.",
        "title:",
        f"  {language}: {quoted(title)}",
        f"language: {language}",
        "# The codebook is a guess. Look through draft.csv, mend codebook.csv and scales.csv,",
        "# and then remove this line: a draft cannot be published.",
        "draft: true",
        "rounds:",
        f'  "{ROUND}":',
        "    # What the round is called in running text: {sv: våren 2026, en: spring 2026}.",
        "    # label: {sv: …, en: …}",
        "    # How many were asked to answer; without it there is no response rate.",
        "    # invited: 100",
        f"    responses: {quoted(file)}",
        "    # The file as it was delivered; a change of it is an error.",
        f"    sha256: {quoted(sha256(copy))}",
    ]
    lines += [f"    {key}: {quoted(value)}" for key, value in told.items() if value]
    return "\n".join(lines) + "\n"


def _title(stem: str) -> str:
    words = " ".join(re.sub(r"[_\-]+", " ", stem).split())
    return words[:1].upper() + words[1:]
