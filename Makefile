# `make` alone lists what there is. Everything is set up in .venv, once per change of the lock.
PYTHON ?= python3
VENV := .venv
MESSAGES ?= 300
SEED ?= 7
STACK ?= voipit-sms-gateway
BIN := $(VENV)/bin
READY := $(VENV)/ready
CHECKOV := .venv-checkov
GENERATORS := .generators
BENCH := .bench
WEB := web/node_modules
UV := $(BIN)/python requirements/uv_like_pip.py
LOCK_OPTIONS := --quiet --universal --generate-hashes --python-version 3.11 \
	--custom-compile-command "make lock"
PIP := $(BIN)/python -m pip --disable-pip-version-check
AS_LOCKED := --quiet --no-deps --require-hashes
# Puts a list's packages into the environment of a Python. uv takes seconds for what takes pip minutes.
install = { $(UV) pip install $(AS_LOCKED) --python $(1) -r $(2) && $(UV) pip check --quiet --python $(1); } || \
	{ echo "uv cannot install here, so pip does. That takes minutes."; \
	$(PIP) --python $(1) install $(AS_LOCKED) -r $(2) && $(PIP) --python $(1) check; }

# The path of programs that ask the gateway with clients/python.
WITH_CLIENT := PYTHONPATH='clients/python/src$(PYTHONPATH:%=:%)'

# Runs an operators' command for the stack: $(call operate,find,its own arguments)
operate = PYTHONPATH=layers/sms_gateway/src $(BIN)/python -m tools.by_make operators.$(1) --stack-name '$(STACK)' $(2) \
	$(if $(REGION),--region '$(REGION)') $(if $(PROFILE),--profile '$(PROFILE)') $(if $(JSON),--json)
# The same for one that changes something.
change = $(call operate,$(1),$(2)) $(if $(DRY_RUN),--dry-run) $(if $(YES),--yes)
# How quickly one publishes and reads, and where it notes how far it is.
pace = $(if $(PER_SECOND),--per-second '$(PER_SECOND)') \
	$(if $(UNITS_PER_SECOND),--units-per-second '$(UNITS_PER_SECOND)') \
	$(if $(RESUME_FILE),--resume-file '$(RESUME_FILE)')

export SAM_CLI_TELEMETRY := 0

.DEFAULT_GOAL := help
.PHONY: help setup generators demo run send soak bench load deploy account client rotate find problems usage suppressions forget republish redrive docs scale test test-rules test-handlers test-guarantees test-soak test-tools test-generators test-upgrade test-faults test-browser web check check-web format lock clean

help: ## what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(READY) ## install what is needed, if it is not there yet

$(READY): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.13 …"; exit 1; }
	@echo "Setting up $(VENV) (once)"
	@$(PYTHON) -m venv --clear $(VENV) || \
		{ echo "Python cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@awk -v folder=$(VENV) '/^[^ #]/ { list = folder (/^uv==/ ? "/uv.txt" : "/others.txt") } list { print > list }' $<
	@$(PIP) install $(AS_LOCKED) --only-binary :all: -r $(VENV)/uv.txt || echo "There is no uv for this machine."
	@$(call install,$(BIN)/python,$(VENV)/others.txt)
	@touch $@

$(CHECKOV)/ready: requirements/checkov.txt | $(READY)
	@echo "Setting up $(CHECKOV) (once)"
	@$(PYTHON) -m venv --clear --without-pip $(CHECKOV)
	@$(call install,$(CHECKOV)/bin/python,$<)
	@touch $@

$(GENERATORS)/ready: requirements/generators.txt tests/generators/node/package-lock.json | $(READY)
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed (npm is missing)."; exit 1; }
	@echo "Setting up $(GENERATORS) (once)"
	@rm -rf $(GENERATORS) && cp -R tests/generators/node $(GENERATORS)
	@$(PYTHON) -m venv --without-pip $(GENERATORS)/venv
	@$(call install,$(GENERATORS)/venv/bin/python,$<)
	@cd $(GENERATORS) && npm ci --silent
	@touch $@

# The Python of the functions, as Lambda has it. Measurements on another one are no measurements of them.
$(BENCH)/ready: requirements/bench.txt | $(READY)
	@echo "Setting up $(BENCH) (once)"
	@for python in python3.13 "$$HOME"/.pyenv/versions/3.13.*/bin/python3.13 "$$($(UV) python find 3.13 2>/dev/null)" $(PYTHON); do \
		"$$python" -c '' 2>/dev/null && break; done; \
		"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' || \
		echo "There is no Python 3.13 here, which the functions run on: what is measured is another Python's."; \
		"$$python" -m venv --clear --without-pip $(BENCH)
	@$(call install,$(BENCH)/bin/python,$<)
	@$(BENCH)/bin/python -m compileall -q $(BENCH)/lib
	@touch $@

generators: $(GENERATORS)/ready ## the programs that make clients of the contract, for their tests (needs Node.js)

$(WEB)/ready: web/package-lock.json
	@command -v npm >/dev/null || { echo "Node.js 20 or newer is needed (npm is missing)."; exit 1; }
	@echo "Setting up $(WEB) (once)"
	@cd web && npm ci --silent
	@touch $@

web: $(WEB)/ready ## bundle the component and the console, from web/ into functions/web/site (needs Node.js)
	@cd web && npm run --silent build

demo: $(READY) ## set everything up and send one SMS, from the request to the SNS event
	@$(WITH_CLIENT) $(BIN)/python -m local demo

run: $(READY) ## keep the local stack up until Ctrl-C
	@$(WITH_CLIENT) $(BIN)/python -m local run

client: $(READY) ## an API key for a client: make client NAME=crm; LIST=1 shows all, REMOVE=crm removes
	@PYTHONPATH=layers/sms_gateway/src $(BIN)/python -m tools.by_make add_client --stack-name '$(STACK)' \
		$(if $(LIST),--list,$(if $(REMOVE),--remove '$(REMOVE)',--name '$(or $(NAME),$(error \
		Which client? make client NAME=crm, LIST=1 or REMOVE=crm))')) \
		$(if $(REGION),--region '$(REGION)') \
		$(if $(ROLE),--role '$(ROLE)') $(if $(KEY),--key '$(KEY)') $(if $(YES),--yes)

deploy: $(READY) ## onto AWS, asking for name, region and e-mail: make deploy ENV=prod PARAMETERS='LogLevel=DEBUG'
	@PYTHONPATH=layers/sms_gateway/src $(BIN)/python -m tools.deploy --config-env '$(or $(ENV),default)' \
		$(if $(filter command environment,$(firstword $(origin STACK))),--stack-name '$(STACK)') \
		$(if $(REGION),--region '$(REGION)') $(if $(PARAMETERS),--parameters '$(PARAMETERS)') \
		$(if $(TAGS),--tags '$(TAGS)')

account: $(READY) ## the account at Voipit: make account STACK=voipit-sms-gateway REGION=eu-central-1
	@PYTHONPATH=layers/sms_gateway/src $(BIN)/python -m tools.by_make account --stack-name '$(STACK)' \
		$(if $(REGION),--region '$(REGION)')

rotate: $(READY) ## a new signing key: make rotate KEY=callback|cursor|tokens STACK=voipit-sms-gateway
	@$(BIN)/python -m tools.rotate --stack-name '$(STACK)' $(if $(REGION),--region '$(REGION)') \
		$(if $(NOW),--now) \
		--key '$(or $(KEY),$(error Which key? make rotate KEY=callback))'

find: $(READY) ## one message, or those to a number: make find ID=order-4711, make find NUMBER='0721 234 567'
	@$(call operate,find,$(if $(ID),--id '$(ID)',--number '$(or $(NUMBER),$(error \
		Which message? make find ID=order-4711 or NUMBER=0721234567))') \
		$(if $(CLIENT),--client '$(CLIENT)') $(if $(LIMIT),--limit '$(LIMIT)') $(if $(AFTER),--after '$(AFTER)') \
		$(if $(SHOW),--show-text))

problems: $(READY) ## what failed, is unconfirmed or got no report: make problems SINCE=2h
	@$(call operate,problems,$(if $(SINCE),--since '$(SINCE)') $(if $(UNTIL),--until '$(UNTIL)') \
		$(if $(STATUS),--status '$(STATUS)') $(if $(REASON),--reason '$(REASON)') \
		$(if $(CLIENT),--client '$(CLIENT)') $(if $(LIMIT),--limit '$(LIMIT)') $(if $(SHOW),--show-text))

usage: $(READY) ## messages of each client in a month: make usage MONTH=2026-11; DAYS=1, CLIENT=crm, AS_CSV=1
	@$(call operate,usage,$(if $(MONTH),--month '$(MONTH)') $(if $(CLIENT),--client '$(CLIENT)') \
		$(if $(DAYS),--days) $(if $(AS_CSV),--csv))

suppressions: $(READY) ## the do-not-contact list: make suppressions; EXPORT=list.csv or IMPORT=list.csv
	@$(call change,suppressions,$(if $(EXPORT),--export '$(EXPORT)') $(if $(IMPORT),--import '$(IMPORT)') \
		$(if $(REPAIR),--repair) $(if $(SHOW_NUMBERS),--show-numbers) $(if $(CLIENT),--client '$(CLIENT)'))

forget: $(READY) ## every trace of a number: make forget NUMBER=+40… CASE=DPO-2026-17; LIST=1 shows the records
	@$(call change,forget,$(if $(LIST),--list,'$(or $(NUMBER),$(error Which number? make forget NUMBER=+40… \
		CASE=…, or LIST=1))' --case '$(CASE)' $(if $(ALSO_SUPPRESSION),--also-suppression) \
		$(if $(WAIT),--wait '$(WAIT)')))

republish: $(READY) ## events once more: make republish ID=… (CLIENT=…), NUMBER=…, or SINCE=… UNTIL=…
	@$(call change,republish,$(if $(ID),--id '$(ID)') $(if $(CLIENT),--client '$(CLIENT)') \
		$(if $(NUMBER),--number '$(NUMBER)') $(if $(SINCE),--since '$(SINCE)') $(if $(UNTIL),--until '$(UNTIL)') \
		$(pace))

redrive: $(READY) ## failure queues back to where they came from: make redrive QUEUE=events|dispatch|reports
	@$(call change,redrive,$(if $(QUEUE),--queue '$(QUEUE)') $(if $(DROP),--drop) $(pace))

send: $(READY) ## an SMS to every row of a file: make send CSV=people.csv OPTIONS=--follow
	@$(WITH_CLIENT) $(BIN)/python -m tools.by_make send_csv $(OPTIONS) '$(or $(CSV),$(error Which file? make send CSV=people.csv))'

soak: $(READY) ## many messages while Voipit misbehaves: make soak MESSAGES=300 SEED=7
	@$(WITH_CLIENT) $(BIN)/python -m local soak --messages $(MESSAGES) --seed $(SEED)

bench: $(BENCH)/ready ## what calls cost, beside those of an older commit and of two peers: make bench QUICK=1
	@$(BIN)/python -m benchmarks $(if $(QUICK),--quick) $(if $(PAGE),--page) $(if $(ONLY),--only '$(ONLY)')

load: $(READY) ## the local stack under more and more senders: make load QUICK=1, or STEPS=1,4,16 SECONDS=6
	@$(WITH_CLIENT) $(BIN)/python -m benchmarks.load $(if $(QUICK),--quick) $(if $(PAGE),--page) \
		$(if $(STEPS),--steps '$(STEPS)') $(if $(SECONDS),--seconds '$(SECONDS)')

test: $(READY) ## all tests; the end-to-end ones deploy the real template
ifdef PYTEST_ARGS
	$(BIN)/python -m pytest $(PYTEST_ARGS)
else
	@echo "The soak, which mostly waits; beside it, with what time it leaves, the rules; then the deployed stack"
	@rm -rf .coverage
	@$(MAKE) --no-print-directory --keep-going -j3 test-soak test-guarantees test-rules test-handlers test-tools test-generators test-upgrade test-faults test-browser
	$(BIN)/coverage combine --quiet && $(BIN)/coverage report
	$(BIN)/python -m pytest tests/e2e --ignore=tests/e2e/test_faults.py
endif

test-rules: $(READY)
	@nice $(BIN)/coverage run -m pytest -q --ignore=tests/e2e --ignore=tests/soak --ignore=tests/guarantees --ignore=tests/tools \
		--ignore=tests/handlers --ignore=tests/generators --ignore=tests/upgrade --ignore=tests/browser -m "not every_word"

# Of nine that run three at a time, these take the places of the first that end. The dictionary is
# read without measuring, which would take minutes.
test-handlers: $(READY)
	@nice $(BIN)/coverage run -m pytest -q tests/handlers

# The variable has coverage measure the programs too that they start.
test-tools: $(READY)
	@COVERAGE_PROCESS_START='$(CURDIR)/pyproject.toml' nice $(BIN)/python -m pytest -q tests/tools
	@nice $(BIN)/python -m pytest -q tests/unit -m every_word

# Without Node.js these tests are skipped, and say so.
test-generators: $(READY)
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory generators; fi
	@nice $(BIN)/python -m pytest -q -rs tests/generators

test-guarantees: $(READY)
	@nice $(BIN)/python -m pytest -q tests/guarantees

test-upgrade: $(READY)
	@nice $(BIN)/python -m pytest -q tests/upgrade

# On a stack of their own, so they need not wait for the others; before the others, since minutes that
# pass on that stack are seconds here.
test-faults: $(READY)
	@$(BIN)/python -m pytest -q tests/e2e/test_faults.py

# Without Chromium these tests are skipped, and say so.
test-browser: $(READY)
	@nice $(BIN)/python -m pytest -q -rs tests/browser

test-soak: $(READY)
	@$(BIN)/python -m pytest -q tests/soak

check: $(READY) $(CHECKOV)/ready check-web ## format, lint, types, import contract, secrets, template
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy layers/sms_gateway/src layers/sms_gateway/*.py clients/python/src functions/*/*.py local pages tools benchmarks tests examples requirements/*.py
	PYTHONPATH=layers/sms_gateway/src:clients/python/src $(BIN)/lint-imports
	$(BIN)/python -m tools.secret_scan
	$(BIN)/sam validate --lint --region eu-central-1
	$(CHECKOV)/bin/checkov --config-file .checkov.yaml

# JavaScript is checked where there is Node.js; a change of web/ needs it.
check-web:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(WEB)/ready && cd web && npm run --silent check; \
		else echo "WARNING: no Node.js, so web/ is not checked"; fi

format: $(READY) ## put the code into the one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(WEB)/ready && cd web && npm run --silent format; fi

scale: $(READY) ## simulate how many messages a second the gateway takes, and write docs/scale.md (a minute)
	PYTHONPATH=layers/sms_gateway/src $(BIN)/python -m pages.scale

docs: $(READY) ## the pages that are made from code, template or contract, and the layer's copy of openapi.yaml
	PYTHONPATH=layers/sms_gateway/src $(BIN)/python -m pages

lock: $(READY) ## pin the newest versions that fit requirements/dev.in and the layer's requirements.in
	$(UV) pip compile $(LOCK_OPTIONS) --upgrade requirements/dev.in -o requirements/dev.txt
	$(UV) pip compile $(LOCK_OPTIONS) --upgrade --constraints requirements/dev.txt \
		layers/sms_gateway/requirements.in -o layers/sms_gateway/requirements.txt
	$(UV) pip compile $(LOCK_OPTIONS) --upgrade requirements/checkov.in -o requirements/checkov.txt
	$(UV) pip compile $(LOCK_OPTIONS) --upgrade requirements/generators.in -o requirements/generators.txt
	$(UV) pip compile $(LOCK_OPTIONS) --upgrade --constraints requirements/dev.txt requirements/bench.in -o requirements/bench.txt
	for peer in lean tutorial; do $(UV) pip compile $(LOCK_OPTIONS) --upgrade --constraints requirements/dev.txt \
		benchmarks/peers/$$peer/requirements.in -o benchmarks/peers/$$peer/requirements.txt; done
	cd tests/generators/node && npm update --silent --package-lock-only
	cd web && npm update --silent --package-lock-only

clean: ## take away everything that make has made
	rm -rf $(VENV) $(CHECKOV) $(GENERATORS) $(BENCH) $(WEB) .local .aws-sam .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage
