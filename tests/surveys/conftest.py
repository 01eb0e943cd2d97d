"""Surveys to begin with: one that is asked, and one whose opinions came back."""

import pytest
from flask import Flask

from app.estates.rules import Profile
from tests.surveys.asked import Asked, a_survey_of_six_homes
from tests.surveys.followed import Followed, followed_in


@pytest.fixture
def asked(app: Flask) -> Asked:
    with app.app_context():
        yield a_survey_of_six_homes()


@pytest.fixture
def followed(app: Flask) -> Followed:
    """In profile A."""
    with app.app_context():
        yield followed_in(Profile.A)
