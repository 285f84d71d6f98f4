"""Where well-known functions of gopls stand in each release: from the lines of a stack, which release it is of.

Traces of builds from a checkout, of packagers and of editors that shorten paths do not name the version of gopls, but
the functions that every request goes through moved by a few lines with nearly every release.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict

from gopls_diag.parse.go_crash.function_name import canonical_package
from tools.known_crashes_history import History
from tools.known_crashes_places import Function, functions_in

TOOLS = "golang.org/x/tools/"
GOPLS = f"{TOOLS}gopls/internal/"
WHOLE = {f"{GOPLS}{each}" for each in ("cache", "lsprpc", "server")} | {f"{TOOLS}internal/jsonrpc2"}
EXPORTED = {f"{GOPLS}{each}" for each in ("golang", "mod", "template", "work")}
SINGLE = {f"{GOPLS}golang/completion": {"Completion"}, f"{GOPLS}cmd": {"Run"}}
PROTOCOL = f"{GOPLS}protocol"
PROTOCOL_FILE_PATTERN = re.compile(r"/(?:tsserver|tsserver_gen|server_gen|protocol)\.go$")


def is_landmark(package: str, path: str, function: Function) -> bool:
    """True for functions that are in most stacks of requests."""
    bare = function.name.rpartition(".")[2]
    if package == PROTOCOL:
        return bool(PROTOCOL_FILE_PATTERN.search(path))
    return package in WHOLE or (package in EXPORTED and bare[0].isupper()) or bare in SINGLE.get(package, ())


def landmarks(history: History) -> dict[str, dict[str, str]]:
    """By package as it was called and function: `40+12:3-5`, first line, how many more, first and last release."""
    found: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
    for number, release in enumerate(history.releases):
        for revision, is_inside in ((release.commit, True), (release.tools, False)):
            for folder, paths in history.tree(revision).items():
                package = canonical_package(TOOLS + folder)
                if folder.startswith("gopls") != is_inside or not package.startswith(
                    (GOPLS, f"{TOOLS}internal/jsonrpc2")
                ):
                    continue
                for path in paths:
                    text = history.text(revision, path)
                    functions = functions_in(text)
                    # Up to the next function: a raw string may hold what looks like a function's end.
                    starts = [*(each.start for each in functions), text.count("\n") + 2]
                    for each, after in zip(functions, starts[1:], strict=True):
                        if is_landmark(package, path, each):
                            _add(found[TOOLS + folder, each.name], each.start, after - 1 - each.start, number)
    table: dict[str, dict[str, str]] = defaultdict(dict)
    for (package, name), runs in sorted(found.items()):
        table[package][name] = ",".join(f"{start}+{more}:{first}-{last}" for start, more, first, last in runs)
    return table


def _add(runs: list[list[int]], start: int, more: int, number: int) -> None:
    if runs and runs[-1][:2] == [start, more] and runs[-1][3] == number - 1:
        runs[-1][3] = number
    else:
        runs.append([start, more, number, number])


def written(history: History) -> str:
    """The file's text, one line a package."""
    head = {"made": history.date, "from": f"golang/tools {history.head}"}
    head_text = json.dumps({**head, "releases": [each.name for each in history.releases]})[:-1]
    lines = ",\n".join(
        f"{json.dumps(package)}:{json.dumps(functions, separators=(',', ':'))}"
        for package, functions in landmarks(history).items()
    )
    return f'{head_text}, "packages": {{\n{lines}\n}}}}\n'
