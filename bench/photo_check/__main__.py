"""`nice -n 19 python -m bench.photo_check --faces FOLDER [finding …]`: how often the checks are right.

The folder holds cut-out faces (JPEG or PNG, 4:5), at least one. Thresholds were tuned on the seeds from 0 on, with
`--tune`; the tables of docs/photo-check.md come from other seeds.
"""

import argparse
import math
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from bench.photo_check import damage
from verification.pictures.checks import checks_of
from verification.pictures.judge import findings
from verification.pictures.likeness import are_alike, likeness_of

OTHERS = 10_000_000
REPORTED = 2_000_000  # the first seed that no threshold was tuned on


def interval(hits: int, of: int) -> str:
    """Wilson's 95 % interval."""
    if not of:
        return "-"
    z, share = 1.96, hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{hits}/{of} ({max(0.0, middle - half):.1%} to {min(1.0, middle + half):.1%})"


def find_keys(drawn: damage.Sample, spent: dict[str, list[float]]) -> set[str]:
    began = time.process_time()
    found = findings(drawn.picture, drawn.paper, width=drawn.width, height=drawn.height)
    spent.setdefault(drawn.paper, []).append((time.process_time() - began) * 1000)
    return {each.key for each in found}


def good(count: int, first: int, faces: damage.Faces) -> None:
    """False alarms, and the cost of a picture."""
    spent: dict[str, list[float]] = {}
    alarms: Counter[str] = Counter()
    looked: Counter[str] = Counter()
    for draw in (damage.good_paper, damage.good_portrait):
        for seed in range(count):
            drawn = draw(random.Random(first + seed), faces)
            alarms.update(find_keys(drawn, spent))
            looked.update(check.key for check in checks_of(drawn.paper))
    print("| finding | false alarms |\n|---|---|")
    for key in looked:
        print(f"| {key} | {interval(alarms[key], looked[key])} |", flush=True)
    print("\n| paper | pictures | ms of processor, median | 95 of 100 |\n|---|---|---|---|")
    for paper, times in spent.items():
        print(f"| {paper} | {len(times)} | {np.median(times):.0f} | {np.percentile(times, 95):.0f} |", flush=True)


def print_detection(key: str, count: int, first: int, faces: damage.Faces) -> None:
    """Detection by strength."""
    cells = []
    for strength in range(4):
        seeds = range(first + strength * count, first + (strength + 1) * count)
        found = (find_keys(damage.DAMAGES[key](random.Random(seed), faces, strength), {}) for seed in seeds)
        cells.append(interval(sum(key in each for each in found), count))
    print(f"| {key} | {' | '.join(cells)} |", flush=True)


def twice(count: int, first: int, faces: damage.Faces) -> None:
    """Detection of repeated pictures by strength, and other pictures: same table, same place, another paper."""
    hits, wrong = [0] * 4, 0
    pages_wrong = 0
    for seed in range(first, first + count):
        rng = random.Random(seed)
        drawn = damage.good_paper(rng, faces)
        mark = likeness_of(drawn.picture)
        for strength in range(4):
            hits[strength] += are_alike(mark, likeness_of(damage.again(drawn.picture, rng, strength)))
        wrong += are_alike(mark, likeness_of(damage.good_paper(random.Random(seed + OTHERS), faces).picture))
        one, other = damage.neighbours(rng, faces)
        pages_wrong += are_alike(likeness_of(one), likeness_of(other))
    print(f"| twice | {' | '.join(interval(each, count) for each in hits)} |")
    print(f"\ntwice, other pictures: {interval(wrong, count)}")
    print(f"twice, other papers in the same place: {interval(pages_wrong, count)}\n", flush=True)


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--faces", type=Path, required=True)
    asked.add_argument("--each", type=int, default=100)
    asked.add_argument("--good", type=int, default=300)
    asked.add_argument("--tune", action="store_true")
    asked.add_argument("keys", nargs="*")
    given = asked.parse_args()
    faces = [
        Image.open(path).convert("RGB") for path in sorted(given.faces.iterdir()) if path.suffix in (".jpg", ".png")
    ]
    first = 0 if given.tune else REPORTED
    keys = given.keys or ["good", "twice", *damage.DAMAGES]
    for key in keys:
        if key == "good":
            good(given.good, first, faces)
            print("\n| finding | weakest | second | third | strongest |\n|---|---|---|---|---|")
        elif key == "twice":
            twice(given.each, first + 500_000, faces)
        else:
            print_detection(key, given.each, first + 600_000, faces)


if __name__ == "__main__":
    main()
