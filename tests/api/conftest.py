"""A system with a key to a small estate, and how it speaks."""

import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.core.db import db
from app.people.systems import let_in
from tests.builders import NOBODY, NOW
from tests.repairs.conftest import a_yard


@dataclass(frozen=True)
class Pms:
    """A property system: its key, and the ids of what it speaks about."""

    client: FlaskClient
    key: str
    system_id: uuid.UUID
    estate_id: uuid.UUID
    unit: str

    def post(self, path: str, body: Any, *, locale: str = "en", key: str = "", **headers: str) -> TestResponse:
        """Post JSON as the system does; `Idempotency_Key="…"` becomes a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        auth = {"Authorization": f"Bearer {key or self.key}", "Accept-Language": locale}
        return self.client.post(f"/api/v1{path}", json=body, headers=auth | named)

    def get(self, path: str, locale: str = "en") -> TestResponse:
        return self.client.get(
            f"/api/v1{path}", headers={"Authorization": f"Bearer {self.key}", "Accept-Language": locale}
        )

    def an_order(self, number: str = "PMS-1", **wanted: Any) -> dict[str, Any]:
        """The body of a new order."""
        return {
            "order_number": number,
            "kind": "free",
            "unit": self.unit,
            "content": "厨房水槽漏水",
            "reported_at": "2026-11-23T09:30:00+08:00",
            "reported_by": "陈建国",
            "phone": "13812346021",
        } | wanted

    def posted(self, number: str = "PMS-1", **wanted: Any) -> dict[str, Any]:
        """An order that was taken in."""
        answer = self.post("/work-orders", self.an_order(number, **wanted))
        assert answer.status_code == 201, answer.text
        return dict(answer.json)


@pytest.fixture
def pms(app: Flask, client: FlaskClient) -> Pms:
    """The system, let in."""
    with app.app_context():
        yard = a_yard()
        system, key = let_in(yard.estate.id, "物业管理系统", by=NOBODY, at=NOW)
        told = (system.id, yard.estate.id, yard.unit.short)
        db.session.commit()
    return Pms(client, key, *told)
