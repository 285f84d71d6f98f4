"""Remedies that take away a go variable where it was set."""

from __future__ import annotations

from gopls_diag.model.finding import Remedy, advise, remove_setting, run
from gopls_diag.model.toolchain import GoSetting, Origin


def unset(setting: GoSetting | None, *, name: str, otherwise: str) -> tuple[Remedy, ...]:
    """How to take the variable away, by who set it; `otherwise` when nobody is known to have."""
    if setting is None:
        return (advise(otherwise),)
    match setting.origin:
        case Origin.FILE:
            return (run("go", "env", "-u", name, title=f"take {name} out of {setting.place}", safe=True),)
        case Origin.EDITOR:
            title = f"take {name} out of {setting.place}"
            return (remove_setting(setting.source, setting.setting_path, title=title),)
        case Origin.GOROOT_FILE:
            return (advise(f"take {name} out of {setting.place}, or set it otherwise: go env -w {name}=…"),)
    return (
        advise(
            f"take {name} out of the files that set up the shell (~/.profile, ~/.bashrc, ~/.zshrc), then log in again"
        ),
    )
