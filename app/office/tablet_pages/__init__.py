"""Tablets: how each fares, enrolling and withdrawing them, unsent work brought as a file."""
