"""What macOS thinks of the gopls in use: its signature and its quarantine."""

from __future__ import annotations

from gopls_diag.facts.declare import fact
from gopls_diag.model.executable import CodeSignature, CodeSignatures
from gopls_diag.model.gopls import GoplsCommands
from gopls_diag.model.outcome import CannotTell, DoesNotApply
from gopls_diag.world import World

_QUARANTINE = "com.apple.quarantine"


@fact(limit_seconds=20)
def code_signatures(world: World, commands: GoplsCommands) -> CodeSignatures:
    """codesign's judgement of each gopls in use; codesign and xattr are part of macOS."""
    machine = world.machine
    if machine.os != "darwin":
        raise DoesNotApply("only macOS checks signatures of programs")
    paths = dict.fromkeys(each.binary.resolved_path for each in commands.choices if each.binary)
    found: list[CodeSignature] = []
    for path in paths:
        judged = world.run(("codesign", "--verify", "--verbose=4", path))
        if judged.start_error or judged.is_timed_out:
            raise CannotTell(f"{judged.line} {judged.ending}")
        quarantine = world.run(("xattr", "-p", _QUARANTINE, path))
        words = judged.stderr.strip().splitlines()
        found.append(
            CodeSignature(
                path=path,
                is_valid=judged.is_ok,
                words=words[0] if words and not judged.is_ok else "",
                quarantine=quarantine.stdout.strip() if quarantine.is_ok else "",
                is_required=machine.architecture == "arm64",
            )
        )
    return CodeSignatures(tuple(found))
