# Everything here needs python3 (3.11 or later, with pip), make and git; nothing else.
PYTHON = .venv/bin/python
PORT = 8000
RUNS = 300
STEPS = 50
KILLS = 50
ARGS =
# A test that hangs is named, with where it stands, long before a gate would give up.
HANGS = -o faulthandler_timeout=900 -o faulthandler_exit_on_timeout=true
# Where the exchange may be missed first: grants, proofs, a close, what a page or a letter tells.
WITHOUT_EXCHANGE = tests/ledger/test_every_privilege.py tests/ledger/test_proofs.py \
	tests/wallet/home/test_home.py tests/wallet/invoices tests/wallet/notify/test_letters.py \
	tests/wallet/staff/test_adjusted_books.py tests/wallet/statements tests/wallet/winddown/test_admin.py

# Many images forbid it: then each of the hundred processes that a run of the tests starts would
# compile all of this code anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test check serve migrate format lint types imports migrations openapi gifts soak-convert clearings bench bench-ledger bench-exchange fuzz kill kill-close kill-writer upgrade test-postgres15 test-without-exchange some-without-exchange setup clean

help:
	@echo 'make demo             play a month on sample data, then serve it (ARGS=--check: do not serve)'
	@echo 'make test             run the tests (ARGS: what pytest takes)'
	@echo 'make test-without-exchange   run those of the ledger and the wallet with EXCHANGE=off'
	@echo 'make check            what CI runs: format, lint, types, imports, migrations, tests, some of them with EXCHANGE=off'
	@echo 'make serve            serve without playing (PORT=8000)'
	@echo 'make migrate          bring the database to this code'
	@echo 'make openapi          write docs/openapi.json anew, after a change of the API'
	@echo 'make gifts            give 10,000 random gifts and count every coin and megabyte after them'
	@echo 'make soak-convert     convert 2,000 times over bad carriers, one of them down, and count every coin'
	@echo 'make bench            run the benchmarks, which never fail'
	@echo 'make bench-ledger     run those of the ledger (BENCH_ROUNDS=3, BENCH_SECONDS=5)'
	@echo 'make bench-exchange   run those of the exchange and of settlement (SETTLE_HOLDERS=100000)'
	@echo 'make upgrade          bring a database of the release before, with rows in it, to this one'
	@echo 'make fuzz             hold the ledger against a model, at random (RUNS=300 STEPS=50)'
	@echo 'make kill             kill PostgreSQL and its clients amid postings (KILLS=50 ARGS="--seed 7")'
	@echo 'make kill-close       kill the close of a month 100 times (ARGS="--seed 7")'
	@echo 'make kill-writer      kill the writer of a book amid its batches (KILLS=50)'
	@echo 'make clean            remove the environment and the embedded data of this checkout'

setup:
	@bin/bootstrap
	@$(PYTHON) -m config.catalogs

demo: setup
	@exec $(PYTHON) manage.py demo $(ARGS)

serve: setup
	@exec $(PYTHON) manage.py serve --port $(PORT)

migrate: setup
	@exec $(PYTHON) manage.py migrate $(ARGS)

test: setup
	@exec $(PYTHON) -m pytest -n 2 $(HANGS) $(ARGS)

test-postgres15: setup
	@POSTGRES_BIN=/usr/lib/postgresql/15/bin EMBEDDED_DIR=.embedded-15 $(PYTHON) -m pytest -n 2 $(HANGS) tests/ledger $(ARGS)

test-without-exchange: setup
	@EXCHANGE=off $(PYTHON) -m pytest -n 2 $(HANGS) tests/ledger tests/wallet $(ARGS)

some-without-exchange: setup
	@EXCHANGE=off $(PYTHON) -m pytest -n 2 $(HANGS) $(WITHOUT_EXCHANGE)

check: lint types imports migrations test some-without-exchange

format: setup
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

lint: setup
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .

types: setup
	$(PYTHON) -m mypy

imports: setup
	.venv/bin/lint-imports

migrations: setup
	$(PYTHON) manage.py makemigrations --check --dry-run

openapi: setup
	$(PYTHON) manage.py spectacular --validate --fail-on-warn --format openapi-json --file docs/openapi.json

fuzz: setup
	@HYPOTHESIS=random FUZZ_RUNS=$(RUNS) FUZZ_STEPS=$(STEPS) $(PYTHON) -m pytest -p no:cacheprovider -s tests/ledger/test_state_machine.py $(ARGS)

kill: setup
	@exec $(PYTHON) -m tests.faults.killing --kills $(KILLS) $(ARGS)

kill-close: setup
	@exec $(PYTHON) -m tests.faults.closing --kills 100 $(ARGS)

kill-writer: setup
	@WRITER_KILLS=$(KILLS) $(PYTHON) -m pytest -p no:cacheprovider -n 0 -q tests/faults/test_killed_writer.py $(ARGS)

upgrade: setup
	@UPGRADE=on $(PYTHON) -m pytest -p no:cacheprovider -n 0 -q tests/config/test_upgrade.py $(ARGS)

soak-convert: setup
	@CONVERSIONS=2000 $(PYTHON) -m pytest -p no:cacheprovider -n 0 -q -s tests/capabilities/test_n5_an_honest_unknown.py $(ARGS)

gifts: setup
	@GIFTS=10000 $(PYTHON) -m pytest -n 0 -q tests/capabilities/test_c2_gift_and_share.py -k random $(ARGS)

clearings: setup
	@CLEARINGS=10000 $(PYTHON) -m pytest -n 0 -q tests/capabilities/test_o2_inter_carrier_netting.py $(ARGS)

bench: setup
	@TEST_DURABLE=on $(PYTHON) -m pytest -p no:cacheprovider tests/benchmarks -s $(ARGS)

bench-ledger: setup
	@TEST_DURABLE=on $(PYTHON) -m pytest -p no:cacheprovider tests/benchmarks/test_ledger_*.py -s -q $(ARGS)

bench-exchange: setup
	@TEST_DURABLE=on BENCH_WATCHED=20000 $(PYTHON) -m pytest -p no:cacheprovider tests/benchmarks/test_exchange_*.py -s -q $(ARGS)

clean:
	@# The tests' servers live in memory; as root below a private home, data lies elsewhere.
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m config.embedded.home; fi
	rm -rf .venv .embedded .embedded-test .embedded-kill .embedded-15 .mypy_cache .ruff_cache .pytest_cache .hypothesis
