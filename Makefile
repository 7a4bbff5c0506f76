# make run    set up what is needed, then the program on the invented demo borough
# make test   set up what is needed, then all checks and tests
# More: make demo-sync, make soak, make bench, make lock, make clean.

.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
OUT ?= out
WORKERS ?= 3
export PYTHON

.PHONY: help run test demo-sync soak bench lock clean setup-run setup-central setup-dev

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | head -3

setup-run:
	@packaging/setup.sh run
	@$(BIN)/python -m compileall -q mdt_desktop

setup-central:
	@packaging/setup.sh central

setup-dev:
	@packaging/setup.sh dev
	@$(BIN)/python -m compileall -q mdt_desktop

run: setup-run
	@packaging/run.sh $(OUT)

test: setup-dev
	@WORKERS=$(WORKERS) packaging/check.sh

demo-sync: setup-central
	@$(BIN)/python packaging/demo_sync.py $(OUT)

soak: setup-dev
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m soak --timeout=0

bench: setup-dev
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m benchmarks

lock: setup-dev
	@packaging/lock.sh

clean:
	rm -rf .venv build dist $(OUT) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find mdt_desktop tests benchmarks db packaging -name __pycache__ -type d -prune -exec rm -rf {} +
