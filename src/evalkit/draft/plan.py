"""What a comparison means for the study's tables: rows to add, rounds to write, what to decide."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from evalkit.codebook import ABOUT, PARTS, SINGLE, Answer, Codebook, Item, Scale, Text, normal, tidy
from evalkit.draft.compare import Comparison, Found, unplaced
from evalkit.draft.facts import COUNTED, Guess
from evalkit.draft.survey import Survey
from evalkit.draft.tables import tables
from evalkit.intake.export import Column

Row = Mapping[str, str]


class Added(NamedTuple):
    """A row for `codebook.csv`, to stand after the row of the item `after` (at the end if "")."""

    after: str
    row: Row


class Filter(NamedTuple):
    """An item whose filter asks for an item that has changed."""

    item: str
    asks: str


@dataclass(frozen=True)
class Plan:
    """The changes that a new round brings.

    `asked` names the items of the codebook that it asks unchanged. `renewed` is new item → earlier
    item, `undecided` and `same_as` what goes into `study.yaml`. `unclear` are places of columns
    that could not be put on any scale.
    """

    round_name: str
    asked: frozenset[str]
    rows: tuple[Added, ...]
    scales: tuple[Row, ...]
    renewed: Mapping[str, str]
    undecided: Mapping[str, str]
    same_as: Mapping[str, str]
    items: Mapping[int, str]
    unclear: tuple[int, ...]
    filters: tuple[Filter, ...] = ()

    def now(self, item: str) -> str:
        """The item of the new round that an earlier one is or has become; "" if there is none."""
        if item in self.asked:
            return item
        return next((new for new, earlier in self.renewed.items() if earlier == item), "")


def plan(
    codebook: Codebook,
    rows: Mapping[str, Row],
    rounds: Sequence[str],
    round_name: str,
    comparison: Comparison,
    unit: str = "",
) -> Plan:
    """Work out what to write; `rows` are those of `codebook.csv` by item."""
    maker = _Maker(codebook, rows, rounds, round_name, comparison, unit)
    maker.items()
    maker.new_questions()
    return maker.made()


@dataclass
class _Maker:
    """Collects the rows of one plan; nothing outside of it is changed."""

    codebook: Codebook
    rows: Mapping[str, Row]
    rounds: Sequence[str]
    round_name: str
    comparison: Comparison
    unit: str
    asked: set[str] = field(default_factory=set)
    added: list[Added] = field(default_factory=list)
    scales: dict[str, Scale] = field(default_factory=dict)
    renewed: dict[str, str] = field(default_factory=dict)
    undecided: dict[str, str] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)
    at: dict[int, str] = field(default_factory=dict)
    unclear: list[int] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)

    @property
    def survey(self) -> Survey:
        return self.comparison.survey

    def made(self) -> Plan:
        return Plan(
            self.round_name,
            frozenset(self.asked),
            tuple(self.added),
            tuple(self._scale_rows()),
            self.renewed,
            self.undecided,
            self.same_as,
            self.at,
            tuple(self.unclear),
            tuple(self.filters),
        )

    # What becomes of each item

    def items(self) -> None:
        """Take what is the same, and add rows for what is not."""
        tops = [each for each in self.codebook.items.values() if not each.part_of]
        changed = {each.name for each in tops if self._is_new(each)}
        while more := {each.name for each in tops if each.name not in changed} & set(
            self._filtered(tops, changed)
        ):
            changed |= more
        for top in tops:
            if not self._is_there(top):
                continue
            if top.name in changed:
                self._renew(top)
            else:
                self._take(top)

    def _members(self, top: Item) -> list[Found]:
        """What was found of a question: of itself, or of its parts."""
        names = [top.name, *(each.name for each in self.codebook.parts(top))]
        return [self.comparison.found[each] for each in names if each in self.comparison.found]

    def _is_there(self, top: Item) -> bool:
        return bool(self._members(top)) or self._is_star(top)

    def _is_star(self, top: Item) -> bool:
        """Whether it is a ranking with a column for each rank, of which the export has one."""
        before, star, after = tidy(top.column).partition("*")
        headings = [tidy(each.heading) for each in self.survey.export.columns]
        last = not top.rounds or self.comparison.last in top.rounds
        return (
            bool(star)
            and last
            and any(each.startswith(before) and each.endswith(after) for each in headings)
        )

    def _is_new(self, top: Item) -> bool:
        """Whether a question is not the one that it was: as a whole, not in some rows of a grid."""
        members = self._members(top)
        if top.kind not in PARTS or top.column:
            return any(each.changes for each in members)
        if any(each.whats & {"answers", "question"} for each in members):
            return True
        for what in ("renamed", "order", "polarity"):
            if members and all(what in each.whats for each in members):
                return True
        if top.kind == "grid" or not members:
            return False
        gone = any(each.part_of == top.name for each in self.comparison.missing)
        return gone or any(each.changes for each in members) or bool(self._joining(top))

    def _joining(self, top: Item) -> list[int]:
        """New columns that stand among the parts of a grid or set."""
        own = {each.at for each in self._members(top)}
        heads = [each for each in self.survey.heads if own & set(each.members)]
        if top.column:
            return []
        return [at for at in self.comparison.new if any(at in head.members for head in heads)]

    def _filtered(self, tops: Sequence[Item], changed: set[str]) -> Iterator[str]:
        """Questions with a filter that asks for an item that has changed or is gone."""
        for top in tops:
            if not self._is_there(top):
                continue
            for each in (top, *self.codebook.parts(top)):
                if each.asked_if is None:
                    continue
                on = self.codebook.items[each.asked_if.item]
                home = on.part_of or on.name
                there = self._is_there(self.codebook.items[home])
                if home in changed or not there:
                    yield top.name

    # The same

    def _take(self, top: Item) -> None:
        """Take a question as the same; changed rows of a grid become rows of their own."""
        self.asked.add(top.name)
        if top.column:  # the options stand joined in it
            self.asked |= {each.name for each in self._options(top)}
        for each in self._members(top):
            if each.changes:
                self._part(each, top.name, each.item.name)
                self._decide(self.added[-1].row["item"], each.item.name)
            else:
                self.asked.add(each.item.name)
                self.at[each.at] = each.item.name
        for at in self._joining(top):
            first = self._members(top)[0]
            if first.item.scale and not unplaced(self.codebook, first.item, self._column(at)):
                self._join(at, first, top.name, self._last_row(top))

    # Not the same

    def _renew(self, top: Item) -> None:
        members = self._members(top)
        if top.kind not in PARTS:
            self._single(members[0], top)
        elif top.column:
            self._joined(top, members)
        else:
            self._family(top, members)

    def _single(self, found: Found, top: Item) -> None:
        cells = self._scale_cells([found])
        if cells is None:
            self.unclear.append(found.at)
            return
        row = self._copy(top, found) | cells
        self._add(top.name, row, found.at)
        self._decide(row["item"], top.name)

    def _family(self, top: Item, members: Sequence[Found]) -> None:
        """A grid or set anew, with all of its parts."""
        cells = self._scale_cells(members) if top.kind in ("grid", "multiple") else {}
        if cells is None:
            self.unclear += [each.at for each in members]
            return
        row = self._copy(top, None)
        question = next((e.asked.question for e in members if "question" in e.whats), "")
        row |= self._label(question) if question else {}
        last = self._last_row(top)
        self._add(last, row, None)
        self._decide(row["item"], top.name)
        for each in members:
            part = self._copy(each.item, each) | cells | {"part_of": row["item"]}
            self._add(last, part, each.at)
            if "wording" in each.whats:
                self._decide(part["item"], each.item.name)
            else:
                self.renewed[part["item"]] = each.item.name
        for at in self._joining(top):
            self._join(at, members[0], row["item"], last, cells)

    def _joined(self, top: Item, members: Sequence[Found]) -> None:
        """A set whose ticks stand joined in one column, with the options that are new in it."""
        found = members[0] if members else None
        row = self._copy(top, found)
        parts = self._options(top)
        if found is None:  # a ranking with a column for each rank
            self._head_and_options(top, row, parts)
            return
        known = {normal(text) for e in parts for text in (e.label.sv, e.label.en) if text}
        given = self.survey.guesses[found.at].options
        more = [each for each in given if normal(each) not in known]
        last = self._last_row(top)
        answers = "answers" in found.whats
        if answers and (not more or not self._holds(top, found, more)):
            self.unclear.append(found.at)
            return
        self._head_and_options(top, row, parts, found.at)
        for n, text in enumerate(more if answers else (), start=len(parts) + 1):
            name = self._name(f"{top.name}_{n}")
            part = {**self.rows[parts[0].name], "item": name, "part_of": row["item"]}
            self._add(last, part | self._label(text) | {"rounds": self.round_name}, None)

    def _head_and_options(
        self, top: Item, row: Row, parts: Sequence[Item], at: int | None = None
    ) -> None:
        """A set or ranking anew, with the options that it had."""
        last = self._last_row(top)
        self._add(last, row, at)
        self._decide(row["item"], top.name)
        for each in parts:
            part = self._copy(each, None) | {"part_of": row["item"]}
            self._add(last, part, None)
            self.renewed[part["item"]] = each.name

    def _options(self, top: Item) -> tuple[Item, ...]:
        """The parts of a set or ranking with one column, as they were last asked."""
        found = self.comparison.found.get(top.name)
        last = found.last if found else self.comparison.last
        return tuple(e for e in self.codebook.parts(top) if not e.rounds or last in e.rounds)

    def _holds(self, top: Item, found: Found, more: Sequence[str]) -> bool:
        """Whether every cell of the column is made of the options and `more`."""
        first = self.codebook.parts(top)[0]
        options = {
            f"{first.name}_{n}": replace(first, name=f"{first.name}_{n}", label=Text(text))
            for n, text in enumerate(more)
        }
        codebook = replace(self.codebook, items={**self.codebook.items, **options})
        return not unplaced(codebook, top, self._column(found.at))

    def _part(self, found: Found, head: str, after: str) -> None:
        row = self._copy(found.item, found) | {"part_of": head}
        self._add(after, row, found.at)

    def _join(
        self, at: int, beside: Found, head: str, after: str, cells: Mapping[str, str] | None = None
    ) -> None:
        """A new row of a grid, or a new option of a set."""
        row = {**self.rows[beside.item.name], **(cells or {}), "part_of": head}
        asked = self.comparison.asked[at]
        text = asked.part or asked.question or tidy(self._column(at).heading)
        row |= self._label(text) | {"rounds": self.round_name, "name": self._heading(at)}
        number = 1 + len([e for e in self.codebook.items.values() if e.part_of == head])
        row["item"] = self._name(f"{re.sub(r'_[^_]*$', '', beside.item.name)}_{number}")
        self._add(after, row, at)

    def _decide(self, new: str, earlier: str) -> None:
        item = self.codebook.items[earlier]
        if item.kind == "id":
            return
        self.renewed[new] = earlier
        (self.same_as if earlier == self.unit else self.undecided)[new] = earlier

    def _copy(self, item: Item, found: Found | None) -> dict[str, str]:
        """The row of an item for the new round: another name, column and, if it changed, label."""
        row = dict(self.rows[item.name]) | {"item": self._name(item.name)}
        row["rounds"] = self.round_name
        if found is not None:
            row["name"] = self._heading(found.at)
            if "wording" in found.whats:
                row |= self._label(found.asked.part or found.asked.question)
        if item.asked_if is not None:
            row["asked_if"] = self._filter(item)
        return row

    def _filter(self, item: Item) -> str:
        """The filter, asking for the item as it is in the new round; none if that is not there.

        The answers that it asks for are found by their labels: changed answers have other codes.
        """
        assert item.asked_if is not None  # noqa: S101 - said by the caller
        on = item.asked_if.item
        now = next((new for new, earlier in self.renewed.items() if earlier == on), on)
        if now == on and on not in self.comparison.found:
            self.filters.append(Filter(item.name, on))
            return ""
        if now != on:
            self.filters.append(Filter(item.name, on))
        keys = item.asked_if.keys if now == on else self._keys_in(now, on, item.asked_if.keys)
        return f"{now} = {', '.join(keys)}" if keys else ""

    def _keys_in(self, now: str, on: str, keys: Sequence[str]) -> list[str]:
        """Answers of the item `on` as codes of what it has become; none if any is not there."""
        row = next(each.row for each in self.added if each.row["item"] == now)
        scale = self.scales.get(row["scale"]) or self.codebook.scales.get(row["scale"])
        before = self.codebook.scales.get(self.codebook.items[on].scale)
        if scale is None or before is None:
            return list(keys)
        labels = {str(each.value): each.label.sv or each.label.en for each in before.answers}
        codes = {normal(e.label.sv or e.label.en): str(e.value) for e in scale.answers}
        found = [codes.get(normal(labels[key]), "") if key in labels else key for key in keys]
        return found if all(found) else []

    def _label(self, text: str) -> dict[str, str]:
        shown = "".join(each if each.isprintable() else "\ufffd" for each in text)
        return {"label": shown, "label_en": shown if self.survey.language == "en" else ""}

    def _name(self, item: str) -> str:
        """`item` with the new round's name in place of an earlier one's."""
        known = self.codebook.items.get(item)
        base = item
        if known is not None and known.rounds:
            bare = item.removesuffix(f"_{_slug(known.rounds[0])}")
            base = bare if bare in self.codebook.items and bare != known.part_of else item
        wanted = f"{base}_{_slug(self.round_name)}"
        taken = {*self.codebook.items, *(each.row["item"] for each in self.added)}
        names = (wanted, *(f"{wanted}_{n}" for n in range(2, len(taken) + 3)))
        return next(each for each in names if each not in taken)

    def _add(self, after: str, row: Row, at: int | None) -> None:
        self.added.append(Added(after, row))
        if at is not None:
            self.at[at] = row["item"]

    def _last_row(self, top: Item) -> str:
        return [top, *self.codebook.parts(top)][-1].name

    def _column(self, at: int) -> Column:
        return self.survey.export.columns[at]

    def _heading(self, at: int) -> str:
        return tidy(self._column(at).heading)

    # Scales

    def _scale_cells(self, members: Sequence[Found]) -> dict[str, str] | None:
        """Kind, scale, mean and positive end of items; empty if they keep theirs, None if none."""
        if not any("answers" in each.whats for each in members):
            return {}
        places = [each.at for each in members]
        if members[0].item.name == self.unit:
            return self._with_units(members[0])
        for at in places:
            guess = self.survey.guesses[at]
            wanted = SINGLE if members[0].item.kind in SINGLE else {members[0].item.kind}
            if guess.sort in wanted and self._all_on(guess.answers, members):
                cells = {"kind": guess.sort, "scale": self._scale(guess)}
                mean = "yes" if guess.mean else "no"
                return {**cells, "mean": mean, "positive": guess.positive}
        own = self.codebook.scale(members[0].item)
        return {} if self._all_on(own.answers, members) else None

    def _all_on(self, answers: Sequence[Answer], members: Sequence[Found]) -> bool:
        scale = Scale("tried", tuple(answers))
        codebook = replace(self.codebook, scales={**self.codebook.scales, "tried": scale})
        return bool(answers) and not any(
            unplaced(codebook, replace(each.item, scale="tried"), self._column(each.at))
            for each in members
        )

    def _with_units(self, found: Found) -> dict[str, str]:
        """The scale of the unit item with the units that are new; codes that were are kept."""
        old = self.codebook.scale(found.item)
        code = max((each.value or 0 for each in old.answers), default=0)
        column = self._column(found.at)
        new = [column.labels.get(e, e) for e in unplaced(self.codebook, found.item, column)]
        more = (Answer(code + n, Text(tidy(text))) for n, text in enumerate(new, start=1))
        answers = (*old.answers, *more)
        return {"scale": self._named_scale(f"{old.name}_{_slug(self.round_name)}", answers)}

    def _scale(self, guess: Guess) -> str:
        """The scale of a guess: one that is there with the same answers, or a new one."""
        labels = _labels(guess.answers)
        for scale in (*self.codebook.scales.values(), *self.scales.values()):
            own = _labels(scale.answers)
            statuses = labels - {each for each in labels if each[1] == "valid"}
            same = {e for e in labels if e[1] == "valid"} == {e for e in own if e[1] == "valid"}
            if same and statuses <= own:
                return scale.name
        return self._named_scale(guess.scale or "svar", guess.answers)

    def _named_scale(self, wanted: str, answers: Sequence[Answer]) -> str:
        taken = {normal(each) for each in (*self.codebook.scales, *self.scales)}
        names = (wanted, *(f"{wanted}_{n}" for n in range(2, len(taken) + 3)))
        name = next(each for each in names if normal(each) not in taken)
        self.scales[name] = Scale(name, tuple(answers))
        return name

    def _scale_rows(self) -> Iterator[Row]:
        english = {
            normal(answer.label.sv): answer.label.en
            for scale in self.codebook.scales.values()
            for answer in scale.answers
        }
        for scale in self.scales.values():
            for each in scale.answers:
                label = each.label.sv or each.label.en
                own = label if self.survey.language == "en" else english.get(normal(label), "")
                yield {
                    "scale": scale.name,
                    "value": "" if each.value is None else str(each.value),
                    "label": label,
                    "label_en": each.label.en or own,
                    "status": each.status,
                }

    # New questions

    def new_questions(self) -> None:
        """Rows for the columns that no item is in, as a fresh draft would have them."""
        places = [at for at in self.comparison.new if at not in self.at and self._is_counted(at)]
        if not places:
            return
        drafted = tables(_part_of_survey(self.survey, places))
        rows = _csv_rows(drafted["codebook.csv"])
        scales = _drafted_scales(_csv_rows(drafted["scales.csv"]))
        names = self._new_names([row for row in rows if not row["part_of"]])
        for row in rows:
            at = next((at for at in places if self._heading(at) == row["name"]), None)
            head = names.get(row["part_of"] or row["item"])
            if head is None:
                continue
            new = {**row, **head, "rounds": self.round_name}
            if row["part_of"]:
                name = head["item"] + row["item"].removeprefix(row["part_of"])
                new |= {"item": name, "part_of": head["item"], "number": "", "section": ""}
            if row["scale"]:
                answers = scales[row["scale"]]
                new["scale"] = self._scale(Guess("nominal", "low", "", "", answers, row["scale"]))
            self._add(self._before(places[0] if at is None else at), new, at)
            if "*" in row["name"]:  # a ranking with a column for each rank
                of_rank = [at for at in places if self.survey.guesses[at].heading == row["name"]]
                self.at |= dict.fromkeys(of_rank, new["item"])

    def _is_counted(self, at: int) -> bool:
        sort, head = self.survey.guesses[at].sort, self.survey.head_of(at)
        if head is not None and sort in ("option", "ranking"):
            return set(head.members) <= set(self.comparison.new)
        return sort in COUNTED - {"option"}

    def _new_names(self, rows: Sequence[Row]) -> dict[str, dict[str, str]]:
        """Drafted name → the name, number and section in this study."""
        own = (_DIGITS.match(each.number) for each in self.codebook.items.values())
        numbers = [int(match[0]) for match in own if match]
        first = max(numbers, default=0) + 1
        sections = list(self.codebook.sections)
        found = {}
        for n, row in enumerate((row for row in rows if row["kind"] not in ABOUT), start=first):
            taken = f"q{n:02}" in self.codebook.items
            name = f"q{n:02}_{_slug(self.round_name)}" if taken else f"q{n:02}"
            section = sections[-1] if sections else ""
            found[row["item"]] = {"item": name, "number": str(n), "section": section}
        return found

    def _before(self, at: int) -> str:
        """The item of the row after which a new question stands: that of the column before it."""
        for place in range(at - 1, -1, -1):
            found = next((e for e in self.comparison.found.values() if e.at == place), None)
            if found is not None:
                home = found.item.part_of or found.item.name
                return self._last_row(self.codebook.items[home])
        return ""


_DIGITS = re.compile(r"[0-9]+")


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name).strip("_")


def _labels(answers: Sequence[Answer]) -> set[tuple[str, str]]:
    return {(normal(each.label.sv or each.label.en), each.status) for each in answers}


def _csv_rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _drafted_scales(rows: Sequence[Row]) -> dict[str, tuple[Answer, ...]]:
    found: dict[str, tuple[Answer, ...]] = {}
    for row in rows:
        value = int(row["value"]) if row["value"] else None
        answer = Answer(value, Text(row["label"], row["label_en"]), row["status"])  # type: ignore[arg-type]
        found[row["scale"]] = (*found.get(row["scale"], ()), answer)
    return found


def _part_of_survey(survey: Survey, places: Sequence[int]) -> Survey:
    """The survey of some of the columns; grids and sets that are all among them stay together."""
    new = {at: n for n, at in enumerate(places)}
    columns = tuple(survey.export.columns[at] for at in places)
    heads = tuple(
        replace(each, members=tuple(new[at] for at in each.members))
        for each in survey.heads
        if all(at in new for at in each.members)
    )
    export = replace(survey.export, columns=columns, sets=())
    guesses = tuple(survey.guesses[at] for at in places)
    return Survey(export, guesses, heads, (), survey.language)
