"""Released tables → HTML tables, charts, sentences and CSV, in Swedish and English.

Nothing here computes a figure; what is shown was worked out in `evalkit.analysis` and let through
by `evalkit.release`.
"""
