"""Signatures of registries: a statement on the manifest, which has the digests of all files."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provenance import __version__
from provenance.atomic_output import read_small_file, replace_file
from provenance.errors import RegistryError, SignatureInvalid
from provenance.pipeline.exchange.checkpoint import Check, day_after, manifest_digest
from provenance.pipeline.exchange.trust_file import TrustedKey, TrustFile, read_trust_file
from provenance.read.policy.policy_file import load_trust_path
from provenance.registry.manifest import MANIFEST, Manifest, parse_manifest, read_manifest_bytes
from provenance.registry.registry_folder import locked_folder, signature_name, state_fresh_until
from provenance.registry.store import open_registry
from provenance.signing import (
    PASSPHRASE_VARIABLE,
    Namespace,
    PublicKey,
    SignedStatement,
    Statement,
    Subject,
    Trust,
    check_library,
    load_private_key,
    sign_statement,
    verify_statement,
)

PREDICATE_TYPE = "urn:provenance:registry:v1"
_SIGN = "ask its owner to sign it: provenance registry sign REGISTRY --key FILE"


@dataclass(frozen=True, slots=True)
class Signing:
    """Outcome of signing a registry.

    Parameters
    ----------
    manifest : Manifest
        Of the registry.
    path : Path
        The file with the signatures.
    keys : tuple of PublicKey
        The keys that signed.
    principal : str or None
        The name under which they signed, if one was stated.
    exposed : tuple of Path
        Files of private keys that other users of the machine may read.
    """

    manifest: Manifest
    path: Path
    keys: tuple[PublicKey, ...]
    principal: str | None
    exposed: tuple[Path, ...]


def sign(
    folder: Path,
    keys: Sequence[Path],
    principal: str | None = None,
    *,
    fresh_days: int | None = None,
) -> Signing:
    """Sign a registry, replacing earlier signatures of the same version.

    Parameters
    ----------
    folder : Path
        The registry.
    keys : sequence of Path
        Files of the private keys.
    principal : str or None
        The name under which the signer speaks; None lets the reader's trust file say it.
    fresh_days : int or None
        As for `push`.

    Raises
    ------
    SigningError
        If a key cannot be used.
    RegistryNotFound, RegistryVersion, CorruptFile, DigestMismatch
        If `folder` is not a registry, or is damaged.
    RegistryError
        If it cannot be written.
    """
    check_library()
    passphrase = os.environ.get(PASSPHRASE_VARIABLE)
    secret = None if passphrase is None else passphrase.encode()
    loaded = [load_private_key(key, secret) for key in keys]
    if fresh_days is not None:
        state_fresh_until(folder, day_after(fresh_days))
    manifest = open_registry(folder).manifest
    with locked_folder(folder):
        content = read_manifest_bytes(folder)
        if parse_manifest(content, folder) != manifest:
            raise RegistryError(f"{folder} was changed while it was signed", remedy="sign it again")
        path = folder / signature_name(content)
        with replace_file(path) as stream:
            stream.write(sign_statement(_statement(content, manifest, principal), *loaded))
    exposed = tuple(key for key, each in zip(keys, loaded, strict=True) if each.is_exposed)
    return Signing(manifest, path, tuple(each.public for each in loaded), principal, exposed)


def _statement(content: bytes, manifest: Manifest, principal: str | None) -> Statement:
    predicate = {
        "registry": manifest.digest,
        "created": manifest.created.isoformat(),
        "freshUntil": manifest.fresh_until and manifest.fresh_until.isoformat(),
        "items": manifest.items,
        "sources": [each.source for each in manifest.sources],
        "principal": principal,
        "tool": __version__,
    }
    return Statement((Subject(MANIFEST, manifest_digest(content)),), PREDICATE_TYPE, predicate)


def require_trusted_folder(folder: Path, manifest: Manifest, trust: TrustFile) -> tuple[str, ...]:
    """Raise an error unless those who may speak for all sources of a registry have signed it.

    Parameters
    ----------
    folder : Path
        The registry.
    manifest : Manifest
        Its manifest, as it is used.
    trust : TrustFile
        The keys that count.

    Returns
    -------
    tuple of str
        As `require_trusted`.

    Raises
    ------
    SignatureInvalid
        As `require_trusted`.
    RegistryError
        If it was changed meanwhile.
    """
    content = read_manifest_bytes(folder)
    if parse_manifest(content, folder) != manifest:
        raise RegistryError(f"{folder} was changed meanwhile", remedy="run the command again")
    try:
        signature = read_small_file(folder / signature_name(content))
    except OSError:
        signature = None
    return require_trusted(str(folder), content, signature, manifest, trust)


def require_trusted(
    name: str, content: bytes, signature: bytes | None, manifest: Manifest, trust: TrustFile
) -> tuple[str, ...]:
    """Raise an error unless those who may speak for all sources of a registry have signed it.

    A registry without any content needs no signature.

    Parameters
    ----------
    name : str
        Folder or address of the registry, for errors.
    content : bytes
        Its manifest, as it is stored.
    signature : bytes or None
        The file with its signatures; None if there is none.
    manifest : Manifest
        Its manifest.
    trust : TrustFile
        The keys that count.

    Returns
    -------
    tuple of str
        The principals that signed it, sorted.

    Raises
    ------
    SignatureInvalid
        If it is not signed, a signature does not hold, a key is not valid now, or none that signed
        may speak for one of its sources.
    """
    if not manifest.places:
        return ()
    sources: list[str | None] = [source.source for source in manifest.sources]
    if signature is None:
        raise SignatureInvalid(
            f"{name} is not signed; {trust.path} asks for signatures of those who may speak for "
            f"its sources, {', '.join(map(str, sources))}",
            remedy=f"{_SIGN}; or check without a trust file",
        )
    where, now = f"{name}/{signature_name(content)}", datetime.now(UTC)
    signers = tuple(key.unlimited for key in trust.keys)
    signed = verify_statement(
        signature, where, Trust(signers, now), Namespace.REGISTRY, {PREDICATE_TYPE}
    )
    if signed.statement.subjects != (Subject(MANIFEST, manifest_digest(content)),):
        raise SignatureInvalid(
            f"{where} is the signature of another manifest than {name}/{MANIFEST}, which was "
            "changed after it was signed",
            remedy=f"pull the registry again, or {_SIGN}",
        )
    keys = _signing_keys(signed, trust)
    for source in sources or [None]:
        _require_voice(name, source, keys, trust, now)
    return tuple(sorted({key.signer.name for key in keys}))


def trust_of_policy() -> str | None:
    """Return the trust file that the policy of the working folder names, if any."""
    return load_trust_path(None, Path.cwd())


def trust_check(address: str, path: str) -> Check:
    """Return what `pull` judges a manifest by: `require_trusted`, with a trust file."""
    trust = read_trust_file(path)

    def check(content: bytes, signature: bytes | None, manifest: Manifest) -> None:
        require_trusted(address, content, signature, manifest, trust)

    return check


def _signing_keys(signed: SignedStatement, trust: TrustFile) -> list[TrustedKey]:
    """Return the entries of a trust file whose keys signed, under the name that was stated."""
    fingerprints = {signer.fingerprint for signer in signed.signers}
    principal = signed.statement.predicate.get("principal")
    return [
        key
        for key in trust.keys
        if key.signer.key.fingerprint in fingerprints
        and (principal is None or key.signer.is_called(str(principal)))
    ]


def _require_voice(
    name: str, source: str | None, keys: Sequence[TrustedKey], trust: TrustFile, now: datetime
) -> None:
    """Raise an error unless one of the keys that signed may speak for a source, now."""
    voices = [key for key in keys if source is None or key.speaks_for(source)]
    if not voices:
        raise _no_voice(name, source, keys, trust)
    objections = [
        f"{key} {objection}"
        for key in voices
        if (objection := key.signer.objection(Namespace.REGISTRY, now)) is not None
    ]
    if len(objections) == len(voices):
        raise SignatureInvalid(
            f"{name} is signed, but {'; '.join(objections)}",
            remedy="ask its owner to sign it with a key that is valid, and add that to "
            f"{trust.path}",
        )


def _no_voice(
    name: str, source: str | None, keys: Sequence[TrustedKey], trust: TrustFile
) -> SignatureInvalid:
    known = [key for key in trust.keys if source is None or key.speaks_for(source)]
    if not known:
        return SignatureInvalid(
            f"{name} has items of the source {source!r}, for which {trust.path} has no key",
            remedy=f"if you trust its owner, add the key to {trust.path}, with "
            f'sources = ["{source}"]',
        )
    signers = "; ".join(map(str, keys)) or "a key under a name that is not its own there"
    return SignatureInvalid(
        f"{name} has items of the source {source!r}, and nobody who may speak for it by "
        f"{trust.path} has signed; signed has {signers}",
        remedy=f"ask for a signature with {' or '.join(map(str, known))}; or, if you trust the "
        f"signer with this source, say so in {trust.path}",
    )
