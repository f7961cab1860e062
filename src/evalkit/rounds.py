"""How a round's items answer to those of earlier rounds, as `study.yaml` decides it.

An item that a later round asked otherwise is a row of its own in the codebook. A decision says what
it is: the earlier item under another name (`same_as`), the earlier item with other answers
(`recode`), something that cannot be compared (`not_comparable`), or nobody has said yet
(`undecided`). The first two change under which name, and on which scale, a round shows an item.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, product
from typing import Literal, NamedTuple, Protocol

from evalkit.codebook import (
    ABOUT,
    PARTS,
    SINGLE,
    STATUSES,
    Answer,
    Codebook,
    Condition,
    Item,
    Scale,
    Status,
    Text,
    normal,
)
from evalkit.errors import Severity, nearest

Key = tuple[int | None, Status]
"""An answer as it is counted: its code and status."""

Why = Literal["", "not_asked", "undecided", "not_comparable", "answers", "base"]
"""Why an item may not be compared between two rounds; "" where it may."""


class Recoding(Protocol):
    """Which earlier item an item is, and answer → earlier answer, by label or code."""

    @property
    def item(self) -> str: ...  # noqa: D102
    @property
    def answers(self) -> Mapping[str, str]: ...  # noqa: D102


class Decisions(Protocol):
    """What a round of `study.yaml` says of its items: new item → earlier item."""

    @property
    def same_as(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def recode(self) -> Mapping[str, Recoding]: ...  # noqa: D102
    @property
    def not_comparable(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def undecided(self) -> Mapping[str, str]: ...  # noqa: D102


@dataclass(frozen=True)
class Link:
    """How an item of a round is shown: under which name, and answer → answer shown.

    `answers` is empty where they are shown as they are.
    """

    name: str
    answers: Mapping[Key, Key] = field(default_factory=dict)


@dataclass(frozen=True)
class RoundItems:
    """A round's items as the export has them, as they are shown, and what differs by item."""

    delivered: Codebook
    shown: Codebook
    links: Mapping[str, Link] = field(default_factory=dict)

    def name(self, item: str) -> str:
        """The name under which a delivered item is shown."""
        return self.links[item].name if item in self.links else item

    def delivered_name(self, item: str) -> str:
        """The name in the export of an item that is known by either name."""
        if item in self.delivered.items:
            return item
        own = (name for name, link in self.links.items() if link.name == item)
        return next(own, item)


class Fault(NamedTuple):
    """What is wrong; `path` is where it stands below `rounds` in `study.yaml`.

    With `item` it is that item's rounds in the codebook that are wrong.
    """

    path: tuple[str, ...]
    message: str
    fix: str = ""
    severity: Severity = "error"
    item: str = ""


@dataclass(frozen=True)
class Settled:
    """Every round's items, the oldest first, and what is wrong with the decisions."""

    rounds: Mapping[str, RoundItems]
    decisions: Mapping[str, Decisions]
    faults: tuple[Fault, ...] = ()


class _Pair(NamedTuple):
    """A new item that is an earlier one; with `answers`, on other answers."""

    new: Item
    earlier: Item
    path: tuple[str, ...]
    answers: Mapping[str, str] | None = None


def settle(codebook: Codebook, rounds: Mapping[str, Decisions], unit: str = "") -> Settled:
    """Work out what each round asked and shows; a faulty decision is reported and left out.

    `unit` names the item that tells a respondent's unit: its answers may be other ones each round.
    """
    done: dict[str, RoundItems] = {}
    faults: list[Fault] = []
    for name, decisions in rounds.items():
        done[name] = _round(name, codebook, decisions, done, unit, faults)
    return Settled(done, rounds, tuple(faults))


def _round(
    name: str,
    codebook: Codebook,
    decisions: Decisions,
    done: Mapping[str, RoundItems],
    unit: str,
    faults: list[Fault],
) -> RoundItems:
    delivered = codebook.asked_in(name)
    faults += _structure_faults(name, delivered)
    given = list(_given(name, decisions))
    if not given:
        return RoundItems(delivered, delivered)
    named = _named(name, given, codebook, delivered, done, faults)
    pairs = [*named, *_parts_of(named, delivered, done, {each.new for each in given}, faults)]
    links: dict[str, Link] = {}
    scales: dict[str, Item] = {}
    for pair in pairs:
        before = _last_asked(done, pair.earlier.name)
        if before is None:
            continue
        try:
            link = _link(pair, before, delivered, unit)
        except _Wrong as wrong:
            faults.append(Fault(pair.path, *wrong.args))
            continue
        links[pair.new.name] = link
        if link.answers:
            scales[pair.new.name] = before.shown.items[link.name]
    links = _without_clashes(links, pairs, delivered, faults)
    shown = _shown(delivered, links, scales)
    faults += _shown_faults(name, pairs, links, delivered, shown)
    faults += _undecided(name, decisions)
    return RoundItems(_with_conditions(delivered, links), shown, links)


def _with_conditions(delivered: Codebook, links: Mapping[str, Link]) -> Codebook:
    """The codebook with each condition on an item that the round has under another name."""
    new_name = {link.name: name for name, link in links.items()}
    items = dict(delivered.items)
    for name, item in delivered.items.items():
        on = item.asked_if
        if on is not None and on.item not in delivered.items and on.item in new_name:
            own = new_name[on.item]
            condition = Condition(own, _keys_of(on, links[own]))
            items[name] = replace(item, asked_if=condition)
    return replace(delivered, items=items)


def _keys_of(on: Condition, link: Link) -> tuple[str, ...]:
    """The answers that a condition names, as the round's own export has them."""
    if not link.answers:
        return on.keys
    return tuple(
        _named_key(new) for new, shown in link.answers.items() if _named_key(shown) in on.keys
    )


def _named_key(answer: Key) -> str:
    value, status = answer
    return status if value is None else str(value)


class _Wrong(Exception):
    """A decision that cannot stand: message and what to do."""


class _Given(NamedTuple):
    kind: str
    new: str
    earlier: str
    answers: Mapping[str, str] | None
    path: tuple[str, ...]


def _given(name: str, decisions: Decisions) -> Iterator[_Given]:
    for new, earlier in decisions.same_as.items():
        yield _Given("same_as", new, earlier, None, (name, "same_as", new))
    for new, each in decisions.recode.items():
        yield _Given("recode", new, each.item, each.answers, (name, "recode", new))
    for new, earlier in decisions.not_comparable.items():
        yield _Given("not_comparable", new, earlier, None, (name, "not_comparable", new))
    for new, earlier in decisions.undecided.items():
        yield _Given("undecided", new, earlier, None, (name, "undecided", new))


def _undecided(name: str, decisions: Decisions) -> Iterator[Fault]:
    for new, earlier in decisions.undecided.items():
        message = f"{new} is shown for round {name} only: nobody has said how it answers to"
        fix = "Move the line to same_as, recode or not_comparable."
        yield Fault((name, "undecided", new), f"{message} {earlier}.", fix, "warning")


def _last_asked(done: Mapping[str, RoundItems], item: str) -> RoundItems | None:
    """The latest of the rounds that asked `item`."""
    return next((e for e in reversed(list(done.values())) if item in e.delivered.items), None)


def _named(
    name: str,
    given: Sequence[_Given],
    codebook: Codebook,
    delivered: Codebook,
    done: Mapping[str, RoundItems],
    faults: list[Fault],
) -> list[_Pair]:
    """The pairs that are named in same_as and recode, and every decision's own faults."""
    times = Counter(each.new for each in given)
    targets = Counter(each.earlier for each in given if each.kind in _TAKES)
    pairs: list[_Pair] = []
    for each in given:
        found = list(_name_faults(name, each, codebook, delivered, done))
        if times[each.new] > 1:
            found.append((f"{each.new} stands in two decisions.", "Keep one of them."))
        if each.kind in _TAKES and targets[each.earlier] > 1:
            found.append((f"{each.earlier} is named for two items.", "Keep one of them."))
        faults += [Fault(each.path, *fault) for fault in found]
        if not found and each.kind in _TAKES:
            new, earlier = delivered.items[each.new], codebook.items[each.earlier]
            pairs.append(_Pair(new, earlier, each.path, each.answers))
    return pairs


_TAKES = ("same_as", "recode")


def _name_faults(
    name: str,
    given: _Given,
    codebook: Codebook,
    delivered: Codebook,
    done: Mapping[str, RoundItems],
) -> Iterator[tuple[str, str]]:
    new, earlier = given.new, given.earlier
    if new not in delivered.items:
        said = "is not asked in" if new in codebook.items else "is no item of"
        yield f'"{new}" {said} round {name}.', nearest(new, delivered.items)
    before = dict.fromkeys(chain.from_iterable(each.delivered.items for each in done.values()))
    if earlier not in codebook.items:
        yield f'There is no item "{earlier}".', nearest(earlier, before)
    elif earlier == new:
        yield f"{new} is compared with itself.", "An item that is the same needs no decision."
    elif earlier not in before:
        yield f"{earlier} was not asked before round {name}.", nearest(earlier, before)
    elif given.kind in _TAKES and earlier in delivered.items:
        fix = f"Take {name} out of its rounds in codebook.csv, or remove the line."
        yield f"{earlier} is itself asked in round {name}.", fix
    elif new in delivered.items:
        yield from _kind_faults(given, delivered.items[new], codebook.items[earlier])


def _kind_faults(given: _Given, new: Item, earlier: Item) -> Iterator[tuple[str, str]]:
    if _family(new) != _family(earlier) and given.kind in _TAKES:
        fix = "Write not_comparable instead."
        yield f"{new.name} is {new.kind} and {earlier.name} is {earlier.kind}.", fix
    elif given.kind == "recode" and new.kind not in SINGLE | {"grid"}:
        fix = "Write same_as; single options are paired by their labels."
        yield f"{new.name} is {new.kind} and has no answers to recode.", fix


def _family(item: Item) -> str:
    return "single" if item.kind in SINGLE else item.kind


def _parts_of(
    named: Sequence[_Pair],
    delivered: Codebook,
    done: Mapping[str, RoundItems],
    decided: set[str],
    faults: list[Fault],
) -> Iterator[_Pair]:
    """The parts of named heads that are not named themselves, paired by their labels."""
    taken = {pair.earlier.name for pair in named}
    for head in named:
        before = _last_asked(done, head.earlier.name)
        if head.new.kind not in PARTS or before is None:
            continue
        new = [each for each in delivered.parts(head.new) if each.name not in decided]
        earlier = [e for e in before.delivered.parts(head.earlier) if e.name not in taken]
        left: list[Item] = []
        for part in new:
            own = next((each for each in earlier if _same_label(part, each)), None)
            if own is None:
                left.append(part)
                continue
            earlier.remove(own)
            yield _Pair(part, own, head.path, head.answers)
        if left and earlier:
            names, others = (", ".join(each.name for each in some) for some in (left, earlier))
            message = f"{names} cannot be told by label among the parts of {head.earlier.name}"
            fix = "Name each of them too, in same_as, recode or not_comparable."
            faults.append(Fault(head.path, f"{message}: {others} are left.", fix))


def _same_label(one: Item, other: Item) -> bool:
    return _same_text(one.label, other.label)


def _same_text(one: Text, other: Text) -> bool:
    """Whether two texts are the same in either language."""
    return any(a and normal(a) == normal(b) for a, b in ((one.sv, other.sv), (one.en, other.en)))


def _link(pair: _Pair, before: RoundItems, delivered: Codebook, unit: str) -> Link:
    """What the new item is shown as; the earlier one may itself have been shown as another."""
    shown_before = before.links.get(pair.earlier.name, Link(pair.earlier.name))
    if shown_before.name == pair.new.name:
        raise _Wrong(f"{pair.new.name} leads back to itself.", "Remove the line.")
    if not pair.new.scale or not pair.earlier.scale:
        return Link(shown_before.name)
    new, earlier = delivered.scale(pair.new), before.delivered.scale(pair.earlier)
    if pair.answers is not None:
        answers = recoded(new, earlier, pair.answers)
    else:
        _check_same(pair, new, earlier, pair.earlier.name == unit)
        answers = {key(each): key(each) for each in new.answers} if shown_before.answers else {}
    after = {one: shown_before.answers.get(other, other) for one, other in answers.items()}
    return Link(shown_before.name, after)


def key(answer: Answer) -> Key:
    """An answer as it is counted."""
    return answer.value, answer.status


def _check_same(pair: _Pair, new: Scale, earlier: Scale, is_unit: bool) -> None:
    """Raise `_Wrong` where one code would mean two answers."""
    own, others = _codes(pair.new, new), _codes(pair.earlier, earlier)
    fix = "Write recode, and each answer with the earlier one."
    if own != others and not is_unit:
        message = f"{pair.new.name} has the codes {_list(own)}, {pair.earlier.name} {_list(others)}"
        raise _Wrong(f"{message}.", fix)
    if pair.new.kind == "option":
        return
    for answer, other in product(new.valid, earlier.valid):
        same = _same_text(answer.label, other.label)
        if same and answer.value != other.value:
            label = answer.label.sv or answer.label.en
            message = f'"{label}" is {answer.value} in {pair.new.name}'
            raise _Wrong(f"{message} and {other.value} in {pair.earlier.name}.", fix)
        if is_unit and not same and answer.value == other.value:
            message = f"The code {answer.value} is another unit in {pair.earlier.name}."
            raise _Wrong(message, "Give each unit a code of its own.")


def _codes(item: Item, scale: Scale) -> set[int]:
    codes = {each.value for each in scale.valid if each.value is not None}
    return codes | {0} if item.kind == "option" else codes  # not selected is always one


def _list(codes: set[int]) -> str:
    return ", ".join(map(str, sorted(codes))) or "none"


def recoded(new: Scale, earlier: Scale, given: Mapping[str, str]) -> dict[Key, Key]:
    """Answer → earlier answer, as `given` names them; raises `_Wrong` if one is not told.

    Every valid answer has to be named; what is no opinion keeps its status if it is not.
    """
    found: dict[Key, Key] = {}
    for one, other in given.items():
        answer, target = _find(new, one), _find(earlier, other) or _status(other)
        if answer is None:
            raise _Wrong(f'The scale "{new.name}" has no answer "{one}".', _known(one, new))
        if target is None:
            message = f'The scale "{earlier.name}" has no answer "{other}".'
            raise _Wrong(message, _known(other, earlier))
        if answer in found:
            raise _Wrong(f'The answer "{one}" is named twice.', "Keep one of them.")
        found[answer] = target
    left = [each.label.sv or each.label.en for each in new.valid if key(each) not in found]
    if left:
        names = ", ".join(f'"{each}"' for each in left)
        raise _Wrong(f"No earlier answer is named for {names}.", _known("", earlier))
    return {key(each): found.get(key(each), _kept(key(each), earlier)) for each in new.answers}


def _find(scale: Scale, text: str) -> Key | None:
    """The answer called `text`: by its Swedish or English label, its code, or its status."""
    for names in (_label, _english, _code, _bare_status):
        for each in scale.answers:
            if names(each) and normal(names(each)) == normal(text):
                return key(each)
    return None


def _label(answer: Answer) -> str:
    return answer.label.sv


def _english(answer: Answer) -> str:
    return answer.label.en


def _code(answer: Answer) -> str:
    return "" if answer.value is None else str(answer.value)


def _bare_status(answer: Answer) -> str:
    return "" if answer.status == "valid" else answer.status


def _status(text: str) -> Key | None:
    return next(((None, each) for each in STATUSES if each == text and each != "valid"), None)


def _known(text: str, scale: Scale) -> str:
    return nearest(text, [each.label.sv or each.label.en for each in scale.answers])


def _kept(own: Key, earlier: Scale) -> Key:
    """The same status on the earlier scale."""
    return next((key(each) for each in earlier.answers if each.status == own[1]), (None, own[1]))


def _without_clashes(
    links: Mapping[str, Link],
    pairs: Sequence[_Pair],
    delivered: Codebook,
    faults: list[Fault],
) -> dict[str, Link]:
    """The links whose names nothing else in the round has."""
    others = [name for name in delivered.items if name not in links]
    times = Counter([*others, *(link.name for link in links.values())])
    kept: dict[str, Link] = {}
    for pair in pairs:
        link = links.get(pair.new.name)
        if link is None:
            continue
        if times[link.name] > 1:
            message = f"Two items of the round would be shown as {link.name}."
            faults.append(Fault(pair.path, message, "Name each earlier item once."))
        else:
            kept[pair.new.name] = link
    return kept


def _shown(delivered: Codebook, links: Mapping[str, Link], earlier: Mapping[str, Item]) -> Codebook:
    """The items under the names that they are shown by, recoded ones on the earlier scale."""

    def name(item: str) -> str:
        return links[item].name if item in links else item

    items: dict[str, Item] = {}
    for each in delivered.items.values():
        shown = replace(each, name=name(each.name), part_of=name(each.part_of))
        if each.asked_if is not None and each.asked_if.item in links:
            shown = replace(shown, asked_if=_condition(each.asked_if, links[each.asked_if.item]))
        if each.name in links and each.name in earlier:
            was = earlier[each.name]
            answers = {"scale": was.scale, "kind": was.kind, "mean": was.mean}
            shown = replace(shown, **answers, positive=was.positive)  # type: ignore[arg-type]
        items[shown.name] = shown
    return replace(delivered, items=items)


def _condition(condition: Condition, link: Link) -> Condition:
    """A filter on an item that is shown as another."""
    told = {_word(one): _word(other) for one, other in link.answers.items()}
    return Condition(link.name, tuple(dict.fromkeys(told.get(k, k) for k in condition.keys)))


def _word(answer: Key) -> str:
    return answer[1] if answer[0] is None else str(answer[0])


def _structure_faults(name: str, delivered: Codebook) -> Iterator[Fault]:
    """Parts of what the round did not ask, and heads without a part that it did."""
    for each in delivered.items.values():
        if each.part_of and each.part_of not in delivered.items:
            message = f"{each.name} is asked in round {name}, but {each.part_of} is not."
            fix = "Write the same rounds for both."
            yield Fault((name,), message, fix, item=each.name)
        elif each.kind in PARTS and not delivered.parts(each):
            message = f"{each.name} is asked in round {name}, but no part of it is."
            yield Fault((name,), message, "Mend its rounds or theirs.", item=each.name)
        if each.asked_if and each.asked_if.item not in delivered.items:
            message = f"{each.name} is asked in round {name}, but {each.asked_if.item} is not."
            fix = "Its filter asks for that item's answers: write the same rounds for both."
            yield Fault((name,), message, fix, item=each.name)


def _shown_faults(
    name: str,
    pairs: Sequence[_Pair],
    links: Mapping[str, Link],
    delivered: Codebook,
    shown: Codebook,
) -> Iterator[Fault]:
    """Grids whose rows would have different answers, options that would leave their set."""
    for head in shown.questions:
        parts = shown.parts(head)
        answers = [_codes(each, shown.scale(each)) for each in parts if each.scale]
        if head.kind == "grid" and any(each != answers[0] for each in answers):
            message = f"The parts of {head.name} would have different answers."
            yield Fault((name, "recode"), message, "Recode all of them to the same answers.")
    for pair in pairs:
        new, earlier = pair.new, pair.earlier
        if new.kind not in ("option", "ranked") or new.name not in links:
            continue
        home = links[new.part_of].name if new.part_of in links else new.part_of
        if home != earlier.part_of and new.part_of in delivered.items:
            message = f"{new.name} is an option of {home}, {earlier.name} one of {earlier.part_of}."
            yield Fault(pair.path, message, f"Name {new.part_of} in same_as too.")


def comparable(settled: Settled, one: str, other: str) -> dict[str, Why]:
    """Every item of either round, as it is shown → why it may not be compared, or "" if it may.

    An item that is the same, or that a decision says is, may be compared.
    """
    names = list(settled.rounds)
    first, last = sorted((one, other), key=names.index)
    old, new = settled.rounds[first].shown, settled.rounds[last].shown
    reasons = dict(_reasons(settled, names[names.index(first) + 1 : names.index(last) + 1]))
    items = {**old.items, **new.items}
    return {
        name: _why(item, old, new, reasons)
        for name, item in items.items()
        if item.kind not in ABOUT
    }


def _why(item: Item, old: Codebook, new: Codebook, reasons: Mapping[str, Why]) -> Why:
    if item.name in old.items and item.name in new.items:
        was = old.items[item.name]
        if item.base != was.base:
            return "base"
        both = item.scale and was.scale
        return "answers" if both and _shown_codes(old, was) != _shown_codes(new, item) else ""
    return reasons.get(item.name) or reasons.get(item.part_of) or "not_asked"


def _shown_codes(codebook: Codebook, item: Item) -> set[int]:
    return _codes(item, codebook.scale(item))


def _reasons(settled: Settled, names: Sequence[str]) -> Iterator[tuple[str, Why]]:
    """Each item that stands in not_comparable or undecided of the rounds `names`, as shown."""
    every = list(settled.rounds)
    for name in names:
        here, decisions = settled.rounds[name], settled.decisions[name]
        before = {each: settled.rounds[each] for each in every[: every.index(name)]}
        told: tuple[tuple[Why, Mapping[str, str]], ...] = (
            ("not_comparable", decisions.not_comparable),
            ("undecided", decisions.undecided),
        )
        for why, given in told:
            for new, earlier in given.items():
                was = _last_asked(before, earlier)
                yield here.name(new), why
                yield (was.name(earlier) if was else earlier), why
