# Everything a person or a machine does with the checkout. Needs: a Python from 3.11 up, make, and once a package index.
PYTHON ?= python3
BOOK ?= briefs/us-mexico
OUT ?= out
# Of the mail server that `make mailbox` starts; the book's `mail: port:` names the same.
PORT := 8025

PICTURE := docs/images/memo.png
VENV := .venv
BENCH_VENV := .venv-bench
BIN := $(VENV)/bin
FUZZ := .venv-fuzz/bin/python -m tests.fuzz
# Wheels only: nothing is compiled and no foreign set-up code runs on the way in.
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:
WHEELHOUSE := $(VENV)/wheelhouse
PIP_DOWNLOAD = $(BIN)/python $(subst install,download,$(PIP_INSTALL)) -r requirements.lock --dest $(WHEELHOUSE)

# The lock is made on the oldest Python, so that what it pins exists for the newer ones too.
LOCK_PYTHON ?= python3.11
LOCK_TOOL := pip-tools==7.6.2
UPGRADE ?=
COMPILE := .venv-lock/bin/python -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-header --no-annotate --no-emit-options $(UPGRADE)
# Pins and hashes stay; what the tool says of itself, and every option (an index, a folder of wheels), goes.
only-pins = @sed -e '/^\#/d' -e '/^-/d' -e '/^ *$$/d' $(1) > $(1).new && \
	{ echo '\# Made by: make lock'; cat $(1).new; } > $(1) && rm $(1).new

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help memos test test-long pytest test-all faults faults-short fuzz bench bench-quick mailbox golden messages side-by-side picture profiles tour-pages lock audit clean

help: ## list what there is to make
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1@/p' Makefile | while IFS=@ read -r target words; do \
		printf '%-20s %s\n' "$$target" "$$words"; done

memos: $(VENV)/.installed ## the real memos, as DOCX and PDF, in out/
	$(BIN)/briefbook -C $(BOOK) build --out $(OUT)

test: $(VENV)/.tests-installed ## format, lint, types, floors, then every test but the longest
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 -m "not long"

test-long: $(VENV)/.tests-installed ## the longest tests: every zone, a hundred promises, every audience before its judges
	$(BIN)/python -m pytest -n 2 -m long
	$(BIN)/python -m pytest -n 2 -m "hypothesis and not long" --hypothesis-profile thorough

pytest: $(VENV)/.tests-installed ## all tests alone
	$(BIN)/python -m pytest -n 2

test-all: ## every test on every Python from 3.11 up that runs here
	.ci/test-all

faults: $(VENV)/.tests-installed ## kill a run at every system call, fill the disk, race it; counts into the README
	$(BIN)/python -m tests.faults --write-table

faults-short: $(VENV)/.tests-installed ## a spread of the same, in some minutes
	$(BIN)/python -m tests.faults --short

FUZZ_SECONDS ?= 600
fuzz: .venv-fuzz/.installed ## inputs that nobody thought of, for each harness FUZZ_SECONDS (600); fuzz-review for one
	$(FUZZ) --seconds $(FUZZ_SECONDS)

fuzz-%: .venv-fuzz/.installed
	$(FUZZ) --seconds $(FUZZ_SECONDS) $*

bench: $(VENV)/.tests-installed $(BENCH_VENV)/.installed ## beside the peers, at every size: tables and plot into benchmarks/README.md
	$(BIN)/python -m benchmarks --write --peers $(BENCH_VENV)/bin/python

bench-quick: $(VENV)/.tests-installed $(BENCH_VENV)/.installed ## the same with small sizes and few runs, printed alone
	$(BIN)/python -m benchmarks --quick --peers $(BENCH_VENV)/bin/python

mailbox: $(VENV)/.tests-installed ## a mail server to try things with: prints each message, keeps it in out/mailbox
	@$(BIN)/python -m tests.mail.mailbox $(OUT)/mailbox $(PORT)

golden: $(VENV)/.tests-installed ## write the golden files anew (then read the diff)
	$(BIN)/python -m pytest -n 2 --renew-golden tests/test_golden.py tests/test_golden_documents.py

messages: $(VENV)/.tests-installed ## every message of templates and code into languages/briefbook.pot
	$(BIN)/python -m tests.messages

side-by-side: $(VENV)/.tests-installed ## DOCX (by LibreOffice) beside PDF, page by page, as pictures in out/side-by-side
	$(BIN)/python -m tests.side_by_side $(OUT)/side-by-side

picture: $(VENV)/.tests-installed ## the picture of a memo in README.md anew (needs pdftoppm)
	$(BIN)/briefbook -C briefs/us-mexico build 2026-q1.en --as-of 2026-01-20 --format pdf --out $(OUT)
	pdftoppm -r 90 -png -f 1 -l 1 -singlefile $(OUT)/2026-01-20/2026-q1.en.pdf $(PICTURE:.png=)
	$(BIN)/python -c 'import sys; from PIL import Image; \
		Image.open(sys.argv[1]).quantize(24, 1).save(sys.argv[1], optimize=True)' $(PICTURE)

profiles: $(VENV)/.tests-installed ## the pages of the profiles in docs/profiles.md anew (needs pdftoppm)
	$(BIN)/python -m tests.profile_memos $(OUT)/profiles docs/images

tour-pages: $(VENV)/.tests-installed ## the pictures of docs/tour.md anew (needs LibreOffice, pdftoppm)
	$(BIN)/python -m tests.tour_pages docs/images

lock: .venv-lock/.installed ## write all locks anew; UPGRADE=--upgrade takes newer releases
	$(COMPILE) --all-build-deps --output-file requirements.lock pyproject.toml
	$(call only-pins,requirements.lock)
	$(COMPILE) --all-build-deps --all-extras --constraint requirements.lock \
		--output-file requirements-test.lock pyproject.toml
	$(call only-pins,requirements-test.lock)
	$(COMPILE) --output-file requirements-fuzz.lock tests/fuzz/requirements.in
	$(call only-pins,requirements-fuzz.lock)
	$(COMPILE) --constraint requirements.lock --output-file requirements-bench.lock benchmarks/requirements.in
	$(call only-pins,requirements-bench.lock)
	$(COMPILE) --output-file requirements-audit.lock requirements-audit.in
	$(call only-pins,requirements-audit.lock)

audit: $(VENV)/.tests-installed .venv-audit/.installed ## ask an advisory service about every locked version (needs the network)
	$(BIN)/python -m tests.audit_locks .venv-audit/bin/pip-audit

clean: ## remove environments, caches and results
	rm -rf .venv .venv-* out dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

# The version is in __init__.py; the installed metadata repeats it, so a new version installs anew.
$(VENV)/.installed: requirements.lock pyproject.toml src/briefbook/__init__.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "briefbook needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)."; \
		echo "Name another one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 2; } >&2
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	@echo "Installing what briefbook needs, once: some seconds."
	$(BIN)/python $(PIP_INSTALL) -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

# The wheelhouse is what tests/test_wheel.py installs from, so that only the first run asks an index.
$(VENV)/.tests-installed: $(VENV)/.installed requirements-test.lock
	@echo "Installing the packages of the tests, once: about a minute."
	$(BIN)/python $(PIP_INSTALL) -r requirements-test.lock
	@mkdir -p $(WHEELHOUSE)
	$(PIP_DOWNLOAD) --no-index --find-links $(WHEELHOUSE) 2>/dev/null || $(PIP_DOWNLOAD)
	@touch $@

# Apart from the tests' environment: atheris has wheels for some Pythons and machines alone, and `make fuzz` does without.
.venv-fuzz/.installed: requirements-test.lock requirements-fuzz.lock pyproject.toml
	$(PYTHON) -m venv --clear .venv-fuzz
	.venv-fuzz/bin/python $(PIP_INSTALL) -r requirements-test.lock
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	.venv-fuzz/bin/python $(PIP_INSTALL) -r requirements-fuzz.lock || echo "no atheris here: changes at random instead"
	@touch $@

# What the benchmarks measure briefbook beside. Nothing of it is ever installed beside briefbook.
$(BENCH_VENV)/.installed: requirements-bench.lock
	$(PYTHON) -m venv --clear $(BENCH_VENV)
	$(BENCH_VENV)/bin/python $(PIP_INSTALL) -r requirements-bench.lock
	@touch $@

.venv-audit/.installed: requirements-audit.lock
	$(PYTHON) -m venv --clear .venv-audit
	.venv-audit/bin/python $(PIP_INSTALL) -r requirements-audit.lock
	@touch $@

.venv-lock/.installed: Makefile
	$(LOCK_PYTHON) -m venv --clear .venv-lock
	.venv-lock/bin/python -m pip install --quiet --disable-pip-version-check '$(LOCK_TOOL)'
	@touch $@
