"""Records of the demonstration estate handed up: earlier months archived, the latest still being read."""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from app.approvals.models import Review
from app.approvals.queries import review_of
from app.approvals.rules import Duty, Move
from app.cli.demo_ink import a_signature
from app.core.db import db
from app.core.ids import new_id
from app.core.journal import By
from app.estates.models import Estate
from app.estates.rules import months_before
from app.people.models import Staff
from app.people.rules import Role
from app.signatures.desk import Signing, digest_of
from app.signatures.messages import Ink
from app.visits.batches import gather, move_batch, move_line, submit_batch
from app.visits.gathered import contents_of, ready_to_hand_up, records_in
from app.visits.models import Batch
from app.visits.rules import LineMove

_SUMMARIES = (
    "本期走访业主总体满意，渗水、门禁两类反映较多，已派单跟进；一户拒签，已说明原因。",
    "本期以例行走访为主，业主关心停车和绿化；投诉苗头一户，已口头答复并记录。",
    "多数业主满意，电梯和排水各有反映；承诺事项均已派单，下期重点回访不满意的两户。",
)
_OPINIONS = (
    "已逐条阅读，渗水各户请工程维修部优先安排。",
    "情况属实，同意。请专员按承诺日期回访。",
    "已阅，本月重点盯住返工事项。",
)
_TO_ADD = "这一户的渗水位置没写清楚，请补充是哪一间、从何时开始。"


class Desks:
    """The people who read records. What they do is committed step by step: numbers are given at a commit."""

    def __init__(self, estate: Estate, officers: list[Staff], readers: dict[Role, Staff], now: datetime) -> None:
        self._estate, self._officers, self._readers, self._now = estate, officers, readers, now
        self._zone = ZoneInfo(estate.time_zone)
        self._chance = Random(estate.code)  # noqa: S311 - whose words and ink, not a secret

    def play(self, months: int) -> None:
        """At the beginning of each month what the one before brought; some of late, of which one is sent back."""
        today = self._now.astimezone(self._zone).date()
        for ago in reversed(range(months)):
            begins = self._evening(months_before(today.replace(day=1), ago))
            for officer in self._officers:
                self._hand_up(officer, begins, stages=4)
        first, second = self._officers
        self._hand_up(first, self._evening(today - timedelta(days=4)), stages=1, sends_one_back=True)
        self._hand_up(second, self._evening(today - timedelta(days=2)), stages=0)

    def _hand_up(self, officer: Staff, at: datetime, *, stages: int, sends_one_back: bool = False) -> None:
        """All that an officer has by then, read by so many who have it in hand."""
        by, ready = By(officer.id), ready_to_hand_up(self._estate.id, officer.id)
        by_then = [visit.id for visit in ready if visit.received_at < at < self._now]
        if not by_then:
            return
        batch = gather(self._estate, officer, by_then, by=by, at=at)
        submit_batch(batch, self._chance.choice(_SUMMARIES), event_id=new_id(), by=by, at=at)
        db.session.commit()
        if sends_one_back:
            self._send_one_back(batch, at + timedelta(hours=14))
        for stage in range(stages):
            self._read(batch, at + timedelta(hours=15 + 24 * stage))

    def _read(self, batch: Batch, at: datetime) -> None:
        review = review_of(batch.id)
        if review is None or review.stage is None or at > self._now:
            return
        reader = self._readers[review.stage.role]
        move_batch(
            batch,
            Move.HAND_ON,
            after=len(review.acts),
            roles=frozenset({review.stage.role}),
            event_id=new_id(),
            by=By(reader.id),
            at=at,
            note=self._chance.choice(_OPINIONS) if review.stage.duty is not Duty.ARCHIVE else "",
            signing=self._signing(batch, review, reader) if review.stage.duty is Duty.SIGN else None,
        )
        db.session.commit()

    def _signing(self, batch: Batch, review: Review, reader: Staff) -> Signing:
        ink = Ink.model_validate(a_signature(reader.name, self._chance))
        shown = digest_of(contents_of(batch, records_in(batch), review))
        return Signing(shown, ink, "以上记录本人已逐条阅读。", "zh")

    def _send_one_back(self, batch: Batch, at: datetime) -> None:
        records = records_in(batch)
        raised = [record for record in records if record.issues]
        if not raised or len(records) < 2:
            return
        by, roles = By(self._readers[Role.SUPERVISOR].id), frozenset({Role.SUPERVISOR})
        move_line(raised[0].line, LineMove.SEND_BACK, roles=roles, event_id=new_id(), by=by, at=at, note=_TO_ADD)
        db.session.commit()

    def _evening(self, day: date) -> datetime:
        return datetime.combine(day, time(17, 20), self._zone)
