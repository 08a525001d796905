"""The sandbox with a compromised decoder: the bytes of a picture say what it does."""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[3]
NEEDED = ("verification/__init__.py", "verification/documents/__init__.py")
PACKAGES = ("verification/documents/sandbox", "verification/pictures")
TAKEN_OVER = '''

import ctypes, mmap, os, socket, time


def hang():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    while True:
        time.sleep(60)


def spin():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    while True:
        pass


def eat():
    eaten = []
    while True:
        eaten.append(mmap.mmap(-1, 1 << 24))


def write_much():
    with open(1, "wb", closefd=False) as target:
        for _ in range(100):
            target.write(bytes(1 << 20))


def count(allowed):
    """Ends with how often it succeeded."""
    done = 0
    for each in allowed:
        try:
            each()
            done += 1
        except OSError:
            continue
    os._exit(40 + done)


def ask_the_line():
    """Is any file that is open the line to the worker?"""
    count([lambda number=number: socket.socket(fileno=number).getpeername() for number in range(64)])


ACTS = {
    b"HANG": hang,
    b"SPIN": spin,
    b"EAT": eat,
    b"WRITE": write_much,
    b"DIE": lambda: os.kill(os.getpid(), signal.SIGKILL),
    b"ABORT": os.abort,
    b"LEAVE": lambda: os._exit(0),
    b"PARENT": lambda: (os.kill(os.getppid(), signal.SIGKILL), time.sleep(60)),
    b"FILES": lambda: count([lambda number=number: os.fstat(number) for number in range(256)]),
    b"OPEN": lambda: count([lambda: open("/etc/passwd"), lambda: open(f"/proc/{os.getppid()}/environ"), socket.socket]),
    b"LINE": ask_the_line,
    b"GAIN": lambda: os._exit(40 + LIBC.prctl(39, 0, 0, 0, 0)),
}
as_it_was = examine
LIBC = ctypes.CDLL(None)


def examine(content, **how):
    for mark, act in ACTS.items():
        if content.endswith(b"ACT:" + mark):
            act()
    return as_it_was(content, **how)
'''


def tree(folder: Path, seconds: int = 1) -> Path:
    """A copy of the sandbox that can be compromised, and whose zygote waits no longer than `seconds`."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name in NEEDED:
        (folder / name).touch()
    with (folder / PACKAGES[0] / "child.py").open("a") as child:
        child.write(TAKEN_OVER)
    zygote = folder / PACKAGES[0] / "zygote.py"
    zygote.write_text(zygote.read_text("utf-8").replace('limits["seconds"]', str(seconds)), "utf-8")
    return folder


def acting(content: bytes, act: str) -> bytes:
    """The picture, with what it makes the child do."""
    return content + b"ACT:" + act.encode()
