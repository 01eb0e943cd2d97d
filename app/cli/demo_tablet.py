"""A tablet in Python: it numbers, words, signs, seals and freezes what an officer does, as the real one would."""

import base64
import itertools
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from app.core.ids import new_id
from app.signatures.rules import FIRST_IN_CHAIN, canonical, sealed_part, sha256_hex
from app.sync.keys import freeze

Json = dict[str, Any]


@dataclass(frozen=True)
class Enrolled:
    """What enrolment told the tablet: itself, its officer, and the server's public key."""

    device_id: str
    code: str
    staff_id: str
    staff_name: str
    server_key: Json


@dataclass(frozen=True)
class Ground:
    """What a statement quotes beside the record itself, in the statement's locale.

    `categories` and `departments` are names by category code; `issues` gives number, text and measure of each issue or
    work order called back on, by its id, what its owner had been `told`, or when it was `done_on`; `witnessed` the
    words that a witness signs under where the owner did not sign; `surveys` each sheet's number and what it asks.
    """

    locale: str
    estate: Json
    unit_label: str
    date: str
    consent: Json
    categories: Mapping[str, str]
    departments: Mapping[str, str]
    issues: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    witnessed: str = ""
    surveys: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Tablet:
    """One tablet with its own key and its own chain of signatures."""

    app_version = "demo"

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.sequence = itertools.count(1)
        self.operations = itertools.count(1)
        self.previous = FIRST_IN_CHAIN

    def public_key(self) -> dict[str, str]:
        """The key that others verify its seals with, as a JWK."""
        numbers = self.private.public_key().public_numbers()
        x, y = _base64url(numbers.x.to_bytes(32)), _base64url(numbers.y.to_bytes(32))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    def belongs_to(self, enrolled: Enrolled) -> None:
        """The office has taken the tablet in."""
        self.enrolled_as = enrolled

    def next_number(self) -> str:
        """The next record's number, `T07-0012`."""
        return f"{self.enrolled_as.code}-{next(self.sequence):04}"

    def statement(self, visit_id: str, body: Json, ground: Ground) -> str:
        """What the owner reads on the screen, as canonical text."""
        return canonical(_statement(visit_id, body, ground, self.enrolled_as)).decode()

    def evidence(self, statement_sha256: str, role: str, signer: Json, ink: Json, **wanted: Any) -> Json:
        """A signature, linked to the tablet's previous one and sealed. `wanted` holds at least its three times."""
        evidence = {
            "v": 1,
            "role": role,
            "statement": statement_sha256,
            "how": "signed",
            "signer": signer,
            "ink": ink,
            "device_id": self.enrolled_as.device_id,
            "app_version": self.app_version,
            "prev": self.previous,
        } | wanted
        part = sealed_part(evidence)
        self.previous = sha256_hex(part)
        return evidence | {"seal": self._seal(part)}

    def seal(self, evidence: Json) -> str:
        """The tablet's seal over an evidence object."""
        return self._seal(sealed_part(evidence))

    def freeze(self, operation: Json) -> Json:
        """An operation (kind, estate, entity, body, `at`, perhaps `op_id`) as it is sent: frozen once."""
        op_id, op_seq = operation.get("op_id") or str(new_id()), next(self.operations)
        text = {"v": 1, "base_version": 0, "author": self.enrolled_as.staff_id} | operation
        text |= {"op_id": op_id, "op_seq": op_seq}
        frozen = freeze(canonical(text), "doorstep-op", self.enrolled_as.server_key)
        return {"op_id": op_id, "op_seq": op_seq, "digest": sha256_hex(frozen.encode()), "jwe": frozen}

    def photo(self, content: bytes, size: tuple[int, int]) -> tuple[Json, bytes]:
        """How a record names a photo, and the frozen bytes to upload."""
        frozen = freeze(content, "doorstep-blob", self.enrolled_as.server_key).encode()
        named = {
            "sha256": sha256_hex(content),
            "sealed": sha256_hex(frozen),
            "width": size[0],
            "height": size[1],
            "bytes": len(content),
        }
        return named, frozen

    def _seal(self, part: bytes) -> str:
        r, s = decode_dss_signature(self.private.sign(part, ec.ECDSA(SHA256())))
        return _base64url(r.to_bytes(32) + s.to_bytes(32))


def an_operation(kind: str, estate_id: uuid.UUID | str, entity_id: uuid.UUID | str, body: Json, at: str) -> Json:
    """What stands inside an operation before the tablet adds itself."""
    return {"kind": kind, "estate_id": str(estate_id), "entity_id": str(entity_id), "body": body, "at": at}


def _statement(visit_id: str, body: Json, ground: Ground, by: Enrolled) -> Json:
    return {
        "schema": "doorstep/statement",
        "v": 1,
        "template": 1,
        "locale": ground.locale,
        "estate": ground.estate,
        "unit": {"id": body["unit_id"], "label": ground.unit_label},
        "visit": {
            "id": visit_id,
            "number": body["number"],
            "date": ground.date,
            "started_at": body["started_at"],
            "method": body["method"],
        },
        "officer": {"id": by.staff_id, "name": by.staff_name},
        "interviewee": {name: body["interviewee"][name] for name in ("name", "relation")},
        "callbacks": [_callback(given, ground) for given in body["answers"]],
        "issues": [_issue(issue, n, ground) for n, issue in enumerate(body["issues"], start=1)],
        "photos": [
            {"sha256": photo["sha256"], "issue_id": issue["id"]}
            for issue in body["issues"]
            for photo in issue["photos"]
        ]
        + [
            {"sha256": photo["sha256"], "issue_id": given["issue_id"]}
            for given in body["answers"]
            for photo in given.get("photos", ())
        ]
        + [
            {"sha256": photo["sha256"], "issue_id": given["sheet_id"]}
            for given in body.get("surveys", ())
            for photo in given.get("photos", ())
        ],
        "wishes": body["wishes"],
        "rating": body["rating"],
        "consent": ground.consent,
        **({"unsigned": body["unsigned"] | {"words": ground.witnessed}} if ground.witnessed else {}),
        **({"surveys": [_sheet(given, ground) for given in body["surveys"]]} if body.get("surveys") else {}),
    }


def _sheet(given: Json, ground: Ground) -> Json:
    """A survey's sheet as its owner sees it; its questions only where it came back."""
    asked, levels, opinions = ground.surveys[given["sheet_id"]], given.get("levels", {}), given.get("opinions", {})
    told = {name: bool(given.get(name)) for name in ("purpose_told", "key_items_told")}
    questions = asked["questions"] if given["act"] == "collected" else []
    names = {one["department_id"]: one["department"] for one in asked["questions"]}
    return {
        **{name: given[name] for name in ("sheet_id", "survey_id", "act")},
        **{name: asked[name] for name in ("number", "title")},
        **told,
        "purpose": asked["purpose"] if told["purpose_told"] else "",
        "key_items": asked["key_items"] if told["key_items_told"] else [],
        **{name: given.get(name) or "" for name in ("collect_at", "filled", "signed_name", "overall", "reason")},
        "signed": bool(given.get("signed")),
        **{name: given[name] for name in ("signed_relation",) if name in given},
        "questions": [
            {name: one[name] for name in ("id", "department", "text")} | {"level": levels.get(one["id"], "")}
            for one in questions
        ],
        "opinions": [
            {"department_id": id_, "department": names.get(id_, ""), "text": words} for id_, words in opinions.items()
        ],
        "callback_welcome": {None: "", True: "yes", False: "no"}[given.get("callback_welcome")],
    }


def _callback(given: Json, ground: Ground) -> Json:
    about = "order_id" if "order_id" in given else "issue_id"
    known = ground.issues.get(given[about], {})
    quoted = {name: known.get(name, "") for name in ("number", "text", "measure")}
    quoted |= {name: known[name] for name in ("done_on",) if name in known}
    told = {"told": _told(given) | known.get("told", {})} if given["answer"] in _TOLD else {}
    return quoted | {name: given[name] for name in (about, "round", "answer", "reason")} | told


def _told(given: Json) -> Json:
    """What an answer is to that no task asks for."""
    if "new_date" in given:
        return {"what": "new_date", "words": "", "to_on": given["new_date"]}
    return {"what": "closed" if given["answer"] == "objected" else "explained", "words": ""}


_TOLD = ("agreed", "disagreed", "objected")


def _issue(issue: Json, n: int, ground: Ground) -> Json:
    return {
        "n": n,
        "category": ground.categories.get(issue["category"], ""),
        "department": "" if issue["answered"] else ground.departments.get(issue["category"], ""),
        "promised_on": issue.get("promised_on") or "",
        **({"complaint": issue["complaint"]} if issue.get("complaint") else {}),
        **{name: issue[name] for name in ("id", "text", "answered", "answer")},
    }


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
