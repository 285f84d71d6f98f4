"""Where gopls-diag keeps what it must remember, and where its user writes settings."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def state_folder() -> Path:
    """GOPLS_DIAG_STATE, or the system's folder for state; absolute, and not always there yet."""
    named = os.environ.get("GOPLS_DIAG_STATE")
    return Path.cwd() / (named or platformdirs.user_state_dir("gopls-diag", appauthor=False))


def config_folder() -> Path:
    """GOPLS_DIAG_CONFIG, or the system's folder for settings; absolute, and not always there."""
    named = os.environ.get("GOPLS_DIAG_CONFIG")
    return Path.cwd() / (named or platformdirs.user_config_dir("gopls-diag", appauthor=False))
