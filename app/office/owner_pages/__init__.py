"""Owners: the list of units, a unit's owner file, the import of a roster."""
