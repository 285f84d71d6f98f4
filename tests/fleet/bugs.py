"""Invented defects of gopls: where they lie, what they say, and the ways that lead to them.

They are made of real functions (gopls_functions.json, by tools/fleet_functions.py) and of what is known of Go, not of
what the signature does: a defect is a place in a lineage of functions, and a lineage was followed through the releases
by the code. Some defects cannot be told apart or held together by any reader of stacks; they are made on purpose.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

FUNCTIONS = Path(__file__).parent / "gopls_functions.json"
MOST_STEPS = 9


@dataclass(frozen=True)
class Form:
    """What a function is called in a release."""

    folder: str
    receiver: str
    name: str
    file: str
    line: int
    length: int

    @property
    def qualified(self) -> str:
        """Receiver and name as the linker writes them: `(*T).M`."""
        if not self.receiver:
            return self.name
        return f"({self.receiver}).{self.name}" if self.receiver.startswith("*") else f"{self.receiver}.{self.name}"

    @property
    def symbol(self) -> str:
        return f"golang.org/x/tools/{self.folder}.{self.qualified}"


@dataclass
class Lineage:
    """One function through the releases."""

    forms: dict[int, Form]
    callers: list[int]
    is_recursive: bool


@dataclass
class Code:
    """All functions."""

    releases: list[str]
    lineages: list[Lineage]
    callees: dict[int, list[int]] = field(default_factory=dict)


def read_code() -> Code:
    """The functions of gopls."""
    content = json.loads(FUNCTIONS.read_text(encoding="utf-8"))
    lineages = []
    for releases, lines, length, names, callers, is_recursive in content["lineages"]:
        forms = {}
        for release, line in zip(releases, lines, strict=True):
            _, folder, receiver, name, file = [each for each in names if each[0] <= release][-1]
            forms[release] = Form(folder, receiver, name, file, line, length)
        lineages.append(Lineage(forms, callers, bool(is_recursive)))
    code = Code(content["releases"], lineages)
    for at, lineage in enumerate(lineages):
        for caller in lineage.callers:
            code.callees.setdefault(caller, []).append(at)
    return code


NIL = "runtime error: invalid memory address or nil pointer dereference"
ERRORS = {
    "nil": (NIL,),
    "index": (
        "runtime error: index out of range [{n}] with length {m}",
        "runtime error: index out of range [-1]",
    ),
    "slice": (
        "runtime error: slice bounds out of range [{n}:{m}]",
        "runtime error: slice bounds out of range [:{n}] with capacity {m}",
        "runtime error: slice bounds out of range [{n}:] with length {m}",
    ),
    "map": ("assignment to entry in nil map",),
    "assert": (
        "interface conversion: types.Type is *types.{t}, not *types.Named",
        "interface conversion: types.Type is nil, not *types.Named",
    ),
    "assert2": (
        "interface conversion: ast.Node is *ast.{t}, not *ast.CallExpr",
        "interface conversion: ast.Node is nil, not *ast.CallExpr",
    ),
    "divide": ("runtime error: integer divide by zero",),
    "custom1": ('no metadata for "{p}"',),
    "custom2": ("unexpected type *ast.{t}",),
    "custom3": ("internal error: position {n} of file {p}/x.go out of range",),
    "custom4": ("nil package for {p} [{p}.test]",),
    "custom5": ("unreachable",),
    "custom6": ("cannot find {t} in scope of package {p}",),
}
COMMON_ERRORS = ("nil",) * 10 + ("index",) * 4 + ("slice",) * 3 + ("map", "assert", "assert2", "divide")
CUSTOM_ERRORS = ("custom1", "custom2", "custom3", "custom4", "custom5", "custom6")

ACCESSORS = (
    ("go/types.(*Package).Path",),
    ("go/types.(*Named).Obj",),
    ("go/types.(*Signature).Results",),
    ("go/types.(*Tuple).At", "go/types.(*Signature).Params"),
    ("go/types.IsInterface",),
    ("go/types.(*object).Pkg",),
    ("go/ast.(*CallExpr).Pos",),
    ("go/ast.(*FieldList).NumFields",),
    ("go/token.(*File).Name",),
    ("go/token.(*FileSet).File",),
    ("strings.Repeat",),
    ("bytes.(*Buffer).grow", "bytes.(*Buffer).Write"),
    ("reflect.Value.Elem",),
    ("sort.insertionSort", "sort.Slice"),
    ("slices.insertionSortCmpFunc[...]", "slices.SortFunc[...]"),
    ("sync.(*Mutex).lockSlow", "sync.(*Mutex).Lock"),
    ("net/url.Parse",),
    ("encoding/json.(*decodeState).object", "encoding/json.Unmarshal"),
)
THIRD_COUNT = 8
"""Functions of other modules that the reports know."""
CHECKER = (
    *(
        "rangeStmt",
        "selector",
        "typInternal",
        "rawLookupFieldOrMethod",
        "collectMethods",
        "infer",
        "instantiateSignature",
    ),
    *("exprInternal", "objDecl", "funcInst", "arguments", "validType0", "recordTypeAndValue", "matchTypes", "builtin"),
)


@dataclass(frozen=True)
class Bug:
    """A defect."""

    number: int
    lineage: int
    error: str
    shape: str
    """`plain`, `closure`, `visitor`, `accessor`, `position`, `checker`, `fatal`, `recursion`, `third` or `helper`."""
    paths: tuple[tuple[int, ...], ...]
    """Lineages of the callers, the nearest first."""
    releases: tuple[int, ...]
    detail: int = 0
    """Chooses among helpers and functions of the shape."""


def make_bugs(code: Code, count: int, chance: random.Random) -> list[Bug]:
    """`count` defects, of which a third are chosen to be confused with another."""
    bugs: list[Bug] = []
    sites: set[tuple[str, str]] = set()
    while len(bugs) < count:
        dice = chance.random()
        bug: Bug | None
        if bugs and dice < 0.10:
            bug = twin(bugs, chance)
        elif bugs and dice < 0.32:
            bug = beside(code, bugs, chance)
        else:
            bug = anywhere(code, len(bugs), chance)
        # The same error at the same place is the same defect. Now and then it is another one, on another line of the
        # function: no name can tell the two apart.
        if bug is not None and ((site(bug), bug.error) not in sites or chance.random() < 0.1):
            sites.add((site(bug), bug.error))
            bugs.append(bug)
    return bugs


def site(bug: Bug) -> str:
    """Where the defect lies."""
    if bug.shape == "checker":
        return CHECKER[bug.detail % len(CHECKER)]
    if bug.shape == "third":
        return f"third {bug.detail % THIRD_COUNT}"
    return str(bug.lineage)


def anywhere(code: Code, number: int, chance: random.Random) -> Bug:
    """A defect in any function."""
    lineage = chance.randrange(len(code.lineages))
    shape = chance.choices(
        (
            "plain",
            "closure",
            "visitor",
            "accessor",
            "position",
            "checker",
            "fatal",
            "recursion",
            "third",
            "helper",
        ),
        (45, 12, 8, 13, 6, 6, 2, 2, 4, 1),
    )[0]
    if shape == "recursion":
        lineage = chance.choice([at for at, each in enumerate(code.lineages) if each.is_recursive])
    custom = chance.random() < 0.15 and shape in ("plain", "closure")
    error = chance.choice(CUSTOM_ERRORS if custom else COMMON_ERRORS)
    return Bug(
        number,
        lineage,
        error,
        shape,
        paths(code, lineage, chance),
        window(code, lineage, chance),
        chance.randrange(1000),
    )


def twin(bugs: list[Bug], chance: random.Random) -> Bug:
    """Another error in the same function on the same paths."""
    old = chance.choice([each for each in bugs if each.shape not in ("fatal", "recursion")] or bugs)
    error = chance.choice([each for each in (*COMMON_ERRORS, *CUSTOM_ERRORS) if each != old.error])
    return Bug(len(bugs), old.lineage, error, old.shape, old.paths, old.releases, old.detail)


def beside(code: Code, bugs: list[Bug], chance: random.Random) -> Bug | None:
    """The same error in a function with the same callers, or in the caller itself."""
    old = chance.choice(bugs)
    way = chance.choice(old.paths)
    if old.shape in ("checker", "third", "fatal", "recursion", "helper") or not way:
        return None
    if chance.random() < 0.3:
        return Bug(len(bugs), way[0], old.error, old.shape, (way[1:],), window(code, way[0], chance), old.detail)
    others = [each for each in code.callees.get(way[0], []) if each != old.lineage]
    if not others:
        return None
    lineage = chance.choice(others)
    return Bug(len(bugs), lineage, old.error, old.shape, old.paths, window(code, lineage, chance), old.detail)


def paths(code: Code, lineage: int, chance: random.Random) -> tuple[tuple[int, ...], ...]:
    """One to five ways up through the callers."""
    found = {way_up(code, lineage, chance) for _ in range(chance.choice((1, 2, 3, 3, 5)))}
    return tuple(sorted(found))


def way_up(code: Code, lineage: int, chance: random.Random) -> tuple[int, ...]:
    way: list[int] = []
    while len(way) < MOST_STEPS:
        callers = [each for each in code.lineages[lineage].callers if each not in way]
        if not callers:
            break
        lineage = chance.choice(callers)
        way.append(lineage)
    return tuple(way)


def window(code: Code, lineage: int, chance: random.Random) -> tuple[int, ...]:
    """The releases with the defect: some in a row of those that have the function."""
    releases = sorted(code.lineages[lineage].forms)
    first = chance.randrange(max(1, len(releases) - 2))
    return tuple(releases[first : first + chance.randint(3, len(releases))])
