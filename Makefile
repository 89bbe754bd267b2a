# make lab    set everything up and open JupyterLab on the first tutorial
# make demo   the same, headless: runs the first tutorial and prints the leaderboard
# make test   set everything up and run every check (what CI runs)
# make explore  property tests with examples not drawn before
# make bench  measure against the peers, in an environment of their own (.bench-venv)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
STATIC := jupyter_hpo/widgets/static
LABEXTENSION := jupyter_hpo/labextension
FRONT_END := $(STATIC)/dashboard.js $(STATIC)/editor.js $(LABEXTENSION)/package.json
JS_SOURCES := $(shell find js/src js/schema -type f) js/build.mjs js/package.json
PYTEST := $(BIN)/python -m pytest --hypothesis-profile=ci
TUTORIAL := notebooks/01_first_study.ipynb

# An editable install copies the JupyterLab extension; a link shows every new build of it. It must
# not be there when pip installs again: pip would remove the old copy's files behind it.
INSTALLED := $(VENV)/share/jupyter/labextensions/jupyter-hpo

.PHONY: lab demo test build setup chromium lint types js-test python-test kernel-test ray-test \
	browser-test notebook-test explore bench kernels generate format clean

lab: setup
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) $(TUTORIAL)

demo: setup
	$(BIN)/python -m tests.demo $(TUTORIAL)

test: lint types js-test python-test kernel-test ray-test browser-test notebook-test
	@echo "all checks passed"

# ------------------------------------------------------------------------------- set-up
build: $(FRONT_END)

setup: .stamps/venv $(FRONT_END)

.stamps/venv: pyproject.toml constraints.txt
	@echo "setting up: Python packages (about five minutes the first time)"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install -q --upgrade pip
	$(PIP) install -q "hatchling>=1.24" "hatch-jupyter-builder>=0.9.1" editables
	mkdir -p $(STATIC) .stamps
	$(MAKE) $(FRONT_END)
	rm -rf $(INSTALLED)
	$(PIP) install -q -c constraints.txt --no-build-isolation -e ".[test]"
	rm -rf $(INSTALLED)
	ln -s $(CURDIR)/$(LABEXTENSION) $(INSTALLED)
	touch $@

js/node_modules/.package-lock.json: js/package.json js/package-lock.json
	@echo "setting up: what builds the widgets"
	cd js && npm ci --no-audit --no-fund
	touch $@

$(FRONT_END) &: js/node_modules/.package-lock.json $(JS_SOURCES)
	cd js && npm run build
	touch $(FRONT_END)

# Older ipykernels to test control on, each in a folder of its own; see tests/kernels.py.
kernels: .stamps/kernels

.stamps/kernels: tests/kernels.py .stamps/venv
	for version in 6.31 7.3; do \
		rm -rf .kernels/$$version; \
		$(PIP) install -q --no-deps --target .kernels/$$version "ipykernel==$$version.*" || exit 1; \
	done
	$(BIN)/python -m tests.kernels
	touch $@

chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
		{ SUDO=$$([ "$$(id -u)" = 0 ] || echo sudo); \
		  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq chromium; }

# ------------------------------------------------------------------------------- checks
lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy
	cd js && npm run check

js-test: setup
	cd js && npm test

python-test: setup
	$(PYTEST) -n 2 --dist loadfile -m "not kernel and not ray and not browser and not notebooks"

# Three at a time: much of it waits for kernels and trials to answer.
kernel-test: setup kernels
	$(PYTEST) -n 3 --dist loadfile -m kernel

# Property tests draw the same examples in each `make test`; this draws others each time.
explore: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile -m hypothesis

# Alone, and one by one: Ray gives itself 15 seconds to start, and takes both cores.
ray-test: setup
	$(PYTEST) -n 0 -m ray

browser-test: setup kernels chromium
	$(PYTEST) -n 2 --dist worksteal -m browser

# Each notebook once, and what its text says held to what it printed; nbval for two of the first
# three, which are run a second time so that nothing rests on what a first run left. The other is
# run a second time in the browser.
notebook-test: setup
	$(PYTEST) -n 2 --dist worksteal -m notebooks
	$(PYTEST) -n 2 --dist loadfile --nbval-lax --nbval-current-env -p no:cacheprovider \
		notebooks/02_*.ipynb notebooks/03_*.ipynb

# -------------------------------------------------------------------------------- tools
generate: setup
	$(BIN)/python -m jupyter_hpo.widgets.typescript

# make bench ARGS="w1 w2": see tests/benchmarks/__main__.py
bench: setup .stamps/bench
	$(BIN)/python -m tests.benchmarks $(ARGS)

.stamps/bench: tests/benchmarks/requirements.txt constraints.txt
	test -x .bench-venv/bin/python || $(PYTHON) -m venv .bench-venv
	.bench-venv/bin/python -m pip install --disable-pip-version-check -q \
		-c constraints.txt -r tests/benchmarks/requirements.txt
	mkdir -p .stamps
	touch $@

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .stamps .kernels $(STATIC) js/node_modules dist
