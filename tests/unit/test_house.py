"""The rules of the house: which room may import which, what may be used where, how long a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from gopls_diag.model.declaration import FAMILIES
from tests.conftest import ROOT

SRC = ROOT / "src" / "gopls_diag"
ROOMS = ("model", "parse", "edit", "world", "facts", "checks", "engines", "present", "cli")
"""A room imports itself and the rooms before it."""

BANNED_NAMES = {"utils", "util", "helper", "helpers", "manager", "managers", "data", "common", "misc", "base", "stuff"}
"""Names of files that say nothing of what is in them."""

SYSTEM_MODULES = {
    *("os", "subprocess", "socket", "psutil", "shutil", "tempfile", "glob", "signal", "resource", "pwd", "ctypes"),
    *("urllib", "http", "multiprocessing", "platform", "getpass", "fcntl", "select", "asyncio", "selectors"),
}
SYSTEM_NAMES = {
    *("open", "input", "print", "breakpoint", "exec", "eval", "__import__"),
    *("time.time", "time.sleep", "datetime.now", "datetime.utcnow", "date.today", "Path.cwd", "Path.home"),
}
PATH_METHODS = {
    *(
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "exists",
        "is_file",
        "is_dir",
        "is_symlink",
        "stat",
        "lstat",
    ),
    *(
        "iterdir",
        "rglob",
        "mkdir",
        "unlink",
        "rename",
        "touch",
        "chmod",
        "symlink_to",
        "resolve",
        "expanduser",
        "samefile",
    ),
}
"""Methods of pathlib.Path that ask the system; judged only in files that import Path."""

FAMILY_FOLDERS = {
    "env": "E",
    "workspace": "W",
    "cgo": "C",
    "resources": "R",
    "memory": "M",
    "kill": "K",
    "exits": "X",
    "health": "H",
    "settings": "S",
    "platform": "P",
    "logs": "L",
}

MAY_ASK_THE_SYSTEM = {"world": "it is the door", "cli": "reads its arguments, streams and the files that they name"}
LONGEST_FILE_LINES = 400
LONGEST_FUNCTION_LINES = 50

FILES = sorted(SRC.rglob("*.py"))
IDS = [str(each.relative_to(SRC)) for each in FILES]
ANY_FILE = pytest.mark.parametrize("path", FILES, ids=IDS)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    parts = path.relative_to(SRC).parts
    return parts[0] if len(parts) > 1 else ""


def module_name(path: Path) -> str:
    parts = ("gopls_diag", *path.relative_to(SRC).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(each) for each in FILES}


def imports(path: Path, *, deferred: bool) -> Iterator[tuple[str, int]]:
    """Modules that a file imports, with the line; with those inside functions only when asked."""
    nodes: list[ast.AST] = [tree(path)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            yield from ((each.name, node.lineno) for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for each in node.names:
                inner = f"{node.module}.{each.name}"
                yield inner if inner in MODULES else node.module, node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not deferred:
            continue
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            nodes.extend(node.orelse)
            continue
        nodes.extend(ast.iter_child_nodes(node))


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


@ANY_FILE
def test_a_room_imports_only_rooms_below_it(path: Path) -> None:
    own = room(path)
    allowed = ROOMS[: ROOMS.index(own) + 1] if own in ROOMS else ()
    assert own in ROOMS or path.parent == SRC, "a folder that is no room"
    if path.name == "__main__.py":
        allowed = ROOMS

    breaches = [
        f"line {line}: {name}"
        for name, line in imports(path, deferred=True)
        if name.startswith("gopls_diag.") and name.split(".")[1] not in allowed
    ]

    assert breaches == []


def test_no_module_imports_itself_by_a_detour() -> None:
    known = {module_name(each): each for each in FILES}
    needs = {
        # A package is loaded before what is in it, so that its members may import it.
        name: {
            each
            for each, _ in imports(path, deferred=False)
            if each in known and not (name + ".").startswith(each + ".")
        }
        for name, path in known.items()
    }
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for each in sorted(needs[name]):
                visit(each, (*trail, name))
            done.add(name)

    for name in sorted(needs):
        visit(name, ())


@ANY_FILE
def test_only_the_world_asks_the_system(path: Path) -> None:
    if room(path) in MAY_ASK_THE_SYSTEM:
        return
    has_path = any(name in {"pathlib", "pathlib.Path"} for name, _ in imports(path, deferred=True)) and "Path" in {
        alias.name for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    breaches = [
        f"line {line}: import {name}"
        for name, line in imports(path, deferred=True)
        if name.split(".")[0] in SYSTEM_MODULES and name != "urllib.parse"
    ]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if name in SYSTEM_NAMES or (
                has_path and isinstance(node.func, ast.Attribute) and node.func.attr in PATH_METHODS
            ):
                breaches.append(f"line {node.lineno}: {name or node.func}")

    assert breaches == []


@ANY_FILE
def test_a_file_is_named_for_what_is_in_it(path: Path) -> None:
    assert path.stem.strip("_") not in BANNED_NAMES
    assert not re.search(r"\d$", path.stem) or re.search(r"sha256$", path.stem), "numbers say nothing"


@ANY_FILE
def test_files_and_functions_fit_into_a_head(path: Path) -> None:
    if path.name.endswith("_pb2.py"):
        return
    lines = len(path.read_text(encoding="utf-8").splitlines())
    long_functions = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # A docstring is a page for its reader, and costs nobody's head.
            page = node.body[0].end_lineno or 0 if ast.get_docstring(node) else node.lineno
            length = (node.end_lineno or 0) - max(page, node.lineno)
            if length > LONGEST_FUNCTION_LINES:
                long_functions.append(f"{node.name}: {length} lines")

    assert lines <= LONGEST_FILE_LINES
    assert long_functions == []


@ANY_FILE
def test_sentences_do_not_shout(path: Path) -> None:
    shouted = [
        f"line {node.lineno}: {node.value[:60]!r}"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(r"[a-z]{2}!(?:\s|$)", node.value)
    ]

    assert shouted == []


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / each for each in listed.stdout.decode().split("\0") if each and (ROOT / each).is_file()]


# Put together from parts, so that this file passes its own test.
FORBIDDEN_WORDS = re.compile(
    "|".join(
        [
            r"(?<![\w/.-])/work" + r"/(?:main|shared)",
            r"(?<![\w])/root" + r"/\.pyenv",
            "pypi" + r"\.org",
            "files\\.python" + "hosted",
            "registry\\.npm" + "js",
            "proxy\\.golang" + "\\.org",
            "crates" + r"\.io",
        ]
    )
)
EMOJI = re.compile("[\U0001f300-\U0001faff\u2705\u274c\u2728\u26a0]")


def test_no_tracked_file_names_this_machine_or_a_registry_or_holds_emoji() -> None:
    found = []
    for path in tracked_files():
        relative = path.relative_to(ROOT)
        if relative.parts[:2] == ("tests", "corpus"):
            continue
        text = path.read_bytes().decode("utf-8", "replace")
        # Tests may name folders as odd as people do.
        patterns = (FORBIDDEN_WORDS,) if relative.parts[0] == "tests" else (FORBIDDEN_WORDS, EMOJI)
        found += [f"{relative}: {hit[0]}" for pattern in patterns for hit in pattern.finditer(text)]

    assert found == []


def test_each_family_folder_has_a_letter() -> None:
    folders = {each.name for each in (SRC / "checks").iterdir() if (each / "__init__.py").is_file()}

    assert folders <= set(FAMILY_FOLDERS)
    assert set(FAMILY_FOLDERS.values()) <= set(FAMILIES)


def test_changes_are_told_in_fragments() -> None:
    assert (ROOT / "changes" / "README.md").is_file()
    assert len(list((ROOT / "changes").glob("*.md"))) > 1
