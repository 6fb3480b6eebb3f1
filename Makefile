# Each of these works from a fresh clone: the environment is made first where it is missing or out of date.
#
#   make demo              sync and profile real data twice, and see what drifted  (POSTGRES=1: into PostgreSQL)
#   make test              everything that must hold: make check, then every test that needs nothing but pip
#   make check             lint, format, types, import rules
#   make bench             the benchmarks beside their peers, printed as tables: half an hour on a quiet machine
#                          (BENCH="--rows 100000 --only one-table"; BENCH=--write keeps tests/benchmarks/RESULTS.md)
#   make kills             the store's bar: kill -9 in the midst of a write, 200 times on each database, some minutes
#   make schema            writes the JSON Schema of profilemesh.yml anew
#   make conformance       real clients, each in an environment of its own, and made-up requests against the mock;
#                          Snowflake's driver against a stand-in
#   make drift-bars        drift against its bars: all 500 pairs of each, a few minutes
#   make integration       a whole Airflow as processes: crashes, restarts, users' clicks, secrets
#   make matrix            every fault × way of waiting × crash, on it; writes tests/flows/FAULT_MATRIX.md
#   make airflow2          the tests of what meets Airflow again, in Airflow 2.11, in an environment of its own
#   make browser           the tests that need a browser (Debian's chromium)
#   make coverage          the tests again, and which lines and branches they run

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
INPUTS := pyproject.toml constraints.txt
BENCH_PEERS := .venv-bench-peers
PEERS := tests/benchmarks/peers.txt
AIRFLOW2 := .venv-airflow2
AIRFLOW2_TESTS := tests/flows tests/test_provider.py tests/test_plugin_loading.py \
  $(addprefix tests/taskflow_profilemesh/,dags decorators hooks lineage notifiers operators plugin sensors storage triggers)

.PHONY: demo test check schema bench drift-bars kills conformance integration matrix airflow2 browser coverage clean

demo: $(VENV)/.demo
	@$(BIN)/profilemesh demo $(if $(POSTGRES),--postgres)

test: check
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not browser and not conformance and not stack"

check: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

schema: $(VENV)/.dev
	$(BIN)/python -c "from taskflow_profilemesh.config.json_schema import FILE, written; FILE.write_text(written())"

bench: $(VENV)/.bench $(BENCH_PEERS)/.made
	@$(BIN)/python -m tests.benchmarks $(BENCH)

drift-bars: $(VENV)/.dev
	PROFILEMESH_ALL_CASES=1 $(BIN)/python -m pytest -q -n 2 --timeout 600 tests/laws/test_drift_bars.py

kills: $(VENV)/.dev
	PROFILEMESH_ALL_CASES=1 $(BIN)/python -m pytest -q -s tests/taskflow_profilemesh/storage/test_kills.py

conformance: $(VENV)/.dev
	$(BIN)/python -m pytest -m conformance tests/conformance

integration: $(VENV)/.dev
	$(BIN)/python -m pytest -m stack tests/stack --durations=10

matrix: $(VENV)/.dev
	$(BIN)/python -m tests.fault_matrix --write

airflow2: $(AIRFLOW2)/.made
	$(AIRFLOW2)/bin/python -m pytest -n 2 --dist loadgroup -m "not browser and not conformance and not stack" $(AIRFLOW2_TESTS)

browser: $(VENV)/.dev
	$(BIN)/python -m pytest -m browser

coverage: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n 2 --dist loadgroup -m "not browser and not stack" --cov --cov-report=term

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(INPUTS) | $(VENV)/bin/python
	@echo "Installing taskflow-profilemesh and Airflow; this takes one to two minutes"
	@$(PIP) install -c constraints.txt -e '.[demo]'
	@touch $@

$(VENV)/.dev: $(INPUTS) | $(VENV)/bin/python
	@echo "Installing taskflow-profilemesh, Airflow and the development tools; this takes one to two minutes"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.demo

$(VENV)/.bench: $(INPUTS) | $(VENV)/bin/python
	@echo "Installing what the benchmarks compare with"
	@$(PIP) install -c constraints.txt -e '.[dev,bench]'
	@touch $@ $(VENV)/.dev $(VENV)/.demo

# whylogs and ydata-profiling want older libraries than Airflow; where they cannot be installed they are left out.
$(BENCH_PEERS)/.made: $(PEERS) | $(VENV)/bin/python
	@echo "Installing whylogs and ydata-profiling in $(BENCH_PEERS)"
	@rm -rf $(BENCH_PEERS) && $(VENV)/bin/python -m venv $(BENCH_PEERS)
	@$(BENCH_PEERS)/bin/python -m pip --quiet --disable-pip-version-check install -r $(PEERS) && touch $@ || \
	  echo "They cannot be installed here, and are left out"

# Airflow 2.11 comes with SQLAlchemy 1.4, which has no psycopg 3: a store in PostgreSQL needs psycopg2.
$(AIRFLOW2)/.made: pyproject.toml constraints-airflow2.txt | $(VENV)/bin/python
	@echo "Installing taskflow-profilemesh and Airflow 2.11 in $(AIRFLOW2); this takes one to two minutes"
	@rm -rf $(AIRFLOW2) && $(VENV)/bin/python -m venv $(AIRFLOW2)
	@$(AIRFLOW2)/bin/python -m pip --quiet --disable-pip-version-check install -c constraints-airflow2.txt 'apache-airflow==2.11.*' psycopg2-binary -e '.[test]'
	@touch $@

clean:
	rm -rf $(VENV) $(AIRFLOW2) $(BENCH_PEERS) .venv-conformance-* demo-results .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
