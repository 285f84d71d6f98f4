# Everything a contributor runs. Each target sets up what it needs; nothing is installed outside this folder.

PYTHON ?= python3
SECONDS ?= 60
MEGABYTES ?= 4
BIN := .venv/bin

.PHONY: demo test test-editor lint bench gym fuzz docs setup clean

demo: ## examine this machine, then a broken workspace that ships with the project
	@$(PYTHON) tools/setup.py python gopls@v0.23.0
	@$(BIN)/python tools/demo.py

setup: ## the virtual environment, gopls in four versions and delve, in .venv and .tools
	@$(PYTHON) tools/setup.py

test: setup ## every test, with the real go and gopls
	$(BIN)/pytest -q -n 4 --dist worksteal

gym: setup ## the set-ups that are really broken, one fault each, with the tables; each is repaired, and the repair undone
	GYM_ALL=1 $(BIN)/pytest -q -n 2 tests/gym

test-editor: ## tests in a real window of VS Code; what it needs goes into .tools/editor
	@$(PYTHON) tools/setup.py python gopls@v0.23.0 gopls@v0.24.0
	@$(BIN)/python tools/setup_editor.py; case $$? in \
	0) $(BIN)/pytest -q tests/editor || { echo "once more what failed: a window has much that moves"; \
	   $(BIN)/pytest -q --last-failed tests/editor; } ;; \
	3) echo "skipped: no test of the editor's window was run, for the reason above" ;; \
	*) exit 1 ;; esac

lint:
	@$(PYTHON) tools/setup.py python
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	PYTHONHASHSEED=0 $(BIN)/mypy

bench: setup ## the figures of README.md, measured here beside their reference
	@for each in bench/*.py; do $(BIN)/python -m bench.$$(basename $$each .py) || exit 1; done

fuzz: ## damaged logs for SECONDS=60, then logs made to hurt of MEGABYTES=4 each
	@$(PYTHON) tools/setup.py python
	$(BIN)/python tests/fuzz/fuzz_logs.py --seconds $(SECONDS)
	$(BIN)/python tests/fuzz/adversaries.py --megabytes $(MEGABYTES)

docs: ## the pages and help texts that are generated from the checks and the commands
	@$(PYTHON) tools/setup.py python
	$(BIN)/python tools/write_docs.py

clean: ## take away what the targets above made
	rm -rf .venv .tools .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist src/*.egg-info
