"""One incident as one self-contained page: what happened on top, the time line drawn, what proves it below.

Nothing is fetched and nothing runs: the page has no script, and all that a log or a program said is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

from gopls_diag.model.incident import Incident
from gopls_diag.parse.log.reader import LogReader
from gopls_diag.present.crash_page import cards
from gopls_diag.present.incident_chart import drawing, drawn_lines, text
from gopls_diag.present.incident_page_style import STYLE, policy
from gopls_diag.present.incident_text import last_minute, telling_lines
from gopls_diag.present.incident_words import (
    Judged,
    clock_of,
    day_of,
    duration,
    ending,
    fine_size,
    flight_words,
    headline,
    judged,
    kills_words,
    memory_words,
    passed_signals,
)
from gopls_diag.present.wording import command_line

_LOOKS_SHOWN = 6
_CARDS_SHOWN = 25
_LAST_LINES = 40


def render(incident: Incident, *, looks: Mapping[str, str], stderr: str = "") -> str:
    """The page.

    Args:
        incident: with its rows.
        looks: goroutine dumps by the names of their files.
        stderr: the last that gopls wrote.
    """
    return "".join(_pieces(incident, looks, stderr))


def _pieces(incident: Incident, looks: Mapping[str, str], stderr: str) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n'
    yield f"<title>{text(headline(incident))}</title>\n<style>{STYLE}</style></head>\n<body><main>\n"
    yield from _top(incident)
    yield from _facts(incident)
    yield from _figure(incident)
    yield from _minute(incident)
    yield from _requests(incident)
    yield from _looks(incident, looks)
    yield from _stderr(stderr)
    yield from _kept(incident)
    yield f"<footer><p>Written by gopls-diag {text(incident.version)}. This page fetches nothing and runs nothing."
    yield "</p></footer></main></body></html>\n"


def _top(incident: Incident) -> Iterator[str]:
    found = [each for each in judged(incident.report) if not each.explained_by]
    if not found:
        tone = "calm" if incident.kind in ("stopped", "trouble") else "error"
        yield f'<header class="verdict {tone}"><h1>{text(headline(incident))}</h1>'
        yield "<p>No check names the cause.</p></header>\n"
        return
    yield from _finding(found[0], "header", "h1")
    if found[1:]:
        yield f"<details><summary>{len(found) - 1} more</summary>"
        for each in found[1:]:
            yield from _finding(each, "div", "h3")
        yield "</details>\n"


def _finding(found: Judged, tag: str, heading: str) -> Iterator[str]:
    tone = found.severity if found.severity in ("error", "warning") else "calm"
    doubt = "" if found.confidence in ("certain", "") else f" ({found.confidence})"
    yield f'<{tag} class="verdict {tone}"><{heading}><span class="code">{text(found.code)}</span> '
    yield f"{text(found.summary + doubt, 2000)}</{heading}><p>{text(found.why, 2000)}</p>"
    yield '<ul class="proof">'
    for each in found.proofs[:6]:
        place = each.source.replace("\\", "/").rsplit("/", 1)[-1] + (f", line {each.line:,}" if each.line else "")
        yield f"<li><code>{text(each.text)}</code> <small>{text(place)}</small></li>"
    yield '</ul><ul class="fix">'
    for advice in found.advice:
        command = f"<pre>{text(command_line(advice.command), 2000)}</pre>" if advice.command else ""
        link = f" <code>{text(advice.link)}</code>" if advice.link else ""
        yield f"<li>{text(advice.title, 2000)}{link}{command}</li>"
    yield f"</ul></{tag}>\n"


def _facts(incident: Incident) -> Iterator[str]:
    start, end = incident.start, incident.end
    rows = [
        ("End", ending(incident) + (f", {day_of(end.ended)}; {end.how_known}" if end else "")),
        ("Memory", memory_words(incident)),
        ("Kills", kills_words(incident)),
        ("Limits", ", ".join(f"{fine_size(each.bytes)} {each.kind} {each.place}".strip() for each in incident.limits)),
        ("In flight", "; ".join(flight_words(incident))),
        ("Troubles", "; ".join(each.words for each in incident.troubles[:20])),
        ("Signals passed on", passed_signals(incident)),
        ("Changed by the guard", start.keep_alive),
        ("gopls", " · ".join(each for each in (incident.gopls_version, incident.go_version) if each)),
        ("Started", f"{day_of(start.started)} by {incident.editor or 'an unknown program'}"),
        ("Command", command_line((start.gopls, *start.arguments))),
        ("Folder", start.folder),
        ("Environment", " ".join(f"{name}={value}" for name, value in incident.environment.items())),
    ]
    yield '<dl class="facts">'
    yield "".join(f"<dt>{name}</dt><dd>{text(words, 2000)}</dd>" for name, words in rows if words)
    yield "</dl>\n"


def _figure(incident: Incident) -> Iterator[str]:
    yield "<h2>The time line</h2><figure>"
    yield from drawing(incident)
    yield '</figure><ul class="legend">'
    for name, words in drawn_lines(incident):
        yield f'<li><span class="key-line {name}"></span>{words}</li>'
    for name, words in (
        ("quick", "request"),
        ("slow", "slow, or a command"),
        ("failed", "failed, or without an answer"),
        ("trouble", "trouble"),
        ("look", "goroutines or heap were kept (follow the mark)"),
    ):
        yield f'<li><span class="box {name}"></span>{words}</li>'
    yield "</ul>\n"


def _minute(incident: Incident) -> Iterator[str]:
    rows = [
        (
            clock_of(incident.start.started, each.at_seconds),
            duration(each.at_seconds),
            fine_size(each.resident_bytes),
            fine_size(each.group_bytes),
            fine_size(each.children_resident_bytes),
            fine_size(each.available_bytes),
        )
        for each in last_minute(incident.samples)
    ]
    yield from _table(
        "The last minute", ("at (UTC)", "after", "gopls", "control group", "commands", "machine left"), rows
    )


def _requests(incident: Incident) -> Iterator[str]:
    def took(seconds: float | None) -> str:
        return "" if seconds is None else duration(seconds)

    rows = [
        (
            each.method,
            f"{each.count:,}",
            f"{each.failed:,}",
            took(each.median_seconds),
            took(each.p95_seconds),
            took(each.slowest_seconds),
        )
        for each in incident.requests
    ]
    yield from _table("Requests", ("method", "count", "failed", "median", "p95", "slowest"), rows)


def _looks(incident: Incident, looks: Mapping[str, str]) -> Iterator[str]:
    shown = 0
    for number, each in enumerate(incident.looks, 1):
        if each.kind != "goroutines":
            continue
        words = f"Goroutines at {clock_of(incident.start.started, each.at_seconds)} ({duration(each.at_seconds)})"
        yield f'<h2 id="look-{number}">{text(words)}</h2><p class="where">{text(each.why)} · {text(each.file)}</p>'
        shown += 1
        if each.file not in looks:
            yield '<p class="note">The dump was not kept.</p>'
        elif shown > _LOOKS_SHOWN:
            yield '<p class="note">Left out of the page; the file has it.</p>'
        else:
            reader = LogReader(each.file)
            reader.feed(looks[each.file].encode("utf-8", "replace"))
            for crash in reader.finish().crashes:
                yield from cards(crash, _CARDS_SHOWN)


def _stderr(stderr: str) -> Iterator[str]:
    lines = [each for each in stderr.splitlines() if each.strip()]
    if lines:
        shown = "\n".join(text(each, 500) for each in telling_lines(lines, _LAST_LINES))
        yield f'<h2>Last words on standard error</h2><pre class="message">{shown}</pre>\n'


def _kept(incident: Incident) -> Iterator[str]:
    if incident.missing:
        yield (
            "<h2>What is missing</h2><ul>" + "".join(f"<li>{text(each)}</li>" for each in incident.missing) + "</ul>\n"
        )
    files = [
        (each.name, fine_size(each.bytes), each.about + (" (private: stays here)" if each.is_private else ""))
        for each in incident.files
    ]
    yield from _table("Files", ("name", "size", "what it holds"), files)
    yield "<details><summary>Sources and settings of the recorder</summary>"
    yield from _table(
        "Sources", ("source", "state", "why"), [(each.name, each.state, each.why) for each in incident.sources]
    )
    settings = incident.settings
    rows = [(each.name, str(getattr(settings, each.name))) for each in fields(settings)]
    yield from _table("Settings", ("name", "value"), rows)
    yield '</details><p class="note">Private words were taken out when the incident was made.</p>\n'


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    kept = list(rows)
    if not kept:
        return
    columns = [f'<th scope="col">{each}</th>' for each in heads]
    yield f'<h2>{title}</h2><div class="wide"><table><thead><tr>{"".join(columns)}</tr></thead><tbody>'
    for row in kept[:300]:
        yield "<tr>" + "".join(f"<td>{text(each)}</td>" for each in row) + "</tr>"
    yield "</tbody></table></div>\n"
