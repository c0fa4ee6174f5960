# MyChat. `make help` lists what there is; the work is done by build/*.sh.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run demo test quick torture load lint build server package bench bindings deps clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Build everything, start a server on 127.0.0.1:9999 and open the app
	@build/run.sh

demo: ## The same with three sample people who already chat, in two windows
	@build/run.sh --demo

test: ## Run every check and test; STEP="go e2e" runs only some (build/test.sh --list)
	@build/test.sh $(STEP)

quick: ## Run the checks and tests that need no browser, window or second process
	@build/test.sh --quick

torture: ## Kill, cut and fill what there is and look whether anything is lost; FOR=1h, SEED=N repeats
	@build/torture.sh -for $(or $(FOR),1h) -seed $(or $(SEED),0)

load: ## Put a server of its own under load, to size a machine; ARGS="-h" lists what it can do
	@build/load.sh $(ARGS)

lint: ## Only the checks that run nothing: format, vet, linters, types
	@build/test.sh format vet lint shell imports page-lint

build: ## Build the server, the desktop app and the browser host into build/bin
	@build/build.sh server browser app

server: ## Build the server alone, which needs nothing but Go
	@build/build.sh server

package: ## Make what people download, in build/out/packages
	@build/package.sh

bench: ## Measure server and app on this machine and print the figures
	@build/bench.sh

bindings: ## Generate frontend/wailsjs from the Go bridge again
	@build/bindings.sh

deps: ## Install the system packages that run, test and package need (Debian, Ubuntu)
	@build/deps.sh run test package

clean: ## Remove what was built, never the data in .mychat
	rm -rf build/bin build/out frontend/test-results
	find frontend/dist -mindepth 1 ! -name .gitkeep -delete
