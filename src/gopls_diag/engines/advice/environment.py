"""Judges environment variables."""

from __future__ import annotations

import re

from gopls_diag.engines.advice.names import Installed, names
from gopls_diag.engines.advice.verdicts import harmful, never, real, retired
from gopls_diag.model.claim import Claim, Judgement

RUNTIME = {
    "GOMEMLIMIT": "pkg.go.dev/runtime: a goal for the heap, not a cap",
    "GOGC": "pkg.go.dev/runtime",
    "GODEBUG": "pkg.go.dev/runtime",
    "GOTRACEBACK": "pkg.go.dev/runtime",
    "GOMAXPROCS": "pkg.go.dev/runtime",
    "GORACE": "go.dev/doc/articles/race_detector",
    "GOCOVERDIR": "go.dev/doc/build-cover",
}
GOPLS = {
    "GOPLSCACHE": "gopls/internal/filecache/filecache.go",
    "GOPACKAGESDRIVER": "golang/tools go/packages/external.go",
    "GO_TELEMETRY_CHILD": "golang/telemetry start.go",
    "GOTELEMETRY_GOPLS_CLIENT_TOKEN": "gopls/internal/cmd",
    "GOTELEMETRY_GOPLS_CLIENT_START_TIME": "gopls/internal/cmd",
    "GOPLS_CONFIG_DIR": "read by gopls's own tests",
    "TEST_GOPLS_BUG": "golang/tools internal/bug: files a report for a test",
}
SYSTEM = frozenset(
    {
        *("PATH", "HOME", "TMPDIR", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "SHELL", "BROWSER"),
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "USER", "DISPLAY"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSH_AUTH_SOCK", "GIT_TERMINAL_PROMPT", "LANG", "LC_ALL"),
        *("PKG_CONFIG_PATH", "SDKROOT", "MACOSX_DEPLOYMENT_TARGET", "CC", "CXX", "AR", "LD_LIBRARY_PATH"),
    }
)
FORMER = {
    "GO15VENDOREXPERIMENT": "go had it in go1.5 and go1.6",
    "GOROOT_FINAL": "go had it until go1.22",
}
_MEMORY_LIMIT = re.compile(r"^(?:\d+(?:B|KiB|MiB|GiB|TiB)?|off)$")
_CGO = re.compile(r"CGO_(?:C|CPP|CXX|F|LD)FLAGS(?:_(?:DIS)?ALLOW)?")
_OTHERS = ("GOLANGCI_", "GOOGLE_", "GOTEST", "GORELEASER_", "GOCD_", "GOPHER", "GOBUFFALO", "GORM_", "GOENV_")
"""Beginnings of names that belong to other programs."""


def judge_environment(claim: Claim, _: Installed) -> Judgement | None:
    """None for a name that is not known to belong to gopls, go or the system."""
    known, name, value = names(), claim.text, claim.value.strip("\"'")
    if name == "GOMEMLIMIT" and value and not _MEMORY_LIMIT.match(value) and not value.startswith(("$", "<", "{")):
        return harmful(
            claim,
            f"Go calls {value} malformed, and no Go program starts: neither gopls nor go",
            "a number with B, KiB, MiB, GiB or TiB: 3GiB",
            "golang/go runtime/mgcpacer.go readGOMEMLIMIT",
        )
    if name == "GOPATH" and claim.place in ("go.toolsEnvVars", "gopls", "env", "build.env"):
        return harmful(
            claim,
            "it moves the module cache and the tools: modules are fetched anew, tools not found; folders of one window "
            "with different GOPATHs switch gopls off",
            "leave GOPATH as it is",
            "golang/vscode-go goLanguageServer.ts; go help gopath",
        )
    if name == "GO111MODULE" and value == "off":
        return harmful(claim, "with modules off gopls loads no module", "go env -u GO111MODULE", "go help environment")
    if name == "GOSUMDB" and value == "off":
        return harmful(
            claim,
            "go then takes changed modules without a word",
            "GOPRIVATE for modules of your own",
            "go help module-private",
        )
    if name in RUNTIME:
        why = "in go.toolsEnvVars it reaches go, delve and tests too" if claim.place == "go.toolsEnvVars" else ""
        if name == "GODEBUG" and "gocacheverify" in value:
            why = "it checks the build cache and tells nothing of how modules are found"
        return real(claim, RUNTIME[name], why)
    if name in GOPLS:
        return real(claim, GOPLS[name])
    if name in known.go_environment:
        return real(claim, f"go help environment ({known.go_release})")
    if name in SYSTEM or _CGO.fullmatch(name):
        return real(claim, "the system")
    if FORMER.get(name):
        return retired(claim, FORMER[name], None, "golang/go release notes")
    is_theirs = name.startswith(("GOPLS", "GO", "CGO_")) and not name.startswith(_OTHERS)
    if not is_theirs:
        return None
    whose = "gopls" if name.startswith("GOPLS") else "go"
    return never(
        claim,
        whose,
        known.gopls_source if whose == "gopls" else f"go help environment ({known.go_release}), the runtime's list",
        _INSTEAD.get(name),
        "nothing reads it",
    )


_INSTEAD = {
    "GOPLS_MODE": '"gopls": {"ui.diagnostic.diagnosticsTrigger": "Save"}, and analyses switched off by name',
    "GOPLS_NO_ANALYTICS": "go telemetry off",
    "GOPLS_CACHE": "GOPLSCACHE",
    "GOPLS_CACHE_DIR": "GOPLSCACHE",
    "GOPLS_MEMORY_LIMIT": '"gopls": {"memoryLimit": BYTES} (v0.24.0), or GOMEMLIMIT',
    "GOPLS_MEMLIMIT": '"gopls": {"memoryLimit": BYTES} (v0.24.0), or GOMEMLIMIT',
    "GOPLS_MAX_MEMORY": '"gopls": {"memoryLimit": BYTES} (v0.24.0), or GOMEMLIMIT',
    "GOPLS_LOG": "-logfile=FILE in go.languageServerFlags",
    "GOPLS_LOGFILE": "-logfile=FILE in go.languageServerFlags",
    "GOPLS_FLAGS": "go.languageServerFlags",
}
