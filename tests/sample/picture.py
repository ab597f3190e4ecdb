"""The picture in README: the shares of the sample, drawn from its result."""

from html import escape

WIDTH, LEFT, SCALE_END, ROW, TOP = 760, 214, 640, 34, 92
COLOURS = {
    "forbidden": ("#b3261e", "#ff8a80"),
    "unknown": ("#6b5b95", "#c5b3f0"),
    "restricted": ("#a86200", "#ffb74d"),
    "permitted": ("#2e7d32", "#81c784"),
}
STYLE = """\
.page { fill: #fff }
text { font: 14px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 12px; fill: #57606a }
.title { font-size: 17px; font-weight: 600 }
.verdict { font-weight: 600; fill: #fff }
.track { fill: #eaeef2 }
.interval { stroke: #57606a; stroke-width: 1.5; fill: none }
"""
DARK = """\
.page { fill: #0d1117 }
text { fill: #e6edf3 }
.small { fill: #9da7b1 }
.verdict { fill: #1f2328 }
.track { fill: #21262d }
.interval { stroke: #9da7b1 }
"""


def drawn(result):
    """Draw the shares of tokens by source, each with its interval, under the verdict."""
    shares = sorted(
        (each for each in result["shares"] if each["by"] == "source"),
        key=lambda each: (list(COLOURS).index(each["verdict"]), -each["tokens"]["share"]),
    )
    scale = 0.1
    height = TOP + ROW * len(shares) + 36
    light = STYLE + "".join(f".{name} {{ fill: {one} }}\n" for name, (one, _) in COLOURS.items())
    dark = DARK + "".join(f".{name} {{ fill: {one} }}\n" for name, (_, one) in COLOURS.items())
    (gate,) = result["gates"]
    failed = "FAIL" if result["status"] == "fail" else "PASS"
    colour = "forbidden" if failed == "FAIL" else "permitted"
    title = (
        f"{gate['share']:.1%} of the tokens are {gate['verdict']} for {result['purpose']}; "
        f"{gate['limit']:.0%} is allowed"
    )
    lines = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
            f'role="img" aria-label="{escape(failed + ": " + title)}">'
        ),
        f"<style>\n{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n</style>",
        f'<rect class="page" width="{WIDTH}" height="{height}" rx="6"/>',
        f'<rect class="{colour}" x="16" y="16" width="56" height="26" rx="4"/>',
        f'<text class="verdict" x="44" y="34" text-anchor="middle">{failed}</text>',
        f'<text class="title" x="84" y="35">{escape(title)}</text>',
        (
            f'<text class="small" x="16" y="72">{result["corpus"]["documents"]} pages, '
            f"{result['corpus']['tokens']:,} tokens. Share of tokens by source, "
            f"bars to {scale:.0%}, lines are 95% intervals:</text>"
        ),
    ]
    for place, share in enumerate(shares):
        lines += _row(share, TOP + ROW * place, scale)
    lines.append(
        f'<text class="small" x="16" y="{height - 14}">Waived and contested passages are in the '
        "bars, not in the verdict. Each figure has its passages and its clause.</text>"
    )
    return "\n".join([*lines, "</svg>", ""])


def _row(share, top, scale):
    def at(part):
        return round(LEFT + (SCALE_END - LEFT) * min(part / scale, 1), 1)

    own, verdict = share["tokens"], share["verdict"]
    low, high, middle = at(own["low"]), at(own["high"]), top + 10
    ticks = f"M{low} {top + 5}v10M{high} {top + 5}v10"
    return [
        f'<text x="16" y="{top + 15}">{escape(share["key"])}</text>',
        f'<text class="small" x="{LEFT - 10}" y="{top + 15}" text-anchor="end">{verdict}</text>',
        f'<rect class="track" x="{LEFT}" y="{top}" width="{SCALE_END - LEFT}" height="20"/>',
        (
            f'<rect class="{verdict}" x="{LEFT}" y="{top}" '
            f'width="{max(at(own["share"]) - LEFT, 2):.1f}" height="20"/>'
        ),
        f'<path class="interval" d="M{low} {middle}H{high}{ticks}"/>',
        f'<text x="{SCALE_END + 14}" y="{top + 15}">{_percent(own["share"])}</text>',
    ]


def _percent(share):
    return f"{share:.2%}" if share < 0.01 else f"{share:.1%}"
