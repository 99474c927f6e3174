"""Grading a class: each submission runs in a sandbox, and is judged outside of it.

    submission (a notebook)          tests (visible and hidden, from solutions/)
          |                                |
    +-- sandbox ------+   numbers    +-- judge --------------------+
    | runs the cells, | <----------> | calls the student's         |
    | answers calls   |              | functions, compares results |
    +-----------------+              +-----------------------------+

The two speak through one socket, in plain data only: numbers, arrays, text, lists (`wire`). So no
object of a student's, no patched library and no forged file ever reaches the process that judges.

    submissions    which files there are, and their cells
    sandbox        the walls: Bubblewrap, no network, nothing but the library in sight, limits
    inside         what runs within: a notebook's cells, then calls to what they defined
    session        the judge's end: names and functions of a submission, restarted if it dies
    marking        the tests, and points
    report         grades.csv, a page for each student, a plot for each question
"""
