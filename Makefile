# `make` lists the commands. Variables: PORT, HOST, TTSAI_HOME (where data lies), and those that ARCHITECTURE.md names.

.POSIX:
.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help run test check prove search bench clean

# The first Python that is new enough: a version manager may leave a name that starts nothing.
FIND_PYTHON = for python in "$$PYTHON" python3.11 python3 python3.12 python3.13; do \
	if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then break; fi; python=; done; \
	if [ -z "$$python" ]; then echo "Python 3.11 or newer, with venv, is needed; PYTHON=… names one" >&2; exit 1; fi
INSTALL = $(FIND_PYTHON); "$$python" requirements/install.py
# Runs a command of .venv without the settings of the caller's environment (tests/environment.py).
CLEAN = .venv/bin/python -m tests.environment

help:
	@echo 'make run    everything on this machine: database, broker, web, workers (PORT=8000, TTSAI_HOME=var)'
	@echo 'make test   the tests, with real servers and real models'
	@echo 'make check  formatting, wording, types, layers, migrations, the API schema'
	@echo 'make prove  what takes longer: soak, faults, quality'
	@echo 'make search property tests with new examples, ten times as many'
	@echo 'make bench  figures, on a machine with nothing else to do'
	@echo 'make clean  removes .venv and caches; var/ with data and models stays'

run:
	@$(INSTALL) run
	@exec .venv/bin/ttsai up

test:
	@$(INSTALL) test
	@$(CLEAN) ttsai models pull --for-tests
	@$(CLEAN) pytest -n 3 --dist loadgroup --no-loadscope-reorder -m 'not prove' --durations=40 $(PYTEST_ARGUMENTS)

check:
	@$(INSTALL) test
	$(CLEAN) ruff check
	$(CLEAN) ruff format --check
	$(CLEAN) python -m tools.english
	$(CLEAN) lint-imports --no-logo
	$(CLEAN) mypy
	@# The database is not needed to compare models with migrations, and its absence not worth a warning.
	$(CLEAN) python -W 'ignore:Got an error checking' manage.py makemigrations --check --dry-run --skip-checks
	$(CLEAN) python manage.py write_schema --check

prove:
	@$(INSTALL) prove
	@$(CLEAN) ttsai models pull --for-tests
	@$(CLEAN) pytest -m prove -s $(PYTEST_ARGUMENTS)

search:
	@$(INSTALL) test
	@$(CLEAN) ttsai models pull kokoro
	@$(CLEAN) pytest -n 2 --dist loadgroup -m hypothesis --hypothesis-profile search --timeout 1200 $(PYTEST_ARGUMENTS)

bench:
	@$(INSTALL) test
	@$(CLEAN) ttsai models pull --for-tests
	@$(CLEAN) python -m tests.bench

clean:
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo 'var/ with data and models stays; remove it yourself if you mean to'
