"""Link posts: posts that consist of the title and the address of a page elsewhere."""

import pyarrow as pa
import pyarrow.compute as pc

from provenance.read.columns.string_arrays import null_where

_PAGE = r"^https?://[^/?#\s]"
_PICTURE_HOSTS = r"imgur\.com|gfycat\.com|giphy\.com|redgifs\.com"
_PICTURE = r"\.(?:jpe?g|png|gifv?|webp|bmp|svg|mp4|webm|mov)(?:[?#:]|$)"
"""Pictures and clips have no title of their own: the words above them are the poster's."""


def linked_pages(addresses: pa.Array, own_host: str) -> pa.Array:
    """Return the addresses of pages elsewhere of which posts give the title.

    Parameters
    ----------
    addresses : pyarrow.Array of strings
        The address that each post links to.
    own_host : str
        Regular expression of the hosts of the posts' own site.

    Returns
    -------
    pyarrow.Array of strings
        Null for posts without an address, and where it is on the site itself, or a picture's.
    """
    if addresses.null_count == len(addresses):
        return addresses
    host = rf"^https?://(?:[^/?#]*\.)?(?:{own_host}|{_PICTURE_HOSTS})(?:[/?#:]|$)"
    is_page = pc.match_substring_regex(addresses, _PAGE, ignore_case=True)
    is_other = pc.match_substring_regex(addresses, f"{host}|{_PICTURE}", ignore_case=True)
    return null_where(pc.invert(pc.fill_null(pc.and_not(is_page, is_other), False)), addresses)


def linked_page(address: str | None, own_host: str) -> str | None:
    """Return what `linked_pages` returns for a single post."""
    if address is None:
        return None
    value: str | None = linked_pages(pa.array([address], pa.large_string()), own_host)[0].as_py()
    return value
