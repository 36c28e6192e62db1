# The commands of the house: make run · run-lan · test · bench · bench-data · check · screenshots · lock · wire · clean
# ARGS is passed on: make run ARGS="--port 9000" · make test ARGS="-k code" · make bench ARGS="slots.month_1000 --json"

ifeq ($(OS),Windows_NT)
BIN := .venv/Scripts
else
BIN := .venv/bin
endif
PY  := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input --quiet

# A step is done when a stamp bears the checksum of what it depends on: the second time costs one cksum.
# The browser libraries keep such a stamp of their own (server/vendor.py).
sum      = $(shell cat $(1) | cksum | tr ' ' '-')
VENV    := .venv/.made
RUN     := .venv/.run-$(call sum,requirements/run.txt pyproject.toml)
TESTS   := .venv/.tests-$(call sum,requirements/run.txt requirements/test.txt)

.DEFAULT_GOAL := setup
.PHONY: setup setup-test run run-lan test bench bench-data check screenshots lock wire clean

setup: $(RUN)
	@$(PY) server/vendor.py

setup-test: $(TESTS)
	@$(PY) server/vendor.py --dev
	@bash tests/support/programs.sh

run: setup
	@$(PY) -m server run $(ARGS)

run-lan: setup
	@$(PY) -m server run --lan $(ARGS)

# As many workers as cores, four at most: each brings its own PostgreSQL, Redis and browser. Calls share one worker.
test: setup-test
	@$(PY) -m pytest -n auto --maxprocesses 4 $(ARGS)

bench: setup-test
	@$(PY) -m bench $(ARGS)

# A region of 100,000 clients and 1,000,000 past bookings, in var/bench/ or (ARGS="--url postgresql+asyncpg://…") elsewhere.
bench-data: setup-test
	@$(PY) -m bench.data $(ARGS)

screenshots: setup-test
	@$(PY) -m bench.screenshots $(ARGS)

check: $(TESTS)
	@$(PY) server/vendor.py --dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PATH="$$PATH:$(CURDIR)/$(BIN)" node node_modules/typescript/bin/tsc --project tsconfig.json

wire: setup
	@$(PY) -m server wire

# Universal lock files: Linux, macOS, Windows, Python 3.11 and later; no registry's address in them.
LOCK := var/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(ARGS)
lock:
	@$(FIND_PYTHON); "$$python" -m venv var/lock
	@var/lock/bin/python -m pip install --quiet uv==0.13.9
	$(LOCK) requirements/run.in -o requirements/run.txt
	$(LOCK) requirements/test.in -o requirements/test.txt
	$(LOCK) requirements/node.in -o requirements/node.txt
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm install --package-lock-only

clean:
	rm -rf .venv node_modules static/vendor var/lock .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

FIND_PYTHON = for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; done; \
	test -n "$$python" || { echo "Python 3.11 or later with its venv module is needed (Debian: apt-get install python3-venv)"; exit 1; }

$(VENV):
	@$(FIND_PYTHON); "$$python" -m venv --clear .venv
	@touch $@

# The project itself comes second, without its dependencies: what they are is said by run.txt alone.
$(RUN): | $(VENV)
	@echo "Installing what the server needs (once) ..."
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(TESTS): | $(RUN)
	@echo "Installing what the tests need (once) ..."
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@
