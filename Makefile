# Two commands on a fresh Debian or Ubuntu with Python 3.11 or newer, pip and make:
#
#   make demo    write the logs of an imaginary hospital, scan them, print the ranking, open the pages
#   make test    lint, types, import rules and the tests, in under five minutes
#
# Everything lands in .venv and .build inside this folder; `make clean` removes what is built.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:

# The interpreter that makes .venv; the programs inside .venv are used for everything else.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
# Test processes. Two is what a small build machine has.
JOBS ?= 2
# SERVE=0 stops the demo after the table, for machines without a browser and for scripts.
SERVE ?= 1
# More arguments for pytest, for example: make test ARGS="-k squid"
ARGS ?=
# Tests run in a shuffled order, so that none leans on another. `make test` decides over a change and must
# answer the same twice: its shuffle is fixed. `make test-full` shuffles anew each time and prints its seed.
SEED ?= 20261101

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PACKAGES := api scanner governance storage signatures
CHECKED := $(PACKAGES) tests tools

export PIP_ROOT_USER_ACTION := ignore
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Lint and tests start the same modules in many processes; without kept bytecode each compiles all of them anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help demo test test-full tests tests-full bench lint format wheel lock clean programs

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(STAMPS)/runtime ## scan an imaginary hospital and open the pages (SERVE=0: only the table)
ifeq ($(SERVE),0)
	@$(BIN)/skiagram demo --no-serve
else
	@$(BIN)/skiagram demo
endif

test: lint tests ## what a change must pass: lint and tests

test-full: lint tests-full ## the same with the long tests

tests: $(STAMPS)/dev programs
	$(BIN)/pytest -n $(JOBS) --dist worksteal --randomly-seed=$(SEED) $(ARGS)

tests-full: $(STAMPS)/dev programs
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m "not bench" --timeout=1800 $(ARGS)

bench: $(STAMPS)/dev ## measurements; wants an idle machine
	$(BIN)/pytest -n 0 -m bench --timeout=1800 -s $(ARGS)

lint: $(STAMPS)/dev ## formatting, lint, types and the import rules of the rooms
	$(BIN)/ruff format --check $(CHECKED)
	$(BIN)/ruff check $(CHECKED)
	$(BIN)/mypy -n $(JOBS)
	$(BIN)/lint-imports

format: $(STAMPS)/dev ## rewrite the sources as lint wants them
	$(BIN)/ruff format $(CHECKED)
	$(BIN)/ruff check --fix $(CHECKED)

wheel: $(STAMPS)/dev ## build dist/skiagram-*.whl
	$(BIN)/hatchling build -t wheel

lock: $(STAMPS)/dev ## resolve requirements/*.txt anew from pyproject.toml (needs the package index)
	@sh tools/lock.sh "$(BIN)/python"

clean: ## remove everything that is built, the environment too
	rm -rf $(VENV) .build build dist .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} +

# tshark, Chromium and PostgreSQL are wanted by some tests only; without them those tests are skipped.
programs:
	@sh tools/programs.sh

$(BIN)/python:
	@sh tools/environment.sh "$(PYTHON)" "$(VENV)"

# --require-hashes: what is installed is what was locked, whichever index or mirror pip is set up to use.
# --no-build-isolation: the build backend comes from the lock too, nothing is fetched behind pip's back.
# --no-compile: the first run compiles the tenth of it that it uses, which is sooner done.
$(STAMPS)/runtime: requirements/runtime.txt pyproject.toml | $(BIN)/python
	@mkdir -p $(STAMPS)
	@echo "Installing what the program needs into $(VENV) ..."
	@$(BIN)/python -m pip install -q --no-input --no-compile --require-hashes -r requirements/runtime.txt
	@$(BIN)/python -m pip install -q --no-input --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/dev: requirements/dev.txt requirements/runtime.txt pyproject.toml | $(BIN)/python
	@mkdir -p $(STAMPS)
	@echo "Installing what the program and its tests need into $(VENV) ..."
	@$(BIN)/python -m pip install -q --no-input --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --no-input --no-deps --no-build-isolation -e .
	@touch $(STAMPS)/runtime $@
