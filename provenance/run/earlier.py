"""An earlier check of the same corpus, to act upon."""

from dataclasses import replace
from pathlib import Path

from provenance.errors import InputError, PolicyError
from provenance.model import Library, Report
from provenance.read import Corpus
from provenance.registry import open_registry
from provenance.report.files.report_reader import read_report
from provenance.run.freezing import frozen_model

_AGAIN = "check it again, and name that report"


def earlier_report(folder: Path, corpus: Corpus, library: Library) -> Report:
    """Read a report, if it is of this corpus and would come out the same today.

    Parameters
    ----------
    folder : Path
        The report's.
    corpus : Corpus
        As it is now.
    library : Library
        The law book, as it is now.

    Raises
    ------
    InputError
        If it is of another corpus, or of a sample.
    PolicyError
        If the rules or registries are others now.
    """
    report = read_report(folder)
    result = report.result
    if result.corpus.digest != corpus.digest():
        raise InputError(
            f"{folder} is the report of another corpus than {', '.join(corpus.addresses)}: its "
            f"digest is {result.corpus.digest[:12]}, not {corpus.digest()[:12]}",
            remedy=f"name the corpus as it was checked; if it has changed, {_AGAIN}",
        )
    if result.sample is not None:
        raise InputError(
            f"{folder} is the report of a sample: most of the corpus was not looked at",
            remedy="check all of it, and name that report",
        )
    if result.rules_digest != library.digest:
        raise PolicyError(f"the rules have changed since {folder} was made", remedy=_AGAIN)
    for registry in result.registries:
        if open_registry(Path(registry.path)).manifest.digest != registry.digest:
            raise PolicyError(
                f"the registry {registry.path} has changed since {folder} was made", remedy=_AGAIN
            )
    return replace(report, model=frozen_model(folder))
