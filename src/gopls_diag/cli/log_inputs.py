"""The logs that a command line names: files, folders, standard input, archives, each opened when its turn comes.

Without pathlib, which costs 10 ms of a run that reads 15 MB in 150.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO

from gopls_diag.cli.exits import UserError
from gopls_diag.cli.file_kinds import kind_of
from gopls_diag.cli.incident_inputs import judged_in_archive, judged_in_folder
from gopls_diag.engines.crash import LogInput
from gopls_diag.model.crash_report import SkippedInput
from gopls_diag.parse.incident_files import INCIDENT

STDIN = "-"
_PIECE_BYTES = 256 * 1024
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_FILES_OF_A_FOLDER = 2000
"""The newest are read; more is no folder of logs."""
_LOG_SUFFIXES = (".log", ".crash", ".ips", ".count", ".stderr", ".err", ".dump", ".trace", ".out", ".txt")
_LOG_NAMES = ("nohup.out", "dmesg", "syslog", "messages", "memory.events")
_PACKED_SUFFIXES = (".gz", ".zip")
_NO_LOG = "no log by its name"
_SEVERAL_HINT = "Give the path of a log, of a folder of logs, or - for standard input."


def _is_of_another_extension(place: str, name: str) -> bool:
    """True for a channel of VS Code's that is not Go's: other servers end in the same words, without a name.

    VS Code keeps them in exthost/PUBLISHER.NAME/CHANNEL.log and exthost/output_logging_TIME/NUMBER-CHANNEL.log.
    """
    above, folder = os.path.split(place)
    if os.path.basename(above) != "exthost":  # noqa: PTH119
        return False
    if folder.startswith("output_logging_"):
        channel = name.partition("-")[2].lower()
        return not (channel.startswith(("go ", "go.", "go(")) or "gopls" in channel)
    return "." in folder and not folder.lower().endswith(".go") and "gopls" not in name.lower()


class LogInputs:
    """Goes through what was named, in order; folders become their logs, oldest first, archives their members."""

    def __init__(self, names: Iterable[str]) -> None:
        """Look at every name. Raises UserError for one that leads nowhere, before anything is read."""
        self.skipped: list[SkippedInput] = []
        """What is not read; grows while the inputs are gone through."""
        self._passed_over: dict[str, int] = {}
        """Folders and archives with files that were passed over, and their places in `skipped`."""
        self._paths: list[str] = []
        for name in dict.fromkeys(names):
            if name == STDIN:
                self._paths.append(name)
            elif os.path.isdir(name):  # noqa: PTH112
                self._paths += self._in_folder(name)
            else:
                _check_readable(name)
                self._paths.append(name)

    def __iter__(self) -> Iterator[LogInput]:
        """Each input, opened. Raises UserError at the end if none of them was a log."""
        count = 0
        for name in self._paths:
            for each in self._opened(name):
                count += 1
                yield each
        if not count and self.skipped:
            first = self.skipped[0]
            raise UserError(f"{first.source} is no log: {first.reason}", _SEVERAL_HINT)

    def _opened(self, name: str) -> Iterator[LogInput]:
        try:
            with _open(name) as file:
                head = _first_piece(file)
                if head.startswith(_ZIP) and name != STDIN:
                    yield from self._members(name)
                    return
                size = None if name == STDIN or head.startswith(_GZIP) else os.fstat(file.fileno()).st_size or None
                yield from self._checked(name, chain((head,), _pieces(file)), size)
        except OSError as problem:
            self.skipped.append(SkippedInput(name, problem.strerror or str(problem)))

    def _checked(self, name: str, pieces: Iterable[bytes], size: int | None) -> Iterator[LogInput]:
        """The input, if its beginning looks like that of a log; unpacked, if it is packed."""
        whole = iter(pieces)
        head = next(whole, b"")
        if head.startswith(_GZIP):
            whole = _unpacked(chain((head,), whole))
            head = next(whole, b"")
        kind = kind_of(head)
        if kind:
            self.skipped.append(SkippedInput(name, kind))
            return
        yield LogInput(name, chain((head,), whole), size)

    def _members(self, name: str) -> Iterator[LogInput]:
        import zipfile  # noqa: PLC0415 - seldom needed

        try:
            with zipfile.ZipFile(name) as archive:
                members = [each for each in archive.infolist() if not each.is_dir()]
                judged, parts = judged_in_archive(each.filename for each in members)
                order = {each: at for at, each in enumerate(judged)}
                members.sort(key=lambda each: (each.date_time, order.get(each.filename, 0)))
                for member in members:
                    if member.filename in parts:
                        if member.filename not in order or not member.file_size:
                            continue
                    elif not _is_log_name(member.filename):
                        self._pass_over(name, f"{name}/{member.filename}")
                        continue
                    with archive.open(member) as file:
                        yield from self._checked(f"{name}/{member.filename}", _pieces(file), member.file_size)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as problem:
            self.skipped.append(SkippedInput(name, f"a zip archive that cannot be unpacked ({problem})"))

    def _in_folder(self, folder: str) -> list[str]:
        found: list[tuple[float, int, str]] = []
        for place, folders, files in os.walk(folder, onerror=self._refused):
            folders.sort()
            if INCIDENT in files and (judged := judged_in_folder(place)):
                folders.clear()
                modified = os.stat(judged[0]).st_mtime
                found += [(modified, at, each) for at, each in enumerate(judged)]
                continue
            for name in files:
                path = os.path.join(place, name)  # noqa: PTH118 - the user's spelling stays
                if not _is_log_name(name) or _is_of_another_extension(place, name):
                    self._pass_over(folder, path)
                    continue
                try:
                    seen = os.stat(path)
                except OSError as problem:
                    self.skipped.append(SkippedInput(path, problem.strerror or "it is gone"))
                    continue
                if seen.st_size:
                    found.append((seen.st_mtime, 0, path))
        if not found:
            raise UserError(f"{folder} holds no log", f"Looked for {', '.join(f'*{each}' for each in _LOG_SUFFIXES)}.")
        found.sort()
        if len(found) > _FILES_OF_A_FOLDER:
            left_out = len(found) - _FILES_OF_A_FOLDER
            self.skipped.append(SkippedInput(folder, "older than the newest ones", left_out))
        return [path for _, _, path in found[-_FILES_OF_A_FOLDER:]]

    def _refused(self, problem: OSError) -> None:
        self.skipped.append(SkippedInput(str(problem.filename), problem.strerror or "it may not be read"))

    def _pass_over(self, container: str, path: str) -> None:
        """Count one more file of a folder or an archive that is no log by its name; a single one is named."""
        place = self._passed_over.get(container)
        if place is None:
            self._passed_over[container] = len(self.skipped)
            self.skipped.append(SkippedInput(path, _NO_LOG))
        else:
            self.skipped[place] = SkippedInput(container, _NO_LOG, self.skipped[place].count + 1)


def _check_readable(name: str) -> None:
    try:
        os.stat(name)
    except FileNotFoundError:
        raise UserError(f"{name} does not exist", _SEVERAL_HINT) from None
    except OSError as problem:
        raise UserError(f"{name}: {problem.strerror}", _SEVERAL_HINT) from None
    if not os.access(name, os.R_OK):
        raise UserError(f"{name} may not be read", f"Try: sudo cat {name} | gopls-diag crash -")


def _is_log_name(name: str) -> bool:
    plain = name.rsplit("/", 1)[-1].lower()
    if plain.endswith(".zip"):
        return True
    plain = plain.removesuffix(".gz")
    # Rotated logs: server.log.1, gopls.1.log
    plain = plain.rstrip("0123456789").removesuffix(".") if plain[-1:].isdigit() else plain
    return plain.endswith(_LOG_SUFFIXES) or plain in _LOG_NAMES


def _open(name: str) -> IO[bytes]:
    if name == STDIN:
        return open(sys.stdin.fileno(), "rb", buffering=0, closefd=False)
    return open(name, "rb", buffering=0)  # noqa: PTH123


def _first_piece(file: IO[bytes]) -> bytes:
    """Enough to tell what it is, also from a pipe that gives little at a time."""
    head = b""
    while len(head) < 4096:
        piece = file.read(_PIECE_BYTES)
        if not piece:
            break
        head += piece
    return head


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE_BYTES):
        yield piece


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The content of one or more gzip members; of one that is cut or damaged, what could be had."""
    unpacker = zlib.decompressobj(wbits=31)
    for piece in pieces:
        rest = piece
        while rest:
            try:
                content = unpacker.decompress(rest, _PIECE_BYTES)
            except zlib.error:
                return
            if content:
                yield content
            rest = unpacker.unconsumed_tail
            if unpacker.eof:
                rest = unpacker.unused_data
                unpacker = zlib.decompressobj(wbits=31)
