"""What every package stands on: database, clock, ids, errors, blobs, journal, waits, translation."""
