"""Every question of the book has a right answer, and an answer for everyone who is wrong."""

import json

import pytest

from ebm import claims, quiz

CHAPTERS = sorted(path.stem for path in (claims.book() / "quizzes").glob("*.json"))
GOOD = {
    "question": "?",
    "type": "multiple_choice",
    "answers": [
        {"answer": "a", "correct": True, "feedback": "Yes."},
        {"answer": "b", "correct": False, "feedback": "No."},
    ],
}


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_questions_of_a_chapter(chapter):
    assert quiz.questions(chapter)


def test_a_good_question():
    quiz.check(GOOD, "it")


@pytest.mark.parametrize(
    "change, message",
    [
        ({"type": "riddle"}, "it is of type 'riddle'"),
        ({"question": ""}, "it is of type"),
        ({"answers": []}, "0 right answers; wanted one"),
        ({"answers": GOOD["answers"][1:]}, "0 right answers"),
        ({"answers": 2 * GOOD["answers"][:1]}, "2 right answers; wanted one"),
        ({"answers": [{"answer": "a", "correct": True}]}, "no feedback"),
        ({"type": "numeric"}, "wanted one of type 'default'"),
    ],
)
def test_a_bad_question(change, message):
    with pytest.raises(ValueError, match=message):
        quiz.check(GOOD | change, "it")


def test_a_bad_file(tmp_path, monkeypatch):
    (tmp_path / "quizzes").mkdir()
    (tmp_path / "quizzes" / "x.json").write_text(json.dumps([GOOD, GOOD | {"answers": []}]))
    monkeypatch.setattr(claims, "book", lambda: tmp_path)
    with pytest.raises(ValueError, match="question 2 of x"):
        quiz.questions("x")
