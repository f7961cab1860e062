"""Codings of focus groups and of other texts, whatever program they were made in.

- `model`: segments, codes, codings, cases, and what an import has to tell
- `read`: what a file is, and its reader
- `refi/`: REFI-QDA in and out
- `plain`, `plain_write`: a folder of CSV files in and out
- `out`: a project written by the name of what is to be made
- `tally`, `unique`: what the readers share
"""
