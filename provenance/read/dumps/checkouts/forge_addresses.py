"""Addresses of repositories and of their files, as the forges that are known give them."""

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

GITHUB = "github.com"
_FORGES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"github\.com|github\..+"), "/blob/{commit}/{path}"),
    (re.compile(r"gitlab\..+|.+\.gitlab\..+|salsa\.debian\.org"), "/-/blob/{commit}/{path}"),
    (
        re.compile(r"codeberg\.org|gitea\..+|forgejo\..+|.+\.gitea\..+"),
        "/src/commit/{commit}/{path}",
    ),
    (re.compile(r"bitbucket\.org"), "/src/{commit}/{path}"),
    (re.compile(r"git\.sr\.ht"), "/tree/{commit}/item/{path}"),
    (re.compile(r"huggingface\.co"), "/blob/{commit}/{path}"),
)
"""Hosts, and where a file of a commit is below the address of its repository."""
_SHORT_FORM = re.compile(r"(?:[^@/\s]+@)?([\w.-]+):(?!/)(.+)")
"""An address of ssh such as git@github.com:owner/name.git."""
_SCHEMES = {"http", "https", "ssh", "git", "git+ssh", "git+https"}
_SAFE = "/!$&'()*+,;=:@~"


@dataclass(frozen=True, slots=True)
class ForgeRepository:
    """A repository on a forge.

    Parameters
    ----------
    host : str
        In lower case, without port.
    path : str
        Owner and name: "owner/name".
    """

    host: str
    path: str

    @property
    def name(self) -> str:
        """Return owner and name, with the host unless it is GitHub, as in ids of items."""
        return self.path if self.host == GITHUB else f"{self.host}/{self.path}"

    @property
    def owner(self) -> str | None:
        """Return the owner; None if the path has none."""
        owner, _, name = self.path.partition("/")
        return owner if name else None

    def file_url(self, commit: str, path: bytes) -> str | None:
        """Return the permanent address of a file at a commit; None on unknown forges."""
        for host, form in _FORGES:
            if host.fullmatch(self.host):
                place = form.format(commit=commit, path=quote(path, safe=_SAFE))
                return f"https://{self.host}/{quote(self.path, safe=_SAFE)}{place}"
        return None


def parse_remote(address: str) -> ForgeRepository | None:
    """Return the repository at an address of a remote; None if it is no host, such as a folder.

    Credentials in the address are dropped.

    Examples
    --------
    >>> parse_remote("https://user:secret@GitHub.com/ann/quay.git").name
    'ann/quay'
    >>> parse_remote("git@gitlab.com:group/sub/quay.git").file_url("1f", b"a b.py")
    'https://gitlab.com/group/sub/quay/-/blob/1f/a%20b.py'
    >>> parse_remote("/srv/quay.git"), parse_remote("../quay")
    (None, None)
    """
    short = _SHORT_FORM.fullmatch(address) if "://" not in address else None
    if short is not None:
        host, path = short[1], short[2]
    else:
        try:
            parts = urlsplit(address)
            host, path = parts.hostname or "", unquote(parts.path)
        except ValueError:
            return None
        if parts.scheme not in _SCHEMES:
            return None
    path = path.strip("/").removesuffix(".git").rstrip("/")
    if "." not in host or not path:
        return None
    return ForgeRepository(host.lower(), path)
