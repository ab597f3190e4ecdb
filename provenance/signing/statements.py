"""Statements about files or datasets, in the form of in-toto: subjects and a predicate."""

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
_DIGEST = re.compile("[0-9a-f]{64}")


class Namespace(StrEnum):
    """Namespaces of signatures, as in files of allowed signers."""

    ATTESTATION = "provenance-attestation"
    REGISTRY = "provenance-registry"
    FEEDBACK = "provenance-feedback"
    DOCUMENTS = "provenance-documents"


@dataclass(frozen=True, slots=True)
class Subject:
    """Subject of a statement: a name and a digest.

    Parameters
    ----------
    name : str
        Its name.
    sha256 : str
        Its digest, in hexadecimal.
    """

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement.

    Parameters
    ----------
    subjects : tuple of Subject
        At least one.
    predicate_type : str
        Address that identifies the form of the predicate.
    predicate : dict
        What is stated, as JSON values.
    """

    subjects: tuple[Subject, ...]
    predicate_type: str
    predicate: dict[str, Any]

    def encode(self) -> bytes:
        """Return it as JSON; equal statements have the same bytes."""
        document = {
            "_type": STATEMENT_TYPE,
            "subject": [
                {"name": each.name, "digest": {"sha256": each.sha256}} for each in self.subjects
            ],
            "predicateType": self.predicate_type,
            "predicate": self.predicate,
        }
        return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def decode_statement(content: bytes) -> Statement:
    """Parse a statement.

    Raises
    ------
    ValueError
        If it is not one, or a subject has no SHA-256.
    """
    try:
        document = json.loads(content)
        if document["_type"] != STATEMENT_TYPE:
            raise ValueError(f"its type is not {STATEMENT_TYPE}")
        subjects = tuple(
            Subject(str(each.get("name", "")), each["digest"]["sha256"])
            for each in document["subject"]
        )
        is_complete = bool(subjects) and all(_DIGEST.fullmatch(each.sha256) for each in subjects)
        statement = Statement(subjects, document["predicateType"], document["predicate"])
    except (LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("it is not a statement of in-toto with SHA-256 digests") from error
    if not (is_complete and isinstance(statement.predicate, dict)):
        raise ValueError("it lacks the digest of its subject, or its predicate")
    return statement
