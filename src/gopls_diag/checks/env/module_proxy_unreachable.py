"""E17: the module proxy cannot be reached."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from gopls_diag.checks.declare import check
from gopls_diag.checks.env._heard import quote
from gopls_diag.model.finding import Evidence, Finding, Reach, Remedy, Severity, advise, run
from gopls_diag.model.outcome import Unknown
from gopls_diag.model.saying import Channel, Sayings
from gopls_diag.model.toolchain import GoEnvironment, GoSetting, Origin

PATTERN = re.compile(
    r"Get \"(https?://[^/\"\s]{1,200})/[^\"\n]{0,400}\": [^\n]{0,300}?"
    r"(i/o timeout|connectex: [^\n]{1,100}|no such host|connection refused|TLS handshake timeout|network is unreachable"
    r"|proxyconnect [^\n]{1,100}|certificate signed by unknown authority)"
)

_CHECKSUM_PATHS = ("/lookup/", "/tile/")
"""In addresses of a checksum database (golang.org/x/mod/sumdb)."""


@check("E17", Severity.WARNING, why="Modules that are missing cannot be fetched.", explains=("E11", "E16", "R23"))
def module_proxy_unreachable(sayings: Sayings, environment: GoEnvironment | Unknown) -> Iterator[Finding]:
    """The module proxy cannot be reached.

    What it means: To fetch a module the go command asked the server that GOPROXY names, and the network did not get
        there: a firewall, a missing HTTP proxy, or a country in which that server is blocked.
    Why it matters: Dependencies that are not on the machine yet stay unknown, and gopls may wait for them for minutes.
    How to fix: Set GOPROXY to a proxy that can be reached, such as your organisation's, or HTTPS_PROXY (in VS Code
        http.proxy) to the way out.
    When to ignore: When you were offline for a moment.
    Source: golang/go#31755, golang/vscode-go#1031.
    """
    seen: set[str] = set()
    proxy = environment.origin("GOPROXY") if isinstance(environment, GoEnvironment) else None
    for heard in sayings.matching(PATTERN):
        server, problem = heard.match[1], heard.match[2]
        if server in seen:
            continue
        seen.add(server)
        yield Finding(
            f"{server} could not be reached to fetch modules: {problem}",
            evidence=(quote(heard), *([proxy.evidence] if proxy else [Evidence("go env GOPROXY", "(its default)")])),
            remedies=(
                _other_server(heard.match[0], proxy),
                advise("Or set HTTPS_PROXY, in VS Code http.proxy, if the way out is an HTTP proxy"),
            ),
        )
    sayings.need(Channel.LOG, Channel.SHOW, Channel.STDERR, Channel.CLIENT)


def _other_server(words: str, proxy: GoSetting | None) -> Remedy:
    if any(part in words for part in _CHECKSUM_PATHS):
        return advise("For modules of your own: name their prefix in GOPRIVATE, so that no checksum database is asked")
    if proxy is not None and proxy.origin in (Origin.ENVIRONMENT, Origin.EDITOR):
        return advise(f"Name a module proxy that can be reached in {proxy.place}: GOPROXY=https://PROXY,direct")
    named = run("go", "env", "-w", "GOPROXY=https://PROXY,direct", title="Name a module proxy that can be reached")
    # Only the reader knows one.
    return replace(named, reach=Reach.NONE)
