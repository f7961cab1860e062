"""The evaluator's own texts: Markdown with live figures, made by a sandboxed Jinja environment.

A text may call the functions of `Figures` and nothing else. Names, items and answers are checked
against the codebook before anything is rendered, so a slip is reported with its file and line.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from evalkit.analysis.frequency import Frequency, Question
from evalkit.analysis.numeric import Numeric
from evalkit.analysis.ranking import RankedOption, Ranking
from evalkit.codebook import ABOUT, LANGUAGES, RANKINGS, SINGLE, Codebook, Item, Language, Text
from evalkit.errors import EvalkitError, Problem, fault, nearest
from evalkit.present.html import anchor
from evalkit.present.markdown import literal, to_html
from evalkit.present.numbers import in_words, percent, whole
from evalkit.present.numeric import middle_text, spread_text
from evalkit.present.ranked import mean_rank_text
from evalkit.present.sentences import capital, mean_text, median_text, share_text
from evalkit.present.words import word
from evalkit.release import Released, ReleasedTables, opened
from evalkit.study import Study

if TYPE_CHECKING:  # most texts compare no rounds and tell of no codings
    from evalkit.analysis.themes import Theme
    from evalkit.present.themes import View
    from evalkit.release.changes import ShownChanges

Value = int | str


@dataclass(frozen=True)
class Figures:
    """The functions that a narrative can call; each gives finished text in `language`.

    `value` is an answer's code (4), a status ("dont_know") or an option's item ("q09a_fou"). What
    may not be shown is replaced by a word that says so. `changed` compares the round with the one
    before when a text asks for that.
    """

    study: Study
    round_name: str
    released: ReleasedTables
    language: Language
    changed: Callable[[], Released[ShownChanges] | None] | None = None

    @property
    def _codebook(self) -> Codebook:
        return self.study.codebook_of(self.round_name)

    def n(self, item: str, *value: Value) -> str:
        """How many gave any of the answers."""
        return self._of_scale(
            item, lambda table: in_words(table.share(_keys(value)).n, self.language)
        )

    def percent(self, item: str, *value: Value) -> str:
        """The same in per cent of those who answered."""
        return self._of_scale(
            item, lambda table: percent(table.share(_keys(value)).percent, self.language)
        )

    def share(self, item: str, *value: Value) -> str:
        """Count, base and per cent: "två av 25 (8 %)"."""
        return self._of_scale(
            item, lambda table: share_text(table.share(_keys(value)), self.language)
        )

    def mean(self, item: str) -> str:
        """The mean with two decimals."""
        return self._of(item, lambda table: _mean(table, self.language) or self._nothing)

    def median(self, item: str) -> str:
        """The median's answer, or number."""
        return self._of(item, lambda table: literal(_median(table, self.language)) or self._nothing)

    def base(self, item: str) -> str:
        """Antal svar, or the base of a multiple response set."""
        return self._of(item, lambda table: whole(table.base, self.language))

    def no_answer(self, item: str) -> str:
        """How many of those asked left the item out."""
        return self._of(
            item,
            lambda table: (
                in_words(table.no_answer, self.language)
                if table.answered_known
                else word("not_known", self.language)
            ),
        )

    def change(self, item: str, value: Value = "") -> str:
        """How a share has changed since the round before, with its interval.

        The share on the positive side or of the answer that most gave, else that of `value`.
        """
        from evalkit.present.changes import change_text

        if item not in self.released.items:
            raise fault(f'There is no table called "{item}".', nearest(item, self.released.items))
        if opened(self.released.items[item]) is None:
            return self._withheld
        changed = None if self.changed is None else self.changed()
        text = None if changed is None else change_text(changed, item, str(value), self.language)
        return text or word("change_text_none", self.language)

    def rank(self, item: str, option: Value) -> str:
        """The rank of an option in the order of one body."""
        table, found = self._ranked(item, str(option))
        if table is None or found is None:
            return self._withheld
        if not table.one_order:
            raise fault(f"{item} is not the order of one body.", "Use mean_rank(…).")
        rank = found.only_rank
        return self._nothing if rank is None else whole(rank, self.language)

    def mean_rank(self, item: str, option: Value) -> str:
        """The mean rank of an option, with two decimals."""
        _, found = self._ranked(item, str(option))
        if found is None:
            return self._withheld
        return mean_rank_text(found, self.language) or self._nothing

    def _ranked(self, item: str, option: str) -> tuple[Ranking | None, RankedOption | None]:
        """A ranking and one of its options; None where they may not be shown."""
        released = self.released.rankings.get(item)
        if released is None:
            known = self.released.rankings
            raise fault(f'There is no ranking called "{item}".', nearest(item, known))
        table = opened(released)
        found = None if table is None else table.option(option)
        if table is not None and found is None:
            known_options = [each.item.name for each in table.options]
            raise fault(f'{item} has no option "{option}".', nearest(option, known_options))
        return table, found

    def answer(self, item: str, value: Value) -> str:
        """The label of an answer, without quotation marks."""
        labels = _labels(self._codebook, self._codebook.item(item))
        key = str(value)
        if key not in labels:
            raise fault(f'{item} has no answer "{key}".', nearest(key, labels))
        return literal(labels[key].best(self.language).text)

    def item_label(self, item: str) -> str:
        """The label of an item."""
        return literal(self._codebook.item(item).label.best(self.language).text)

    def table_ref(self, item: str) -> str:
        """A link to an item's table: "tabell 14"."""
        number = self._codebook.number(self._codebook.item(item))
        text = word("table_inline", self.language)
        return f"[{text}\u00a0{literal(number)}](#{anchor('tabell', number)})"

    def response_rate(self) -> str:
        """The response rate in per cent."""
        response = opened(self.released.response)
        if response is None or response.rate is None:
            return self._withheld
        return percent(response.rate.percent, self.language)

    def invited(self) -> str:
        """How many were asked to take part."""
        invited = self.study.invited(self.round_name)
        return self._withheld if invited is None else in_words(invited, self.language)

    def responded(self) -> str:
        """How many took part."""
        response = opened(self.released.response)
        return self._withheld if response is None else in_words(response.responded, self.language)

    def included(self) -> str:
        """How many of them the tables are about: without those excluded."""
        response = opened(self.released.response)
        return self._withheld if response is None else in_words(response.included, self.language)

    def round_label(self) -> str:
        """The round's name in running text."""
        if not self.round_name:
            return self._nothing
        label = self.study.settings.rounds[self.round_name].label.text.best(self.language).text
        return literal(label or self.round_name)

    def theme_groups(self, code: str) -> str:
        """In how many of the groups a theme was raised: "fem av sju grupper"."""
        view = self._themes
        return view.of_groups(len(self._theme(code).groups))

    def theme_segments(self, code: str) -> str:
        """In how many segments a theme stands."""
        return in_words(len(self._theme(code).segments), self.language)

    def theme_label(self, code: str) -> str:
        """The label of a theme."""
        self._theme(code)
        return literal(self._themes.theme(code))

    def theme_count(self) -> str:
        """How many themes there are."""
        return in_words(len(self._themes.themes.themes), self.language)

    def group_count(self) -> str:
        """How many groups are counted."""
        return in_words(self._themes.number_of_groups, self.language)

    @cached_property
    def _themes(self) -> View:
        from evalkit.present.themes import View
        from evalkit.workbook.codings import released_themes

        return View(released_themes(self.study, self.released.rule), self.language)

    def _theme(self, code: str) -> Theme:
        known = self._themes.themes.theme
        if code not in known:
            raise fault(f'There is no code "{code}".', nearest(code, known))
        return known[code]

    def table_count(self) -> str:
        """How many tables the report has, a grid counted as one."""
        return in_words(len(self._codebook.questions), self.language)

    @property
    def _withheld(self) -> str:
        return word("withheld_inline", self.language)

    @property
    def _nothing(self) -> str:
        """Where a figure could be and nobody gave an answer to work it out of."""
        return word("nothing", self.language)

    def _of(self, item: str, text: Callable[[Any], str]) -> str:
        known = self.released.questions
        if item not in known:
            raise fault(f'There is no table of one item called "{item}".', nearest(item, known))
        table = opened(known[item])
        return self._withheld if table is None else text(table)

    def _of_scale(self, item: str, text: Callable[[Frequency], str]) -> str:
        if item in self.released.questions and item not in self.released.items:
            fix = "Of numbers there are mean(…), median(…), base(…) and no_answer(…)."
            raise fault(f"{item} has no answers to choose among.", fix)
        return self._of(item, text)

    def functions(self) -> dict[str, Callable[..., str]]:
        """Name → function, as a narrative sees them."""
        return {name: getattr(self, name) for name in FUNCTIONS}

    def _where_asked(self, function: Callable[..., str]) -> Callable[..., str]:
        """The function; of an item or answer that other rounds asked alone, words that say so."""

        def called(*given: Any, **named: Any) -> str:
            if function.__name__ in OF_THEMES:
                return function(*given, **named)
            item = str(given[0] if given else named.get("item", ""))
            if self._asked_elsewhere(item, [str(each) for each in given[1:]]):
                return word("not_asked_inline", self.language)
            return function(*given, **named)

        return called

    def _asked_elsewhere(self, name: str, answers: Sequence[str]) -> bool:
        here, all_rounds = self._codebook, self.study.codebook
        if name not in all_rounds.items or name not in here.items:
            return name in all_rounds.items
        own = _labels(here, here.items[name])
        others = _labels(all_rounds, all_rounds.items[name])
        return any(each in others and each not in own for each in answers)


OF_THEMES = frozenset(
    {"theme_groups", "theme_segments", "theme_label", "theme_count", "group_count"}
)
"""The functions about codings; their codes are looked up when the text is filled in."""

FUNCTIONS: Mapping[str, inspect.Signature] = {
    name: inspect.signature(each)
    for name, each in vars(Figures).items()
    if inspect.isfunction(each) and not name.startswith("_") and name != "functions"
}
_FILTERS: dict[str, Callable[[str], str]] = {"capfirst": capital}
_LIST_NUMBER = re.compile(r"^[^\S\n]*\d+[.)][^\S\n]", re.MULTILINE)


def _mean(table: Question, language: Language) -> str:
    if isinstance(table, Numeric):
        return spread_text(table.mean, table, language)
    return mean_text(table, language) if isinstance(table, Frequency) else ""


def _median(table: Question, language: Language) -> str:
    if isinstance(table, Numeric):
        return middle_text(table.median, table, language)
    return median_text(table, language) if isinstance(table, Frequency) else ""


def _keys(values: tuple[Value, ...]) -> list[str]:
    return [str(value) for value in values]


def _labels(codebook: Codebook, item: Item) -> dict[str, Text]:
    if item.kind == "multiple" or item.kind in RANKINGS:
        return {option.name: option.label for option in codebook.parts(item)}
    if item.kind not in SINGLE | {"option"}:
        return {}
    return {
        answer.status if answer.value is None else str(answer.value): answer.label
        for answer in codebook.scale(item).answers
    }


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    environment.filters = dict(_FILTERS)
    return environment


def find_text(
    study: Study, name: str, language: Language, round_name: str
) -> tuple[Path, Language] | None:
    """The file of a narrative and its language; None if there is none.

    A text about the round comes before one about all, and then one in `language` before the other.
    """
    own = _round_folder(study, round_name)
    for folder in ("",) if own is None else (own, ""):
        for each in (language, *LANGUAGES):
            path = study.narrative_folder / each / folder / f"{name}.md"
            if path.is_file():
                return path, each
    return None


def _round_folder(study: Study, round_name: str) -> str | None:
    """The name of the folder with a round's own texts; None if no folder can have it."""
    known = round_name in study.settings.rounds and round_name not in (".", "..")
    return round_name if known and not re.search(r"[/\\]", round_name) else None


def narrative_files(
    study: Study, language: Language, round_name: str = ""
) -> list[tuple[str, Path]]:
    """The texts that a round's report in `language` can hold, as (name within the study, file)."""
    name = study.round_name(round_name)
    texts = (find_text(study, e, language, name) for e in _known_names(study.codebook_of(name)))
    return [(_file(study, each[0]), each[0]) for each in texts if each is not None]


def render(study: Study, name: str, figures: Figures, base_level: int) -> str:
    """The narrative `name` as HTML with its figures filled in; empty where there is none.

    Headings in it begin one level below `base_level`. Raises `EvalkitError` with file and line.
    """
    found = find_text(study, name, figures.language, figures.round_name)
    if found is None:
        return ""
    path, language = found
    own = replace(figures, language=language)
    file = _file(study, path)
    source = _source(path, file)
    about = path.parent.name if path.parent.parent.name in LANGUAGES else ""
    codebook = study.codebook_of(about) if about else study.codebook
    problems = [each for each in _check(source, file, codebook) if each.severity == "error"]
    if problems:
        raise EvalkitError(problems)
    try:
        text = (
            _environment()
            .from_string(source)
            .render({name: own._where_asked(each) for name, each in own.functions().items()})
        )
    except EvalkitError as error:
        raise EvalkitError(
            Problem(file, _line(error), None, each.message, each.fix) for each in error.problems
        ) from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as cause:
        raise fault(
            f"The text cannot be filled in: {cause}.", file=file, row=_line(cause)
        ) from None
    content = to_html(text, base_level)
    return content if language == figures.language else f'<div lang="{language}">{content}</div>'


def _file(study: Study, path: Path) -> str:
    return path.relative_to(study.narrative_folder.parent).as_posix()


def _source(path: Path, file: str) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise fault("The file is not UTF-8 text.", "Save it as UTF-8.", file=file) from None


def _line(error: BaseException) -> int | None:
    """The line of the template that an error was raised in; Jinja puts it into the traceback."""
    line = None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def check_narratives(study: Study) -> list[Problem]:
    """Every fault in every text of the study; a typed figure is a warning."""
    problems: list[Problem] = []
    for path in sorted(study.narrative_folder.glob("*/*.md")):
        file = _file(study, path)
        problems += _belongs(path, file, study.codebook)
        try:
            source = _source(path, file)
            found = list(_check(source, file, study.codebook))
            problems += found
            problems += _elsewhere(study, path, source, file, found)
        except EvalkitError as error:
            problems += error.problems
    for path in sorted(study.narrative_folder.glob("*/*/*.md")):
        problems += _round_problems(study, path)
    return problems


def _belongs(path: Path, file: str, codebook: Codebook) -> Iterator[Problem]:
    known = _known_names(codebook)
    if path.stem not in known:
        message, fix = "The text belongs to no place of the report.", nearest(path.stem, known)
        yield Problem(file, None, None, message, fix, "warning")


def _round_problems(study: Study, path: Path) -> Iterator[Problem]:
    """The faults in a text about one round."""
    file, name = _file(study, path), path.parent.name
    if name not in study.settings.rounds:
        if not study.settings.narrative:  # another study has its own rounds
            fix = nearest(name, study.settings.rounds)
            yield Problem(file, None, None, f'There is no round "{name}".', fix, "warning")
        return
    codebook = study.codebook_of(name)
    yield from _belongs(path, file, codebook)
    try:
        yield from _check(_source(path, file), file, codebook)
    except EvalkitError as error:
        yield from error.problems


def _elsewhere(
    study: Study, path: Path, source: str, file: str, found: Sequence[Problem]
) -> Iterator[Problem]:
    """A warning for what a text about all rounds says of items that a round did not ask."""
    for name in study.settings.rounds:
        codebook = study.codebook_of(name)
        shown = find_text(study, path.stem, _language(path), name)
        if codebook.items == study.codebook.items or shown is None or shown[0] != path:
            continue
        if path.stem not in _known_names(codebook):
            continue
        for each in _check(source, file, codebook):
            if each not in found:
                message = f"In round {name}: {each.message}"
                fix = f"The report says so there; or write {path.parent.name}/{name}/{path.name}."
                yield replace(each, message=message, fix=fix, severity="warning")


def _language(path: Path) -> Language:
    return "en" if path.parent.name == "en" else "sv"


def _known_names(codebook: Codebook) -> list[str]:
    chapters = dict.fromkeys(section.chapter for section in codebook.sections.values())
    items = [item.name for item in codebook.questions]
    return [
        "summary",
        "method",
        "groups",
        "synthesis",
        "focus_groups",
        *(f"chapter-{each}" for each in chapters),
        *items,
    ]


def _check(source: str, file: str, codebook: Codebook) -> Iterator[Problem]:
    environment = _environment()
    try:
        tree = environment.parse(source)
    except TemplateSyntaxError as cause:
        fix = "Look for braces or quotation marks that are not closed."
        yield Problem(file, cause.lineno, None, f"{cause.message or 'It cannot be read'}.", fix)
        return
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load" and name.name not in FUNCTIONS and not _is_local(tree, name.name):
            message = f'There is no function "{name.name}".'
            yield Problem(file, name.lineno, name.name, message, nearest(name.name, FUNCTIONS))
    for each in tree.find_all(nodes.Filter):
        if each.name not in _FILTERS:
            message = f'There is no filter "{each.name}".'
            yield Problem(file, each.lineno, each.name, message, nearest(each.name, _FILTERS))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in FUNCTIONS:
            yield from _check_call(call, call.node.name, file, codebook)
    for row, figure in (*_typed(environment, source), *_constants(tree)):
        fix = "Write a live figure, such as {{ share(…) }}."
        yield Problem(file, row, None, f'The figure "{figure}" is typed.', fix, "warning")


def _is_local(tree: nodes.Template, name: str) -> bool:
    return any(each.name == name and each.ctx == "store" for each in tree.find_all(nodes.Name))


def _check_call(
    call: nodes.Call, function: str, file: str, codebook: Codebook
) -> Iterator[Problem]:
    """Check the arguments that are literals: how many, which item, which answers."""

    def problem(message: str, fix: str = "") -> Problem:
        return Problem(file, call.lineno, function, message, fix)

    if not all(isinstance(each, nodes.Const) for each in call.args) or call.kwargs:
        return
    given = [each.value for each in call.args if isinstance(each, nodes.Const)]
    try:
        FUNCTIONS[function].bind(None, *given)
    except TypeError as cause:
        yield problem(f"{function}(): {cause}.", "docs/study-folder.md lists the functions.")
        return
    if not given or function in OF_THEMES:
        return
    name, values = str(given[0]), [str(each) for each in given[1:]]
    known = _items_of(function, codebook)
    if name not in known:
        there = f" that {function} can tell of" if name in codebook.items else ""
        yield problem(f'There is no item "{name}"{there}.', nearest(name, known))
        return
    item = known[name]
    answers = _labels(codebook, item)
    for value in values:
        if value not in answers:
            yield problem(f'{name} has no answer "{value}".', nearest(value, answers))
    needed = function in _OF_ANSWERS or (function == "change" and item.kind == "multiple")
    if needed and not values:
        yield problem(f"No answer of {name} is named.", f"Write {function}({name!r}, …).")
    if function in _OF_ANSWERS and item.kind == "multiple" and len(values) > 1:
        yield problem(f"The options of {name} cannot be added.", "Name one option at a time.")


_OF_ANSWERS = frozenset({"n", "percent", "share"})


def _items_of(function: str, codebook: Codebook) -> dict[str, Item]:
    """The items for which a function has something true to say."""
    on_scales = [
        each for each in codebook.items.values() if each.kind in SINGLE or each.kind == "multiple"
    ]
    numbers = [each for each in codebook.items.values() if each.kind == "numeric"]
    words = [each for each in codebook.items.values() if each.kind == "open"]
    tables = [*on_scales, *numbers, *words]
    labelled = [each for each in codebook.items.values() if each.kind in RANKINGS | {"option"}]
    chosen = {
        **dict.fromkeys((*_OF_ANSWERS, "change"), on_scales),
        "answer": [*on_scales, *labelled],
        "rank": [each for each in labelled if each.kind == "priority"],
        "mean_rank": [each for each in labelled if each.kind in RANKINGS],
        "no_answer": [each for each in tables if each.base != "units"],
        "mean": [each for each in on_scales if each.mean] + numbers,
        "median": [each for each in on_scales if each.kind in ("likert", "ordinal")] + numbers,
        "table_ref": [each for each in codebook.items.values() if each.kind not in ABOUT],
        "item_label": list(codebook.items.values()),
    }
    return {each.name: each for each in chosen.get(function, tables)}


def _constants(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Figures that are written between braces, as if they had been worked out."""
    for output in tree.find_all(nodes.Output):
        for each in output.nodes:
            if isinstance(each, nodes.Const) and re.search(r"\d", str(each.value)):
                yield each.lineno, str(each.value)


def _typed(environment: ImmutableSandboxedEnvironment, source: str) -> Iterator[tuple[int, str]]:
    """Figures in running text, outside of `{{ }}`, each with its line; numbered lists may stand."""
    for line, kind, text in environment.lex(source):
        if kind == "data":
            without_lists = _LIST_NUMBER.sub("", text)
            for figure in re.finditer(r"\d[\d ,.]*", without_lists):
                before = without_lists[: figure.start()].count("\n")
                yield line + before, figure.group().strip()
