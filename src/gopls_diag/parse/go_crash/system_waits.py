"""Goroutines that wait for the network or for files."""

from __future__ import annotations

from collections import defaultdict

from gopls_diag.model.crash import Explanation
from gopls_diag.parse.go_crash.child_waits import Queue, what_for
from gopls_diag.parse.go_crash.population import Member, Population
from gopls_diag.parse.go_crash.proof_lines import calls_with
from gopls_diag.parse.go_crash.stack_words import positional_words

_NETWORK = (
    ("net.(*Resolver).lookup", "a name to be resolved (DNS)"),
    ("net.(*Resolver).goLookup", "a name to be resolved (DNS)"),
    ("net.cgoLookup", "a name to be resolved (DNS)"),
    ("getaddrinfo", "a name to be resolved (DNS)"),
    ("net.(*netFD).connect", "a connection to be made"),
    ("crypto/tls.(*Conn).clientHandshake", "a TLS handshake"),
    ("net.(*sysDialer).", "a connection to be made"),
    ("net/http.(*persistConn).roundTrip", "an HTTP server to answer"),
    ("http2ClientConn).roundTrip", "an HTTP server to answer"),
    ("http2.(*ClientConn).roundTrip", "an HTTP server to answer"),
    ("net/http.(*Transport).getConn", "a connection to an HTTP server"),
)
_HELPERS = ("net/http.", "net.", "crypto/tls.", "internal/singleflight.")
_FILE_LOCKS = ("filelock.lock", "syscall.Flock", "syscall.flock", "syscall.FcntlFlock", "lockedfile.")
_FILE_CALLS = {
    "os.Open": "open a file",
    "os.OpenFile": "open a file",
    "os.openFileNolog": "open a file",
    "os.Stat": "ask for a file's attributes",
    "os.Lstat": "ask for a file's attributes",
    "os.statNolog": "ask for a file's attributes",
    "os.lstatNolog": "ask for a file's attributes",
    "os.(*File).Stat": "ask for a file's attributes",
    "os.ReadDir": "list a folder",
    "os.(*File).readdir": "list a folder",
    "os.(*File).ReadDir": "list a folder",
    "os.(*File).Readdirnames": "list a folder",
    "os.ReadFile": "read a file",
    "os.WriteFile": "write a file",
    "os.(*File).Write": "write a file",
    "os.(*File).Sync": "flush a file to disk",
    "os.Rename": "rename a file",
    "os.Remove": "remove a file",
    "os.MkdirAll": "make a folder",
    "path/filepath.EvalSymlinks": "follow links",
    "path/filepath.evalSymlinks": "follow links",
}
_TOLD = 3


def explain_network(population: Population, queue: Queue) -> list[Explanation]:
    """What is asked of others over the network; connections of a server that wait for its clients are not told."""
    by_words: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for member in population.users:
        if member.is_working:
            continue
        if not member.calls or member.calls[-1].function.startswith(_HELPERS):
            # It works for another goroutine, which is told.
            continue
        words = next((words for part, words in _NETWORK if member.has_call(part)), "")
        if words:
            by_words[words, what_for(member)].append(member)
    served = {each.id for each in queue.served}
    found = []
    for (words, purpose), members in sorted(by_words.items(), key=lambda each: -len(each[1])):
        count = sum(len(each.ids) for each in members)
        who = f"goroutine {members[0].id} ({purpose}) waits" if count == 1 else f"{count} goroutines ({purpose}) wait"
        minutes = max(each.minutes for each in members)
        since = f", {minutes} min by now" if minutes else ""
        behind = ""
        if queue.waiting and any(each.id in served for each in members):
            behind = f", and {queue.length} requests wait in gopls's queue behind it"
        found.append(
            Explanation(
                summary=f"{who} for {words}{since}{behind}",
                kind="network",
                goroutines=tuple(number for each in members for number in each.ids)[:50],
                proof=calls_with(members[0], *(part for part, _ in _NETWORK)),
            )
        )
    return found[:_TOLD]


def explain_files(population: Population) -> list[Explanation]:
    """File locks that others hold, and file system calls that have taken a minute or more."""
    found = []
    for member in population.users:
        if member.is_working:
            continue
        if member.has_call(*_FILE_LOCKS) and member.state == "syscall":
            summary = f"goroutine {member.id} ({what_for(member)}) waits for a file lock that is held elsewhere"
            found.append(Explanation(summary, "file", (member.id,), calls_with(member, *_FILE_LOCKS)))
        elif member.state == "syscall" and member.minutes:
            words = _file_words(member)
            if words:
                summary = (
                    f"goroutine {member.id} ({what_for(member)}) has waited for {member.minutes} min or more to "
                    f"{words}, as when a file system does not answer"
                )
                proof = calls_with(member, "os.", "syscall.")
                # A named pipe without another end keeps waiting too.
                found.append(Explanation(summary, "file", (member.id,), proof, is_certain=False))
    return found[:_TOLD]


def _file_words(member: Member) -> str:
    for frame in member.calls[:8]:
        if frame.function in _FILE_CALLS:
            return _FILE_CALLS[frame.function]
        if frame.function == "os.(*File).Read" and _is_of_a_file(member):
            return "read a file"
    return ""


def _is_of_a_file(member: Member) -> bool:
    """Standard input is read for as long as nobody writes; pipes and sockets are never read in a system call."""
    for frame in member.calls[:3]:
        if frame.function == "syscall.Syscall":
            words = positional_words(frame)
            return len(words) > 1 and words[1] is not None and words[1] > 2
    return False
