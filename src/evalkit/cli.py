"""The command line: arguments, progress and exit status; the work is done elsewhere.

Exit status: 0 done, 1 a mistake in the study or the request, 2 a mistake in the command.
"""

from __future__ import annotations

import contextlib
import gc
import io
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

import evalkit
from evalkit.errors import EvalkitError, Problem

if TYPE_CHECKING:
    from evalkit.workbook import Workbook

app = typer.Typer(
    help="From a survey export to a report that can be published.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Edition(StrEnum):
    """Which figures are shown."""

    published = "published"
    internal = "internal"


class Language(StrEnum):
    """What the reader reads."""

    sv = "sv"
    en = "en"


class TableFormat(StrEnum):
    """How a table is written."""

    csv = "csv"
    json = "json"
    md = "md"
    html = "html"


class Level(StrEnum):
    """What the units of a study add to."""

    county = "county"
    nation = "nation"


class CountsFormat(StrEnum):
    """How counts are written."""

    csv = "csv"
    json = "json"


StudyArgument = Annotated[
    str, typer.Argument(help="A name under data/raw, or a folder with a study.yaml.")
]
RoundOption = Annotated[str, typer.Option("--round", help="A round of the study.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, for scripts.")]


@app.command()
def run(
    study: StudyArgument,
    round_name: RoundOption = "",
    notebook: Annotated[
        list[str] | None, typer.Option("--notebook", help="Only this notebook's page.")
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="The study's own, if not given.")
    ] = None,
    edition: Annotated[Edition, typer.Option(help="internal: all figures.")] = Edition.published,
    unit: Annotated[
        str, typer.Option(help="One unit beside the whole, in reports/STUDY/units/UNIT.")
    ] = "",
    units: Annotated[
        bool, typer.Option("--units", help="Every unit that may be shown, one after the other.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Instead of reports/.", file_okay=False)] = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Of a notebook of your own."),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Run a study's notebooks and write its report to reports/STUDY (or OUT/STUDY)."""
    runner = _load_run()
    request = runner.Request(
        study,
        round_name,
        tuple(notebook or ()),
        language.value if language else "",
        edition.value,
        out,
        dict(_pair(each) for each in parameter or ()),
        unit,
    )
    if units and unit:
        raise typer.BadParameter("name one unit with --unit, or take all", param_hint="--units")
    with _progress(quiet) as tell:
        results = list(runner.run_units(request, tell) if units else [runner.run(request, tell)])
    if not quiet:
        for problem in results[0].warnings:
            typer.echo(_line(problem), err=True)
    for result in results:
        typer.echo(result.page)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"{text} is not NAME=VALUE", param_hint="--parameter")
    return name, value


@app.command()
def new(
    study: Annotated[
        str, typer.Argument(help="A name for it under data/raw, or the path of a folder to make.")
    ],
    export: Annotated[Path, typer.Argument(help="The survey tool's file, which is copied.")],
    form: Annotated[str, typer.Option("--format", help="If it is not recognised.")] = "",
    encoding: Annotated[str, typer.Option(help="Of a text file, if not recognised.")] = "",
    sheet: Annotated[str, typer.Option(help="Of a spreadsheet, if not the first.")] = "",
) -> None:
    """Make a study of an export: its folder, with a codebook that is a guess to be confirmed."""
    from evalkit.draft import new_study, summary

    typer.echo(summary(new_study(study, export, form, encoding or None, sheet)), nl=False)


@app.command("add-round")
def add_round(
    study: StudyArgument,
    round_name: Annotated[str, typer.Argument(metavar="ROUND", help="Its name, such as 2026.")],
    export: Annotated[Path, typer.Argument(help="The survey tool's file, which is copied.")],
    form: Annotated[str, typer.Option("--format", help="If it is not recognised.")] = "",
    encoding: Annotated[str, typer.Option(help="Of a text file, if not recognised.")] = "",
    sheet: Annotated[str, typer.Option(help="Of a spreadsheet, if not the first.")] = "",
    label: Annotated[str, typer.Option(help='As in running text: "våren 2026".')] = "",
    invited: Annotated[int | None, typer.Option(min=1, help="How many were asked.")] = None,
) -> None:
    """Add a round to a study: compare its export with the codebook and the round before."""
    from evalkit.draft import NewRound, round_summary
    from evalkit.draft import add_round as add

    wrong = [each for each in evalkit.check(study) if each.severity == "error"]
    if wrong:
        raise EvalkitError(wrong)
    new_round = NewRound(round_name, export, form, encoding or None, sheet, label, invited)
    typer.echo(round_summary(add(study, new_round)), nl=False)


@app.command()
def check(study: StudyArgument) -> None:
    """List everything that is wrong with a study, with file, row, column and what to do."""
    problems = evalkit.check(study)
    for problem in problems:
        typer.echo(_line(problem))
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    typer.echo(f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}.")
    if errors:
        raise typer.Exit(1)


@app.command()
def table(
    study: StudyArgument,
    item: Annotated[str, typer.Argument(help="An item of the codebook.")],
    round_name: RoundOption = "",
    form: Annotated[TableFormat, typer.Option("--format")] = TableFormat.md,
) -> None:
    """Write the table of an item, with true and unrounded figures, to standard output."""
    book = evalkit.open_study(study)
    kind = book.study.codebook_of(book.study.round_name(round_name)).item(item).kind
    writers = (_number_writers if kind == "numeric" else _writers)(book, item, round_name)
    _say_internal()
    typer.echo(writers[form](), nl=False)


_Writers = dict[TableFormat, Callable[[], str]]


def _writers(book: Workbook, item: str, round_name: str) -> _Writers:
    from evalkit import tabular

    frequencies, language = book.frequencies(item, round_name), book.study.settings.language
    shown = book.study.codebook_of(book.study.round_name(round_name))
    return {
        TableFormat.csv: lambda: tabular.as_csv(frequencies),
        TableFormat.json: lambda: tabular.as_json(shown.item(item), frequencies),
        TableFormat.md: lambda: tabular.as_markdown(frequencies, language),
        TableFormat.html: lambda: tabular.as_html(frequencies, language),
    }


def _number_writers(book: Workbook, item: str, round_name: str) -> _Writers:
    from evalkit import tabular

    number, language = book.number(item, round_name), book.study.settings.language
    return {
        TableFormat.csv: lambda: tabular.number_as_csv(number),
        TableFormat.json: lambda: tabular.number_as_json(number),
        TableFormat.md: lambda: tabular.number_as_markdown(number, language),
        TableFormat.html: lambda: tabular.number_as_html(number, language),
    }


@app.command()
def counts(
    study: StudyArgument,
    round_name: RoundOption = "",
    by: Annotated[list[str] | None, typer.Option(help="Within the answers to this item.")] = None,
    level: Annotated[
        Level | None, typer.Option(help="By what the units add to, instead of by unit.")
    ] = None,
    form: Annotated[CountsFormat, typer.Option("--format")] = CountsFormat.csv,
) -> None:
    """Write the counts of a study's rounds: round, unit, item, value, status, n."""
    import pandas as pd

    if by and level:
        raise typer.BadParameter("choose one of --by and --level", param_hint="--level")

    book = evalkit.open_study(study)
    rounds = [round_name] if round_name else list(book.study.settings.rounds)
    kept = [book.kept_counts(each, tuple(by or ()), level or "") for each in rounds]
    frame = pd.concat(kept, ignore_index=True)
    _say_internal()
    for item in dict.fromkeys(each for name in rounds for each in book.kept_out(name)):
        typer.echo(f"Left out: {item}, since its column holds personal data.", err=True)
    if form is CountsFormat.csv:
        typer.echo(frame.to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        typer.echo(frame.to_json(orient="records", force_ascii=False))


@app.command()
def crosstab(
    study: StudyArgument,
    item: Annotated[str, typer.Argument(help="An item of the codebook.")],
    by: Annotated[str, typer.Option(help="The item whose answers make the groups, or unit.")],
    round_name: RoundOption = "",
    form: Annotated[CountsFormat, typer.Option("--format")] = CountsFormat.csv,
) -> None:
    """Write an item by groups, true figures: group, answer, n, percent and its base."""
    frame = evalkit.open_study(study).crosstab(item, by, round_name)
    _say_internal()
    if form is CountsFormat.csv:
        typer.echo(frame.to_csv(index=False, lineterminator="\n"), nl=False)
    else:
        typer.echo(frame.to_json(orient="records", force_ascii=False))


@app.command()
def reconcile(
    study: StudyArgument,
    file: Annotated[Path, typer.Argument(help="In the form of published_tables.csv.")],
    items: Annotated[Path | None, typer.Option(help="In the form of published_items.csv.")] = None,
    round_name: RoundOption = "",
) -> None:
    """Compare every cell, base and mean with published figures; exit 1 if any differs."""
    found = evalkit.open_study(study).reconcile(file, items or "", round_name)
    for each in found.differences:
        typer.echo(each)
    typer.echo(
        f"{found.cells} rows of tables and {found.items} rows of items, {found.figures} figures: "
        f"{len(found.differences)} differences."
    )
    if found.differences:
        raise typer.Exit(1)


@app.command()
def codings(
    source: Annotated[
        Path, typer.Argument(metavar="SOURCE", help="A .qdpx or .qdc, or a folder of CSV files.")
    ],
    out: Annotated[
        Path | None, typer.Option(help="Write X.qdpx, X.qdc, or a folder of CSV files.")
    ] = None,
    language: Annotated[Language, typer.Option(help="Of what is told.")] = Language.en,
) -> None:
    """Read codings of focus groups and tell what came in; convert them with --out."""
    from evalkit.codings.out import write_codings
    from evalkit.codings.read import read_codings
    from evalkit.present.coding_import import told_lines

    project = read_codings(source)
    lost = write_codings(project, out) if out is not None else ()
    for line in told_lines(project.told, language.value):
        typer.echo(line)
    if out is not None:
        typer.echo(out)
        for line in told_lines(lost, language.value):
            typer.echo(line, err=True)


def _say_internal() -> None:
    typer.echo(
        "Internal: true figures, small groups are not protected. Not for publication.", err=True
    )


def _line(problem: Problem) -> str:
    return f"{problem.severity}: {problem}"


def _load_run() -> ModuleType:
    """Import what a run needs, and keep the garbage collector off it.

    A run imports a few hundred modules and then makes little garbage; walking through them again
    and again, and once more at the end, would take a quarter of its time.
    """
    gc.disable()
    from evalkit.report import compose, export, run  # noqa: F401 - the dear ones too

    gc.freeze()
    gc.enable()
    return run


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Say on stderr what is being done."""
    if quiet:
        yield lambda _: None
        return
    console = Console(stderr=True)
    with console.status("Starting") as status:

        def tell(text: str) -> None:
            if console.is_terminal:
                status.update(text)
            else:
                console.print(text)

        yield tell


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"evalkit {evalkit.__version__}")
        raise typer.Exit


def main() -> None:
    """The command `evalkit`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")  # a redirected stream on Windows is cp1252
    try:
        app()
    except KeyboardInterrupt:
        typer.echo("Stopped.", err=True)
        sys.exit(130)
    except EvalkitError as error:
        for problem in error.problems:
            typer.echo(_line(problem), err=True)
        sys.exit(1)
