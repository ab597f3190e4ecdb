"""The site that an item's id counts on: `p2645` is one thing on each site of a source."""

import pyarrow as pa
import pyarrow.compute as pc

# Hosts of one site: those for small screens, and earlier looks.
_SITE = r"^(?i:[a-z][a-z0-9+.-]*)://(?:(?i:www|m|mobile|old|new|amp)\.)?(?P<site>[^/:?#@]+)"

_RENAMED = {"twitter.com": "x.com"}
"""Sites that moved, and kept the ids of what they hold."""


def sites(urls: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Name the site of each address; empty where there is no address.

    Parameters
    ----------
    urls : pyarrow.Array or ChunkedArray of string
        Addresses of items.

    Returns
    -------
    pyarrow.Array or ChunkedArray of string
        As `urls` is; without nulls.
    """
    if urls.null_count == len(urls):
        return pc.fill_null(urls, "")
    found = pc.struct_field(pc.extract_regex(urls, _SITE), "site")
    found = pc.utf8_lower(found).fill_null("")
    for old, new in _RENAMED.items():
        found = pc.if_else(pc.equal(found, old), new, found)
    return found
