"""Judges paths: where gopls, go and the editors keep what a text says they keep."""

from __future__ import annotations

import re

from gopls_diag.engines.advice.names import Installed, names
from gopls_diag.engines.advice.verdicts import elsewhere, never
from gopls_diag.model.claim import Claim, Judgement, Truth

_HOME = r"(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%|\$env:USERPROFILE|/home/[^/]+|/Users/[^/]+|/root|C:/Users/[^/]+)"
_REAL: tuple[tuple[str, str, str], ...] = (
    (rf"{_HOME}/Library/Caches/gopls(?:/.*)?", "gopls's cache on macOS", "gopls/internal/filecache (os.UserCacheDir)"),
    (
        rf"(?:{_HOME}/\.cache|\$\{{?XDG_CACHE_HOME\}}?)/gopls(?:/.*)?",
        "gopls's cache on Linux",
        "gopls/internal/filecache",
    ),
    (
        r"(?i)(?:%LocalAppData%|\$env:LOCALAPPDATA|.*/AppData/Local)/gopls(?:/.*)?",
        "gopls's cache on Windows",
        "filecache",
    ),
    (rf"(?:{_HOME}/\.cache|\$\{{?XDG_CACHE_HOME\}}?)/go-build(?:/.*)?", "go's build cache on Linux", "go help cache"),
    (rf"{_HOME}/Library/Caches/go-build(?:/.*)?", "go's build cache on macOS", "go help cache"),
    (
        rf"(?:{_HOME}/\.config|\$\{{?XDG_CONFIG_HOME\}}?|{_HOME}/Library/Application Support)/go/env",
        "what go env -w writes",
        "go help env",
    ),
    (
        rf"(?:{_HOME}/\.config|{_HOME}/Library/Application Support|%AppData%)/go/telemetry(?:/.*)?",
        "Go's counters",
        "golang/telemetry",
    ),
    (
        rf"(?:{_HOME}|\$\(?go env GOPATH\)?|\$\{{?GOPATH\}}?|\$GOBIN)(?:/go)?(?:/bin)?/(?:gopls|dlv)(?:\.exe)?",
        "where go install puts it",
        "go help install",
    ),
    (
        rf"(?:{_HOME}/go|\$\{{?GOPATH\}}?|\$\(go env GOPATH\))/(?:pkg/mod|bin|src)(?:/.*)?",
        "go's own folder",
        "go help gopath",
    ),
    (r"(?:.*/)?\.vscode/settings\.json", "the folder's settings", "VS Code documentation, Settings"),
    (
        r"(?i).*/(?:Code|Code - Insiders|VSCodium|Cursor|Windsurf)/User/settings\.json",
        "the user's settings",
        "VS Code documentation, Settings",
    ),
    (rf"(?:{_HOME}/\.local/state|\$\{{?XDG_STATE_HOME\}}?)/nvim/lsp\.log", "Neovim's log", ":help lsp-log"),
    (
        rf"(?:{_HOME}/\.config|\$\{{?XDG_CONFIG_HOME\}}?)/nvim/(?:init\.lua|lua/.*|lsp/gopls\.lua)",
        "Neovim's configuration",
        ":help config",
    ),
    (rf"{_HOME}/\.config/helix/languages\.toml", "Helix's configuration", "Helix book, Languages"),
    (rf"{_HOME}/\.config/zed/settings\.json", "Zed's settings", "Zed documentation"),
    (rf"{_HOME}/\.vscode(?:-server)?/extensions(?:/golang\.go.*)?", "VS Code's extensions", "VS Code documentation"),
    (r"(?i).*/(?:Code|Code - Insiders|VSCodium|Cursor)/logs(?:/.*)?", "VS Code's logs", "VS Code documentation"),
    (
        rf"(?:/Library|{_HOME}/Library)/Logs/DiagnosticReports(?:/.*)?",
        "macOS's crash reports; a Go panic makes none",
        "Apple",
    ),
)
_REAL_PATTERNS = tuple((re.compile(pattern), what, source) for pattern, what, source in _REAL)
_CONFIGURATION = re.compile(r"(?i)\.?gopls(?:rc|\.(?:ya?ml|toml|json|conf|ini|cfg))")
_IN_FOLDER = re.compile(r"(?i)(?:config|settings|gopls)\.(?:ya?ml|toml|json|conf|ini|cfg)")


def _is_configuration(text: str) -> bool:
    """True for a file of gopls's own configuration, which there is none of."""
    above, _, name = text.rpartition("/")
    is_in_folder = above.rpartition("/")[2].lower() in ("gopls", ".gopls")
    return bool(_CONFIGURATION.fullmatch(name) or (is_in_folder and _IN_FOLDER.fullmatch(name)))


def judge_path(claim: Claim, _: Installed) -> Judgement | None:
    """None for a place that no table knows: a text may speak of the reader's own files."""
    text = claim.text.replace("\\", "/").rstrip("/")
    if re.search(r"\.golangci\.(?:ya?ml|toml|json)$", text):
        return elsewhere(
            claim, "golangci-lint reads it, gopls never does", '"gopls": {"analyses": {…}}', "golangci-lint"
        )
    for pattern, what, source in _REAL_PATTERNS:
        if pattern.fullmatch(text):
            return Judgement(claim, Truth.REAL, what, None, source)
    if _is_configuration(text):
        return never(
            claim,
            "gopls",
            names().gopls_source,
            'the editor\'s settings: "gopls": {…}',
            "it reads no configuration file",
        )
    return None
