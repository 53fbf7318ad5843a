# Practicum's commands. `make` alone lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# Where a machine forbids compiled modules, each of the many processes that the tests start compiles everything again.
export PYTHONDONTWRITEBYTECODE :=

PORT ?= 8000
P ?= all
# One more than processors: a worker often waits for a child, a browser or another server.
JOBS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
GOLDEN_TESTS := tests/house/test_golden.py tests/house/test_rights.py tests/matrix/test_inventory.py
VENV := .venv
PY := $(VENV)/bin/python
BIN := $(VENV)/bin
TEST_POSTGRES_URL ?= postgresql://postgres@127.0.0.1:5432/postgres
LIBRARIES := libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core fonts-noto-core hunspell-sw
# The folders whose every branch is tested.
STRICT := */states.py,*/permissions.py,*/permissions/*,*/selectors.py,*/selectors/*,*/services.py,*/services/*,portal/kernel/*
YAML_RULES := '{extends: default, rules: {line-length: {max: 140}, document-start: disable, truthy: {check-keys: false}}}'
FIND_PYTHON := for python in $${PYTHON:-} python3.13 python3.14 python3.12 python3 python \
	"$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python /usr/local/bin/python3.1[2-9]; do \
	if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1; \
	then exec "$$python" -m venv --clear $(VENV); fi; done; \
	echo "Practicum needs Python 3.12 or newer with venv (Debian 13, Ubuntu 24.04: apt-get install python3 python3-venv)." >&2; \
	exit 1

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

# -- environment -------------------------------------------------------------------------------------------------

# `.venv/bin/python` is a link: where its Python went away, make sees no file and builds the environment anew.
$(PY):
	@$(FIND_PYTHON)

$(VENV)/run.stamp: requirements.txt | $(PY)
	@echo "Installing the requirements ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt | $(PY)
	@echo "Installing the development requirements ..."
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

# PDF needs Pango, which no wheel brings, and Swahili a list of words. Tried once; without it everything else works, and `run` says so.
$(VENV)/libraries.stamp: | $(PY)
	@if ! $(PY) -c 'import ctypes.util, sys; sys.exit(ctypes.util.find_library("pangoft2-1.0") is None)'; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing the libraries that PDF reports need ..."; \
	    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(LIBRARIES); } \
	      >$(VENV)/libraries.log 2>&1 || echo "They could not be installed; $(VENV)/libraries.log says why."; \
	  else echo "For PDF reports install Pango (Debian: $(LIBRARIES); Homebrew: pango)."; fi; fi
	@touch $@

.PHONY: lock
lock: ## compile both requirements files anew with hashes (needs uv and a package index)
	uv pip compile pyproject.toml --universal --python-version 3.12 --generate-hashes --no-annotate --no-header \
	  --quiet --output-file requirements.txt
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.12 --generate-hashes --no-annotate --no-header \
	  --quiet --constraint requirements.txt --output-file requirements-dev.txt

# -- running -----------------------------------------------------------------------------------------------------

.PHONY: run
run: $(VENV)/run.stamp $(VENV)/libraries.stamp ## the whole portal with a made-up university: make run [PORT=8000]
	@exec $(PY) manage.py run --port $(PORT)

# -- tests -------------------------------------------------------------------------------------------------------

.PHONY: test test-sqlite test-postgres messages
messages: $(VENV)/dev.stamp
	@if ! compgen -G 'locale/*/LC_MESSAGES/*.po' >/dev/null; then :; \
	  elif command -v msgfmt >/dev/null; then $(PY) manage.py compilemessages --verbosity 0 --ignore $(VENV) --ignore var; \
	  elif [ "$${REQUIRE_SERVICES:-0}" = 1 ]; then echo "msgfmt is missing (apt-get install gettext)" >&2; exit 1; \
	  else echo "msgfmt is missing: tests of translations will be skipped."; fi

test-sqlite: $(VENV)/dev.stamp messages
	@mkdir -p var/test && rm -f .coverage .coverage.*
	@echo "== the suite on SQLite"
	@DATABASE_URL=sqlite:///$(CURDIR)/var/test/none.sqlite3 COVERAGE_FILE=.coverage.sqlite $(BIN)/pytest -n $(JOBS) --cov --cov-report= | tee var/test/sqlite.log

test-postgres: $(VENV)/dev.stamp messages
	@mkdir -p var/test && rm -f .coverage.postgresql*
	@if $(PY) -c 'import psycopg, sys; psycopg.connect(sys.argv[1], connect_timeout=3)' '$(TEST_POSTGRES_URL)' 2>/dev/null; then \
	    echo "== the suite on PostgreSQL"; \
	    DATABASE_URL='$(TEST_POSTGRES_URL)' COVERAGE_FILE=.coverage.postgresql $(BIN)/pytest -n $(JOBS) --database-only --cov --cov-report= \
	      | tee var/test/postgresql.log; \
	  elif [ "$${REQUIRE_SERVICES:-0}" = 1 ]; then echo "PostgreSQL does not answer, and REQUIRE_SERVICES=1." >&2; exit 1; \
	  else rm -f var/test/postgresql.log; echo "PostgreSQL does not answer: tested on SQLite only (TEST_POSTGRES_URL names another)."; fi

test: ## all tests, on SQLite and on PostgreSQL, with the coverage of lines
	@$(MAKE) --no-print-directory test-sqlite
	@$(MAKE) --no-print-directory test-postgres
	@$(BIN)/coverage combine --quiet .coverage.*
	@$(BIN)/coverage report --fail-under=95
	@$(BIN)/coverage report --fail-under=99 --include='$(STRICT)'
	@tail -q -n 1 var/test/*.log

.PHONY: coverage matrix bench golden
coverage: $(VENV)/dev.stamp messages ## the coverage of branches, on SQLite; takes twice as long as the tests alone
	@mkdir -p var/test && rm -f .coverage .coverage.*
	@DATABASE_URL=sqlite:///$(CURDIR)/var/test/none.sqlite3 COVERAGE_CORE=ctrace $(BIN)/pytest -q -n $(JOBS) --cov --cov-branch --cov-report= \
	  --ignore tests/matrix --ignore tests/services | tee var/test/coverage.log
	@$(BIN)/coverage report --fail-under=95
	@$(BIN)/coverage report --fail-under=99 --include='$(STRICT)'

matrix: $(VENV)/dev.stamp ## every cell of the table of rights through HTTP
	@mkdir -p var/test; status=0; $(BIN)/pytest -q tests/matrix -n $(JOBS) | tee var/test/matrix.log || status=$$?; \
	grep '^matrix:' var/test/matrix.log; exit $$status

bench: $(VENV)/dev.stamp ## one benchmark of tests/benchmarks beside its reference: make bench P=P3
	@exec $(PY) -m tests.benchmarks $(P)

golden: $(VENV)/dev.stamp ## write tests/golden anew from the code; read the diff before you commit it
	@mkdir -p tests/golden
	@UPDATE_GOLDEN=1 $(BIN)/pytest -q -p no:cacheprovider $(GOLDEN_TESTS)

# -- checks ------------------------------------------------------------------------------------------------------

CHECKS := check-style check-types check-layers check-templates check-migrations check-deploy check-golden check-files
.PHONY: check format $(CHECKS)
check: ## everything that needs no test run: style, types, layers, templates, migrations, deployment
	@failed=; for name in $(CHECKS); do $(MAKE) --no-print-directory $$name || failed="$$failed $$name"; done; \
	  if [ -n "$$failed" ]; then echo "Failed:$$failed" >&2; exit 1; fi; echo "All checks hold."

format: $(VENV)/dev.stamp ## put the sources into their form
	@$(BIN)/ruff check --fix-only --quiet && $(BIN)/ruff format --quiet
	@git ls-files -z --cached --others --exclude-standard 'templates/*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2 || true

check-style: $(VENV)/dev.stamp
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet

check-types: $(VENV)/dev.stamp
	@$(BIN)/mypy --no-error-summary

check-layers: $(VENV)/dev.stamp
	@mkdir -p var && $(BIN)/lint-imports --no-logo >var/check.log 2>&1 || { tail -n 40 var/check.log; exit 1; }

check-templates: $(VENV)/dev.stamp
	@git ls-files -z --cached --others --exclude-standard 'templates/*.html' | xargs -0 -r $(BIN)/djade --target-version 5.2 --check
	@$(BIN)/djlint templates --lint --quiet

check-migrations: $(VENV)/dev.stamp
	@$(PY) manage.py makemigrations --check --dry-run

check-deploy: $(VENV)/dev.stamp
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; \
	  export DJANGO_SETTINGS_MODULE=portal.settings.production DATA_DIR="$$folder" \
	    SECRET_KEY=$$(openssl rand -hex 32) AUDIT_KEY=$$(openssl rand -hex 32) SITE_URL=https://portal.example \
	    ALLOWED_HOSTS=portal.example DATABASE_URL=postgresql://portal@db.example/portal BROKER_URL=redis://redis.example/0; \
	  $(PY) manage.py collectstatic --no-input --verbosity 0; \
	  $(PY) manage.py check --deploy --fail-level WARNING

check-golden: $(VENV)/dev.stamp
	@mkdir -p var && $(BIN)/pytest -q -p no:cacheprovider $(GOLDEN_TESTS) >var/check.log 2>&1 || { tail -n 40 var/check.log; exit 1; }

# What another program reads: the image, compose files, workflows, scripts; and words that say "not finished".
check-files: $(VENV)/dev.stamp
	@$(BIN)/hadolint docker/Dockerfile
	@$(BIN)/yamllint --strict -d $(YAML_RULES) docker .github .pre-commit-config.yaml
	@$(BIN)/shellcheck .ci/run docker/entrypoint.sh
	@if git grep --untracked -nIwE 'TODO|FIXME|XXX|HACK|lorem' -- ':!Makefile' ':!tests/data' ':!requirements*.txt'; \
	  then echo "Finish it or drop it." >&2; exit 1; fi

.PHONY: clean
clean: ## remove what the commands above made; asks nothing, so var/ with the demo's data goes as well
	@rm -rf $(VENV) var .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
