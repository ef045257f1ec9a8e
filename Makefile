# The front door. `make` lists the targets; .ci/run calls the same ones.

.DEFAULT_GOAL := help
.PHONY: help deps serve build test test-portable test-sdks test-leaks lint fmt rules docs docs-check quality bench bench-smoke bench-micro bench-icount bench-peers ci clean

CARGO ?= cargo
# Extra arguments for `serve` and `bench`: make serve ARGS="--listen 127.0.0.1:9000"
ARGS ?=
# Asked when a recipe runs, after `deps`: nothing, or the flags of a build without libhs.
FLAGS = $$(sh scripts/deps.sh flags)
# cargo-nextest runs tests faster where it is installed; plain `cargo test` runs the same tests.
TEST = $$(if $(CARGO) nextest --version >/dev/null 2>&1; then echo nextest run; else echo test --lib --bins --tests; fi)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## Install libhs and pkg-config if they are missing
	@sh scripts/deps.sh install

serve: deps ## Build the release binary and run the HTTP service (the main job)
	$(CARGO) run --locked --release $(FLAGS) -- serve $(ARGS)

build: deps ## Build the release binary, target/release/lockgate
	$(CARGO) build --locked --release $(FLAGS)

test: deps ## Run all tests, the documentation's examples too
	$(CARGO) $(TEST) --locked $(FLAGS)
	$(CARGO) test --locked --doc $(FLAGS)

test-portable: ## Check and test the bare engine: no libhs, no HTTP, no command line
	$(CARGO) $(TEST) --locked --no-default-features

test-sdks: deps ## Drive the SDKs of model APIs through the proxy (downloads them once; needs Python)
	$(CARGO) build --locked $(FLAGS)
	sh scripts/sdks/run.sh target/debug/lockgate

test-leaks: deps ## Run pii-leak-benchmark against the proxy (downloads it once; needs Python)
	$(CARGO) build --locked $(FLAGS)
	sh scripts/leaks/run.sh target/debug/lockgate

lint: deps ## Check the formatting and run clippy, warnings are errors
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets $(FLAGS) -- -D warnings
	$(CARGO) clippy --locked --lib --no-default-features -- -D warnings

fmt: ## Format the code
	$(CARGO) fmt

rules: deps ## Check the built-in rules against their examples and the lints
	$(CARGO) run --locked --quiet $(FLAGS) -- rules check patterns
	$(CARGO) run --locked --quiet $(FLAGS) -- rules check extras

docs: deps ## Write the generated pages anew and build the API documentation
	UPDATE=1 $(CARGO) test --locked --quiet $(FLAGS) --test generated --test tidy --test http
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items $(FLAGS)

docs-check: deps ## Check that the API documentation builds and the generated pages are up to date
	$(CARGO) test --locked --quiet $(FLAGS) --test generated --test tidy --test http
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items $(FLAGS)

quality: deps ## Record what each rule does on generated texts (docs/rules shows it)
	$(CARGO) run --locked --profile release $(FLAGS) -- corpus generate --seed 13 --size 20000 --no-progress -o target/quality.jsonl
	$(CARGO) run --locked --profile release $(FLAGS) -- eval target/quality.jsonl --pack strict --record classifiers/quality.csv

bench: deps ## Measure: counts are verified first, other designs run beside ours
	$(CARGO) bench --locked $(FLAGS) --bench scan -- $(ARGS)

bench-smoke: deps ## Verify the benchmarks' counts without timing anything
	$(CARGO) bench --locked --profile dev $(FLAGS) --bench scan -- --smoke

bench-micro: deps ## Measure the parts with criterion
	$(CARGO) bench --locked $(FLAGS) --bench micro

bench-icount: deps ## Compare instruction counts with benches/icount.csv (needs valgrind)
	bash benches/icount.sh $(ARGS)

bench-peers: deps ## Measure other engines on the same texts in the same run (downloads them)
	bash bench-peers/run.sh $(ARGS)

ci: ## Everything CI does
	bash .ci/run

clean: ## Remove what was built
	$(CARGO) clean
	rm -rf .cache
