"""What a browser lets a page do: apply the page's own style, run its own script, nothing else."""

import base64
import hashlib


def content_policy(style: str, script: str | None) -> str:
    """Write the Content-Security-Policy of a page that asks nothing of any network.

    Parameters
    ----------
    style, script : str, str or None
        Exactly what stands between the tags of its one style element, and of its one script, if
        it has one.

    Returns
    -------
    str
        Both are named by their digest, so that nothing else acts, wherever it comes from: text of
        others could get past an escape that somebody forgot, and would still do nothing.

    Examples
    --------
    >>> content_policy("", None).split("; ")[1]
    "style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_source(style)}",
            f"script-src {_source(script)}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _source(text: str | None) -> str:
    if text is None:
        return "'none'"
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
