"""The README's example prints what the README says."""

import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_example_prints_its_answer():
    code, answer = re.search(r"```python\n(.*?)```.*?```\n(.*?)```", README, re.S).groups()
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == answer
    assert len([line for line in code.splitlines() if line]) == 10


def test_every_make_target_is_explained():
    makefile = (Path(__file__).resolve().parent.parent / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):.*## ", makefile, re.M)
    documented = set(re.findall(r"`make ([a-z]+)`", README)) | {"setup"}
    assert {"book", "test", "serve", "lint", "clean", "exercises", "bench", "reproduce"} <= documented & set(
        targets
    )
