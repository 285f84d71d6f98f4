"""Settings and flags (S)."""
