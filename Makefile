# Two commands do everything: `make chat` and `make test`.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# What is imported is compiled then; compiling all of it would take longer than installing it.
INSTALL := $(PIP) install --no-compile
LIBRARY ?= library
HOST ?= 127.0.0.1
PORT ?= 7860

.PHONY: chat test check lint types layers unit eval bless browser compiler clean

# A file that is skipped (1) does not keep the chat from opening, and Ctrl-C (130) is no failure.
chat: $(VENV)/ready  ## Set up, ingest documents/ and open the chat
	$(BIN)/trichdan --library $(LIBRARY) ingest documents || test $$? = 1
	$(BIN)/trichdan --library $(LIBRARY) serve --host $(HOST) --port $(PORT) || test $$? = 130

test: check  ## Everything that CI runs

check: lint types layers unit eval

# torch comes first and by itself, so that its CPU build is taken where one is offered; every other
# package is pinned in the lock and installed as listed, so that nothing else is resolved. An
# environment that was left half-built is made anew, or completed.
$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)) and "Trichdan needs Python 3.11 or 3.12; set PYTHON=/path/to/python3.11")'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(INSTALL) torch==2.13.0 --constraint requirements.lock
	$(INSTALL) --no-deps --requirement requirements.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

# What the tests need besides: llama.cpp among them, which is built from its source in minutes.
$(VENV)/tested: $(VENV)/ready requirements-dev.lock | compiler
	$(INSTALL) --no-deps --requirement requirements-dev.lock
	@touch $@

lint: $(VENV)/tested
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/tested
	$(BIN)/mypy

layers: $(VENV)/tested
	$(BIN)/lint-imports

unit: $(VENV)/tested browser
	$(BIN)/pytest

# The shipped question sets on the shipped documents, in a library of its own, each held against the
# floors and its blessed baseline. The reports stand in the runs' folders.
BASELINES := $(notdir $(wildcard evals/baselines/*))

eval: $(VENV)/ready
	rm -rf build/eval/library
	$(BIN)/trichdan --library build/eval/library ingest documents
	test -n "$(BASELINES)"
	set -e; for set in $(BASELINES); do \
	  $(BIN)/trichdan --library build/eval/library eval gate evals/sets/$$set.jsonl --report \
	    --out build/eval/runs/$$set-$$(date +%Y%m%d-%H%M%S); \
	done

# Makes what the program does now the baseline, on purpose: commit evals/baselines afterwards.
bless: $(VENV)/ready
	rm -rf build/eval/library build/eval/blessed
	$(BIN)/trichdan --library build/eval/library ingest documents
	set -e; for set in $(basename $(notdir $(wildcard evals/sets/*.jsonl))); do \
	  $(BIN)/trichdan --library build/eval/library eval run evals/sets/$$set.jsonl --out build/eval/blessed/$$set; \
	  $(BIN)/trichdan eval bless build/eval/blessed/$$set; \
	done

# The page is tested in Debian's Chromium, or in the one that TRICHDAN_CHROMIUM names.
browser:
	@test -n "$$TRICHDAN_CHROMIUM" || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "The page's tests need Chromium: set TRICHDAN_CHROMIUM to its path." >&2; exit 1; }; \
	  $(call debian,chromium); }

compiler:
	@command -v c++ >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "The tests build llama.cpp, which needs a C++ compiler." >&2; exit 1; }; \
	  $(call debian,g++ make); }

debian = SUDO=$$(test "$$(id -u)" = 0 || echo sudo); \
  $$SUDO apt-get -qq update && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y $(1)

# The library is not touched: it may hold more than can be made again.
clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
