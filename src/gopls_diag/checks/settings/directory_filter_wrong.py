"""S09: a directoryFilters entry that gopls refuses, or that filters the open folder away."""

from __future__ import annotations

from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._written import Written, change, need_editors, quoted, removal, shown, written_for_gopls
from gopls_diag.model.editor import Editors
from gopls_diag.model.finding import Finding, Remedy, Severity, advise
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.workspace import WorkspaceFiles


@check(
    "S09",
    Severity.WARNING,
    why="gopls refuses the whole list, or leaves out what you work on.",
    explains=("W21", "W05", "W06"),
)
def directory_filter_wrong(editors: Editors, files: WorkspaceFiles | Unknown) -> Iterator[Finding]:
    """A directoryFilters entry is refused, matches nothing, or filters the open folder away.

    What it means: Each entry is + or - and a folder relative to the workspace folder: "-node_modules",
        "-**/testdata", "+service/a". `**` stands for any folders; `*` and `?` are not supported. A single "-" leaves
        out everything that no later "+…" brings back.
    Why it matters: One wrong entry makes gopls refuse all of them. A list that leaves everything out leaves gopls
        without packages.
    How to fix: Write the entries as shown here.
    When to ignore: Never, as long as the editor is used for Go.
    Source: golang/tools gopls/internal/settings/settings.go (validateDirectoryFilter), gopls/doc/settings.md,
        gopls/internal/cache/filterer.go; seen with gopls v0.23.0.
    """
    need_editors(editors)
    for written in written_for_gopls(editors):
        if written.setting.short == "directoryFilters" and isinstance(written.setting.value, list):
            entries = [each for each in written.setting.value if isinstance(each, str)]
            if len(entries) == len(written.setting.value):
                yield from _judge(written, entries, files)


def _judge(written: Written, entries: list[str], files: WorkspaceFiles | Unknown) -> Iterator[Finding]:
    setting = written.setting
    refused = [each for each in entries if objection(each)]
    if refused:
        yield Finding(
            f"gopls refuses {setting.key}: {shown(refused[0], 60)} {objection(refused[0])}",
            (quoted(setting), *written.note),
            _corrected(written, entries),
            severity=written.severity,
        )
        return
    strange = [each for each in entries if _is_strange(each)]
    if strange:
        yield Finding(
            f"The filter {shown(strange[0], 60)} matches nothing: filters are relative to the workspace folder",
            (quoted(setting), *written.note),
            (_relative(written, entries, files),),
            severity=written.severity,
            why="What it was meant to leave out or bring back stays as it is.",
        )
    everything = [at for at, each in enumerate(entries) if each.rstrip("/") in ("-", "-**")]
    brought_back = [each for each in entries[everything[-1] :] if each.startswith("+")] if everything else []
    if everything and not any(_may_exist(each, files) for each in brought_back):
        reason = f"there is no folder {brought_back[0][1:]} here" if brought_back else "no + entry follows the -"
        yield Finding(
            f"{setting.key} leaves out the whole workspace: {reason}",
            (quoted(setting), *written.note),
            (removal(setting), advise('Bring back what you work on: ["-", "+service/a"]')),
            severity=written.severity or Severity.ERROR,
        )


def _relative(written: Written, entries: list[str], files: WorkspaceFiles | Unknown) -> Remedy:
    """The list with paths from the workspace folder, where that folder is known."""
    begin = "" if isinstance(files, Unknown) else files.folder.replace("\\", "/").rstrip("/") + "/"
    better = []
    for each in entries:
        path = each[1:].replace("\\", "/")
        better.append(each[0] + path.removeprefix(begin).removeprefix("./"))
    if any(_is_strange(each) for each in better):
        return advise("Write it as a path from the workspace folder: -folder/below/the/workspace")
    return change(written.setting, better)


def _is_strange(entry: str) -> bool:
    """True for an entry that is no path from the workspace folder."""
    return entry[1:].startswith(("/", "./", "~", "\\")) or entry[2:3] == ":"


def _may_exist(entry: str, files: WorkspaceFiles | Unknown) -> bool:
    """False if the workspace is known to have no folder for a + entry."""
    first = entry[1:].split("/", maxsplit=1)[0]
    if isinstance(files, Unknown) or not files.usage.is_complete or first in ("", ".", "**"):
        return True
    return first in files.usage.by_folder


def objection(entry: str) -> str:
    """What gopls has against an entry, or empty."""
    if not entry.startswith(("+", "-")):
        return "must begin with + or -"
    for segment in entry[1:].split("/"):
        if segment != "**" and ("*" in segment or "?" in segment):
            return "uses * or ? inside a name, which is not supported"
    return ""


def _corrected(written: Written, entries: list[str]) -> tuple[Remedy, ...]:
    """The list with a minus before what has no sign, if that makes it right."""
    better = [each if each.startswith(("+", "-")) else f"-{each.lstrip('!/')}" for each in entries]
    better = [each.removesuffix("/**").removesuffix("/*") if each not in ("-**", "+**") else each for each in better]
    if any(objection(each) for each in better):
        return (removal(written.setting),)
    return (change(written.setting, better),)
