"""Judges commands: of gopls, go, delve, the shell and the palette of VS Code."""

from __future__ import annotations

import re

from gopls_diag.engines.advice.names import Installed, names
from gopls_diag.engines.advice.verdicts import elsewhere, harmful, never, of_span, real, retired
from gopls_diag.model.claim import Claim, Judgement

_GOPLS_PACKAGE = "golang.org/x/tools/gopls"
_QUERY = re.compile(r"golang\.org/x/tools/gopls@([\w.+-]+)")
_VERSION = re.compile(r"^v\d+\.\d+\.\d+")
_CACHE = re.compile(r"(?i)(?:caches?[/\\]gopls|gopls[/\\]?cache|GOPLSCACHE|\\gopls)(?:[/\\*\s]|$)")
PALETTE = frozenset(
    {
        *("Developer: Reload Window", "Developer: Open Logs Folder", "Developer: Open Extension Logs Folder"),
        *("Developer: Set Log Level...", "Developer: Show Running Extensions", "Developer: Toggle Developer Tools"),
        *("Developer: Open Process Explorer", "Developer: Restart Extension Host", "Developer: Startup Performance"),
        *("Preferences: Open User Settings (JSON)", "Preferences: Open Settings (JSON)"),
        *(
            "Preferences: Open Workspace Settings (JSON)",
            "Preferences: Open Settings (UI)",
            "Preferences: Open User Settings",
        ),
        *("Output: Focus on Output View", "View: Toggle Output", "Shell Command: Install 'code' command in PATH"),
        *(
            "Extensions: Install Extensions",
            "Extensions: Disable All Installed Extensions",
            "Help: Start Extension Bisect",
        ),
    }
)
"""Of VS Code itself that texts about gopls name."""


def judge_command(claim: Claim, installed: Installed) -> Judgement | None:
    """None for commands of other programs."""
    match claim.program:
        case "gopls":
            return _of_gopls(claim, installed)
        case "go":
            return _of_go(claim)
        case "dlv":
            return _of_delve(claim)
        case "vscode-go" | "code" | "vscode":
            return _of_palette(claim)
        case "shell" | "":
            return _of_shell(claim)
    return None


def _of_gopls(claim: Claim, installed: Installed) -> Judgement | None:
    known = names()
    if claim.text.startswith("gopls."):
        name = claim.text.removeprefix("gopls.")
        if name in known.commands:
            return of_span(claim, known.commands[name], "gopls", installed, known.gopls_source)
        return never(claim, "gopls", known.gopls_source)
    words = (claim.subcommand or claim.text.removeprefix("gopls ")).split()
    name = words[0] if words else ""
    if name == "gopls" or not name:
        return None
    if installed.flags and name in installed.flags.subcommands:
        return real(claim, f"gopls help ({installed.flags.version})")
    if name in ("api-json", "version", "help", "remote"):
        return real(claim, known.gopls_source)
    span = known.subcommands.get(name)
    if span:
        return of_span(claim, span, "gopls", installed, known.gopls_source, _INSTEAD.get(name))
    return never(claim, "gopls", known.gopls_source, _INSTEAD.get(name), "gopls exits with 2: unknown command")


_INSTEAD = {
    "bug": "gopls version, gopls stats -anon, and an issue at github.com/golang/go",
    "inspect": "gopls remote",
    "fix": "gopls codeaction -exec",
    "workspace": "go work",
    "clean": "nothing: gopls sweeps its cache by itself",
    "restart": "Go: Restart Language Server",
    "doctor": "gopls stats",
    "memstats": "gopls stats",
    "memory": "gopls stats",
}


def _of_go(claim: Claim) -> Judgement | None:
    known = names()
    name = claim.subcommand
    source = f"go help ({known.go_release})"
    whole = f"{claim.text} {claim.value} {' '.join(claim.arguments)}"
    query = _QUERY.search(whole)
    if query:
        judged = _query(claim, query[1])
        if judged:
            return judged
    if name == "get" and _GOPLS_PACKAGE in whole:
        return retired(
            claim, "since go1.18 go get installs no program", f"go install {_GOPLS_PACKAGE}@latest", "go help get"
        )
    if "sudo" in claim.words.split() and name in ("install", "get"):
        return harmful(
            claim,
            "it leaves files of root in your caches, and later go may not write there",
            "the same without sudo",
            source,
        )
    if name == "clean":
        return real(claim, source, "gopls has a cache of its own, which it does not touch")
    if name == "telemetry" or name.split(" ")[0] in ("telemetry", "tool"):
        return real(claim, source)
    if name in known.go_commands:
        return real(claim, source)
    return never(claim, "go", source) if name and re.fullmatch(r"[a-z]+(?: [a-z]+)?", name) else None


def _query(claim: Claim, query: str) -> Judgement | None:
    known = names()
    source = "go help get (version queries); tags of golang/tools"
    latest = f"go install {_GOPLS_PACKAGE}@latest"
    if query in ("latest", "upgrade", "patch"):
        return None
    if query in ("master", "main"):
        return elsewhere(
            claim,
            "go refuses it: master's go.mod has a replace; a module of your own must require it",
            "gopls/doc/advanced.md, or @latest",
            "golang/tools gopls/go.mod; cmd/go load/pkg.go",
        )
    if _VERSION.match(query):
        if query in known.gopls_releases or "-" in query or query > known.gopls_releases[-1]:
            return None
        newest = [int(each) for each in known.gopls_releases[-1][1:].split(".")]
        if [int(each) for each in query[1:].split(".")[:3]] > newest:
            return None
        return never(claim, "gopls", source, latest, f"there is no release {query}")
    return never(claim, "go", source, latest, f"{query} is no version query, tag or branch")


def _of_delve(claim: Claim) -> Judgement | None:
    known = names()
    source = f"delve {known.delve_release}, Documentation/cli"
    name = (claim.subcommand or claim.text.removeprefix("dlv ")).split(" ")[0]
    if claim.text.startswith("dlv "):
        if name in known.delve_commands or name in ("help", "completion"):
            return real(claim, f"dlv help ({known.delve_release})", _ATTACH if name == "attach" else "")
        return never(claim, "delve", f"dlv help ({known.delve_release})")
    if name == "dump" and "heap" in f"{claim.value} {claim.words}".lower():
        return elsewhere(
            claim,
            "it writes a core file (ELF), not a heap profile",
            "go tool pprof http://localhost:PORT/debug/pprof/heap",
            source,
        )
    if name in known.delve_prompt:
        return real(claim, source)
    return never(claim, "delve", source, _MEMORY if "mem" in name else None)


_ATTACH = "it stops gopls while it is attached, and Linux may forbid it (ptrace_scope)"
_MEMORY = "gopls stats, the gopls.mem_stats command, or /memory of -debug=localhost:0"


def _of_palette(claim: Claim) -> Judgement | None:
    known = names()
    if claim.text in known.palette:
        span = known.palette[claim.text]
        if span.last is None:
            return real(claim, known.extension_source)
        return retired(claim, f"the Go extension had it until {span.last}", None, known.extension_source)
    folded = {each.lower().rstrip(".…"): each for each in (*known.palette, *PALETTE)}
    same = folded.get(claim.text.lower().rstrip(".…"))
    if same and same in PALETTE:
        return real(claim, "VS Code 1.139")
    if same:
        span = known.palette[same]
        if span.last is None:
            return real(claim, known.extension_source)
        return retired(claim, f"the Go extension had it until {span.last}", None, known.extension_source)
    if claim.text.startswith("Go: "):
        return never(claim, "the Go extension", known.extension_source)
    return None


def _of_shell(claim: Claim) -> Judgement | None:
    whole = f"{claim.text} {claim.value} {' '.join(claim.arguments)}".strip()
    if claim.text.startswith("ulimit"):
        return _ulimit(claim, whole)
    if re.match(r"(?:sudo )?(?:rm|del|rmdir|Remove-Item|rd)\b", whole) and _CACHE.search(f"{whole} {claim.words}"):
        return harmful(
            claim,
            "it frees no memory: the next start is a cold one, with many times the work and memory; "
            "under a running gopls it can end it",
            "leave the cache: gopls sweeps it by itself",
            "golang/go#67433; gopls/internal/filecache/filecache.go",
        )
    if re.match(r"pgrep\b.*gopls serve", whole):
        return elsewhere(claim, "VS Code starts gopls without the word serve", "pgrep -x gopls", "golang/vscode-go")
    if re.match(r"find\b.*-printf", whole):
        return elsewhere(claim, "only GNU's find has -printf; macOS's stops", None, "GNU findutils")
    if re.match(r"xcode-select -p\b", whole):
        return real(claim, "xcode-select(1)", "it only matters to cgo")
    if re.match(r"launchctl limit\b", whole):
        return None
    return None


def _ulimit(claim: Claim, whole: str) -> Judgement:
    source = "golang/go runtime; getrlimit(2) RLIMIT_AS; xnu kern_resource.c"
    if re.search(r"-\w*[vmd]\b.*\d", whole) or re.search(r"-v\s*\d", whole):
        return harmful(
            claim,
            "it makes a limit where there was none; gopls reserves far more addresses than it uses, and dies of it",
            "memoryLimit or GOMEMLIMIT to use less memory; ulimit -v unlimited to take a limit away",
            source,
        )
    if "unlimited" in whole:
        return real(claim, source, "it takes a limit of this shell away")
    return real(claim, source, "it prints the limit of this shell, not of gopls")
