"""What a signed summary showed, where that is not what its record says: whoever decides has to see both."""

from collections.abc import Callable

from app.core.i18n import in_a_row
from app.office.moments import When
from app.office.visit_pages.record_said import word_for, words_of
from app.office.words import METHODS, RATINGS, RELATIONS
from app.signatures.messages import StatementText
from app.surveys.rules import Level
from app.surveys.words import LEVELS
from app.visits.differing import Differing, SummaryPart, parts_words
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


def _of_sheet(shown: Shown.SurveyShown) -> str:
    asked = [f"{one.department} {one.text}: {word_for(LEVELS, Level, one.level) or '–'}" for one in shown.questions]
    opinions = [f"{one.department}: {one.text}" for one in shown.opinions]
    told = [shown.number, shown.title, shown.purpose, *shown.key_items]
    return " · ".join(part for part in (*told, *asked, *opinions, shown.reason) if part)


def _unsigned(shown: Shown) -> str:
    return shown.unsigned.words if shown.unsigned else ""


_SHOWN: dict[SummaryPart, Callable[[Shown, int, When], str]] = {
    SummaryPart.ESTATE: lambda shown, _n, _when: " · ".join(
        (shown.estate.name, shown.estate.company, shown.estate.phone)
    ),
    SummaryPart.UNIT: lambda shown, _n, _when: shown.unit.label,
    SummaryPart.VISIT: lambda shown, _n, _when: " · ".join(
        (shown.visit.number, str(word_for(METHODS, Method, shown.visit.method)))
    ),
    SummaryPart.TIME: lambda shown, _n, when: f"{when.on(shown.visit.date)} · {when.moment(shown.visit.started_at)}",
    SummaryPart.OFFICER: lambda shown, _n, _when: shown.officer.name,
    SummaryPart.INTERVIEWEE: lambda shown, _n, _when: (
        f"{shown.interviewee.name} · {word_for(RELATIONS, Relation, shown.interviewee.relation)}"
    ),
    SummaryPart.ISSUES: lambda shown, _n, _when: "\n".join(map(_of_issue, shown.issues)),
    SummaryPart.CALLBACKS: lambda shown, _n, _when: "\n".join(map(_of_callback, shown.callbacks)),
    SummaryPart.SURVEYS: lambda shown, _n, _when: "\n".join(map(_of_sheet, shown.surveys)),
    SummaryPart.PHOTOS: lambda shown, _n, _when: in_a_row(photo.sha256[:8] for photo in shown.photos),
    SummaryPart.WISHES: lambda shown, _n, _when: shown.wishes,
    SummaryPart.RATING: lambda shown, _n, _when: str(word_for(RATINGS, Rating, shown.rating)),
    SummaryPart.UNSIGNED: lambda shown, _n, _when: _unsigned(shown),
    SummaryPart.CATEGORY: lambda shown, n, _when: shown.issues[n].category,
    SummaryPart.DEPARTMENT: lambda shown, n, _when: shown.issues[n].department,
    SummaryPart.CALLBACK: lambda shown, n, _when: _of_callback(shown.callbacks[n]),
    SummaryPart.SURVEY: lambda shown, n, _when: _of_sheet(shown.surveys[n]),
    SummaryPart.CONSENT: lambda shown, _n, _when: shown.consent.text,
}
