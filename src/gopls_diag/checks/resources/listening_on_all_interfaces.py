"""-listen without a host."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.settings._flags import Flag, with_flag
from gopls_diag.model.editor import Editors, EditorSetup, SettingValue
from gopls_diag.model.finding import Evidence, Finding, Remedy, Severity, advise
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.version import GoplsVersion

PATTERN = re.compile(r"-listen=(\S{1,100}) implicitly binds all network interfaces")
FLAG_PATTERN = re.compile(r"^--?listen=(?:tcp;)?:(\d{1,5})$")
FIRST = GoplsVersion.parse("v0.22.0-0")


@check(
    "R11",
    Severity.ERROR,
    why="gopls refuses the address and ends at its start.",
    explains=("X02", "X03", "X14", "X04", "H09"),
)
def listening_on_all_interfaces(
    editors: Editors | Unknown, commands: GoplsCommands | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """-listen names a port without a host.

    What it means: -listen=:37374 would open gopls to the whole network. From v0.22 on gopls refuses it; older pages
        about the daemon still show it.
    Why it matters: gopls ends at once.
    How to fix: Write the host: -listen=localhost:37374. An editor needs no -listen at all.
    When to ignore: With a gopls older than v0.22, which takes it; but then everybody on the network can use it.
    Source: golang/tools gopls/internal/cmd/serve.go (v0.22.0 and newer); seen with gopls v0.23.0.
    """
    found = False
    for editor in editors.all if isinstance(editors, Editors) else ():
        choice = commands.used(editor.name) if isinstance(commands, GoplsCommands) else None
        version = choice.binary.version if choice and choice.binary else None
        if version is None or not version.is_known or version < FIRST:
            continue
        for flag in editor.language_server_flags:
            address = FLAG_PATTERN.match(str(flag.value))
            if address:
                found = True
                yield Finding(
                    f"gopls {version} refuses {flag.value}: it would listen on every network",
                    evidence=(Evidence(flag.file, str(flag.value), flag.line),),
                    remedies=(_without(editor, flag), advise(f"Or write -listen=localhost:{address[1]}")),
                )
    if not found and isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN, Channel.STDERR, Channel.LOG):
            yield Finding(
                f"gopls refuses -listen={heard.match[1]}: it would listen on every network",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(advise("Write -listen=localhost:PORT"),),
            )


def _without(editor: EditorSetup, setting: SettingValue) -> Remedy:
    """An editor speaks with gopls over standard input: with an address to listen on it gets no answer at all."""
    return with_flag(editor, Flag(setting, "listen", None))
