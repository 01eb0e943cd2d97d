"""The `doorstep` command. Each command has a file of its own."""

from flask.cli import FlaskGroup

from app.cli.backup import backup
from app.cli.check_migrations import check_migrations
from app.cli.founding import found
from app.cli.load_demo import load_demo
from app.cli.migrate import migrate
from app.cli.press import press
from app.cli.restored import restored
from app.cli.run import run
from app.cli.sample_sheet import sample_sheet
from app.cli.staff import hire_somebody, let_leave, new_password
from app.cli.take_up import take_up_held
from app.cli.verify import verify
from app.cli.verify_archive import verify_archive_command
from app.cli.verify_journal import verify_journal
from app.cli.work import work
from app.factory import create_app

main = FlaskGroup(
    name="doorstep",
    help="Owner visits for property management. Settings come from the environment.",
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
)
for command in (run, work, press, migrate, load_demo, check_migrations, take_up_held, restored, sample_sheet, verify):
    main.add_command(command)
for command in (found, hire_somebody, new_password, let_leave, backup):
    main.add_command(command)
main.add_command(verify_journal)
main.add_command(verify_archive_command)
