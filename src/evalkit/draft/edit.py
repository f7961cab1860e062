"""A study's own files with something put in: what is not touched stays byte for byte."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from evalkit.delimited import read_bytes, read_rows
from evalkit.errors import fault

Row = Mapping[str, str]


@dataclass(frozen=True)
class TableText:
    """A delimited file: the text of each record with its line ending, and how it is written."""

    file: str
    header: tuple[str, ...]
    records: tuple[tuple[tuple[str, ...], str], ...]
    encoding: str
    separator: str
    ending: str

    @classmethod
    def read(cls, path: Path) -> TableText:
        """Read a table of the study; raises `EvalkitError` where it cannot be read."""
        found = read_rows(path, path.name)
        data = read_bytes(path, path.name)
        encoding = found.encoding
        if encoding == "utf-16":
            encoding = "utf-16-le" if data.startswith(b"\xff\xfe") else "utf-16-be"
        text = data.decode(encoding)
        lines = io.StringIO(text, newline="").readlines()
        reader = csv.reader(lines, delimiter=found.separator, strict=True)
        records: list[tuple[tuple[str, ...], str]] = []
        at = 0
        for cells in reader:
            records.append((tuple(cells), "".join(lines[at : reader.line_num])))
            at = reader.line_num
        first = next(n for n, (cells, _) in enumerate(records) if cells)
        heading = records[first][0]
        header = tuple(cell.strip().removeprefix("\ufeff") for cell in heading)
        ending = re.search(r"(\r\n|\r|\n)?\Z", records[first][1])
        return cls(
            path.name, header, tuple(records), encoding, found.separator,
            (ending[0] if ending else "") or "\n",
        )  # fmt: skip

    def changed(
        self,
        cells: Mapping[str, Row],
        added: Iterable[tuple[str, Row]],
        key: str,
    ) -> bytes:
        """The file with other `cells` in the rows named by their `key`, and with rows added.

        `added` are (the key of the row that it follows, "" for the end; the row). Columns that are
        not there are put at the end. Raises `EvalkitError` when the encoding lacks a letter.
        """
        added = list(added)
        wanted = [*cells.values(), *(row for _, row in added)]
        more = [
            name
            for name in dict.fromkeys(name for row in wanted for name in row)
            if name not in self.header and any(row.get(name) for row in wanted)
        ]
        header = (*self.header, *more)
        out: list[str] = []
        is_heading = True
        for values, raw in self.records:
            text = raw if raw.endswith(("\n", "\r")) else raw + self.ending
            if not values:
                out.append(text)
                continue
            if is_heading:
                out.append(self._longer(text, more))
                is_heading = False
                continue
            row = dict(zip(self.header, values, strict=False))
            own = row.get(key, "").strip()
            if cells.get(own):
                out.append(self._line(header, row | dict(cells[own])))
            else:
                out.append(self._longer(text, [""] * len(more)))
            out += [self._line(header, new) for after, new in added if after and after == own]
        rows = (dict(zip(self.header, values, strict=False)) for values, _ in self.records)
        known = {row.get(key, "").strip() for row in rows}
        out += [self._line(header, new) for after, new in added if not after or after not in known]
        return self._encoded("".join(out))

    def _longer(self, text: str, more: Sequence[str]) -> str:
        """A record with cells at its end, and otherwise as it stands."""
        if not more:
            return text
        bare = text.rstrip("\r\n")
        return bare + "".join(self.separator + each for each in more) + text[len(bare) :]

    def _line(self, header: Sequence[str], row: Row) -> str:
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.separator, lineterminator=self.ending)
        writer.writerow([row.get(name, "") for name in header])
        return out.getvalue()

    def _encoded(self, text: str) -> bytes:
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as cause:
            sign = text[cause.start : cause.end]
            message = f'The file is {self.encoding} and cannot hold "{sign}".'
            raise fault(message, "Save it as CSV UTF-8 first.", file=self.file) from None


def with_round(text: str, name: str, lines: Sequence[str], settings: Mapping[str, object]) -> str:
    """The text of a `study.yaml` with one round more after the last.

    `lines` is the round's block, its settings at no indentation; `settings` the same as data, for a
    file whose rounds stand between braces.
    """
    ending = "\r\n" if "\r\n" in text else "\n"
    root = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)  # noqa: S101 - the study has been read
    rounds = next(value for key, value in root.value if key.value == "rounds")
    if not isinstance(rounds, yaml.MappingNode) or not rounds.value:
        raise fault("The rounds are no settings.", file="study.yaml")
    if rounds.flow_style:
        at = rounds.end_mark.index - 1
        end = len(text[:at].rstrip())
        shown = yaml.safe_dump({name: settings}, allow_unicode=True, default_flow_style=True)
        flow = " ".join(shown.split())[1:-1]
        return f"{text[:end]}{'' if text[end - 1] == ',' else ','} {flow}{text[end:]}"
    key, value = rounds.value[-1]
    indent = key.start_mark.column
    inner = indent + 2
    if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
        inner = value.value[0][0].start_mark.column
    at = _after(text, _end(value), indent)
    block = [" " * indent + f"{quoted(name)}:"]
    block += [" " * inner + line if line else "" for line in lines]
    gap = "" if at == 0 or text[:at].endswith(("\n", "\r")) else ending
    return text[:at] + gap + ending.join(block) + ending + text[at:]


def quoted(text: str) -> str:
    """A text as YAML writes it in quotation marks, on one line."""
    dumped = yaml.safe_dump(text, allow_unicode=True, default_style='"', width=10**6)
    return str(dumped).strip()


def _end(node: yaml.Node) -> int:
    """Where the last thing written in a node ends; a block's own mark is that of what follows."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    return int(node.end_mark.index)


def _after(text: str, end: int, indent: int) -> int:
    """The beginning of the line after `end`, and after the notes that belong to the block."""
    at = end if text[:end].endswith("\n") else _next_line(text, end)
    while match := re.compile(r"( *)#.*").match(text, at):
        if len(match[1]) <= indent:
            break
        at = _next_line(text, match.end())
    return at


def _next_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1
