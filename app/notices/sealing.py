"""Secrets of channels, sealed with a key of the server's own: the database alone tells nobody where notices go."""

import fcntl
import json
import uuid
from pathlib import Path

from flask import current_app
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from app.core.blobs import write_durably

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
    """Made once: whoever needs it at the same moment, in this process or another, waits and reads."""
    folder = Path(current_app.config["KEYS"])
    file = folder / "notices.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "making").open("a") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if not file.exists():
                made = OctKey.generate_key(256, private=True)
                write_durably(file, json.dumps(made.as_dict(private=True)).encode())
    return OctKey.import_key(json.loads(file.read_text()))
