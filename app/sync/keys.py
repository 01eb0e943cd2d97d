"""The server's own keys, to which tablets encrypt what they freeze. Each has an id; old ones stay to read old bytes."""

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwk import ECKey

from app.core.blobs import write_durably
from app.core.key_files import key_folder, making_keys

ALGORITHMS = ["ECDH-ES", "A256GCM"]
MEGABYTE = 1024 * 1024


_KID = re.compile(r"[A-Za-z0-9_-]{43}")
"""A key's thumbprint."""


class _RoomForPhotos(JWERegistry):
    """The library stops at 64 kB, less than a photo or a long visit; the doors bound what they take."""

    max_ciphertext_length = 32 * MEGABYTE


_REGISTRY = _RoomForPhotos(algorithms=ALGORITHMS)


def public_key() -> dict[str, Any]:
    """The JWK, with `kid`, that a newly enrolled tablet encrypts to."""
    key = _newest(key_folder())
    return {**key.as_dict(private=False), "kid": key.kid}


def has_a_key() -> bool:
    """Whether there is any; the first one is made when the first tablet asks for it."""
    return bool(_all(key_folder()))


def open_frozen(frozen: str, typ: str) -> bytes:
    """The bytes inside a frozen operation or photo. Raises ValueError if it was not frozen for this server."""
    try:
        opened = jwe.decrypt_compact(frozen, _find_key, registry=_REGISTRY)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"cannot be opened: {error}") from error
    # Both know each other: a photo, four times over, would stay in memory until the collector comes.
    opened.recipient = None
    if opened.headers().get("typ") != typ or opened.plaintext is None:
        raise ValueError(f"is not a {typ}")
    return opened.plaintext


def freeze(content: bytes, typ: str, key: dict[str, Any]) -> str:
    """What a tablet does: encrypt `content` to the server's public key as a JWE."""
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key["kid"], "typ": typ}
    return jwe.encrypt_compact(header, content, ECKey.import_key(key), registry=_REGISTRY)


def _find_key(recipient: Any) -> ECKey:
    kid = str(recipient.headers().get("kid", ""))
    # The id comes from outside: it names a file only if it is of the form that we give.
    if not _KID.fullmatch(kid):
        raise ValueError(f"no key {kid}")
    try:
        return _read(key_folder() / f"sync-{kid}.json")
    except FileNotFoundError as error:
        raise ValueError(f"no key {kid}") from error


def _newest(folder: Path) -> ECKey:
    return (_all(folder) or [_make()])[-1]


@lru_cache(maxsize=8)
def _read(path: Path) -> ECKey:
    return ECKey.import_key(json.loads(path.read_text()))


def _all(folder: Path) -> list[ECKey]:
    return [_read(path) for path in sorted(folder.glob("sync-*.json"))]


def _make() -> ECKey:
    """Make the first key, once."""
    with making_keys() as folder:
        if not _all(folder):
            key = ECKey.generate_key("P-256", private=True)
            kid = key.thumbprint()
            text = json.dumps({**key.as_dict(private=True), "kid": kid})
            # Durable before any tablet encrypts to it: without this key its records could never be read.
            write_durably(folder / f"sync-{kid}.json", text.encode())
        return _all(folder)[-1]
