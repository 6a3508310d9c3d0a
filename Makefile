# Every task of the project, on a machine that has Python 3.11 or newer and make.
#
#   make demo    a small lake and its pages, from nothing
#   make test    every test
#   make help    the rest
#
# Each task installs what it needs into $(VENV) and leaves a stamp there, so that the next run
# starts at once. Tasks that fail say which command failed; `make -k lint` runs all of lint.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
PYTEST_ARGS ?=
SPARK ?= yes

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
BIN := $(VENV)/bin
# Errors only; retries, because a slow index is commoner than a wrong one.
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq --retries 8 --timeout 60

.DEFAULT_GOAL := help
.PHONY: help demo test long lint docs bench fuzz clean install dev
.PHONY: lint-code lint-format lint-types lint-imports lint-spelling lint-docs

help:
	@echo "make demo    install into $(VENV), build the demo lake and its pages, say where they are"
	@echo "make test    all tests (Chromium and real-file tests are skipped where those are absent;"
	@echo "             SPARK=no leaves out pyspark, 460 MB, and the tests of it)"
	@echo "make lint    ruff, mypy, import contracts, spelling, generated docs are current"
	@echo "make docs    the documentation as HTML, warnings are errors"
	@echo "make bench   the benchmarks of docs/benchmarks.md"
	@echo "make long    all tests with ten times the generated examples (an hour and more)"
	@echo "make fuzz    ten minutes of the fuzzer on the payer readers (FUZZ_SECONDS=600)"
	@echo "make clean   remove everything the tasks made, $(VENV) too"

demo: $(VENV)/.installed
	@$(BIN)/ratepress demo
	@$(MAKE) $(VENV)/.warm

# By file, so that a real file that many tests of a module read is read by one worker, once. In the
# order of folders: xdist would keep modules of few tests for the end, and the longest have few;
# so the end is the doctests of src, which are short.
test: $(VENV)/.installed-dev $(if $(filter no,$(SPARK)),,$(VENV)/.installed-spark)
	@$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

# Before a release, or at night: the usual run draws few examples, to answer within minutes.
long: export RATEPRESS_EXAMPLES = 10
long: test

lint: lint-code lint-format lint-types lint-imports lint-spelling lint-docs
	@echo "lint: clean"

lint-code: $(VENV)/.installed-dev
	@echo "lint: ruff check"
	@$(BIN)/ruff check --quiet

lint-format: $(VENV)/.installed-dev
	@echo "lint: ruff format"
	@$(BIN)/ruff format --check --quiet || { echo "run: $(BIN)/ruff format"; exit 1; }

lint-types: $(VENV)/.installed-dev
	@echo "lint: mypy --strict"
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/mypy --no-error-summary docs/generate.py benchmarks

lint-imports: $(VENV)/.installed-dev
	@echo "lint: import contracts"
	@$(BIN)/lint-imports > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

lint-spelling: $(VENV)/.installed-dev
	@echo "lint: spelling"
	@$(BIN)/codespell

lint-docs: $(VENV)/.installed-dev
	@echo "lint: generated docs are current"
	@$(BIN)/python docs/generate.py --check

docs: $(VENV)/.installed-docs
	@$(BIN)/python docs/generate.py --check
	@$(BIN)/sphinx-build -W --keep-going --quiet -b html docs docs/_build/html
	@echo "docs: docs/_build/html/index.html"

# Nightly: the fast payer reader against the plain one on whatever bytes reach a new branch.
FUZZ_SECONDS ?= 600
fuzz: $(VENV)/.installed-dev
	@$(PIP) install --editable '.[fuzz]'
	@$(BIN)/python -W ignore fuzz/in_network.py -max_total_time=$(FUZZ_SECONDS) -max_len=2048 -timeout=120

bench: $(VENV)/.installed-dev
	@$(BIN)/python benchmarks/run.py

install: $(VENV)/.installed
dev: $(VENV)/.installed-dev

clean:
	@rm -rf $(VENV) build dist site demo docs/_build
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find src tests docs benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "clean: done (a lake of yours in ./lake is left alone)"

# --- what the tasks stand on ------------------------------------------------------------------

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "ratepress needs Python 3.11 or newer; try: make PYTHON=python3.12"; exit 1; }
	@echo "setup: a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python has no venv module here; on Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml
	@echo "setup: installing ratepress (a minute on a fresh machine)"
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.made pyproject.toml
	@echo "setup: installing ratepress and the tools of its tests (a minute on a fresh machine)"
	@$(PIP) install --editable '.[dev]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-spark: $(VENV)/.installed-dev | $(VENV)/.java
	@echo "setup: installing pyspark (460 MB; SPARK=no leaves it out)"
	@$(PIP) install --editable '.[spark]'
	@touch $@

# Java is no Python package: installed where this may install, else the tests say that it lacks.
$(VENV)/.java: $(VENV)/.made
	@if ! command -v java >/dev/null && [ -z "$$JAVA_HOME" ]; then \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			echo "setup: installing Java 17"; \
			{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
				apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; } \
				> $(VENV)/java.log 2>&1 || tail -n 5 $(VENV)/java.log; \
		else echo "no Java here: tests marked 'spark' will be skipped"; fi; fi
	@touch $@

# For CI, which needs everything: each install looks for everything and builds ratepress anew.
$(VENV)/.installed-all: $(VENV)/.made pyproject.toml | $(VENV)/.java
	@echo "setup: installing ratepress with the tools of its tests and docs, and pyspark"
	@$(PIP) install --editable '.[dev,docs,spark]'
	@touch $(VENV)/.installed $(VENV)/.installed-dev $(VENV)/.installed-docs
	@touch $(VENV)/.installed-spark $@

# The first large payer file on a machine would wait for this.
$(VENV)/.warm: $(VENV)/.installed
	@echo "The page is ready. Meanwhile the reader of large payer files is compiled (a quarter of a minute, once)."
	@$(BIN)/python -c 'from ratepress.readers.payer.fast.warm import warm; warm()'
	@touch $@

$(VENV)/.installed-docs: $(VENV)/.made pyproject.toml
	@echo "setup: installing ratepress and the tools of its docs"
	@$(PIP) install --editable '.[docs]'
	@touch $(VENV)/.installed $@
