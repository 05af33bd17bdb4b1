# The project's words. Nothing is needed first but Python 3.11 or newer, git and make.

PYTHON ?= python3
PORT ?= 8000
KB_DATA ?= $(CURDIR)/data
VENV := .venv
BIN := $(VENV)/bin
RUNS := $(VENV)/.runs
READY := $(VENV)/.ready
SAMPLE := corpus/sample/handbook-edition-1.pdf
# One retry and half a minute: an index that does not answer then costs seconds, not minutes for each package.
PIP := $(BIN)/python -m pip --disable-pip-version-check --retries 1 --timeout 30

SHELL := bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup serve test lint fix corpus golden bench quality docs i18n wheel screenshots lighthouse licences

help: ## list these words
	@grep -E '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /  make \1\t/' | expand -t 18

setup: $(READY) ## make .venv with all that running, testing and other models need

$(RUNS): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; v >= (3, 11) or sys.exit("make: %s is Python %d.%d; 3.11 or newer is needed: make setup PYTHON=python3.12" % (sys.executable, v[0], v[1]))'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'installing what requirements.txt names: a minute or two the first time'
	@$(PIP) install -qq --no-deps --requirement requirements.txt --editable . 2>&1 | { grep -v 'WARNING: Retrying' || true; }
	@command -v tesseract >/dev/null || echo 'to read picture pages (OCR), also install: tesseract-ocr and tesseract-ocr-deu -ell -spa -fra -ita -ron -swe, the languages you need'
	@touch $(RUNS)

$(READY): requirements-dev.txt $(RUNS)
	@echo 'installing what requirements-dev.txt names, PyTorch among it: some minutes the first time'
	@$(PIP) install -qq --requirement requirements-dev.txt 2>&1 | { grep -v 'WARNING: Retrying' || true; }
	@touch $(READY)

serve: $(RUNS) ## ingest the sample handbook and start the web page (PORT=8000, KB_DATA=data)
	KB_DATA="$(KB_DATA)" $(BIN)/kb ingest --yes $(SAMPLE)
	KB_DATA="$(KB_DATA)" $(BIN)/kb needs import --by 'the sample' corpus/needs.json
	KB_DATA="$(KB_DATA)" $(BIN)/kb serve --port $(PORT)

test: setup ## run every test; Chromium, Firefox and Tesseract, which some need, are installed here where that may be done
	@bash .ci/browsers.sh
	@bash .ci/tesseract.sh
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: setup ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

fix: setup ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

corpus: setup ## typeset the sample handbook's two editions anew
	$(BIN)/python -m corpus.build

golden: setup ## write the golden files and recorded figures anew, to be reviewed as a diff
	$(BIN)/python -m pytest --golden -m golden
	$(BIN)/python -m docs.commands

bench: setup ## measure the speed figures of the README
	$(BIN)/python -m benchmarks

quality: setup ## measure how well handbooks are read and needs answered, and write docs/explanation/quality.md's tables anew
	$(BIN)/python -m benchmarks.quality --renew

screenshots: setup ## picture every type of page, light, dark and on a phone, into build/screenshots
	@bash .ci/browsers.sh
	$(BIN)/python -m benchmarks.screenshots

lighthouse: setup ## Lighthouse's marks for every type of page (needs npm)
	@bash .ci/browsers.sh
	$(BIN)/python -m benchmarks.lighthouse

docs: setup ## write what the documents say of the code anew, and build them as a site into build/site
	$(BIN)/python -m docs.commands
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build

wheel: setup ## build wheel and sdist into dist/, to be installed by pipx or uv
	$(BIN)/python -m build --quiet --no-isolation
	@ls -l dist

i18n: setup ## find the interface's words, update web/locale, say what is not translated
	$(BIN)/python -m web.catalogues

licences: setup ## check that every dependency may be used here, and write THIRD-PARTY.md anew
	$(BIN)/python -m docs.licences
