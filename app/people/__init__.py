"""Companies, departments, staff and their roles, tablets, and who may do what."""
