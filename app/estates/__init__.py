"""Estates, their buildings and units, owners with dates, tenants, warranty, and the roster import."""
