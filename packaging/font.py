"""Make the two report fonts in ``src/evalkit/present/fonts/`` from Inter.

The result is kept in the repository, so this is needed only to change the set of
characters or to move to a newer Inter. The source is the npm package ``inter-ui``,
version 4.1.1 (Inter 4.001, SIL Open Font License 1.1, no Reserved Font Name)::

    npm pack inter-ui@4.1.1
    tar xzf inter-ui-4.1.1.tgz
    .venv/bin/python packaging/font.py package

From the same package and the same fontTools and Brotli (see ``requirements.lock``)
the output is the same, byte for byte.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "src" / "evalkit" / "present" / "fonts"

FAMILY = "Evalkit Inter"
POSTSCRIPT_FAMILY = "EvalkitInter"
WEIGHTS = {"Regular": 400, "SemiBold": 600}

DIGITS = "0123456789"
PUNCTUATION = "‐‑‒–—‘’‚“”„†‡•…‰′″‹›"
SPACES = "\u00a0\u2007\u2009\u202f"
SYMBOLS = "€™←↑→↓−≈≠≤≥✓"
GREEK = "ΔΣαβηλμρσχ"  # the names of statistics


NOT_IN_INTER = {0xAD, 0x149}  # the soft hyphen, which no font has to draw, and a letter of the past

# The lookup types of OpenType's table GPOS that matter here.
PAIR_ADJUSTMENT = 2
EXTENSION = 9


def characters() -> set[int]:
    """Return the code points that the fonts keep."""
    latin = {*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x100, 0x180)}
    others = {ord(character) for character in PUNCTUATION + SPACES + SYMBOLS + GREEK}
    return (latin | others) - NOT_IN_INTER


def freeze_tabular_digits(font: TTFont) -> None:
    """Make the digits of equal width (feature ``tnum``) the ones that are used by default."""
    proportional = font.getBestCmap()
    tabular = {ord(digit): f"{proportional[ord(digit)]}.tf" for digit in DIGITS}
    for table in font["cmap"].tables:
        table.cmap = {code: tabular.get(code, glyph) for code, glyph in table.cmap.items()}


def rename(font: TTFont, style: str) -> None:
    """Give the font a family name of its own, and say what it is.

    The records of copyright, trademark, maker and licence stay as they are.
    """
    names = font["name"]
    version = names.getDebugName(5)
    full_name = f"{FAMILY} {style}"
    postscript_name = f"{POSTSCRIPT_FAMILY}-{style}"
    regular = style == "Regular"
    records = {
        1: FAMILY if regular else full_name,
        2: "Regular",
        3: f"{version};evalkit;{postscript_name}",
        4: full_name,
        6: postscript_name,
        10: "A modified subset of Inter, with digits of equal width, made for evalkit",
    }
    if not regular:
        records |= {16: FAMILY, 17: style}
    for name_id in (1, 2, 3, 4, 6, 10, 16, 17, 21, 22, 25):
        names.removeNames(nameID=name_id)
    for name_id, text in records.items():
        names.setName(text, name_id, 3, 1, 0x409)


def subset_options(*, glyph_names: bool) -> subset.Options:
    """Return what the subset keeps apart from its characters."""
    options = subset.Options()
    options.layout_features = ["kern"]
    options.hinting = False
    options.glyph_names = glyph_names
    options.notdef_outline = True
    options.name_IDs = ["*"]
    options.drop_tables += ["GDEF", "GSUB"]
    options.recalc_timestamp = False
    return options


def make(source: Path, style: str) -> dict[str, bytes]:
    """Return the two files, by ending, made from one source font.

    The ``.ttf`` keeps the names of the glyphs, which Matplotlib's PDF output uses; a
    page has no use for them.
    """
    files = {}
    for ending, flavor in (("ttf", None), ("woff2", "woff2")):
        font = TTFont(source, recalcTimestamp=False)
        freeze_tabular_digits(font)
        rename(font, style)
        subsetter = subset.Subsetter(subset_options(glyph_names=flavor is None))
        subsetter.populate(unicodes=characters())
        subsetter.subset(font)
        font.flavor = flavor
        buffer = BytesIO()
        font.save(buffer)
        files[ending] = buffer.getvalue()
    return files


def kerned_pairs(font: TTFont, glyphs: Iterable[str]) -> set[tuple[str, str]]:
    """Return the pairs among ``glyphs`` that the font's kerning moves."""
    wanted = list(glyphs)
    found: set[tuple[str, str]] = set()
    if "GPOS" not in font:
        return found
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            pair = table.ExtSubTable if lookup.LookupType == EXTENSION else table
            if pair.LookupType != PAIR_ADJUSTMENT:
                continue
            for first in set(wanted) & set(pair.Coverage.glyphs):
                if pair.Format == 1:
                    seconds = pair.PairSet[pair.Coverage.glyphs.index(first)].PairValueRecord
                    moved = {r.SecondGlyph for r in seconds if r.Value1 and r.Value1.XAdvance}
                    found |= {(first, second) for second in moved & set(wanted)}
                    continue
                row = pair.Class1Record[pair.ClassDef1.classDefs.get(first, 0)].Class2Record
                for second in wanted:
                    value = row[pair.ClassDef2.classDefs.get(second, 0)].Value1
                    if value is not None and value.XAdvance:
                        found.add((first, second))
    return found


def problems(data: bytes, style: str) -> list[str]:
    """Return what is wrong with a finished font file, one sentence each."""
    font = TTFont(BytesIO(data))
    cmap = font.getBestCmap()
    missing = " ".join(f"U+{code:04X}" for code in sorted(characters() - cmap.keys()))
    digits = [cmap[ord(digit)] for digit in DIGITS]
    widths = {font["hmtx"][glyph][0] for glyph in digits}
    names = font["name"]
    family = names.getBestFamilyName()
    weight = font["OS/2"].usWeightClass
    checks = [
        (not missing, f"characters are missing: {missing}"),
        (len(widths) == 1, f"the digits have different widths: {sorted(widths)}"),
        (not kerned_pairs(font, digits), "the kerning moves some pairs of digits"),
        (weight == WEIGHTS[style], f"the weight is {weight}, not {WEIGHTS[style]}"),
        (family == FAMILY, f"the family is {family!r}, not {FAMILY!r}"),
        (bool(names.getDebugName(0)), "the copyright record is gone"),
        ("Open Font License" in str(names.getDebugName(13)), "the licence record is gone"),
        (not {"fpgm", "prep", "cvt "} & set(font.keys()), "there is hinting left"),
    ]
    return [sentence for passed, sentence in checks if not passed]


def reserves_name(licence: str) -> bool:
    """Tell whether the copyright notice before the licence text reserves a font name."""
    notice = licence.partition("SIL OPEN FONT LICENSE Version 1.1")[0]
    return "reserved font name" in notice.lower()


def main(arguments: list[str] | None = None) -> int:
    """Write the fonts and their licence; return the exit code."""
    parser = argparse.ArgumentParser(description="Make the report fonts from Inter.")
    parser.add_argument("package", type=Path, help="the unpacked npm package inter-ui")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder to write to")
    options = parser.parse_args(arguments)

    licence: Path = options.package / "LICENSE.txt"
    if reserves_name(licence.read_text(encoding="utf-8")):
        print(f"{licence} reserves a font name: use Inter 4 or later.", file=sys.stderr)
        return 1

    made: dict[str, bytes] = {}
    for style in WEIGHTS:
        source = options.package / "web" / f"Inter-{style}.woff2"
        for ending, data in make(source, style).items():
            name = f"{POSTSCRIPT_FAMILY}-{style}.{ending}"
            wrong = problems(data, style)
            if wrong:
                print(f"{name}: {'; '.join(wrong)}.", file=sys.stderr)
                return 1
            made[name] = data

    options.out.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (options.out / name).write_bytes(data)
        print(f"{name}: {len(data):,} bytes")
    shutil.copyfile(licence, options.out / "OFL.txt")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
