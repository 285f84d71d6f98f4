"""E09: the build cache cannot be written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.go_folders import FolderState, GoFolders
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Sayings
from gopls_diag.model.toolchain import GoEnvironment

PATTERN = re.compile(r"failed to initialize build cache at ([^\n:]{1,200}(?::\\[^\n:]{1,200})?): ([^\n\"]{1,200})")


_WHY_PARTS = "Packages with C in them, net and os/user among them, cannot be prepared; what imports them shows errors."


@check(
    "E09",
    Severity.ERROR,
    why="go list refuses to run as gopls runs it, or does all work again each time.",
    explains=("E28", "M10", "W01", "W02", "W03", "W05", "W06", "W17", "C01", "C04", "H12"),
)
def build_cache_unwritable(
    environment: GoEnvironment, folders: GoFolders, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """The build cache cannot be written.

    What it means: The folder that go env GOCACHE names belongs to somebody else (often root, after a go build with
        sudo), lies on a read-only file system, is no folder, or cannot be made.
    Why it matters: The go command does not start without it, so gopls loads nothing. Where only folders in it belong
        to somebody else, packages without C still load.
    How to fix: Give the folder back to its user with chown, or take GOCACHE away where it is set, or set it to a folder
        of your own.
    When to ignore: Never while it is found.
    Source: golang/go src/cmd/go/internal/cache/default.go ("failed to initialize build cache"); seen with gopls
        v0.23.0 and Go 1.27.3 on Linux.
    """
    problem, state = _problem(folders)
    if state is not None:
        setting = environment.origin("GOCACHE")
        evidence = (setting.evidence,) if setting else (Evidence("go env GOCACHE", environment.value("GOCACHE")),)
        yield Finding(
            f"The build cache {state.path} {problem}",
            evidence=evidence,
            remedies=_remedies(state, environment),
            why=_WHY_PARTS if state is folders.build_cache_part else None,
            severity=Severity.WARNING if state is folders.build_cache_part else Severity.ERROR,
        )
        return
    if isinstance(sayings, Unknown):
        return
    for heard in sayings.matching(PATTERN):
        yield Finding(
            f"The build cache {heard.match[1]} could not be opened: {heard.match[2].strip()}",
            evidence=(quote(heard),),
            remedies=(advise(f"Give {heard.match[1]} back to its user, or set GOCACHE to a folder of your own"),),
        )
        return


def _problem(folders: GoFolders) -> tuple[str, FolderState | None]:
    cache, part = folders.build_cache, folders.build_cache_part
    if cache is None or not cache.is_absolute:
        return "", None
    if cache.is_hidden:
        return "may not be looked at by this user", cache
    if cache.broken_link:
        return f"is a link to {cache.broken_link}, which is not there", cache
    if cache.kind is None:
        return ("", None) if cache.can_be_made else (f"cannot be made in {cache.ancestor}", cache)
    if not cache.is_folder:
        return "is no folder", cache
    if not cache.is_writable:
        return "may not be written by this user", cache
    if part is not None and part.is_folder and not part.is_writable:
        return "has parts that may not be written by this user", part
    return "", None


def _remedies(state: FolderState, environment: GoEnvironment) -> tuple[Remedy, ...]:
    setting = environment.origin("GOCACHE")
    taken = unset(setting, name="GOCACHE", otherwise="") if setting else ()
    cache = environment.value("GOCACHE")
    if state.is_folder and state.owner is not None:
        return (
            advise(f'Give the folder back to yourself: sudo chown -R "$USER" {cache}'),
            *taken,
            advise("Or set GOCACHE to a folder of your own"),
        )
    return (*taken, advise("Set GOCACHE to a folder of your own that can be written"))
