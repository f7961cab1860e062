"""Runs notebooks with papermill, exports them with nbconvert, composes one page and checks it."""
