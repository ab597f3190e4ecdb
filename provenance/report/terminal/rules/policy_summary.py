"""Description of a policy in sentences, and the template of a policy file."""

from collections.abc import Sequence
from datetime import date

from provenance.model.rules.policy import (
    Agreement,
    OriginRule,
    Policy,
    UndecidedRule,
    Waiver,
    WaiverReason,
    WithdrawnRule,
)
from provenance.model.rules.rule_library import Library
from provenance.report.terminal.terminal_style import TerminalStyle
from provenance.report.text.gate_sentences import unlimited_sentence
from provenance.report.text.number_format import exact_percent, period
from provenance.report.text.policy_notes import last_day
from provenance.report.text.sentences import circumstances_phrase, collection_phrase

POLICY_TEMPLATE = """\
# What this organisation accepts in a dataset. `provenance policy explain` describes this file.
# Lines that are commented out show a default, or an example.

[check]
purpose = "pretraining"       # fine-tuning, evaluation, retrieval, research-tdm
# collected = 2023-06-01      # a day, "2023-06", "2023", or {from = 2023-01-01, until = 2023-07-01}
# actor = "scraper"           # account-holder, api-developer, any-recipient, research-organisation,
#                             # heritage-institution
# jurisdiction = "EU"         # unset: all count
# commercial = true           # unset: the stricter verdict applies
# affiliate = true            # used by an affiliate of the party to the agreements; unset: by it
# model = ["generative"]      # foundation-or-frontier, competing; "other": of no other kind
# text_columns = ["text"]     # unset: detected by names and contents
# max_document = "64MB"       # larger documents are not read
# chance = 1                  # chance matches accepted per million words; 0.1 finds less, surer
# withdrawn_key = "withdrawn.key"        # key of the fingerprints of withdrawn items
# own_probability = 0.8       # from which words are the item's own, and gates count them
# quoted_probability = 0.2    # of own words, up to which they are somebody else's
# undecided = "contest"       # words of which it is unclear whose they are; unset: "probable"
# withdrawn = "forbid"        # withdrawn and opted-out documents; unset: "report"
# registries = ["registries/x"]
# backgrounds = ["registries/classics"]  # often quoted texts
# common_background = false   # without the shipped background of what everybody quotes
# calibration = "calibration.json"       # shares are corrected with it
# signals = "captures"        # robots.txt and similar files: HOST/YEAR-MONTH-DAY/FILE

[gate]                        # fails where more than this is found
forbidden = "0%"              # [SOURCE:]VERDICT[/BASIS][.documents|.tokens|.bytes]
unknown = "0%"                # what no rule decides; without this gate it passes, "not decided"
# restricted = "0%"           # allowed only under conditions; without this gate, it passes
# "x:restricted/automated-access.documents" = "5%"

# [claims]                    # statutory exceptions that counsel has confirmed
# eu-dsm-art-4 = true

# [[agreements]]              # contracts that permit what the public terms do not
# source = "reddit"
# purposes = ["pretraining"]
# from = 2024-02-01
# until = 2027-01-31          # its last day, included
# survives = true             # what was collected until then may be used later; unset: unknown
# deletion = false            # true: it must be deleted then
# models = ["generative", "other"]     # kinds that it covers; unset: all
# affiliates = true           # whether affiliates may use the content; unset: unknown
# authors = true              # whether it grants the rights of the authors, too
# reference = "contract 17/2024"
# digest = "..."              # sha256sum of the signed document

# [[collections]]             # parts of the dataset with circumstances of their own; the first
# name = "purchased posts"    # that fits counts
# files = "bought/*"          # and/or source, host, column with value
# source = "reddit"
# host = "reddit.com"
# column = "meta.snapshot"
# value = "2024-*"
# collected = 2024-05-01      # actor, jurisdiction and commercial too; unset: as in [check]
# route = "purchase"          # crawl, api, download, users, own: shown in reports
# agreement = "contract 17/2024"  # which then applies in no other content

# [ledger]                    # check, clean and registry remove write records to it
# path = "ledger"             # a folder, or s3://bucket/ledger

# [trust]                     # registries that these keys have not signed are refused
# path = "trust.toml"         # keys, and the sources that each may speak for

# [disputes]                  # signed notes on items that no gate counts until they are settled
# path = "disputes.jsonl"     # written by provenance feedback
# allowed_signers = "allowed_signers"  # who may sign them
# owners = ["*@owner.example"]         # whose disputes do not lapse after 90 days

# [[waivers]]                 # findings that a named person has approved
# source = "x"                # and/or documents, item, dataset, rule
# documents = "faq-*"
# reason = "own-content"      # or licensed, false-match, public-domain, risk-accepted
# statement = "These are posts of our own account."
# approver = {given = "Rosa", family = "Osei", role = "legal"}
# expires = 2027-01-31        # at most two years from now
"""
"""The file that `provenance policy init` writes."""


def policy_template(*, strict: bool) -> str:
    """Return the file that `provenance policy init` writes; a strict one limits all but permission.

    Parameters
    ----------
    strict : bool
        Whether restricted content fails, too.
    """
    return POLICY_TEMPLATE.replace("# restricted =", "restricted =") if strict else POLICY_TEMPLATE


_WITHDRAWN_MEANINGS = {
    WithdrawnRule.REPORT: "Such documents are reported, and judged by the terms.",
    WithdrawnRule.FORBID: "Such documents are forbidden.",
}
_UNDECIDED_MEANINGS = {
    UndecidedRule.COUNT: "Words of which it is unclear whether they are the item's own count for "
    "its source.",
    UndecidedRule.PROBABLE: "Words of which it is unclear whether they are the item's own count "
    "for its source if that is more probable than not; the low ends of shares allow for the doubt.",
    UndecidedRule.CONTEST: "Words of which it is unclear whether they are the item's own are "
    "contested: no gate counts them.",
}

_COMMON_MEANINGS = {
    True: "The shipped background of what everybody quotes is used.",
    False: "The shipped background of what everybody quotes is not used.",
}


def policy_text(
    policy: Policy, library: Library, notes: Sequence[str], today: date, style: TerminalStyle
) -> str:
    """Describe a policy in sentences.

    Parameters
    ----------
    policy : Policy
        The policy.
    library : Library
        Has the names of exceptions that it claims.
    notes : sequence of str
        Notes on it, such as names that the rules do not know.
    today : date
        Decides what has expired.
    style : TerminalStyle
        Width and colours.

    Returns
    -------
    str
        Lines, including the last newline.
    """
    general = policy.circumstances
    names = {exception.id: exception.name for exception in library.exceptions}
    claims = [f"{claim}: {names.get(claim, claim)}" for claim in policy.circumstances.claims]
    sections = {
        "Use": [f"Content is checked {circumstances_phrase(policy.circumstances)}."],
        "Gates": [
            *(
                f"{gate}: fails above {exact_percent(gate.limit)} of the {gate.unit}."
                for gate in policy.gates
            ),
            *filter(None, [unlimited_sentence(policy.gates)]),
        ],
        "Chance": [f"Chance matches are accepted up to {policy.chance:g} per million words."],
        "Origin": [
            _origins_sentence(policy.origins),
            _UNDECIDED_MEANINGS[policy.origins.undecided],
            _COMMON_MEANINGS[policy.common_background],
        ],
        "Withdrawn or opted out": [_WITHDRAWN_MEANINGS[policy.withdrawn]],
        "Claimed exceptions": claims or ["None: no statutory exception changes a verdict."],
        "Agreements": [_agreement(agreement, today) for agreement in policy.agreements]
        or ["None."],
        "Collections": [
            f"{collection_phrase(each)}: {circumstances_phrase(each.circumstances(general))}."
            for each in policy.collections
        ],
        "Waivers": [_waiver(waiver, today) for waiver in policy.waivers] or ["None."],
        "Notes": list(notes),
    }
    lines = [style.bold(f"Policy: {policy.path or 'defaults (no policy file)'}")]
    for title, sentences in sections.items():
        if sentences:
            lines += ["", style.bold(title)]
            lines += [line for each in sentences for line in style.wrap(each, "  ", "    ")]
    return "\n".join([*lines, "", f"Digest: {policy.digest}"]) + "\n"


AFTER_END = {
    None: "whether what was collected in its term may still be used is not stated (survives)",
    True: "what was collected in its term may still be used",
    False: "it covers no use any more",
}
"""What follows from the end of an agreement, by whether it survives its end."""


def _agreement(agreement: Agreement, today: date) -> str:
    digest_note = "" if agreement.digest is None else f", SHA-256 {agreement.digest[:12]}"
    models = "" if agreement.models is None else f", {' and '.join(agreement.models)} models only"
    sentences = [
        (
            f"{agreement.reference}: content of {agreement.source} for "
            f"{', '.join(agreement.purposes)}{models}, collected {period(agreement.period)}"
            f"{digest_note}."
        ),
        _affiliates(agreement.affiliates),
        "It grants the rights of the authors, too." if agreement.authors else None,
        _end(agreement, today),
    ]
    return " ".join(filter(None, sentences))


def _affiliates(affiliates: bool | None) -> str | None:
    if affiliates is None:
        return None
    return f"It covers {'affiliates' if affiliates else 'no affiliates'}."


def _end(agreement: Agreement, today: date) -> str | None:
    if agreement.last_day is None:
        return None
    begin = "It has ended" if agreement.has_ended(today) else f"After {agreement.last_day}"
    if agreement.deletion:
        return f"{begin}: what was collected in its term must be deleted."
    return f"{begin}: {AFTER_END[agreement.survives]}."


def _waiver(waiver: Waiver, today: date) -> str:
    if waiver.reason is WaiverReason.DISPUTED:
        end = "lapsed" if waiver.is_over(today) else "lapses"
        lapse = "" if waiver.expires is None else f"; {end} on {waiver.expires}"
        return f"{waiver.id}: {waiver.statement!r} (disputed by {waiver.approver}{lapse})."
    state = f"EXPIRED {waiver.expires}" if waiver.is_over(today) else f"until {last_day(waiver)}"
    return (
        f"{waiver.id}: {waiver.statement!r} ({waiver.reason}; approved by "
        f"{waiver.approver}; {state})."
    )


def _origins_sentence(rule: OriginRule) -> str:
    own, quoted = exact_percent(rule.own), exact_percent(rule.quoted)
    return (
        f"Words are the item's own from a probability of {own} on, and somebody else's up to "
        f"{quoted}."
    )
