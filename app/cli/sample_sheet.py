"""`doorstep sample-sheet --out FILE`: a sealed sign-off sheet of the demonstration estate, to look at and to verify."""

from pathlib import Path

import click
import sqlalchemy as sa
from flask import current_app, url_for

from app.cli.load_demo import load_if_empty
from app.cli.migrate import bring_up_to_date
from app.core.clock import now
from app.core.db import db, only_reading
from app.documents.queries import sign_off_sheet
from app.documents.seal.seals import company_seal
from app.factory import create_app
from app.signatures.models import Signature, Statement
from app.signatures.rules import SignerRole
from app.visits.models import Visit


@click.command()
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the PDF goes.")
def sample_sheet(out: Path) -> None:
    """Make a sealed sheet of the newest signed visit; an empty database gets the demonstration estate first."""
    from app.documents.printing import print_sheet  # noqa: PLC0415 - seconds, for this command alone
    from app.documents.seal.sealing import seal  # noqa: PLC0415

    app = create_app()
    bring_up_to_date(app)
    load_if_empty(app)
    with app.test_request_context(), only_reading():
        visit = _newest_signed_visit()
        if visit is None:
            raise click.ClickException("no owner has signed anything in this database yet")
        at = now()
        sheet = sign_off_sheet(visit, ("zh", "en"), printed_at=at, checked_at=_where_it_is_checked)
        printed = print_sheet(sheet)
        sealed = seal(printed.pdf, company_seal(sheet.estate.company, at), reason=sheet.number)
    out.write_bytes(sealed)
    click.echo(f"{out}: {sheet.number}, {printed.pages} pages, {len(sealed) // 1000} kB")


def _newest_signed_visit() -> Visit | None:
    signed = sa.select(Statement.record_id).join(Signature).where(Signature.role == SignerRole.OWNER)
    found = sa.select(Visit).where(Visit.id.in_(signed)).order_by(Visit.started_at.desc(), Visit.id)
    return db.session.scalars(found.limit(1)).first()


def _where_it_is_checked(sha256: str) -> str:
    public = str(current_app.config["PUBLIC_URL"]) or "http://localhost"
    return public.rstrip("/") + url_for("public.verify", sha256=sha256)
