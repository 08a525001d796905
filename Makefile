# The commands of this project; `make` alone lists them.
#   PORT=8123 make demo      another port            STRICT=1 make test    nothing may be skipped (CI)
#   PYTHON=python3.13 make   another Python ≥ 3.11   VAR_DIR=/path make demo   another data folder

PORT ?= 8000
# the Python of the production image first, if it can make a virtualenv
PYTHON ?= $(shell for p in python3.13 /usr/bin/python3.13 python3 python3.14 python3.12 python3.11; do \
	"$$p" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && exit; done; \
	echo python3)
BIN := .venv/bin
PO := locale/zh_Hans/LC_MESSAGES/django.po
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --no-compile

.DEFAULT_GOAL := help
.PHONY: help audit demo demo-reset requirements test test-sqlite test-fast pictures readme-pictures axe outlines walk lighthouse lint types style shape \
	fmt messages bench bench-world clean

help: ## print this list
	@echo "The ICP filing portal. Targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

demo: $(BIN)/.installed ## start the portal with invented data on http://127.0.0.1:8000/ (PORT=… to change)
	@$(BIN)/python manage.py demo --port $(PORT)

demo-reset: $(BIN)/.installed ## delete the demo's data, so that `make demo` starts with new data (VAR_DIR=… as there)
	@$(BIN)/python manage.py reset_demo

test: $(BIN)/.installed-dev ## run all tests: on SQLite and files, and on PostgreSQL and Redis if they answer (LONG=1: every case)
	@$(BIN)/python tests/run.py

test-sqlite: $(BIN)/.installed-dev ## run all tests without PostgreSQL and Redis
	@$(BIN)/python tests/run.py --sqlite

test-fast: $(BIN)/.installed-dev ## run the tests without browser and worker, except the longest, on SQLite
	@$(BIN)/python tests/run.py --fast

pictures: $(BIN)/.installed-dev ## take a picture of every page into var/pictures/ (ONLY=zh-390,order for a part)
	@$(BIN)/python -m tests.seen.pictures

readme-pictures: $(BIN)/.installed-dev ## take the README's pictures again
	@$(BIN)/python -m tests.seen.readme_pictures

axe: $(BIN)/.installed-dev ## run axe on every page in all languages, themes and widths (ONLY=slot for a part)
	@$(BIN)/python -m tests.seen.judgement

outlines: $(BIN)/.installed-dev ## write what a screen reader says of each page into tests/walk/outlines/
	@OUTLINES=write $(BIN)/python -m pytest -q -o timeout=1500 -o faulthandler_timeout=0 tests/walk/test_walk.py -k seed-2018

walk: $(BIN)/.installed-dev ## walk all kinds of orders in both languages and widths, with axe on every page (about half an hour)
	@WALKS=all $(BIN)/python -m pytest -q tests/journeys/test_transfer.py tests/journeys/test_another.py \
		tests/journeys/test_cancel.py tests/journeys/test_import.py -k "walks_ or is_cancelled or imported"

lighthouse: $(BIN)/.installed-dev ## measure Lighthouse's scores of seven pages, the median of five runs (needs Node; RUNS=1 ONLY=start)
	@$(BIN)/python -m tests.seen.lighthouse

lint: types style ## check style, types, templates and migrations

types: $(BIN)/.installed-dev
	$(BIN)/mypy .

style: $(BIN)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint templates
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(BIN)/.installed-dev ## measure everything and compare it with the targets (needs PostgreSQL and Redis; PARTS="journeys pages" for some)
	@$(BIN)/python -m bench $(PARTS)

shape: $(BIN)/python ## count how far the code is from its intended shape (python -m tests.shape --names lists the places)
	@$(BIN)/python -m tests.shape

fmt: $(BIN)/.installed-dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

requirements: $(BIN)/python ## write requirements*.txt from requirements*.in (UPGRADE=1: the newest allowed versions)
	@$(PIP) uv==0.13.9
	@for name in $(patsubst requirements%.in,"%",requirements.in $(filter-out requirements.in requirements-dev.in,$(wildcard requirements-*.in)) requirements-dev.in); do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
			--no-annotate $(if $(UPGRADE),--upgrade) "requirements$$name.in" --output-file "requirements$$name.txt" || exit 1; done

bench-world: $(BIN)/.installed-dev ## fill PostgreSQL with N=1000000 orders to measure (and 1,000 to compare with); N=0 deletes them
	@$(BIN)/python -m bench.big_world $(N)

audit: $(BIN)/.installed-dev ## compare the pinned packages with known vulnerabilities (reports an unreachable service)
	@$(BIN)/python -m tests.audit

messages: $(BIN)/.installed-dev ## collect the texts to translate and compile them (needs gettext)
	@command -v msgfmt >/dev/null || { echo "make messages needs gettext (apt-get install gettext)"; exit 1; }
	$(BIN)/python manage.py makemessages --locale zh_Hans --no-location --ignore .venv --ignore var --ignore tests
	msgattrib --sort-output --no-obsolete $(PO) | sed -e '/^"POT-Creation-Date/d' -e '/^"Report-Msgid-Bugs-To/d' >$(PO).new
	mv $(PO).new $(PO)
	$(BIN)/python manage.py compilemessages --locale zh_Hans --ignore .venv

clean: ## remove the virtualenv, all demo data and caches
	rm -rf .venv var .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "The portal needs Python 3.11 or newer; $(PYTHON) is" \
		"$$("$(PYTHON)" --version 2>/dev/null || echo not there). Name one: make PYTHON=python3.13 …"; exit 1; }
	@echo "Making .venv with $$("$(PYTHON)" --version) …"
	@"$(PYTHON)" -m venv .venv || { rm -rf .venv; \
		echo "No virtualenv could be made; on Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(BIN)/.installed: requirements.txt | $(BIN)/python
	@echo "Installing the packages of requirements.txt …"
	@$(PIP) -r requirements.txt
	@touch $@

$(BIN)/.installed-dev: $(wildcard requirements*.txt) $(BIN)/.installed
	@echo "Installing the packages of requirements-dev.txt …"
	@$(PIP) $(patsubst %,-r %,$(wildcard requirements*.txt))
	@touch $@
