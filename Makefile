# The way in. Everything runs in .venv, which `tools/setup.py` builds with nothing but Python 3.11 or newer.
# PYTHON picks the interpreter: make run PYTHON=python3.12. GATEWAY_VENV uses an environment that exists already.

PYTHON ?= python3
VENV = $(or $(GATEWAY_VENV),.venv)
BIN = $(VENV)/bin
export GATEWAY_VENV
export PATH := $(abspath $(BIN)):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run test setup fix check quick bench soak screenshots locks docs package clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

run: ## start the gateway on this machine (ARGS="--port 9000"); the first start builds everything
	@$(PYTHON) tools/setup.py run
	@exec $(BIN)/python -m gateway serve $(ARGS)

test: setup ## everything that must be green: format, lint, types, imports, house, Python, TypeScript, browser
	@$(BIN)/python tools/check.py

setup: ## the environment that tests need, and the built console and widget
	@$(PYTHON) tools/setup.py test

quick: ## the checks without TypeScript, browsers and slow tests; ARGS go to pytest
	@$(BIN)/python tools/check.py --quick $(ARGS)

fix: ## format and mend what can be mended by a machine
	@ruff format .
	@ruff check --fix .

docs: ## write the generated documents anew: config/README.md, config/gateway.schema.json
	@$(BIN)/python tools/documents.py

bench: setup ## benchmarks; they print ratios
	@$(BIN)/python -m bench $(ARGS)

soak: setup ## run under load with faults for a while (ARGS="--minutes 60")
	@$(BIN)/python -m bench soak $(ARGS)

screenshots: setup ## pictures of every screen in every language into build/screenshots
	@$(BIN)/python -m tests.browser.screenshots $(ARGS)

locks: ## resolve the dependencies of pyproject.toml anew (needs uv)
	@$(PYTHON) tools/locks.py

package: ## a wheel with the built pages, into build/dist
	@$(PYTHON) tools/setup.py run
	@$(BIN)/python -m hatchling build -t wheel -d build/dist

clean: ## remove what was built; var/ with the data stays
	rm -rf .venv build gateway/web/assets node_modules */node_modules tests/*/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
