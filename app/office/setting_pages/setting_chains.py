"""Chains: through whose hands a paper goes. Stages are put in, taken out and moved before anything is saved."""

from dataclasses import asdict, dataclass, replace

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.approvals.chains import set_chain
from app.approvals.queries import under_way
from app.approvals.rules import DRAFTED_BY, DUTIES_OF, MOST_STAGES, Chain, Duty, Paper, Stage, chain_of
from app.core.changes import newest
from app.core.clock import local_date, now
from app.core.errors import NotFound
from app.core.i18n import _
from app.estates.queries import who_is
from app.estates.rules import counts_as, limits
from app.office.door import estate_id, me, office
from app.office.reviews import DRAFTING, DUTIES
from app.office.setting_pages.setting_form import Trouble, attempt
from app.office.setting_pages.setting_words import PAPERS, chain_words
from app.office.words import title_of
from app.people.access import may
from app.people.rules import MAY, Act, Role


@dataclass(frozen=True)
class Row:
    """One stage as somebody has typed it. `focus`: the last act moved it or put it in."""

    duty: str
    role: str
    days: str
    focus: bool = False


@office.get("/settings/chains")
@may(Act.SEE_SETTINGS)
def chains() -> str:
    """Both chains."""
    return _page({})


@office.post("/settings/chains/<paper>")
@may(Act.CHANGE_SETTINGS)
def change_chain(paper: str) -> Response | str | tuple[str, int]:
    """Put a stage in, take one out, move one: nothing is saved yet. Or save, or go back to the policy's chain."""
    here, changed = me(), _paper(paper)
    rows, act = _typed(), request.form.get("act", "save")
    if act not in ("save", "policy"):
        return _page({changed: _arranged(changed, rows, act)}, seen={changed: _seen()})
    chain = _chain(changed, rows) if act == "save" else None

    trouble = attempt(lambda: set_chain(here.estate, changed, chain, seen=_seen(), by=here.by, at=now()))
    if trouble:
        seen = {} if trouble.changes else {changed: _seen()}
        return _page({changed: rows}, {changed: trouble}, seen), trouble.status

    flash(_("Saved. It holds for what is handed in from now on."), "good")
    return redirect(url_for("office.chains"))


def _page(
    typed: dict[Paper, list[Row]], troubles: dict[Paper, Trouble] | None = None, seen: dict[Paper, int] | None = None
) -> str:
    here = me()
    today = local_date(now(), here.estate.time_zone)
    readers = [role for role in Role if role in MAY[Act.REVIEW_PAPERS]]
    policy = {paper: chain_of(paper, here.estate.profile, _without_own()) for paper in DUTIES_OF}
    return render_template(
        "office/settings/chains.html",
        papers=PAPERS,
        rows={paper: typed.get(paper, _rows(_now(paper))) for paper in DUTIES_OF},
        typed=typed,
        troubles=troubles or {},
        seen=dict.fromkeys(DUTIES_OF, newest(estate_id())) | (seen or {}),
        own={paper: paper.value in here.estate.settings.get("chains", {}) for paper in DUTIES_OF},
        policy={paper: chain_words(chain) for paper, chain in policy.items()},
        running={paper: under_way(estate_id(), paper) for paper in DUTIES_OF},
        drafted={paper: (DRAFTING[paper][0], title_of(DRAFTED_BY[paper], here.estate)) for paper in DUTIES_OF},
        duties={paper: [(duty.value, DUTIES[duty]) for duty in DUTIES_OF[paper]] for paper in DUTIES_OF},
        roles=lambda chosen: _offered(readers, chosen),
        nobody={role.value for role in readers if not who_is(here.estate, [role], today)},
        most=MOST_STAGES,
    )


def _offered(roles: list[Role], chosen: str) -> list[tuple[str, str]]:
    """Value and title of each function: where several roles are one, of the chosen one, else of the first."""
    estate, functions = me().estate, dict[frozenset[Role], Role]()
    for role in roles:
        function = counts_as(estate.profile, [role])
        if function not in functions or role.value == chosen:
            functions[function] = role
    return [(role.value, str(title_of(role, estate))) for role in functions.values()]


def _typed() -> list[Row]:
    columns = [request.form.getlist(name)[: MOST_STAGES + 1] for name in ("duty", "role", "days")]
    return [Row(duty, role, days.strip()[:4]) for duty, role, days in zip(*columns, strict=False)]


def _arranged(paper: Paper, rows: list[Row], act: str) -> list[Row]:
    """The rows after one was put in, taken out or moved; as they were if there is no such row."""
    what, _dash, place = act.partition("-")
    rows = [replace(row, focus=False) for row in rows]
    if what == "add" and len(rows) < MOST_STAGES:
        new = Row(DUTIES_OF[paper][0].value, Role.MANAGER.value, str(limits(me().estate.settings).review_days), True)
        rows.insert(max(len(rows) - 1, 0), new)
        return rows
    here = int(place) if place.isdecimal() else -1
    if not 0 <= here < len(rows):
        return rows
    row = replace(rows.pop(here), focus=True)
    there = {"up": here - 1, "down": here + 1}.get(what)
    if there is not None:
        rows.insert(min(max(there, 0), len(rows)), row)
    return rows


def _chain(paper: Paper, rows: list[Row]) -> Chain | None:
    """What was typed; nothing where it is the policy's chain. What is no number of days breaks the rule about days."""
    duties = {duty.value: duty for duty in Duty}
    roles = {role.value: role for role in Role}
    known = [row for row in rows if row.duty in duties and row.role in roles]
    chain = tuple(
        Stage(duties[row.duty], roles[row.role], int(row.days) if row.days.isdecimal() else 0) for row in known
    )
    is_policy = chain == chain_of(paper, me().estate.profile, _without_own())
    return None if is_policy and paper.value not in me().estate.settings.get("chains", {}) else chain


def _rows(chain: Chain) -> list[Row]:
    return [Row(stage.duty.value, stage.role.value, str(stage.days)) for stage in chain]


def _now(paper: Paper) -> Chain:
    return chain_of(paper, me().estate.profile, me().estate.settings)


def _without_own() -> dict[str, object]:
    return {"limits": asdict(limits(me().estate.settings))}


def _paper(value: str) -> Paper:
    found = next((paper for paper in DUTIES_OF if paper.value == value), None)
    if found is None:
        raise NotFound("chain:no_paper", _("There is no such page."))
    return found


def _seen() -> int:
    seen = request.form.get("seen", "0")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else 0
