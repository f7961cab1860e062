"""Rebuild a survey export from the published tables.

The answers of single respondents were never published, only tables. To show the whole way from a
survey export to a report, this script writes an export whose totals equal every published cell. Who
gave which answer is drawn at random, item by item: the counts of each item are the published ones,
but relations between items mean nothing.

The seed is fixed, so every run writes the same file. Run it with ``python rebuild_responses.py``.
"""

import csv
import random
from pathlib import Path

SEED = 2012
STUDY = Path(__file__).resolve().parent.parent
EXPORT = STUDY / "rounds" / "2012" / "webbenkat-2012.csv"

Row = dict[str, str]
Columns = dict[str, list[str]]  # item id -> one answer for each respondent


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file with a header row."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cells_of(item: str, tables: list[Row]) -> list[Row]:
    """Return the published cells of one item."""
    return [row for row in tables if row["item"] == item]


def no_answers(cells: list[Row]) -> int:
    """Count those who left the item empty."""
    return sum(int(row["n"]) for row in cells if row["status"] == "no_answer")


def count_respondents(tables: list[Row], multiple: set[str]) -> int:
    """Return how many answered the survey: the sum of any item that takes one answer only."""
    items = {row["item"] for row in tables} - multiple
    sums = {sum(int(row["n"]) for row in cells_of(item, tables)) for item in items}
    if len(sums) != 1:
        raise ValueError(f"The items do not have the same number of respondents: {sorted(sums)}")
    return sums.pop()


def labels_by_cell(scale: str, scales: list[Row]) -> dict[tuple[str, str], str]:
    """Return the answer text for each value and status of a scale."""
    return {(row["value"], row["status"]): row["label"] for row in scales if row["scale"] == scale}


def draw_single(
    cells: list[Row], labels: dict[tuple[str, str], str], rng: random.Random
) -> list[str]:
    """Deal out the answers of an item; nobody's answer is tied to another item."""
    answers: list[str] = []
    for row in cells:
        text = "" if row["status"] == "no_answer" else labels[row["code"], row["status"]]
        answers += [text] * int(row["n"])
    rng.shuffle(answers)
    return answers


def deal_ticks(counts: dict[str, int], people: list[int]) -> dict[str, set[int]]:
    """Deal ticks around the table like cards, so that everyone gets at least one and none twice.

    The ticks of one option lie together, and no option has more ticks than there are people: nobody
    can then get the same option twice.
    """
    if sum(counts.values()) < len(people) or max(counts.values()) > len(people):
        raise ValueError(
            "The ticks cannot be dealt so that everyone has at least one and none twice."
        )
    ticks = [option for option, n in counts.items() for _ in range(n)]
    ticked: dict[str, set[int]] = {option: set() for option in counts}
    for position, option in enumerate(ticks):
        ticked[option].add(people[position % len(people)])
    return ticked


def draw_multiple(
    cells: list[Row],
    options: list[Row],
    labels: dict[tuple[str, str], str],
    respondents: int,
    rng: random.Random,
) -> Columns:
    """Draw one column for each option; those who did not answer are empty in all of them."""
    people = list(range(respondents))
    rng.shuffle(people)
    people = people[no_answers(cells) :]
    by_label = {row["category"]: int(row["n"]) for row in cells}
    order = rng.sample(options, len(options))
    ticked = deal_ticks({row["item"]: by_label[row["label"]] for row in order}, people)
    yes, no = labels["1", "valid"], labels["0", "valid"]
    answered = set(people)
    return {
        row["item"]: [
            "" if person not in answered else yes if person in ticked[row["item"]] else no
            for person in range(respondents)
        ]
        for row in options
    }


def draw_columns(codebook: list[Row], scales: list[Row], tables: list[Row]) -> Columns:
    """Draw every column of the export, in the order of the codebook."""
    rng = random.Random(SEED)
    respondents = count_respondents(
        tables, {row["item"] for row in codebook if row["kind"] == "multiple"}
    )
    columns: Columns = {}
    for row in codebook:
        cells = cells_of(row["item"], tables)
        if row["kind"] == "id":
            columns[row["item"]] = [str(number) for number in range(1, respondents + 1)]
        elif row["kind"] == "multiple":
            options = [option for option in codebook if option["part_of"] == row["item"]]
            labels = labels_by_cell(options[0]["scale"], scales)
            columns |= draw_multiple(cells, options, labels, respondents, rng)
        elif cells:
            columns[row["item"]] = draw_single(cells, labels_by_cell(row["scale"], scales), rng)
    return columns


def write_export(path: Path, headings: list[str], columns: list[list[str]]) -> None:
    """Write the file as a Swedish survey tool delivers it: semicolons, Windows line ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(headings)
        writer.writerows(zip(*columns, strict=True))


def main() -> None:
    """Read the published tables and the codebook, and write the export."""
    codebook = read_rows(STUDY / "codebook.csv")
    scales = read_rows(STUDY / "scales.csv")
    tables = read_rows(STUDY / "published" / "published_tables.csv")
    columns = draw_columns(codebook, scales, tables)
    headings = {row["item"]: row["name"] for row in codebook}
    write_export(EXPORT, [headings[item] for item in columns], list(columns.values()))


if __name__ == "__main__":
    main()
