"""The output of `go list -json`: text in, packages out.

go prints one object after another, each from a line `{` to a line `}`. They are read one at a time, so that only what
is kept costs memory: packages of the folder, and of the others those with an error or with cgo.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gopls_diag.model.go_list import ListedError, ListedModule, ListedPackage

FIELDS = (
    "ImportPath",
    "Name",
    "Dir",
    "Module",
    "DepOnly",
    "Standard",
    "Error",
    "GoFiles",
    "CgoFiles",
    "IgnoredGoFiles",
    "TestGoFiles",
    "XTestGoFiles",
    "TestImports",
    "XTestImports",
    "CgoPkgConfig",
)
"""The fields to ask go list for; each costs time and bytes."""


@dataclass(slots=True)
class Listing:
    """What was read; the fields are those of GoList."""

    packages: list[ListedPackage] = field(default_factory=list)
    errors: list[ListedError] = field(default_factory=list)
    modules: dict[str, ListedModule] = field(default_factory=dict)
    total: int = 0
    not_understood: int = 0
    listed: set[str] = field(default_factory=set)
    """Import paths of all packages."""
    test_imports: dict[str, None] = field(default_factory=dict)
    """What tests of packages of the folder import, in the order in which it was met."""

    @property
    def tests_only(self) -> list[str]:
        """Packages of other modules that only tests import: go list -deps passes over them."""
        return [each for each in self.test_imports if each not in self.listed and "." in each.partition("/")[0]]


def read_go_list(text: str) -> Listing:
    """All that `go list -e -deps -json` printed; linear in its length."""
    listing = Listing()
    seen: set[tuple[str, str]] = set()
    for piece in _pieces(text):
        value = _object(piece)
        if value is None or not isinstance(value.get("ImportPath"), str):
            listing.not_understood += 1
            continue
        listing.total += 1
        listing.listed.add(value["ImportPath"])
        if value.get("DepOnly") is not True:
            listing.test_imports.update(dict.fromkeys(_texts(value.get("TestImports"))))
            listing.test_imports.update(dict.fromkeys(_texts(value.get("XTestImports"))))
        module = _module(value.get("Module"))
        if module is not None:
            listing.modules.setdefault(module.path, module)
        package = _package(value, module.path if module else "")
        if package.error and (package.error.text, package.error.position) not in seen:
            seen.add((package.error.text, package.error.position))
            listing.errors.append(package.error)
        if package.error or _is_worth_keeping(package):
            listing.packages.append(package)
    return listing


def _pieces(text: str) -> Iterator[str]:
    """The text of each object; what stands between objects is passed over."""
    at = 0 if text.startswith("{") else text.find("\n{") + 1
    while at < len(text) and text.startswith("{", at):
        end = text.find("\n}", at)
        if end < 0:
            yield text[at:]
            return
        yield text[at : end + 2]
        following = text.find("\n{", end + 2)
        if following < 0:
            return
        at = following + 1


def _object(piece: str) -> Mapping[str, Any] | None:
    try:
        value = json.loads(piece)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _is_worth_keeping(package: ListedPackage) -> bool:
    if not package.is_dependency:
        return True
    return not package.is_standard and bool(package.cgo_files or package.pkg_config)


def _package(value: Mapping[str, Any], module: str) -> ListedPackage:
    return ListedPackage(
        path=value["ImportPath"],
        name=_text(value.get("Name")),
        folder=_text(value.get("Dir")),
        module=module,
        is_dependency=value.get("DepOnly") is True,
        is_standard=value.get("Standard") is True,
        error=_error(value.get("Error")),
        cgo_files=_texts(value.get("CgoFiles")),
        ignored_files=_texts(value.get("IgnoredGoFiles")),
        pkg_config=_texts(value.get("CgoPkgConfig")),
        go_files=len(_texts(value.get("GoFiles"))) + len(_texts(value.get("CgoFiles"))),
        test_files=len(_texts(value.get("TestGoFiles"))) + len(_texts(value.get("XTestGoFiles"))),
    )


def _error(value: Any) -> ListedError | None:
    if not isinstance(value, dict):
        return None
    return ListedError(_text(value.get("Err")), _text(value.get("Pos")), _texts(value.get("ImportStack")))


def _module(value: Any) -> ListedModule | None:
    if not isinstance(value, dict) or not isinstance(value.get("Path"), str):
        return None
    error = value.get("Error")
    return ListedModule(
        path=value["Path"],
        version=_text(value.get("Version")),
        folder=_text(value.get("Dir")),
        is_main=value.get("Main") is True,
        go_version=_text(value.get("GoVersion")),
        error=_text(error.get("Err")) if isinstance(error, dict) else "",
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()
