"""Plans and what belongs to them: the sheet, its changes, special visits, the briefing, what is due."""
