"""What the page of a visit says of its copy: the newest link, and the forms of what can be done with it."""

import uuid
from dataclasses import dataclass

from wtforms import HiddenField, StringField
from wtforms.validators import UUID, InputRequired, Length, Optional

from app.core.i18n import lazy_
from app.office.act_form import ActForm, refused_or
from app.office.moments import When
from app.visits.copies import LinkState, link_state, link_to_copy_of
from app.visits.models import CopyLink


class NewLinkForm(ActForm):
    """A new link. `seen`: the one that stood on the page; blank where there was none."""

    seen = HiddenField(validators=[Optional(), UUID()])


class EndLinkForm(NewLinkForm):
    """The end of a link, and why."""

    reason = StringField(lazy_("Why it is ended"), validators=[InputRequired(), Length(max=400)])


@dataclass(frozen=True)
class CopyShown:
    """What the page of a visit says of its copy: the newest link if there is one, and the forms of its acts."""

    link: CopyLink | None
    state: LinkState | None
    new: NewLinkForm
    end: EndLinkForm
    end_stands: bool


def copy_shown(visit_id: uuid.UUID, written: ActForm | None, when: When) -> CopyShown:
    """The copy of a visit on its page; a form that was refused stands there again."""
    link = link_to_copy_of(visit_id)
    seen = str(link.id) if link else ""
    end = refused_or(EndLinkForm(formdata=None, prefix="end", seen=seen), written)
    return CopyShown(
        link=link,
        state=link_state(link, when.now) if link else None,
        new=NewLinkForm(formdata=None, prefix="new", seen=seen),
        end=end,
        end_stands=end is written,
    )
