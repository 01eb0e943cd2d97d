"""A signature becomes vectors that follow the pen."""

from xml.etree import ElementTree

from app.documents.ink import drawn, ink_svg
from tests.documents.builders import a_signature

SVG = "{http://www.w3.org/2000/svg}"


def _drawing(*strokes, canvas=(700, 250)):
    return ElementTree.fromstring(ink_svg(drawn(strokes, canvas)))


def _paths(drawing):
    return [path.get("d") for path in drawing.iter(f"{SVG}path")]


def test_each_stroke_is_one_path():
    signature = a_signature("owner", "陈建国", "owner")

    assert len(_paths(_drawing(*signature.strokes))) == len(signature.strokes)


def test_a_stroke_bends_through_the_middles_and_ends_where_the_pen_did():
    drawing = _drawing(((1000, 1000, 500, 0), (1100, 1000, 500, 8), (1100, 1100, 500, 16), (1205, 1100, 500, 24)))

    assert _paths(drawing) == ["M100 100Q110 100 110 105T115.25 110L120.5 110"]


def test_a_dot_and_a_resting_pen_leave_a_dot():
    drawing = _drawing(((1000, 1000, 500, 0),), ((2000, 1000, 500, 90), (2000, 1000, 600, 98)))

    assert _paths(drawing) == ["M100 100h0.01", "M200 100h0.01"]


def test_points_outside_the_canvas_are_drawn_at_its_edge():
    drawing = _drawing(((-500, 100, 500, 0), (900000, 99999, 500, 8)))

    assert _paths(drawing) == ["M0 10L700 250"]


def test_a_harder_pen_draws_broader():
    drawing = _drawing(((0, 0, 0, 0), (99, 0, 0, 8)), ((0, 0, 1000, 20), (99, 0, 1000, 28)), ((0, 0, 9999, 0),))

    light, hard, beyond = (float(path.get("stroke-width")) for path in drawing.iter(f"{SVG}path"))

    assert light < hard == beyond < 2 * light


def test_the_view_is_the_ink_but_never_closer_than_half_the_canvas():
    small = _drawing(((3400, 1000, 500, 0), (3600, 1200, 500, 8)))
    whole = _drawing(((0, 0, 500, 0), (7000, 2500, 500, 8)))

    assert small.get("viewBox") == "175 47.5 350 125"
    assert whole.get("viewBox") == "-10 -10 720 270"
