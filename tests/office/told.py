"""What a page tells the second of two: why nothing was done, and what they had typed."""

import re

from werkzeug.test import TestResponse


def told(answer: TestResponse) -> str:
    """Why it was not done."""
    return " ".join(re.findall(r'role="alert">.*?</p>', answer.text, re.DOTALL))


def left_over(answer: TestResponse) -> str:
    """What was typed, to be copied, where the page does not offer its form any more."""
    return answer.text.split("data-typed")[1].split("</section>")[0] if "data-typed" in answer.text else ""
