"""Files of work orders between preview and confirmation."""

from app.core.i18n import lazy_
from app.core.previews import Previewed, Previews
from app.repairs.lines import OrderFile


class WaitingOrders(Previewed):
    """A file that somebody uploaded for an estate and has not confirmed yet."""

    orders: OrderFile


unconfirmed = Previews(
    WaitingOrders,
    "application/vnd.doorstep.orders+json",
    "order:preview_gone",
    lazy_("This preview is not there any more. Files are kept for a day; upload it again."),
)
