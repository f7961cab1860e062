"""Codings of focus groups and of other texts, whatever program they were made in.

- `model`: segments, codes, codings, cases, and what an import has to tell
- `units`: segments with the same text as one, and who has coded it
"""
