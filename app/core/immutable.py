"""What no program and no hand may change: triggers on both databases, made again after every migration."""

import sqlalchemy as sa

ALWAYS = "1=1"
ERASED = (
    "NEW.was IS NULL AND NEW.became IS NULL AND NEW.id = OLD.id AND NEW.estate_id = OLD.estate_id "
    "AND NEW.subject_type = OLD.subject_type AND NEW.subject_id = OLD.subject_id AND NEW.number = OLD.number "
    "AND NEW.field = OLD.field AND NEW.at = OLD.at AND NEW.unit_id IS NOT DISTINCT FROM OLD.unit_id "
    "AND NEW.by_id IS NOT DISTINCT FROM OLD.by_id AND NEW.correction_id IS NOT DISTINCT FROM OLD.correction_id"
)
"""Of a change in an owner file only the values go, when somebody's personal data is erased."""
IMMUTABLE = {
    "journal": ALWAYS,
    "journal_day": ALWAYS,
    "statement": ALWAYS,
    "signature": ALWAYS,
    # An operation is stored first and gets its receipt in the last step of the same transaction.
    "operation": "OLD.receipt <> ''",
    "operation_decision": ALWAYS,
    "review_act": ALWAYS,
    # Their numbers are taken in the last step of the transaction that stores them.
    "visit_addendum": "OLD.receipt_number IS NOT NULL",
    "attempt": "OLD.receipt_number IS NOT NULL",
    "inspection": "OLD.receipt_number IS NOT NULL",
    "owner_answer": ALWAYS,
    "work_order_answer": ALWAYS,
    "answer_kept": "OLD.text <> ''",
    "progress_note": ALWAYS,
    "work_photo": ALWAYS,
    "photo": "OLD.arrived_at IS NOT NULL",
    "desk_signature": ALWAYS,
    "batch_line_act": ALWAYS,
    "estate_setting_change": ALWAYS,
    "owner_file_change": f"NOT ({ERASED})",
    "briefing_version": ALWAYS,
    "briefing_reading": ALWAYS,
    "briefing_mark": ALWAYS,
    "issue_result": ALWAYS,
    "issue_result_reading": ALWAYS,
    # Archived records (V47).
    "visit": "OLD.archived_at IS NOT NULL",
    "batch": "OLD.archived_at IS NOT NULL",
    "batch_line": "OLD.state = 'archived'",
    # A version of a plan at work (V44).
    "plan_amendment": "OLD.filed_at IS NOT NULL",
    "plan_amendment_line": "OLD.came <> 'open'",
    # What the executive has assessed (R19).
    "year_report": "OLD.assessed_at IS NOT NULL",
    # What an owner answered in a survey, and a result that was read to the end of its chain.
    "survey_sheet": "OLD.collected_at IS NOT NULL",
    "survey": "OLD.read_at IS NOT NULL",
    "survey_opinion": ALWAYS,
    "survey_receipt": ALWAYS,
    "survey_meeting": "OLD.written_at IS NOT NULL",
}
"""Table → when a change to a row of it is refused. Deleting is refused always."""


def protect(connection: sa.Connection) -> None:
    """Make the triggers anew for every immutable table there is (a batch migration drops them)."""
    present = set(sa.inspect(connection).get_table_names())
    for table, when in IMMUTABLE.items():
        if table in present:
            make = _on_postgresql if connection.dialect.name == "postgresql" else _on_sqlite
            for statement in make(table, when):
                connection.execute(sa.text(statement))


def _on_sqlite(table: str, when: str) -> list[str]:
    return [
        f"DROP TRIGGER IF EXISTS {table}_keeps",
        f"DROP TRIGGER IF EXISTS {table}_stays",
        f"CREATE TRIGGER {table}_keeps BEFORE UPDATE ON {table} WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, '{table} never changes'); END",
        f"CREATE TRIGGER {table}_stays BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} never changes'); END",
    ]


def _on_postgresql(table: str, when: str) -> list[str]:
    condition = "" if when == ALWAYS else f"WHEN ({when})"
    return [
        "CREATE OR REPLACE FUNCTION never_changes() RETURNS trigger AS "
        "$$ BEGIN RAISE EXCEPTION '% never changes', TG_TABLE_NAME; END $$ LANGUAGE plpgsql",
        f"DROP TRIGGER IF EXISTS {table}_keeps ON {table}",
        f"DROP TRIGGER IF EXISTS {table}_stays ON {table}",
        f"CREATE TRIGGER {table}_keeps BEFORE UPDATE ON {table} FOR EACH ROW {condition} "
        "EXECUTE FUNCTION never_changes()",
        f"CREATE TRIGGER {table}_stays BEFORE DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION never_changes()",
    ]
