"""What judges pictures lives in the child alone: a web process or a worker that loads it pays for it without use."""

import os
import subprocess
import sys

import pytest

LOADS = {
    "a web process": "import icpportal.wsgi; from django.urls import get_resolver; get_resolver().url_patterns",
    "a worker": "import icpportal.celery, django; django.setup(); import icpportal.tasks",
}


@pytest.mark.parametrize("process", LOADS)
def test_neither_web_nor_worker_loads_numpy_or_the_face_search(process: str):
    code = f"{LOADS[process]}\nimport sys; print(sorted({{'numpy', 'dlib', '_dlib_pybind11'}} & set(sys.modules)))"

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PORTAL_MODE": "demo"},
    )

    assert done.stdout.splitlines()[-1] == "[]"
