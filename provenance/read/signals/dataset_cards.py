"""Dataset cards of a hub: the declared licence, and gated access."""

from dataclasses import dataclass

import yaml

from provenance.model.rules.signals import Notice, Stance

CARD_FILE = "README.md"
"""Name of the file."""
SIGNAL = "hugging-face-card"
MAX_CARD_BYTES = 1 << 18
_MAX_CHARS = 300
"""Length up to which what a card declares is quoted."""
_FENCE = "---"
_NO_SOURCE = ("", "original", "extended")
_OTHER = "other-"
"""Prefix of datasets that are not on the hub."""
_UNSPECIFIC_LICENCES = ("other", "unknown")


@dataclass(frozen=True, slots=True)
class DatasetCard:
    """Licence and access in a dataset card.

    Parameters
    ----------
    licence : str or None
        Id of the licence; name or URL of the licence if the id is "other"; several are separated by
        commas.
    link : str or None
        URL of its text.
    gated : tuple of str
        Names of the fields by which access depends on an agreement of the user.
    sources : tuple of str
        The datasets that it is made of, as `source_datasets` names them.
    """

    licence: str | None = None
    link: str | None = None
    gated: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def declaration(self) -> str:
        """Return what the card declares: "cc-by-4.0 and that it is made of allenai/c4", or ""."""
        made_of = f"that it is made of {', '.join(self.sources)}" if self.sources else None
        declared = " and ".join(filter(None, [self.licence, made_of]))
        return f"{declared[:_MAX_CHARS]}…" if len(declared) > _MAX_CHARS else declared


def parse_card(content: bytes) -> DatasetCard | None:
    """Parse the front matter of a README; None if there is none or it is invalid."""
    lines = content[:MAX_CARD_BYTES].decode("utf-8-sig", errors="replace").splitlines()
    if not lines or lines[0].strip() != _FENCE:
        return None
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == _FENCE), None)
    if end is None:
        return None
    try:
        fields = _load_yaml("\n".join(lines[1:end]))
    except (yaml.YAMLError, ValueError, TypeError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    name, link = _to_text(fields.get("license_name")), _to_text(fields.get("license_link"))
    licence = _to_text(fields.get("license"))
    if licence is None or licence.casefold() in _UNSPECIFIC_LICENCES:
        licence = name or link or licence
    gating_fields = tuple(str(key) for key in fields if str(key).startswith("extra_gated"))
    return DatasetCard(licence, link, gating_fields, _source_names(fields.get("source_datasets")))


def card_notice(card: DatasetCard) -> Notice:
    """Return the notice of a card: it is silent about training, apart from its licence."""
    licence = f"licence {card.licence}" if card.licence else "no licence"
    access = f"; access is gated ({', '.join(card.gated)})" if card.gated else ""
    sources = f"; made of {', '.join(card.sources)}" if card.sources else ""
    return Notice(SIGNAL, Stance.SILENT, f"the card says: {licence}{access}{sources}")


def _source_names(value: object) -> tuple[str, ...]:
    """Return the named datasets: "extended|other-c4" and "c4" name c4, "original" names none."""
    names = value if isinstance(value, list) else [value]
    parts = (
        name.rpartition("|")[2].strip().removeprefix(_OTHER)
        for name in names
        if isinstance(name, str)
    )
    return tuple(dict.fromkeys(name for name in parts if name not in _NO_SOURCE))


def _load_yaml(text: str) -> object:
    # Aliases have no honest use here, and can expand without bound.
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.CSafeLoader)):
        raise ValueError("an alias")
    return yaml.load(text, yaml.CSafeLoader)


def _to_text(value: object) -> str | None:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_to_text, value))) or None
    return value.strip() or None if isinstance(value, str) else None
