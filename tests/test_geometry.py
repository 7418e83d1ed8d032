import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gazeannotator import geometry as g

sizes = st.tuples(st.integers(1, 8000), st.integers(1, 8000))
screens_px = st.tuples(st.integers(640, 8000), st.integers(480, 8000))
points = arrays(np.float64, (5, 2), elements=st.floats(-5000, 10000))
placements = st.builds(
    g.Placement,
    st.floats(-2000, 4000),
    st.floats(-2000, 4000),
    st.floats(1, 8000),
    st.floats(1, 8000),
)
screens = st.builds(
    g.Screen,
    st.integers(640, 8000),
    st.integers(480, 8000),
    st.floats(200, 1500),
    st.floats(150, 1000),
    st.floats(300, 1500),
)


@given(points, screens_px)
def test_normalised_and_screen_px_invert_each_other(xy, screen):
    there = g.screen_px_to_normalised(xy, screen)
    np.testing.assert_allclose(g.normalised_to_screen_px(there, screen), xy, atol=1e-8)


@given(points, placements, sizes)
def test_screen_px_and_image_px_invert_each_other(xy, placement, image):
    there = g.screen_px_to_image_px(xy, placement, image)
    np.testing.assert_allclose(g.image_px_to_screen_px(there, placement, image), xy, atol=1e-6)


@given(points, sizes, st.integers(16, 1024))
def test_image_px_and_grid_px_invert_each_other(xy, image, side):
    grid = g.fit_grid(image, side)
    np.testing.assert_allclose(g.grid_px_to_image_px(g.image_px_to_grid_px(xy, grid), grid), xy, atol=1e-6)


@given(sizes, st.integers(16, 1024))
def test_a_grid_holds_the_whole_image_centred_on_whole_pixels(image, side):
    grid = g.fit_grid(image, side)
    assert max(grid.width_px, grid.height_px) == side
    assert 0 <= grid.dx_px <= side - grid.width_px
    assert 0 <= grid.dy_px <= side - grid.height_px
    # Left and right padding differ by the odd pixel at most.
    assert abs(side - grid.width_px - 2 * grid.dx_px) <= 1
    assert abs(side - grid.height_px - 2 * grid.dy_px) <= 1
    # The aspect is kept as far as whole pixels allow.
    for content, size in ((grid.width_px, image[0]), (grid.height_px, image[1])):
        assert content == 1 or abs(content - size * grid.scale) <= 0.5 + 1e-6


@given(sizes, screens_px)
def test_the_largest_placement_is_whole_centred_and_as_large_as_it_goes(image, screen):
    placed = g.largest_placement(image, screen)
    for edge, size, room in (
        (placed.x0_px, placed.width_px, screen[0]),
        (placed.y0_px, placed.height_px, screen[1]),
    ):
        assert size == int(size)
        assert size >= 1
        assert edge == int(edge) >= 0
        assert edge + size <= room
        assert abs(room - size - 2 * edge) <= 1
    assert max(placed.width_px / screen[0], placed.height_px / screen[1]) > 1 - 1 / min(screen)


def test_corners_and_pixel_centres_go_where_they_are_said_to():
    screen = (1920, 1080)
    np.testing.assert_array_equal(
        g.normalised_to_screen_px(np.array([[0, 0], [1, 1]]), screen), [[0, 0], screen]
    )
    placed = g.largest_placement((200, 100), screen)
    assert placed.as_tuple() == (0, 60, 1920, 960)
    # The centre of the image's first pixel is the middle of the 9.6 x 9.6 px that show it.
    first = g.image_px_to_screen_px(np.array([0.5, 0.5]), placed, (200, 100))
    np.testing.assert_allclose(first, [4.8, 64.8])
    grid = g.fit_grid((200, 100), 512)
    assert (grid.scale, grid.dx_px, grid.dy_px, grid.width_px, grid.height_px) == (2.56, 0, 128, 512, 256)
    np.testing.assert_allclose(g.image_px_to_grid_px(np.array([0.0, 100.0]), grid), [0, 384])


@given(st.floats(0.5, 4), points)
def test_hidpi_only_scales(ratio, xy):
    np.testing.assert_allclose(g.logical_to_screen_px(xy, ratio) / ratio, xy, atol=1e-9)


def test_a_normalised_point_lands_on_the_same_image_px_whatever_the_scale_of_the_desktop():
    # A 4K screen at scale 2: Qt lays out 1920 x 1080 logical px, gaze refers to 3840 x 2160 physical ones.
    physical, image = (3840, 2160), (400, 300)
    logical = g.largest_placement(image, (1920, 1080))
    corner = g.logical_to_screen_px(np.array([logical.x0_px, logical.y0_px]), 2.0)
    size = g.logical_to_screen_px(np.array([logical.width_px, logical.height_px]), 2.0)
    placed = g.Placement(*corner, *size)
    gaze = g.normalised_to_screen_px(np.array([0.5, 0.5]), physical)
    np.testing.assert_allclose(g.screen_px_to_image_px(gaze, placed, image), [200, 150])


@given(screens, points)
def test_angles_are_symmetric_zero_only_at_the_same_place_and_obey_the_triangle(screen, xy):
    a, b, c = xy[0], xy[1], xy[2]
    ab, ba = g.angle_deg(a, b, screen), g.angle_deg(b, a, screen)
    assert ab == pytest.approx(ba, abs=1e-9)
    assert g.angle_deg(a, a, screen) == pytest.approx(0, abs=1e-9)
    assert ab <= g.angle_deg(a, c, screen) + g.angle_deg(c, b, screen) + 1e-9


@given(screens, st.floats(0.01, 60))
def test_an_angle_from_the_centre_is_the_one_of_the_right_triangle(screen, angle):
    centre = np.array(screen.size_px) / 2
    offset_mm = screen.distance_mm * math.tan(math.radians(angle))
    point = centre + np.array([offset_mm * screen.width_px / screen.width_mm, 0])
    assert g.angle_deg(centre, point, screen) == pytest.approx(angle, rel=1e-9)


def test_an_angle_at_the_edge_is_smaller_than_the_same_distance_at_the_centre():
    screen = g.Screen(1920, 1080, 527, 296, 650)
    at_centre = g.angle_deg(np.array([940.0, 540]), np.array([980.0, 540]), screen)
    at_edge = g.angle_deg(np.array([1880.0, 540]), np.array([1920.0, 540]), screen)
    assert at_centre == pytest.approx(40 / screen.px_per_deg, rel=1e-3)
    assert at_edge < 0.9 * at_centre


def test_a_lost_point_has_no_angle():
    screen = g.Screen(1920, 1080, 527, 296, 650)
    assert np.isnan(g.angle_deg(np.array([np.nan, 1.0]), np.array([1.0, 1.0]), screen))


displacements = arrays(np.float64, (5, 2), elements=st.floats(-20, 20))


@given(screens, arrays(np.float64, (5, 2), elements=st.floats(0, 1)), displacements)
def test_a_displacement_is_found_again_as_it_was_made(screen, xy, by_deg):
    start = g.normalised_to_screen_px(xy, screen.size_px)
    moved = g.displaced_px(start, by_deg, screen)
    # Nobody sees a point behind the screen's plane.
    seen = ~np.isnan(moved).any(axis=1)
    np.testing.assert_allclose(g.offset_deg(moved, start, screen)[seen], by_deg[seen], atol=1e-6)
    np.testing.assert_allclose(
        g.angle_deg(moved, start, screen)[seen], np.hypot(*by_deg.T)[seen], rtol=1e-6, atol=1e-6
    )


def test_offsets_go_to_the_right_and_downwards_wherever_on_the_screen():
    screen = g.Screen(1920, 1080, 527, 296, 650)
    for start in ([960.0, 540], [100.0, 100], [1900.0, 1000]):
        beside, below = np.add(start, [10, 0]), np.add(start, [0, 10])
        right, down = g.offset_deg(np.array([beside, below]), np.array(start), screen)
        assert right[0] > 0.1 > abs(right[1]) * 5
        assert down[1] > 0.1 > abs(down[0]) * 5
    three_px = 650 * math.tan(math.radians(3)) / 527 * 1920
    exact = g.offset_deg(np.array([960 + three_px, 540]), np.array([960.0, 540]), screen)
    np.testing.assert_allclose(exact, [3, 0], atol=1e-12)
    assert np.isnan(g.offset_deg(np.array([np.nan, 1.0]), np.array([1.0, 1.0]), screen)).all()


def test_an_eye_that_turns_away_sees_no_point_of_the_screen():
    screen = g.Screen(1920, 1080, 527, 296, 650)
    assert np.isnan(g.displaced_px(np.array([960.0, 540]), np.array([95.0, 0]), screen)).all()


@given(screens, st.floats(1, 20))
def test_the_mean_of_directions_lies_in_the_middle_by_angle_not_by_px(screen, angle):
    start = g.normalised_to_screen_px(np.array([0.9, 0.5]), screen.size_px)
    middle = g.displaced_px(start, np.array([-angle, 0.0]), screen)
    pair = np.stack([start, g.displaced_px(start, np.array([-2 * angle, 0.0]), screen)])
    np.testing.assert_allclose(g.mean_direction_px(pair, screen), middle, atol=1e-6 * screen.width_px)


def test_px_per_degree_of_the_usual_screen_is_the_published_number():
    assert g.Screen(1920, 1080, 527, 527 * 1080 / 1920, 650).px_per_deg == pytest.approx(41.3, abs=0.05)


@given(screens, sizes, st.floats(0.1, 4))
def test_image_px_per_degree_follows_the_placement(screen, image, zoom):
    placed = g.Placement(0, 0, image[0] * zoom, image[1] * zoom)
    assert g.image_px_per_deg(screen, placed, image) == pytest.approx(screen.px_per_deg / zoom)


def test_image_px_per_degree_keeps_areas_where_the_placement_is_stretched():
    screen = g.Screen(1920, 1080, 527, 296, 650)
    stretched = g.image_px_per_deg(screen, g.Placement(0, 0, 200, 100), (100, 100))
    assert stretched == pytest.approx(screen.px_per_deg * math.sqrt(100 / 200))


@pytest.mark.parametrize("bad", [0, -1, math.nan, math.inf])
def test_a_screen_without_size_is_refused(bad):
    with pytest.raises(ValueError, match="positive"):
        g.Screen(1920, 1080, 527, 296, bad)
