"""An owner roster from a spreadsheet: read, shown row by row, and only then taken over.

`reading` bytes to grids · `headings` which column means what · `sheets` grids to `lines`, row by row · `households` the
rows of one unit together, `people` who is who in them · `comparison` with what the estate has `known` · `preview` what
each row would do · `waiting` for confirmation · `takeover` the change itself.
"""
