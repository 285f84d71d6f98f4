"""`go test -json` and `go tool test2json`: one event a line, output in strings that need not end with a line.

Form: golang/go src/cmd/test2json/main.go and src/cmd/internal/test2json/test2json.go; `OutputType` came with Go 1.27,
`build-output` of `go build -json` with 1.24. Each test of each package speaks for itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from gopls_diag.parse.log.carrier import LineCarrier, Peeled
from gopls_diag.parse.log.escapes import json_value

_SPOKEN = ("output", "build-output")
_SILENT = ("start", "run", "pause", "cont", "pass", "bench", "fail", "skip", "build-fail", "attr", "artifacts")


class GoTestEvents(LineCarrier):
    """`{"Action":"output","Package":"example.com/a","Test":"TestB","Output":"text\\n"}`."""

    name = "go-test-json"
    first_characters = "{"
    mark = '"Action":'

    def peel(self, line: str) -> Sequence[Peeled] | None:
        """The lines of the output, with package and test as the stream; the last may go on in the next event."""
        event = json_value(line)
        action = event.get("Action") if isinstance(event, dict) else None
        if not isinstance(event, dict) or action not in _SPOKEN:
            return () if action in _SILENT else None
        text = event.get("Output")
        if not isinstance(text, str):
            return ()
        package, test = event.get("Package") or event.get("ImportPath"), event.get("Test")
        stream = ".".join(each for each in (package, test) if isinstance(each, str) and each)
        lines = text.split("\n")
        last = lines.pop()
        peeled = [Peeled(each.rstrip("\r"), stream) for each in lines]
        if last:
            peeled.append(Peeled(last, stream, is_partial=True))
        return peeled
