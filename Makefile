# The course's commands. Everything happens in this folder: .venv, node_modules, _build.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# Tests at once: most of the browser's time is waiting, so one more than the cores of a small machine.
WORKERS ?= 3
# Some tools say how to be quiet only in this way.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYDEVD_DISABLE_FILE_VALIDATION := 1

.DEFAULT_GOAL := help
.PHONY: help setup book epub serve test lint format exercises reproduce bench grade autograder browser sandbox screenshots lock clean

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

epub: $(PAGE_SCRIPTS) ## the book as one EPUB file, with still figures for the live ones
	@echo "==> building the book, then its EPUB"
	@$(PY) scripts/build_book.py epub

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

sandbox: $(VENV)/installed ## a sandbox for submissions, if there is none
	@echo "==> looking for Bubblewrap"
	@$(PY) scripts/bubblewrap.py

test: lint book browser sandbox ## everything: lint, unit tests, doctests, notebooks, exercises, browser
	@echo "==> unit tests, examples in docstrings, exercises, and the book in a real browser"
	@$(PY) -m pytest tests lib/ebm --doctest-modules -n $(WORKERS) --dist worksteal
	@echo "==> every notebook runs and prints what it says"
	@$(PY) -m pytest --nbval-lax --nbval-current-env --nbval-sanitize-with tests/nbval.cfg book -n $(WORKERS) --dist loadfile

exercises: $(VENV)/installed ## write exercises/ anew from solutions/
	@echo "==> writing exercises/ from solutions/"
	@$(PY) scripts/make_exercises.py

grade: $(VENV)/installed ## grade a class: SUBMISSIONS=folder SET=02_hopfield [OUT=folder] [SEED=number]
	@$(if $(and $(SUBMISSIONS),$(SET)),,$(error make grade SUBMISSIONS=folder SET=02_hopfield))
	@echo "==> grading $(SUBMISSIONS), each file in a sandbox"
	@$(PY) scripts/grade.py "$(SUBMISSIONS)" $(SET) $(if $(OUT),--out "$(OUT)") $(if $(SEED),--seed $(SEED))

autograder: $(VENV)/installed ## zips for Gradescope and `otter grade`, hidden tests included, in _build/autograders
	@echo "==> writing the autograders to _build/autograders"
	@$(PY) scripts/make_exercises.py --check --autograder _build/autograders

reproduce: $(VENV)/installed ## measure every claim anew; ONLY=name SIZE=quick SCHEDULER=tcp://host:port
	@echo "==> experiments at $(or $(SIZE),full) size: the records of the book's claims"
	@$(PY) -m ebm.experiments $(ONLY) --size $(or $(SIZE),full) $(if $(SCHEDULER),--scheduler $(SCHEDULER))

bench: $(VENV)/installed browser ## measure, beside other libraries too (ONLY="ising hopfield"); never part of the tests
	@echo "==> our own timings"
	@$(PY) -m pytest benchmarks --benchmark-only
	@echo "==> the libraries to compare with, in benchmarks/.venv (first time: minutes)"
	@$(PY) benchmarks/peers.py
	@echo "==> side by side, on one thread: about a quarter of an hour"
	@benchmarks/.venv/bin/python benchmarks/compare.py $(ONLY)
	@echo "==> how cost grows, one thread against two, the page, the first call"
	@$(PY) benchmarks/growth.py
	@$(PY) benchmarks/threads.py
	@$(PY) benchmarks/page.py
	@$(PY) benchmarks/start.py

screenshots: book browser ## pictures of each page: light, dark, telephone
	@$(PY) scripts/screenshots.py

lock: $(VENV)/installed ## pin anew: requirements.txt and package-lock.json
	@echo "==> pinning the newest versions that pyproject.toml and package.json allow"
	@test -x $(BIN)/uv || $(PY) -m pip install -q uv
	@$(BIN)/uv pip compile -q --upgrade pyproject.toml --extra book --extra grade --extra reproduce --extra test --universal \
	  --python-version 3.11 --no-header --no-annotate -o requirements.txt
	@echo "-e ." >> requirements.txt
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --ignore-scripts

clean: ## forget what was built; keep .venv and node_modules
	rm -rf _build book/_assets/built .pytest_cache .ruff_cache .hypothesis .benchmarks
