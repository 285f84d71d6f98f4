"""Whether the launcher has gopls serve its debug pages.

They are what goroutines and heap are read from, and from v0.20.0 on, built with Go 1.25 or newer, they are not free:
gopls then starts runtime/trace's flight recorder with the debug server (golang/tools gopls/internal/cmd/serve.go,
startFlightRecorder), which traces all the time and which nothing turns off. Measured with v0.24.0: a tenth of gopls's
processor time, 10 to 40 microseconds of a hover of 300 (`python -m bench.record --parts sources`). So `auto` asks for
them where they are free, and for a day after a session in which they were missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gopls_diag.model.launcher import LauncherSettings
from gopls_diag.model.recorded_session import Look, Trouble, TroubleKind
from gopls_diag.model.version import GoplsVersion, GoVersion

ALWAYS = "always"
NEVER = "never"
MISSED_SECONDS = 24 * 3600.0
"""So long the next sessions are looked into."""
_TRACING_GOPLS = "v0.20.0"
_TRACING_GO = GoVersion.parse("go1.25")
_SEEN_IN_GOROUTINES = (TroubleKind.STUCK, TroubleKind.SLOW, TroubleKind.MEMORY, TroubleKind.THRASHING)


def are_free(gopls_version: str, go_version: str) -> bool:
    """True if the pages of this gopls cost nothing until they are read; False also where that is not known."""
    version, built_with = GoplsVersion.parse(gopls_version), GoVersion.parse(go_version)
    if version.is_known and version.is_before(_TRACING_GOPLS):
        return True
    return built_with.is_known and built_with < _TRACING_GO


def debug_at_first(choice: str, gopls_version: str, go_version: str) -> bool:
    """What launcher.json says before any session."""
    return choice == ALWAYS or (choice != NEVER and are_free(gopls_version, go_version))


def missed(troubles: Sequence[Trouble], looks: Sequence[Look]) -> bool:
    """True if a session had trouble that goroutines or a heap would explain, and none were taken."""
    return not looks and any(each.kind in _SEEN_IN_GOROUTINES for each in troubles)


def debug_next(
    settings: LauncherSettings, gopls_version: str, go_version: str, now: datetime, *, is_missed: bool
) -> LauncherSettings:
    """launcher.json for the sessions after one that has ended."""
    if settings.debug_choice in (ALWAYS, NEVER):
        return replace(settings, debug=settings.debug_choice == ALWAYS, debug_until="")
    if are_free(gopls_version, go_version):
        return replace(settings, debug=True, debug_until="")
    if is_missed:
        until = (now + timedelta(seconds=MISSED_SECONDS)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return replace(settings, debug=True, debug_until=until)
    if settings.debug_until and _is_over(settings.debug_until, now):
        return replace(settings, debug=False, debug_until="")
    return settings


def _is_over(until: str, now: datetime) -> bool:
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        return True
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) <= now
