# Plenary: the commands of a checkout. `make run` and `make test` are all that a fresh machine needs.

export PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
.DEFAULT_GOAL := help
.PHONY: help setup run services services-stop test check faults fmt messages protocol screens lock clean

help:  ## what can be made
	@sed -n 's/^\([a-z-]*\):.*##  */make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

setup:  ## .venv, locked dependencies, front-end libraries
	@sh .ci/setup.sh

run: setup  ## the whole platform on this machine, until Ctrl-C
	@exec $(PYTHON) -m events_platform.embedded run

services: setup  ## the private PostgreSQL and Redis alone, in the background
	@exec $(PYTHON) -m events_platform.embedded services

services-stop:  ## ends what `make services` started
	@exec $(PYTHON) -m events_platform.embedded stop

test: setup  ## the whole suite, on real services and in a real browser (ARGS="tests/chat -q": a part of it)
	@sh .ci/test.sh $(ARGS)

check: setup  ## lint, types, import contracts, migrations and translations in step
	@sh .ci/check.sh

faults: setup  ## breaks the platform while 1,000 people use it, and checks what they saw (ARGS="--clients 200 --voters 2000")
	@exec $(PYTHON) -m tests.faults $(ARGS)

fmt: setup  ## puts the code in shape
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

messages: setup  ## brings the translations' catalogues in step with the interface
	@exec $(PYTHON) -m events_platform.messages

protocol: setup  ## writes docs/protocol.yaml from the registered topics and commands
	@exec $(PYTHON) manage.py protocol

screens: setup  ## photographs every page into var/screens/
	@exec $(PYTHON) -m tests.screens

lock: setup  ## compiles requirements*.txt from pyproject.toml, and package-lock.json
	@sh .ci/lock.sh

clean:  ## removes what was built; the data under var/ stays
	rm -rf $(VENV) node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
