"""Judges settings: of gopls, of the Go extension, and of golangci-lint where gopls is meant."""

from __future__ import annotations

from gopls_diag.engines.advice.names import Installed, names
from gopls_diag.engines.advice.verdicts import elsewhere, never, of_span, real, retired
from gopls_diag.model.claim import Claim, Judgement
from gopls_diag.model.go_extension import DECLARED, MEANT
from gopls_diag.model.go_extension import RETIRED as EXTENSION_RETIRED
from gopls_diag.model.gopls_names import LISTED_BUT_REFUSED, RENAMED, RETIRED, UNLISTED
from gopls_diag.model.gopls_names import MEANT as GOPLS_MEANT

_HINTS = frozenset(
    {
        *("assignVariableTypes", "compositeLiteralFields", "compositeLiteralTypes", "constantValues"),
        *("functionTypeParameters", "ignoredError", "parameterNames", "rangeVariableTypes"),
    }
)
_LENSES = frozenset(
    {"gc_details", "generate", "regenerate_cgo", "run_govulncheck", "test", "tidy", "upgrade_dependency", "vendor"}
) | {"vulncheck"}
_NOT_ANALYZERS = {
    "fillstruct": "a code action (Fill struct), not an analyzer",
    "undeclaredname": "a code action, not an analyzer",
    "stubmethods": "a code action, not an analyzer",
}
_PARTS = frozenset(
    {"ui", "build", "formatting", "completion", "diagnostic", "documentation", "inlayhint", "navigation"}
)
"""Words of the hierarchy before a name: `ui.diagnostic.staticcheck`."""
_API = "gopls api-json"


def judge_setting(claim: Claim, installed: Installed) -> Judgement | None:
    """None for settings of other programs."""
    text = claim.text
    if claim.program == "golangci-lint" or claim.place in ("golangci", ".golangci.yml"):
        return _of_golangci(claim)
    if text == "gopls" or text.startswith("go."):
        return _of_extension(claim, installed)
    if claim.program == "gopls" or text.startswith("gopls."):
        return _of_gopls(claim, installed)
    if claim.program == "vscode-go":
        return _of_extension(claim, installed)
    if text.rsplit(".", 1)[-1] in names().settings and claim.program == "":
        return _of_gopls(claim, installed)
    return None


def _of_golangci(claim: Claim) -> Judgement | None:
    name = claim.text.rsplit(".", 1)[-1]
    source = "gopls/doc/analyzers.md; golangci-lint's list of linters"
    if name in _NOT_ANALYZERS:
        return never(claim, "golangci-lint", source, None, f"for gopls it is {_NOT_ANALYZERS[name]}")
    if name == "unusedparams" or (name in names().analyzers and name not in _SHARED_WITH_GOLANGCI):
        better = f'"gopls": {{"analyses": {{"{name}": false}}}}'
        return elsewhere(claim, "an analyzer of gopls, which never reads golangci-lint's configuration", better, source)
    return None


_SHARED_WITH_GOLANGCI = frozenset({"unused", "staticcheck", "modernize", "govet", "errcheck"})


def _of_gopls(claim: Claim, installed: Installed) -> Judgement | None:
    known = names()
    name = claim.text.removeprefix("gopls.").rsplit(".", 1)[-1]
    if claim.place in ("analyses", "gopls.analyses"):
        return _analyzer(claim, name, installed)
    if claim.place in ("hints", "codelenses"):
        return _entry(claim, name)
    if claim.place in ("env", "build.env"):
        return None
    if name in _PARTS and claim.text.removeprefix("gopls.") == name:
        return None
    if name in RETIRED:
        return retired(claim, "gopls answers: this setting is deprecated", _MEMORY.get(name), known.gopls_source)
    if name in RENAMED and name != "codelens":
        return retired(
            claim, f"gopls calls it {RENAMED[name]} now and ignores the old name", RENAMED[name], known.gopls_source
        )
    is_listed = installed.api is not None and name in installed.api.options
    if name in LISTED_BUT_REFUSED:
        return never(
            claim, "gopls", known.gopls_source, "staticcheck", "its list has it, and it answers: unexpected setting"
        )
    if is_listed or name in UNLISTED or (name in known.settings and known.settings[name].last is None):
        if claim.place == "settings" and not claim.text.startswith("gopls."):
            return elsewhere(claim, "it stands inside gopls", f'"gopls": {{"{claim.text}": …}}', known.gopls_source)
        if is_listed and installed.api:
            return real(claim, f"{_API} ({installed.api.version})", _note(name, claim.value))
        judged = (
            of_span(claim, known.settings[name], "gopls", installed, known.gopls_source)
            if name in known.settings
            else None
        )
        return judged or real(claim, known.gopls_source)
    if name in known.settings:
        return of_span(claim, known.settings[name], "gopls", installed, known.gopls_source)
    if name in known.analyzers and claim.place != "gopls":
        return _analyzer(claim, name, installed)
    if name in _HINTS | _LENSES:
        return elsewhere(claim, "it stands inside hints or codelenses", None, known.gopls_source)
    return never(claim, "gopls", known.gopls_source, GOPLS_MEANT.get(name), "it answers: unexpected setting")


_MEMORY = {"memoryMode": "memoryLimit (v0.24.0), or GOMEMLIMIT in go.toolsEnvVars"}


def _note(name: str, value: str) -> str:
    if name == "directoryFilters" and value and "**/" in value and '"-' not in value and '"+' not in value:
        return "each entry must begin with + or -: -**/node_modules"
    if name == "staticcheck" and value == "true":
        return "true runs all of staticcheck, which takes several times the memory"
    return ""


def _analyzer(claim: Claim, name: str, installed: Installed) -> Judgement:
    known = names()
    if installed.api is not None and name in installed.api.analyzers:
        return real(claim, f"{_API} ({installed.api.version})")
    if name in _NOT_ANALYZERS:
        return elsewhere(
            claim, f"{_NOT_ANALYZERS[name]}; gopls passes over the name without a word", None, known.gopls_source
        )
    if name in known.analyzers:
        return of_span(claim, known.analyzers[name], "gopls", installed, known.gopls_source)
    return never(claim, "gopls", known.gopls_source, None, "no such analyzer, and no message says so")


def _entry(claim: Claim, name: str) -> Judgement:
    known = names()
    if name in (_HINTS if claim.place == "hints" else _LENSES):
        return real(claim, known.gopls_source)
    return never(claim, "gopls", known.gopls_source)


def _of_extension(claim: Claim, installed: Installed) -> Judgement | None:
    known, text = names(), claim.text
    if text == "gopls":
        return real(claim, known.extension_source)
    if text.startswith("gopls."):
        return _of_gopls(claim, installed)
    declared = installed.extension_settings or frozenset(DECLARED)
    source = f"package.json of the installed extension {installed.extension_version}".strip()
    if _is_declared(text, declared):
        return real(claim, source if installed.extension_settings else known.extension_source)
    if _is_declared(text, frozenset(DECLARED)):
        return elsewhere(
            claim, f"not in the installed extension {installed.extension_version}", None, known.extension_source
        )
    span = known.extension_settings.get(text)
    if text in EXTENSION_RETIRED or (span and span.last):
        last = EXTENSION_RETIRED.get(text) or (span.last if span else "")
        return retired(claim, f"the Go extension had it until {last}", MEANT.get(text), known.extension_source)
    if not text.startswith("go."):
        return None
    return never(
        claim, "the Go extension", known.extension_source, MEANT.get(text), "nothing reads it, and nothing says so"
    )


def _is_declared(text: str, declared: frozenset[str]) -> bool:
    return text in declared or any(
        each.startswith(f"{text}.")
        or (text.startswith(f"{each}.") and each in DECLARED and "object" in DECLARED[each].types)
        for each in declared
    )
