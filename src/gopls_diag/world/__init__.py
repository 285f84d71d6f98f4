"""The only room that touches the operating system.

Everything that the program learns from outside comes through one door, `World.ask`; a recording of what came through it
is a file that can be played again (`recorded.py`), on another machine and by another version. `sketch.py` plays a world
written by hand in Markdown, which is how test cases are written.
"""

from gopls_diag.world.port import FileDenied, FileMissing, NotRecorded, World, WorldError

__all__ = ["FileDenied", "FileMissing", "NotRecorded", "World", "WorldError"]
