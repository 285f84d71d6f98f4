"""go.mod: text in, what it says and what the go command would refuse out."""

from __future__ import annotations

from dataclasses import dataclass, field

from gopls_diag.model.module_file import (
    ModFile,
    ModuleFileProblem,
    Replacement,
    Requirement,
    Retraction,
    Statement,
)
from gopls_diag.parse.module_lines import (
    ModuleLine,
    ModuleLineReader,
    RefusedError,
    check_major,
    go_version,
    godebug,
    once,
    one_word,
    replacement,
    toolchain,
    unquoted,
)

_BLOCKS = frozenset({"module", "godebug", "require", "exclude", "replace", "retract", "tool", "ignore"})


@dataclass(slots=True)
class _Gathering:
    """A go.mod while it is read."""

    single: dict[str, Statement] = field(default_factory=dict)
    require: list[Requirement] = field(default_factory=list)
    exclude: list[Requirement] = field(default_factory=list)
    replace: list[Replacement] = field(default_factory=list)
    retract: list[Retraction] = field(default_factory=list)
    words: dict[str, list[Statement]] = field(default_factory=lambda: {"tool": [], "ignore": [], "godebug": []})
    deprecated: str = ""

    def add(self, line: ModuleLine) -> None:
        """Take one directive in, or raise RefusedError."""
        match line.verb:
            case "module":
                self.single["module"] = once(line, self.single.get("module"), one_word)
                self.deprecated = _deprecation(line.comments)
            case "go":
                self.single["go"] = once(line, self.single.get("go"), go_version)
            case "toolchain":
                self.single["toolchain"] = once(line, self.single.get("toolchain"), toolchain)
            case "require":
                self.require.append(_requirement(line))
            case "exclude":
                self.exclude.append(_requirement(line))
            case "replace":
                self.replace.append(replacement(line))
            case "retract":
                self.retract.append(_retraction(line))
            case "godebug":
                self.words["godebug"].append(godebug(line))
            case "tool" | "ignore":
                self.words[line.verb].append(one_word(line))
            case _:
                raise RefusedError(f"unknown directive: {line.verb}")


def parse_go_mod(text: str) -> ModFile:
    """What the go.mod says. Never raises; what the go command would refuse stands in `problems`, by line.

    Versions are taken as written, not made canonical; paths are not checked against the rules for module paths.
    """
    reader = ModuleLineReader(text, _BLOCKS)
    gathering = _Gathering()
    for line in reader.lines():
        try:
            gathering.add(line)
        except RefusedError as reason:
            reader.problems.append(ModuleFileProblem(line.number, str(reason)))
    return ModFile(
        module=gathering.single.get("module"),
        go=gathering.single.get("go"),
        toolchain=gathering.single.get("toolchain"),
        require=tuple(gathering.require),
        replace=tuple(gathering.replace),
        exclude=tuple(gathering.exclude),
        retract=tuple(gathering.retract),
        tool=tuple(gathering.words["tool"]),
        ignore=tuple(gathering.words["ignore"]),
        godebug=tuple(gathering.words["godebug"]),
        deprecated=gathering.deprecated,
        problems=tuple(sorted(reader.problems, key=lambda each: each.line)),
    )


def _requirement(line: ModuleLine) -> Requirement:
    if len(line.words) != 2:
        raise RefusedError(f"usage: {line.verb} module/path v1.2.3")
    comment = line.suffix.split()
    is_indirect = line.verb == "require" and bool(comment) and (comment == ["indirect"] or comment[0] == "indirect;")
    path, version = unquoted(line.words[0]), unquoted(line.words[1])
    check_major(line.verb, path, version)
    return Requirement(path, version, line.number, is_indirect)


def _retraction(line: ModuleLine) -> Retraction:
    words = line.words
    rationale = "\n".join(line.comments).strip()
    if len(words) == 5 and (words[0], words[2], words[4]) == ("[", ",", "]"):
        return Retraction(unquoted(words[1]), unquoted(words[3]), rationale, line.number)
    if not words or words[0] == "(":
        raise RefusedError("expected '[' or version")
    if words[0] == "[":
        raise RefusedError("expected [low, high] in retract")
    if len(words) > 1:
        raise RefusedError(f'unexpected token after version: "{words[1]}"')
    version = unquoted(words[0])
    return Retraction(version, version, rationale, line.number)


def _deprecation(comments: tuple[str, ...]) -> str:
    """The words after `Deprecated:` up to the end of their paragraph."""
    for paragraph in "\n".join(comments).split("\n\n"):
        if paragraph.startswith("Deprecated:"):
            return paragraph.removeprefix("Deprecated:").lstrip(" ")
    return ""
