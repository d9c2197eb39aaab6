# `make demo` and `make test` need Python 3.11+, make and a package index, and nothing else.

PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
# A stamp is newer than the locks it was installed from; it is kept inside what it speaks of.
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test endurance check bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  %-9s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

demo: $(RUNTIME) ## do the main job on the bundled samples and show what came of it
	$(BIN)/footnoted demo

run: $(RUNTIME) ## run the daemon in the foreground
	$(BIN)/footnoted run

# All but acceptance first: what is broken there shows within two minutes. Files are spread over the
# cores; a file stays with one worker, as its tests may share a server or tell one story.
PYTEST := $(BIN)/python -m pytest
WORKERS ?= 4
# Tests start the program some hundred times: where bytecode is not kept, each of them compiles it all.
unexport PYTHONDONTWRITEBYTECODE
SPREAD := --numprocesses logical --maxprocesses $(WORKERS) --dist loadfile

test: $(DEV) ## run the tests (ARGS="-k name" narrows them, to one process)
ifdef ARGS
	$(PYTEST) $(ARGS)
else
	$(PYTEST) $(SPREAD) --ignore tests/acceptance
	$(PYTEST) $(SPREAD) -m "not endurance" tests/acceptance
endif

endurance: $(DEV) ## run the tests that break the running program again and again
	$(PYTEST) $(SPREAD) -m endurance tests/acceptance

check: $(DEV) ## lint, format, types, import contracts, mass deletions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports
	$(BIN)/python .ci/check_deletions.py

bench: $(DEV) ## measure every figure and write docs/figures.md (ARGS="--only P9,T2" some)
	$(BIN)/python bench/run_all.py $(ARGS)

# One resolution for every platform and Python from 3.11 on; the dev lock repeats the runtime pins.
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --python-version 3.11 \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header

lock: ## resolve both lock files anew (needs uv; ARGS="--upgrade" moves the pins)
	$(COMPILE) $(ARGS) pyproject.toml --output-file requirements.lock
	$(COMPILE) $(ARGS) pyproject.toml --group dev --constraint requirements.lock \
	  --output-file requirements-dev.lock

clean: ## remove the virtual environment and the tools' caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "footnoted needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11" >&2; \
	  exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "this Python cannot make virtual environments (on Debian: apt install python3-venv)" >&2; \
	  exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUNTIME): requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) --require-hashes --requirement requirements.lock
	$(PIP) --no-deps --editable .
	@touch $@

$(DEV): requirements-dev.lock $(RUNTIME)
	$(PIP) --require-hashes --requirement requirements-dev.lock
	@touch $@
