"""What logs say as one self-contained page: the cause on top, every stack below, to be searched and opened.

Nothing is fetched, and nothing of a log can act: all of it is escaped, and the page's policy lets no script run but the
one whose hash it names. Without scripts all is there but the search field. Large dumps are bounded, and it is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gopls_diag.model.crash import Crash, EndKind
from gopls_diag.model.crash_report import CrashReport
from gopls_diag.model.finding import Remedy, RemedyKind
from gopls_diag.model.go_stack import Bucket, Frame, Stack
from gopls_diag.model.report import ReportedFinding
from gopls_diag.present.crash_frames import (
    place,
    plural,
    purpose,
    request_served,
    short_function,
    states,
    telling_buckets,
    telling_frames,
    waits,
)
from gopls_diag.present.crash_page_style import SCRIPT, STYLE, policy
from gopls_diag.present.crash_words import (
    SameEnds,
    as_told,
    elsewhere,
    ends_of,
    headline,
    nothing_found,
    skipped_words,
    source_name,
    title,
)
from gopls_diag.present.wording import command_line, printable

BUCKETS_SHOWN = 1_000
"""Of one dump. A browser opens a page with so many at once; whoever wants more asks for JSON."""
ENDS_SHOWN = 30
_FRAMES_SHOWN = 120
_RANGES_SHOWN = 60
_TEXT_SHOWN = 2_000
_BAR_UNITS = 1_000


def pieces(report: CrashReport, version: str) -> Iterator[str]:
    """The page, in pieces."""
    report = as_told(report)
    ends = ends_of(report)
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="color-scheme" content="light dark">\n'
    yield f"<title>{_text(_title(report, ends))}</title>\n<style>{STYLE}</style></head>\n<body><main>\n"
    yield from _top(report, ends)
    yield '<div class="tools" id="tools" hidden><input id="filter" type="search" '
    yield 'placeholder="Function, file, state, goroutine" aria-label="Show only stacks that hold">'
    yield '<button id="open">Open all</button><button id="close">Close all</button>'
    yield '<span id="shown" role="status"></span></div>\n'
    for each in ends[:ENDS_SHOWN]:
        yield from _end(each)
    if len(ends) > ENDS_SHOWN:
        yield f'<p class="note">{plural(len(ends) - ENDS_SHOWN, "kind")} of ends left out.</p>\n'
    yield from _bottom(report, version)
    yield f"</main><script>{SCRIPT}</script></body></html>\n"


def _text(words: str) -> str:
    """Anybody's words, so that they can only be read."""
    words = printable(words if len(words) <= _TEXT_SHOWN else words[:_TEXT_SHOWN] + "…")
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        words = words.replace(character, entity)
    return words


def _title(report: CrashReport, ends: Sequence[SameEnds]) -> str:
    if report.verdict:
        return report.verdict.summary
    return headline(ends[0].first) if ends else nothing_found(report)


def _top(report: CrashReport, ends: Sequence[SameEnds]) -> Iterator[str]:
    if report.verdict:
        yield from _finding(report.verdict, is_verdict=True)
    elif ends:
        tone = "calm" if ends[0].first.kind is EndKind.DUMP else "error"
        yield f'<header class="verdict {tone}"><h1>{_text(headline(ends[0].first))}</h1></header>\n'
    else:
        yield f'<header class="verdict calm"><h1>{_text(nothing_found(report))}</h1></header>\n'
    others = [each for each in report.findings if each is not report.verdict]
    if others:
        yield f'<details class="others"><summary>{plural(len(others), "more finding")}</summary>\n'
        for each in others:
            yield from _finding(each, is_verdict=False)
        yield "</details>\n"
    words = elsewhere(ends, len({each.source for each in report.crashes}))
    if words:
        yield f'<p class="note">{_text(words)}</p>\n'


def _finding(finding: ReportedFinding, *, is_verdict: bool) -> Iterator[str]:
    tag, heading = ("header", "h1") if is_verdict else ("div", "h3")
    yield f'<{tag} class="verdict {finding.severity.value}">'
    yield f'<{heading}><span class="code">{_text(finding.code)}</span> {_text(finding.summary)}</{heading}>'
    if finding.why:
        yield f"<p>{_text(finding.why)}</p>"
    if finding.evidence:
        yield '<ul class="proof">'
        for each in finding.evidence[:6]:
            where = source_name(each.source) + (f", line {each.line:,}" if each.line is not None else "")
            yield f"<li><code>{_text(each.text)}</code> <small>{_text(where)}</small></li>"
        yield "</ul>"
    if finding.remedies:
        yield '<ul class="fix">' + "".join(_remedy(each) for each in finding.remedies) + "</ul>"
    yield f"</{tag}>\n"


def _remedy(remedy: Remedy) -> str:
    if remedy.kind is RemedyKind.COMMAND:
        return f"<li>{_text(remedy.title)}<pre>{_text(command_line(remedy.command))}</pre></li>"
    # An address is shown, not linked: a page about crashes leads nowhere by itself.
    link = f" <code>{_text(remedy.link)}</code>" if remedy.link else ""
    return f"<li>{_text(remedy.title)}{link}</li>"


def _end(ends: SameEnds) -> Iterator[str]:
    crash = ends.first
    times = f"{len(ends.all):,} × " if len(ends.all) > 1 else ""
    yield f"<section><h2>{_text(times + title(crash))}</h2>\n"
    go = f"{crash.go_version} · " if crash.go_version else ""
    yield f'<p class="where">{_text(go + ends.places)}</p>\n'
    yield f'<pre class="message">{_text(crash.message)}</pre>\n'
    yield from _chain(crash)
    if crash.crashing:
        yield '<ol class="frames key">'
        yield from (_row(each) for each in telling_frames(crash.crashing.stack))
        yield "</ol>\n"
        words = f"The whole stack of goroutine {crash.crashing.id} ({crash.crashing.state})"
        stack = _stack(crash.crashing.stack, with_arguments=True)
        yield f"<details><summary>{_text(words)}</summary>{stack}</details>\n"
    yield from _race(crash)
    yield from _circumstances(crash)
    if crash.goroutines > 1 or not crash.crashing:
        yield from _buckets(crash)
    yield "</section>\n"


def _chain(crash: Crash) -> Iterator[str]:
    for each in crash.chain[1:]:
        yield f'<pre class="message">{_text(f"then: panic: {each.text}")}</pre>\n'
    if crash.signal and crash.signal.name not in crash.message:
        address = f" at address {crash.signal.address:#x}" if crash.signal.address is not None else ""
        yield f'<p class="where">{_text(crash.signal.name + address)}</p>\n'


def _race(crash: Crash) -> Iterator[str]:
    for access in crash.race:
        yield f"<h3>{_text(access.title)}</h3>{_stack(Stack(access.frames))}\n"


def _circumstances(crash: Crash) -> Iterator[str]:
    rows: list[str] = []
    request = request_served(crash.crashing.stack) if crash.crashing else ""
    if request:
        rows.append(f"gopls was answering a request: {request}")
    rows += [f"known: {each.issue}, fixed in {each.fixed_in} {each.title}".strip() for each in crash.known]
    rows += [each.summary + ("" if each.is_certain else " (likely)") for each in crash.explanations]
    if crash.is_truncated:
        rows.append(f"cut off: {crash.truncation}")
    if crash.signature:
        rows.append(f"signature {crash.signature}: {', '.join(crash.signature_parts)}")
    if rows:
        yield '<ul class="notes">' + "".join(f"<li>{_text(each)}</li>" for each in rows) + "</ul>\n"
    if crash.diagnostics:
        lines = "\n".join(crash.diagnostics[:20])
        yield f"<details><summary>What the runtime said besides</summary><pre>{_text(lines)}</pre></details>\n"


def cards(crash: Crash, limit: int) -> Iterator[str]:
    """The goroutines of one dump for another page: how many are in which state, and the most telling stacks."""
    buckets = telling_buckets(crash)
    yield from _bar(crash.buckets)
    yield from (_card(each, is_open=False, is_own=False) for each in buckets[:limit])
    if buckets[limit:]:
        yield f'<p class="note">{plural(len(buckets) - limit, "stack")} left out; the file has all.</p>\n'


def _buckets(crash: Crash) -> Iterator[str]:
    if not crash.buckets:
        return
    buckets = telling_buckets(crash)
    shown = buckets[:BUCKETS_SHOWN]
    words = f"{plural(crash.goroutines, 'goroutine')} in {plural(len(crash.buckets), 'stack')}"
    yield f"<h3>{_text(words)}</h3>\n"
    yield from _bar(crash.buckets)
    own = crash.crashing.id if crash.crashing else None
    for bucket in shown:
        yield _card(bucket, is_open=len(crash.buckets) <= 3, is_own=own is not None and own in bucket.ids[:1])
    left_out = buckets[BUCKETS_SHOWN:]
    if left_out:
        count = sum(each.count for each in left_out)
        yield f'<p class="note">{plural(len(left_out), "stack")} of {plural(count, "goroutine")} left out: '
        yield "gopls-diag crash --format json has all.</p>\n"


def _bar(buckets: Iterable[Bucket]) -> Iterator[str]:
    """How many are in which state, as a bar of parts; the words below it say the same."""
    counted: dict[str, int] = {}
    for bucket in buckets:
        for state, count in bucket.states:
            counted[state] = counted.get(state, 0) + count
    total = sum(counted.values())
    ranked = sorted(counted.items(), key=lambda pair: -pair[1])
    yield f'<svg class="bar" viewBox="0 0 {_BAR_UNITS} 10" preserveAspectRatio="none" aria-hidden="true">'
    at = 0.0
    for state, count in ranked:
        width = count * _BAR_UNITS / total
        yield f'<rect x="{at:.1f}" width="{width:.1f}" height="10" class="{_colour(state)}"/>'
        at += width
    yield '</svg>\n<ul class="legend">'
    for state, count in ranked[:12]:
        yield f'<li><span class="dot {_colour(state)}"></span>{_text(state)} <b>{count:,}</b></li>'
    if len(ranked) > 12:
        yield f"<li>and {plural(len(ranked) - 12, 'more state')}</li>"
    yield "</ul>\n"


_COLOURS = (
    (("running", "runnable"), "busy"),
    (("sync.", "semacquire"), "lock"),
    (("chan ", "select"), "channel"),
    (("IO wait", "syscall"), "system"),
)


def _colour(state: str) -> str:
    """The class of a state's colour; states of one kind share it."""
    return next((name for starts, name in _COLOURS if state.startswith(starts)), "idle")


def _card(bucket: Bucket, *, is_open: bool, is_own: bool) -> str:
    state = bucket.states[0][0] if bucket.states else ""
    wait = waits(bucket)
    details = [
        f'<details class="bucket"{" open" if is_open or is_own else ""}><summary>',
        f'<span class="count">{bucket.count:,}</span>',
        f'<span class="state"><span class="dot {_colour(state)}"></span>{_text(states(bucket))}',
        f" <small>{_text(wait)}</small>" if wait else "",
        f'</span><span class="what">{_text(purpose(bucket.stack))}</span>',
        '<span class="own">this one crashed</span>' if is_own else "",
        "</summary>",
        _stack(bucket.stack),
        f'<p class="ids">goroutine{"" if len(bucket.ids) == 1 else "s"} {_ids(bucket.ids)}</p>' if bucket.ids else "",
        _labels(bucket),
        "</details>\n",
    ]
    return "".join(details)


def _labels(bucket: Bucket) -> str:
    if not bucket.labels:
        return ""
    rows = ", ".join(f"{key}: {value} ({count:,})" for (key, value), count in bucket.labels)
    return f'<p class="ids">labels {_text(rows)}</p>'


def _ids(ids: Sequence[int]) -> str:
    """`5, 7 to 12`, at most a few."""
    ranges: list[str] = []
    at = 0
    while at < len(ids) and len(ranges) < _RANGES_SHOWN:
        last = at
        while last + 1 < len(ids) and ids[last + 1] == ids[last] + 1:
            last += 1
        ranges.append(str(ids[at]) if last == at else f"{ids[at]} to {ids[last]}")
        at = last + 1
    more = f" and {len(ids) - at:,} more" if at < len(ids) else ""
    return ", ".join(ranges) + more


def _stack(stack: Stack, *, with_arguments: bool = False) -> str:
    rows = [_row(each, with_arguments=with_arguments) for each in stack.frames[:_FRAMES_SHOWN]]
    if stack.elided or len(stack.frames) > _FRAMES_SHOWN:
        hidden = max(stack.elided, 0) + max(len(stack.frames) - _FRAMES_SHOWN, 0)
        words = plural(hidden, "frame") if hidden else "frames"
        rows.insert(
            min(stack.elided_at, len(rows)) if stack.elided else len(rows), f'<li class="gap">{words} left out</li>'
        )
    if stack.created_by is not None:
        rows.append(f'<li class="gap">created by</li>{_row(stack.created_by)}')
    return f'<ol class="frames">{"".join(rows)}</ol>'


def _row(frame: Frame, *, with_arguments: bool = False) -> str:
    package, dot, name = _split(frame.function)
    arguments = f'<span class="dim">({_text(frame.arguments)})</span>' if with_arguments and frame.arguments else ""
    where = place(frame)
    path = f"{frame.file}:{frame.line}" if frame.file and frame.line is not None else frame.file
    return (
        f'<li><span class="dim">{_text(package + dot)}</span><b>{_text(name)}</b>{arguments}'
        f'<span class="file" title="{_text(path)}">{_text(where)}</span></li>'
    )


def _split(function: str) -> tuple[str, str, str]:
    """The path of the package with its last slash, nothing, and the name with its package: the eye wants the end."""
    short = short_function(function)
    return function[: len(function) - len(short)], "", short


def _bottom(report: CrashReport, version: str) -> Iterator[str]:
    yield "<footer><h3>What was read</h3><ul>"
    for each in report.inputs[:200]:
        words = f"{source_name(each.source)}: {plural(each.lines, 'line')}"
        if each.formats:
            words += f" ({', '.join(each.formats)})"
        if each.not_understood:
            words += f", {each.not_understood:,} of them not understood"
        yield f"<li>{_text(words)}</li>"
    for skipped in report.skipped[:200]:
        yield f"<li>not read: {_text(skipped_words(skipped))}</li>"
    yield "".join(f"<li>{_text(each)}</li>" for each in report.notes[:50])
    yield f"</ul><p>Written by gopls-diag {_text(version)}. This page fetches nothing.</p></footer>\n"
