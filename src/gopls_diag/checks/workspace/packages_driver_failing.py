"""W18: the packages driver is missing or fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, advise, remove_setting
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.packages_driver import PackagesDriver
from gopls_diag.model.saying import Sayings

# The tail after `err:` is the go command's own; a driver is named by its path instead.
PATTERN = re.compile(
    r"packages\.Load error: ((?:[A-Za-z]:\\)?[^\n:]{1,300}): (?:fork/exec |exec: |exit status \d+)[^\n]{0,300}"
)


@check(
    "W18",
    Severity.ERROR,
    why="gopls asks this driver instead of the go command, so it loads no package at all.",
    explains=("W01", "W02", "W03", "W06", "W17", "W19", "W20"),
)
def packages_driver_failing(driver: PackagesDriver, sayings: Sayings | Unknown) -> Iterator[Finding]:
    """The packages driver is missing or fails.

    What it means: GOPACKAGESDRIVER names a program (or a gopackagesdriver lies on PATH) that gopls runs instead of
        go list; it is not there, may not be executed, or ends with an error.
    Why it matters: Without its answer there are no packages. Outside Bazel and its like no driver is needed.
    How to fix: Unset GOPACKAGESDRIVER, or set it to off, which also hides a gopackagesdriver on PATH. With Bazel, run
        the driver by hand in the folder and read its error.
    When to ignore: Never.
    Source: golang/tools go/packages/external.go (findExternalDriver), gopls/internal/cache/view.go (FetchGoEnv);
        bazel-contrib/rules_go#3907, #3110; seen with gopls v0.23.0.
    """
    if driver.setting is not None and driver.problem:
        yield Finding(
            summary=f"GOPACKAGESDRIVER is {driver.value} (set in {driver.place}), which {driver.problem}",
            evidence=(driver.evidence,),
            remedies=tuple(_remedies(driver)),
        )
        return
    seen: set[str] = set()
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            if heard.match[1] == "err":
                continue
            words = heard.match[0].removeprefix("packages.Load error: ").strip()
            if words in seen:
                continue
            seen.add(words)
            yield Finding(
                summary=f"The packages driver {heard.match[1]} fails: {words}",
                evidence=(Evidence(heard.saying.source, heard.words, heard.saying.line),),
                remedies=(
                    advise("Run the driver by hand in the folder and read its error"),
                    advise("Without Bazel, set GOPACKAGESDRIVER=off where the editor is started"),
                ),
            )
    if driver.setting is None and driver.found and not driver.is_expected:
        yield Finding(
            summary=f"gopls runs {driver.found} instead of go list, only because it is on PATH",
            evidence=(Evidence("PATH", driver.found),),
            remedies=(advise("Set GOPACKAGESDRIVER=off where the editor is started, or take the program off PATH"),),
            why="gopls asks it for every package, and this folder has no build files of Bazel or its like.",
            severity=Severity.WARNING,
            confidence=Confidence.LIKELY,
        )


def _remedies(driver: PackagesDriver) -> Iterator[Remedy]:
    # In a folder of Bazel it is the path that is wrong, not the setting.
    if driver.setting_path and not driver.is_expected:
        yield remove_setting(driver.setting_file, driver.setting_path, title="Take GOPACKAGESDRIVER out")
    else:
        yield advise(f"Take GOPACKAGESDRIVER out of {driver.place}, or set it to off")
    if driver.is_expected:
        yield advise("Or correct the path to the driver of your build system")
