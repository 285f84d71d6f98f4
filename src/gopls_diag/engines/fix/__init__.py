"""Repairs: what the remedies of findings would change, judged before it is asked for, written so that it can be undone.

`planning` works proposals out on an overlay of the world, `applying` writes what was accepted, `repair` is the run from
end to end.
"""
