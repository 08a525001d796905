"""Room for deep call stacks.

Python keeps the frames of a thread in chunks of 16 KiB: it maps another when a call needs more, and unmaps it when that
call returns. A page is some hundred calls deep, so at the edge of a chunk every call of a loop maps and unmaps one: a
fifteenth of what a page costs. (`_PyThreadState_PushFrame` in CPython; there is no setting.)
"""

from collections.abc import Callable
from functools import update_wrapper
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
# a frame of this many words needs a chunk of 256 KiB and leaves more than half of it to the calls within
WORDS = 15_400


def with_room(call: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """The same function, with room for the frames of a hundred and more calls within."""

    def called(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        return call(*args, **kwargs)

    called.__code__ = called.__code__.replace(co_stacksize=WORDS)
    return update_wrapper(called, call)
