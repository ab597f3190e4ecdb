"""Rulings as the judge gives them, on sources real and invented; every sentence is ours."""

from datetime import date

from provenance.model.results.result import SourceRuling
from provenance.model.rules.policy import Agreement
from provenance.model.rules.rule_library import OpenQuestion
from provenance.model.rules.rulings import Alternative, Reason, Ruling, VerdictPeriod
from provenance.model.rules.terms import DateRange, ModelScope, Purpose, Terms, TimeAxis, Verdict

_ALL = tuple(Purpose)


def _terms(name: str, document: str, verdict: Verdict, basis: str, **more: object) -> Terms:
    fields: dict[str, object] = {
        "id": name,
        "subject": name.split("/", maxsplit=1)[0],
        "document": document,
        "address": None,
        "period": DateRange(date.fromisoformat(name.rsplit("/", maxsplit=1)[-1])),
        "time_axis": TimeAxis.COLLECTION,
        "binds": ("any",),
        "uses": _ALL,
        "jurisdictions": ("any",),
        "verdict": verdict,
        "basis": basis,
        "clause": None,
        "paraphrase": "",
        "condition": None,
        "quotation_digest": None,
        "stored_copy": None,
        "confidence": "verified on a stored copy",
    }
    return Terms(**{**fields, **more})  # type: ignore[arg-type]


_X_DEVELOPER = _terms(
    "x/developer-agreement/2025-06-04",
    "X Developer Agreement",
    Verdict.FORBIDDEN,
    "explicit-ml",
    address="https://developer.x.com/en/developer-terms/agreement",
    clause="III.A (k)",
    binds=("api-developer",),
    model_scope=ModelScope.FOUNDATION_OR_FRONTIER,
    conditions=("consent or contract",),
    paraphrase="Content got through the interface may not be used to train or tune a foundation or "
    "frontier model.",
    quotation_digest="b7" * 32,
)
_X_TERMS = _terms(
    "x/terms-of-service/2020-06-18",
    "X Terms of Service",
    Verdict.RESTRICTED,
    "automated-access",
    address="https://x.com/en/tos",
    clause="4, Using the Services",
    binds=("scraper", "account-holder"),
    period=DateRange(date(2020, 6, 18), date(2023, 9, 29)),
    paraphrase="Crawlers that kept to robots.txt were allowed; scraping needed consent. Training "
    "is not named.",
    condition="Keep to robots.txt, or have consent.",
)
_REDDIT = _terms(
    "reddit/data-api-terms/2023-06-19",
    "Reddit Data API Terms",
    Verdict.FORBIDDEN,
    "explicit-ml",
    clause="2.4",
    paraphrase="Training on user content needs leave from those who hold the rights in it.",
    confidence="secondary",
)
_STACK = _terms(
    "stackexchange/content-licence/2018-05-02",
    "Content licence: CC BY-SA 4.0",
    Verdict.RESTRICTED,
    "copyright-licence",
    address="https://stackoverflow.com/questions/347758/licensing-of-what-people-wrote-there-and-its"
    "-updates-over-the-years",
    time_axis=TimeAxis.CONTENT,
    paraphrase="Posts may be used by anyone who names their authors and shares what is made of "
    "them alike.",
    condition="Name the authors; share alike.",
    conditions=("attribution", "share-alike"),
)
_STACK_EARLIER = _terms(
    "stackexchange/content-licence/2011-04-08",
    "Content licence: CC BY-SA 3.0",
    Verdict.RESTRICTED,
    "copyright-licence",
    time_axis=TimeAxis.CONTENT,
    period=DateRange(date(2011, 4, 8), date(2018, 5, 2)),
    paraphrase="Posts may be used by anyone who names their authors and shares alike.",
    condition="Name the authors; share alike.",
    conditions=("attribution", "share-alike"),
)
_MASTODON = _terms(
    "mastodon/terms-of-service/2025-07-01",
    "mastodon.social Terms of Service",
    Verdict.RESTRICTED,
    "automated-access",
    address="javascript:alert('terms')",
    paraphrase="Bulk collection needs the server's consent.",
    confidence="not verified",
)

QUESTION = OpenQuestion(
    "contract-or-copyright",
    "Do terms of a site bind whoever never accepted them?",
    "Courts differ.",
    bases=("automated-access",),
)
RULINGS = (
    SourceRuling(
        "x",
        "X (Twitter)",
        items=231,
        documents=212,
        ruling=Ruling(
            subject="x",
            verdict=Verdict.FORBIDDEN,
            basis="explicit-ml",
            terms=_X_DEVELOPER.id,
            why="The date of collection is unknown, so every version since the posts appeared "
            "could count. The strictest is the Developer Agreement of 2025-06-04, whose clause "
            "III.A (k) bars training.",
            reasons=(
                Reason(_X_DEVELOPER, Verdict.FORBIDDEN, "explicit-ml", decisive=True),
                Reason(_X_TERMS, Verdict.RESTRICTED, "automated-access", decisive=False),
            ),
            alternatives=(
                Alternative(
                    "collected 2020-06-18 to 2023-09-28",
                    Verdict.RESTRICTED,
                    "automated-access",
                    _X_TERMS.id,
                ),
                Alternative("as scraper", Verdict.RESTRICTED, "automated-access", _X_TERMS.id),
                Alternative(
                    "collected since 2025-06-04", Verdict.FORBIDDEN, "explicit-ml", _X_DEVELOPER.id
                ),
            ),
            remedy="state when it was collected with --collected, sign an agreement, or remove it.",
            questions=(QUESTION,),
            timeline=(
                VerdictPeriod(
                    DateRange(None, date(2020, 6, 18)), Verdict.UNKNOWN, "no-terms", None
                ),
                VerdictPeriod(
                    DateRange(date(2020, 6, 18), date(2025, 6, 4)),
                    Verdict.RESTRICTED,
                    "automated-access",
                    _X_TERMS.id,
                ),
                VerdictPeriod(
                    DateRange(date(2025, 6, 4), None),
                    Verdict.FORBIDDEN,
                    "explicit-ml",
                    _X_DEVELOPER.id,
                ),
            ),
        ),
        agreement=None,
    ),
    SourceRuling(
        "forum.example",
        "forum.example",
        items=9,
        documents=9,
        ruling=Ruling(
            subject="forum.example",
            verdict=Verdict.UNKNOWN,
            basis="no-rule",
            terms=None,
            why="No rule file names this source, so nothing is known of its terms.",
            reasons=(),
            alternatives=(),
            remedy=None,
        ),
        agreement=None,
    ),
    SourceRuling(
        "mastodon",
        "Mastodon (mastodon.social)",
        items=0,
        documents=0,
        ruling=Ruling(
            subject="mastodon",
            verdict=Verdict.RESTRICTED,
            basis="automated-access",
            terms=_MASTODON.id,
            why="The server's terms limit bulk collection and do not name training.",
            reasons=(Reason(_MASTODON, Verdict.RESTRICTED, "automated-access", decisive=True),),
            alternatives=(),
            remedy="ask the server's operators.",
        ),
        agreement=None,
    ),
    SourceRuling(
        "stackexchange",
        "Stack Exchange",
        items=81,
        documents=77,
        ruling=Ruling(
            subject="stackexchange",
            verdict=Verdict.RESTRICTED,
            basis="copyright-licence",
            terms=_STACK.id,
            why="Posts stand under CC BY-SA: they may be used if authors are named and what is "
            "made of them is shared alike.",
            reasons=(Reason(_STACK, Verdict.RESTRICTED, "copyright-licence", decisive=True),),
            alternatives=(),
            remedy="keep the authors' names with the data, and decide how you share alike.",
        ),
        agreement=None,
    ),
    SourceRuling(
        "stackexchange",
        "Stack Exchange",
        items=20,
        documents=19,
        ruling=Ruling(
            subject="stackexchange",
            verdict=Verdict.RESTRICTED,
            basis="copyright-licence",
            terms=_STACK_EARLIER.id,
            why="Posts of before 2018-05-02 stand under an earlier version of the licence.",
            reasons=(
                Reason(_STACK_EARLIER, Verdict.RESTRICTED, "copyright-licence", decisive=True),
            ),
            alternatives=(),
            remedy="keep the authors' names with the data.",
        ),
        agreement=None,
    ),
    SourceRuling(
        "reddit",
        "Reddit",
        items=52,
        documents=51,
        ruling=Ruling(
            subject="reddit",
            verdict=Verdict.PERMITTED,
            basis="agreement",
            terms=_REDDIT.id,
            why="The public terms bar training, but contract 17/2024 permits it until 2027-01-31.",
            reasons=(Reason(_REDDIT, Verdict.FORBIDDEN, "explicit-ml", decisive=True),),
            alternatives=(
                Alternative("without the agreement", Verdict.FORBIDDEN, "explicit-ml", _REDDIT.id),
            ),
            remedy=None,
        ),
        agreement=Agreement(
            "reddit",
            (Purpose.PRETRAINING, Purpose.FINE_TUNING),
            DateRange(date(2024, 2, 1), date(2027, 2, 1)),
            "contract 17/2024",
        ),
    ),
)
