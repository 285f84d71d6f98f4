"""Logs of every kind: bytes in, one LogReading out.

`decoding` makes text of bytes, `reader` takes a line out of what carried it and hands it on: to the reader of Go
crashes, to the sayings, to the system's words. A carrier is anything that put something before, after or around the
lines of a program: an editor's output channel, a journal, a container runtime, a terminal. Nothing here reads files.
"""
