"""The seeded bugs: each breaks one promise of the product, and the tests named beside it must fail."""

import json
from pathlib import Path

from tests.mutants.mutant import Edit, Mutant, edit
from tests.mutants.of_the_chain import OF_THE_CHAIN
from tests.mutants.of_the_loop import OF_THE_LOOP
from tests.mutants.of_the_numbers import OF_THE_NUMBERS
from tests.mutants.of_the_papers import OF_THE_PAPERS

OF_THE_TABLET = Path(__file__).with_name("tablet.json")


def all_mutants() -> list[Mutant]:
    """Of the sync at the office, of the loop until the owner is satisfied, of the journal's chain, of what is counted,
    of papers, of the tablet.
    """
    of_the_tablet = [_of_the_tablet(row) for row in json.loads(OF_THE_TABLET.read_text())]
    return [*OF_THE_OFFICE, *OF_THE_LOOP, *OF_THE_CHAIN, *OF_THE_NUMBERS, *OF_THE_PAPERS, *of_the_tablet]


def _of_the_tablet(row: dict[str, str | int | list[str]]) -> Mutant:
    edits = edit(str(row["file"]), str(row["was"]), str(row["becomes"]))
    return Mutant(str(row["name"]), int(row["invariant"]), edits, tuple(row["caught_by"]))


OF_THE_OFFICE = (
    Mutant(
        "the journal's counter is taken first, not in the last step",
        6,
        (
            Edit(
                "app/core/journal.py",
                "    _running().add(line, tuple(changes))\n",
                "    with db.engine.begin() as at_once:\n"
                "        taken = upsert(Counter).values(stream=stream, series=_SEQ, value=1)\n"
                '        taken = taken.on_conflict_do_update(index_elements=["stream", "series"], '
                'set_={"value": Counter.value + 1})\n'
                '        line["seq"] = at_once.execute(taken.returning(Counter.value)).scalar_one()\n'
                "    _running().add(line, tuple(changes))\n",
            ),
            Edit(
                "app/core/journal.py",
                "        last = _count(session, stream, _SEQ, len(lines))\n"
                "        for seq, line in enumerate(lines, start=last - len(lines) + 1):\n"
                '            line["seq"] = seq\n',
                '        last = lines[-1]["seq"]\n',
            ),
        ),
        caught_by=("pytest", "tests/sync/test_overtaken.py"),
        db="postgresql",
    ),
    Mutant(
        "an operation and its receipt are stored in a transaction after that of their effect",
        1,
        (
            Edit(
                "app/sync/actions.py",
                "            journal.at_the_end(lambda _versions: _store(operations))\n",
                "",
            ),
            Edit(
                "app/sync/views.py",
                "        if receipts is not None:\n            db.session.commit()\n",
                "        if receipts is not None:\n            db.session.commit()\n"
                "            from app.sync.actions import _store\n"
                "            _store([receipt.operation for receipt in receipts])\n"
                "            db.session.commit()\n",
            ),
        ),
        caught_by=("pytest", "tests/sync/test_dying.py"),
    ),
    Mutant(
        "an operation that comes again is taken for a new one",
        2,
        edit(
            "app/sync/actions.py",
            "    return db.session.execute(row.returning(Operation.op_id)).first() is not None\n",
            "    return db.session.execute(row.returning(Operation.op_id)).first() is not None or True\n",
        ),
    ),
    Mutant(
        "a change is not told to the tablets' feed",
        3,
        edit(
            "app/agenda/actions.py",
            '    changes = (Doc("task", task.id),)\n',
            '    changes = (Doc("task", task.id),) if kind == "task:made" else ()\n',
        ),
    ),
    Mutant(
        "the end of a role does not take the documents back",
        4,
        edit(
            "app/sync/views.py",
            '        "revoked": [str(estate) for estate in cursor.seen if estate not in scope],\n',
            '        "revoked": [],\n',
        ),
    ),
    Mutant(
        "bytes of a photo are taken in wherever they belong",
        5,
        edit("app/sync/uploads.py", "    if offset != held:\n", "    if offset < 0:\n"),
        caught_by=("pytest", "tests/sync/test_blobs.py"),
    ),
    Mutant(
        "a page ends between two documents of one change",
        6,
        edit("app/sync/queries.py", "    if len(page) == limit:\n", "    if len(page) < 0:\n"),
    ),
    Mutant(
        "a full page is told as it was before, whatever left it or came to it",
        3,
        edit(
            "app/sync/pages.py",
            "    if known and queries.counted(estate_id, since, known.until, staff_id) == known.counted:\n",
            "    if known:\n",
        ),
    ),
    Mutant(
        "a page for one person alone is remembered for everybody",
        4,
        edit("app/sync/pages.py", "    if not counted.personal:\n", "    if counted:\n"),
        caught_by=("pytest", "tests/sync/test_pages.py"),
    ),
    Mutant(
        "a department's report closes an issue",
        8,
        edit(
            "app/issues/rules.py",
            "    Step(State.ACCEPTED, Move.RECTIFY, State.RECTIFIED, _WORKERS),\n",
            "    Step(State.ACCEPTED, Move.RECTIFY, State.CLOSED, _WORKERS),\n",
        ),
    ),
    Mutant(
        "the hash of what was signed is not computed anew",
        9,
        edit(
            "app/signatures/actions.py",
            "    if evidence.statement != statement_sha256:\n",
            "    if not statement_sha256:\n",
        ),
    ),
    Mutant(
        "a record is complete before its photos are here",
        10,
        edit(
            "app/visits/actions.py",
            "    visit.complete = not (photos_of(held) and missing(visit_id))\n",
            "    visit.complete = True\n",
        ),
    ),
    Mutant(
        "whoever's tablet sends an operation is its author",
        11,
        edit(
            "app/sync/entering.py",
            "DeviceUser.device_id == device.id, DeviceUser.staff_id == author)",
            "DeviceUser.device_id == device.id)",
        ),
    ),
    Mutant(
        "a record that is refused refuses all that came with it",
        12,
        edit(
            "app/sync/actions.py",
            "    except Refused as refusal:\n        _refuse(operation, refusal)\n",
            "    except Refused:\n        raise\n",
        ),
    ),
    Mutant(
        "a file enters an attempt that was received before",
        2,
        edit(
            "app/sync/handed_over.py",
            "    receipt = receive(opened, device, offset=ahead, at=at)\n",
            "    from app.core.ids import new_id\n"
            "    from app.sync.entering import enter\n"
            "    from app.sync.kinds import kind_of\n"
            "    kind = kind_of(opened.text.kind, opened.text.v) if known and opened.text else None\n"
            "    if kind and opened.text.kind == 'attempt.record':\n"
            "        enter(kind, opened.text.model_copy(update={'entity_id': new_id()}), device, at, at, clock=ahead)\n"
            "    receipt = receive(opened, device, offset=ahead, at=at)\n",
        ),
    ),
    Mutant(
        "what two people decide at the same time counts twice",
        2,
        edit(
            "app/sync/deciding.py",
            "    if len(kept.decisions) != after or choice not in CHOICES[kept.standing]:\n",
            "    if len(kept.decisions) < after:\n",
        ),
    ),
    Mutant(
        "what was taken up is taken up again at the next start",
        2,
        (
            Edit(
                "app/sync/deciding.py",
                "where(Operation.status == HELD, ~_decided())",
                "where(Operation.status == HELD)",
            ),
            Edit(
                "app/sync/deciding.py",
                "    if kept.decisions or kept.standing not in (Standing.HELD, Standing.WAITING):\n",
                "    if kept.standing is Standing.SET_ASIDE:\n",
            ),
        ),
        caught_by=("pytest", "tests/sync/test_kinds.py"),
    ),
    Mutant(
        "what was decided is not told to the tablet",
        3,
        edit(
            "app/sync/deciding.py",
            '    tell(operation, f"operation:decided_{outcome.value}", estate, entered=entered,',
            '    tell(operation, f"operation:decided_{outcome.value}", None, entered=entered,',
        ),
    ),
    Mutant(
        "what a newer server can read stays held",
        5,
        edit("app/sync/deciding.py", " if kind_of(row.kind, row.v) is not None]", " if row.v < 0]"),
        caught_by=("pytest", "tests/sync/test_kinds.py"),
    ),
    Mutant(
        "a file that is not whole is taken for a whole one",
        5,
        edit(
            "app/sync/handed_over.py",
            "        _must_be_whole(path)\n",
            "        with path.open('rb') as file:\n            _head(file)\n",
        ),
    ),
    Mutant(
        "what is entered later is by whoever was enrolled last",
        11,
        edit(
            "app/sync/entering.py",
            "    arrival = Arrival(\n        op_id=text.op_id, device=device, author_id=text.author,",
            "    last = db.session.scalars(sa.select(DeviceUser.staff_id).order_by(DeviceUser.id.desc())).first()\n"
            "    author = text.author if at == received_at else last\n"
            "    arrival = Arrival(\n        op_id=text.op_id, device=device, author_id=author,",
        ),
    ),
    Mutant(
        "a record is received when its tablet says",
        14,
        edit(
            "app/sync/views.py",
            "    pushed, at = message(Push, LARGEST_BODY), now()\n",
            "    pushed = message(Push, LARGEST_BODY)\n    at = pushed.device_time\n",
        ),
    ),
)
