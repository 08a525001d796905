"""`python -m bench.legacy [ROWS] [salted|plain|django]`: time and memory to load a dump, first and again."""

import csv
import io
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import world  # first: it sets the portal up

# isort: split
from django.core.management import call_command
from django.db import connection
from stdnum.cn import ric

from filings.management.commands import import_legacy

HEAD = (
    "account_email", "account_password", "account_active", "nature", "id_type", "id_number", "name", "region", "domain",
    "subject_number", "site_number", "filed_on", "id_address", "post_region", "post_address", "investor", "lead_name",
    "lead_id_number", "lead_phone1", "lead_phone2", "lead_email", "site_name", "home_url", "content", "languages",
    "admin_name", "admin_id_number", "admin_phone1", "admin_phone2", "admin_email", "ip", "jrid",
)  # fmt: skip


# the hashes of a dump: MD5 with one salt each, MD5 without salt, or Django's format
FORMS = {
    "salted": "md5$s{0}${0:032x}",
    "plain": "md5$${0:032x}",
    "django": "pbkdf2_sha256$20000$salt{0}$" + "A" * 43 + "=",
}


def lines(number: int, form: str = "salted") -> Iterator[tuple[str, ...]]:
    """Invented filings, each with an account of its own, which is the most expensive case."""
    yield HEAD
    for place in range(number):
        stem = f"649999{19600101 + place % 28:08d}{place % 1000:03d}"
        person = stem + ric.calc_check_digit(f"{stem}0")
        filing = f"宁ICP备{place:08d}号"
        yield (
            f"old{place}@example.com", FORMS[form].format(place), "1", "individual", "2", person, "赵样本", "640106",
            f"bench{place}.cn", filing, f"{filing}-1", "2012-03-31", "宁夏回族自治区银川市金凤区示例路1号", "640106",
            "示例路1号2号楼301室", "赵样本", "赵样本", person, f"139{place:08d}", "086-0951-5550100",
            f"zhao{place}@example.com", "样本随笔", f"http://www.bench{place}.cn/", "8", "1", "陈样例", person,
            f"138{place:08d}", "086-0951-5550100", f"chen{place}@example.com", "192.0.2.10", str(place + 1),
        )  # fmt: skip


def work() -> float:
    """Seconds of processor time so far, of this process and of its ended children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main(number: int, form: str) -> None:
    call_command("migrate", verbosity=0)
    path = Path(world.FOLDER) / "dump.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(lines(number, form))
    size = path.stat().st_size / 2**20
    print(f"{number} rows, {size:.0f} MB, GB18030, every row with an account and a hash ({form}), {connection.vendor}")
    for name, options in (("dry run", {"dry_run": True}), ("first", {}), ("again", {})):
        before, worked, output = time.monotonic(), work(), io.StringIO()
        call_command(import_legacy.Command(), str(path), stdout=output, **options)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{name:10}{time.monotonic() - before:8.1f} s   {work() - worked:6.1f} s of work   "
            f"{memory:5.0f} MB at most   {output.getvalue().splitlines()[-1]}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2] if len(sys.argv) > 2 else "salted")
