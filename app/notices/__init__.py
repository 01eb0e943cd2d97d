"""Notices: what the journal tells people and departments through their own channels."""
