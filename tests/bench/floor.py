"""The floor: the report's tables and charts with the same libraries, and nothing else.

No notebook, no checks, no texts: counts, HTML tables and SVG charts in one file. The theme is
seaborn's, from seaborn itself or from the copy that matplotlib carries, which needs no import.

    python floor.py STUDY OUT seaborn|matplotlib
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import yaml
from matplotlib.axes import Axes
from matplotlib.figure import Figure

NO_ANSWER = "Inget svar"
OVERVIEWS = {"1": "hog_grad", "2": "bra"}
COLOURS = ["#5e3c99", "#b2abd2", "#fdb863", "#e66101", "#d0d0d4"]
PAGE = """<!DOCTYPE html>
<html lang="sv"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font-family:sans-serif;max-width:60em;margin:auto}}td{{text-align:right}}</style></head>
<body><h1>{title}</h1>
{content}
</body></html>
"""


class Survey:
    """A study's answers with their codebook, and the figures of its items."""

    def __init__(self, study: Path) -> None:
        self.study = study
        self.settings = yaml.safe_load((study / "study.yaml").read_text("utf-8"))
        self.round = self.settings["rounds"]["2012"]
        self.answers = pd.read_csv(study / self.round["responses"], sep=";", encoding="cp1252")
        items = pd.read_csv(study / "codebook.csv", dtype=str, keep_default_na=False)
        self.items = items[items["kind"] != "id"].set_index("item")
        scales = pd.read_csv(study / "scales.csv").astype({"value": "Int64"})
        self.scales = dict(list(scales.groupby("scale", sort=False)))

    def parts(self, name: str) -> list[str]:
        return list(self.items.index[self.items["part_of"] == name])

    def frequency(self, name: str) -> pd.DataFrame:
        scale = self.scales[self.items.loc[name, "scale"]].set_index("label")
        given = self.answers[self.items.loc[name, "name"]]
        table = scale[["value"]].rename(columns={"value": "Värde"})
        table["Antal"] = given.value_counts().reindex(table.index, fill_value=0)
        n = int(given.notna().sum())
        table["Procent"] = 100 * table["Antal"] / n
        table.loc[NO_ANSWER, "Antal"] = len(given) - n
        codes = given.map(scale["value"]).dropna().astype(int)
        table = table.astype({"Antal": int})
        table.attrs = {"n": n, "mean": codes.mean(), "median": codes.median()}
        return table

    def chosen(self, name: str) -> pd.DataFrame:
        parts = self.items.loc[self.parts(name)]
        given = self.answers[list(parts["name"])]
        n = int(given.notna().any(axis=1).sum())
        table = pd.DataFrame({"Antal": (given == "Vald").sum().to_numpy()}, index=parts["label"])
        table["Procent"] = 100 * table["Antal"] / n
        table.attrs = {"n": n}
        return table

    def shares(self, names: list[str]) -> pd.DataFrame:
        """Per cents of items on the same answers, a row each."""
        tables = {self.items.loc[name, "label"]: self.frequency(name) for name in names}
        shares = pd.DataFrame({label: each["Procent"] for label, each in tables.items()}).T
        answers = dict.fromkeys(answer for each in tables.values() for answer in each.index)
        shares = shares[[each for each in answers if each not in ("Vet ej", NO_ANSWER)]].join(
            shares[[each for each in answers if each == "Vet ej"]]
        )
        shares.attrs = {
            "n": [each.attrs["n"] for each in tables.values()],
            "mean": [each.attrs["mean"] for each in tables.values()],
        }
        return shares

    def nonresponse(self) -> pd.DataFrame:
        """Asked, answered and missing for each item; for a multiple response set as a whole."""
        rows = {}
        for name, item in self.items.iterrows():
            if item["kind"] in ("grid", "option"):
                continue
            names = self.parts(name) if item["kind"] == "multiple" else [name]
            given = self.answers[list(self.items.loc[names, "name"])].notna().any(axis=1)
            rows[item["label"]] = (len(given), given.sum(), 100 - 100 * given.mean())
        return pd.DataFrame.from_dict(
            rows, orient="index", columns=["Tillfrågade", "Svar", "Bortfall"]
        )

    def response_rate(self) -> pd.DataFrame:
        invited, n = self.round["invited"], len(self.answers)
        return pd.DataFrame({"Inbjudna": [invited], "Svar": [n], "Andel": [100 * n / invited]})

    def inputs(self) -> pd.DataFrame:
        """SHA-256 of every file that a report has in its list."""
        files = [each for each in self.study.rglob("*.csv") if each.is_file()]
        files += [self.study / "study.yaml", *self.study.glob("narrative/sv/*.md")]
        digests = [hashlib.sha256(each.read_bytes()).hexdigest() for each in files]
        names = [each.relative_to(self.study).as_posix() for each in files]
        return pd.DataFrame({"Fil": names, "SHA-256": digests})


def percent(value: float) -> str:
    return f"{value:.0f} %"


def decimal(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")


def html_table(table: pd.DataFrame, caption: str, index: bool = True) -> str:
    text = table.to_html(float_format=percent, na_rep="", border=0, index=index)
    return text.replace(">", f"><caption>{caption}</caption>", 1)


def caption(number: str, label: str, table: pd.DataFrame) -> str:
    text = f"Tabell {number}. {label} (antal svar = {table.attrs['n']}"
    if "mean" in table.attrs:
        text += f", medel {decimal(table.attrs['mean'])}, median {table.attrs['median']:g}"
    return f"{text})"


def axes(rows: int, left: float, top: float) -> Axes:
    height = 0.5 * rows + 0.4 + top
    figure = Figure(figsize=(5.2, height))
    found = figure.add_axes((left, 0.35 / height, 0.95 - left, (height - 0.4 - top) / height))
    found.set_xlim(0, 100)
    found.set_xticks([0, 50, 100], ["0 %", "50 %", "100 %"])
    found.invert_yaxis()
    return found


def svg(drawn: Axes) -> str:
    out = io.StringIO()
    drawn.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    return f"<figure>{text[text.index('<svg') :]}</figure>"


def bars(table: pd.DataFrame) -> str:
    shown = table.drop(index=NO_ANSWER, errors="ignore")
    drawn = axes(len(shown), 0.42, 0)
    drawn.bar_label(drawn.barh(shown.index, shown["Procent"], color=COLOURS[0]), fmt="%.0f %%")
    return svg(drawn)


def stacked(shares: pd.DataFrame) -> str:
    drawn = axes(len(shares), 0.42, 0.5)
    start = pd.Series(0.0, shares.index)
    for answer, colour in zip(shares, COLOURS, strict=False):
        share = shares[answer].astype(float).fillna(0)
        piece = drawn.barh(shares.index, share, left=start, color=colour, label=answer)
        drawn.bar_label(
            piece, [f"{each:.0f}" if each >= 3 else "" for each in share], label_type="center"
        )
        start += share
    drawn.figure.legend(loc="upper center", ncols=3, fontsize="small")
    return svg(drawn)


def item(survey: Survey, name: str) -> Iterator[str]:
    """An item's heading, table and chart."""
    number, label, kind = survey.items.loc[name, ["number", "label", "kind"]]
    yield f"<h2>Tabell och diagram {number}. {label}</h2>"
    if kind == "grid":
        names = survey.parts(name)
        tables = {survey.items.loc[each, "label"]: survey.frequency(each) for each in names}
        first = next(iter(tables.values()))
        yield html_table(pd.concat(tables), caption(number, label, first))
        yield stacked(survey.shares(names))
        return
    table = survey.chosen(name) if kind == "multiple" else survey.frequency(name)
    yield html_table(table, caption(number, label, table))
    yield bars(table)


def overview(survey: Survey, number: str, scale: str) -> Iterator[str]:
    """Every item on the same answers, in one chart and one table."""
    shares = survey.shares(list(survey.items.index[survey.items["scale"].str.startswith(scale)]))
    yield stacked(shares)
    means = [decimal(each) for each in shares.attrs["mean"]]
    table = shares.assign(**{"Antal svar": shares.attrs["n"], "Medel": means})
    yield html_table(table, f"Tabell Ö{number}. Andel av dem som svarat, procent")


def content(survey: Survey) -> Iterator[str]:
    """The pieces of the page."""
    questions = pd.read_csv(survey.study / survey.settings["evaluation_questions"])
    shown = questions[["what_was_asked", "answered_by"]]
    yield html_table(shown, "Utvärderingens frågor", index=False)
    yield html_table(survey.response_rate(), "Svarsfrekvens", index=False)
    for number, scale in OVERVIEWS.items():
        yield from overview(survey, number, scale)
    for name in survey.items.index[survey.items["part_of"] == ""]:
        yield from item(survey, name)
    yield html_table(survey.nonresponse(), "Bortfall per fråga")
    errata = pd.read_csv(survey.study / survey.settings["published"]["errata"])
    yield html_table(errata[["where", "printed", "right", "why"]], "Kända fel", index=False)
    yield html_table(survey.inputs(), "Indatafiler", index=False)


def theme(source: str) -> None:
    if source == "seaborn":
        import seaborn as sns  # its cost is what this choice is about

        sns.set_theme(style="whitegrid")
    else:
        from matplotlib import style

        style.use("seaborn-v0_8-whitegrid")
    mpl.rcParams["svg.fonttype"] = "none"


def main() -> None:
    study, out, source = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    theme(source)
    survey = Survey(study)
    page = PAGE.format(title=survey.settings["title"]["sv"], content="\n".join(content(survey)))
    out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
