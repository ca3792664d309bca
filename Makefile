# Two commands for a newcomer: `make demo` and `make test`. `make` alone lists them all.
# Only what BSD make and GNU make 3.81 (macOS) both know.
BIN = .venv/bin
SETUP = .venv/.set-up
MODULES = node_modules/.set-up
COMPILED = translations/zh/LC_MESSAGES/messages.mo
T =
B =

help:            ## show this
	@grep -hE '^[a-z]+:.*##' Makefile | sed 's/:.*##/:/'

demo: setup      ## serve with invented data on http://127.0.0.1:8080 (PORT overrides)
	@$(BIN)/python run.py --demo

run: setup       ## serve as in production: empty at first, one account is made and shown
	@$(BIN)/python run.py

test: setup      ## all tests, on SQLite and on PostgreSQL; T=tests/review for some
	$(BIN)/pytest -n 2 --dist=worksteal --database=sqlite $(T)
	@# 5 is "no tests": some folders have none that need a database
	$(BIN)/pytest -n 2 --dist=worksteal --database=postgresql $(T) || test $$? -eq 5 -a -n "$(T)"

check: setup     ## all that can be told without running it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup     ## compare our pages with Django admin's; B="--database sqlite" for one half
	$(BIN)/pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	$(BIN)/python -m bench.against_django $(B)

tidy: setup      ## format and fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

setup: $(SETUP) $(COMPILED) assets  ## make the virtual environment, the translations, the front end

assets: $(MODULES)  # a tenth of a second, and make need not know what it is made of
	@npm run --silent build >/dev/null

$(MODULES): package.json package-lock.json
	npm ci --silent --ignore-scripts
	@touch $@

$(SETUP): requirements.txt tests/requirements.txt
	@for p in python3.13 python3.12 python3.11 python3; do \
	  if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "$$p -m venv .venv"; exec $$p -m venv .venv; \
	  fi; \
	done; echo "tumen: Python 3.11 or newer is needed" >&2; exit 2
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt
	@touch $@

$(COMPILED): translations/zh/LC_MESSAGES/messages.po $(SETUP)
	@$(BIN)/pybabel --quiet compile -i translations/zh/LC_MESSAGES/messages.po -o $@

messages: setup  ## gather the texts to translate into translations/
	$(BIN)/pybabel --quiet extract -F babel.cfg -k _l -k lazy_gettext --no-location --omit-header --sort-output -o translations/messages.pot .
	$(BIN)/python translations/merge.py

migration: setup ## make a migration of what changed in the tables; m="what changed"
	FLASK_APP=app $(BIN)/flask db migrate -m "$(m)"

pins: setup      ## renew requirements.txt from pyproject.toml, and the tests' own
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file=requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file=tests/requirements.txt tests/requirements.in

clean:           ## remove what can be made again, but no data
	rm -rf .venv node_modules app/static/built build .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache translations/*/LC_MESSAGES/*.mo

.PHONY: help demo run test check bench tidy setup assets messages migration pins clean
