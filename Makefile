# Everything a developer runs. `make help` lists it.

# bash, not sh, and a failing command of a pipe fails the recipe
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
# Tools of the environment find each other: buf its generators, pyright its interpreter.
export PATH := $(CURDIR)/$(BIN):$(PATH)

INSTALLED := .venv/.installed
LOCKS := requirements/bootstrap.lock requirements/dev.lock
PACKAGES := $(wildcard gen/pyproject.toml libs/*/pyproject.toml svc_*/pyproject.toml gateway_envoy/pyproject.toml deploy/*/pyproject.toml)
STEP := tools/step.sh
# What pytest is given: make test ARGS="svc_api -k merge"
ARGS ?=
# Processes that run tests side by side
JOBS ?= 2

.PHONY: help
help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(INSTALLED) ## Makes .venv from the locks; every other target does so by itself

$(INSTALLED): tools/bootstrap.sh $(LOCKS) $(PACKAGES)
	@tools/bootstrap.sh
	@touch $@

.PHONY: run
run: $(INSTALLED) ## Starts everything in the foreground and prints how to use it; Ctrl-C stops it
	@exec $(BIN)/python -m oms_monolith.launch

.PHONY: run-microservices
run-microservices: $(INSTALLED) ## The same with every service as a process of its own, and all their logs
	@exec $(BIN)/python -m oms_monolith.launch --microservices

.PHONY: backup
backup: $(INSTALLED) ## Copies everything that `make run` keeps into a new folder, while it runs or not: make backup TO=…
	@exec $(BIN)/oms-backup create "$(TO)"

.PHONY: restore
restore: $(INSTALLED) ## Restores a backup into an empty OMS_DATA_DIR: make restore FROM=…
	@exec $(BIN)/oms-backup restore "$(FROM)"

.PHONY: demo
demo: $(INSTALLED) ## Imports, branches, diffs, merges and exports a real ontology; fails on a wrong count
	@exec $(BIN)/python deploy/demo

.PHONY: test
test: $(INSTALLED) ## Runs every test against real servers; ARGS="svc_api -k merge" runs some
	@exec $(BIN)/pytest -n $(JOBS) --dist loadgroup $(ARGS)

.PHONY: check
check: $(INSTALLED) ## What CI runs: lint, then test
	@# Types are checked beside the rest, which leaves a processor idle now and then.
	@mkdir -p build; $(STEP) types nice pyright > build/types.log 2>&1 & types=$$!; \
	  $(MAKE) quick-lint || { kill $$types; exit 1; }; \
	  tests=0; $(STEP) tests $(MAKE) test || tests=$$?; \
	  wait $$types || { cat build/types.log; exit 1; }; tail -n 1 build/types.log; exit $$tests

.PHONY: lint
lint: quick-lint ## Format, lint, types, import rules, protos, generated code
	@$(STEP) types pyright --threads 2

# Cheapest first: the first fault is the one you hear about soonest.
.PHONY: quick-lint
quick-lint: $(INSTALLED)
	@$(STEP) format ruff format --check --quiet .
	@$(STEP) ruff ruff check --quiet .
	@$(STEP) requirements python tools/check_requirements.py
	@$(STEP) images python tools/images.py --check
	@$(STEP) links python tools/check_links.py
	@$(STEP) imports lint-imports
	@$(STEP) "proto lint" python tools/gen.py --protos-only
	@$(STEP) "proto breaking" python tools/breaking.py
	@$(STEP) "generated code" python tools/gen.py --check
	@$(STEP) "generated clients" python tools/gen_clients.py --check

.PHONY: format
format: $(INSTALLED) ## Formats the code and applies the linter's safe fixes
	@ruff check --fix --quiet . || true
	@ruff format .

.PHONY: gen
gen: $(INSTALLED) ## Regenerates gen/ from proto/, docs/settings.md from the settings classes, dashboards, and Dockerfiles
	@python tools/gen.py
	@python tools/settings_doc.py
	@python tools/dashboards.py
	@python tools/images.py
	@python tools/gen_clients.py --if-stale

.PHONY: gen-clients
gen-clients: $(INSTALLED) ## Regenerates gen/go and gen/ts; needs Go and Node
	@python tools/gen_clients.py

.PHONY: clients
clients: $(INSTALLED) ## Builds the clients in other languages and runs their examples; what has no toolchain is left out
	@OMS_TEST_EFFORT=2 $(BIN)/pytest -rs tests/e2e/test_clients.py

.PHONY: conformance
conformance: $(INSTALLED) ## Replays what TerminusDB answered against every backend; writes docs/conformance.md
	@exec $(BIN)/python -m tests.conformance.terminusdb_replay

.PHONY: bench
bench: $(INSTALLED) ## Measures, and writes docs/performance*.md
	@exec $(BIN)/python -m tests.bench

# The versions are resolved for Python 3.11 and newer on every platform. No index is recorded.
.PHONY: lock
lock: $(INSTALLED) ## Resolves the dependencies anew into requirements/*.lock
	@for name in bootstrap runtime dev interop kafka gpu; do \
	  uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url \
	    --override requirements/overrides.txt --custom-compile-command "make lock" \
	    requirements/$$name.in --output-file requirements/$$name.lock; \
	done

.PHONY: interop
interop: $(INSTALLED) ## Compares what the TerminusDB backend sends with TerminusDB's own client
	@uv pip install --quiet --require-hashes --requirement requirements/interop.lock
	@exec $(BIN)/pytest svc_datakernel/tests/datakernel_tests/terminusdb/test_official_client.py

.PHONY: clean
clean: ## Removes .venv, caches and build folders; never the data
	@rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -type d -name __pycache__ -prune -exec rm -rf {} +
