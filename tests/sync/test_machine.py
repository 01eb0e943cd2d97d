"""Whatever happens between tablets and office, and in whatever order: the promises of the sync hold (design A)."""

import functools
import os
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from app.cli.take_up import take_up_whatever_can_be
from app.core.clock import now
from app.core.db import db
from app.sync import views
from app.sync.kinds import kind_of
from app.sync.models import Decision, Operation
from app.sync.rules import Choice
from tests.sync.machine import invariants, world
from tests.sync.machine.desk import HANDS, Desk
from tests.sync.machine.messages import Answer, Ask, NotReached, Talk
from tests.sync.machine.office import NEW_KIND, Office
from tests.sync.machine.road import Died, Fault, Road, Slow, dying, lets_others_write
from tests.sync.machine.scene import Saved, Scene, Seen, look, printed_statements
from tests.sync.machine.tablet import Json, Person, SyncTablet, UnsentFile
from tests.sync.machine.world import START, Talked, World, a_world

pytestmark = pytest.mark.long

EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "12"))
STEPS = int(os.environ.get("MACHINE_STEPS", "40"))
MINUTES = float(os.environ.get("SOAK_MINUTES", "0")) / 3
"""A soak's time is for two databases and for the server that is killed."""
SEED = int(os.environ.get("SOAK_SEED") or random.SystemRandom().randrange(2**32))

BOUNDED = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=MINUTES == 0,
    database=None,
    print_blob=False,
    phases=[Phase.generate] if "WITHOUT_SHRINKING" in os.environ else [Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
FAULTS = [Fault.NONE] * 6 + [fault for fault in Fault if fault is not Fault.NONE]
GOOD, REFUSED, HELD = frozenset({"applied", "review"}), frozenset({"rejected"}), frozenset({"held"})
ANY = st.integers(0, 11)

TALKS = st.builds(
    Talked,
    matters=st.lists(st.booleans(), max_size=2).map(tuple),
    photos=st.integers(0, 2),
    satisfied=st.booleans(),
    signed=st.sampled_from([True, True, True, False]),
    by_phone=st.sampled_from([False, False, False, True]),
)
STRANGE: dict[str, tuple[Callable[[Json, "Machine", Person], Json], str]] = {
    "with a part missing": (lambda operation, _m, _p: world.with_a_part_missing(operation), "rejected"),
    "in another's name": (lambda operation, m, p: world.in_anothers_name(operation, m.stranger_to(p)), "rejected"),
    "changed after signing": (lambda operation, _m, _p: world.changed_after_signing(operation), "rejected"),
}


CHOICES = st.sampled_from([Choice.ENTER, Choice.ENTER, Choice.SEEN, Choice.NOTE, Choice.SET_ASIDE])
FILES = st.sampled_from(["whole", "whole", "whole", "twice at once", "cut off", "dies 1", "dies 2", "dies 3"])

HOW: dict[str, st.SearchStrategy[Json]] = {}
OFTEN: list[str] = []
Step = TypeVar("Step", bound=Callable[..., None])


def may_happen(
    times: int = 1, when: Callable[["Machine"], object] = lambda _self: True, **how: st.SearchStrategy[Any]
) -> Callable[[Step], Step]:
    """Let this happen, `times` as often as other things. All stand behind one rule: hypothesis leaves rules out."""

    def among_others(step: Step) -> Step:
        name = step.__name__
        HOW[name] = st.fixed_dictionaries(how)
        OFTEN.extend([name] * times)

        @functools.wraps(step)
        def if_it_can(self: "Machine", **drawn: Any) -> None:
            if when(self):
                self.happened[name] += 1
                step(self, **drawn)

        return if_it_can

    return among_others


def readable_but_held() -> list[uuid.UUID]:
    """Told from the rows themselves: the query that takes them up is what is tried here."""
    undecided = sa.select(Operation).where(
        Operation.status == "held", Operation.op_id.not_in(sa.select(Decision.op_id))
    )
    return [one.op_id for one in db.session.scalars(undecided) if kind_of(one.kind, one.v) is not None]


class Under:
    """A round that a tab of a tablet is in: the talk, and the question that stands."""

    def __init__(self, talk: Talk[list[Exception]]) -> None:
        self.talk, self.troubles = talk, None
        self.ask: Ask | None = next(talk)

    def hear(self, answer: Answer | NotReached) -> None:
        """Go on to the next question, if there is one."""
        try:
            self.ask = self.talk.throw(answer) if isinstance(answer, NotReached) else self.talk.send(answer)
        except StopIteration as end:
            self.ask, self.troubles = None, end.value


class Machine(RuleBasedStateMachine):
    """Three tablets, an office, and a bad road between them."""

    happened: ClassVar[Counter[str]] = Counter()

    def __init__(self, of: World) -> None:
        super().__init__()
        self.world, self.app = of, of.app
        of.backups.bring_back(START)
        world.the_old_server()
        self.began = now()
        self.ahead = [timedelta()] * 3
        self.tablets = [
            SyncTablet(
                f"tablet {n}", [person.anew() for person in people], lambda n=n: datetime.now(UTC) + self.ahead[n]
            )
            for n, people in enumerate(of.carriers)
        ]
        self.office, self.road, self.desk = Office(self.app, of.serves), Road(self.app), Desk(self.app, of.browsers)
        self.saved: list[Saved] = []
        self.highest: dict[Any, int] = {}
        self.under: dict[int, list[Under]] = {0: [], 1: [], 2: []}
        self.slow: tuple[Slow, tuple[int, Under] | None] | None = None
        self.files: list[UnsentFile] = []
        self.backup: tuple[str, Any, Any] = START, self.office.memory(), self.desk.told
        self.looked: tuple[tuple[int, ...], Seen] | None = None
        for n in range(3):
            self._go_round(n)

    # --- officers ---

    @may_happen(times=5, tablet=st.integers(0, 2), home=ANY, talked=TALKS)
    def somebody_holds_a_visit(self, tablet: int, home: int, talked: Talked) -> None:
        self._hold(tablet, home, talked, lambda operation: operation, GOOD)

    @may_happen(times=2, tablet=st.integers(0, 2), home=ANY)
    def nobody_is_home(self, tablet: int, home: int) -> None:
        on, person = self._at_work(tablet)
        if person and on.live(person, "unit"):
            self._keep(on, person, world.attempt(on, person, home), [], GOOD)

    @may_happen(times=2, tablet=st.integers(0, 2), home=ANY, photos=st.integers(0, 1))
    def something_is_noticed_on_the_way(self, tablet: int, home: int, photos: int) -> None:
        on, person = self._at_work(tablet)
        if person and on.live(person, "unit"):
            self._keep(on, person, *world.noticed(on, person, home, photos), GOOD)

    @may_happen(times=3, tablet=st.integers(0, 2), which=ANY)
    def something_is_added_to_a_visit(self, tablet: int, which: int) -> None:
        on, person = self._at_work(tablet)
        mine = [saved.operation for saved in self.saved if person and saved.author == person.staff_id]
        visits = [operation for operation in mine if operation["kind"] == "visit.hold"]
        if person and visits:
            self._keep(on, person, world.later_fact(on, person, visits[which % len(visits)]), [], GOOD)

    @may_happen(times=2, tablet=st.integers(0, 2), home=ANY, how=st.sampled_from(sorted(STRANGE)))
    def a_record_is_strange(self, tablet: int, home: int, how: str) -> None:
        make, fate = STRANGE[how]
        person = self.tablets[tablet].open
        self._hold(tablet, home, Talked(), lambda operation: make(operation, self, person), frozenset({fate}))

    @may_happen(times=2, tablet=st.integers(0, 2), home=ANY, talked=st.none() | TALKS)
    def somebody_has_a_newer_app(self, tablet: int, home: int, talked: Talked | None) -> None:
        """And meets somebody or nobody."""
        fate = GOOD if world.knows_newer_apps() else HELD
        on, person = self._at_work(tablet)
        if talked:
            self._hold(tablet, home, talked, world.of_a_newer_app, fate)
        elif person and on.live(person, "unit"):
            self._keep(on, person, world.of_a_newer_app(world.attempt(on, person, home)), [], fate)

    @may_happen(times=2, tablet=st.integers(0, 2), home=ANY, answered=st.booleans(), photos=st.integers(0, 1))
    def a_matter_is_of_a_new_kind(self, tablet: int, home: int, answered: bool, photos: int) -> None:
        talked = Talked((answered,), photos, category=NEW_KIND)
        fate = REFUSED | (GOOD if self.office.ever_opened else REFUSED)
        self._hold(tablet, home, talked, lambda operation: operation, fate)

    @may_happen(times=2, tablet=st.integers(0, 2))
    def unsent_work_is_saved_as_a_file(self, tablet: int) -> None:
        if not self.tablets[tablet].wiped:
            self.files.append(self.tablets[tablet].unsent_as_file())

    @may_happen(tablet=st.integers(0, 2), who=st.sampled_from([None, 0, 1]))
    def somebody_locks_or_takes_a_tablet(self, tablet: int, who: int | None) -> None:
        on = self.tablets[tablet]
        on.open = None if who is None else on.people[who % len(on.people)]

    @may_happen(tablet=st.integers(0, 2), hours=st.sampled_from([-100_000, -30, -1, 0, 1, 30, 100_000]))
    def a_clock_jumps(self, tablet: int, hours: int) -> None:
        self.ahead = [*self.ahead[:tablet], timedelta(hours=hours), *self.ahead[tablet + 1 :]]

    # --- the road ---

    @may_happen(
        times=12,
        tablet=st.integers(0, 2),
        tab=st.integers(0, 1),
        faults=st.lists(st.sampled_from(FAULTS), min_size=1, max_size=6),
    )
    def some_questions_travel(self, tablet: int, tab: int, faults: list[Fault]) -> None:
        """A tab goes on with its round, or sets out; each question with what befalls it on its way."""
        going = self._going(tablet, tab)
        for fault in faults:
            if going and self._may_travel(going.ask):
                self.happened[f"fault: {fault.value}"] += 1
                self._travel(tablet, going, fault)

    @may_happen(when=lambda self: not self.slow, times=6, tablet=st.integers(0, 2), tab=st.integers(0, 1))
    def a_round_goes_on_to_its_end(self, tablet: int, tab: int) -> None:
        self._go_on(tablet, tab)

    @may_happen(when=lambda self: self.road.late and not self.slow, times=3, which=ANY)
    def something_arrives_late(self, which: int) -> None:
        self._settle(self.road.one_arrives_late(which))

    @may_happen(tablet=st.integers(0, 2))
    def the_app_is_closed(self, tablet: int) -> None:
        slow = self.slow[1] if self.slow else None
        self.under[tablet] = [tab for tab in self.under[tablet] if slow and tab is slow[1]]

    # --- the office ---

    @may_happen(when=lambda self: not self.slow, times=5, which=ANY, steps=st.integers(1, 3))
    def an_issue_is_taken_on(self, which: int, steps: int) -> None:
        self.office.take_issue_on(which, steps)

    @may_happen(when=lambda self: not self.slow, which=ANY)
    def somebody_tries_to_close_without_the_owner(self, which: int) -> None:
        assert not self.office.close_without_owner(which), "8: closed without its owner"

    @may_happen(when=lambda self: not self.slow, times=2, which=ANY, officer=st.integers(0, 2))
    def work_is_reassigned(self, which: int, officer: int) -> None:
        self.office.reassign(which, self.world.officers[officer])

    @may_happen(
        when=lambda self: self._others_may_write(),
        times=2,
        estate=st.integers(0, 1),
        home=ANY,
        officer=st.integers(0, 2),
    )
    def a_visit_is_planned(self, estate: int, home: int, officer: int) -> None:
        self.office.plan_visit(self.world.estates[estate], home, self.world.officers[officer])

    @may_happen(when=lambda self: not self.slow, times=3, estate=st.integers(0, 1), officer=st.integers(0, 2), sure=ANY)
    def a_survey_goes_out_or_is_called_off(self, estate: int, officer: int, sure: int) -> None:
        if sure:
            self.office.issue_survey(self.world.estates[estate], self.world.officers[officer])
        else:
            self.office.withdraw_survey(self.world.estates[estate])

    @may_happen(
        when=lambda self: not self.slow,
        times=4,
        estate=st.integers(0, 1),
        officer=st.integers(0, 2),
        serves=st.booleans(),
    )
    def an_officer_is_sent_elsewhere(self, estate: int, officer: int, serves: bool) -> None:
        change = self.office.grant if serves else self.office.end
        change(self.world.officers[officer], self.world.estates[estate])

    @may_happen(when=lambda self: not self.slow, tablet=st.integers(0, 2), sure=st.integers(0, 3))
    def a_tablet_is_withdrawn(self, tablet: int, sure: int) -> None:
        if sure == 0:
            for person in self.tablets[tablet].people:
                self.office.withdraw(person.device_id)

    # --- what was kept for a person ---

    @may_happen(when=lambda self: not self.slow)
    def the_office_hears_of_a_new_kind_of_matter(self) -> None:
        self.office.open_category()
        for saved in self.saved:
            if any(issue["category"] == NEW_KIND for issue in saved.operation["body"].get("issues", [])):
                saved.fate |= GOOD

    @may_happen(
        when=lambda self: not self.slow,
        times=6,
        estate=st.integers(0, 1),
        which=ANY,
        choice=CHOICES,
        hands=st.sampled_from(HANDS),
        corrected=st.booleans(),
    )
    def a_kept_record_is_decided_about(
        self, estate: int, which: int, choice: Choice, hands: str, corrected: bool
    ) -> None:
        self.desk.decide(self.world.estates[estate], which, choice, hands, corrected=corrected)

    @may_happen(when=lambda self: self.files and not self.slow, times=4, which=ANY, estate=st.integers(0, 1), how=FILES)
    def a_file_is_brought(self, which: int, estate: int, how: str) -> None:
        """One that was saved at any time; it stays there and can be brought again."""
        file, to = self.files[which % len(self.files)], self.world.estates[estate]
        if how == "cut off":
            self.desk.refuse_cut_off(to, file)
        elif how.startswith("dies"):
            self.desk.take_in(to, file, dies_at=int(how[-1]))
        else:
            self.desk.take_in(to, file, twice_at_once=how == "twice at once")

    @may_happen(when=lambda self: not self.slow, times=2, updated=st.booleans(), dies_at=st.integers(0, 3))
    def the_server_starts(self, updated: bool, dies_at: int) -> None:
        """Perhaps with a newer program. Before it serves it takes up what it can now read or place."""
        self.world.backups.stop_server()
        if updated:
            world.a_newer_server()
            for saved in self.saved:
                saved.fate |= GOOD if saved.fate & HELD else frozenset()
        if dies_at:
            with suppress(Died), dying(dies_at):
                self.happened["taken up"] += take_up_whatever_can_be(self.app)
        self.happened["taken up"] += take_up_whatever_can_be(self.app)
        self.office.acts += 1
        with self.app.app_context():
            assert not readable_but_held(), "5: what the server can read now is still held"

    # --- slow transactions ---

    @may_happen(when=lambda self: not self.slow, times=2, estate=st.integers(0, 1))
    def the_office_is_slow(self, estate: int) -> None:
        """It has written something, and does not commit yet."""
        self.slow = Slow(lambda: self.office.open_home(self.world.estates[estate])), None

    @may_happen(when=lambda self: not self.slow, estate=st.integers(0, 1), which=ANY, choice=CHOICES)
    def a_decision_is_slow(self, estate: int, which: int, choice: Choice) -> None:
        """Somebody has decided, and the office does not commit yet."""
        self.slow = Slow(lambda: self.desk.decide(self.world.estates[estate], which, choice, "one")), None

    @may_happen(when=lambda self: not self.slow, times=2, tablet=st.integers(0, 2), tab=st.integers(0, 1))
    def an_arrival_is_slow(self, tablet: int, tab: int) -> None:
        """The office has taken something in, and does not commit yet."""
        going = self._going(tablet, tab)
        if going and going.ask and going.ask.method in ("POST", "PUT"):
            ask = going.ask
            self.slow = Slow(lambda: self.road.ask(ask)), (tablet, going)

    @may_happen(when=lambda self: self.slow, times=6)
    def what_was_slow_commits(self) -> None:
        slow, whose = self.slow
        self.slow = None
        answer = slow.finish()
        if whose:
            self._settle(answer)
            self._hear(*whose, answer)

    # --- disasters ---

    @may_happen(when=lambda self: not self.slow)
    def a_backup_is_taken(self) -> None:
        self.backup = self.world.backups.take("backup"), self.office.memory(), self.desk.told

    @may_happen(when=lambda self: not self.slow)
    def the_backup_is_brought_back(self) -> None:
        """The newest; it is kept and can be brought back again."""
        name, memory, self.desk.told = self.backup
        self.world.backups.bring_back(name)
        self.office.remember(memory)
        for saved in self.saved:
            saved.fate |= self._of_a_stranger(saved.author, saved.operation)
        self.office.begin_new_epoch()
        self.road.forget()

    # --- what always holds ---

    @rule(what=st.sampled_from(OFTEN).flatmap(lambda name: st.tuples(st.just(name), HOW[name])))
    def something_happens(self, what: tuple[str, Json]) -> None:
        """One of the above."""
        name, how = what
        getattr(self, name)(**how)

    @invariant()
    def whatever_happened_the_promises_hold(self) -> None:
        scene = self._scene()
        for holds in invariants.AT_ANY_MOMENT.values():
            holds(scene)

    def teardown(self) -> None:
        """Everything comes to rest: then tablets and office know the same."""
        if self.slow:
            self.what_was_slow_commits()
        while self.road.late:
            self._settle(self.road.one_arrives_late(0))
        if len(self.saved) % 2:
            self._files_come_first()
        for turn in range(2):
            if turn:
                self._the_office_catches_up()
            for n, tablet in enumerate(self.tablets):
                for person in tablet.people:
                    self.ahead[n] += timedelta(hours=2)  # beyond the hour in which it does not start over again
                    tablet.open = person
                    self._go_round(n)
        self.whatever_happened_the_promises_hold()
        self._holds_at_rest()
        self.happened.update(self.desk.happened)
        self.happened["examples"] += 1
        self.happened["tablets wiped"] += sum(tablet.wiped for tablet in self.tablets)

    def _the_office_catches_up(self) -> None:
        """An issue is worked on, kept records are decided about, files are brought, the server is perhaps newer."""
        self.office.take_issue_on(len(self.saved), 3)
        self.the_server_starts(updated=len(self.saved) % 3 > 0, dies_at=0)
        for estate in self.world.estates:
            for n, choice in enumerate((Choice.ENTER, Choice.SET_ASIDE, Choice.ENTER)):
                self.desk.decide(estate, n, choice, HANDS[n + 2], corrected=True)
            for file in self.files[-2:]:
                self.desk.take_in(estate, file)

    def _files_come_first(self) -> None:
        """What tablets hold comes as a file before they reach the office themselves."""
        self.files += [tablet.unsent_as_file() for tablet in self.tablets[:2] if not tablet.wiped]
        for file in self.files:
            for estate in self.world.estates:
                self.desk.refuse_cut_off(estate, file)
                self.desk.take_in(estate, file)

    def _holds_at_rest(self) -> None:
        scene = self._scene()
        for issue in scene.seen.issues.values():
            self.happened[f"issue: {issue.state.value}, round {issue.round}"] += 1
        for sheet in scene.seen.sheets:
            self.happened[f"sheet: {sheet.state.value}"] += 1
        trusted = [saved for saved in self.saved if not self._is_withdrawn(saved.tablet)]
        scene.saved = trusted
        invariants.at_rest_everything_has_arrived(scene)
        invariants.at_rest_sheets_say_what_was_signed(scene, printed_statements(self.app, now()))
        scene.tablets = [tablet for tablet in self.tablets if not self._is_withdrawn(tablet)]
        invariants.at_rest_tablets_tell_what_became_of_it(scene)
        for tablet in self.tablets:
            for person in tablet.people:
                if not self._is_withdrawn(tablet):
                    view = self._everything_anew(person)
                    invariants.at_rest_tablet_equals_server(person, tablet.docs[person.staff_id], view)

    # --- how it goes ---

    def stranger_to(self, person: Person) -> str:
        """Somebody who has no place on this person's tablet."""
        carried = next(tablet for tablet in self.tablets if person in tablet.people)
        mine = {one.staff_id for one in carried.people}
        return next(officer for officer in self.world.officers if officer not in mine)

    def _go_on(self, tablet: int, tab: int) -> None:
        going = self._going(tablet, tab)
        while going and going.ask:
            self._travel(tablet, going, Fault.NONE)

    def _go_round(self, tablet: int) -> None:
        """A round from its beginning to its end, without trouble on the way."""
        self.under[tablet] = []
        self._go_on(tablet, 0)

    def _hold(
        self, tablet: int, home: int, talked: Talked, change: Callable[[Json], Json], fate: frozenset[str]
    ) -> None:
        on, person = self._at_work(tablet)
        if person and on.live(person, "unit"):
            operation, photos = world.visit(on, person, home, talked)
            self._keep(on, person, change(operation), photos, fate)

    def _keep(
        self, on: SyncTablet, person: Person, operation: Json, photos: list[tuple[Json, bytes]], fate: frozenset[str]
    ) -> None:
        row = on.save(person, operation, photos)
        author = operation.get("author", person.staff_id)
        self.saved.append(Saved(on, author, row, operation, fate | self._of_a_stranger(author, operation), photos))
        self.happened["saved"] += 1

    def _of_a_stranger(self, author: str, operation: Json) -> frozenset[str]:
        """A backup may know nothing of a role that was given after it: then a person must look at the work."""
        return frozenset() if operation["estate_id"] in self.office.served[author] else frozenset({"rejected"})

    def _at_work(self, tablet: int) -> tuple[SyncTablet, Person | None]:
        on = self.tablets[tablet]
        return on, None if on.wiped else on.open

    def _going(self, tablet: int, tab: int) -> Under | None:
        """The round of this tab, begun if need be; not one whose answer is slow to come."""
        rounds, on = self.under[tablet], self.tablets[tablet]
        if len(rounds) <= tab and not on.wiped:
            rounds.append(Under(on.round()))
        going = rounds[tab % len(rounds)] if rounds else None
        held = self.slow[1][1] if self.slow and self.slow[1] else None
        return None if going is held else going

    def _travel(self, tablet: int, going: Under, fault: Fault) -> None:
        assert going.ask
        try:
            answer: Answer | NotReached = self.road.carry(going.ask, fault)
        except NotReached as lost:
            answer = lost
        self._hear(tablet, going, answer)

    def _hear(self, tablet: int, going: Under, answer: Answer | NotReached) -> None:
        self.happened["requests"] += 1
        on = self.tablets[tablet]
        going.hear(answer)
        if going.ask is None and going in self.under[tablet]:
            self.under[tablet].remove(going)
        if on.fresh:
            invariants.nothing_out_of_scope_stays(on, on.fresh, self._scene())
            on.fresh = None

    def _settle(self, answer: Answer) -> None:
        assert answer.status < 500, answer.text

    def _may_travel(self, ask: Ask | None) -> bool:
        """While somebody is at the brink of a commit others only read: what they write may have to wait for it."""
        return ask is not None and (not self.slow or ask.method in ("GET", "HEAD"))

    def _others_may_write(self) -> bool:
        return not self.slow or (self.slow[1] is None and lets_others_write(self.app))

    def _is_withdrawn(self, tablet: SyncTablet) -> bool:
        return tablet.wiped or any(person.device_id in self.office.withdrawn for person in tablet.people)

    def _everything_anew(self, person: Person) -> list[Json]:
        """What a tablet that begins would be told."""
        changes, cursor, more = [], "", True
        while more:
            page = self.road.ask(Ask("GET", f"/sync/pull?cursor={cursor}", person.read_token)).json
            changes, cursor, more = changes + page["changes"], page["cursor"], page["more"]
        return changes

    def _seen(self) -> Seen:
        """As the office stands; looked at again only when it was asked something or acted since."""
        so_far = self.road.asked, self.office.acts, self.desk.acts
        if self.looked is None or self.looked[0] != so_far:
            self.looked = so_far, look(self.app)
        return self.looked[1]

    def _scene(self) -> Scene:
        return Scene(
            seen=self._seen(),
            saved=self.saved,
            tablets=self.tablets,
            road=self.road,
            told=self.desk.told,
            serves=self.office.serves,
            withdrawn=self.office.withdrawn,
            began=self.began,
            now=now() + timedelta(milliseconds=1),
            highest=self.highest,
        )


@pytest.fixture
def of(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The world, with pages and groups small enough that a short story has several of each."""
    monkeypatch.setattr(views, "PAGE", 6)
    monkeypatch.setattr(views, "GROUPS", {"sqlite": 3, "postgresql": 3})
    return a_world(app, tmp_path)


def test_whatever_happens_the_promises_hold(of: World) -> None:
    until, seed = time.monotonic() + MINUTES * 60, SEED

    run_state_machine_as_test(_stories(of, seed), settings=BOUNDED)
    while time.monotonic() < until:
        seed += 1
        run_state_machine_as_test(_stories(of, seed), settings=BOUNDED)

    print(f"\nseeds {SEED} to {seed}, {dict(sorted(Machine.happened.items()))}")


def _stories(of: World, seed: int) -> Callable[[], Machine]:
    """What begins each story; in a soak each round has a seed of its own."""

    def story() -> Machine:
        return Machine(of)

    if not MINUTES:
        return story
    print(f"\nSOAK_SEED={seed}", flush=True)
    return hypothesis.seed(seed)(story)


def test_every_promise_is_held_here_or_named_with_the_tests_of_the_client() -> None:
    here = {*invariants.AT_ANY_MOMENT, 4}

    assert sorted(here | set(invariants.ON_THE_CLIENT)) == sorted(invariants.SENTENCES)
