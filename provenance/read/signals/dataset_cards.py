"""The card of a dataset on a hub: what its uploader says its licence is, and who is let in."""

from dataclasses import dataclass

import yaml

from provenance.model import Notice, Stance

CARD = "README.md"
"""The file that it is."""
SIGNAL = "hugging-face-card"
MOST = 1 << 18
_RULE = "---"
_OTHER = ("other", "unknown")


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says, as far as it is about terms.

    Parameters
    ----------
    licence : str or None
        The licence by its id; by its own name or address, where the id is "other"; several are
        parted by commas.
    link : str or None
        Where its text stands.
    gated : tuple of str
        Names of the fields by which access turns on something that users agree to.
    """

    licence: str | None = None
    link: str | None = None
    gated: tuple[str, ...] = ()


def parse_card(content: bytes) -> Card | None:
    """Read the fields at the beginning of a README; None where there are none that can be read."""
    lines = content[:MOST].decode("utf-8-sig", errors="replace").splitlines()
    if not lines or lines[0].strip() != _RULE:
        return None
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == _RULE), None)
    if end is None:
        return None
    try:
        fields = _loaded("\n".join(lines[1:end]))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    name, link = _words(fields.get("license_name")), _words(fields.get("license_link"))
    declared = _words(fields.get("license"))
    if declared is None or declared.casefold() in _OTHER:
        declared = name or link or declared
    gated = tuple(str(key) for key in fields if str(key).startswith("extra_gated"))
    return Card(declared, link, gated)


def card_notice(card: Card) -> Notice:
    """Say what a card says of training: nothing, but for the licence that it names."""
    told = f"licence {card.licence}" if card.licence else "no licence"
    gated = f"; access is gated ({', '.join(card.gated)})" if card.gated else ""
    return Notice(SIGNAL, Stance.SILENT, f"the card says: {told}{gated}")


def _loaded(text: str) -> object:
    # Nobody writes an alias here but to make much of little.
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.CSafeLoader)):
        raise ValueError("an alias")
    return yaml.load(text, yaml.CSafeLoader)


def _words(value: object) -> str | None:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_words, value))) or None
    return value.strip() or None if isinstance(value, str) else None
