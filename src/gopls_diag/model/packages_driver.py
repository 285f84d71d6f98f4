"""The program that gopls runs instead of go list, if any."""

from __future__ import annotations

from dataclasses import dataclass

from gopls_diag.model.finding import Evidence


@dataclass(frozen=True, slots=True)
class PackagesDriver:
    """What GOPACKAGESDRIVER says, and what lies on PATH."""

    setting: Evidence | None
    """Who set GOPACKAGESDRIVER; None when nobody did."""
    value: str = ""
    """What it was set to; `off` and empty mean the go command."""
    place: str = ""
    """Where it was set, for a sentence."""
    found: str = ""
    """The program that gopls runs; empty when it runs go list or when the program is not there."""
    problem: str = ""
    """What is wrong with the program that was set, as the end of a sentence; empty when nothing is."""
    is_expected: bool = False
    """True if the folder or one above it has build files of Bazel, Buck, Pants or Please."""

    setting_file: str = ""
    """The settings file that sets it; empty when it is no setting of an editor."""
    setting_path: str = ""
    """Where it stands in that file, keys joined with a slash."""

    @property
    def evidence(self) -> Evidence:
        """The words that set it."""
        return self.setting or Evidence("PATH", self.found)
