"""Installing, taking out and the state of the recorder as JSON; changes to the schemas are additive."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from gopls_diag.model.installation import InstallPlan, RecordStatus, Removal, Trial

INSTALL_SCHEMA = "gopls-diag/record-install/1"
UNINSTALL_SCHEMA = "gopls-diag/record-uninstall/1"
STATUS_SCHEMA = "gopls-diag/record-status/1"


def render_install(plan: InstallPlan, trial: Trial, version: str, *, is_done: bool, is_effective: bool | None) -> str:
    """What was found, tried and done."""
    return _document(
        {
            "schema": INSTALL_SCHEMA,
            "version": version,
            "editor": plan.editor,
            "gopls": {"path": plan.gopls, "version": plan.gopls_version},
            "launcher": plan.launcher,
            "trial": {"good": trial.is_good, "steps": list(trial.steps), "problem": trial.problem or None},
            "setting": {"file": plan.file, "key": plan.key, "value": plan.launcher} if plan.key else None,
            "changes_setting": bool(plan.changes),
            "by_hand": [asdict(each) for each in plan.lines] or plan.example or None,
            "installed": is_done,
            "effective": is_effective,
            "notes": list(plan.notes),
        }
    )


def render_removal(removal: Removal, version: str) -> str:
    """What was put back, and whether the launcher is gone."""
    return _document(
        {
            "schema": UNINSTALL_SCHEMA,
            "version": version,
            "places": [
                {
                    "editor": each.place.editor,
                    "file": each.place.file,
                    "key": each.place.key,
                    "change": each.place.change_id,
                    "fate": each.fate,
                    "reason": each.reason or None,
                }
                for each in removal.places
            ],
            "launcher_gone": removal.is_launcher_gone,
            "kept_for": list(removal.kept_for),
            "incidents": removal.incidents,
        }
    )


def render_status(status: RecordStatus, version: str) -> str:
    """The state."""
    return _document(
        {
            "schema": STATUS_SCHEMA,
            "version": version,
            "launcher": status.launcher or None,
            "script": status.is_script,
            "gopls": {"path": status.gopls, "version": status.gopls_version} if status.gopls else None,
            "launcher_settings": status.settings.to_json() if status.settings else None,
            "editors": [asdict(each) for each in status.uses],
            "sources": [{"name": name, "on": is_on, "why": why or None} for name, is_on, why in status.sources],
            "sessions": status.sessions,
            "incidents": status.incidents,
            "bytes": status.bytes,
            "settings": asdict(status.record),
            "settings_file": status.record_file,
            "complaints": list(status.complaints),
            "problems": list(status.problems),
        }
    )


def _document(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
