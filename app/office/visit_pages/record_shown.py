"""What a signed summary showed, where that is not what its record says: whoever decides has to see both."""

from collections.abc import Callable

from app.core.i18n import in_a_row
from app.office.moments import When
from app.office.visit_pages.record_said import word_for, words_of
from app.office.words import METHODS, RATINGS, RELATIONS
from app.signatures.messages import StatementText
from app.visits.differing import Differing, Part, parts_words
from app.visits.rules import Method, Rating, Relation

Shown = StatementText


def as_it_was_shown(shown: Shown, differing: list[Differing], when: When) -> list[tuple[str, str]]:
    """Each part that differs, by its name, and the words that stood there on the screen; telephones masked."""
    return [(parts_words([one]), words_of(_SHOWN[one.part](shown, one.n - 1, when)) or "–") for one in differing]


def _of_issue(shown: Shown.IssueShown) -> str:
    return " · ".join(part for part in (f"{shown.n}. {shown.text}", shown.answer) if part)


def _of_callback(shown: Shown.CallbackShown) -> str:
    told = shown.told.words if shown.told else ""
    return " · ".join(part for part in (shown.number, shown.text, shown.measure, told, shown.reason) if part)


def _unsigned(shown: Shown) -> str:
    return shown.unsigned.words if shown.unsigned else ""


_SHOWN: dict[Part, Callable[[Shown, int, When], str]] = {
    Part.ESTATE: lambda shown, _n, _when: " · ".join((shown.estate.name, shown.estate.company, shown.estate.phone)),
    Part.UNIT: lambda shown, _n, _when: shown.unit.label,
    Part.VISIT: lambda shown, _n, _when: f"{shown.visit.number} · {word_for(METHODS, Method, shown.visit.method)}",
    Part.TIME: lambda shown, _n, when: f"{when.on(shown.visit.date)} · {when.moment(shown.visit.started_at)}",
    Part.OFFICER: lambda shown, _n, _when: shown.officer.name,
    Part.INTERVIEWEE: lambda shown, _n, _when: (
        f"{shown.interviewee.name} · {word_for(RELATIONS, Relation, shown.interviewee.relation)}"
    ),
    Part.ISSUES: lambda shown, _n, _when: "\n".join(map(_of_issue, shown.issues)),
    Part.CALLBACKS: lambda shown, _n, _when: "\n".join(map(_of_callback, shown.callbacks)),
    Part.PHOTOS: lambda shown, _n, _when: in_a_row(photo.sha256[:8] for photo in shown.photos),
    Part.WISHES: lambda shown, _n, _when: shown.wishes,
    Part.RATING: lambda shown, _n, _when: str(word_for(RATINGS, Rating, shown.rating)),
    Part.UNSIGNED: lambda shown, _n, _when: _unsigned(shown),
    Part.CATEGORY: lambda shown, n, _when: shown.issues[n].category,
    Part.DEPARTMENT: lambda shown, n, _when: shown.issues[n].department,
    Part.CALLBACK: lambda shown, n, _when: _of_callback(shown.callbacks[n]),
    Part.CONSENT: lambda shown, _n, _when: shown.consent.text,
}
