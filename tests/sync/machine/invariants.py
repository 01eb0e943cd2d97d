"""The promises that hold whatever goes wrong, each a function with its number; all look at one `Scene`."""

import json
import uuid
from collections import Counter as Count
from collections.abc import Callable, Iterable
from typing import Any

from app.issues.rules import NEXT_ROUND, Answer, Move, State, step
from app.signatures.rules import canonical, sha256_hex
from app.surveys.rules import Level, SheetMove, SheetState, sheet_step
from app.sync.queries import read_cursor
from app.sync.rules import CHOICES, ESTRANGED, NOT_HERE, TOLD, Choice, Outcome, Standing
from tests.sync.machine.scene import Saved, Scene
from tests.sync.machine.tablet import Json, Person, SyncTablet

SENTENCES = {
    1: "what the screen called saved ends with exactly one receipt or is still in the outbox",
    2: "effects happen once",
    3: "at rest, tablet = server's view of its scope",
    4: "nothing out of scope stays after a pull",
    5: "no acknowledged text, photo or signature disappears",
    6: "the cursor never passes an unapplied row",
    7: "the screen never goes back to an older version",
    8: "only legal moves",
    9: "a signed hash always matches its PDF",
    10: 'every referenced blob is present before "complete"',
    11: "an operation's author never changes",
    12: "a refused operation blocks only its visit",
    13: "an upgrade never shrinks the outbox",
    14: "results do not depend on device clocks",
}
ON_THE_CLIENT = {
    13: "tests/js/faults/stories.test.js",
}
"""What only the real tablet can show, and where it does."""

_MOVES = {move.value: move for move in Move}
_SHEET_MOVES = {move.value: move for move in SheetMove}
_CHOSEN = {
    Choice.ENTER: Outcome.APPLIED,
    Choice.SEEN: Outcome.SEEN,
    Choice.NOTE: Outcome.NOTED,
    Choice.SET_ASIDE: Outcome.SET_ASIDE,
}
_ONCE = {
    "visit:held",
    "visit:complete",
    "attempt:recorded",
    "inspection:recorded",
    "inspection:complete",
    "issue:recorded",
    "task:done",
    "task:made",
    "survey:issued",
    "sheet:collected",
}


# --- at any moment ---


def what_was_saved_has_one_receipt_or_is_in_the_outbox(scene: Scene) -> None:  # 1
    for saved in scene.saved:
        row, arrived = saved.tablet.rows.get(saved.row.op_id), scene.seen.operations.get(saved.row.op_id)
        if saved.tablet.wiped:
            continue
        assert row, f"1: {saved.row.op_id} was saved and its tablet has it no more"
        assert sha256_hex(row.jwe.encode()) == saved.row.digest, "1: the frozen bytes changed"
        assert (row.state == "here") == (row.receipt is None), "1: a receipt and still unsent"
        if arrived:
            assert arrived.digest == row.digest, "1: other bytes arrived"
        if row.receipt and _knows_this_office(saved, scene):
            assert arrived, f"1: {row.op_id} has a receipt and the office knows nothing of it"
            assert canonical(row.receipt).decode() == arrived.receipt, "1: a receipt that nobody gave"
    for (op_id, _digest), receipts in scene.road.told.items():
        assert len(receipts) == 1, f"1: {op_id} was told {len(receipts)} different receipts"


def effects_happen_once(scene: Scene) -> None:  # 2
    seen = scene.seen
    records = seen.records()
    of_operation = Count(str(record.operation_id) for record in records)
    for op_id in seen.operations:
        entered, where = int(seen.is_in_effect(op_id)), seen.stands(op_id)
        assert of_operation[op_id] == entered, f"2: {of_operation[op_id]} records of an operation that is {where.value}"
        _was_decided_step_by_step(op_id, scene)
    happened = Count((line.kind, line.subject_id) for lines in seen.lines.values() for line in lines)
    twice = [what for what, times in happened.items() if what[0] in _ONCE and times > 1]
    assert not twice, f"2: happened twice: {twice}"
    told = Count((answer.visit_id, answer.issue_id) for answer in seen.answers)
    assert all(times == 1 for times in told.values()), "2: an owner's answer is kept twice"
    _without_gaps(f"{record.estate_id}/{record.receipt_number}" for record in records)
    _without_gaps(f"{issue.estate_id}/{issue.number}" for issue in seen.issues.values())
    for stream, lines in seen.lines.items():
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1)), "2: the journal has a gap"
        assert seen.counters[stream, "seq"] == len(lines), "2: the journal's counter ran on"


def no_tablet_has_to_begin_anew(scene: Scene) -> None:  # 3
    """The digest is for accidents: pages alone lead to what it says."""
    differing = [tablet.name for tablet in scene.tablets if tablet.differed]
    assert not differing, f"3: the pages of {differing} did not add up to the office's digest"


def nothing_acknowledged_disappears(scene: Scene) -> None:  # 5
    for op_id, _digest in scene.road.told:
        assert op_id in scene.seen.operations, f"5: {op_id} was acknowledged and is gone"
    for saved in scene.saved:
        arrived = scene.seen.operations.get(saved.row.op_id)
        if arrived is None:
            continue
        assert arrived.frozen == saved.row.jwe.encode(), "5: the office changed what was frozen"
        assert arrived.receipt, "5: taken in without a receipt"
        if scene.seen.is_in_effect(saved.row.op_id):
            _kept_as_it_was_said(saved, scene)
    for (op_id, number), outcome in scene.told.decided.items():
        decisions = scene.seen.decisions.get(op_id, [])
        assert len(decisions) >= number, f"5: what was decided about {op_id} is gone"
        assert decisions[number - 1].outcome.value == outcome, f"5: about {op_id} something else was decided"
    lost = [op_id for op_id in scene.told.brought if op_id not in scene.seen.operations]
    assert not lost, f"5: taken in from a file and gone: {lost}"
    for sealed in scene.road.whole | scene.told.photos:
        upload = scene.seen.uploads[sealed]
        assert upload.complete, "5: a photo that was complete is not"
        _is_whole(scene, upload.sha256)


def the_cursor_never_passes_an_unapplied_row(scene: Scene) -> None:  # 6
    for tablet, person in scene.people():
        scope, docs = tablet.scopes[person.staff_id], tablet.docs[person.staff_id]
        if scope.epoch != scene.seen.epoch or tablet.wiped:
            continue
        passed = read_cursor(scope.cursor, scope.epoch).seen
        for row in scene.seen.feed:
            if row.version > passed.get(row.stream, 0) or row.only_for not in (None, uuid.UUID(person.staff_id)):
                continue
            here = docs.get((row.type, str(row.id)))
            if row.gone:
                assert here is None or here.v > row.version, f"6: passed the end of {row.type} {row.id}"
            else:
                assert here is not None, f"6: passed {row.type} {row.id}"
                assert here.v >= row.version, f"6: passed {row.type} {row.id} at {row.version}"


def the_screen_never_goes_back(scene: Scene) -> None:  # 7
    for tablet, person in scene.people():
        scope = tablet.scopes[person.staff_id]
        for name, row in tablet.docs[person.staff_id].items():
            if row.gen != scope.gen:
                continue
            key = (person.read_token, scope.epoch, name)
            assert row.v >= scene.highest.get(key, 0), f"7: {name} went back to {row.v}"
            scene.highest[key] = row.v


def only_legal_moves(scene: Scene) -> None:  # 8
    for issue in scene.seen.issues.values():
        state, round_ = State.RECORDED, 1
        for line in scene.seen.lines[issue.estate_id]:
            if line.subject_id != issue.id or line.kind not in _MOVES:
                continue
            row = step(state, _MOVES[line.kind], owned=issue.owned)
            assert row, f"8: {line.kind} from {state.value}"
            state, round_ = row.after, round_ + (row.move in NEXT_ROUND)
        assert (issue.state, issue.round) == (state, round_), "8: state and history do not agree"
        said = [one for one in scene.seen.answers if one.issue_id == issue.id and one.moved]
        closed = any(one.answer is Answer.SATISFIED for one in said)
        assert closed == (state is State.CLOSED), "8: closed without its owner"

    for sheet in scene.seen.sheets:
        at = SheetState.TO_HAND_OUT
        for line in scene.seen.lines[sheet.estate_id]:
            if line.subject_id == sheet.id and line.kind in _SHEET_MOVES:
                moved = sheet_step(at, _SHEET_MOVES[line.kind])
                assert moved, f"8: {line.kind} of a sheet that is {at.value}"
                at = moved.after
        assert sheet.state is at, "8: a sheet and its history do not agree"


def a_signed_hash_matches_what_is_kept(scene: Scene) -> None:  # 9
    for record_id, statement in scene.seen.statements.items():
        assert sha256_hex(statement.text.encode()) == statement.sha256, "9: a statement is not what its hash says"
        for signature in scene.seen.signatures[statement.id]:
            signed = json.loads(signature.evidence)["statement"]
            assert signed == statement.sha256, f"9: {record_id}: signed under another summary"


def every_blob_is_present_before_complete(scene: Scene) -> None:  # 10
    arrived = {photo.record_id: set[str]() for photo in scene.seen.photos}
    for photo in scene.seen.photos:
        if photo.arrived_at is not None:
            _is_whole(scene, photo.sha256)
            arrived[photo.record_id].add(photo.sealed)
    named = Count(photo.record_id for photo in scene.seen.photos)
    for visit in scene.seen.visits.values():
        here = len(arrived.get(visit.id, set()))
        assert visit.complete == (here == named[visit.id]), f"10: {here} of {named[visit.id]}, but {visit.complete=}"
    for tablet, person in scene.people():
        if tablet.scopes[person.staff_id].epoch != scene.seen.epoch:
            continue
        for record_id, row in tablet.live(person, "record"):
            if row.doc.get("complete") and row.gen == tablet.scopes[person.staff_id].gen:
                assert len(arrived.get(uuid.UUID(record_id), set())) == named[uuid.UUID(record_id)], (
                    "10: told too early"
                )


def the_author_never_changes(scene: Scene) -> None:  # 11
    records = {record.id: record for record in scene.seen.records()}
    for saved in scene.saved:
        arrived = scene.seen.operations.get(saved.row.op_id)
        if arrived is None:
            continue
        assert str(arrived.author_id or saved.author) == saved.author, f"11: written by {saved.author}"
        record = records.get(uuid.UUID(saved.row.entity))
        if record is not None and str(record.operation_id) == saved.row.op_id:
            written_by = record.author_id if saved.operation["kind"] == "visit.append" else record.officer_id
            assert str(written_by) == saved.author, "11: a record went to somebody else's name"
            told = {
                str(line.staff_id)
                for line in scene.seen.lines[record.estate_id]
                if line.subject_id == record.id
                and line.kind in ("visit:held", "attempt:recorded", "inspection:recorded")
            }
            assert told == {saved.author} or saved.operation["kind"] == "visit.append", (
                "11: the journal names somebody else"
            )


def a_refused_operation_blocks_only_its_visit(scene: Scene) -> None:  # 12
    for saved in scene.saved:
        arrived = scene.seen.operations.get(saved.row.op_id)
        if arrived is not None:
            withdrawn = {"review"} if saved.row.device in scene.withdrawn else set()
            fate = f"12: {saved.operation['kind']} is {arrived.status} {arrived.code}, not {set(saved.fate)}"
            assert arrived.status in saved.fate | withdrawn, fate
            refused = any(one.outcome is Outcome.REFUSED for one in scene.seen.decisions.get(saved.row.op_id, []))
            assert not refused or "rejected" in saved.fate, f"12: {saved.operation['kind']} was held, then refused"


def results_do_not_depend_on_device_clocks(scene: Scene) -> None:  # 14
    for saved in scene.saved:
        arrived = scene.seen.operations.get(saved.row.op_id)
        if arrived is not None:
            assert scene.began <= arrived.received_at <= scene.now, "14: received at a tablet's time"
    for record in scene.seen.records():
        assert scene.began <= record.received_at <= scene.now, "14: received at a tablet's time"
    for lines in scene.seen.lines.values():
        assert all(line.at <= scene.now for line in lines), "14: the journal follows a tablet's clock"


AT_ANY_MOMENT: dict[int, Callable[[Scene], None]] = {
    1: what_was_saved_has_one_receipt_or_is_in_the_outbox,
    2: effects_happen_once,
    3: no_tablet_has_to_begin_anew,
    5: nothing_acknowledged_disappears,
    6: the_cursor_never_passes_an_unapplied_row,
    7: the_screen_never_goes_back,
    8: only_legal_moves,
    9: a_signed_hash_matches_what_is_kept,
    10: every_blob_is_present_before_complete,
    11: the_author_never_changes,
    12: a_refused_operation_blocks_only_its_visit,
    14: results_do_not_depend_on_device_clocks,
}


# --- whenever somebody has fetched all there is ---


def nothing_out_of_scope_stays(tablet: SyncTablet, person: Person, scene: Scene) -> None:  # 4
    docs, serves = tablet.docs[person.staff_id], scene.serves[person.staff_id]
    beyond = {name for name, row in docs.items() if row.estate not in serves}
    assert not beyond, f"4: {person.staff_id} still sees {beyond}"
    authors = {saved.row.op_id: saved.author for saved in scene.saved}
    for _id, row in tablet.live(person, "record"):
        assert authors[row.doc["op_id"]] == person.staff_id, "4: sees a colleague's record"


# --- at rest ---


def at_rest_tablet_equals_server(person: Person, docs: dict[Any, Any], view: list[Json]) -> None:  # 3
    there = {(change["type"], change["id"]): (change["v"], change["doc"]) for change in view if "doc" in change}
    here = {name: (row.v, row.doc) for name, row in docs.items()}
    assert here.keys() == there.keys(), (
        f"3: missing {there.keys() - here.keys()}, too much {here.keys() - there.keys()}"
    )
    differing = [name for name in here if here[name] != there[name]]
    assert not differing, f"3: {person.staff_id} sees {[(n, here[n], there[n]) for n in differing]}"


def at_rest_everything_has_arrived(scene: Scene) -> None:  # 1 and 5
    for saved in scene.saved:
        if saved.tablet.wiped:
            continue
        row = saved.tablet.rows[saved.row.op_id]
        assert row.state != "here", f"1: {row.op_id} is never sent"
        arrived = scene.seen.operations.get(row.op_id)
        assert arrived, f"5: {row.op_id} has a receipt and is gone"
        if arrived.code == NOT_HERE and scene.seen.stands(row.op_id) is Standing.WAITING:
            visit = uuid.UUID(saved.operation["body"]["visit_id"])
            assert visit not in scene.seen.visits, "5: a later fact waits for a visit that is here"
        if not scene.seen.is_in_effect(row.op_id):
            continue
        for named, _frozen in saved.photos:
            assert saved.tablet.photos[named["sealed"]].complete, "5: a photo is never sent"
            _is_whole(scene, named["sha256"])


def at_rest_sheets_say_what_was_signed(scene: Scene, sheets: dict[uuid.UUID, tuple[str, str]]) -> None:  # 9
    for saved in scene.saved:
        printed = sheets.get(uuid.UUID(saved.row.entity))
        if printed is not None and not saved.fate <= {"rejected", "held"}:
            text = saved.operation["body"]["statement"]
            assert printed == (text, sha256_hex(text.encode())), "9: the sheet is not what was signed"


def at_rest_tablets_tell_what_became_of_it(scene: Scene) -> None:  # 3
    """Also where that was decided, taken up or brought as a file long after the receipt."""
    for tablet, person in scene.people():
        told = {row.doc["op_id"]: row.doc for _id, row in tablet.live(person, "record")}
        for saved in scene.saved:
            op_id, author, estate = saved.row.op_id, saved.author, saved.row.estate
            arrived = scene.seen.operations.get(op_id)
            if author != person.staff_id or arrived is None or arrived.author_id is None or arrived.code in ESTRANGED:
                continue
            if tablet.wiped or saved.tablet.wiped or estate not in scene.serves[author]:
                continue
            assert op_id in told, f"3: {person.staff_id} hears nothing of {op_id}"
            decisions = scene.seen.decisions.get(op_id, [])
            last = decisions[-1].outcome.value if decisions else None
            here = told[op_id]["status"], told[op_id]["entered"], told[op_id].get("decided", {}).get("outcome")
            assert here == (TOLD[scene.seen.stands(op_id)], scene.seen.is_in_effect(op_id), last), (
                f"3: of {op_id}, {scene.seen.stands(op_id).value}, the tablet says {here}"
            )


# --- how one looks ---


def _was_decided_step_by_step(op_id: str, scene: Scene) -> None:
    """Each decision was open where the one before had led; what the server did by itself came first, and once."""
    for number, decision in enumerate(scene.seen.decisions.get(op_id, []), start=1):
        before = scene.seen.stands(op_id, number - 1)
        assert decision.number == number, "2: a decision is missing or there twice"
        choices = {_CHOSEN[choice] for choice in CHOICES[before]}
        by_itself = decision.by_id is None and number == 1 and before in (Standing.HELD, Standing.WAITING)
        outcomes = {Outcome.APPLIED, Outcome.REFUSED} if by_itself else choices
        assert decision.outcome in outcomes, f"2: {decision.outcome.value} about an operation that was {before.value}"


def _knows_this_office(saved: Saved, scene: Scene) -> bool:
    """Not after a restore, before the tablet noticed."""
    return saved.tablet.scopes[saved.row.user].epoch == scene.seen.epoch


def _kept_as_it_was_said(saved: Saved, scene: Scene) -> None:
    body, record_id = saved.operation["body"], uuid.UUID(saved.row.entity)
    if saved.operation["kind"] == "attempt.record":
        assert scene.seen.attempts[record_id].note == body["note"], "5: a note is gone"
    if saved.operation["kind"] == "visit.append":
        assert scene.seen.addenda[record_id].text == body["text"], "5: an addendum is gone"
    if saved.operation["kind"] == "inspection.record":
        assert scene.seen.issues[uuid.UUID(body["issue_id"])].text == body["text"], "5: what was noticed is gone"
        _named_photos(saved, scene, record_id)
    if saved.operation["kind"] != "visit.hold":
        return
    assert scene.seen.visits[record_id].wishes == body["wishes"], "5: a wish is gone"
    statement = scene.seen.statements[record_id]
    assert statement.text == body["statement"], "5: another statement is kept"
    kept = [signature.evidence for signature in scene.seen.signatures[statement.id]]
    assert kept == [canonical(evidence).decode() for evidence in body["signatures"]], "5: a signature is gone"
    for raised in body["issues"]:
        assert scene.seen.issues[uuid.UUID(raised["id"])].text == raised["text"], "5: an issue is gone"
    collected = {str(sheet.id): sheet for sheet in scene.seen.sheets if sheet.visit_id == record_id}
    for given in body.get("surveys", ()):
        if given["sheet_id"] in collected:
            overall = collected[given["sheet_id"]].overall
            assert overall is Level(given["overall"]), "5: what was answered is another"
    _named_photos(saved, scene, record_id)


def _named_photos(saved: Saved, scene: Scene, record_id: uuid.UUID) -> None:
    named = {photo.sealed for photo in scene.seen.photos if photo.record_id == record_id}
    assert named == {named["sealed"] for named, _frozen in saved.photos}, "5: the name of a photo is gone"


def _is_whole(scene: Scene, sha256: str) -> None:
    path = scene.seen.files / sha256[:2] / sha256[2:4] / sha256
    assert path.exists(), f"10: photo {sha256} is not here"
    assert sha256_hex(path.read_bytes()) == sha256, f"10: photo {sha256} is damaged"


def _without_gaps(numbers: Iterable[str]) -> None:
    series: dict[str, list[int]] = {}
    for number in numbers:
        name, _dash, last = number.rpartition("-")
        series.setdefault(name, []).append(int(last))
    for name, taken in series.items():
        assert sorted(taken) == list(range(1, len(taken) + 1)), f"2: numbers of {name}: {sorted(taken)}"
