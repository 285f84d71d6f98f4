"""E01: vendor/modules.txt does not agree with go.mod."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.checks.env._unset import unset
from gopls_diag.model.finding import Confidence, Evidence, Finding, Remedy, Severity, run_in_project
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment
from gopls_diag.model.version import GoVersion
from gopls_diag.model.workspace import Module, Workspace

PATTERN = re.compile(
    r"inconsistent vendoring in ([^\n]{1,500}?):[ \t]*(?:\n[ \t]+([^\n]{1,300}))?$|Inconsistent vendoring detected",
    re.MULTILINE,
)
_FIRST_WITH_VENDOR_BY_DEFAULT = GoVersion.parse("1.14")


@check(
    "E01",
    Severity.ERROR,
    why="go list refuses the whole module, so gopls loads no package of it.",
    explains=("E28", "W01", "W02", "W03", "W05", "W06", "W17", "H12"),
)
def vendor_out_of_date(
    workspace: Workspace, environment: GoEnvironment | Unknown, sayings: Sayings | Unknown
) -> Iterator[Finding]:
    """vendor/modules.txt does not agree with go.mod.

    What it means: The module has a vendor folder, or GOFLAGS says -mod=vendor, and the versions that
        vendor/modules.txt lists are not those that go.mod requires. The go command then refuses to work at all.
    Why it matters: gopls asks the same go command, so it has no packages and answers nothing.
    How to fix: Run go mod vendor in the folder of go.mod, or go work vendor in that of go.work. Where vendoring is not
        wanted, take -mod=vendor out of GOFLAGS or remove the vendor folder.
    When to ignore: Never while it is found; the go command itself says it.
    Source: golang/go src/cmd/go/internal/modload/vendor.go (checkVendorConsistency); golang/tools
        gopls/internal/cache/mod.go; golang/go#39164, golang/vscode-go#1595.
    """
    if isinstance(sayings, Sayings):
        for heard in sayings.matching(PATTERN):
            detail = (heard.match[2] or "").strip()
            summary = "vendor/modules.txt does not agree with go.mod"
            yield Finding(
                f"{summary}: {detail}" if detail else summary,
                evidence=(quote(heard),),
                remedies=_remedies(workspace, environment),
            )
            return
        if sayings.heard(Channel.GO):
            return
    for module in workspace.modules:
        difference = _difference(module) if _is_used(module, workspace, environment) else None
        if difference is not None:
            yield Finding(
                f"vendor/modules.txt does not agree with {module.file}: {difference.text}",
                evidence=(difference,),
                remedies=_remedies(workspace, environment),
                confidence=Confidence.LIKELY,
            )


def _remedies(workspace: Workspace, environment: GoEnvironment | Unknown) -> tuple[Remedy, ...]:
    sync = ("go", "work", "vendor") if workspace.work is not None else ("go", "mod", "vendor")
    written = run_in_project(*sync, folder=workspace.root, title="Write the vendor folder anew")
    flags = environment.origin("GOFLAGS") if isinstance(environment, GoEnvironment) else None
    if flags is None or "-mod=vendor" not in flags.value:
        return (written,)
    taken = unset(flags, name="GOFLAGS", otherwise="")
    has_folder = workspace.module is not None and workspace.module.vendor is not None
    return (written, *taken) if has_folder or workspace.work is not None else (*taken, written)


def _is_used(module: Module, workspace: Workspace, environment: GoEnvironment | Unknown) -> bool:
    """True if the go command would take this module's vendor folder by itself."""
    if module.vendor is None or module.vendor.modules is None or workspace.work is not None:
        return False
    flags = environment.value("GOFLAGS") if isinstance(environment, GoEnvironment) else ""
    if "-mod=" in flags and "-mod=vendor" not in flags:
        return False
    return module.mod.go is not None and GoVersion.parse(module.mod.go.value) >= _FIRST_WITH_VENDOR_BY_DEFAULT


def _difference(module: Module) -> Evidence | None:
    """The first requirement that the one file has and the other has not."""
    vendored = module.vendor.modules.modules if module.vendor and module.vendor.modules else ()
    explicit = {(each.path, each.version) for each in vendored if each.is_explicit}
    for each in module.mod.require:
        if (each.path, each.version) not in explicit:
            return Evidence(
                module.file, f"{each.path}@{each.version} is required, but is not in modules.txt", each.line
            )
    required = {(each.path, each.version) for each in module.mod.require}
    for other in vendored:
        if other.is_explicit and (other.path, other.version) not in required:
            text = f"{other.path}@{other.version} is in modules.txt, but go.mod does not require it"
            return Evidence(module.file.removesuffix("go.mod") + "vendor/modules.txt", text, other.line)
    return None
