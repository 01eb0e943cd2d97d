"""What was done at the doors: visits, calls, inspections, records to check, batches for review, their papers."""
