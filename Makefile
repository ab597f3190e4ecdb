# `make help` lists the targets. They need only make, git and Python 3.11 or newer.

VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
SAMPLE = provenance/sample
REGISTRY = build/demo-registry
REPORT = demo-report
JOBS = 2

# Tests start hundreds of processes; without bytecode, each would compile everything it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test quick lint types layers unit long compat map readme docs package clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

demo: $(VENV)/.installed ## install everything, check the sample, show the verdict
	@rm -rf $(REGISTRY) $(REPORT)
	@mkdir -p build
	$(BIN)/provenance registry build $(REGISTRY) --source x $(SAMPLE)/social.jsonl
	$(BIN)/provenance registry add $(REGISTRY) --source stackexchange $(SAMPLE)/qa.jsonl
	$(BIN)/provenance registry add $(REGISTRY) --source cc0-1.0 $(SAMPLE)/commons.jsonl
	$(BIN)/provenance registry add $(REGISTRY) --source rope-street-forum $(SAMPLE)/forum.jsonl
	@echo '$(BIN)/provenance check $(SAMPLE)/pages.jsonl --registry $(REGISTRY) --policy $(SAMPLE)/provenance.toml --output $(REPORT)'
	@status=0; \
	$(BIN)/provenance check $(SAMPLE)/pages.jsonl --registry $(REGISTRY) \
	    --policy $(SAMPLE)/provenance.toml --output $(REPORT) || status=$$?; \
	echo; \
	if [ $$status -ne 1 ]; then \
	    echo "The check ended with exit code $$status but the sample's violation should give 1: the demo is broken." >&2; \
	    exit 1; \
	fi; \
	echo "The sample violates its policy, so the check ended with exit code 1, as expected."; \
	echo "Read the report: $(CURDIR)/$(REPORT)/report.html"

test: lint types layers unit ## install everything, run all checks: lint, types, layers, tests

quick: lint types layers ## lint, types, layers and the tests that need no compiler: two minutes
	$(BIN)/python -m pytest tests/judge tests/rules tests/conventions

lint: $(VENV)/.installed-dev ## ruff: style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-dev ## mypy, strict
	$(BIN)/mypy

layers: $(VENV)/.installed-dev ## import-linter: which layer may import which
	$(BIN)/lint-imports

unit: $(VENV)/.installed-dev ## pytest, including doctests; JOBS=4 runs four processes
	$(BIN)/python -m pytest --numprocesses $(JOBS) --dist loadfile

long: $(VENV)/.installed-dev ## the tests that `make test` leaves out, the whole fault campaign: about an hour
	$(BIN)/python -m pytest -m 'long or hypothesis' --hypothesis-profile random --numprocesses $(JOBS)

compat: $(VENV)/.installed-dev ## tests with the oldest and the newest dependencies; training stacks beside us
	JOBS=$(JOBS) $(BIN)/python -m tests.release.compat

map: $(VENV)/.installed-dev ## regenerate the map in ARCHITECTURE.md from the packages' docstrings
	$(BIN)/python tests/conventions/test_map.py

readme: $(VENV)/.installed-dev ## update the demo's output and picture in README.md
	PYTHONPATH=. $(BIN)/python tests/sample/test_demo.py

docs: $(VENV)/.installed-dev ## regenerate the pages of docs/ that follow from the code
	@for page in tests/docs/test_*.py; do \
	    if grep -q '^if __name__' $$page; then PYTHONPATH=. $(BIN)/python $$page || exit 1; fi; \
	done
	$(BIN)/python -m tests.release.licences

package: $(VENV)/.installed-dev ## build the wheel and the source archive, test them in a clean environment
	CI=1 $(BIN)/python -m pytest tests/release
	$(BIN)/python -m build --outdir dist

clean: ## remove everything that these targets created
	rm -rf $(VENV) $(REPORT) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find provenance tests -name __pycache__ -type d -prune -exec rm -rf {} +

# Use the first interpreter that is new enough; if there is none, say which one was found.
$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        echo "Creating $(VENV) with $$("$$python" --version)"; \
	        if "$$python" -m venv --clear $(VENV); then exit 0; fi; \
	        echo "$$python cannot make a virtual environment: install its venv package (Debian: apt-get install python3-venv)." >&2; \
	        rm -rf $(VENV); exit 1; \
	    fi; \
	done; \
	echo "provenance needs Python 3.11 or newer; found $$(python3 --version 2>&1)." >&2; \
	echo "Install one, or name one: make PYTHON=/path/to/python3.12" >&2; \
	exit 1

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	@echo "Installing provenance and its dependencies into $(VENV) (about a minute, once)"
	@$(PIP) install --no-compile --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing provenance, its dependencies and those of its tests into $(VENV) (about a minute, once)"
	@$(PIP) install --no-compile --editable '.[dev]'
	@touch $(VENV)/.installed $@
