"""A tablet in Python: enrols, freezes, signs and pushes as the real one does."""

import base64
import hashlib
import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from flask.testing import FlaskClient
from joserfc import jwe
from joserfc.jwk import ECKey

from app.core.clock import isoformat
from app.core.ids import new_id
from app.signatures.rules import FIRST_IN_CHAIN, canonical, sealed_part, sha256_hex

STROKES = [[[100 + 60 * i, 200 + (90 if i % 2 else 0), 500, 16 * i] for i in range(14)]]
"""Ink enough for a signature."""


class ModelTablet:
    """One enrolled tablet. `client` is the way to the server; `code` a one-time enrolment code."""

    def __init__(self, client: FlaskClient, code: str) -> None:
        self.client = client
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.sequence = itertools.count(1)
        self.previous = FIRST_IN_CHAIN
        answer = client.post("/sync/enrol", json={"code": code, "key": self._public(), "app_version": "model"})
        assert answer.status_code == 200, answer.json
        self.enrolled = answer.json
        self.device_id = self.enrolled["device"]["id"]
        self.staff_id = self.enrolled["staff"]["id"]

    # --- what the officer does ---

    def a_visit(self, estate_id: object, unit_id: object, **wanted: Any) -> dict[str, Any]:
        """The body of a visit at a door, with both signatures under its statement, ready to be frozen."""
        visit_id = wanted.pop("visit_id", None) or str(new_id())
        body = {
            "number": f"{self.enrolled['device']['code']}-{next(self.sequence):04}",
            "unit_id": str(unit_id),
            "method": "door",
            "started_at": "2026-11-23T06:32:00.000Z",
            "ended_at": "2026-11-23T06:47:00.000Z",
            "interviewee": {"name": "陈建国", "relation": "owner"},
            "script": {"introduced": True, "purpose": True, "recent_work": True, "measures": True},
            "task_ids": [],
            "answers": [],
            "issues": [],
            "wishes": "",
            "rating": "satisfied",
        } | wanted
        body["statement"] = canonical(self._statement(str(estate_id), visit_id, body)).decode()
        digest = sha256_hex(body["statement"].encode())
        if "unsigned" not in body:
            body["signatures"] = [self.sign(digest, "owner", "陈建国", body["interviewee"]["relation"])]
        body.setdefault("signatures", [])
        body["signatures"].append(self.sign(digest, "officer", self.enrolled["staff"]["name"], "officer"))
        return {"kind": "visit.hold", "estate_id": str(estate_id), "entity_id": visit_id, "body": body}

    def an_issue(self, text: str = "主卫天花板渗水", category: str = "leak", **wanted: Any) -> dict[str, Any]:
        """One matter the owner raises, open unless said otherwise."""
        return {
            "id": str(new_id()),
            "text": text,
            "category": category,
            "urgency": "ordinary",
            "answered": False,
            "answer": "",
            "promised_on": "2026-11-26",
            "photos": [],
        } | wanted

    def a_photo(self, content: bytes) -> tuple[dict[str, Any], bytes]:
        """How a record names a photo, and the frozen bytes to upload."""
        frozen = self._freeze(content, "doorstep-blob").encode()
        named = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "sealed": hashlib.sha256(frozen).hexdigest(),
            "width": 20,
            "height": 10,
            "bytes": len(content),
        }
        return named, frozen

    def sign(self, statement_sha256: str, role: str, name: str, relation: str, **wanted: Any) -> dict[str, Any]:
        """Evidence of a signature, sealed with the tablet's key and linked to the one before."""
        evidence = {
            "v": 1,
            "role": role,
            "statement": statement_sha256,
            "how": "signed",
            "signer": {"name": name, "relation": relation},
            "ink": {"canvas": {"width": 760, "height": 250, "ratio": 200}, "pointer": "pen", "strokes": STROKES},
            "shown_at": "2026-11-23T06:44:00.000Z",
            "end_seen_at": "2026-11-23T06:45:00.000Z",
            "signed_at": "2026-11-23T06:46:00.000Z",
            "device_id": self.device_id,
            "app_version": "model",
            "prev": self.previous,
        } | wanted
        self.previous = sha256_hex(sealed_part(evidence))
        return evidence | {"seal": self.seal(evidence)}

    def seal(self, evidence: dict[str, Any]) -> str:
        """The tablet's seal over an evidence object."""
        r, s = decode_dss_signature(self.private.sign(sealed_part(evidence), ec.ECDSA(SHA256())))
        return _base64url(r.to_bytes(32) + s.to_bytes(32))

    # --- what the tablet does ---

    def freeze(self, operation: dict[str, Any]) -> dict[str, Any]:
        """An operation as it stands in the outbox: frozen once."""
        op_id, op_seq = operation.pop("op_id", None) or str(new_id()), next(self.sequence)
        text = {
            "op_id": op_id,
            "op_seq": op_seq,
            "v": 1,
            "base_version": 0,
            "author": self.staff_id,
            "at": "2026-11-23T06:47:01.000Z",
        } | operation
        frozen = self._freeze(canonical(text), "doorstep-op")
        return {"op_id": op_id, "op_seq": op_seq, "digest": sha256_hex(frozen.encode()), "jwe": frozen}

    def push(self, *frozen: dict[str, Any], client: FlaskClient | None = None, **headers: str) -> Any:
        """The server's whole answer to a push."""
        message = {
            "device_time": isoformat(datetime.now(UTC)),
            "app_version": "model",
            "unsent": {"count": len(frozen)},
            "storage": {"persisted": True, "usage": 1000, "quota": 10**9},
            "operations": list(frozen),
        }
        return (client or self.client).post("/sync/push", json=message, headers=self._sends() | headers)

    def receipts(self, *frozen: dict[str, Any]) -> list[dict[str, Any]]:
        """The receipts for these operations."""
        answer = self.push(*frozen)
        assert answer.status_code == 200, answer.text
        return list(answer.json["receipts"])

    def pull(self, cursor: str = "") -> dict[str, Any]:
        """One page of changes."""
        headers = {"Authorization": f"Bearer {self.enrolled['read_token']}"}
        answer = self.client.get("/sync/pull", query_string={"cursor": cursor}, headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    def pull_all(self, cursor: str = "") -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, Any]]:
        """Every change since a cursor by type and id, and the last page."""
        changes: dict[tuple[str, str], dict[str, Any]] = {}
        while True:
            page = self.pull(cursor)
            changes |= {(change["type"], change["id"]): change for change in page["changes"]}
            if not page["more"]:
                return changes, page
            cursor = page["cursor"]

    def upload(self, sealed: str, content: bytes, offset: int = 0, length: int | None = None) -> Any:
        """Send bytes of a photo from an offset on."""
        headers = {"Upload-Offset": str(offset), "Upload-Length": str(length or offset + len(content))}
        return self.client.put(f"/sync/blobs/{sealed}", data=content, headers=self._sends() | headers)

    def ask_upload(self, sealed: str) -> Any:
        """How far an upload has come."""
        return self.client.head(f"/sync/blobs/{sealed}", headers=self._sends())

    def _sends(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.enrolled['send_token']}"}

    def _freeze(self, content: bytes, typ: str) -> str:
        key = self.enrolled["server_key"]
        header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": key["kid"], "typ": typ}
        return jwe.encrypt_compact(header, content, ECKey.import_key(key), algorithms=["ECDH-ES", "A256GCM"])

    def _public(self) -> dict[str, str]:
        numbers = self.private.public_key().public_numbers()
        x, y = _base64url(numbers.x.to_bytes(32)), _base64url(numbers.y.to_bytes(32))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def _statement(self, estate_id: str, visit_id: str, body: dict[str, Any]) -> dict[str, Any]:
        return {
            "schema": "doorstep/statement",
            "v": 1,
            "template": 1,
            "locale": "zh",
            "estate": {
                "id": estate_id,
                "name": "锦绣花园",
                "company": "锦绣花园物业服务中心",
                "phone": "0571-8888 1234",
            },
            "unit": {"id": body["unit_id"], "label": "3 栋 1 单元 1202"},
            "visit": {
                "id": visit_id,
                "number": body["number"],
                "date": "2026-11-23",
                "started_at": body["started_at"],
                "method": body["method"],
            },
            "officer": {"id": self.staff_id, "name": self.enrolled["staff"]["name"]},
            "interviewee": {name: body["interviewee"][name] for name in ("name", "relation")},
            "callbacks": [
                {
                    "number": "",
                    "text": "",
                    "measure": "",
                    **{k: given[k] for k in ("issue_id", "round", "answer", "reason")},
                }
                for given in body["answers"]
            ],
            "issues": [
                {
                    "n": n,
                    "category": "防水",
                    "department": "" if issue["answered"] else "工程维修部",
                    "promised_on": issue.get("promised_on") or "",
                    **{k: issue[k] for k in ("id", "text", "answered", "answer")},
                }
                for n, issue in enumerate(body["issues"], start=1)
            ],
            "photos": [
                {"sha256": photo["sha256"], "issue_id": issue["id"]}
                for issue in body["issues"]
                for photo in issue["photos"]
            ],
            "wishes": body["wishes"],
            "rating": body["rating"],
            "consent": {"version": 1, "text": "我已阅读以上内容。"},
        }


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def an_id() -> uuid.UUID:
    """An id as tablets make them."""
    return new_id()
