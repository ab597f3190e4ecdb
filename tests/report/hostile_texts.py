"""Texts that would act in an output if it did not escape them; each starts something `owned`."""

HOSTILE_TEXTS = (
    "<img owned src=x onerror=alert(1)>",
    '"><svg owned onload=alert(1)>',
    "' owned onmouseover='alert(1)",
    '" owned onfocus="alert(1)" autofocus="',
    "</script><script owned>alert(1)</script>",
    "</textarea></title></style><b owned>",
    "<!-- owned",
    "]]><owned>",
    "&lt;img owned src=x onerror=alert(1)&gt;",
    "\\<img owned src=x onerror=alert(1)>",
    "[owned](javascript:alert(1))",
    "![owned](https://evil.example/pixel)",
    "<javascript:alert(1)>",
    "`owned` ``owned``",
    "```\nowned fence",
    "a | owned | b\n| --- | --- | --- |",
    "owned\n\n# owned heading\n\n- owned item\n\n> owned quote\n\n    owned code\n\n---\n",
    "# owned heading",
    "owned heading\n===",
    "    owned code",
    "@owned #1 www.owned.example https://owned.example",
    *(f"{sign}owned()" for sign in "=+-@\uff1d\uff0b\uff0d\uff20"),
    *(
        f"{before}=owned()"
        for before in ("\t", "\r", " ", "\n", "\u3000", "\u200b", '"', "a;", "'")
    ),
    "\t\uff1downed()",
    "owned\nverdict=pass",
    "owned\nverdict<<END\npass\nEND\n",
    "END\n::set-output name=verdict::pass",
    "::error file=a,line=1::owned",
    "%0A::error::owned",
    "\r::stop-commands::owned",
    "\x1b[31mowned\x1b[0m\x1b]0;owned\x07\x9b2J",
    "owned\u202egnp.exe\u2066x\u2069\u200f",
    "owned\u2028::error::a\u2029b\x85c\x0bd\x0ce\x00",
    "\ud800owned\udcff",
    "{{ 7*7 }}{% raw %}${{ secrets.OWNED }}%(owned)s{owned}",
    '"""\nowned = 1\n',
    "'''\nowned = 1\n",
    "owned: yes\n---\nowned: *a",
)
"""What a name or a text of somebody else may be."""


def file_name(text: str) -> str:
    """Return a text as a name that a file can have."""
    return text.replace("/", "\u2215").replace("\0", "").replace("\ud800", "")


NAME = file_name(
    "=owned()\n::set-output name=verdict::pass\nverdict<<X\npass\nX\nverdict=pass\n"
    "<img owned src=x onerror=alert(1)>[x](javascript:alert(1))`|`\x1b[31m\u202e\r\"'\t,;"
)
"""One name with most of them, short enough for files and folders."""
