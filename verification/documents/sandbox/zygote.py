"""A warm process that forks one child for each picture: `python -m verification.documents.sandbox.zygote`, on Linux.

It has loaded what the child needs, so that no picture waits for Python to start, and nothing else: no settings, no
secret, no connection. It never reads a picture itself; memory files pass through it to the child, which gets the limits
of `child.py` and, being warm, may open nothing at all. Its standard input is the socket to its worker, one message for
each picture; when the socket closes, the worker is gone, and the zygote ends with its child.
"""

import contextlib
import ctypes
import gc
import io
import json
import os
import resource
import select
import signal
import socket
from functools import cache
from pathlib import Path
from typing import NoReturn

from PIL import Image

from verification.documents.sandbox import child
from verification.documents.sandbox.child import Limits
from verification.pictures.likeness import light_of
from verification.pictures.papers import WITH_A_FACE, Paper

MESSAGE_MAX = 4096
BEGUN = b"begun"  # from here on, a failure is the picture's fault
LATE = b"late"
SET_PARENT_DEATH_SIGNAL, SET_NO_NEW_PRIVILEGES = 1, 38  # options of prctl
LIBC = ctypes.CDLL(None, use_errno=True)
MMAP_THRESHOLD, TOP_PAD, TRIM_THRESHOLD = -3, -2, -1  # options of mallopt
SMALL = 128 * 1024  # the zygote gives back all larger memory: its children would fill the holes, a small page at a time
KEPT = {MMAP_THRESHOLD: 1 << 30, TRIM_THRESHOLD: 1 << 30, TOP_PAD: 1 << 24}  # a child reuses memory, in large pages
OF_PNG = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")  # modes
LARGEST_HOLE, PAGE = 16 * 1024 * 1024, 4096
COUNTS = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")
FIRST_TO_GO = "1000"  # the first to be killed when memory runs out


class Heap(ctypes.Structure):
    """What glibc's `mallinfo2` counts."""

    _fields_ = tuple((name, ctypes.c_size_t) for name in COUNTS)


def warm() -> None:
    """Loads what libraries load lazily: a child may open nothing."""
    set_memory({MMAP_THRESHOLD: SMALL})
    os.close(os.pidfd_open(os.getpid()))  # fails now, before the first picture, where pidfd_open is forbidden
    child.register_heif()
    for mode, kind in (("RGB", "JPEG"), ("RGB", "MPO"), ("RGB", "WEBP"), *((mode, "PNG") for mode in OF_PNG)):
        drawn = io.BytesIO()
        Image.new(mode, (64, 64)).save(drawn, kind, exif=Image.Exif())
        child.examine(drawn.getvalue(), pixels=64 * 64, paper=None)
    settle()


def set_memory(options: dict[int, int]) -> None:
    """Changes how this process and its children take memory from the system."""
    if hasattr(LIBC, "mallopt"):  # glibc
        for option, value in options.items():
            LIBC.mallopt(option, value)


def settle() -> None:
    """Leaves children little memory to copy: page faults take a third of a picture's time."""
    gc.collect()
    gc.freeze()
    if hasattr(LIBC, "malloc_trim"):  # glibc
        LIBC.malloc_trim(0)
    if hasattr(LIBC, "mallinfo2"):  # glibc, too
        fill_holes()


def fill_holes() -> None:
    """Takes the free parts of the heap, untouched: a child's pictures would fill them, a small page at a time.

    What is larger than `SMALL` and fits into no hole comes from elsewhere, and is given back. Where memory is limited,
    it may come from nowhere.
    """
    LIBC.mallinfo2.restype, LIBC.malloc.restype, LIBC.free.argtypes = Heap, ctypes.c_void_p, (ctypes.c_void_p,)
    if (rest := LIBC.mallinfo2().keepcost) > 2 * PAGE:  # at the end, up to where a large page begins
        LIBC.malloc(ctypes.c_size_t(rest - PAGE))
    size = LARGEST_HOLE
    while size >= SMALL:
        before = LIBC.mallinfo2().hblks
        taken = LIBC.malloc(ctypes.c_size_t(size))
        if not taken or LIBC.mallinfo2().hblks > before:
            LIBC.free(taken)
            size //= 2


def main() -> None:
    for which in (signal.SIGINT, signal.SIGTERM):  # sent to the whole group; the worker decides when to end
        signal.signal(which, signal.SIG_IGN)
    keep_no_rights()
    warm()
    line = socket.socket(fileno=0)
    while True:
        message, files, _flags, _address = socket.recv_fds(line, MESSAGE_MAX, 2)
        if not message:
            return
        limits: Limits = json.loads(message)
        prepare(limits["paper"])
        line.send(outcome(line, files, limits))


@cache
def prepare(paper: str) -> None:
    """Loads what the checks of this paper need, once for all later children; otherwise they cannot judge."""
    if not paper:
        return
    with contextlib.suppress(ImportError):
        import numpy.ma  # noqa: F401, PLC0415 -- with what NumPy loads on first use; checks only

        if paper in WITH_A_FACE:
            from verification.pictures import faces  # noqa: PLC0415 -- dlib only where there must be a face

            faces.detector()
    table = Image.effect_noise((640, 480), 20).convert("RGB")
    table.paste((230, 230, 225), (120, 90, 500, 400))
    child.find_faults(table, light_of(table), Paper(paper), width=1280, height=960)
    settle()


def outcome(line: socket.socket, files: list[int], limits: Limits) -> bytes:
    """How the child of a picture ended: its exit code, or `LATE`."""
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        become_child(zygote, files, limits)
    for each in files:
        os.close(each)
    line.send(BEGUN)
    return wait_for_child(pid, line, limits["seconds"])


def become_child(zygote: int, files: list[int], limits: Limits) -> NoReturn:
    """Gives up everything a picture does not need, then opens it; never returns."""
    code = 1
    try:
        for place, each in enumerate(files):
            os.dup2(each, place)  # replaces the worker's socket, too
        os.closerange(3, max(files) + 1)
        give_up_rights(zygote)
        set_memory(KEPT)
        child.serve(limits)
        code = 0
    finally:
        os._exit(code)


def keep_no_rights() -> None:
    """Bars zygote and children from gaining rights, and makes them the first to be killed when memory is short."""
    prctl(SET_NO_NEW_PRIVILEGES, 1)
    with contextlib.suppress(OSError):  # a container may hide it
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO, "ascii")


def give_up_rights(zygote: int) -> None:
    """Ends with the zygote, and can open no file and no connection. Threads stay allowed: libheif needs them."""
    prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != zygote:
        raise ProcessLookupError(zygote)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def prctl(option: int, value: int) -> None:
    if LIBC.prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def wait_for_child(pid: int, line: socket.socket, seconds: int) -> bytes:
    """Waits for the child; kills it when its time is up or the worker is gone."""
    watched = select.poll()
    watched.register(line, 0)  # closing is reported without a mask
    with os.fdopen(os.pidfd_open(pid)) as process:
        watched.register(process, select.POLLIN)
        is_over = process.fileno() in dict(watched.poll(1000 * seconds))
    if not is_over:
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return str(code).encode() if is_over else LATE


if __name__ == "__main__":
    main()
