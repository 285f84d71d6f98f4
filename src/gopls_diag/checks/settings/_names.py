"""Which names of settings one gopls knows, and what an old name and its value are today."""

from __future__ import annotations

from typing import Any

from gopls_diag.checks.settings._values import gopls_objection
from gopls_diag.model.gopls_api import GoplsApi
from gopls_diag.model.gopls_names import LISTED_BUT_REFUSED, RENAMED, RETIRED, SINCE, UNLISTED
from gopls_diag.model.version import GoplsVersion

SAME_VALUE = frozenset(
    {"wantCompletionDocumentation", "wantUnimportedCompletions", "experimentalDiagnosticsDelay", "codelens"}
)
"""Renamed settings whose value means the same under the new name."""
_SWITCHES: dict[str, tuple[tuple[bool, str, Any], ...]] = {
    "disableDeepCompletion": ((True, "deepCompletion", False),),
    "disableFuzzyMatching": ((True, "matcher", "CaseInsensitive"),),
    "fuzzyMatching": ((False, "matcher", "CaseInsensitive"),),
    "caseSensitiveCompletion": ((True, "matcher", "CaseSensitive"),),
    "noSemanticString": ((True, "semanticTokenTypes", {"string": False}),),
    "noSemanticNumber": ((True, "semanticTokenTypes", {"number": False}),),
}
"""Old switch to its value that meant something else than today's default, and what says that today (settings.go of
v0.4 to v0.11: fuzzy matching was the default, else letters of any case)."""


def is_known(name: str, api: GoplsApi) -> bool:
    """True for a last segment that gopls takes, or for which it has a better answer than "unexpected setting"."""
    if name in LISTED_BUT_REFUSED:
        return False
    if name in api.options or name in RENAMED or name in RETIRED:
        return True
    return name in UNLISTED and not is_younger(name, api)


def is_younger(name: str, api: GoplsApi) -> bool:
    """True for a setting that came with a later release than the one that is installed."""
    version = GoplsVersion.parse(api.version)
    return name in SINCE and version.is_known and version.is_before(SINCE[name])


def is_taken(name: str, api: GoplsApi | None) -> bool:
    """True for a last segment that gopls acts on."""
    if api is None:
        return name in UNLISTED
    return is_known(name, api) and name not in RENAMED and name not in RETIRED


def modern(name: str, value: Any, api: GoplsApi | None) -> tuple[str, Any] | None:
    """The name and value of today for a renamed setting; None where it would say what holds anyway, or says nothing."""
    if name in SAME_VALUE:
        new, meant = RENAMED[name], value
    elif name == "experimentalDisabledAnalyses" and isinstance(value, list):
        known = [each for each in value if isinstance(each, str) and (api is None or each in api.analyzers)]
        new, meant = "analyses", dict.fromkeys(known, False)
        if not known:
            return None
    else:
        found = next(((to, then) for when, to, then in _SWITCHES.get(name, ()) if when is value), None)
        if found is None:
            return None
        new, meant = found
    if not is_taken(new, api) and new not in UNLISTED:
        return None
    accepted = acceptable(new, meant, api)
    return None if accepted is None else (new, accepted)


def acceptable(name: str, value: Any, api: GoplsApi | None) -> Any:
    """The value, converted if need be, so that gopls takes it for the setting; None if it would not."""
    option = api.options.get(name) if api else None
    if option is None:
        return value
    said, better = gopls_objection(option, value)
    return better if said else value
