"""Bugs seeded into the loop until the owner is satisfied: issues, complaints, work orders, limits, notices."""

from tests.mutants.mutant import Edit, Mutant, edit

PROMISES = {
    15: "only its owner's own answer closes an issue or a work order",
    16: "whoever is dissatisfied begins another round, and no answer is lost",
    17: "each owner of one piece of work is called back on and answers alone",
    18: "every other end is counted apart and has its own guard",
    19: "every step that waits has a holder and a limit, which nobody shifts on the way",
    20: "what is overdue is told to each level once, whatever was switched off meanwhile",
    21: "a complaint keeps its grade, its limit, and out of the hands of whom it is about",
    22: "the date decides who is liable",
    23: "a notice goes out at least once, and not a second time while we live",
    24: "of two people one wins, and the other overwrites nothing",
    25: "what was reported upward is taken up, and its result read by each who must",
}
"""What issue after issue must hold, beside the promises of the sync."""

WALKS = ("pytest", "tests/issues/test_walks.py")
TABLE = ("pytest", "tests/issues/test_table.py")
ROUNDS = ("pytest", "tests/issues/test_rounds.py")
ABILITIES = ("pytest", "tests/issues/test_abilities.py")
MERGING = ("pytest", "tests/issues/test_merging.py")
COMPLAINTS = (
    "pytest",
    "tests/issues/test_complaints.py",
    "tests/issues/test_complaint_table.py",
    "tests/issues/test_complaint_limits.py",
)
REPORTS = ("pytest", "tests/issues/test_reports_table.py", "tests/issues/test_reporting.py")
ORDERS = ("pytest", "tests/repairs/test_table.py", "tests/repairs/test_rounds.py")
ESCALATION = ("pytest", "tests/jobs/test_escalation.py")
YEAR = ("pytest", "tests/jobs/test_a_year.py")
NOTICES = ("pytest", "tests/notices/test_sending.py", "tests/notices/test_telling.py")

OF_THE_LOOP = (
    Mutant(
        "what a department reports a third time is closed",
        15,
        edit(
            "app/issues/moving.py",
            "    issue.state = row.after\n",
            "    done = row.move is Move.RECTIFY and issue.round > 2\n"
            "    issue.state = State.CLOSED if done else row.after\n",
        ),
        caught_by=ROUNDS,
    ),
    Mutant(
        "what was merged is closed when its department has rectified it",
        15,
        edit(
            "app/issues/rules.py",
            "    Step(State.MERGED, Move.RECTIFIED_TOO, State.RECTIFIED, _WORKERS, owned=True, together=True),\n",
            "    Step(State.MERGED, Move.RECTIFIED_TOO, State.CLOSED, _WORKERS, owned=True, together=True),\n",
        ),
        caught_by=TABLE,
    ),
    Mutant(
        "what somebody only told at the door closes an issue",
        15,
        edit(
            "app/issues/rules.py",
            "        HowAnswered.PROXY,\n    }\n",
            "        HowAnswered.PROXY,\n        HowAnswered.TOLD,\n    }\n",
        ),
        caught_by=ROUNDS,
    ),
    Mutant(
        "a tenant calls an owner's matter good",
        15,
        edit(
            "app/issues/answering.py",
            "        if is_anothers(",
            "        if word.new_date and is_anothers(",
        ),
        caught_by=ABILITIES,
    ),
    Mutant(
        "what was closed and objected to still has a result to tell",
        25,
        edit("app/issues/reporting.py", "            _need_no_result(reports_of(issue.id))\n", "            pass\n"),
        caught_by=REPORTS,
    ),
    Mutant(
        "whoever has sold the unit still calls its matter good",
        15,
        edit(
            "app/issues/answering.py",
            "    if has_left(issue.unit_id, word.person_id, today):\n",
            "    if word.answer not in CONTENT and has_left(issue.unit_id, word.person_id, today):\n",
        ),
        caught_by=ABILITIES,
    ),
    Mutant(
        "an answer to a round that is over closes the present one",
        15,
        edit(
            "app/issues/answering.py", "    if issue.round != round_ or step(", "    if issue.round < round_ or step("
        ),
        caught_by=ROUNDS,
    ),
    Mutant(
        "a work order that was done again is closed by telephone",
        15,
        edit(
            "app/repairs/rules.py",
            "    return how in (CLOSING_ANSWERS if round_ == 1 else STRICT_ANSWERS)\n",
            "    return how in (CLOSING_ANSWERS if round_ <= 2 else STRICT_ANSWERS)\n",
        ),
        caught_by=ORDERS,
    ),
    Mutant(
        "a work order is closed by its worker",
        15,
        edit(
            "app/repairs/rules.py",
            "    Step(State.REWORK, Move.FINISH, State.FINISHED, _WORKERS),\n",
            "    Step(State.REWORK, Move.FINISH, State.CLOSED, _WORKERS),\n",
        ),
        caught_by=ORDERS,
    ),
    Mutant(
        "a dissatisfied owner begins no other round",
        16,
        edit(
            "app/issues/rules.py",
            "NEXT_ROUND = frozenset({Move.OWNER_DISSATISFIED, ",
            "NEXT_ROUND = frozenset({",
        ),
        caught_by=ROUNDS,
    ),
    Mutant(
        "an answer that moves nothing is not kept",
        16,
        edit(
            "app/issues/answering.py",
            "    attach(said, issue=issue)\n    db.session.add(said)\n",
            "    if row is not None:\n        attach(said, issue=issue)\n        db.session.add(said)\n",
        ),
        caught_by=TABLE,
    ),
    Mutant(
        "a dissatisfied owner leaves the order with whoever did it, be the other company liable",
        16,
        edit(
            "app/repairs/routing.py",
            "    theirs = [one for one in open_departments(order.estate_id) if one.liable is order.liable]\n",
            "    theirs = list(open_departments(order.estate_id))\n",
        ),
        caught_by=ORDERS,
    ),
    Mutant(
        "what one owner has closed stays closed though another was dissatisfied with it",
        16,
        edit(
            "app/issues/rules.py",
            "    if answer is Answer.DISSATISFIED and state in CLOSED_MEANWHILE:\n",
            "    if answer is Answer.OBJECTED and state in CLOSED_MEANWHILE:\n",
        ),
        caught_by=ROUNDS,
    ),
    Mutant(
        "what a department has done counts as the first response to a complainant",
        21,
        edit(
            "app/issues/complaints.py",
            "    if move is Move.ANSWER or move in OWNERS:\n",
            "    if move in (Move.ANSWER, Move.RECTIFY) or move in OWNERS:\n",
        ),
        caught_by=COMPLAINTS,
    ),
    Mutant(
        "the owner whose issue leads answers for those that were merged into it",
        17,
        edit(
            "app/issues/answering.py",
            "    if word.answer not in CONTENT:\n        goes_on(",
            "    if word.answer.value == 'satisfied':\n"
            "        from app.issues.work import together_with\n"
            "        for one in together_with(issue):\n"
            "            if one.state is State.RECTIFIED and one.raised_at >= issue.raised_at:\n"
            "                one.state, one.closed_at = State.CLOSED, at\n"
            "    if word.answer not in CONTENT:\n        goes_on(",
        ),
        caught_by=MERGING,
    ),
    Mutant(
        "nobody calls back on owners whose issues were merged",
        17,
        edit("app/issues/work.py", "        begin_callback(one, by=by, at=at)\n", ""),
        caught_by=MERGING,
    ),
    Mutant(
        "what others called good is opened by the next round of the work",
        17,
        edit(
            "app/issues/work.py",
            "        if one.state is State.RECTIFIED:\n",
            "        if one.state is State.CLOSED:\n"
            "            one.state, one.closed_at = State.MERGED, None\n"
            "        if one.state is State.RECTIFIED:\n",
        ),
        caught_by=MERGING,
    ),
    Mutant(
        "what the executive ends counts as satisfied",
        18,
        edit(
            "app/issues/rules.py",
            "    Step(State.RECTIFIED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),\n",
            "    Step(State.RECTIFIED, Move.CLOSE_UNSATISFIED, State.CLOSED, _EXECUTIVE, owned=True),\n",
        ),
        caught_by=TABLE,
    ),
    Mutant(
        "the manager ends an issue without its owner's satisfaction",
        18,
        edit(
            "app/issues/rules.py",
            "    Step(State.ACCEPTED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _EXECUTIVE, owned=True),\n",
            "    Step(State.ACCEPTED, Move.CLOSE_UNSATISFIED, State.CLOSED_UNSATISFIED, _DECIDERS, owned=True),\n",
        ),
        caught_by=TABLE,
    ),
    Mutant(
        "an owner is unreachable one try too early",
        18,
        edit("app/issues/ending.py", "tries < enough:", "tries + 1 < enough:"),
        caught_by=ABILITIES,
    ),
    Mutant(
        "an owner objects when the days for it are over",
        18,
        edit(
            "app/issues/ending.py",
            "    if not is_in_time(issue, at, at):\n",
            "    if not is_in_time(issue, issue.closed_at or at, at):\n",
        ),
        caught_by=ABILITIES,
    ),
    Mutant(
        "an officer verifies what nobody owns",
        18,
        edit(
            "app/issues/rules.py",
            "    Step(State.RECTIFIED, Move.VERIFY, State.VERIFIED, _SUPERVISOR, owned=False),\n",
            "    Step(State.RECTIFIED, Move.VERIFY, State.VERIFIED, _OFFICER, owned=False),\n",
        ),
        caught_by=TABLE,
    ),
    Mutant(
        "whoever asks for a later date has it at once",
        19,
        edit(
            "app/issues/deferring.py",
            "    asked = _deferral(issue, issue.due_on, to_on, reason.strip(), by, at)\n",
            "    asked = _deferral(issue, issue.due_on, to_on, reason.strip(), by, at)\n    issue.due_on = to_on\n",
        ),
        caught_by=ABILITIES,
    ),
    Mutant(
        "a dispute begins a new limit",
        19,
        edit(
            "app/issues/moving.py",
            "_CLOCK_RUNS_ON = frozenset({Move.DISPUTE, Move.DECIDE_LIABILITY})\n",
            "_CLOCK_RUNS_ON: frozenset[Move] = frozenset()\n",
        ),
        caught_by=ABILITIES,
    ),
    Mutant(
        "an explanation waits for nobody",
        19,
        edit(
            "app/issues/moving.py",
            "    elif issue.state is State.EXPLAINED:\n",
            "    elif issue.state is State.EXPLAINED and issue.explainer_id:\n",
        ),
        caught_by=WALKS,
    ),
    Mutant(
        "a step has no limit worth the name",
        19,
        edit(
            "app/issues/moving.py",
            "        begin(EXPLAIN, holder, due_at=days_later(at, limit.explanation_days, zone))\n",
            "        begin(EXPLAIN, holder, due_at=days_later(at, 36500, zone))\n",
        ),
        caught_by=ABILITIES,
    ),
    Mutant(
        "a level is told again each time the job runs",
        20,
        edit("app/estates/escalation.py", "Wait.due_at <= latest, level.told_at.is_(None))", "Wait.due_at <= latest)"),
        caught_by=ESCALATION,
    ),
    Mutant(
        "what fell due while no worker ran is told to nobody",
        20,
        edit(
            "app/estates/escalation.py",
            "Wait.due_at <= latest, level.told_at.is_(None))",
            "Wait.due_at <= latest, level.told_at.is_(None), Wait.due_at > days_later(latest, -5, estate.time_zone))",
        ),
        caught_by=YEAR,
    ),
    Mutant(
        "a step is told a day before it may be",
        20,
        edit(
            "app/estates/escalation.py",
            "    latest = days_later(at, -level.after(limits(estate.settings)), estate.time_zone)\n",
            "    latest = days_later(at, 1 - level.after(limits(estate.settings)), estate.time_zone)\n",
        ),
        caught_by=ESCALATION,
    ),
    Mutant(
        "a step with a new limit counts as told already",
        20,
        edit(
            "app/core/waits.py",
            "        known.manager_told_at = known.executive_told_at = None\n",
            "        known.executive_told_at = None\n",
        ),
        caught_by=ESCALATION,
    ),
    Mutant(
        "what waits for somebody who has left waits for ever",
        20,
        edit(
            "app/estates/escalation.py",
            "        .where(Wait.staff_id.not_in(_who_is(estate, MAY[Act.EXPLAIN_ISSUE], at)), Wait.what != FETCH)\n",
            "        .where(Wait.staff_id.not_in(sa.select(Staff.id)), Wait.what != FETCH)\n",
        ),
        caught_by=ESCALATION,
    ),
    Mutant(
        "the supervisor grades a complaint down",
        21,
        edit(
            "app/issues/complaint_rules.py",
            "    Row(Standing.RESPONDED, Act.GRADE_DOWN, Standing.RESPONDED, _MANAGER),\n",
            "    Row(Standing.RESPONDED, Act.GRADE_DOWN, Standing.RESPONDED, _LEADERS),\n",
        ),
        caught_by=COMPLAINTS,
    ),
    Mutant(
        "a complaint that is graded anew has all its time again",
        21,
        edit(
            "app/issues/complaining.py",
            "    begin_round(complaint, at=complaint.counted_from)\n",
            "    begin_round(complaint, at=at)\n",
        ),
        caught_by=COMPLAINTS,
    ),
    Mutant(
        "a complaint is closed by telephone",
        21,
        edit(
            "app/issues/complaint_rules.py",
            "    return STRICT_ANSWERS if complaint else CLOSING_ANSWERS\n",
            "    return CLOSING_ANSWERS\n",
        ),
        caught_by=COMPLAINTS,
    ),
    Mutant(
        "whom a complaint is about calls back on its owner",
        21,
        edit(
            "app/issues/complaints.py",
            "    if complaint is None or complaint.about_id != issue.officer_id:\n",
            "    if complaint is None or issue.officer_id:\n",
        ),
        caught_by=COMPLAINTS,
    ),
    Mutant(
        "the limit of a complaint that was merged is forgotten",
        21,
        edit(
            "app/issues/complaints.py",
            "    return [*([own] if own else []), *followers]\n",
            "    return [own] if own else list(followers)[1:]\n",
        ),
        caught_by=COMPLAINTS,
    ),
    Mutant(
        "the last day of a warranty is the property company's",
        22,
        edit("app/issues/liability.py", "if raised_on <= until else", "if raised_on < until else"),
        caught_by=("pytest", "tests/issues/test_liability.py"),
    ),
    Mutant(
        "a day counts by the clock of the server and not of the estate",
        22,
        edit(
            "app/issues/routing.py",
            "covered(estate.profile, part, until, local_date(issue.raised_at, estate.time_zone))",
            "covered(estate.profile, part, until, issue.raised_at.date())",
        ),
        caught_by=("pytest", "tests/issues/test_liability.py"),
    ),
    Mutant(
        "a notice that was sent is sent again",
        23,
        edit(
            "app/notices/sending.py",
            "        _end(notices, State.SENT, at=at)\n",
            "        _end(notices, State.WAITING, at=at)\n",
        ),
        caught_by=NOTICES,
    ),
    Mutant(
        "a notice that could not be sent is not tried again",
        23,
        edit(
            "app/notices/sending.py",
            "        later = again_at(notice.tries, at, jitter)\n",
            "        later = None\n",
        ),
        caught_by=NOTICES,
    ),
    Mutant(
        "two workers send the same notice",
        23,
        (
            Edit(
                "app/notices/sending.py",
                "        .limit(1)\n        .with_for_update(skip_locked=True)\n",
                "        .limit(1)\n",
            ),
            Edit(
                "app/notices/sending.py",
                "        .limit(MOST_TOGETHER)\n        .with_for_update(skip_locked=True)\n",
                "        .limit(MOST_TOGETHER)\n",
            ),
        ),
        caught_by=NOTICES,
        db="postgresql",
    ),
    Mutant(
        "a line of the journal is passed over by the notices",
        23,
        edit(
            "app/notices/telling.py",
            "    cursor.seq = lines[-1].seq\n",
            "    cursor.seq = lines[-1].seq + (len(lines) >= most)\n",
        ),
        caught_by=NOTICES,
    ),
    Mutant(
        "who comes second acts on an issue as it was",
        24,
        edit(
            "app/issues/moving.py",
            "    db.session.refresh(issue, with_for_update=True)\n",
            "",
        ),
        caught_by=ABILITIES,
        db="postgresql",
    ),
    Mutant(
        "whoever saw an issue with another department acts on it all the same",
        24,
        edit(
            "app/issues/moving.py", "    if row is None or issue.department_id != seen_with:\n", "    if row is None:\n"
        ),
        caught_by=("pytest", "tests/issues/test_at_once.py"),
        db="postgresql",
    ),
    Mutant(
        "who transfers second overwrites whoever was faster",
        24,
        edit("app/issues/routing.py", "        if issue.department_id != away_from:\n", "        if not away_from:\n"),
        caught_by=("pytest", "tests/issues/test_departments.py"),
    ),
    Mutant(
        "who grades second overwrites whoever was faster",
        24,
        edit("app/issues/complaining.py", "    if complaint.grade is not seen:\n", "    if not seen:\n"),
        caught_by=COMPLAINTS,
    ),
    Mutant(
        "an issue that is sent on is still to be taken up",
        25,
        edit(
            "app/issues/reporting.py",
            "    if row.before is State.REPORTED or row.after in ENDED:\n",
            "    if row.after in ENDED:\n",
        ),
        caught_by=REPORTS,
    ),
    Mutant(
        "a result that one has read counts as read by the other",
        25,
        edit(
            "app/issues/reporting.py", "        waits.end(result.id, reader.what)\n", "        waits.end(result.id)\n"
        ),
        caught_by=REPORTS,
    ),
    Mutant(
        "the result of what did not hold is still to be told",
        25,
        edit("app/issues/reporting.py", "    elif row.before in RESULTS:\n", "    elif False:\n"),
        caught_by=REPORTS,
    ),
)
