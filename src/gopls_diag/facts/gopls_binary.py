"""One file named gopls: its header, its hash, and what it says about itself."""

from __future__ import annotations

from gopls_diag.model.executable import ExecutableHeader
from gopls_diag.model.gopls import GoplsBinary
from gopls_diag.model.gopls_package import GOPLS_PACKAGE
from gopls_diag.model.system import CommandResult
from gopls_diag.model.version import GoplsVersion, GoVersion
from gopls_diag.parse.executable import HEADER_BYTES, parse_executable
from gopls_diag.parse.gopls_version import (
    BuildInformation,
    parse_go_version_m,
    parse_version_json,
    parse_version_line,
)
from gopls_diag.world import World, WorldError

_LIMIT_SECONDS = 15.0
"""For one answer: `gopls version` takes a tenth of a second; a wrapper may do anything."""
CACHES = ("XDG_CACHE_HOME",)
"""Private to the gopls commands that doctor runs: even `gopls version` makes folders there (seen with v0.23.0)."""


def inspect_gopls(world: World, path: str, resolved: str, *, go: str = "") -> GoplsBinary:
    """What the file says: by `version -json`, else `version`, else `go version -m`.

    These are the questions that VS Code asks, in its order (extension/src/language/goLanguageServer.ts,
    getLocalGoplsVersion, v0.57.2), so a wrapper that cannot answer them is in trouble there too.
    """
    header = _header(world, path)
    try:
        sha256 = world.sha256(resolved)
    except WorldError:
        sha256 = ""
    answer, command, problem = _ask(world, path, go)
    package = answer.package if answer else ""
    return GoplsBinary(
        path=path,
        version=answer.version if answer else GoplsVersion.parse(""),
        built_with=answer.built_with if answer else GoVersion.parse(""),
        resolved_path=resolved,
        header=header,
        module_sum=answer.module_sum if answer else "",
        sha256=sha256,
        problem=problem,
        answered=command,
        wraps=package if package and package != GOPLS_PACKAGE else "",
    )


def _header(world: World, path: str) -> ExecutableHeader | None:
    try:
        return parse_executable(world.read_bytes(path, limit_bytes=HEADER_BYTES), name=path)
    except WorldError:
        return None


def _ask(world: World, path: str, go: str) -> tuple[BuildInformation | None, str, str]:
    """(what was said, by which command, why the file itself did not say it)."""
    first = world.run((path, "version", "-json"), limit_seconds=_LIMIT_SECONDS, private_folders=CACHES)
    answer = parse_version_json(first.stdout) if first.is_ok else None
    if answer:
        return answer, first.line, ""
    problem = _problem(first)
    if first.start_error is None and not first.is_timed_out:
        second = world.run((path, "version"), limit_seconds=_LIMIT_SECONDS, private_folders=CACHES)
        answer = parse_version_line(second.stdout) if second.is_ok else None
        if answer:
            return answer, second.line, ""
        problem = _problem(second)
    if go:
        build = world.run((go, "version", "-m", path), limit_seconds=_LIMIT_SECONDS)
        answer = parse_go_version_m(build.stdout) if build.is_ok else None
        if answer:
            return answer, build.line, problem
    return None, "", problem


_REFUSALS = {
    "format": "this machine cannot run it: it is no program, or one for another processor",
    "denied": "this user may not execute it",
    "missing": "it is gone, or what it needs to start is",
}


def _problem(result: CommandResult) -> str:
    if result.start_error in _REFUSALS:
        return _REFUSALS[result.start_error]
    if result.is_ok:
        said = result.stdout.strip().splitlines()
        return f"{result.line} answered {said[0][:120]!r}" if said else f"{result.line} said nothing"
    said = result.stderr.strip().splitlines()
    return f"{result.line} {result.ending}" + (f": {said[0][:200]}" if said else "")
