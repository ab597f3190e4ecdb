"""Gates, as people write them."""

import pytest

from provenance.errors import PolicyError
from provenance.model.rules.policy import Gate, Unit
from provenance.model.rules.terms import Verdict
from provenance.read.policy.gate_syntax import parse_gate


@pytest.mark.parametrize(
    ("text", "gate"),
    [
        ("forbidden=0.1%", Gate(Verdict.FORBIDDEN, limit=0.001)),
        ("forbidden = 5 %", Gate(Verdict.FORBIDDEN, limit=0.05)),
        ("x:restricted.documents=5%", Gate(Verdict.RESTRICTED, "x", Unit.DOCUMENTS, 0.05)),
        ("nytimes.com:unknown.bytes=100%", Gate(Verdict.UNKNOWN, "nytimes.com", Unit.BYTES, 1.0)),
        (
            "x:restricted/automated-access.documents=5%",
            Gate(Verdict.RESTRICTED, "x", Unit.DOCUMENTS, 0.05, "automated-access"),
        ),
        ("forbidden.tokens=.5%", Gate(Verdict.FORBIDDEN, limit=0.005)),
    ],
)
def test_a_gate_is_read_and_written_alike(text, gate):
    assert parse_gate(text) == gate
    assert parse_gate(str(gate)) == gate


@pytest.mark.parametrize(
    ("text", "said", "remedy"),
    [
        ("forbidden", "has no share", "VERDICT"),
        ("forbidden=0.001", "'0.001' is not a share", "0.1%"),
        ("forbidden=101%", "'101%'", "0.1%"),
        ("forbidden=-1%", "'-1%'", "0.1%"),
        ("forbidden=some%", "'some%'", "0.1%"),
        ("=1%", "empty", "write it"),
        ("x:forbiden=1%", "'forbiden'", "'forbidden'"),
        ("forbidden.=1%", "empty", "write it"),
        ("forbidden.token=1%", "'token'", "'tokens'"),
    ],
)
def test_a_gate_that_cannot_be_meant_teaches_the_grammar(text, said, remedy):
    with pytest.raises(PolicyError) as caught:
        parse_gate(text)
    assert text in caught.value.message
    assert said in caught.value.message
    assert remedy in caught.value.remedy
