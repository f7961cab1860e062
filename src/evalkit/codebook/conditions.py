"""Filters: in which order the conditions of a codebook can be settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from evalkit.codebook.model import PARTS, Condition, Item


def conditions_of(items: Mapping[str, Item], item: Item) -> tuple[Condition, ...]:
    """What has to hold for an item to be asked: its own condition and that of its head."""
    head = items.get(item.part_of)
    both = (item.asked_if, head.asked_if if head else None)
    return tuple(each for each in both if each is not None)


def settled_order(items: Mapping[str, Item]) -> tuple[Item, ...]:
    """The items, each after those that tell whether it was asked; else in the codebook's order.

    A set or ranking stands after its options, which are placed first, and before whatever depends
    on one of them. Raises `ConditionCycle` where items wait for each other.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for item in items.values():
        sorter.add(item.name, *_before(items, item))
    try:
        return tuple(items[name] for name in sorter.static_order() if name in items)
    except CycleError as cause:
        raise ConditionCycle(tuple(dict.fromkeys(cause.args[1]))) from None


class ConditionCycle(Exception):
    """Items whose conditions wait for each other; `names` has them in order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(", ".join(names))


def _before(items: Mapping[str, Item], item: Item) -> Iterator[str]:
    for condition in conditions_of(items, item):
        on = items.get(condition.item)
        if on is None:
            continue
        yield on.name
        if on.part_of in items and on.part_of != item.part_of and items[on.part_of].kind != "grid":
            yield on.part_of
    if item.kind in PARTS:
        yield from (each.name for each in items.values() if each.part_of == item.name)
