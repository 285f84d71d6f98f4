"""A recording that leaves the machine holds no secret, and still gives the same findings."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gopls_diag.checks.registry import all_checks
from gopls_diag.engines.doctor import Finished, examine
from gopls_diag.model.report import Report
from gopls_diag.model.request import Request
from gopls_diag.parse.private_words import PrivateWords
from gopls_diag.parse.settings_blanking import blank_settings
from gopls_diag.world import World, recorded
from gopls_diag.world.port import READ_LIMIT_BYTES, Answer, Question
from gopls_diag.world.recorder import Recorder
from gopls_diag.world.redaction import may_keep_variable, redact
from gopls_diag.world.sketch import Scene, play
from tests.growth import assert_linear
from tests.test_cases import CASES, scenes

REQUEST = Request(folder="/home/amelia.earhart/src/lockheed")
LONG = "Zx9Qv7Lm3Kp5Rt8Wn2Yb6Hc4Jd1Fg0Sa"

# Every secret is put together here, so that no file of the project holds one whole.
SECRETS = {
    "github classic": "gh" + "p_" + LONG,
    "github oauth": "gh" + "o_" + LONG,
    "github fine-grained": "github" + "_pat_" + LONG,
    "gitlab": "gl" + "pat-" + LONG[:20],
    "aws id": "AK" + "IAZX9QV7LM3KP5RT8W",
    "slack": "xo" + "xb-123456789012-" + LONG,
    "slack webhook": "hooks." + "slack.com/services/T000/B000/" + LONG,
    "openai": "sk-" + "proj-" + LONG,
    "stripe": "sk" + "_live_" + LONG,
    "npm": "np" + "m_" + LONG,
    "pypi": "py" + "pi-" + LONG,
    "google": "AI" + "za" + LONG,
    "google oauth": "ya" + "29." + LONG,
    "sendgrid": "S" + "G." + LONG[:22] + "." + LONG[:22],
    "vault": "hv" + "s." + LONG,
    "hugging face": "h" + "f_" + LONG,
    "docker": "dckr" + "_pat_" + LONG[:24],
    "jwt": "ey" + "J" + LONG + "." + LONG + "." + LONG,
    "grafana": "gl" + "sa_" + LONG,
    "atlassian": "AT" + "ATT" + LONG,
    "discord": "discord" + ".com/api/webhooks/" + LONG,
    "linear": "lin" + "_api_" + LONG,
    "key body": "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC" + LONG,
    "proxy password": "pr0xy-" + LONG[:9],
    "database password": "d4ta-" + LONG[:9],
    "escaped password": "esc4ped-" + LONG[:9],
    "netrc password": "netrc-" + LONG[:9],
    "bearer": "bearer" + LONG,
    "environment token": "plain-value-of-a-token",
    "environment password": "correct horse battery",
    "token in a log": "tok-" + LONG[:12],
    "setting of another extension": "chat-" + LONG[:12],
    "setting below Go": "below-" + LONG[:12],
    "variable for tools": "tools-" + LONG[:12],
    "comment": "commented-" + LONG[:12],
    "shell line": "exported-" + LONG[:12],
    "argument": "argued-" + LONG[:12],
    "argument of an editor": "flag-" + LONG[:12],
    "cookie": "cookie-" + LONG[:12],
    "azure": "account-" + LONG[:12],
    "e-mail": "amelia@lockheed.aero",
    "user": "amelia.earhart",
    "host": "electra10e",
    "address": "10.20.30.40",
    "hardware address": "3c:22:fb:0a:1b:2c",
    "colleague": "fred.noonan",
}
"""Every canary, by what it stands for."""


class Given(World):
    """A world of given answers."""

    def __init__(self, answers: list[tuple[str, dict[str, Any], Answer]]) -> None:
        self.answers = {Question(kind, arguments).key: answer for kind, arguments, answer in answers}

    def ask(self, question: Question) -> Answer:
        return self.answers[question.key]


def read(path: str) -> dict[str, Any]:
    return {"path": path, "limit_bytes": READ_LIMIT_BYTES, "offset": 0}


def heard() -> tuple[tuple[Question, Answer], ...]:
    """A recording in which each canary stands where such a thing stands in life."""
    s = SECRETS
    home = f"/home/{s['user']}"
    tokens = [value for name, value in s.items() if name in list(s)[: list(s).index("key body")]]
    settings = f"""{{
  // key {s["comment"]}
  "chat.apiToken": "{s["setting of another extension"]}", "other.list": ["{s["setting of another extension"]}"],
  "other.nested": {{"host": "{s["setting of another extension"]}", "x": [{{"y": "{s["comment"]}"}}]}},
  "go.toolsEnvVars": {{"GOFLAGS": "-mod=mod", "DEPLOY_TOKEN": "{s["variable for tools"]}"}},
  "gopls": {{"build.env": {{"MY_SECRET": "{s["setting below Go"]}"}}, "ui.semanticTokens": true}}
}}"""
    answers: list[tuple[str, dict[str, Any], Answer]] = [
        (
            "machine",
            {},
            {
                "os": "linux",
                "user": s["user"],
                "host": s["host"] + ".lockheed.aero",
                "home": home,
                "user_id": 1,
                "architecture": "amd64",
                "processors": 2,
                "total_memory_bytes": 1,
                "available_memory_bytes": 1,
            },
        ),
        (
            "environment",
            {},
            {
                "variables": {
                    "HOME": home,
                    "USER": s["user"],
                    "PATH": f"{home}/bin:/usr/bin",
                    "CI_JOB_TOKEN": s["environment token"],
                    "PGPASSWORD": s["environment password"],
                    "GOOGLE_API_KEY": s["google"],
                    "VSCODE_GIT_IPC_AUTH_TOKEN": s["cookie"],
                    "GOPROXY": f"https://amelia:{s['proxy password']}@goproxy.example/,direct",
                    "HISTFILE": f"{home}/.secret_history",
                }
            },
        ),
        ("file.read", read(f"{home}/.config/Code/User/settings.json"), {"text": settings}),
        (
            "file.read",
            read(f"{home}/.bashrc"),
            {"text": f"export DEPLOY={s['shell line']}\nulimit -v 4000000\nexport GOPROXY=https://x.example\n"},
        ),
        ("file.read", read(f"{home}/log"), {"text": "\n".join(f"line {n}: {t} end" for n, t in enumerate(tokens))}),
        (
            "file.read",
            read(f"{home}/bytes"),
            {"base64": base64.b64encode(b"\xff\x00" + f"{home} {s['github classic']}".encode()).decode()},
        ),
        (
            "command",
            {
                "command": ["go", "env", "-json"],
                "environment": {"DEPLOY_TOKEN": s["variable for tools"], "GOFLAGS": "-mod=mod"},
            },
            {
                "exit_code": 0,
                "stdout": f'{{"GOPATH": "{home}/go"}}\n-----BEGIN RSA PRIVATE KEY-----\n{s["key body"]}\n-----END RSA',
                "stderr": f"dial postgres://app:{s['database password']}@db.example/x: no; "
                f"https:\\/\\/app:{s['escaped password']}@db.example; login amelia password {s['netrc password']}\n"
                f"Authorization: Bearer {s['bearer']}\nAccountKey={s['azure']}; token: {s['token in a log']}\n"
                f"again {s['environment token']} and {s['environment password']}; mail {s['e-mail']}; "
                f"from {s['address']} ({s['hardware address']}) at {s['host'].upper()}; /home/{s['colleague']}/x\n",
            },
        ),
        (
            "processes",
            {},
            {
                "processes": [
                    {
                        "pid": 1,
                        "parent_pid": 1,
                        "name": "deploy",
                        "command": ["deploy", s["argument"]],
                        "user": s["user"],
                    },
                    {
                        "pid": 2,
                        "parent_pid": 1,
                        "name": "code",
                        "command": ["/usr/bin/code", "--connection-token", s["argument of an editor"]],
                    },
                    {
                        "pid": 3,
                        "parent_pid": 1,
                        "name": "gopls",
                        "command": ["gopls", "serve", f"-logfile={home}/gopls.log"],
                    },
                    {"pid": 4, "parent_pid": 1, "name": "bash", "command": ["bash"], "user": s["colleague"]},
                ]
            },
        ),
        ("process", {"pid": 3}, {"pid": 3, "environment": {"COOKIE_JAR": s["cookie"], "PATH": f"{home}/go/bin"}}),
        ("file.list", {"path": "/home"}, {"entries": [[s["colleague"], "folder"], [s["user"], "folder"]]}),
    ]
    return tuple((Question(kind, arguments), answer) for kind, arguments, answer in answers)


def text_of(answers: tuple[tuple[Question, Answer], ...]) -> str:
    """All that the recording holds, binary contents decoded."""
    text = json.dumps([[q.kind, q.arguments, a] for q, a in answers], ensure_ascii=False, default=dict)
    return text + "".join(base64.b64decode(a["base64"]).decode("latin-1") for _, a in answers if "base64" in a)


@pytest.mark.parametrize("kind", SECRETS)
def test_no_canary_is_in_a_redacted_recording(kind: str) -> None:
    secret = SECRETS[kind]
    assert secret.lower() in text_of(heard()).lower(), "the canary must have been there"

    kept, request, removed = redact(heard(), REQUEST)

    assert secret.lower() not in text_of(kept).lower()
    assert secret not in recorded.dump(kept, request, "0.1.0", removed)
    assert sum(removed.values()) > len(SECRETS)


def test_there_are_enough_canaries() -> None:
    assert len(SECRETS) >= 40


def test_what_findings_need_is_kept() -> None:
    kept, request, _ = redact(heard(), REQUEST)
    world = recorded.load(recorded.dump(kept, request, "0.1.0", {}))
    home = world.home

    assert home.startswith("/home/user")
    assert len(home) == len("/home/amelia.earhart")
    assert request.folder == f"{home}/src/lockheed"
    assert world.environment["PATH"] == f"{home}/bin:/usr/bin"
    assert world.read_text(f"{home}/.bashrc").splitlines()[1:] == [
        "ulimit -v 4000000",
        "export GOPROXY=https://x.example",
    ]
    assert '"ui.semanticTokens": true' in world.read_text(f"{home}/.config/Code/User/settings.json")
    assert [each.command for each in world.processes() if each.pid == 3] == [
        ("gopls", "serve", f"-logfile={home}/gopls.log")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "golang.org/x/tools@v0.23.0/gopls@v0.1.0-pre.beta",
        "git@github.com:gopher/shop.git and ssh://git@github.com/x",
        "panic: runtime error: invalid memory address, goroutine 1 [running]:\nmain.go:12 +0x1d",
        "go: github.com/a/b@v0.0.0-20260625142307-59b4966ccb57: module lookup disabled by GOPROXY=off",
        "listening on 127.0.0.1:8080 and [::1]:6060",
        "syntax error: unexpected newline, expecting comma or }",
        "/home/linuxbrew/.linuxbrew/bin/go and /Users/Shared/x and C:\\Users\\Public\\y",
        "user@1000.service",
        '"ui.semanticTokens": true, "semanticTokenTypes": {"string": false}',
        "uncompressed: https://proxy.example:8080/path?x=1",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert PrivateWords().clean(text) == text


@given(st.text(max_size=300), st.sampled_from(list(SECRETS.values())), st.text(max_size=300))
def test_every_text_keeps_its_length(before: str, secret: str, after: str) -> None:
    words = PrivateWords()
    words.learn_user("amelia.earhart")
    text = before + secret + after

    assert len(words.clean(text)) == len(text)


@given(st.text(alphabet=' \n"\\{}[]:,/*abgo.u0123é…', max_size=200))
def test_blanking_settings_keeps_every_place(text: str) -> None:
    blanked, _ = blank_settings(text, is_allowed_variable=may_keep_variable)

    assert len(blanked) == len(text)
    assert len(blanked.encode()) == len(text.encode())
    assert [at for at, each in enumerate(text) if each == "\n"] == [
        at for at, each in enumerate(blanked) if each == "\n"
    ]


def test_the_same_name_in_another_case_stays_the_same_name_in_another_case() -> None:
    words = PrivateWords()
    words.learn_user("Amelia")

    cleaned = words.clean("C:\\Users\\Amelia\\go c:\\users\\amelia\\go")
    first, second = cleaned.split(" ")

    assert first != second
    assert first.lower() == second.lower()


def test_cleaning_takes_time_in_proportion_to_the_text() -> None:
    line = (
        '{"Dir": "/home/amelia/go/pkg/mod/golang.org/x/tools@v0.30.0/go/packages", "ImportPath": "x/y", "Name": "z"}\n'
    )

    def clean(text: str) -> None:
        words = PrivateWords()
        words.learn_user("amelia")
        words.clean(text)

    assert_linear(clean, lambda lines: line * lines, 500)


def findings(world: World, request: Request, page: Path) -> list[tuple[str, str, tuple[int | None, ...]]]:
    check = str(page.relative_to(CASES).with_suffix("")).replace("_", "-")
    *_, last = examine(world, request, [each for each in all_checks() if each.id == check])
    assert isinstance(last, Finished)
    report: Report = last.report
    return [(each.code, each.severity.value, tuple(one.line for one in each.evidence)) for each in report.findings]


@pytest.mark.parametrize(("page", "scene"), scenes())
def test_a_redacted_case_gives_the_same_findings(page: Path, scene: Scene) -> None:
    world = play(scene)
    recorder = Recorder(world)
    before = findings(recorder, world.request, page)

    kept, request, removed = redact(recorder.heard, world.request)
    after = findings(recorded.load(recorded.dump(kept, request, "0.1.0", removed)), request, page)

    assert after == before
