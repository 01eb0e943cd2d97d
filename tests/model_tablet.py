"""A tablet in Python that pushes: a `Tablet` of the demonstration with a way to the server's door."""

from __future__ import annotations

import uuid
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from app.cli.demo_tablet import Enrolled, Tablet, an_operation
from app.core.clock import isoformat
from app.core.ids import new_id
from app.signatures.rules import sha256_hex
from tests.quoted import ground

STROKES = [[[100 + 60 * i, 200 + (90 if i % 2 else 0), 500, 16 * i] for i in range(14)]]
"""Ink enough for a signature."""
INK = {"canvas": {"width": 760, "height": 250, "ratio": 200}, "pointer": "pen", "strokes": STROKES}


class ModelTablet(Tablet):
    """One enrolled tablet. `client` is the way to the server; `code` a one-time enrolment code."""

    app_version = "model"

    def __init__(self, client: FlaskClient, code: str) -> None:
        super().__init__()
        self.client, self.clock = client, timedelta()
        self.enrol_anew(code)

    def enrol_anew(self, code: str) -> None:
        """The office takes the tablet in, once more if it knows it already; its key stays."""
        answer = self.client.post("/sync/enrol", json={"code": code, "key": self.public_key(), "app_version": "model"})
        assert answer.status_code == 200, answer.json
        self.enrolled = answer.json
        device, staff = self.enrolled["device"], self.enrolled["staff"]
        self.device_id, self.staff_id = device["id"], staff["id"]
        key = self.enrolled["server_key"]
        self.belongs_to(Enrolled(device["id"], device["code"], staff["id"], staff["name"], key))

    def as_new(self, client: FlaskClient) -> ModelTablet:
        """The tablet as it was when it had just been enrolled, with its key, before the server of another test."""
        again = copy(self)
        Tablet.__init__(again)
        again.private, again.client = self.private, client
        return again

    # --- what the officer does ---

    def a_visit(self, estate_id: object, unit_id: object, **wanted: Any) -> dict[str, Any]:
        """The body of a visit at a door, with both signatures under its statement, ready to be frozen.

        It quotes what the office has now; `known_issues`: documents of issues as this tablet has them instead,
        `known_surveys`: by sheet its number and the survey's document.
        """
        visit_id = wanted.pop("visit_id", None) or str(new_id())
        by_owner = wanted.pop("by_owner", "unsigned" not in wanted)
        witnessed, had_been_told = wanted.pop("witnessed", ""), wanted.pop("had_been_told", {})
        locale, issues = wanted.pop("locale", "zh"), wanted.pop("known_issues", {})
        surveys = wanted.pop("known_surveys", {})
        body = {
            "number": self.next_number(),
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
        if witnessed:
            met, why = body["interviewee"]["name"], body["unsigned"]["note"]
            witnessed = f"{witnessed}（{self.enrolled_as.staff_name} · {met} · {why}）"
        app, more = self.client.application, {"witnessed": witnessed, "surveys": surveys}
        quoted = ground(app, str(estate_id), body, locale=locale, issues=issues, **more)
        told = {issue_id: {**quoted.issues.get(issue_id, {}), "told": one} for issue_id, one in had_been_told.items()}
        quoted = replace(quoted, issues={**quoted.issues, **told})
        body["statement"] = self.statement(visit_id, body, quoted)
        digest = sha256_hex(body["statement"].encode())
        if by_owner:
            met = body["interviewee"]
            body["signatures"] = [self.sign(digest, "owner", met["name"], met["relation"])]
        body.setdefault("signatures", [])
        body["signatures"].append(self.sign(digest, "officer", self.enrolled["staff"]["name"], "officer"))
        return an_operation("visit.hold", str(estate_id), visit_id, body, "2026-11-23T06:47:01.000Z")

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

    def an_addendum(
        self, estate_id: object, visit: dict[str, Any], text: str = "厨房也渗水", **wanted: Any
    ) -> dict[str, Any]:
        """A later fact to a visit, ready to be frozen."""
        body = {
            "visit_id": visit["entity_id"],
            "number": self.next_number(),
            "text": text,
            "written_at": "2026-11-23T08:10:00.000Z",
        } | wanted
        return an_operation("visit.append", str(estate_id), str(new_id()), body, "2026-11-23T08:10:01.000Z")

    def a_correction(
        self, estate_id: object, unit_id: object, about: str, value: dict[str, str], **wanted: Any
    ) -> dict[str, Any]:
        """What the officer noted about an owner file, ready to be frozen."""
        body = {
            "number": self.next_number(),
            "unit_id": str(unit_id),
            "about": about,
            "value": value,
            "base": {},
            "remark": "",
            "noted_at": "2026-11-23T08:20:00.000Z",
        } | wanted
        return an_operation("owner.correct", str(estate_id), str(new_id()), body, "2026-11-23T08:20:01.000Z")

    def a_reading(self, estate_id: object, *read: tuple[object, int], **wanted: Any) -> dict[str, Any]:
        """That these lines of the briefing were read, each in a version; ready to be frozen."""
        items = [{"id": str(item_id), "version": version} for item_id, version in read]
        body = {"estate_id": str(estate_id), "items": items, "read_at": "2026-11-23T00:40:00.000Z"} | wanted
        return an_operation("briefing.read", str(estate_id), str(new_id()), body, "2026-11-23T00:40:00.000Z")

    def an_inspection(self, estate_id: object, **wanted: Any) -> dict[str, Any]:
        """Something noticed in a lift hall, ready to be frozen; `estate` is the one that its body names."""
        body = {
            "number": self.next_number(),
            "estate_id": str(wanted.pop("estate", estate_id)),
            "issue_id": str(new_id()),
            "where": {"building": "3", "entrance": "1", "floor": 2, "place": "电梯厅"},
            "text": "墙面瓷砖脱落",
            "category": "leak",
            "urgency": "ordinary",
            "photos": [],
            "noticed_at": "2026-11-23T06:40:00.000Z",
        } | wanted
        return an_operation("inspection.record", str(estate_id), str(new_id()), body, "2026-11-23T06:41:00.000Z")

    def a_photo(self, content: bytes) -> tuple[dict[str, Any], bytes]:
        """How a record names a photo, and the frozen bytes to upload."""
        return self.photo(content, (20, 10))

    def sign(self, statement_sha256: str, role: str, name: str, relation: str, **wanted: Any) -> dict[str, Any]:
        """Evidence of a signature, sealed with the tablet's key and linked to the one before."""
        times = {
            "shown_at": "2026-11-23T06:44:00.000Z",
            "end_seen_at": "2026-11-23T06:45:00.000Z",
            "signed_at": "2026-11-23T06:46:00.000Z",
        }
        signer, ink = wanted.pop("signer", {"name": name, "relation": relation}), wanted.pop("ink", INK)
        return self.evidence(statement_sha256, role, signer, ink, **times | wanted)

    # --- what the tablet does ---

    def freeze(self, operation: dict[str, Any]) -> dict[str, Any]:
        """An operation as it stands in the outbox: frozen once."""
        return super().freeze({"at": "2026-11-23T06:47:01.000Z"} | operation)

    def push(self, *frozen: dict[str, Any], client: FlaskClient | None = None, **headers: str) -> Any:
        """The server's whole answer to a push."""
        message = {
            "device_time": isoformat(datetime.now(UTC) + self.clock),
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
        return dict(self.pulled(cursor).json)

    def pulled(self, cursor: str) -> Any:
        """The answer that brings one page of changes."""
        headers = {"Authorization": f"Bearer {self.enrolled['read_token']}"}
        answer = self.client.get("/sync/pull", query_string={"cursor": cursor}, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer

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


def an_id() -> uuid.UUID:
    """An id as tablets make them."""
    return new_id()
