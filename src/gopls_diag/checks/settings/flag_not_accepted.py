"""S05: a flag in the editor's settings that this gopls does not have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import Mistake, argument_change, first_mistake, without_mistake
from gopls_diag.checks.settings._written import nearest, need_editors, shown
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.gopls_api import GoplsFlags

OTHERWISE = {
    "memory-profile": "Put nothing in its place: gopls writes no memory profiles, so there is nothing to switch off",
    "memprofilerate": "Put nothing in its place: it is a flag of go test",
    "memprofile": "Use -profile.mem=FILE instead",
    "cpuprofile": "Use -profile.cpu=FILE instead",
    "ocagent": "Use -otel=URL instead (gopls v0.22 and newer): -ocagent went with gopls v0.19",
    "port": "Use -debug=localhost:0 instead for the debug pages: -port went with gopls v0.22",
    "otel": "Or update gopls: it came with gopls v0.22",
    "mcp.listen": "Or update gopls: it came with gopls v0.20",
    "stdio": "Put nothing in its place: gopls speaks over standard input and output by itself",
    "no-deep-completion": 'Use the setting instead: "gopls": {"deepCompletion": false}',
}


@check(
    "S05",
    Severity.ERROR,
    why="gopls ends at once with exit code 2, so there is no completion at all.",
    explains=("X02", "X05", "X14", "X15", "X17", "X18", "R13", "H09"),
)
def flag_not_accepted(editors: Editors, commands: GoplsCommands, flags: GoplsFlags) -> Iterator[Finding]:
    """The editor starts gopls with a flag that it does not accept.

    What it means: go.languageServerFlags (cmd in Neovim, args in Helix, binary.arguments in Zed) holds an argument that
        the installed gopls does not take, or one at a wrong place.
    Why it matters: gopls prints its usage and ends with exit code 2. VS Code shows "couldn't create connection to
        server" or nothing, and Go has no completion, no jumps, no diagnostics.
    How to fix: Take out the argument that is named. Each list element is one argument: "-rpc.trace", "-logfile=auto".
    When to ignore: Never, as long as the editor is used for Go.
    Source: `gopls help` and `gopls help serve` of the installed gopls; golang/tools gopls/internal/cmd;
        seen with gopls v0.23.0, VS Code 1.139.1 and the Go extension 0.56.0 and 0.57.2.
    """
    need_editors(editors)
    if not any(editor.language_server_flags for editor in editors.all):
        return
    for editor in editors.all:
        choice = commands.used(editor.name)
        known = flags.at(choice.binary.path if choice and choice.binary else flags.path)
        # A wrapper may take arguments of its own.
        if known is None or (choice and choice.binary and choice.binary.is_wrapper):
            continue
        mistake = first_mistake(editor.language_server_flags, known)
        if mistake and editor.uses_language_server:
            yield _finding(editor, mistake, known)


def _finding(editor: EditorSetup, mistake: Mistake, known: GoplsFlags) -> Finding:
    setting = mistake.setting
    gopls = f"gopls {known.version}" if known.version else "gopls"
    is_joined = mistake.name.split(" ")[0] in known.flags and " " in mistake.name
    said = f"{gopls} will not start in {editor.label}: {setting.key} holds {shown(setting.value, 60)}, {mistake.said}"
    remedies: list[Remedy] = []
    if is_joined:
        remedies.append(_rewritten(editor, mistake, known, str(setting.value).split()))
        said = f"{said}; each argument must be a list element of its own"
    else:
        remedies.append(_rewritten(editor, mistake, known, []))
        name = mistake.name.split(" ")[0]
        other = OTHERWISE.get(name) or _likely(name, known)
        if other and name not in known.flags:
            remedies.append(advise(other))
    evidence = Evidence(
        setting.file, f"{setting.key}: {shown([x.value for x in editor.language_server_flags])}", setting.line
    )
    return Finding(said, (evidence, Evidence("gopls help serve", mistake.said)), tuple(remedies))


def _likely(name: str, known: GoplsFlags) -> str:
    found = nearest(name, known.flags, 0.7)
    return f"Or use -{found}, the nearest real flag" if found else ""


def _rewritten(editor: EditorSetup, mistake: Mistake, known: GoplsFlags, instead: list[str]) -> Remedy:
    """The list without the wrong argument, or with others in its place, and without what else gopls does not take."""
    setting = mistake.setting
    flags = editor.language_server_flags
    if instead:
        at = next(index for index, each in enumerate(flags) if each is setting)
        flags = (*flags[:at], *(replace(setting, value=word) for word in instead), *flags[at + 1 :])
    # What was the value of a flag that is gone would be taken for a command.
    while wrong := first_mistake(flags, known):
        flags = without_mistake(flags, wrong, known)
    return argument_change(editor, [str(each.value) for each in flags])
