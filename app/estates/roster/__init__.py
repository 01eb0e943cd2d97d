"""An owner roster from a spreadsheet: read, shown row by row, and only then taken over.

`reading` bytes to grids · `headings` which column means what · `lines` grid to typed lines · `households` the rows of
one unit and of one person together · `preview` what would change · `takeover` the change itself.
"""
