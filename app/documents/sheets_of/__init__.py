"""What stands on each form but the sign-off sheet, gathered from the records."""
