"""Questions that only people can answer, and the forms that need the answers."""

from dataclasses import dataclass
from enum import StrEnum

from provenance.model.records.disclosure import Answers


class Form(StrEnum):
    """What a disclosure is for."""

    EU = "eu-summary"
    CROISSANT = "croissant"
    CARD = "dataset-card"
    AB_2013 = "ab-2013"
    CYCLONEDX = "cyclonedx"
    SPDX = "spdx"


class AnswerKind(StrEnum):
    """Kind of an answer."""

    TEXT = "text"
    YES_NO = "yes-no"
    TEXTS = "list"
    DAY = "day"
    DATES = "dates"
    ROWS = "tables"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of `summary.toml`.

    Parameters
    ----------
    key : str
        Table and key: "provider.name".
    kind : AnswerKind
        What the answer is.
    text : str
        The question, with all that is needed to answer it.
    example : str
        An answer in TOML; of tables, the keys of one.
    needed_by : frozenset of Form
        Forms that cannot be filled in without an answer.
    used_by : frozenset of Form
        Forms that use the answer if there is one.
    condition : str or None
        Key of a yes-no question: with another answer than yes, this one need not be answered.
    keys : tuple of str
        Keys of the tables; the first is required.
    """

    key: str
    kind: AnswerKind
    text: str
    example: str
    needed_by: frozenset[Form]
    used_by: frozenset[Form] = frozenset()
    condition: str | None = None
    keys: tuple[str, ...] = ()

    def applies(self, answers: Answers) -> bool:
        """Return whether the answers to other questions leave it to be answered."""
        return self.condition is None or answers.truth(self.condition) is True


def _ask(  # noqa: PLR0913 (a table of questions is read by its columns)
    key: str,
    kind: AnswerKind,
    text: str,
    example: str,
    needed: tuple[Form, ...] = (),
    used: tuple[Form, ...] = (),
    *,
    condition: str | None = None,
    keys: tuple[str, ...] = (),
) -> Question:
    return Question(key, kind, text, example, frozenset(needed), frozenset(used), condition, keys)


_T, _B, _L = AnswerKind.TEXT, AnswerKind.YES_NO, AnswerKind.TEXTS
_D, _R, _ROWS = AnswerKind.DAY, AnswerKind.DATES, AnswerKind.ROWS
_EU, _CROISSANT, _CARD, _AB = Form.EU, Form.CROISSANT, Form.CARD, Form.AB_2013
_CYCLONEDX, _SPDX = Form.CYCLONEDX, Form.SPDX

QUESTIONS = (
    _ask(
        "summary.url",
        _T,
        "Address at which the public summary is published; the next version refers to it.",
        '"https://harbour.example/lantern-2/training-content"',
        (),
        (_EU,),
    ),
    _ask(
        "provider.name",
        _T,
        "Legal entity that provides the model or publishes the dataset.",
        '"Harbour Models GmbH"',
        (_EU, _CROISSANT, _CYCLONEDX, _SPDX),
        (_CARD,),
    ),
    _ask(
        "provider.url",
        _T,
        "The provider's web site.",
        '"https://harbour.example"',
        (),
        (_CROISSANT, _CYCLONEDX),
    ),
    _ask(
        "provider.contact",
        _T,
        "Address at which rights-holders and authorities reach it; one that somebody reads.",
        '"copyright@harbour.example"',
        (_EU,),
    ),
    _ask(
        "provider.representative",
        _T,
        "Authorised representative in the Union, if the provider is established outside it; "
        'else "none: established in the Union".',
        '"none: established in the Union"',
        (_EU,),
    ),
    _ask(
        "provider.small",
        _B,
        "Is the provider a small or medium-sized enterprise? It then lists 5 % of its domains, "
        "at most 1,000, instead of 10 %.",
        "false",
        (_EU,),
        condition="crawl.used",
    ),
    _ask(
        "models",
        _ROWS,
        "Models that were trained with the dataset: name and version; the day on which they were "
        "placed on the market of the Union; for a modified model, the model that it was made from "
        "and the address of that model's summary.",
        'name = "Lantern 2"\nversion = "2.1"\nmarket = 2026-09-01\n'
        'made_from = "Lantern 1"\nmade_from_summary = "https://harbour.example/lantern-1"',
        (_EU,),
        (_CYCLONEDX, _SPDX),
        keys=("name", "version", "market", "made_from", "made_from_summary"),
    ),
    _ask(
        "dataset.name",
        _T,
        "Name of the dataset. Not needed where the ledger has it.",
        '"Harbour Pages"',
        (_CROISSANT, _CYCLONEDX, _SPDX),
        (_EU, _AB),
    ),
    _ask(
        "dataset.version",
        _T,
        "Version of the dataset. Without it, the beginning of its digest is used.",
        '"2026-09"',
        (),
        (_CROISSANT, _CARD, _CYCLONEDX, _SPDX),
    ),
    _ask(
        "dataset.description",
        _T,
        "What it is, in a few sentences.",
        '"Pages of museums, harbours and local newspapers in six languages."',
        (_CROISSANT, _CARD),
        (_CYCLONEDX, _SPDX),
    ),
    _ask(
        "dataset.url",
        _T,
        "Address of its page.",
        '"https://data.example/harbour-pages"',
        (_CROISSANT, _SPDX),
        (_CARD, _CYCLONEDX),
    ),
    _ask(
        "dataset.licence",
        _T,
        "Licence under which you pass it on: an SPDX identifier or an address.",
        '"CC-BY-4.0"',
        (_CROISSANT, _CARD, _CYCLONEDX, _SPDX),
    ),
    _ask(
        "dataset.published",
        _D,
        "Day on which it was, or will be, published or released.",
        "2026-09-15",
        (_CROISSANT, _SPDX),
        (_CARD,),
    ),
    _ask(
        "dataset.purpose",
        _T,
        "What it is for, and what it is not for.",
        '"Pretraining of language models; not for decisions on persons."',
        (_CROISSANT, _CARD, _AB),
        (_SPDX,),
    ),
    _ask(
        "dataset.biases",
        _T,
        "Known biases.",
        '"Large institutions and European ports are over-represented."',
        (_CROISSANT,),
        (_CARD, _SPDX),
    ),
    _ask(
        "dataset.personal_information",
        _T,
        "Personal and sensitive information in it, and what was done about it.",
        '"Names of authors and of persons in the news; addresses were removed."',
        (_CROISSANT, _AB),
        (_CARD, _CYCLONEDX),
    ),
    _ask(
        "dataset.social_impact",
        _T,
        "Foreseeable effects on society of its use, good and bad, and what was done about them.",
        '"May help small ports; could favour large languages, so six were balanced."',
        (_CROISSANT,),
        (_CARD,),
    ),
    _ask(
        "dataset.limitations",
        _T,
        "Limitations. What the check found is added.",
        '"Not representative of spoken language."',
        (),
        (_CROISSANT, _CARD),
    ),
    _ask(
        "dataset.types",
        _L,
        "Types of content, as specific as you can: which kind of texts, about what, from where. "
        'Reviewers criticise "web data".',
        '["museum pages", "posts of a harbour forum", "technical manuals"]',
        (_EU, _AB),
    ),
    _ask(
        "dataset.modalities",
        _L,
        "Modalities of the training data: text, image, audio, video, or others. Only text is "
        "measured.",
        '["text"]',
        (),
        (_EU, _SPDX),
    ),
    _ask(
        "dataset.other_sizes",
        _T,
        "Sizes of modalities other than text: numbers of images, hours of audio and of video.",
        '"2,400 images; no audio; no video"',
        (),
        (_EU,),
    ),
    _ask(
        "dataset.languages",
        _L,
        "Languages. Leave it out to have them measured; an answer takes the place of that.",
        '["German", "English"]',
        (_EU, _CARD),
        (_CROISSANT, _SPDX),
    ),
    _ask(
        "dataset.characteristics",
        _T,
        "Other characteristics of the data: regions, groups, periods that prevail.",
        '"Mostly European; 1990 to today."',
        (),
        (_EU,),
    ),
    _ask(
        "dataset.collected",
        _R,
        "When the data was collected: a day, month or year, or FROM..UNTIL, both included. Not "
        "needed where --collected of the check, or the ledger, says so.",
        '"2024..2025-09"',
        (_EU, _AB),
        (_CROISSANT, _CARD, _CYCLONEDX),
    ),
    _ask(
        "dataset.collection_continues",
        _B,
        "Does the collection of data go on?",
        "false",
        (_AB,),
    ),
    _ask(
        "dataset.training_continues",
        _B,
        "Is the model continuously trained on new data after this date?",
        "false",
        (_EU,),
    ),
    _ask(
        "dataset.comments",
        _T,
        "Additional comments for section 1.3 of the form.",
        '"Sizes are those of the text after deduplication."',
        (),
        (_EU,),
    ),
    _ask(
        "public.used",
        _B,
        "Were publicly available datasets used, including snapshots of Common Crawl?",
        "true",
        (_EU,),
    ),
    _ask(
        "public.datasets",
        _ROWS,
        "Every public dataset: name and address; size in bytes after pre-processing, by which "
        "those over 3 % are found that have to be named; which part was used, and why that part.",
        'name = "Harbour Corpus"\nlink = "https://data.example/harbour"\nbytes = 48000000000\n'
        'part = "German pages only, chosen by language"',
        (_EU,),
        (_CROISSANT, _CARD, _AB),
        condition="public.used",
        keys=("name", "link", "bytes", "part"),
    ),
    _ask(
        "public.modalities",
        _L,
        "Modalities of the public datasets, if dataset.modalities has several.",
        '["text"]',
        (_EU,),
        condition="public.used",
    ),
    _ask(
        "public.others",
        _T,
        "General description of public datasets that are not listed: modality, nature (personal "
        "data, protected works, machine-generated), languages, period.",
        '"Some 40 small text datasets in German, mostly encyclopaedic, 2015 to 2024."',
        (),
        (_EU,),
    ),
    _ask(
        "public.comments",
        _T,
        "Additional comments for section 2.1 of the form.",
        '"The largest was deduplicated against the others."',
        (),
        (_EU,),
    ),
    _ask(
        "licensed.used",
        _B,
        "Was data licensed by rights-holders or their representatives used?",
        "false",
        (_EU, _AB),
    ),
    _ask(
        "licensed.modalities",
        _L,
        "Modalities of the licensed data, if dataset.modalities has several.",
        '["text"]',
        (_EU,),
        condition="licensed.used",
    ),
    _ask(
        "third_party.used",
        _B,
        "Were other datasets used that are not public and come from third parties?",
        "false",
        (_EU,),
    ),
    _ask(
        "third_party.description",
        _T,
        "Which datasets: a list if they are publicly known; else modality, nature, languages.",
        '"A purchased archive of trade journals, text, German."',
        (_EU,),
        condition="third_party.used",
    ),
    _ask(
        "third_party.datasets",
        _ROWS,
        "Those of them that are publicly known: name and address.",
        'name = "Journals of the Quay"\nlink = "https://data.example/journals"',
        (),
        (_EU,),
        keys=("name", "link"),
    ),
    _ask(
        "third_party.modalities",
        _L,
        "Modalities of these datasets, if dataset.modalities has several.",
        '["text"]',
        (_EU,),
        condition="third_party.used",
    ),
    _ask(
        "third_party.comments",
        _T,
        "Additional comments for section 2.2.2 of the form.",
        '"The journals are of 1990 to 2020."',
        (),
        (_EU,),
    ),
    _ask(
        "crawl.used",
        _B,
        "Was data used that crawlers collected for the provider, or that it collected by crawlers? "
        "Crawls that others have published, such as Common Crawl, are public datasets.",
        "true",
        (_EU,),
    ),
    _ask(
        "crawl.files",
        _L,
        "Patterns of the files with crawled data, if the dataset has other data as well: only "
        "their domains are then listed.",
        '["crawl/*.parquet"]',
        (),
        (_EU,),
    ),
    _ask(
        "crawl.crawlers",
        _L,
        "Names of the crawlers, as they identify themselves.",
        '["HarbourBot/2"]',
        (_EU,),
        condition="crawl.used",
    ),
    _ask(
        "crawl.purposes",
        _T,
        "What the crawlers collect for.",
        '"Training of language models."',
        (_EU,),
        condition="crawl.used",
    ),
    _ask(
        "crawl.behaviour",
        _T,
        "How they behave: robots.txt and other reservations, captchas, paywalls, logins.",
        '"Obeys robots.txt and ai.txt; stops at captchas, logins and paywalls."',
        (_EU,),
        condition="crawl.used",
    ),
    _ask(
        "crawl.period",
        _R,
        "When they collected.",
        '"2025-01..2025-09"',
        (_EU,),
        condition="crawl.used",
    ),
    _ask(
        "crawl.content",
        _T,
        "What they collected, and from which kinds of sites.",
        '"Articles and guides on the sites of museums, ports and ferry operators."',
        (_EU,),
        (_SPDX,),
        condition="crawl.used",
    ),
    _ask(
        "crawl.modalities",
        _L,
        "Modalities of the crawled data, if dataset.modalities has several.",
        '["text"]',
        (_EU,),
        condition="crawl.used",
    ),
    _ask(
        "crawl.comments",
        _T,
        "Additional comments for section 2.3 of the form.",
        '"All domains are listed, more than the form asks for."',
        (),
        (_EU,),
    ),
    _ask(
        "users.own",
        _B,
        "Was data used from people's use of the model itself?",
        "false",
        (_EU,),
    ),
    _ask(
        "users.other_services",
        _B,
        "Was data used from people's use of other services of the provider?",
        "false",
        (_EU,),
    ),
    _ask(
        "users.description",
        _T,
        "Which services and modalities, if either of the two is true.",
        '"Public posts of our forum, text, with consent since 2024."',
        (),
        (_EU,),
    ),
    _ask(
        "users.modalities",
        _L,
        "Modalities of that data, if dataset.modalities has several.",
        '["text"]',
        (),
        (_EU,),
    ),
    _ask(
        "users.comments",
        _T,
        "Additional comments for section 2.4 of the form.",
        '"Posts of minors were left out."',
        (),
        (_EU,),
    ),
    _ask(
        "synthetic.used",
        _B,
        "Was synthetic data used that the provider made, or had made, for training?",
        "false",
        (_EU, _CROISSANT, _AB),
        (_CARD,),
    ),
    _ask(
        "synthetic.modalities",
        _L,
        "Modalities of the synthetic data, if dataset.modalities has several.",
        '["text"]',
        (_EU,),
        condition="synthetic.used",
    ),
    _ask(
        "synthetic.models",
        _ROWS,
        "Models that made synthetic data: name, and the address of their summary.",
        'name = "Lantern 1"\nlink = "https://harbour.example/lantern-1"',
        (_EU,),
        condition="synthetic.used",
        keys=("name", "link"),
    ),
    _ask(
        "synthetic.other_models",
        _T,
        "Other models that made synthetic data, those of the provider that are not on the market "
        "included: which, and what they were trained with, if known.",
        '"None."',
        (_EU,),
        condition="synthetic.used",
    ),
    _ask(
        "synthetic.comments",
        _T,
        "Additional comments for section 2.5 of the form.",
        '"About 2 % of the tokens."',
        (),
        (_EU,),
    ),
    _ask(
        "synthetic.description",
        _T,
        "What was made, how much, in which modalities.",
        '"Questions and answers on manuals; about 2 % of the tokens."',
        (_AB,),
        condition="synthetic.used",
    ),
    _ask(
        "other.used",
        _B,
        "Was data from other sources used: offline, digitised, labelled by people?",
        "false",
        (_EU,),
    ),
    _ask(
        "other.description",
        _T,
        "Which other sources.",
        '"Letters of our archive, digitised by ourselves."',
        (_EU,),
        condition="other.used",
    ),
    _ask(
        "other.comments",
        _T,
        "Additional comments for section 2.6 of the form.",
        '"Digitised in 2024."',
        (),
        (_EU,),
    ),
    _ask(
        "rights.code_of_practice",
        _B,
        "Has the provider signed the General-Purpose AI Code of Practice, with its chapter on "
        "copyright?",
        "true",
        (_EU,),
    ),
    _ask(
        "rights.reservations",
        _T,
        "What was done before and during collection to respect reservations of rights, and which "
        "opt-outs those honoured from whom datasets came.",
        '"robots.txt, TDMRep and RSL were read at each visit; such pages were left out."',
        (_EU,),
    ),
    _ask(
        "rights.policy",
        _T,
        "Address of the provider's copyright policy.",
        '"https://harbour.example/copyright"',
        (_EU,),
    ),
    _ask(
        "rights.comments",
        _T,
        "Additional comments for section 3.1 of the form.",
        '"The policy is summarised at its address."',
        (),
        (_EU,),
    ),
    _ask(
        "illegal_content.measures",
        _T,
        "What was done to avoid or remove illegal content. The check, its limits and cleanings are "
        "added.",
        '"Lists of known material, classifiers, and review by people."',
        (_EU,),
    ),
    _ask(
        "california.sources",
        _T,
        "Sources or owners of the data. What the check found is added.",
        '"Web sites of museums, ports and local newspapers; listed in eu-domains.csv."',
        (_AB,),
    ),
    _ask(
        "california.labels",
        _T,
        "Types of labels, if the data is labelled.",
        '"Language and topic of each page."',
        (),
        (_AB,),
    ),
    _ask(
        "california.intellectual_property",
        _T,
        "Whether the data includes any that is protected by copyright, trademark or patent, or is "
        "entirely in the public domain.",
        '"Most pages are protected by copyright; some catalogues are in the public domain."',
        (_AB,),
    ),
    _ask(
        "california.purchased",
        _B,
        "Was any of it purchased?",
        "false",
        (_AB,),
    ),
    _ask(
        "california.consumer_information",
        _T,
        "Whether it includes aggregate consumer information (Civil Code § 1798.140).",
        '"None that we know of."',
        (_AB,),
    ),
    _ask(
        "california.processing",
        _T,
        "Cleaning, processing or other modification, and what for. Cleanings in the ledger are "
        "added, and are enough.",
        '"Boilerplate and duplicates were removed, to improve quality."',
        (_AB,),
    ),
    _ask(
        "california.first_used",
        _D,
        "Day on which it was first used in development. Not needed where the ledger has the use.",
        "2025-11-03",
        (_AB,),
    ),
    _ask(
        "additional.information",
        _T,
        "Anything else.",
        '"The dataset and its report can be inspected on request."',
        (),
        (_EU,),
    ),
)
"""In the order of the file."""

QUESTIONS_BY_KEY = {question.key: question for question in QUESTIONS}
