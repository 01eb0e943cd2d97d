"""Secrets of channels, sealed with a key of the server's own: the database alone tells nobody where notices go."""

import json
import uuid

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from app.core.blobs import write_durably
from app.core.key_files import key_folder, making_keys

_ALGORITHMS = ["dir", "A256GCM"]


def seal(secret: str, of: uuid.UUID) -> str:
    """A secret `of` one channel or estate, as it may be kept."""
    content = json.dumps({"of": str(of), "secret": secret}).encode()
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, content, _key(), algorithms=_ALGORITHMS)


def unseal(sealed: str, of: uuid.UUID) -> str | None:
    """The secret; None if it was sealed by another key, or for another channel."""
    try:
        content = json.loads(jwe.decrypt_compact(sealed, _key(), algorithms=_ALGORITHMS).plaintext or b"{}")
    except (JoseError, ValueError):
        return None
    return str(content["secret"]) if content.get("of") == str(of) else None


def _key() -> OctKey:
    file = key_folder() / "notices.json"
    if not file.exists():
        with making_keys():
            if not file.exists():
                made = OctKey.generate_key(256, private=True)
                write_durably(file, json.dumps(made.as_dict(private=True)).encode())
    return OctKey.import_key(json.loads(file.read_text()))
