"""What the gopls in use accepts: asked from itself, never from a list of ours."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from gopls_diag.facts.declare import fact
from gopls_diag.facts.gopls_binary import CACHES
from gopls_diag.model.editor import Editors, EditorSetup
from gopls_diag.model.go_extension import MEANT
from gopls_diag.model.gopls import GoplsBinary, GoplsCommands
from gopls_diag.model.gopls_api import GoplsApi, GoplsFlags
from gopls_diag.model.outcome import CannotTell, DoesNotApply, Unknown
from gopls_diag.parse.gopls_api import parse_api_json, parse_gopls_flags
from gopls_diag.world import World

_LIMIT_SECONDS = 20.0
Answer = TypeVar("Answer")


@fact(limit_seconds=45.0)
def gopls_api(world: World, commands: GoplsCommands, editors: Editors | Unknown) -> GoplsApi:
    """The settings and analyzers of the gopls in use (`gopls api-json`), and of those that other editors use.

    Not asked where no editor has a setting of gopls to compare: it is one more start of gopls.
    """
    if isinstance(editors, Editors) and not any(_has_settings(each) for each in editors.all):
        raise DoesNotApply("no editor has settings for gopls")

    first, others = _each_in_use(commands, lambda binary: ask_api(world, binary), "gopls api-json")
    return replace(first, others={each.path: each for each in others})


def ask_api(world: World, binary: GoplsBinary) -> GoplsApi | None:
    """The settings and analyzers of one gopls; None when it gives no answer that is understood."""
    result = world.run((binary.path, "api-json"), limit_seconds=_LIMIT_SECONDS, private_folders=CACHES)
    return parse_api_json(result.stdout, binary.path, str(binary.version)) if result.is_ok else None


@fact(limit_seconds=45.0)
def gopls_flags(world: World, commands: GoplsCommands, editors: Editors | Unknown) -> GoplsFlags:
    """The flags of the gopls in use (`gopls help serve` and `gopls help`), and of those that other editors use.

    Not asked where no editor gives gopls a flag.
    """
    if isinstance(editors, Editors) and not any(_has_flags(each) for each in editors.all):
        raise DoesNotApply("no editor gives gopls a flag")

    first, others = _each_in_use(commands, lambda binary: ask_flags(world, binary), "gopls help serve")
    return replace(first, others={each.path: each for each in others})


def ask_flags(world: World, binary: GoplsBinary) -> GoplsFlags | None:
    """The flags of one gopls; None when it gives no answer that is understood."""
    pages = world.run_side_by_side(
        (binary.path, "help", "serve"),
        (binary.path, "help"),
        limit_seconds=_LIMIT_SECONDS,
        private_folders=CACHES,
    )
    # Both pages are needed: a flag that stands on the other one must not be called unknown.
    if not all(each.is_ok for each in pages):
        return None
    texts = [f"{each.stdout}\n{each.stderr}" for each in pages]
    return parse_gopls_flags(texts[0], texts[1], binary.path, str(binary.version))


def _has_settings(editor: EditorSetup) -> bool:
    written = (each for layer in editor.layers for each in (*layer.settings, *layer.gopls))
    meant = {"gopls", *(name for name, real in MEANT.items() if real == "gopls")}
    return bool(editor.gopls_settings) or any(each.path.startswith("gopls") or each.key in meant for each in written)


_OTHER_FLAGS = re.compile(r"go\.(?:format|generateTests|lint|test|vet)Flags|.*\bbuildFlags")
_FLAG_WORDS = ("flag", "flags", "args", "debug", "logfile")


def _has_flags(editor: EditorSetup) -> bool:
    """True if it gives gopls a flag, or has a setting in which flags for gopls may have been meant."""
    written = (each.key for layer in editor.layers for each in (*layer.settings, *layer.gopls))
    names = (each.lower() for each in written if not _OTHER_FLAGS.fullmatch(each))
    return bool(editor.language_server_flags) or any(each.endswith(_FLAG_WORDS) for each in names)


def _each_in_use(
    commands: GoplsCommands, ask: Callable[[GoplsBinary], Answer | None], command: str
) -> tuple[Answer, list[Answer]]:
    """The answer of the gopls in use, and those of the other binaries that some editor starts."""
    used = commands.in_use
    if used is None:
        raise DoesNotApply("no gopls was found")
    answer = ask(used)
    if answer is None:
        raise CannotTell(f"{command} of {used.path} gave no answer that is understood")
    binaries = {each.binary.path: each.binary for each in commands.choices if each.binary and each.asker != "shell"}
    binaries.pop(used.path, None)
    return answer, [other for other in map(ask, binaries.values()) if other is not None]
