"""What gopls and go say about the build of a gopls binary."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from gopls_diag.model.version import GoplsVersion, GoVersion

_MODULE_PATTERN = re.compile(
    r"^\t{0,4}mod[ \t]{1,4}(\S{1,300})[ \t]{1,4}(\S{1,200})(?:[ \t]{1,4}(h1:\S{1,100}))?", re.MULTILINE
)
_PATH_PATTERN = re.compile(r"^\t{0,4}path[ \t]{1,4}(\S{1,300})", re.MULTILINE)
_GO_PATTERN = re.compile(r"^[^\n]{1,1000}: (go\S{1,100}|devel[^\n]{1,200})$", re.MULTILINE)
_LINE_PATTERN = re.compile(r"^(\S{1,300}/gopls) (\S{1,200})\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class BuildInformation:
    """How a binary was built, as far as it was said."""

    version: GoplsVersion
    built_with: GoVersion
    package: str = ""
    """Path of its main package; empty when it was not said."""
    module_sum: str = ""


def parse_version_json(text: str) -> BuildInformation | None:
    """The answer of `gopls version -json`; None when it is something else."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or not isinstance(answer.get("GoVersion"), str):
        return None
    main = answer.get("Main")
    main = main if isinstance(main, dict) else {}
    # With a stamped build (-X main.version) only the top Version names the release.
    version = _words(answer.get("Version")) or _words(main.get("Version"))
    return BuildInformation(
        GoplsVersion.parse(version),
        GoVersion.parse(answer["GoVersion"]),
        _words(answer.get("Path")),
        _words(main.get("Sum")),
    )


def parse_version_line(text: str) -> BuildInformation | None:
    """The answer of `gopls version`: the package and the version; None when it is something else."""
    found = _LINE_PATTERN.search(text[:20_000])
    if not found:
        return None
    return BuildInformation(GoplsVersion.parse(found[2]), GoVersion.parse(""), found[1])


def parse_go_version_m(text: str) -> BuildInformation | None:
    """The answer of `go version -m FILE`; None when it is no Go program."""
    words = text[:20_000]
    go, path, module = _GO_PATTERN.search(words), _PATH_PATTERN.search(words), _MODULE_PATTERN.search(words)
    if not go or not path:
        return None
    return BuildInformation(
        GoplsVersion.parse(module[2] if module else ""),
        GoVersion.parse(go[1]),
        path[1],
        (module[3] or "") if module else "",
    )


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""
