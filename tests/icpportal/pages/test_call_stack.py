"""How often frames take memory from the system: each time, it is a fault of a page of memory that the kernel counts."""

import json
import os
import resource
from concurrent.futures import ThreadPoolExecutor

import pytest

from icpportal.pages.call_stack import with_room
from tests import fresh, migrated
from tests.icpportal.production import ROOT

# the page of signing in, called at many depths in a thread as by gunicorn; prints the faults of each
PAGES = """
import json, resource, threading
from django.test import RequestFactory
from icpportal.wsgi import application

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def answer(depth):
    if depth:
        return answer(depth - 1)
    before = faults()
    asked = RequestFactory(headers={"host": "127.0.0.1"})._base_environ(PATH_INFO="/account/login/")
    assert b"<main" in b"".join(application(asked, lambda status, headers: None))
    return faults() - before

def answer_all():
    for _ in range(10):
        answer(0)
    print(json.dumps([answer(depth) for depth in range(0, 100, 4)]))

serving = threading.Thread(target=answer_all)
serving.start()
serving.join()
"""


def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt


def called_often_at(depth):
    if depth:
        return called_often_at(depth - 1)
    before = faults()
    for _ in range(300):
        nothing()
    return faults() - before


def nothing():
    return None


def at_every_depth(call):
    """Of a thread, whose stack is empty at first."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: [call(depth) for depth in range(400)]).result()


def test_without_room_calls_at_some_depth_take_memory_each_time():
    assert max(at_every_depth(called_often_at)) > 250


def test_with_room_no_depth_of_calls_takes_memory_each_time():
    assert max(at_every_depth(with_room(called_often_at))) < 100


def test_arguments_answers_and_errors_are_those_of_the_function():
    def divide(dividend, *, by):
        """How often `by` fits."""
        return dividend // by

    roomy = with_room(divide)

    assert (roomy(7, by=2), roomy.__name__, roomy.__doc__) == (3, "divide", "How often `by` fits.")
    with pytest.raises(ZeroDivisionError):
        roomy(7, by=0)


def test_a_page_takes_little_memory_however_deep_it_is_called(tmp_path):
    migrated.copy_to(tmp_path / "portal.sqlite3")
    kept = {name: text for name, text in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    alone = kept | {"VAR_DIR": str(tmp_path), "PORTAL_MODE": "demo"}

    done = fresh.run("-c", PAGES, folder=ROOT, environment=alone)

    assert done.returncode == 0, done.stderr
    assert max(json.loads(done.stdout.splitlines()[-1])) < 60
