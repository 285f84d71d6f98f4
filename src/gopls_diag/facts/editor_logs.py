"""Server logs that editors wrote in the last days, and what they say about lost servers.

Where VS Code and its forks keep them: `logs/SESSION/…` in the user's folder of the product, or `data/logs` of a server
(remote, WSL, container). The log of the server channel is `N-gopls (server).log` in `output_logging_…` up to extension
0.57.0, `golang.go/gopls (server).log` since (seen with code-server 4.139.1 and the Go extension 0.56.0 and 0.57.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from gopls_diag.facts.declare import fact
from gopls_diag.model.editor_log import EditorLogs, WindowLog
from gopls_diag.model.system import FileKind
from gopls_diag.parse.editor_log import parse_server_log
from gopls_diag.parse.editor_process import editor_of
from gopls_diag.world import World, WorldError

DAYS = 7
_SERVER_LOG_PATTERN = re.compile(r"^(?:\d{1,3}-)?gopls[^/\\]{0,60} \(server\)\.log$")
_CHANNEL_PATTERN = re.compile(r"^(?:output_logging_.{1,40}|golang\.go)$")
_SESSION_PATTERN = re.compile(r"^\d{8}T\d{6}")
_WINDOW_PATTERN = re.compile(r"^(?:window|exthost)\d{1,4}$")
_LOG_BYTES = 8 * 1024 * 1024
"""Of the end of a log: extension 0.57 turns them over at 5 MB; older ones grow without bound when tracing is on."""
_SESSIONS_LIMIT = 30

_DESKTOP = (
    ("vscode", "VS Code", "Code"),
    ("vscode-insiders", "VS Code Insiders", "Code - Insiders"),
    ("vscode", "VS Code", "Code - OSS"),
    ("vscodium", "VSCodium", "VSCodium"),
    ("cursor", "Cursor", "Cursor"),
    ("windsurf", "Windsurf", "Windsurf"),
)
_SERVERS = (
    ("vscode-server", "VS Code (remote)", (".vscode-server", "data", "logs")),
    ("vscode-server", "VS Code (remote)", (".vscode-remote", "data", "logs")),
    ("vscode-insiders", "VS Code Insiders (remote)", (".vscode-server-insiders", "data", "logs")),
    ("cursor", "Cursor (remote)", (".cursor-server", "data", "logs")),
    ("windsurf", "Windsurf (remote)", (".windsurf-server", "data", "logs")),
    ("vscodium", "VSCodium (remote)", (".vscodium-server", "data", "logs")),
    ("openvscode-server", "OpenVSCode Server", (".openvscode-server", "data", "logs")),
    ("code-server", "code-server", (".local", "share", "code-server", "logs")),
)


@fact(limit_seconds=20.0)
def editor_logs(world: World) -> EditorLogs:
    """The newest server log of every window that wrote one in the last days, and Neovim's."""
    oldest = world.now.timestamp() - DAYS * 86400
    running = _running(world)
    windows: list[WindowLog] = []
    looked_in: list[str] = []
    for name, label, root in _roots(world):
        sessions = [each for each in _folders(world, root) if _SESSION_PATTERN.match(each)]
        if world.is_folder(root):
            looked_in.append(root)
        for session in sorted(sessions, reverse=True)[:_SESSIONS_LIMIT]:
            windows += _session(world, name, label, world.join(root, session), oldest)
    neovim = _neovim_log(world)
    if world.is_file(neovim):
        looked_in.append(neovim)
        log = _read(world, "neovim", "Neovim", neovim, "", oldest)
        windows += [log] if log and log.log.lost else []
    windows = [replace(each, is_open=_is_open(each, running)) for each in windows]
    windows.sort(key=lambda each: each.modified_seconds, reverse=True)
    return EditorLogs(tuple(windows), tuple(looked_in), world.now.timestamp())


def _running(world: World) -> Mapping[str, float]:
    """Editors in the process table, with the start of the oldest process of each."""
    found: dict[str, float] = {}
    try:
        table = world.processes()
    except WorldError:
        return found
    for process in table:
        named = editor_of(process.name, process.executable, process.command)
        if named:
            found[named[0]] = min(process.started_seconds, found.get(named[0], process.started_seconds))
    return found


def _is_open(window: WindowLog, running: Mapping[str, float]) -> bool:
    started = running.get(window.editor)
    return started is not None and started <= window.modified_seconds + 1


def _roots(world: World) -> Iterator[tuple[str, str, str]]:
    if not world.home:
        return
    system = world.machine.os
    if system == "windows":
        base = world.environment.get("APPDATA") or world.join(world.home, "AppData", "Roaming")
    elif system == "darwin":
        base = world.join(world.home, "Library", "Application Support")
    else:
        base = world.environment.get("XDG_CONFIG_HOME") or world.join(world.home, ".config")
    for name, label, folder in _DESKTOP:
        yield name, label, world.join(base, folder, "logs")
    for name, label, parts in _SERVERS:
        yield name, label, world.join(world.home, *parts)


def _folders(world: World, path: str) -> tuple[str, ...]:
    try:
        return tuple(each.name for each in world.list(path) if each.kind is FileKind.FOLDER)
    except WorldError:
        return ()


def _session(world: World, name: str, label: str, session: str, oldest: float) -> Iterator[WindowLog]:
    """The newest server log of each window of one session; `window1/exthost` on a desktop, `exthost1` on a server."""
    for window in _folders(world, session):
        if not _WINDOW_PATTERN.match(window):
            continue
        inside = world.join(session, window)
        hosts = [world.join(inside, "exthost")] if window.startswith("window") else [inside]
        found = [each for host in hosts for each in _server_logs(world, host, oldest)]
        if found:
            log = _read(world, name, label, max(found)[1], window, oldest)
            if log:
                yield log


def _server_logs(world: World, host: str, oldest: float) -> Iterator[tuple[float, str]]:
    for channel in _folders(world, host):
        if not _CHANNEL_PATTERN.match(channel):
            continue
        folder = world.join(host, channel)
        try:
            names = [each.name for each in world.list(folder)]
        except WorldError:
            continue
        for name in names:
            path = world.join(folder, name)
            modified = _modified(world, path) if _SERVER_LOG_PATTERN.match(name) else None
            if modified is not None and modified >= oldest:
                yield modified, path


def _modified(world: World, path: str) -> float | None:
    try:
        seen = world.stat(path)
    except WorldError:
        return None
    return seen.modified_seconds if seen else None


def _read(world: World, name: str, label: str, path: str, window: str, oldest: float) -> WindowLog | None:
    try:
        seen = world.stat(path)
        if seen is None or seen.modified_seconds < oldest:
            return None
        offset = -_LOG_BYTES if seen.size_bytes > _LOG_BYTES else 0
        text = world.read_text(path, limit_bytes=_LOG_BYTES, offset=offset)
    except WorldError:
        return None
    log = parse_server_log(text, modified_seconds=seen.modified_seconds)
    return WindowLog(name, label, path, window, seen.modified_seconds, log)


def _neovim_log(world: World) -> str:
    """`stdpath("log")/lsp.log`."""
    name = world.environment.get("NVIM_APPNAME") or "nvim"
    if world.machine.os == "windows":
        base = world.environment.get("LOCALAPPDATA") or world.join(world.home, "AppData", "Local")
        return world.join(base, f"{name}-data", "lsp.log")
    base = world.environment.get("XDG_STATE_HOME") or world.join(world.home, ".local", "state")
    return world.join(base, name, "lsp.log")
