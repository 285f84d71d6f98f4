"""go.work: text in, what it says and what the go command would refuse out."""

from __future__ import annotations

from gopls_diag.model.module_file import ModuleFileProblem, Replacement, Statement, WorkFile
from gopls_diag.parse.module_lines import (
    ModuleLine,
    ModuleLineReader,
    RefusedError,
    go_version,
    godebug,
    once,
    one_word,
    replacement,
    toolchain,
)

_BLOCKS = frozenset({"godebug", "use", "replace"})


def parse_go_work(text: str) -> WorkFile:
    """What the go.work says. Never raises; what the go command would refuse stands in `problems`, by line."""
    reader = ModuleLineReader(text, _BLOCKS)
    single: dict[str, Statement] = {}
    use: list[Statement] = []
    godebugs: list[Statement] = []
    replace: list[Replacement] = []

    def add(line: ModuleLine) -> None:
        match line.verb:
            case "go":
                single["go"] = once(line, single.get("go"), go_version)
            case "toolchain":
                single["toolchain"] = once(line, single.get("toolchain"), toolchain)
            case "use":
                use.append(one_word(line))
            case "godebug":
                godebugs.append(godebug(line))
            case "replace":
                replace.append(replacement(line))
            case _:
                raise RefusedError(f"unknown directive: {line.verb}")

    for line in reader.lines():
        try:
            add(line)
        except RefusedError as reason:
            reader.problems.append(ModuleFileProblem(line.number, str(reason)))
    return WorkFile(
        go=single.get("go"),
        toolchain=single.get("toolchain"),
        use=tuple(use),
        replace=tuple(replace),
        godebug=tuple(godebugs),
        problems=tuple(sorted(reader.problems, key=lambda each: each.line)),
    )
