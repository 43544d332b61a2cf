# Fresh machine: Python 3.11 to 3.13, make, git. Everything else is set up here, once.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo site figures test faults places fuzz bench verify nightly lint fix clean

setup: $(READY)

$(READY): pyproject.toml constraints.txt hatch_build.py
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not here; install it or say make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV): a few minutes, once"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off -c constraints.txt "$$(sed -n '/^torch=/p' constraints.txt)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --progress-bar off -c constraints.txt -e ".[dev]"
	@command -v bwrap >/dev/null || echo "note: bubblewrap is not installed (apt-get install bubblewrap); grading goes on with weaker isolation and says so"
	@touch $(READY)

demo: $(READY)
	@$(BIN)/gradus demo

site: $(READY)  # lessons and guides as one static book, out/site/index.html; `gradus read` opens it
	@$(BIN)/gradus site

figures: $(READY)  # compute what the lessons say in numbers and fill it in
	@$(BIN)/python -m tests.lessons.fill

test: $(READY)
	@$(BIN)/python -m pytest -q -n auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder --durations=12 -rfER

faults: $(READY)  # stop a grading run hard, fifty times, and see that nothing is lost
	@GRADUS_FAULT_TRIALS=50 $(BIN)/python -m pytest -q tests/test_faults.py

places: $(READY)  # the sandbox promises the same wherever checkout, environment and interpreter lie
	@GRADUS_PLACES=1 $(BIN)/python -m pytest -q -n 0 tests/sandbox/test_places.py

fuzz: $(READY)  # a coverage-guided run on everything that reads a stranger's bytes; SECONDS a target
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[fuzz]"
	@$(BIN)/python -m tests.fuzzing.run --seconds $(or $(SECONDS),60)

verify: $(READY)
	@$(BIN)/gradus verify --strict-breakers

nightly: $(READY)  # everything at many seeds and with all mutants: hours; SEEDS for everybody, REFERENCE_SEEDS for the solutions
	@mkdir -p out
	@$(BIN)/gradus verify --json --all-mutants --seeds $(or $(SEEDS),20) --reference-seeds $(or $(REFERENCE_SEEDS),1000) > out/verify.json; said=$$?; \
	 $(BIN)/python benchmarks/promises.py out/verify.json; exit $$said

bench: $(READY)
	@$(BIN)/python benchmarks/run.py

lint: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

fix: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

clean:
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis
