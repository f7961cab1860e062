"""Make the study's counts, and the tables to reconcile them with, from the published figures.

Only tables were published: how many municipalities gave each answer, and the county's joint order
of priority. A blank in them is read as 0. Of the questions with several answers only the ticks are
known; whether a municipality without a tick answered the question is not.

Run it with ``python make_counts.py``; every run writes the same files.
"""

import csv
from pathlib import Path

PUBLISHED = Path(__file__).resolve().parent
STUDY = PUBLISHED.parent
COUNTS = STUDY / "rounds" / "2011" / "counts.csv"
TABLES = PUBLISHED / "published_tables.csv"

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file with a header row."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, head: list[str], rows: list[list[str]]) -> None:
    """Write a CSV file with a header row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)


def codes_of(scale: str, scales: list[Row]) -> dict[str, str]:
    """Return the code of each answer of a scale, by its label; empty for one without a code."""
    return {row["label"]: row["value"] for row in scales if row["scale"] == scale}


def option_of(item: str, label: str, codebook: list[Row]) -> str:
    """Return the name of the option that a set or ranking has by this label."""
    [name] = [row["item"] for row in codebook if (row["part_of"], row["label"]) == (item, label)]
    return name


def main() -> None:
    """Read the published figures, the codebook and its scales, and write both files."""
    codebook, scales = read_rows(STUDY / "codebook.csv"), read_rows(STUDY / "scales.csv")
    items = {row["item"]: row for row in codebook}
    counts: list[list[str]] = []
    tables: list[list[str]] = []
    for row in read_rows(PUBLISHED / "published_counts.csv"):
        item = items[row["item"]]
        code = codes_of(item["scale"], scales).get(row["category"], "")
        cell = [item["number"], row["item"], code, row["category"], row["status"], row["n"], ""]
        tables.append(cell)
        if row["kind"] == "multiple":
            option = option_of(row["item"], row["category"], codebook)
            counts.append([option, "1", "valid", row["n"]])
        else:
            counts.append([row["item"], code, row["status"], row["n"]])
    for row in read_rows(PUBLISHED / "published_ranking.csv"):
        option = option_of(row["item"], row["option"], codebook)
        counts.append([option, row["rank"] or "0", "valid", "1"])
    write_rows(COUNTS, ["item", "value", "status", "n"], counts)
    head = ["published_table", "item", "code", "category", "status", "n", "percent_published"]
    write_rows(TABLES, head, tables)


if __name__ == "__main__":
    main()
