"""`python -m app.cli` is `doorstep`."""

from app.cli import main

main()
