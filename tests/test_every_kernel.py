"""Each kernel of the library against its own source in plain Python: the same bits, callees included."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import every_kernel


@pytest.fixture(scope="module")
def plain():
    script = Path(every_kernel.__file__)
    ran = subprocess.run([sys.executable, script], check=True, capture_output=True, text=True)
    return json.loads(ran.stdout)


@pytest.mark.parametrize("run", every_kernel.RUNS, ids=[run.__name__ for run in every_kernel.RUNS])
def test_compiled_and_plain_leave_the_same_bits(run, plain):
    found = every_kernel.digests([run])[run.__name__]
    assert found == plain["digests"][run.__name__] and found


def test_no_kernel_is_left_out(plain):
    """A new kernel belongs into one of the runs of `every_kernel`."""
    assert sorted(set(plain["defined"]) - set(plain["called"])) == []
    assert len(plain["defined"]) > 100
