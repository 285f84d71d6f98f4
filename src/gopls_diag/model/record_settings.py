"""What the recorder may be told: rates, thresholds, limits. Their values are written into every incident."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """The keys of `record.toml`; what is not given keeps the value here."""

    # What is asked of gopls. Each costs something; bench/record.py measures what.
    otel: bool = True
    """Let gopls v0.22 and newer tell of its requests (`-otel`), to a receiver on loopback."""
    debug: str = "auto"
    """Let gopls serve its debug pages on loopback (`-debug=127.0.0.1:0`), for goroutines and heap: `always`, `never`,
    or `auto`: where they are free (gopls before v0.20, or built with Go before 1.25), and for a day after a session in
    which they were missed. Elsewhere they take about a tenth of gopls's processor time."""
    gctrace: bool = False
    """Let gopls write a line for each collection to its standard error."""
    rpc_trace: bool = False
    """Let gopls write every message, bodies and all, into a ring. Holds source text; never goes into an incident's
    file to send."""

    # How often.
    sample_seconds: float = 2.0
    """Between samples when nothing is wrong."""
    busy_sample_seconds: float = 0.5
    """Between samples while the recorder looks deeper, and while memory climbs."""
    pss_seconds: float = 60.0
    """Between readings of the proportional set size, which the kernel has to count page by page."""

    # When to look deeper.
    window_seconds: float = 60.0
    """Requests that ended within this time are judged together."""
    window_requests: int = 10
    """Fewer say nothing."""
    slow_seconds: float = 2.0
    """A request that took longer was slow."""
    slow_share: float = 0.3
    """More slow ones than this share of a window are trouble."""
    failed_share: float = 0.5
    """More failed ones than this share of a window are trouble; cancelled ones did not fail."""
    stuck_seconds: float = 15.0
    """A request that has had no answer for so long is stuck."""
    memory_share: float = 0.85
    """Memory above this share of its nearest limit is trouble."""

    # How deep, and for how long.
    look_seconds: float = 20.0
    """How long a deeper look lasts."""
    look_pause_seconds: float = 300.0
    """Between two deeper looks for the same trouble."""
    looks: int = 6
    """Deeper looks in one session."""
    goroutine_dumps: int = 3
    """Dumps of one look, one second apart: what stands still in all of them is stuck, what moves is busy."""

    # How much is kept.
    stderr_bytes: int = 8 * MIB
    """The ring of standard error of a session."""
    samples_bytes: int = 2 * MIB
    """The ring of samples and events of a session."""
    rpc_bytes: int = 8 * MIB
    """The ring of messages of a session, if they are asked for."""
    incident_bytes: int = 24 * MIB
    """One incident."""
    total_bytes: int = 256 * MIB
    """All sessions and incidents together; the oldest incidents go first."""

    # Export.
    otlp: str = ""
    """URL of a collector that gets the measures (`http://collector.example:4318`); "" sends nothing."""
    otlp_seconds: float = 15.0
    """Between two exports."""

    # The guard against crash loops.
    keep_alive: bool = False
    """Start gopls with the proven remedy when it ended several times for one and the same cause."""
    keep_alive_ends: int = 2
    """So many ends of one cause are a loop."""
    keep_alive_seconds: float = 600.0
    """When they happened within this time."""
