"""`python -m bench pictures`: the cost of making a picture safe, compared with a strict decode, and its stored form.

Strict is one process that decodes the picture once in full, writes it as JPEG in the portal's quality, and makes
one thumbnail as in Pillow's documentation. The safe part is the portal's: scan, a child of its own that decodes,
writes and makes the preview, and both sealed in the storage, with the processor time of worker, zygote, child and
PostgreSQL. The scanner's own process counts for neither. The advice has lines of its own.
"""

import importlib
import os

from bench.harness import services
from bench.targets import Result, Target

SMALL = Target("picture of 300 kB: safe part against strict", "×", 1.5, 1.1)
LARGE = Target("picture of 12 megapixels: safe part against strict", "×", 1.3, 1.1)
SIZE = Target("picture: largest stored size against its upload", "×", 1.1)
LEGIBLE = Target("picture: least likeness (SSIM) of 8-point text", "", 0.98, larger=True)
TARGETS = (SMALL, LARGE, SIZE, LEGIBLE)


def measure() -> list[Result]:
    """In an empty database: the portal is set up only once its URL is known."""
    with services.database("pictures") as address:
        os.environ["DATABASE_URL"] = address
        work = importlib.import_module("bench.inside.pictures")
        return [
            work.against_strict(SMALL, work.small_print.PHONE, times=20),
            work.against_strict(LARGE, work.small_print.LARGE, times=4),
            *work.measure_stored(SIZE, LEGIBLE),
        ]
