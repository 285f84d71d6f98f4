"""Named questions. A fact is one function of the World, the Request and other facts, and gives one value of one type.

It is asked at most once, only when a chosen check needs it, side by side with others (`gather.py`). The type of the
value is the name of the fact: checks and other facts ask for it by annotating a parameter with it.
"""

from gopls_diag.facts.declare import fact

__all__ = ["fact"]
