"""Exits and crashes (X)."""
