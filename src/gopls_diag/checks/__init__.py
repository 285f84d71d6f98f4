"""Judgements: one pure function of facts, one file each, in a folder a family.

The folder walk is the registry (`registry.py`). A check asks nothing and prints nothing.
"""

from gopls_diag.checks.declare import check

__all__ = ["check"]
