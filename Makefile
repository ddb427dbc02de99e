# Two commands do everything: `make chat` and `make test`.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
LIBRARY ?= library
HOST ?= 127.0.0.1
PORT ?= 7860

.PHONY: chat test check lint types layers unit eval bench browser clean

chat: $(VENV)/ready  ## Set up, ingest documents/ and open the chat
	$(BIN)/trichdan --library $(LIBRARY) ingest documents
	$(BIN)/trichdan --library $(LIBRARY) serve --host $(HOST) --port $(PORT)

test: check  ## Everything that CI runs

check: lint types layers unit eval

# torch comes first and by itself, so that its CPU build is taken where one is offered; every other
# package is pinned in the lock and installed as listed, so that nothing else is resolved.
$(VENV)/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)) and "Trichdan needs Python 3.11 or 3.12; set PYTHON=/path/to/python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet torch==2.13.0
	$(BIN)/python -m pip install --quiet --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

lint: $(VENV)/ready
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/ready
	$(BIN)/mypy

layers: $(VENV)/ready
	$(BIN)/lint-imports

unit: $(VENV)/ready browser
	$(BIN)/pytest

# The shipped question set on the shipped documents, in a library of its own.
eval: $(VENV)/ready
	$(BIN)/trichdan --library build/eval-library ingest documents
	$(BIN)/trichdan --library build/eval-library eval run

# The page is tested in Debian's Chromium.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	  { SUDO=$$(test "$$(id -u)" = 0 || echo sudo); $$SUDO apt-get -qq update && $$SUDO apt-get -qq install -y chromium; }

clean:
	rm -rf $(VENV) build library .mypy_cache .ruff_cache .pytest_cache
