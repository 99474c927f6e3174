# The course's commands. Everything happens in this folder: .venv, node_modules, _build.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# Some tools say how to be quiet only in this way.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.DEFAULT_GOAL := help
.PHONY: help setup book serve test lint format exercises bench browser screenshots lock clean

help: ## this list
	@echo "make <target>, where <target> is one of"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/installed ## make .venv with the pinned packages and this one

$(VENV)/installed: requirements.txt pyproject.toml
	@echo "==> setting up $(VENV) with the packages pinned in requirements.txt (first time: minutes)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python >= 3.11 is needed: make PYTHON=python3.12")'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install -q -r requirements.txt
	@touch $@

PAGE_SCRIPTS := book/_assets/built/mathjax.js
$(PAGE_SCRIPTS): $(VENV)/installed package.json package-lock.json $(wildcard book/_js/*) scripts/page_scripts.py
	@echo "==> building the page scripts"
	@$(PY) scripts/page_scripts.py
	@touch $@

book: $(PAGE_SCRIPTS) ## execute and build the book, say where it is
	@echo "==> building the book"
	@$(PY) scripts/build_book.py

serve: book ## the book on this machine, with the address to open
	@echo "==> serving the book at http://127.0.0.1:8000 (stop with Ctrl-C)"
	@$(PY) -m http.server 8000 --bind 127.0.0.1 --directory _build/html

lint: $(VENV)/installed ## what pre-commit checks: style, formatting, notebooks without outputs
	@echo "==> ruff: lint and formatting, notebooks too"
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@echo "==> notebooks: no outputs but those that are checked"
	@$(PY) scripts/strip_notebooks.py --check

format: $(VENV)/installed ## mend what lint can mend
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format
	@$(PY) scripts/strip_notebooks.py

browser: $(VENV)/installed ## a Chromium for the browser tests, if there is none
	@echo "==> looking for Chromium"
	@$(PY) scripts/chromium.py

test: lint book browser ## everything: lint, unit tests, doctests, notebooks, exercises, browser
	@echo "==> unit tests, exercises, and the book in a real browser"
	@$(PY) -m pytest tests
	@echo "==> the examples in the library's docstrings"
	@$(PY) -m pytest --doctest-modules lib/ebm
	@echo "==> every notebook runs and prints what it says"
	@$(PY) -m pytest --nbval-lax --nbval-current-env --nbval-sanitize-with tests/nbval.cfg book

exercises: $(VENV)/installed ## write exercises/ anew from solutions/
	@echo "==> writing exercises/ from solutions/"
	@$(PY) scripts/make_exercises.py

bench: $(VENV)/installed ## measure; never part of the tests
	@echo "==> benchmarks"
	@$(PY) -m pytest benchmarks --benchmark-only

screenshots: book browser ## pictures of each page: light, dark, telephone
	@$(PY) scripts/screenshots.py

lock: $(VENV)/installed ## pin anew: requirements.txt and package-lock.json
	@echo "==> pinning the newest versions that pyproject.toml and package.json allow"
	@test -x $(BIN)/uv || $(PY) -m pip install -q uv
	@$(BIN)/uv pip compile -q --upgrade pyproject.toml --extra book --extra test --universal \
	  --python-version 3.11 --no-header --no-annotate -o requirements.txt
	@echo "-e ." >> requirements.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --ignore-scripts

clean: ## forget what was built; keep .venv and node_modules
	rm -rf _build book/_assets/built .pytest_cache .ruff_cache .hypothesis .benchmarks
