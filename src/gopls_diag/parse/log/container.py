"""Containers and runners: what Docker, Compose, Kubernetes and GitHub Actions put before the lines of a program.

Forms: moby daemon/logger/jsonfilelog/jsonlog/jsonlog.go and daemon/logger/copier.go (lines over 16 KiB are written in
pieces, of which only the last ends with `\\n`); docker/compose cmd/formatter/logs.go; the CRI log format of
kubernetes/kubernetes pkg/kubelet/kuberuntime/logs/logs.go (`P` for a piece, `F` for the last one); kubectl
`logs --prefix`; actions/runner (times with seven digits), cli/cli pkg/cmd/run/view (`job TAB step TAB line`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gopls_diag.parse.log.carrier import LineCarrier, Peeled
from gopls_diag.parse.log.escapes import json_value

_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}(?:Z|[+-]\d\d:\d\d)"
_BOM = "\ufeff"
_CRI_PATTERN = re.compile(rf"{_STAMP} (stdout|stderr) ([FP])(?::\S{{0,40}})?(?: |$)")
_STAMP_PATTERN = re.compile(rf"{_BOM}?{_STAMP}(?: |$)")
_LEVEL_PATTERN = re.compile(r"\[?[A-Z]{4,5}\b|\[[a-z]{4,5}\]")
"""A logger's own line, of which the time is a part."""
_COMPOSE_PATTERN = re.compile(r"([A-Za-z0-9][\w.@-]{0,127}) {1,60}\|(?: |$)")
_POD_PATTERN = re.compile(r"\[(pod/[^\]\s]{1,300})\](?: |$)")
_RUN_PATTERN = re.compile(rf"([^\t]{{1,200}})\t([^\t]{{1,200}})\t{_BOM}?{_STAMP}(?: |$)")


class DockerObjects(LineCarrier):
    """json-file: `{"log":"text\\n","stream":"stderr","time":"2026-11-22T18:25:23.1Z"}`."""

    name = "docker-json"
    first_characters = "{"
    mark = '"log":'

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line, or a piece of it."""
        entry = json_value(line)
        text = entry.get("log") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(text, str) or not ("stream" in entry or "time" in entry):
            return None
        lines = text.split("\n")
        last = lines.pop()
        stream = _stream(entry.get("stream"))
        peeled = [Peeled(each.rstrip("\r"), stream) for each in lines]
        if last or not lines:
            peeled.append(Peeled(last, stream, is_partial=bool(last)))
        return peeled


def _stream(name: object) -> str:
    """Standard error is what a program is asked about; its standard output is told from it."""
    return "stdout" if name == "stdout" else ""


class CriLines(LineCarrier):
    """Kubernetes: `2026-11-22T18:25:23.123456789Z stderr F text`."""

    name = "cri"
    first_characters = "0123456789"
    mark = " std"

    def __init__(self) -> None:
        self._is_piece = False
        self._is_last_piece = False

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line, or a piece of it."""
        found = _CRI_PATTERN.match(line)
        if not found:
            return None
        self._is_last_piece, self._is_piece = self._is_piece, found[2] == "P"
        return (Peeled(line[found.end() :], _stream(found[1]), is_partial=self._is_piece),)

    def lane(self, line: str) -> re.Pattern[str] | None:
        """Whole lines of one output."""
        found = _CRI_PATTERN.match(line)
        if not found or found[2] != "F" or self._is_last_piece:
            return None
        return re.compile(rf"\n{_STAMP} {found[1]} F ?")


class ComposeLines(LineCarrier):
    """`web-1  | text`."""

    name = "docker-compose"
    first_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    mark = " |"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line, with its container as the stream."""
        found = _COMPOSE_PATTERN.match(line)
        return (Peeled(line[found.end() :], found[1]),) if found else None

    def lane(self, line: str) -> re.Pattern[str] | None:
        """The name is padded in the same way on each line."""
        found = _COMPOSE_PATTERN.match(line)
        return re.compile(rf"\n{re.escape(found[0].rstrip())} ?") if found else None


class PodLines(LineCarrier):
    """`kubectl logs --prefix`: `[pod/web-5d4/server] text`."""

    name = "kubectl"
    first_characters = "["
    mark = "[pod/"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line, with its pod and container as the stream."""
        found = _POD_PATTERN.match(line)
        return (Peeled(line[found.end() :], found[1]),) if found else None

    def lane(self, line: str) -> re.Pattern[str] | None:
        """The name is the same on each line."""
        found = _POD_PATTERN.match(line)
        return re.compile(rf"\n{re.escape(found[0].rstrip())} ?") if found else None


class StampedLines(LineCarrier):
    """`docker logs -t`, `kubectl logs --timestamps`, GitHub Actions: a time with a fraction before each line."""

    name = "timestamps"
    first_characters = "0123456789\ufeff"
    mark = "T"

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line without its time."""
        found = _STAMP_PATTERN.match(line)
        if not found or _LEVEL_PATTERN.match(line, found.end()):
            return None
        return (Peeled(line[found.end() :]),)

    def lane(self, line: str) -> re.Pattern[str] | None:
        """Nothing but the time."""
        return _STAMP_LANE_PATTERN


_STAMP_LANE_PATTERN = re.compile(rf"\n{_STAMP} ?")


class RunLines(LineCarrier):
    """`gh run view --log`: `test TAB Run tests TAB 2026-11-22T18:25:23.1234567Z text`."""

    name = "github-actions"
    first_characters = ""
    mark = "Z "

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The line, with its job and step as the stream."""
        if "\t" not in line[:202]:
            return None
        found = _RUN_PATTERN.match(line)
        return (Peeled(line[found.end() :], f"{found[1]}/{found[2]}"),) if found else None

    def lane(self, line: str) -> re.Pattern[str] | None:
        """Job and step are the same on each line."""
        found = _RUN_PATTERN.match(line)
        return re.compile(rf"\n{re.escape(found[1])}\t{re.escape(found[2])}\t{_STAMP} ?") if found else None
