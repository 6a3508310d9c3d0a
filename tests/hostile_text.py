"""What a stranger may write where a payer, a plan or a place is named."""

from __future__ import annotations

CORPUS = {
    "script": "<script>alert(1)</script>",
    "handler": '"><img src=x onerror=alert(1)>',
    "attribute": "' onmouseover='alert(1)",
    "svg": "</title></svg><script>alert(1)</script>",
    "style": "</style><style>*{display:none}</style>",
    "css": '"}@import url(//evil.example/x);{"',
    "link": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "formula": '=HYPERLINK("http://evil.example","click")',
    "command": "@SUM(1+1)*cmd|' /C calc'!A0",
    "plus": "+1+1",
    "template": "{{ 7*7 }}{% raw %}${7*7}",
    "ansi": "\x1b[31mred\x1b[0m\x07",
    "bidi": "Aetna \u202e\u2066evil\u2069\u202c",
    "zero width": "Ae\u200btna\ufeff\u00ad",
    "null": "Aet\x00na",
    "lines": "one\r\ntwo\u2028three",
    "long word": "W" * 3000,
    "long words": "wide name " * 300,
    "entity": "&lt;script&gt;&#60;b&#62;",
    "comment": "--><script>alert(1)</script><!--",
    "path": "../../../../etc/passwd",
}
