"""What gopls tells of its work by OpenTelemetry (`-otel`, gopls v0.22 and newer)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OtlpRequest:
    """A message that was answered, or a notification that was handled."""

    method: str
    direction: str
    """`in`: the editor asked gopls; `out`: gopls asked the editor."""
    id: str
    """`#10`, `"a"`; empty for a notification."""
    began_seconds: float
    """Since 1970."""
    ended_seconds: float
    status: str
    """OK, ERROR, CANCELED, METHOD_NOT_FOUND, DEADLINE_EXCEEDED (internal/jsonrpc2/conn.go); empty if untold."""

    @property
    def elapsed_seconds(self) -> float:
        return max(0.0, self.ended_seconds - self.began_seconds)

    @property
    def is_cancelled(self) -> bool:
        """The editor no longer wanted the answer, which is no failure."""
        return self.status == "CANCELED"

    @property
    def failed(self) -> bool:
        return self.status not in ("", "OK", "CANCELED")


@dataclass(frozen=True, slots=True)
class OtlpCommand:
    """A go command that gopls ran. gopls tells its verb and its folder, not its arguments."""

    verb: str
    """`list`, `env`, `mod`."""
    folder: str
    began_seconds: float
    ended_seconds: float
    failed: bool

    @property
    def elapsed_seconds(self) -> float:
        return max(0.0, self.ended_seconds - self.began_seconds)


@dataclass(frozen=True, slots=True)
class OtlpTraces:
    """One post to /v1/traces, without its leaves."""

    requests: tuple[OtlpRequest, ...] = ()
    commands: tuple[OtlpCommand, ...] = ()
    dropped: int = 0
    """Spans of a finer kind (files parsed, packages checked), and what came above the limit."""
    is_understood: bool = True


@dataclass(frozen=True, slots=True)
class MethodCount:
    """Messages of one method since gopls began."""

    method: str
    direction: str
    started: int | None
    """None if the post does not say, which is no news."""
    completed: int | None


@dataclass(frozen=True, slots=True)
class OtlpMetrics:
    """One post to /v1/metrics. Counts run from the beginning, so a post that is lost does no harm."""

    counts: tuple[MethodCount, ...] = ()
    is_understood: bool = True
