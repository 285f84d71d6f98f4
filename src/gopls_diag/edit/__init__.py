"""Bytes and edits to bytes: pure, and exact to the byte outside of what was asked.

An editor changes nothing that it does not fully understand: it refuses with CannotEdit. It opens and writes nothing.
"""
