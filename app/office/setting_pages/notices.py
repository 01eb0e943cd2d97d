"""My notices: where, of what and when somebody is told; what they were told last."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.clock import now
from app.core.i18n import _
from app.core.limits import limiter
from app.notices.rules import Event, events_for
from app.office.door import me, office
from app.office.moments import When
from app.office.setting_pages.notice_form import ChannelPage, channel_page, keep_channel, send_test, take_away
from app.office.setting_pages.notice_words import EVENT_WORDS, SERVICE_WORDS, STATE_WORDS, reason_words
from app.people.access import may
from app.people.rules import Act


@office.get("/notices")
@may(Act.SEE_ESTATE)
def notices() -> str:
    """My channel in this estate."""
    return _page(channel_page(me().staff, _events()))


@office.post("/notices")
@may(Act.SEE_ESTATE)
def change_my_notices() -> Response | tuple[str, int]:
    """Keep it."""
    refused = keep_channel(me().staff, _events())
    if refused and refused.trouble:
        return _page(refused), refused.trouble.status

    flash(_("Saved."), "good")
    return redirect(url_for("office.notices"))


@office.post("/notices/test")
@may(Act.SEE_ESTATE)
@limiter.limit("6 per minute; 60 per hour")
def test_my_notices() -> Response:
    """Send a message there that only shows that messages arrive."""
    send_test(me().staff)
    return redirect(url_for("office.notices"))


@office.post("/notices/remove")
@may(Act.SEE_ESTATE)
def remove_my_notices() -> Response:
    """Tell me nothing any more."""
    take_away(me().staff, request.form.get("seen", 0, type=int))
    return redirect(url_for("office.notices"))


def _events() -> tuple[Event, ...]:
    return events_for(me().roles)


def _page(shown: ChannelPage) -> str:
    return render_template(
        "office/notices.html",
        page=shown,
        when=When(me().estate.time_zone, now()),
        services=SERVICE_WORDS,
        states=STATE_WORDS,
        events=EVENT_WORDS,
        reason_words=reason_words,
    )
