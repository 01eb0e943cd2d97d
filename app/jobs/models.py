"""When each job last ran: what makes a job due after any time without a worker."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base


class JobRun(Base):
    """The last run of a job that came to its end, and how often it has failed since."""

    __tablename__ = "job_run"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    ran_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
