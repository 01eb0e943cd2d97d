"""Bugs seeded into what is counted, into whose word counts, and into what a survey's sheet comes to."""

from tests.mutants.mutant import Edit, Mutant, edit

OF_NUMBERS = {
    29: "no rate is better than what it was counted from, and an empty one is none",
    30: "every line is counted from the facts themselves, by the same filter above and below the stroke",
    31: "what was missed stays missed, and what was ended otherwise is not called good",
    32: "it counts whose answer it is: an owner's own, or somebody's on their behalf",
    33: "nothing is called good by whoever was not shown it, or had not read it",
    34: "a survey's sheet is answered once, and only while its survey takes sheets",
}
"""What every number must hold, beside the promises of the sync, of the loop and of the evidence."""

YEAR = ("pytest", "tests/reports/test_counting.py", "tests/reports/test_figures.py")
DUE = ("pytest", "tests/visits/test_recounted.py", "tests/visits/test_call_counts.py")
JUDGED = ("pytest", "tests/visits/test_judging.py")
HELD = ("pytest", "tests/visits/test_evidence.py", "tests/visits/test_quoted.py")
DOOR = ("pytest", "tests/visits/test_whose_matter.py", "tests/visits/test_answered_at_the_door.py")
SURVEY = ("pytest", "tests/surveys/test_counting.py", "tests/surveys/test_progress.py")
SHEETS = ("pytest", "tests/surveys/test_sheets.py", "tests/surveys/test_table.py")

OF_THE_NUMBERS = (
    Mutant(
        "a rate is rounded to the nearest tenth",
        29,
        edit("app/core/rates.py", "    tenths = 1000 * part // whole\n", "    tenths = round(1000 * part / whole)\n"),
        caught_by=("pytest", "tests/core/test_rates.py"),
    ),
    Mutant(
        "of nothing all is done",
        29,
        edit("app/core/rates.py", '        return "–"\n', '        return "100.0 %"\n'),
        caught_by=("pytest", "tests/core/test_rates.py"),
    ),
    Mutant(
        "rounds per closed issue are rounded down",
        29,
        edit(
            "app/reports/counting.py",
            "        tenths = -(-10 * self.rounds // self.closed)\n",
            "        tenths = 10 * self.rounds // self.closed\n",
        ),
        caught_by=YEAR,
    ),
    Mutant(
        "of answers on behalf of owners the most favourable ones count first",
        29,
        edit(
            "app/visits/judging.py",
            "_LEAST_FAVOURABLE_FIRST = (Rating.DISSATISFIED, Rating.BASIC, Rating.SATISFIED)",
            "_LEAST_FAVOURABLE_FIRST = (Rating.SATISFIED, Rating.BASIC, Rating.DISSATISFIED)",
        ),
        caught_by=JUDGED,
    ),
    Mutant(
        "of a survey's answers on behalf of owners the most favourable ones count first",
        29,
        edit(
            "app/surveys/counting.py", "facts.proxy_share, reversed(FIVE_LEVELS)\n", "facts.proxy_share, FIVE_LEVELS\n"
        ),
        caught_by=SURVEY,
    ),
    Mutant(
        "whoever has no opinion is content",
        29,
        edit(
            "app/visits/judging.py",
            "if rating is not Rating.NONE})",
            "if count})",
        ),
        caught_by=JUDGED,
    ),
    Mutant(
        "a home that was met twice is two homes",
        30,
        edit(
            "app/reports/counting.py",
            "        met=len(met),\n",
            "        met=sum(one.met and one.method is Method.DOOR for one in part.tries),\n",
        ),
        caught_by=YEAR,
    ),
    Mutant(
        "a home that was heard by telephone was met",
        30,
        edit(
            "app/reports/counting.py",
            "if one.met and one.method is Method.DOOR} & facts.households",
            "if one.met} & facts.households",
        ),
        caught_by=YEAR,
    ),
    Mutant(
        "a vacant home that somebody went to is a household",
        30,
        edit(
            "app/reports/counting.py",
            "        visited=len({one.unit_id for one in part.tries} & facts.households),\n",
            "        visited=len({one.unit_id for one in part.tries}),\n",
        ),
        caught_by=YEAR,
    ),
    Mutant(
        "a home that is vacant today was so last year",
        30,
        edit(
            "app/estates/households.py",
            "sa.func.coalesce(said_then, Unit.occupancy == Occupancy.VACANT, type_=sa.Boolean)",
            "sa.func.coalesce(Unit.occupancy == Occupancy.VACANT, said_then, type_=sa.Boolean)",
        ),
        caught_by=("pytest", "tests/estates/test_households.py"),
    ),
    Mutant(
        "whoever declined a survey's sheet after taking it was never handed one",
        30,
        edit(
            "app/surveys/counting.py",
            "        return self.was_handed_out or self.came_back\n",
            "        return (self.was_handed_out and self.state is not SheetState.DECLINED) or self.came_back\n",
        ),
        caught_by=SURVEY,
    ),
    Mutant(
        "sheets without a name count, whatever the estate has settled",
        30,
        edit(
            "app/surveys/counting.py",
            "        return not (self.unsigned_count or sheet.signed or sheet.is_by_phone)\n",
            "        return not (self.unsigned_count or sheet.signed or sheet.is_by_phone or sheet.came_back)\n",
        ),
        caught_by=SURVEY,
    ),
    Mutant(
        "a callback that was late and then got another day was held in time",
        31,
        edit(
            "app/visits/figures.py",
            "day = task.id in missed, missed.get(task.id, task.due_on)\n",
            "day = task.id in missed, task.due_on\n",
        ),
        caught_by=DUE,
    ),
    Mutant(
        "a callback that was missed and then called off was never due",
        31,
        edit(
            "app/visits/figures.py",
            "        counts = late or task.state is not TaskState.CANCELLED\n",
            "        counts = task.state is not TaskState.CANCELLED\n",
        ),
        caught_by=DUE,
    ),
    Mutant(
        "what the executive ended was closed by its owner",
        31,
        edit(
            "app/issues/became.py",
            "    return Became.CLOSED if state is State.CLOSED else Became.ENDED\n",
            "    return Became.CLOSED\n",
        ),
        caught_by=("pytest", "tests/issues/test_became.py"),
    ),
    Mutant(
        "a year is handed up while it runs",
        31,
        edit("app/reports/handing_up.py", "    if not year.is_over:\n", "    if not year.is_over and not summary:\n"),
        caught_by=("pytest", "tests/office/test_year_report.py"),
    ),
    Mutant(
        "whoever is called the owner is the owner",
        32,
        edit(
            "app/visits/actions.py",
            "    if held.has_answers and are_others([met_at(visit)], estate.time_zone)[0]:\n",
            "    if not held.has_answers and are_others([met_at(visit)], estate.time_zone)[0]:\n",
        ),
        caught_by=DOOR,
    ),
    Mutant(
        "a seller's rating is an owner's own",
        32,
        edit(
            "app/visits/figures.py",
            "        (proxies if is_other else phone if method is Method.PHONE else door)[rating] += 1\n",
            "        (phone if method is Method.PHONE else door)[rating] += 1\n",
        ),
        caught_by=("pytest", "tests/visits/test_figures.py", "tests/visits/test_figures_walk.py"),
    ),
    Mutant(
        "a tenant answers a survey for themselves",
        32,
        edit(
            "app/visits/surveyed.py",
            "    of_owner = met.relation is Relation.OWNER and not are_others([met], zone)[0]\n",
            "    of_owner = met.relation is not Relation.OTHER and not are_others([met], zone)[0]\n",
        ),
        caught_by=("pytest", "tests/visits/test_sheets_at_the_door.py"),
    ),
    Mutant(
        "what a summary misquotes is called good all the same",
        33,
        edit("app/visits/actions.py", "    if not misquoted:\n", "    if misquoted is not None:\n"),
        caught_by=HELD,
    ),
    Mutant(
        "a signature before the end was read counts",
        33,
        edit(
            "app/visits/agreeing.py",
            "    return signature.shown_at <= signature.end_seen_at <= signature.signed_at\n",
            "    return signature.shown_at <= signature.signed_at\n",
        ),
        caught_by=HELD,
    ),
    Mutant(
        "the rating in the record need not be the one that was signed",
        33,
        (
            Edit("app/visits/agreeing.py", "        SummaryPart.RATING: held.rating.value,\n", ""),
            Edit("app/visits/agreeing.py", "        SummaryPart.RATING: shown.rating,\n", ""),
        ),
        caught_by=HELD,
    ),
    Mutant(
        "a sheet that came back is answered once more by whoever comes later",
        34,
        edit(
            "app/surveys/actions.py",
            "    row = sheet_step(sheet.state, what)\n",
            "    row = sheet_step(sheet.state, what) or sheet_step(SheetState.HANDED_OUT, what)\n",
        ),
        caught_by=SHEETS,
    ),
    Mutant(
        "a sheet that comes when its survey is counted still counts",
        34,
        edit(
            "app/visits/surveyed.py",
            "    return _is_its_homes(sheet, given, visit) and is_collecting(sheet)\n",
            "    return _is_its_homes(sheet, given, visit) and (is_collecting(sheet) or True)\n",
        ),
        caught_by=("pytest", "tests/visits/test_sheets_at_the_door.py"),
    ),
)
