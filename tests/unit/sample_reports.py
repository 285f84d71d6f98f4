"""Reports that every presenter must render: each outcome, each severity, empty, huge, other scripts."""

from __future__ import annotations

from collections.abc import Iterable

from gopls_diag.model.declaration import Cost, Declaration
from gopls_diag.model.finding import (
    Confidence,
    Evidence,
    Finding,
    Severity,
    advise,
    remove_setting,
    rename_setting,
    run,
    set_setting,
)
from gopls_diag.model.outcome import Clean, Crashed, Found, NotApplicable, Outcome, Unknown
from gopls_diag.model.page import SECTIONS
from gopls_diag.model.report import CheckOutcome, ProbeStep, Report, ReportedFinding, SubjectLine

HOME = "/home/gopher"
FOLDER = HOME + "/src/shop"
SETTINGS = FOLDER + "/.vscode/settings.json"


def declaration(code: str, id: str, severity: Severity, title: str, explains: tuple[str, ...] = ()) -> Declaration:
    page = tuple((name, f"{name}, in the words of {code}.\n\n- a step\n- another step") for name in SECTIONS)
    why = f"What {code} does to the reader."
    return Declaration(code, id, severity, title, why, page, explains, Cost.QUICK, (), "0.1.0", _judge)


def _judge() -> Iterable[Finding]:
    return ()


GOROOT = declaration("E04", "env/goroot-missing", Severity.ERROR, "GOROOT points to a missing folder", ("W01", "W02"))
FAILED_LOAD = declaration("W01", "workspace/load-failed", Severity.ERROR, "A workspace folder failed to load")
NO_VIEWS = declaration("W02", "workspace/views-missing", Severity.ERROR, "gopls has no view of the workspace")
UNREAL = declaration("S01", "settings/extension-setting-unreal", Severity.WARNING, "A setting that does not exist")
HEAVY = declaration("H12", "health/workspace-heavy", Severity.INFO, "The workspace is large")
OOM = declaration("K01", "kill/kernel-killed-gopls", Severity.ERROR, "The kernel killed gopls")
APPLE = declaration("P07", "platform/gopls-quarantined", Severity.WARNING, "gopls is quarantined")

SUBJECT = SubjectLine(
    FOLDER, "linux/amd64", "go1.26.5", "v0.23.0 (built with go1.26.5)", ("VS Code 1.139.1 + Go 0.56.0",)
)

CAUSE = ReportedFinding(
    GOROOT,
    Finding(
        "GOROOT points to /usr/local/go1.22, which does not exist",
        (
            Evidence("go env GOROOT", "/usr/local/go1.22"),
            Evidence(HOME + "/.config/go/env", "GOROOT=/usr/local/go1.22", 3),
        ),
        (
            run("go", "env", "-u", "GOROOT", title="Let go find its own root", safe=True),
            advise("Install Go 1.22 again", link="https://go.dev/doc/manage-install"),
        ),
    ),
)
CONSEQUENCES = (
    ReportedFinding(
        FAILED_LOAD,
        Finding(
            "gopls could not load ~/src/shop",
            (Evidence("gopls --probe", "Error loading workspace folders (expected 1, got 0)"),),
        ),
        explained_by="E04",
    ),
    ReportedFinding(NO_VIEWS, Finding("every request is answered with `no views`"), explained_by="E04"),
)
SETTING = ReportedFinding(
    UNREAL,
    Finding(
        '"go.goplsArgs" does nothing: the Go extension has no such setting',
        (Evidence(SETTINGS, '"go.goplsArgs": ["-rpc.trace"]', 4),),
        (
            rename_setting(
                SETTINGS, "go.goplsArgs", "go.languageServerFlags", title="Rename it to go.languageServerFlags"
            ),
            remove_setting(SETTINGS, "go.goplsArgs", title="Remove it"),
            set_setting(SETTINGS, "gopls/ui.completion.usePlaceholders", True, title="Or set what was meant"),
        ),
        confidence=Confidence.LIKELY,
    ),
)
LARGE = ReportedFinding(HEAVY, Finding("the workspace has 41,222 Go files in 3,100 packages"))


def outcome(check: Declaration, ended: Outcome, milliseconds: int = 3) -> CheckOutcome:
    return CheckOutcome(check, ended, milliseconds)


EVERY_OUTCOME = Report(
    SUBJECT,
    CAUSE,
    (CAUSE, *CONSEQUENCES, SETTING, LARGE),
    (
        outcome(GOROOT, Found((CAUSE.finding,))),
        outcome(HEAVY, Found((LARGE.finding,), reason="~/src/shop/vendor may not be read"), 412),
        outcome(OOM, Unknown("the kernel's log may not be read by this user")),
        outcome(APPLE, NotApplicable("this is not macOS")),
        outcome(UNREAL, Found((SETTING.finding,))),
        outcome(FAILED_LOAD, Found((CONSEQUENCES[0].finding,))),
        outcome(NO_VIEWS, Crashed("IndexError: tuple index out of range", "Traceback …\n  line 1\n")),
        outcome(declaration("C01", "cgo/compiler-missing", Severity.ERROR, "cgo finds no compiler"), Clean()),
    ),
)

HEALTHY = Report(SUBJECT, None, (), (outcome(GOROOT, Clean()), outcome(APPLE, NotApplicable("this is not macOS"))))

EMPTY = Report(SubjectLine("", "linux/amd64", "", ""), None, (), ())

BLIND = Report(
    SubjectLine(FOLDER, "linux/amd64", "", ""),
    None,
    (),
    (outcome(GOROOT, Unknown("go env gave no answer within 30 s")), outcome(OOM, Unknown("the same"))),
    notes=("The recording was made by gopls-diag 0.0.9.",),
)

PROBED = Report(
    SUBJECT,
    CAUSE,
    (CAUSE,),
    (outcome(GOROOT, Found((CAUSE.finding,))),),
    probe=(
        ProbeStep("start", 0.04, 31_000_000, "running"),
        ProbeStep("load", 12.31, 553_000_000, "314 packages"),
        ProbeStep("completion", 0.2, None, "no views"),
    ),
)

_CHINESE = "/home/用户/项目/商店系统"
_HEBREW = "/home/גופר/פרויקט/חנות"

_WORK = ReportedFinding(
    UNREAL,
    Finding(
        f"go.work lists {_HEBREW}, no module, and {_CHINESE}/结算模块/支付网关/适配器, none either",
        (Evidence(_CHINESE + "/go.work", f"use {_HEBREW}", 7), Evidence("C:\\用户\\go.work", "use ./x", 2)),
        (run("go", "work", "edit", "-dropuse", _HEBREW, title="Take it out of go.work"),),
    ),
)

OTHER_SCRIPTS = Report(
    SubjectLine(_CHINESE, "windows/amd64", "go1.26.5", "v0.23.0", ("VS Code 1.139.1 + Go 0.56.0",)),
    _WORK,
    (_WORK,),
    (outcome(UNREAL, Found((_WORK.finding,))),),
)

_SETTINGS_OF_MANY = tuple(
    Evidence(f"{FOLDER}/service{number:03}/.vscode/settings.json", f'"go.goplsArgs": ["{number}"]', number + 1)
    for number in range(40)
)

HUGE = Report(
    SUBJECT,
    SETTING,
    (
        ReportedFinding(
            UNREAL,
            Finding("40 settings files hold a setting that does not exist " + "and are read " * 40, _SETTINGS_OF_MANY),
        ),
        *(
            ReportedFinding(HEAVY, Finding(f"finding number {number}", (), (advise("Do " + "it " * 60),)))
            for number in range(9)
        ),
    ),
    tuple(
        outcome(declaration(f"W{number:02}", f"workspace/state-{number}", Severity.ERROR, f"State {number}"), Clean())
        for number in range(30)
    ),
)

HOSTILE = Report(
    SubjectLine("/tmp/a b/`x`|<img src=x>", "linux/amd64", "go1.26.5", "v0.23.0"),
    None,
    (
        ReportedFinding(
            UNREAL,
            Finding(
                "a name with `ticks`, |pipes|, <b>tags</b>, *stars*, @gopher, golang/go#1 and \x1b[31m colour",
                (
                    Evidence("/tmp/bytes-\udcff\udcfe.json", "```\n</details>\n```", 1),
                    Evidence("printf '\\x1b[2J'", "\x1b[2J\x07cleared\r\nlines\ttabs\x00"),
                ),
                (run("rm", "-r", "/tmp/a b/`x`", title="Not <really>"),),
            ),
        ),
    ),
    (outcome(UNREAL, Unknown("a reason\nof two lines with `ticks` and </details>")),),
)

REPORTS = {
    "every-outcome": EVERY_OUTCOME,
    "healthy": HEALTHY,
    "empty": EMPTY,
    "blind": BLIND,
    "probed": PROBED,
    "other-scripts": OTHER_SCRIPTS,
    "huge": HUGE,
    "hostile": HOSTILE,
}
