# Customer Import. `make help` lists the targets; each creates .venv first where it is missing.
SHELL := /bin/bash
PYTHON ?= python3
# Another Python has an environment of its own: `make test PYTHON=python3.13`
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Workers of `make test`: one for each core, but no more than four, for each has servers of its own. `make test WORKERS=1`
WORKERS ?= logical

VERSION = $(shell sed -n 's/^VERSION.*"\(.*\)"/\1/p' shared/version.py)
MIGRATIONS := $(sort $(wildcard services/*/migrations/*.sql shared/*/migrations/*.sql crm/migrations/*.sql))

.DEFAULT_GOAL := help
.PHONY: help demo up test mutants lint format lock figures bench bench-quick chaos fuzz screenshots site wheel sbom image release clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(STAMP): requirements.txt requirements-dev.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing pinned packages into $(VENV) (about two minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@printf '#!/bin/sh\nexec "%s/python" -P -m cli "$$@"\n' "$(abspath $(BIN))" > $(BIN)/customer-import
	@paths="$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/customer_import.pth"; \
	grep -qsxF "$(CURDIR)" "$$paths" || echo "$(CURDIR)" >> "$$paths"
	@chmod +x $(BIN)/customer-import
	@touch $@

demo: $(STAMP) ## run the sample imports of all three kinds through the four services and print the outcome
	@$(BIN)/python -m stack demo

up: $(STAMP) ## start the whole stack and leave it running until Ctrl-C
	@$(BIN)/python -m stack up

test: $(STAMP) ## every test, on real Postgres and Kafka
	@$(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 4

mutants: $(STAMP) ## plant known faults, one at a time, and expect the tests to turn red
	@$(BIN)/python -m tests.mutants $(MUTANTS)

lint: $(STAMP) ## ruff, mypy, import contracts, squawk on the migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/squawk $(MIGRATIONS)

format: $(STAMP) ## let ruff rewrite what it can
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

figures: $(STAMP) ## sizes, suppressions, Any and docstrings of the code, by part
	@$(BIN)/python -m bench.figures

bench-quick: $(STAMP) ## the benchmarks of imports and checks with few rows, to see that they run
	@$(BIN)/python -m bench imports --rows 5000 --rounds 1
	@$(BIN)/python -m bench kinds --rows 2000 --rounds 1
	@$(BIN)/python -m bench check --rows 5000

bench: $(STAMP) ## imports against a hand-written script, checks against their floor, both with and without a past, the pages
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@$(BIN)/python -m bench imports --report bench.json
	@$(BIN)/python -m bench kinds --report bench-kinds.json
	@$(BIN)/python -m bench check
	@$(BIN)/python -m bench history
	@$(BIN)/python -m bench pages
	@$(BIN)/python -m bench reading

chaos: $(STAMP) ## kill and restart the parts in the middle of imports, more often than the tests do
	@$(BIN)/python -m pytest -p no:cacheprovider -s tests/chaos --chaos-rounds=10

fuzz: $(STAMP) ## look for bytes that break the reader or the check of rows, for FUZZ_SECONDS each
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-fuzz.txt
	@$(BIN)/python -m tests.fuzz files --seconds $${FUZZ_SECONDS:-300}
	@$(BIN)/python -m tests.fuzz rows --seconds $${FUZZ_SECONDS:-300}

screenshots: $(STAMP) ## retake the pictures of the README, from the embedded stack
	@$(BIN)/python -m tests.browser.screenshots

lock: $(STAMP) ## compile the pins again from requirements*.in
	@$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements.txt requirements.in
	@$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements-build.txt requirements-build.in
	@$(BIN)/pip-compile -q --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements-dev.txt requirements-dev.in
	@$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements-fuzz.txt requirements-fuzz.in
	@$(BIN)/pip-compile -q --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements-bench.txt requirements-bench.in

site: $(STAMP) ## build the documentation as a site, with search, into dist/site
	@$(BIN)/mkdocs build --quiet

wheel: $(STAMP) ## build the wheel into dist/
	@$(BIN)/python -m stack.release wheel

sbom: $(STAMP) ## write the software bill of materials (CycloneDX) of the pinned packages into dist/
	@$(BIN)/python -m stack.release sbom

image: ## build the container image
	docker build --tag customer-import:$(VERSION) --build-arg VERSION=$(VERSION) --build-arg REVISION=$$(git rev-parse HEAD) .

release: lint ## make what is committed a release: make release VERSION=1.2.0 (see docs/upgrading.md)
	@$(BIN)/python -m stack.release release $(VERSION)

clean: ## remove the environment and what the stack left
	@rm -rf .venv* .run dist
