"""The lessons as the window offers them."""

from __future__ import annotations

import itertools

from gradsim.resources import asset_path
from gradsim.ui.lessons import lessons, neighbour


def test_every_shipped_lesson_is_offered_once_under_a_title_of_its_own() -> None:
    assert sorted(lesson.path for lesson in lessons()) == sorted(asset_path("lessons").glob("*.gradsim"))
    assert len({lesson.title for lesson in lessons()}) == len(lessons()) > 10


def test_lessons_of_a_group_stand_together() -> None:
    groups = [lesson.group for lesson in lessons()]
    changes = sum(a != b for a, b in itertools.pairwise(groups))
    assert changes == len(set(groups)) - 1


def test_walking_through_the_lessons_meets_all_of_them_and_ends() -> None:
    walked, path = [], None
    while (lesson := neighbour(path, 1)) is not None:
        walked.append(lesson)
        path = lesson.path
    assert walked == list(lessons())
    assert neighbour(walked[0].path, -1) is None
    assert neighbour(walked[3].path, -1) == walked[2]
