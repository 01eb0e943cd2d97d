"""What a department has from surveys: the meetings that it is called to, and its measures, those that ended too."""

from flask import render_template

from app.core import waits
from app.office.door import estate_id, me, office
from app.office.plan_pages.specials import when_here
from app.office.survey_pages.follow_words import MEASURE_TONES, MEASURES
from app.people.access import may
from app.people.rules import Act
from app.surveys.measure_rules import MeetingState
from app.surveys.measures import followed_up_with, measures_on


@office.get("/surveys/measures")
@may(Act.ANSWER_MEASURE)
def survey_measures() -> str:
    """Survey by survey, the newest first; whoever is here sees those of their own departments."""
    own = me().departments
    meetings = followed_up_with(estate_id(), own)
    measures = [one for one in measures_on(*(meeting.survey_id for meeting in meetings)) if one.department_id in own]
    return render_template(
        "office/surveys/followed_up.html",
        meetings=meetings,
        measures={meeting.id: [one for one in measures if one.survey_id == meeting.survey_id] for meeting in meetings},
        due=waits.first_on(one.id for one in measures),
        when=when_here(),
        MEASURES=MEASURES,
        MEASURE_TONES=MEASURE_TONES,
        MeetingState=MeetingState,
    )
