# The work is done by the scripts in scripts/; `make help` says what there is.
export INSIGHTMESH_CACHE ?= $(HOME)/.cache/insightmesh-tasks
export CARGO_TARGET_DIR ?= $(INSIGHTMESH_CACHE)/target
export LEPTOS_OUTPUT_NAME := insightmesh

.PHONY: run build test dev bench lighthouse screens chaos lint fmt clean help

run: build ## Build, then serve on http://localhost:3000
	@. scripts/common && exec "$(CARGO_TARGET_DIR)/release/insightmesh-tasks"

build: ## Install what is missing and build the release binary
	@scripts/setup
	@scripts/build-wasm
	@start=$$(date +%s); cargo build --release -p server --locked && echo "[server: $$(($$(date +%s) - start)) s]" >&2

test: ## Run every check and test, the browser's included
	@scripts/test

dev: ## Serve a debug build, rebuilt and restarted on every change
	@scripts/setup
	@scripts/dev

bench: build ## Measure, into bench/results.json
	@bench/run

lighthouse: build ## Ask Lighthouse for the scores of Home, a task and a run, speed included
	@scripts/setup test
	@MEASURE=1 tests/browser/node_modules/.bin/playwright test --config tests/browser lighthouse

screens: build ## Take pictures of every page, into docs/screens
	@scripts/setup test
	@SCREENS=docs/screens tests/browser/node_modules/.bin/playwright test --config tests/browser pages find

chaos: build ## Kill servers that share a database for ten minutes, on MariaDB and PostgreSQL, two of them and five
	@scripts/setup test
	@scripts/databases scripts/chaos --servers 2
	@scripts/databases scripts/chaos --servers 5

lint: ## Run the linters only
	@scripts/test lint

fmt: ## Format Rust and Python
	@scripts/setup test
	@cargo fmt --all
	@. scripts/common && "$$ruff" format

clean: ## Remove what was built in this folder (caches stay in $INSIGHTMESH_CACHE)
	rm -rf site site.new site.old tests/browser/test-results tests/browser/node_modules tools/wasm-opt/node_modules

help: ## Show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' Makefile
