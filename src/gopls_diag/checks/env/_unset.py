"""Remedies that take away a go variable where it was set."""

from __future__ import annotations

from dataclasses import replace

from gopls_diag.model.finding import Remedy, advise, remove_setting, run
from gopls_diag.model.toolchain import GoSetting, Origin


def unset(
    setting: GoSetting | None, *, name: str, otherwise: str, meanwhile: str = "", is_safe: bool = False
) -> tuple[Remedy, ...]:
    """How to take the variable away, by who set it.

    Args:
        setting: who set it.
        name: of the variable.
        otherwise: what to advise when nobody is known to have set it.
        meanwhile: a value under which go can start at all: with the broken one `go env -u` fails too (seen with
            go1.26.8 for GOROOT, GOPATH and GOTOOLCHAIN). Empty when go can start.
        is_safe: true if taking it away changes nothing that the program builds.
    """
    if setting is None:
        return (advise(otherwise),)
    taken = f"Take {name} out of {setting.place}"
    match setting.origin:
        case Origin.FILE if meanwhile and "\\" in setting.source:
            return (advise(f"Delete line {setting.line} of {setting.source}"),)
        case Origin.FILE:
            start = ("env", f"{name}={meanwhile}") if meanwhile else ()
            return (run(*start, "go", "env", "-u", name, title=taken, safe=is_safe),)
        case Origin.EDITOR:
            removed = remove_setting(setting.source, setting.setting_path, title=taken)
            return (replace(removed, safe=is_safe),)
        case Origin.GOROOT_FILE:
            return (advise(f"{taken}, or set it otherwise: go env -w {name}=…"),)
    return (
        advise(
            f"Take {name} out of the files that set up the shell (~/.profile, ~/.bashrc, ~/.zshrc; on Windows the "
            "user's environment variables), then log in again"
        ),
    )
