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

.PHONY: chat test check lint types layers unit eval browser clean

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
	rm -rf build/eval
	$(BIN)/trichdan --library build/eval/library ingest documents
	$(BIN)/trichdan --library build/eval/library eval run --out build/eval/run

# The page is tested in Debian's Chromium, or in the one that TRICHDAN_CHROMIUM names.
browser:
	@test -n "$$TRICHDAN_CHROMIUM" || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "The page's tests need Chromium: set TRICHDAN_CHROMIUM to its path." >&2; exit 1; }; \
	  SUDO=$$(test "$$(id -u)" = 0 || echo sudo); \
	  $$SUDO apt-get -qq update && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y chromium; }

# The library is not touched: it may hold more than can be made again.
clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
