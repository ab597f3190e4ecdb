"""The law book: every source, licence, signal and statutory exception, and how they combine."""

from dataclasses import dataclass
from enum import StrEnum

from provenance.model.signals import Agents
from provenance.model.terms import Terms, Verdict


@dataclass(frozen=True, slots=True)
class Source:
    """Who published something, and under whose terms.

    Parameters
    ----------
    id, name : str
        "x"; "X (Twitter)".
    hosts : tuple of str
        Hosts whose pages are the source's own, subdomains included; a path narrows one down:
        "yelp.com/dataset/*".
    terms : tuple of Terms
        Every version of every document, in order of their ids; those of sources that it stands
        under, too.
    content_licence : str or None
        A licence that all content stands under, by its id, if the source declares one.
    aliases : tuple of str
        Other names that people give it.
    """

    id: str
    name: str
    hosts: tuple[str, ...]
    terms: tuple[Terms, ...]
    content_licence: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence that content may declare.

    Parameters
    ----------
    id, name : str
        "cc-by-4.0"; its full name.
    aliases : tuple of str
        SPDX and Hugging Face identifiers and common spellings.
    terms : tuple of Terms
        Its versions.
    spdx, hugging_face : str or None
        The identifiers that SPDX and the Hugging Face hub give it; they are aliases too.
    hosts : tuple of str
        Where what stands under it is published.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    terms: tuple[Terms, ...]
    spdx: str | None = None
    hugging_face: str | None = None
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """What a file, header or tag for machines asks for.

    Parameters
    ----------
    id, name : str
        "tdmrep"; its full name.
    terms : tuple of Terms
        What each of its values means.
    agents : tuple of (str, tuple of str)
        Names of robots that it speaks to, by the document that says what that means.
    """

    id: str
    name: str
    terms: tuple[Terms, ...]
    agents: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class StatutoryException:
    """A law that allows what needs no permission then. It counts only where a policy claims it.

    Parameters
    ----------
    id, name : str
        "eu-dsm-art-4"; its full name.
    lifts : tuple of Layer
        What it sets aside: the limits of copyright, or those of contracts too.
    terms : tuple of Terms
        Whom it covers, where, for what, under which conditions.
    """

    id: str
    name: str
    lifts: tuple["Layer", ...]
    terms: tuple[Terms, ...]


class Say(StrEnum):
    """How much a document's verdict counts beside the verdicts of others."""

    SPEAKS = "speaks"
    SILENT = "silent"
    SIGNAL = "signal"


class Layer(StrEnum):
    """What kind of right or duty a statement rests on."""

    COPYRIGHT = "copyright"
    CONTRACT = "contract"
    ACCESS = "access"
    SIGNAL = "signal"
    STATUTE = "statute"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Basis:
    """Why a document gives the verdict it gives.

    Parameters
    ----------
    id, meaning : str
        "automated-access"; what that means, for a reader who is no lawyer.
    say : Say
        A document that speaks always counts; a silent one only where nothing speaks; a signal
        may make a verdict stricter, never laxer.
    layer : Layer
        What it rests on: statutory exceptions set aside one layer or another.
    """

    id: str
    meaning: str
    say: Say
    layer: Layer = Layer.NONE


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that documents state, as a closed tag.

    Parameters
    ----------
    id, meaning : str
        "share-alike"; what has to be done.
    """

    id: str
    meaning: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question of law that nobody has settled. It is shown where it matters, never decided.

    Parameters
    ----------
    id, title, text : str
        "model-as-adaptation"; the question; what is known of it, in our words.
    bases, conditions, terms, jurisdictions : tuple of str
        What it touches: statements on one of these bases or under one of these conditions, these
        terms (by the beginning of their ids), exceptions of these places.
    """

    id: str
    title: str
    text: str
    bases: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """All rules in force for a run.

    Parameters
    ----------
    sources, licences : tuple
        In order of their ids.
    strictest_first : tuple of Verdict
        How verdicts combine: the first of these that any document gives, stands (`verdicts.yaml`).
    excused_actors : tuple of str
        Actors that an unset actor is never taken for: the platform itself, its licensee.
    digest : str
        SHA-256 over every rule file.
    bases : tuple of Basis
        Weightiest first: among equal verdicts, the one on the weightiest basis is named.
    signals, exceptions : tuple
        In order of their ids.
    conditions : tuple of Condition
        Every tag that a condition may have.
    questions : tuple of OpenQuestion
        What the rules do not decide.
    """

    sources: tuple[Source, ...]
    licences: tuple[Licence, ...]
    strictest_first: tuple[Verdict, ...]
    excused_actors: tuple[str, ...]
    digest: str
    bases: tuple[Basis, ...] = ()
    signals: tuple[Signal, ...] = ()
    exceptions: tuple[StatutoryException, ...] = ()
    conditions: tuple[Condition, ...] = ()
    questions: tuple[OpenQuestion, ...] = ()

    @property
    def agents(self) -> Agents:
        """Robots that collect for training, by the document that lists them.

        Lists are left out of which the rules say that keeping them out means nothing for training.
        """
        telling = {
            terms.id
            for signal in self.signals
            for terms in signal.terms
            if terms.verdict is not Verdict.UNKNOWN
        }
        return {
            f"{signal.id}/{document}": names
            for signal in self.signals
            for document, names in signal.agents
            if any(f"{each}/".startswith(f"{signal.id}/{document}/") for each in telling)
        }
