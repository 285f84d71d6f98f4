"""Memory (M)."""
