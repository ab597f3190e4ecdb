"""Signatures: keys, allowed signers, and signed statements (DSSE envelopes of in-toto)."""

from provenance.signing.allowed_signers import (
    AllowedSigner,
    parse_allowed_signers,
    read_allowed_signers,
    signers_of_keys,
)
from provenance.signing.envelopes import (
    SignedStatement,
    Signer,
    Trust,
    sign_statement,
    verify_statement,
)
from provenance.signing.keys import (
    PASSPHRASE_VARIABLE,
    PrivateKey,
    PublicKey,
    check_library,
    create_key,
    load_private_key,
    load_public_key,
)
from provenance.signing.statements import Namespace, Statement, Subject

__all__ = [
    "PASSPHRASE_VARIABLE",
    "AllowedSigner",
    "Namespace",
    "PrivateKey",
    "PublicKey",
    "SignedStatement",
    "Signer",
    "Statement",
    "Subject",
    "Trust",
    "check_library",
    "create_key",
    "load_private_key",
    "load_public_key",
    "parse_allowed_signers",
    "read_allowed_signers",
    "sign_statement",
    "signers_of_keys",
    "verify_statement",
]
