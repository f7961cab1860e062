"""Counts → result tables with true figures. Nothing here formats, draws or hides."""
