"""Style and policy of the page of an incident; the page of a crash's style comes first, for its cards and stacks."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from gopls_diag.present.crash_page_style import STYLE as CRASH_STYLE

STYLE = (
    CRASH_STYLE
    + """
:root{--group:#7a5195;--limit:#b3261e;--quick:#1f6fb2;--slow:#b26a00;--wash:#fbe3c4}
@media (prefers-color-scheme:dark){:root{--group:#c39be0;--limit:#ff8a80;--quick:#5ea9e6;--slow:#f0b849;--wash:#463411}}
figure{margin:1rem 0;background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.6rem;
overflow-x:auto}
figcaption{color:var(--soft);font-size:.9em}
.chart{display:block;width:100%;min-width:44rem;height:auto;font:13px system-ui,-apple-system,"Segoe UI",sans-serif}
.chart rect{stroke:none}
.chart text{fill:var(--soft)}
.grid{stroke:var(--line);stroke-width:1;opacity:.6;fill:none}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.resident{stroke:var(--system)}.dot-resident{fill:var(--system)}
.group{stroke:var(--group);stroke-dasharray:7 4}.dot-group{fill:var(--group)}
.pss{stroke:var(--calm);stroke-dasharray:2 3}.dot-pss{fill:var(--calm)}
.children{stroke:var(--slow)}.dot-children{fill:var(--slow)}
.limit{stroke:var(--limit);stroke-width:1.5;stroke-dasharray:10 4;fill:none}
.chart .limit-words,.chart .end-words{fill:var(--limit);font-weight:600;paint-order:stroke;stroke:var(--card);
stroke-width:4px;stroke-linejoin:round}
.end{stroke:var(--error);stroke-width:2;fill:none}
.lane{fill:var(--paper)}
.quick{fill:var(--quick)}.slow{fill:var(--slow)}.failed{fill:var(--error)}.child{fill:var(--slow)}.gc{fill:var(--idle)}
.waiting{fill:var(--error);opacity:.55}
.trouble{fill:var(--wash)}
.look{fill:var(--channel)}
.key-line{display:inline-block;width:1.4rem;border-top:3px solid;vertical-align:middle;margin-right:.4rem}
.key-line.resident{border-color:var(--system)}
.key-line.group{border-color:var(--group);border-top-style:dashed}
.key-line.pss{border-color:var(--calm);border-top-style:dotted}
.key-line.children{border-color:var(--slow)}
.box{display:inline-block;width:.8rem;height:.8rem;margin-right:.4rem;border-radius:.1rem}
.box.slow{background:var(--slow)}.box.failed{background:var(--error)}.box.quick{background:var(--quick)}
.box.look{background:var(--channel)}
.box.trouble{background:var(--wash);outline:1px solid var(--line)}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;margin:.6rem 0}
.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92em}
th,td{text-align:left;padding:.25rem .7rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:anywhere}
th{color:var(--soft);font-weight:500}
.number{text-align:right;white-space:nowrap}
@media (max-width:40rem){.facts{grid-template-columns:1fr}.facts dd{margin-bottom:.4rem}}
@media print{figure,tr{break-inside:avoid}.chart{min-width:0}body{font-size:11px}figure{overflow:visible}}
"""
)


def policy() -> str:
    """Nothing may be loaded, sent or run but our own style."""
    digest = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
