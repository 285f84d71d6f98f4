"""Style, script and policy of the page; all of it is ours, so that the policy can name it by its hash."""

from __future__ import annotations

import hashlib
from base64 import b64encode

STYLE = """
:root{--paper:#fbfaf8;--card:#fff;--ink:#1f2328;--soft:#59636e;--line:#d9d6d0;--error:#b3261e;
--warning:#8a5a00;--calm:#2c6e49;--busy:#2c6e49;--lock:#c2410c;--channel:#6d4fc2;--system:#1f6fb2;
--idle:#8b949e;--mark:#fff3c4}
@media (prefers-color-scheme:dark){:root{--paper:#15181c;--card:#1d2126;--ink:#e4e7ea;--soft:#9aa4af;
--line:#343a41;--error:#ff8a80;--warning:#f0b849;--calm:#7cc79a;--busy:#5fb885;--lock:#f08a4b;
--channel:#a58bf0;--system:#5ea9e6;--idle:#7d8590;--mark:#4a3f12}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",
sans-serif}
main{max-width:72rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.3rem;line-height:1.35;margin:0 0 .4rem}
h2{font-size:1.15rem;margin:2.2rem 0 .2rem}
h3{font-size:1rem;margin:1.4rem 0 .5rem}
p{margin:.3rem 0}
small,.where,.note,.ids,footer{color:var(--soft)}
code,pre,.frames,.what,.count{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:.87em}
pre{margin:.3rem 0;white-space:pre-wrap;overflow-wrap:anywhere}
.verdict{background:var(--card);border:1px solid var(--line);border-left:.35rem solid var(--calm);
border-radius:.4rem;padding:.9rem 1.1rem;margin-bottom:.8rem;overflow-wrap:anywhere}
.verdict.error{border-left-color:var(--error)}
.verdict.warning{border-left-color:var(--warning)}
.code{color:var(--soft);font-weight:500}
.proof{list-style:none;padding:0;margin:.5rem 0;color:var(--soft)}
.fix{padding-left:1.2rem;margin:.5rem 0 0}
.fix pre{background:var(--paper);border-radius:.3rem;padding:.35rem .6rem}
.message{background:var(--card);border:1px solid var(--line);border-radius:.4rem;padding:.5rem .8rem}
.notes{padding-left:1.2rem;margin:.6rem 0}
.frames{list-style:none;padding:0;margin:.4rem 0 .4rem .2rem}
.frames li{display:flex;flex-wrap:wrap;padding:.1rem .2rem;overflow-wrap:anywhere}
.frames b{font-weight:600}
.frames .file{margin-left:auto;padding-left:1.5rem;color:var(--soft)}
.frames .gap{color:var(--soft);font-style:italic}
.key li:first-child{background:var(--mark);border-radius:.2rem}
.dim{color:var(--soft)}
.bar{display:block;width:100%;height:.8rem;border-radius:.3rem}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;padding:0;margin:.5rem 0 1rem;
font-size:.9em}
.dot{display:inline-block;width:.65rem;height:.65rem;border-radius:50%;margin-right:.45rem}
.busy{fill:var(--busy)}
.lock{fill:var(--lock)}
.channel{fill:var(--channel)}
.system{fill:var(--system)}
.idle{fill:var(--idle)}
.dot.busy{background:var(--busy)}
.dot.lock{background:var(--lock)}
.dot.channel{background:var(--channel)}
.dot.system{background:var(--system)}
.dot.idle{background:var(--idle)}
rect{stroke:var(--paper);stroke-width:1}
details>summary{cursor:pointer}
.bucket{background:var(--card);border:1px solid var(--line);border-radius:.4rem;margin:.35rem 0;
padding:.35rem .8rem}
.bucket summary{display:flex;flex-wrap:wrap;gap:.1rem 1rem;align-items:baseline;list-style:none}
.bucket summary::-webkit-details-marker{display:none}
.bucket>summary::before{content:"";width:.42rem;height:.42rem;border:solid var(--soft);border-width:0 2px 2px 0;
transform:rotate(-45deg);align-self:center}
.bucket[open]>summary::before{transform:rotate(45deg)}
.count{min-width:3rem;text-align:right;font-weight:700}
.state{min-width:16rem}
.what{overflow-wrap:anywhere}
.own{color:var(--error);font-weight:600}
.bucket[open]>summary{margin-bottom:.4rem}
.tools{position:sticky;top:0;background:var(--paper);padding:.6rem 0;display:flex;flex-wrap:wrap;gap:.5rem;
align-items:center}
.tools[hidden]{display:none}
input,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:.35rem;padding:.35rem .7rem}
input{flex:1 1 16rem}
button{cursor:pointer}
:focus-visible{outline:2px solid var(--system);outline-offset:2px}
footer{margin-top:3rem;border-top:1px solid var(--line);font-size:.9em;overflow-wrap:anywhere}
@media (max-width:40rem){.state{min-width:0}.count{min-width:0;text-align:left}.frames .file{margin-left:0;
padding-left:1rem;width:100%}}
@media print{.tools{display:none}.bucket{break-inside:avoid}}
"""

SCRIPT = """
(function(){
var cards=Array.prototype.slice.call(document.querySelectorAll('.bucket')),field=document.getElementById('filter'),
shown=document.getElementById('shown'),texts=null,timer=0;
if(cards.length<2)return;
document.getElementById('tools').hidden=false;
function filter(){
if(!texts)texts=cards.map(function(each){return each.textContent.toLowerCase()});
var words=field.value.toLowerCase().split(/\\s+/).filter(Boolean),count=0;
cards.forEach(function(card,at){
var fits=words.every(function(word){return texts[at].indexOf(word)>=0});
card.hidden=!fits;if(fits)count++});
shown.textContent=words.length?count+' of '+cards.length+' stacks':''}
field.addEventListener('input',function(){clearTimeout(timer);timer=setTimeout(filter,80)});
function all(open){cards.forEach(function(card){if(!card.hidden)card.open=open})}
document.getElementById('open').addEventListener('click',function(){all(true)});
document.getElementById('close').addEventListener('click',function(){all(false)});
})();
"""


def policy() -> str:
    """Nothing may be loaded, sent or run but our own style and script."""
    return (
        "default-src 'none'; "
        f"style-src '{_hash(STYLE)}'; script-src '{_hash(SCRIPT)}'; base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(content.encode()).digest()).decode("ascii")
