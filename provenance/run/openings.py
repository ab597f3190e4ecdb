"""What a check opens before hours of work: rules, dataset, registries."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from provenance.judge import check_known
from provenance.model import Library, Policy
from provenance.read import Corpus, load_rules, open_corpus
from provenance.run.references import References, open_references
from provenance.run.stages import note, stage


@dataclass(frozen=True, slots=True)
class Openings:
    """All that a check reads from.

    Parameters
    ----------
    library : Library
        The rules.
    corpus : Corpus
        What is checked.
    against : References
        What it is held against.
    """

    library: Library
    corpus: Corpus
    against: References


@stage("opening")
def open_all(
    addresses: Sequence[str],
    policy: Policy,
    rules: Path | None,
    split: str | None,
    control: str | None,
) -> Openings:
    """Open all that a check needs, and note where it is read from.

    Parameters
    ----------
    addresses : sequence of str
        Of the corpus.
    policy : Policy
        What it names has to be there.
    rules, split, control
        As in `Settings`.

    Raises
    ------
    ProvenanceError
        If something cannot be opened.
    """
    library = load_rules(rules)
    check_known(policy, library)
    note(f"policy: {policy.path or 'the default one'}")
    note(f"rules: {rules or 'as shipped'}; digest {library.digest}")
    corpus = open_corpus(addresses, text_columns=policy.text_columns, split=split)
    files = {part.file for part in corpus.parts}
    note(f"dataset: {', '.join(addresses)}; files: {len(files)}, parts: {len(corpus.parts)}")
    note(f"text in: {', '.join(corpus.text_columns) or 'no column'}")
    against = open_references(policy, control)
    for kind, several in (("registry", against.sought), ("background", against.backgrounds)):
        for one in several:
            manifest = one.registry.manifest
            note(
                f"{kind}: {one.registry.path}; items: {manifest.items:,}, digest {manifest.digest}"
            )
    return Openings(library, corpus, against)
