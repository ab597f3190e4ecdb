"""Trace one text: which of its passages registries contain, and what their terms say."""

from pathlib import Path

from provenance import __version__
from provenance.errors import EmptyCorpus
from provenance.fingerprint.tokenizer.tokenize import tokenise
from provenance.model.content.fingerprints import Texts
from provenance.model.results.trace import Trace
from provenance.model.rules.policy import Policy
from provenance.pipeline.findings.summaries import check_conclusive
from provenance.pipeline.matching.text_column import text_array, text_batch
from provenance.pipeline.matching.text_matching import find_matches, open_context


def trace(
    text: str,
    policy: Policy,
    rules: Path | None,
    model_of: Path | None,
) -> Trace:
    """Find the passages of one text that registries contain.

    Parameters
    ----------
    text : str
        The text.
    policy : Policy
        Registries, backgrounds, purpose, circumstances, agreements.
    rules : Path or None
        Folder of rule files; None uses the shipped ones.
    model_of : Path or None
        Folder of the report whose corpus model matches are scored with.

    Raises
    ------
    ProvenanceError
        If the text has no words, or something cannot be opened.
    """
    texts = text_array(text_batch([text]), "text", policy.max_document)
    tokens = len(tokenise(Texts.of(texts)).hashes)
    if not tokens:
        raise EmptyCorpus("the text has no words", remedy="give a text with words.")
    context = open_context(policy, rules, model_of)
    found = find_matches(texts, context)
    registries = tuple(each.registry.summary() for each in context.references.registries)
    if not len(found.findings):
        check_conclusive(registries)
    return Trace(
        tool=__version__,
        text=text,
        tokens=tokens,
        findings=found.findings,
        rulings=found.rulings,
        registries=registries,
        circumstances=policy.circumstances,
    )
