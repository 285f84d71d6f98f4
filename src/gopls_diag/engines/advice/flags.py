"""Judges flags: of gopls, go, delve and VS Code."""

from __future__ import annotations

import re
from dataclasses import replace

from gopls_diag.engines.advice.names import Installed, Span, names
from gopls_diag.engines.advice.verdicts import elsewhere, harmful, never, of_span, real
from gopls_diag.model.claim import Claim, Judgement

INVENTED = {
    "memory-profile": "-profile.mem=FILE writes a heap profile; -debug=localhost:0 serves them live",
    "memprofile": "-profile.mem=FILE writes a heap profile",
    "no-deep-completion": '"gopls": {"deepCompletion": false}, an undocumented setting',
    "stdio": "nothing: gopls speaks on standard input and output by itself",
    "verbose-log": "-rpc.trace",
    "max-memory": '"gopls": {"memoryLimit": BYTES} (v0.24.0), or GOMEMLIMIT',
    "memory-limit": '"gopls": {"memoryLimit": BYTES} (v0.24.0), or GOMEMLIMIT',
}
"""What people write for a flag of gopls that never was, and what does it."""
CODE_FLAGS = frozenset(
    {
        *("a", "add", "d", "diff", "disable-extension", "disable-extensions", "disable-lcd-text", "extensions-dir"),
        *("g", "goto", "h", "help", "install-extension", "inspect-extensions", "list-extensions", "locale", "log"),
        *("m", "merge", "n", "new-window", "prof-startup", "profile", "r", "remote", "reuse-window", "s", "status"),
        *("show-versions", "sync", "telemetry", "uninstall-extension", "update-extensions", "user-data-dir", "v"),
        *("verbose", "version", "w", "wait"),
    }
)
"""Of `code --help`, VS Code 1.139."""
_FIXED_PORT = re.compile(r"^(?:localhost|127\.0\.0\.1|\[::1\])?:[1-9]\d*$")
_HELP = "gopls help serve"


def judge_flag(claim: Claim, installed: Installed) -> Judgement | None:
    """None where the flag is of a program that is not known here."""
    name, _, own_value = claim.text.lstrip("-–—").partition("=")
    value = claim.value or own_value
    match claim.program:
        case "gopls" | "vscode-go" | "editor":
            return _of_gopls(claim, name, value, installed)
        case "go":
            return _of_go(claim, name, value)
        case "dlv":
            return _of_delve(claim, name)
        case "code":
            return _of_code(claim, name)
        case "shell" if name == "printf":
            return elsewhere(claim, "find has it on Linux (GNU), not on macOS", "find … -exec stat", "GNU findutils")
        case "":  # in prose: gopls is what such texts are about
            return _of_gopls(claim, name, value, installed)
    return None


def _of_gopls(claim: Claim, name: str, value: str, installed: Installed) -> Judgement:
    known = names()
    is_server = claim.subcommand in ("", "serve")
    if "${" in value and claim.place != "command-line":
        return harmful(
            claim,
            f"the Go extension passes {value} on as it stands, and gopls does not start",
            "an absolute path, or -logfile=auto" if name == "logfile" else "an absolute path",
            "golang/vscode-go goLanguageServer.ts; gopls: unable to create log file",
        )
    if installed.flags and is_server and name in installed.flags.flags:
        return _with_note(real(claim, f"{_HELP} ({installed.flags.version})"), name, value)
    span = known.flags.get(name) if is_server else known.subcommand_flags.get(name) or known.flags.get(name)
    if span:
        judged = of_span(claim, span, "gopls", installed, known.gopls_source)
        return _with_note(judged, name, value)
    owners = [command for command, flags in known.go_commands.items() if name in flags]
    if is_server and name in known.subcommand_flags:
        return elsewhere(claim, "a flag of a subcommand of gopls, not of the server", None, known.gopls_source)
    if owners and name not in INVENTED:
        return elsewhere(claim, f"a flag of go {owners[0]}, not of gopls: gopls exits with 2", None, "go help")
    if name in known.delve_flags:
        return elsewhere(claim, "a flag of delve, not of gopls: gopls exits with 2", None, "dlv help")
    if name in ("no-sandbox", "disable-gpu"):
        return _of_code(claim, name) or never(claim, "gopls", known.gopls_source)
    return never(claim, "gopls", known.gopls_source, INVENTED.get(name), "gopls exits with 2 and prints its usage")


def _with_note(judged: Judgement, name: str, value: str) -> Judgement:
    if name == "debug" and _FIXED_PORT.match(value):
        return replace(
            judged,
            why="a second window finds the port taken, and gopls then says nothing and runs without it",
            instead="-debug=localhost:0",
            is_noted=True,
        )
    if name == "mode":
        return replace(judged, why="accepted, and without effect", is_noted=True)
    return judged


def _of_go(claim: Claim, name: str, value: str) -> Judgement | None:
    known = names()
    flags = known.go_commands.get(claim.subcommand)
    source = f"go help {claim.subcommand} ({known.go_release})".replace("help  ", "help ")
    if name in ("dropreplace", "droprequire", "dropexclude", "dropuse", "droptool") and not value:
        return elsewhere(
            claim, "it needs a value, and as written go stops: flag needs an argument", f"-{name}=PATH", source
        )
    if name == "d" and claim.subcommand == "get":
        return of_span(claim, Span("go1.5", "go1.21"), "go get", Installed(), "go help get: a deprecated no-op")
    if flags is None:
        owners = [command for command, own in known.go_commands.items() if name in own]
        return real(claim, f"go help {owners[0]}") if owners else None
    if name in flags:
        why = "it keeps checksums for that Go version; it does not hold versions back" if name == "compat" else ""
        return real(claim, source, why)
    owners = [command for command, own in known.go_commands.items() if name in own]
    if owners:
        return elsewhere(claim, f"a flag of go {owners[0]}, not of go {claim.subcommand}", None, source)
    return never(claim, f"go {claim.subcommand}", source)


def _of_delve(claim: Claim, name: str) -> Judgement:
    known = names()
    source = f"dlv help ({known.delve_release})"
    if name == "headless":
        return real(claim, source, "a headless server takes no typed commands: use dlv connect for them")
    if name == "api-version":
        return real(claim, source, "the version of delve's own protocol; it has nothing to do with gopls")
    if name in known.delve_flags or len(name) == 1:
        return real(claim, source)
    return never(claim, "delve", source)


def _of_code(claim: Claim, name: str) -> Judgement | None:
    source = "Electron's and Chromium's switches; gopls is a plain child process"
    if name == "no-sandbox":
        return harmful(
            claim, "it switches off the sandbox of the whole editor, and gopls does not notice", None, source
        )
    if name in ("disable-gpu", "disable-gpu-sandbox", "disable-software-rasterizer"):
        return elsewhere(claim, "it is about drawing the window; gopls does not notice", None, source)
    if name in CODE_FLAGS:
        return real(claim, "code --help (1.139)")
    return None
