"""`advice` as people meet it: screen, JSON, command line; and no invented name passes for a real one."""

from __future__ import annotations

import json
import random
import re
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest

from gopls_diag.engines.advice.judging import judge_claims
from gopls_diag.engines.advice.names import Installed, names
from gopls_diag.model.claim import Claim, ClaimKind, Truth
from gopls_diag.parse.advice import read_claims
from gopls_diag.present import advice_json, advice_text
from tests.conftest import ROOT
from tests.unit.advice_rows import EXISTING, INVENTED

GOLDENS = Path(__file__).parent / "goldens" / "advice"
SCHEMA = json.loads((Path(__file__).parent / "schemas" / "advice.schema.json").read_text(encoding="utf-8"))
ARTICLE = (Path(__file__).parent / "goldens" / "advice" / "article.md").read_text(encoding="utf-8")
PROGRAM = str(Path(sys.executable).with_name("gopls-diag"))

LEDGER_COMMANDS: tuple[tuple[str, str, str, Truth], ...] = (
    ("2.21", "```sh\nGODEBUG=gocacheverify=1 go list -m all\n```", "GODEBUG", Truth.REAL),
    ("3.7", "```sh\ndlv attach 123 --headless --api-version=2\n```", "--headless", Truth.REAL),
    ("3.10", "In dlv run `memstats`.", "memstats", Truth.NEVER_EXISTED),
    ("3.15", "```sh\ngo mod edit -dropreplace\n```", "-dropreplace", Truth.ELSEWHERE),
    (
        "3.19",
        "`.golangci.yml`:\n```yaml\nlinters:\n  disable:\n    - unusedparams\n```",
        ".golangci.yml",
        Truth.ELSEWHERE,
    ),
    ("4.22", "```sh\ngo install golang.org/x/tools/gopls@master\n```", "go install", Truth.ELSEWHERE),
    ("1.11", "gopls 启动参数加上 `-memory-profile=off`。", "-memory-profile", Truth.NEVER_EXISTED),
)


@pytest.mark.parametrize(("row", "text", "name", "truth"), LEDGER_COMMANDS, ids=lambda each: str(each)[:12])
def test_agrees_with_the_ledger_about_commands(row: str, text: str, name: str, truth: Truth) -> None:
    judged = judge_claims(read_claims(text), Installed()).judgements

    assert [each.truth for each in judged if each.claim.text == name] == [truth], (row, judged)


def test_a_fixed_port_is_real_and_gets_a_word() -> None:
    (judged,) = judge_claims(read_claims("```sh\ngopls -debug=localhost:6060\n```"), Installed()).judgements

    assert (judged.truth, judged.instead, judged.is_noted) == (Truth.REAL, "-debug=localhost:0", True)


def _article(rows: tuple[tuple[str, str], ...]) -> str:
    return "# gopls\n\n" + "\n\n".join(
        f"```sh\n{text}\n```" if text.startswith(("gopls ", "go ", "dlv ")) else text for text, _ in rows
    )


def test_one_article_with_all_names_mixes_none_up() -> None:
    """More than a hundred claims in one text, half of them invented: read and judged together."""
    mixed = [row for pair in zip(INVENTED, EXISTING, strict=False) for row in pair]
    advice = judge_claims(read_claims(_article(tuple(mixed))), Installed())
    truths = {(each.claim.text, each.truth) for each in advice.judgements}
    invented = {name for _, name in INVENTED if name not in {name for _, name in EXISTING}}

    assert len(mixed) >= 96
    assert not {text for text, truth in truths if truth is Truth.REAL} & invented
    assert {name for name in invented if (name, Truth.NEVER_EXISTED) in truths} == invented


def _known() -> Iterator[Claim]:
    table = names()
    for kind, program, place, spans in (
        (ClaimKind.SETTING, "gopls", "gopls", table.settings),
        (ClaimKind.SETTING, "vscode-go", "settings", table.extension_settings),
        (ClaimKind.SETTING, "gopls", "analyses", table.analyzers),
        (ClaimKind.FLAG, "gopls", "command-line", {f"-{name}": span for name, span in table.flags.items()}),
        (
            ClaimKind.COMMAND,
            "gopls",
            "command-line",
            {f"gopls {name}": span for name, span in table.subcommands.items()},
        ),
    ):
        for name, span in spans.items():
            if span.last is None:
                yield Claim(name, kind, 1, program=program, place=place)
    for name in table.go_environment:
        yield Claim(name, ClaimKind.ENVIRONMENT, 1, program="go")


def test_no_name_of_the_newest_releases_is_called_invented() -> None:
    advice = judge_claims(list(_known()), Installed())

    assert [each.claim.text for each in advice.judgements if each.truth is Truth.NEVER_EXISTED] == [
        "staticcheckProvided"
    ]


def test_names_with_two_letters_changed_are_never_real() -> None:
    chance = random.Random(20261123)
    claims = list(_known())
    everything = {each.text.lower() for each in claims} | {each.lower() for each in names().settings}
    checked = 0
    for claim in claims * 5:
        letters = list(claim.text)
        places = [at for at, letter in enumerate(letters) if letter.isalpha() and at > 3]
        if len(places) < 4:
            continue
        for at in chance.sample(places, 2):
            letters[at] = chance.choice(string.ascii_lowercase.replace(letters[at].lower(), ""))
        changed = "".join(letters)
        if changed.lower() in everything:
            continue
        again = Claim(changed, claim.kind, 1, program=claim.program, place=claim.place)
        assert [each for each in judge_claims([again], Installed()).judgements if each.truth is Truth.REAL] == [], (
            changed
        )
        checked += 1
    assert checked > 1300


def test_the_screen_is_its_golden(golden: Callable[[Path, str], None]) -> None:
    advice = judge_claims(read_claims(ARTICLE, name="article.md"), Installed())

    golden(GOLDENS / "article.txt", advice_text.render(advice, "article.md", width=80, with_colour=False))
    golden(GOLDENS / "article.narrow.txt", advice_text.render(advice, "article.md", width=50, with_colour=True))
    jsonschema.validate(json.loads(advice_json.render([("article.md", advice)], "0.1.0")), SCHEMA)


def test_control_characters_do_not_reach_the_terminal() -> None:
    advice = judge_claims(
        read_claims("gopls `-memory\x1b[2J-profile` 和 `go.gopls\u202eArgs` `-rpc.trace\x07`"), Installed()
    )

    assert not re.search(
        "[\x00-\x08\x0b-\x1f\u202e]", advice_text.render(advice, "a\x1b[1m", width=80, with_colour=False)
    )


def run(*words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([PROGRAM, "advice", *words], input=given, capture_output=True, check=False, cwd=ROOT)


def test_standard_input_and_the_exit_code() -> None:
    bad, good = (
        run("-", given="用 `go.goplsArgs`".encode()),
        run("-", given=b'"go.languageServerFlags": ["-rpc.trace"]'),
    )

    assert (bad.returncode, good.returncode) == (1, 0)
    assert b"never existed" in bad.stdout and "go.languageServerFlags" in bad.stdout.decode()


def test_a_text_without_claims_says_so() -> None:
    done = run("-", given=b"Nothing of this kind.\n")

    assert done.returncode == 0
    assert b"Nothing in it claims to concern gopls" in done.stdout


@pytest.mark.parametrize("given", [b"\x00\xff\xfe" * 1000, "\ufeff`-memory-profile` gopls".encode("utf-16"), b""])
def test_any_bytes_are_read(given: bytes) -> None:
    assert run("-", given=given).returncode in (0, 1)


def test_a_missing_file_is_a_mistake() -> None:
    done = run("nowhere.md")

    assert done.returncode == 2
    assert len(done.stderr.decode().strip().splitlines()) == 2
