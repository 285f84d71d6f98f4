"""Whether the log files and daemon addresses in editors' gopls flags lead anywhere.

Addresses by gopls/internal/lsprpc and internal/cmd: `unix;PATH`, `HOST:PORT` (also `tcp;HOST:PORT`), and `auto`, which
starts a daemon by itself and never fails for want of one.
"""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.facts.declare import fact
from gopls_diag.model.editor import Editors, SettingValue
from gopls_diag.model.flag_place import FlagPlace, FlagPlaces
from gopls_diag.model.gopls_process import GoplsProcesses
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.request import Request
from gopls_diag.model.system import FileKind
from gopls_diag.model.watch_limits import ListeningPorts
from gopls_diag.parse.gopls_command import flag_value
from gopls_diag.world import World, WorldError

_LOOPBACK = ("", "localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "[::]")  # noqa: S104 - read, not bound


@fact(limit_seconds=10.0)
def flag_places(
    world: World,
    request: Request,
    editors: Editors,
    ports: ListeningPorts | Unknown,
    processes: GoplsProcesses | Unknown,
) -> FlagPlaces:
    """The places of every -logfile and fixed -remote in the flags of every editor."""
    look = _Look(world, request.folder, ports, processes)
    found: list[FlagPlace] = []
    for editor in editors.all:
        words = [(flag, str(flag.value)) for flag in editor.language_server_flags]
        for at, (flag, word) in enumerate(words):
            after = words[at + 1][1] if at + 1 < len(words) else ""
            found += look.judge(editor.label, flag, word, after)
    return FlagPlaces(tuple(found))


class _Look:
    """Judges one flag at a time."""

    def __init__(
        self,
        world: World,
        folder: str,
        ports: ListeningPorts | Unknown,
        processes: GoplsProcesses | Unknown,
    ) -> None:
        self.world = world
        self.folder = folder
        self.ports = ports
        self.processes = processes

    def judge(self, label: str, flag: SettingValue, word: str, after: str) -> Iterator[FlagPlace]:
        """The place of a flag, if it has one that can be judged."""
        for name in ("logfile", "remote"):
            value = flag_value((word, after), name)
            if not value or word.lstrip("-").partition("=")[0] != name:
                continue
            problem = self._log_file(value) if name == "logfile" else self._daemon(value)
            if problem is not None:
                yield FlagPlace(label, name, value, flag.file, flag.line, word, not problem, problem)

    def _log_file(self, value: str) -> str | None:
        """What is wrong with the path of a log file; empty when nothing is, None when it could not be told."""
        if value == "auto":
            return ""
        paths = self.world.paths
        path = value if paths.isabs(value) else self.world.join(self.folder, value)
        above = paths.dirname(path)
        try:
            seen, own = self.world.stat(above), self.world.stat(path)
        except WorldError:
            return None
        if seen is None:
            return f"the folder {paths.dirname(value) or above} does not exist"
        if seen.kind is not FileKind.FOLDER:
            return f"{above} is no folder"
        if own is not None and own.kind is FileKind.FOLDER:
            return "it is a folder"
        if own is None and not seen.is_writable:
            return f"the folder {above} may not be written to"
        return "it may not be written to" if own is not None and not own.is_writable else ""

    def _daemon(self, value: str) -> str | None:
        """What is wrong with a daemon's address, likewise."""
        if value == "auto" or value.startswith("auto;"):
            return ""
        network, separator, address = value.partition(";")
        if separator and network == "unix":
            try:
                seen = self.world.stat(address)
            except WorldError:
                return None
            return "" if seen is not None else f"there is no socket {address}"
        host, _, port = (address if separator else value).rpartition(":")
        if host not in _LOOPBACK or not port.isdigit() or self._is_own_daemon(port):
            return "" if self._is_own_daemon(port) else None
        if isinstance(self.ports, Unknown):
            return None
        return "" if int(port) in self.ports.ports else f"nobody listens on port {port}"

    def _is_own_daemon(self, port: str) -> bool:
        if isinstance(self.processes, Unknown):
            return False
        return any((flag_value(each.command, "listen") or "").endswith(f":{port}") for each in self.processes.all)
