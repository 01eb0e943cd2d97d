"""Where a sealed PDF is dropped: who signed it and when, whether it is as it was made, and exactly what is not."""

from flask import render_template
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from app.core.db import only_reading
from app.core.i18n import _, lazy_
from app.core.limits import limiter
from app.documents.seal.examining import examine
from app.documents.words import SIGNED_HOW, SIGNER_ROLES
from app.people.access import anybody
from app.public.door import public


class PaperForm(FlaskForm):  # type: ignore[misc]
    """The file; whatever it is, it is read and not kept."""

    file = FileField(lazy_("PDF file"))


@public.get("/verify")
@anybody("whoever holds a sealed paper may ask whether it is genuine")
def verify_file() -> str:
    """The page to drop a file on."""
    return render_template("public/examined.html", form=PaperForm(), found=None)


@public.post("/verify")
@anybody("whoever holds a sealed paper may ask whether it is genuine; nothing is told that does not stand in it")
@limiter.limit("20 per minute")
def verify_this_file() -> tuple[str, int]:
    """What the file says and whether it agrees."""
    form = PaperForm()
    form.validate_on_submit()
    content = form.file.data.read() if form.file.data else b""
    if not content:
        form.file.errors = [_("Choose the PDF file.")]
        return render_template("public/examined.html", form=form, found=None), 422
    with only_reading():
        found = examine(content)
    page = render_template(
        "public/examined.html", form=PaperForm(formdata=None), found=found, roles=SIGNER_ROLES, ways=SIGNED_HOW
    )
    return page, 200
