"""Kills by the system (K)."""
