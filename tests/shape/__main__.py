"""`python -m tests.shape`: counts, prints, and exits with 1 while a measure misses its target."""

import argparse
import sys

from tests.shape.report import as_json, as_table, keep, measure_all


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.shape", description=__doc__)
    parser.add_argument("--json", action="store_true", help="everything, for a script")
    parser.add_argument("--names", action="store_true", help="what makes each measure miss, with file and line")
    parser.add_argument("--only", default="", help="one measure, by its key")
    parser.add_argument("--keep", action="store_true", help="write what has shrunk into values.json")
    given = parser.parse_args(words)
    found = measure_all()
    if given.keep:
        keep(found)
    shown = [measure for measure in found if given.only in ("", measure.key)]
    sys.stdout.write((as_json(shown) if given.json else as_table(shown, with_names=given.names)) + "\n")
    return 0 if all(measure.ok for measure in shown) else 1


if __name__ == "__main__":
    sys.exit(main())
