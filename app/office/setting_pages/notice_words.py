"""The words of the pages about notices: events, services, where a notice stands and why it did not arrive."""

from app.core.errors import Words
from app.core.i18n import _, lazy_
from app.notices.rules import Event, Pace, Security, State

EVENT_WORDS: dict[Event, Words] = {
    Event.ROUTE: lazy_("An issue is reported up and needs its department"),
    Event.WORK: lazy_("A new issue for the department"),
    Event.NAMED: lazy_("An issue for which I am made responsible"),
    Event.BACK: lazy_("An issue that comes back, not put right yet"),
    Event.MEETING: lazy_("A special meeting on a survey, to which I am called"),
    Event.MEASURE: lazy_("A measure that follows from a survey and is mine to act on"),
    Event.CALL_BACK: lazy_("A rectified issue: the owner is to be called back on"),
    Event.VERIFY: lazy_("A rectified issue without an owner: to be verified"),
    Event.RESULT: lazy_("The result of an issue that was reported up, to be told upward"),
    Event.REVIEW: lazy_("A plan or records to review, approve, sign or file"),
    Event.MEND: lazy_("A plan or record that was sent back"),
    Event.LATE: lazy_("A step that is overdue and was told upward"),
    Event.OVERDUE: lazy_("Something overdue that comes up to me"),
    Event.WAITING: lazy_("Anything else that begins to wait"),
    Event.PROGRESS: lazy_("What the department settled about an issue I wrote down"),
    Event.ENDED: lazy_("An issue of the department has ended well"),
    Event.CALLED_OFF: lazy_("A survey that was out is called off"),
    Event.COLLECTED: lazy_("A survey is handed up of which I had sheets to hand out or to collect"),
    Event.NOT_ASKED: lazy_("A survey that asked about the department is called off"),
}
SERVICE_WORDS: dict[str, Words] = {
    "email": lazy_("E-mail"),
    "wecom": lazy_("WeCom robot"),
    "dingtalk": lazy_("DingTalk robot"),
    "feishu": lazy_("Feishu robot"),
    "lark": lazy_("Lark robot"),
    "wxpusher": lazy_("WxPusher (WeChat)"),
    "serverchan": lazy_("ServerChan (WeChat)"),
    "sms": lazy_("SMS through Twilio"),
    "webhook": lazy_("Web service of our own (JSON)"),
}
PACE_WORDS: dict[Pace, Words] = {Pace.AT_ONCE: lazy_("At once"), Pace.DAILY: lazy_("Once a day, together")}
SECURITY_WORDS: dict[Security, Words] = {
    Security.STARTTLS: lazy_("STARTTLS, usually port 587"),
    Security.SSL: lazy_("TLS from the start, usually port 465"),
    Security.PLAIN: lazy_("none: only within the house"),
}
STATE_WORDS: dict[State, tuple[Words, str, str]] = {
    State.WAITING: (lazy_("waits"), "", "clock"),
    State.SENDING: (lazy_("on its way"), "info", "send"),
    State.SENT: (lazy_("sent"), "good", "check"),
    State.FAILED: (lazy_("not delivered, is tried again"), "wait", "refresh"),
    State.GIVEN_UP: (lazy_("given up"), "late", "alert-triangle"),
}
"""State → words, tone, icon."""

SETTING_WORDS: dict[str, Words] = {
    "services": lazy_("Services that carry notices"),
    "hosts": lazy_("Servers that may be written to"),
    "host": lazy_("Mail server"),
    "port": lazy_("Mail server: port"),
    "security": lazy_("Mail server: encryption"),
    "user": lazy_("Mail server: login"),
    "sender": lazy_("Mail server: sender"),
    "password": lazy_("Mail server: password (how often it was set)"),
}
_REASONS: dict[str, Words] = {
    "refused": lazy_("The service did not take it."),
    "unreachable": lazy_("The service could not be reached."),
    "sealed": lazy_("The address cannot be opened any more: the server's key is missing. Write the address again."),
    "not_allowed": lazy_("The service or the server is not allowed any more."),
    "no_mail": lazy_("There is no mail server."),
    "left": lazy_("The person has left, or has no role here any more."),
    "broken_off": lazy_("Every try was broken off."),
}
_ANSWERS: dict[str, Words] = {
    "401": lazy_("The service does not know the key or password."),
    "403": lazy_("The service does not know the key or password."),
    "404": lazy_("There is nothing at this address."),
    "429": lazy_("The service got too many messages."),
}


def reason_words(reason: str) -> str:
    """Why a message did not arrive, out of its code."""
    kind, _colon, answer = reason.partition(":")
    if kind == "http":
        said = _ANSWERS.get(answer)
        return str(said) if said else _("The service answered with error %(code)s.", code=answer)
    return str(_REASONS.get(reason, ""))
