"""Types of arguments that several public functions take, and what they are for."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from os import PathLike, fspath
from typing import Annotated, TypedDict

from provenance.model.rules.terms import Actor, ModelScope, Purpose
from provenance.pipeline.python_api.options import Option

Address = str | PathLike[str]
Addresses = Address | Iterable[Address]


class AddressList(list[str]):
    """Addresses as the command line takes them: a bare name may be that of a dataset on a hub."""


Names = str | Iterable[str]
Day = str | date | int
"""A day, month or year; a number is a year."""
ShareText = Annotated[str, '"1%"']
"""A share, with an example that errors show."""
GateText = Annotated[str, '"forbidden=1%"']
Gates = GateText | Iterable[GateText] | Mapping[str, object]
ProgressCallback = Callable[[str, int, int | None], None]
"""Receives the name of a step, the amount that is done, and the total where it is known."""

_SCOPES = [str(scope) for scope in ModelScope if scope is not ModelScope.ANY]

Registries = Annotated[
    Addresses,
    Option(
        "Registry to match against{repeatable}.",
        flags="--registry",
        metavar="DIR",
        paths="folders",
    ),
]
PolicyFile = Annotated[
    Address | None,
    Option(
        "Policy file. Default: provenance.toml, or pyproject.toml.",
        metavar="FILE",
        paths="files",
    ),
]
RulesFolder = Annotated[
    Address | None,
    Option("Folder of your own rules, on top of the shipped ones.", metavar="DIR", paths="folders"),
]
ModelOf = Annotated[
    Address | None,
    Option(
        "Score matches with the corpus model in the report of an earlier check, instead of with "
        "{corpus} itself, so that text in both is scored alike.",
        metavar="REPORT",
        paths="folders",
    ),
]
TextColumns = Annotated[
    Names,
    Option(
        "Column with the text{repeatable}. Unset: detected.",
        flags="--text-column",
        metavar="NAME",
    ),
]
MaxDocument = Annotated[
    str | int | None,
    Option(
        "Maximum size of a document (a line, a row or a text file). A larger one is an error.  "
        "[default: 64MB]",
        metavar="SIZE",
    ),
]
Split = Annotated[str | None, Option("Split of a dataset on a hub. Unset: all.", metavar="NAME")]
AllowUnread = Annotated[
    int,
    Option(
        "Accept up to N files or folders that cannot be read to the end, or columns of which the "
        "texts are not words. With more, the outcome is incomplete: the exit code is 2.",
        metavar="N",
        low=0,
        default=0,
    ),
]
Threads = Annotated[
    int | None,
    Option("Number of threads. Unset: one per available core.", metavar="N", low=1, high=1024),
]
Scheduler = Annotated[
    str | None,
    Option("Address of the Dask scheduler. Unset: a cluster on this machine.", metavar="ADDRESS"),
]
TrustFile = Annotated[
    Address | None,
    Option(
        "Keys, and the sources that each may speak for: registries that these have not signed are "
        "refused. Unset: as the policy says, else any registry.",
        metavar="FILE",
        paths="files",
    ),
]
NoCache = Annotated[
    bool,
    Option("Ignore the cache of earlier checks, and cache nothing. See `provenance cache`."),
]
Verify = Annotated[
    bool,
    Option(
        "Compare the files of the registries with their digests, even if this machine has done so "
        "before and they were not written since."
    ),
]
Chance = Annotated[
    float | None,
    Option(
        "Chance matches that you accept per million words, of all registries together: 0.1 for a "
        "court, 10 for a first look. Fewer means that more copies are missed.  [default: 1]",
        metavar="N",
        low=1e-40,
        high=100,
    ),
]
Collected = Annotated[
    Day | None,
    Option(
        "When the content was collected: a day, month or year, or FROM..UNTIL, both included. "
        "Unset: every version of the terms since an item was published is considered.",
        metavar="DATE",
    ),
]
PurposeName = Annotated[
    str | None,
    Option(
        f"Purpose: {', '.join(Purpose)}.  [default: pretraining]",
        metavar="USE",
        choices=[*map(str, Purpose)],
    ),
]
ActorName = Annotated[
    str | None,
    Option(
        f"Role of the collector: {', '.join(Actor)}. Unset: the strictest applies.",
        metavar="ROLE",
        choices=[*map(str, Actor)],
    ),
]


def given_paths(given: Addresses) -> list[str]:
    """Return the path or paths, or other strings, that a function was given."""
    several = [given] if isinstance(given, str | PathLike) else given
    return [fspath(each) for each in several]


class CircumstanceOptions(TypedDict, total=False):
    """Circumstances that the terms depend on."""

    purpose: PurposeName
    collected: Collected
    actor: ActorName
    jurisdiction: Annotated[
        str | None, Option("EU, DE, US, ... Unset: all apply.", metavar="PLACE")
    ]
    commercial: Annotated[
        bool | None,
        Option(
            "Whether the use is commercial. Unset: the stricter verdict applies.",
            flags="--commercial/--non-commercial",
        ),
    ]
    model: Annotated[
        Names,
        Option(
            f"Kind of model: {', '.join(_SCOPES)}{{repeatable}}. It may be of the others, too, "
            "unless other is stated, alone or beside them. Unset: the strictest applies.",
            metavar="KIND",
            choices=[*_SCOPES, "other"],
        ),
    ]
    claims: Annotated[
        Names,
        Option(
            "Statutory exception that you claim, such as eu-dsm-art-4{repeatable}.",
            flags="--claim",
            metavar="ID",
        ),
    ]


class BackgroundOptions(TypedDict, total=False):
    """Registries of what many people quote."""

    backgrounds: Annotated[
        Addresses,
        Option(
            "Registry of texts that are often quoted (books, scripture, licences): findings that "
            "it also contains are contested, and no gate counts them{repeatable}.",
            flags="--background",
            metavar="DIR",
            paths="folders",
        ),
    ]
    common_background: Annotated[
        bool | None,
        Option(
            "Do not use the shipped background of what everybody quotes: classics, scripture, "
            "sayings, licences.",
            flags="--no-common-background",
            sets=False,
        ),
    ]


class MatchingOptions(BackgroundOptions, CircumstanceOptions, total=False):
    """Options by which texts are matched, and matches judged."""

    chance: Chance


class RegistryOptions(BackgroundOptions, total=False):
    """What a dataset is compared with."""

    registries: Registries
    policy: PolicyFile


class RunOptions(TypedDict, total=False):
    """How a command runs."""

    threads: Threads
    no_cache: NoCache
    verify: Verify
    progress: ProgressCallback | None
