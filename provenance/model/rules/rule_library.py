"""The rule library: sources, licences, signals, statutory exceptions, and their combination."""

from dataclasses import dataclass
from enum import StrEnum
from functools import reduce

from provenance.model.rules.signals import Agents
from provenance.model.rules.terms import Terms, Verdict

_SORTABLE_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_MAX_NUMBER = 1 << 63
_MAX_ID_DIGITS = 19
_TID_DIGITS = 13


class IdScheme(StrEnum):
    """A way in which ids contain the time at which they were given."""

    SNOWFLAKE = "snowflake"
    TID = "tid"


@dataclass(frozen=True, slots=True)
class IdTime:
    """The time that is in the ids of items: when they were published.

    Parameters
    ----------
    placeholder : str
        The placeholder of the address that contains the time.
    scheme : IdScheme
        A snowflake is a decimal number that begins with milliseconds; a TID has 13 digits of base
        32, which begin with microseconds since 1970.
    epoch : int
        The millisecond since 1970 from which snowflakes count.
    shift : int
        Number of bits behind the time.
    first : int
        The smallest number that contains a time: earlier ids were plain numbers.
    """

    placeholder: str
    scheme: IdScheme
    epoch: int = 0
    shift: int = 10
    first: int = 0

    def second(self, text: str) -> int | None:
        """Return the second since 1970 that an id contains; None if it contains none."""
        number = self._number(text)
        if number is None or not self.first <= number < _MAX_NUMBER:
            return None
        time = (number >> self.shift) + self.epoch
        return time // (1_000 if self.scheme is IdScheme.SNOWFLAKE else 1_000_000)

    def _number(self, text: str) -> int | None:
        if self.scheme is IdScheme.SNOWFLAKE:
            is_number = text.isascii() and text.isdecimal() and len(text) <= _MAX_ID_DIGITS
            return int(text) if is_number else None
        digits = [_SORTABLE_DIGITS.find(each) for each in text]
        if len(digits) != _TID_DIGITS or min(digits) < 0:
            return None
        return reduce(lambda number, digit: number << 5 | digit, digits)


@dataclass(frozen=True, slots=True)
class AddressedItem:
    """The addresses of one kind of items: all forms that name the same one.

    Parameters
    ----------
    address : str
        The form that stands for all, without host: "i/status/{number}". "{address}" means that the
        item is that of the address within; "{elsewhere}" that the address does not tell which item
        it leads to.
    forms : tuple of str
        Other forms.
    id : str or None
        Its id, by the placeholders of the address, if ids are unique within the source.
    id_time : IdTime or None
        How its id says when it was published; None if it does not.
    """

    address: str
    forms: tuple[str, ...]
    id: str | None = None
    id_time: IdTime | None = None


@dataclass(frozen=True, slots=True)
class AddressForms:
    """Forms of the addresses of pages on some hosts.

    Parameters
    ----------
    hosts : tuple of str
        Hosts, without `www.`; a label may be a placeholder or `*`, and `*` is any host.
    site : str or None
        The host that stands for all. If it is not among `hosts`, only items are the same. None:
        each host stands for itself.
    items : tuple of AddressedItem
        Forms of the addresses of items.
    endings : tuple of str
        Ends of paths that choose a format of the page, such as ".json".
    """

    hosts: tuple[str, ...]
    site: str | None = None
    items: tuple[AddressedItem, ...] = ()
    endings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher of content, and its terms.

    Parameters
    ----------
    id, name : str
        "x"; "X (Twitter)".
    hosts : tuple of str
        Hosts with the source's own pages, including subdomains; a path restricts one:
        "yelp.com/dataset/*".
    terms : tuple of Terms
        Every version of every document, in order of their ids, including those of parent sources.
    content_licence : str or None
        Id of the licence that the source declares for all content.
    aliases : tuple of str
        Other names.
    parts : tuple of str
        Ids of the sources and licences that it is made of, if it is a corpus.
    other_parts : tuple of str
        Names of its parts that the rules do not know.
    addresses : tuple of AddressForms
        Forms of the addresses of its pages.
    """

    id: str
    name: str
    hosts: tuple[str, ...]
    terms: tuple[Terms, ...]
    content_licence: str | None = None
    aliases: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    other_parts: tuple[str, ...] = ()
    addresses: tuple[AddressForms, ...] = ()


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
        Identifiers of SPDX and the Hugging Face hub; also aliases.
    hosts : tuple of str
        Hosts whose content is under this licence.
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
    """A machine-readable signal: a file, header or tag.

    Parameters
    ----------
    id, name : str
        "tdmrep"; its full name.
    terms : tuple of Terms
        The meaning of each of its values.
    agents : tuple of (str, tuple of str)
        Names of robots that it addresses, by the document that gives its meaning.
    operators : tuple of (str, str)
        The operator of a robot, and what it says that the robot is for, by the robot's name.
    """

    id: str
    name: str
    terms: tuple[Terms, ...]
    agents: tuple[tuple[str, tuple[str, ...]], ...] = ()
    operators: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StatutoryException:
    """A statutory exception to rights. It counts only if a policy claims it.

    Parameters
    ----------
    id, name : str
        "eu-dsm-art-4"; its full name.
    lifts : tuple of Layer
        Layers that it sets aside: copyright, or contracts too.
    terms : tuple of Terms
        Whom it covers, where, for what, under which conditions.
    """

    id: str
    name: str
    lifts: tuple["Layer", ...]
    terms: tuple[Terms, ...]


class StatementKind(StrEnum):
    """Role of a statement when several are combined."""

    SPEAKS = "speaks"
    SILENT = "silent"
    SIGNAL = "signal"


class Layer(StrEnum):
    """Kind of right or duty that a statement rests on."""

    COPYRIGHT = "copyright"
    CONTRACT = "contract"
    ACCESS = "access"
    SIGNAL = "signal"
    STATUTE = "statute"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Basis:
    """The basis of a verdict.

    Parameters
    ----------
    id, meaning : str
        "automated-access"; its meaning for readers who are not lawyers.
    say : StatementKind
        A document that speaks always counts; a silent one only if none speaks; a signal may make a
        verdict stricter, never less strict.
    layer : Layer
        What it rests on: statutory exceptions set aside certain layers.
    """

    id: str
    meaning: str
    say: StatementKind
    layer: Layer = Layer.NONE


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of documents, as a tag.

    Parameters
    ----------
    id, meaning : str
        "share-alike"; what has to be done.
    """

    id: str
    meaning: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An unsettled question of law. It is shown where it matters, never decided.

    Parameters
    ----------
    id, title, text : str
        "model-as-adaptation"; the question; what is known of it, in our words.
    bases, conditions, terms, jurisdictions : tuple of str
        Where it matters: statements on one of these bases or under one of these conditions, these
        terms (by prefix of their ids), exceptions of these jurisdictions.
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
        The first of these that any document gives is the combined verdict (`verdicts.yaml`).
    excused_actors : tuple of str
        Actors that are never assumed if the actor is unknown: the platform itself, its licensee.
    digest : str
        SHA-256 over every rule file.
    bases : tuple of Basis
        Weightiest first: among equal verdicts, the one on the weightiest basis is named.
    signals, exceptions : tuple
        In order of their ids.
    conditions : tuple of Condition
        All tags of conditions.
    questions : tuple of OpenQuestion
        What the rules leave open.
    places : tuple of (str, tuple of str)
        The places within each place: ("EU", ("AT", "BE", ...)).
    replaced : tuple of str
        Shipped files that files of the user's folder replace: "sources/x.yaml".
    addresses : tuple of AddressForms
        Forms of the addresses of pages of no source, such as redirections.
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
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()
    replaced: tuple[str, ...] = ()
    addresses: tuple[AddressForms, ...] = ()

    @property
    def agents(self) -> Agents:
        """Return the robots that collect for training, by the document that lists them.

        Lists without meaning for training, according to the rules, are left out.
        """
        relevant_terms = {
            terms.id
            for signal in self.signals
            for terms in signal.terms
            if terms.verdict is not Verdict.UNKNOWN
        }
        return {
            f"{signal.id}/{document}": names
            for signal in self.signals
            for document, names in signal.agents
            if any(
                f"{terms_id}/".startswith(f"{signal.id}/{document}/") for terms_id in relevant_terms
            )
        }
