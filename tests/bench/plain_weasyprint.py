"""WeasyPrint as its manual says, in a program that holds nothing else: nothing is prepared, kept or looked after.

Its input begins with a line of JSON: `page`, `styles` (what `CSS` is given, each) and `options`. For each line after it
the page is printed once more; told is how many milliseconds of the processor it took.
"""

import json
import sys
import time

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

asked = json.loads(sys.stdin.readline())
for _ in sys.stdin:
    began = time.process_time()
    fonts = FontConfiguration()
    styles = [CSS(**style, font_config=fonts) for style in asked["styles"]]
    HTML(string=asked["page"]).write_pdf(stylesheets=styles, font_config=fonts, **asked["options"])
    print((time.process_time() - began) * 1000, flush=True)
