import os

from hypothesis import settings

# Several tests run at once, and threads that wait for each other take the cores from them: a chapter takes
# half the computing with one. Set before numpy is loaded; processes that a test starts have it too.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# No modules with examples: answers of students, many of them wrong, which their own tests read; and two of one name.
collect_ignore = ["exercises", "conftest.py", "browser/conftest.py"]

# A kernel's first call compiles it, which no deadline should count; the same examples each time.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

# What takes longest begins first, so that nobody waits for it in the end; the rest as pytest finds it.
LONGEST = ["test_grading", "test_chapters", "test_claims", "test_exercises", "test_boltzmann_machine_claims"]


def pytest_collection_modifyitems(items):
    place = {name: k for k, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))
