"""The shipped rules as JSON: reading their YAML takes most of the time of loading them.

What is kept is what the YAML says, value by value. It holds no code, and is held to the format of
rule files like the files themselves.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from provenance.disk_cache import keep, kept
from provenance.errors import RuleSyntax
from provenance.read.checked import Checked
from provenance.read.ruleyaml import parse_yaml

_NAME = "rules.json"


def parse_rules(files: Mapping[str, bytes]) -> dict[str, Checked]:
    """Parse the shipped rule files, or recall what their YAML said.

    Parameters
    ----------
    files : mapping of str to bytes
        By their names within the folder of rules.
    """
    made_of = _digest(files)
    content = kept(_NAME, made_of)
    if content is not None:
        values = json.loads(content)
        return {name: Checked(values[name], f"rules/{name}", "", RuleSyntax) for name in values}
    roots = {name: parse_yaml(files[name], f"rules/{name}") for name in sorted(files)}
    said = {name: root.value for name, root in roots.items()}
    keep(_NAME, made_of, json.dumps(said, default=date.isoformat).encode())
    return roots


def _digest(files: Mapping[str, bytes]) -> bytes:
    """Digest the rule files, and the code that says what their YAML means."""
    code = Path(__file__).with_name("ruleyaml.py")
    digest = hashlib.sha256(code.read_bytes() if code.is_file() else b"")
    for name, content in sorted(files.items()):
        digest.update(f"{len(name)} {name} {len(content)} ".encode() + content)
    return digest.digest()
