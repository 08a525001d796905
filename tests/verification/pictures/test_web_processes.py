"""The picture checks are loaded only in the child: a web process or a worker would pay for them without using them."""

import os

import pytest

from tests import fresh
from tests.icpportal.production import ROOT

LOADS = {
    "a web process": "import icpportal.wsgi",
    "a worker": "import icpportal.celery, django; django.setup(); import icpportal.tasks",
}


@pytest.mark.parametrize("process", LOADS)
def test_neither_web_nor_worker_loads_numpy_or_the_face_search(process: str):
    code = f"{LOADS[process]}\nimport sys; print(sorted({{'numpy', 'dlib', '_dlib_pybind11'}} & set(sys.modules)))"

    done = fresh.run("-c", code, folder=ROOT, environment={**os.environ, "PORTAL_MODE": "demo"})

    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["[]"]), done.stderr
