# evalkit, from a bare machine: this needs make and Python 3.11 or newer, nothing else.
# `make help` lists what there is to make. Every target that needs them first puts the
# locked packages into .venv, and does that again only when the lock has changed.

PYTHON ?= python3

# In an active conda environment named evalkit (see environment.yml) that environment
# is used, and no .venv is made.
ifeq ($(CONDA_DEFAULT_ENV),evalkit)
BIN :=
PACKAGES :=
READY :=
else
BIN := .venv/bin/
PACKAGES := .venv/packages.stamp
READY := .venv/evalkit.stamp
endif

PIP_INSTALL = .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input

.DELETE_ON_ERROR:
.PHONY: report test lab bench soak lint lock environment clean help check-python

report: $(READY)  ## make the example report (this is what plain `make` does)
	$(BIN)evalkit run bou-2012

test: $(READY)  ## run the tests
	$(BIN)python -m pytest

lab: $(READY)  ## open the workbook in JupyterLab
	cd notebooks && $(if $(BIN),../$(BIN))jupyter lab

bench: $(READY)  ## measure time and memory
	$(BIN)python tests/bench/run.py

soak: $(READY)  ## run the long tests, which `make test` leaves out
	$(BIN)python -m pytest -m soak

lint: $(READY)  ## check style, types and the order of the layers
	$(BIN)ruff check . && $(BIN)ruff format --check . && $(BIN)mypy && $(BIN)lint-imports

lock: $(PACKAGES)  ## bring requirements.lock in line with pyproject.toml (UPGRADE=1: newest versions)
	$(BIN)uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --python-version 3.11 --all-extras pyproject.toml -o requirements.lock $(if $(UPGRADE),--upgrade)

environment: check-python  ## write environment.yml, for conda, from pyproject.toml
	$(PYTHON) packaging/environment.py

clean:  ## remove .venv and every cache; reports and data stay
	rm -rf .venv dist .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find src tests packaging notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} + 2>/dev/null || true

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# A stamp is written last, and emptying .venv takes the stamps along: a build that
# failed leaves none, and the next make starts it over.
.venv/packages.stamp: requirements.lock
	@$(MAKE) --no-print-directory check-python
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo 'This Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }
	@echo 'Installing the locked packages into .venv (takes a minute or two) ...'
	@$(PYTHON) -m venv --clear .venv
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@touch $@

.venv/evalkit.stamp: .venv/packages.stamp pyproject.toml
	@echo 'Installing evalkit itself into .venv ...'
	@$(PIP_INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo 'evalkit needs Python 3.11 or newer, and "$(PYTHON)" is not: choose another with  make PYTHON=python3.12' >&2; exit 1; }
