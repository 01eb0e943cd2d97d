"""Records of visits on their way from the officer's desk to the archive, each person logged in as themselves."""

import json
import re
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.approvals.queries import review_of
from app.core.db import db
from app.core.ids import new_id
from app.people.queries import staff_by_login
from app.people.rules import Role
from app.signatures.models import DeskSignature
from app.visits.models import Batch, BatchLine, BatchLineAct, Visit
from app.visits.rules import LineMove, LineState
from tests.builders import PASSWORD
from tests.model_tablet import INK
from tests.office.conftest import Desk
from tests.office.told import left_over, told

WORDS = "请补充阳台照片，并写明是哪一层"
WHO = ("officer", "supervisor", "manager", "executive")


@dataclass(frozen=True)
class Desks:
    """Two records of one officer, handed up; everybody at their own desk."""

    desk: Desk
    browsers: dict[str, FlaskClient]
    address: str

    def page(self, who: str) -> str:
        return self.browsers[who].get(self.address).text

    def act(self, who: str, what: str, note: str = "", page: str | None = None, **wanted: str) -> TestResponse:
        """Send the form of an act as it stands on a page: the one given, or the one that is there now."""
        prefix = what.rsplit("/", maxsplit=1)[-1].replace("-", "_")
        fields = dict(re.findall(rf'name="({prefix}-\w+)"\s+type="hidden"\s+value="([^"]*)"', page or self.page(who)))
        said = {f"{prefix}-{name}": value for name, value in {"note": note, **wanted}.items()}
        return self.browsers[who].post(f"{self.address}/{what}", data=fields | said)

    def sign(self, who: str, note: str = "", **wanted: str) -> TestResponse:
        """Pass it on with a hand and a password under it."""
        return self.act(who, "review/hand_on", note, **{"ink": json.dumps(INK), "password": PASSWORD, **wanted})

    def line(self, who: str, n: int, move: str, note: str = "") -> TestResponse:
        """Do something with one record of it."""
        lines = re.findall(r'id="record-([0-9a-f-]+)"', self.page(who))
        said = {"event": str(new_id()), "note": note}
        return self.browsers[who].post(f"{self.address}/lines/{lines[n]}/{move}", data=said)

    def passed_by(self, *readers: str) -> None:
        for who in readers:
            assert self.sign(who).status_code == 302, who


@pytest.fixture
def gathered(desk: Desk) -> Desks:
    """Two records that their officer has gathered, not handed up yet."""
    desk.visit(issues=[desk.tablet.an_issue(text="主卫渗水")])
    desk.visit(wishes="希望早点修好")
    browsers = {who: desk.browser(who) for who in WHO}
    page = browsers["officer"].get("/batches").text
    fields = {
        "officer": re.findall(r'name="officer" value="([^"]+)"', page)[0],
        "visit": re.findall(r'name="visit"\s+value="([^"]+)"', page),
    }
    answer = browsers["officer"].post("/batches", data=fields, follow_redirects=True)
    return Desks(desk, browsers, answer.request.path)


@pytest.fixture
def desks(gathered: Desks) -> Desks:
    """Handed up."""
    assert gathered.act("officer", "submit", "两户，一户渗水").status_code == 302
    return gathered


@pytest.mark.clause("R14")
def test_the_officer_gathers_hands_up_and_finds_nothing_left_to_gather(desks: Desks) -> None:
    page = desks.page("supervisor")

    for words in ("PY-", "两户，一户渗水", "主卫渗水", "希望早点修好", "批阅签字并上报"):
        assert words in page
    assert "汇总所选记录" not in desks.browsers["officer"].get("/batches").text
    assert "去批阅签字" in desks.browsers["supervisor"].get("/").text


@pytest.mark.clause("R15")
@pytest.mark.clause("R16")
@pytest.mark.clause("V47")
def test_the_records_go_from_desk_to_desk_into_the_archive(desks: Desks) -> None:
    desks.passed_by("supervisor", "manager")
    assert desks.act("executive", "review/hand_on", "已阅").status_code == 302
    assert desks.act("supervisor", "review/hand_on").status_code == 302

    page = desks.page("officer")
    assert all(words in page for words in ("已批阅签字", "已批阅", "已归档", "方振华", "任何内容都不能再改动"))
    assert page.count('<figure class="ink">') == 2
    assert "PY-" in desks.browsers["manager"].get("/batches?only=archived").text
    with desks.desk.app.app_context():
        assert all(visit.archived_at for visit in db.session.scalars(sa.select(Visit)))


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"password": "not mine"}, "登录密码不正确"),
        ({"ink": ""}, "请在签名框内签名"),
        ({"ink": json.dumps(INK | {"strokes": [[[0, 0, 0, 0], [1, 1, 0, 1]]]})}, "笔迹太少"),
        ({"ink": "not json"}, "请在签名框内签名"),
    ],
)
def test_without_password_or_ink_nothing_is_signed_and_what_was_written_stays(
    desks: Desks, wanted: dict[str, str], words: str
) -> None:
    answer = desks.sign("supervisor", "请尽快处理", **wanted)

    assert answer.status_code == 422
    assert words in answer.text
    assert "请尽快处理" in answer.text
    with desks.desk.app.app_context():
        assert db.session.scalars(sa.select(DeskSignature)).all() == []


def test_a_wrong_password_keeps_the_ink_that_was_drawn(desks: Desks) -> None:
    answer = desks.sign("supervisor", password="not mine")

    kept = re.findall(r'name="hand_on-ink"\s+type="hidden"\s+value="([^"]*)"', answer.text)
    assert json.loads(kept[0].replace("&#34;", '"')) == INK


def test_what_came_in_since_the_page_was_opened_is_not_signed_unseen_and_the_ink_is_wiped(desks: Desks) -> None:
    seen, tablet = desks.page("supervisor"), desks.desk.tablet
    with desks.desk.app.app_context():
        visit_id = str(db.session.scalars(sa.select(Visit.id)).first())
    tablet.receipts(tablet.freeze(tablet.an_addendum(desks.desk.estate_id, {"entity_id": visit_id}, "厨房也渗水")))

    answer = desks.act("supervisor", "review/hand_on", page=seen, ink=json.dumps(INK), password=PASSWORD)

    assert answer.status_code == 409
    assert "您要签字的内容有变动" in answer.text
    assert "厨房也渗水" in answer.text
    assert re.findall(r'name="hand_on-ink"\s+type="hidden"\s+value="([^"]*)"', answer.text) == [""]
    desks.passed_by("supervisor")


def test_two_at_once_one_wins_and_the_other_is_told_and_keeps_what_was_written(desks: Desks) -> None:
    seen = desks.page("supervisor")
    desks.act("officer", "take-back", "漏了一户")

    answer = desks.act("supervisor", "review/send_back", "总结再写细些", page=seen)

    assert answer.status_code == 409
    assert "已撤回" in answer.text
    assert "总结再写细些" in answer.text


def test_one_record_goes_back_and_the_others_go_on(desks: Desks) -> None:
    desks.line("supervisor", 0, "remark", "问清楚何时开始")
    desks.line("supervisor", 0, "send_back", "请写明渗水位置")
    desks.passed_by("supervisor")

    page = desks.page("manager")
    assert all(words in page for words in ("问清楚何时开始", "请写明渗水位置", "您签字的记录：1 条"))
    assert "退回的记录" in desks.browsers["officer"].get("/").text
    with desks.desk.app.app_context():
        states = sorted(line.state.value for line in db.session.scalars(sa.select(BatchLine)))
        assert states == [LineState.IN.value, LineState.SENT_BACK.value]


def test_the_supervisor_settles_what_needs_no_note_and_it_can_be_handed_up_again(desks: Desks) -> None:
    desks.line("supervisor", 0, "send_back", "请写明渗水位置")

    desks.line("supervisor", 0, "settle", "已电话核实")

    assert "汇总所选记录" in desks.browsers["officer"].get("/batches").text
    assert "退回的记录" not in desks.browsers["officer"].get("/").text


@pytest.mark.parametrize(
    ("who", "what"),
    [("officer", "review/hand_on"), ("manager", "review/hand_on"), ("manager", "submit"), ("executive", "take-back")],
)
def test_whose_turn_it_is_not_is_refused(desks: Desks, who: str, what: str) -> None:
    answer = desks.act(who, what, page=desks.page("supervisor"), ink=json.dumps(INK), password=PASSWORD)

    assert answer.status_code == 403


def test_a_colleagues_records_are_nobody_elses_to_hand_up(gathered: Desks) -> None:
    with gathered.desk.app.app_context():
        officer = db.session.scalars(sa.select(Batch.officer_id)).one()
        other = gathered.desk.logins["handler"]
    browser = gathered.desk.app.test_client()
    browser.post("/login", data={"login": other, "password": PASSWORD})

    answer = browser.post("/batches", data={"officer": str(officer), "visit": "x"})

    assert answer.status_code == 403


def test_a_summary_is_kept_before_it_is_handed_up(gathered: Desks) -> None:
    gathered.browsers["officer"].post(f"{gathered.address}/summary", data={"submit-note": "两户，写了一半"})

    page = gathered.page("officer")

    assert page.count("两户，写了一半") == 2
    assert "尚未上交" in page


def test_a_summary_of_many_lines_is_kept_to_its_end_and_can_be_handed_up(gathered: Desks) -> None:
    """A browser lets 2,000 characters be typed with each break as one, and sends two."""
    lines = "\r\n".join(["查"] * 1000)
    with gathered.desk.app.app_context():
        kept = sa.select(Batch.summary)
        gathered.browsers["officer"].post(f"{gathered.address}/summary", data={"submit-note": lines})
        assert db.session.scalar(kept) == lines.replace("\r", "")

    assert gathered.act("officer", "submit", lines).status_code == 302


def test_a_record_left_out_can_be_put_in_again(gathered: Desks) -> None:
    gathered.line("officer", 0, "take-out")
    visit = re.findall(r'name="visit"\s+value="([^"]+)"', gathered.page("officer"))

    gathered.browsers["officer"].post(f"{gathered.address}/put-in", data={"visit": visit})

    assert len(visit) == 1
    assert len(re.findall(r'id="record-', gathered.page("officer"))) == 2


def test_a_visit_says_in_which_batch_it_is(desks: Desks) -> None:
    with desks.desk.app.app_context():
        visit_id = db.session.scalars(sa.select(Visit.id)).first()

    assert "PY-" in desks.browsers["manager"].get(f"/visits/{visit_id}").text


# --- the second of two ---


def beside(desks: Desks, browser: FlaskClient, page: str, move: str, words: str = WORDS) -> TestResponse:
    """The form beside the first record, as it stands on a page."""
    address, event = re.findall(
        rf'action="([^"]+/lines/[^"]+/{move})".*?name="event" value="([^"]+)"', page, re.DOTALL
    )[0]
    return browser.post(address, data={"event": event, "note": words}, headers={"Referer": desks.address})


def test_a_remark_on_records_that_were_passed_on_meanwhile_is_not_lost(desks: Desks) -> None:
    second = desks.desk.browser("english")
    page = second.get(desks.address).text
    desks.passed_by("supervisor")

    answer = beside(desks, second, page, "remark")

    assert answer.status_code == 403
    assert "孙主管: Reviewed and signed" in told(answer)
    assert WORDS in left_over(answer)


def test_a_remark_that_is_sent_again_in_other_words_is_kept_beside_the_first(desks: Desks) -> None:
    """The answer to the first was lost under way. As it was it stands there once."""
    supervisor, page = desks.browsers["supervisor"], desks.page("supervisor")

    answers = [
        beside(desks, supervisor, page, "remark", words) for words in ("门牌写错", "门牌写错", "门牌写错，是 1203")
    ]

    assert [answer.status_code for answer in answers] == [302] * 3
    with desks.desk.app.app_context():
        kept = sa.select(BatchLineAct.note).where(BatchLineAct.move == LineMove.REMARK)
        assert sorted(db.session.scalars(kept)) == ["门牌写错", "门牌写错，是 1203"]


def test_a_reason_for_sending_back_that_is_sent_again_in_other_words_is_not_called_sent(desks: Desks) -> None:
    supervisor, page = desks.browsers["supervisor"], desks.page("supervisor")

    answers = [beside(desks, supervisor, page, "send_back", words) for words in ("门牌写错", "门牌写错", WORDS)]

    assert [answer.status_code for answer in answers] == [302, 302, 409]
    assert WORDS in left_over(answers[-1])


def test_a_record_that_was_sent_back_meanwhile_says_by_whom_and_keeps_the_second_reason(desks: Desks) -> None:
    second = desks.desk.browser("english")
    page = second.get(desks.address).text
    desks.line("supervisor", 0, "send_back", "门牌写错")

    answer = beside(desks, second, page, "send_back")

    assert answer.status_code == 409
    assert "孙主管: Sent back" in told(answer)
    assert "门牌写错" in answer.text
    assert WORDS in left_over(answer)


def test_words_that_are_refused_stay_where_they_were_typed_as_long_as_they_can_be_sent(desks: Desks) -> None:
    desks.line("supervisor", 0, "send_back", "门牌写错")
    page = desks.page("supervisor")

    answer = beside(desks, desks.browsers["supervisor"], page, "send_back")

    assert answer.status_code == 422  # the only record left goes back with the whole batch
    assert left_over(answer) == ""
    assert re.search(rf"<details open>.*?{WORDS}</textarea>", answer.text, re.DOTALL)


@pytest.mark.clause("R14")
@pytest.mark.parametrize("act", ["summary", "submit"])
def test_a_summary_that_a_colleague_wrote_meanwhile_is_not_written_over_unseen(gathered: Desks, act: str) -> None:
    officer, supervisor = gathered.browsers["officer"], gathered.browsers["supervisor"]
    page = officer.get(gathered.address).text
    supervisor.post(f"{gathered.address}/summary", data={"submit-note": "两户都盼着早点修"})

    late = gathered.act("officer", act, WORDS, page=page) if act == "submit" else summary(officer, gathered, page)
    again = gathered.act("officer", "submit", WORDS, page=late.text)

    assert late.status_code == 409
    assert "孙主管" in told(late)
    assert "两户都盼着早点修" in late.text
    assert re.search(rf">\s*{WORDS}</textarea>", late.text)
    assert again.status_code == 302
    with gathered.desk.app.app_context():
        assert db.session.scalars(sa.select(Batch)).one().summary == WORDS


def summary(browser: FlaskClient, desks: Desks, page: str) -> TestResponse:
    fields = dict(re.findall(r'name="(submit-\w+)"\s+type="hidden"\s+value="([^"]*)"', page))
    return browser.post(f"{desks.address}/summary", data=fields | {"submit-note": WORDS})


def test_the_records_of_ones_own_visits_wait_in_the_inbox_for_a_colleague(desks: Desks) -> None:
    """A supervisor who visits, too, finds them among what their function has to do, but not as theirs to sign."""
    supervisor, to_sign = desks.browsers["supervisor"], "去批阅签字"
    before = supervisor.get("/").text
    with desks.desk.app.app_context():
        batch = db.session.scalars(sa.select(Batch)).one()
        staff = staff_by_login(desks.desk.logins["supervisor"])
        assert staff is not None
        review = review_of(batch.id)
        batch.officer_id = staff.id
        review.stages = [one for one in review.stages if one["role"] == Role.SUPERVISOR.value]
        db.session.commit()

    own, colleague = supervisor.get("/").text, desks.desk.browser("english").get("/").text

    assert to_sign in before
    assert "由同事审阅：这批走访是您做的" in own
    assert to_sign not in own
    assert "Read and sign" in colleague
