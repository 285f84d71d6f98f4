"""The go env file and GOROOT/go.env: text in, assignments with their lines out.

Read as cmd/go reads it (cmd/go/internal/cfg/cfg.go, readEnvFile, Go 1.27): a line counts if it holds `=` and begins
with a capital letter; the value is everything behind the first `=`, spaces and a carriage return included.
"""

from __future__ import annotations

from gopls_diag.model.toolchain import GoEnvironmentLine

_NOTED_LINES = 50
_NOTED_WIDTH = 200


def read_go_env_file(text: str) -> tuple[tuple[GoEnvironmentLine, ...], tuple[tuple[int, str], ...]]:
    """The assignments in their order, and (line, text) of lines that go passes over and that are no comments.

    Linear in the length of the text; of the lines that are passed over at most fifty are given.
    """
    assignments: list[GoEnvironmentLine] = []
    passed_over: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        name, equals, value = line.partition("=")
        if equals and "A" <= line[0] <= "Z":
            assignments.append(GoEnvironmentLine(name, value, number))
        elif line.strip() and not line.lstrip().startswith("#") and len(passed_over) < _NOTED_LINES:
            passed_over.append((number, line.strip()[:_NOTED_WIDTH]))
    return tuple(assignments), tuple(passed_over)
