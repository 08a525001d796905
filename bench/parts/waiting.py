"""Part `waiting`: fifty people press the same button at once while the ministry takes a tenth of a second to answer.

The button is "verify type", which asks the ministry while the page waits. The server is as started by the image.
"""

import threading

from bench.harness import reports, servers
from bench.harness.accounts import address
from bench.harness.rounds import percentile
from bench.harness.tables import Table
from bench.targets import Result, Target
from bench.walks.presses import Presser

PEOPLE, PRESSES = 50, 3
ANSWER_SECONDS = "0.1"

REFUSED = Target("people turned away when fifty press at once", "", 0)
TARGETS = [REFUSED]


def measure() -> list[Result]:
    """Three times; everybody is signed in with the page already open."""
    title = f"{PEOPLE} people press at once, the ministry answers in {ANSWER_SECONDS} s"
    table = Table(title, ("", "served", "turned away", "p50, s", "p95, s", "longest, s"), [])
    with servers.portal(worker=0) as portal:
        people = [Presser(portal.url, address(number), portal.simulator.url) for number in range(PEOPLE)]
        for each in people:
            each.sign_in()
        portal.simulator.fault("all", "slow", value=ANSWER_SECONDS)
        away = 0
        for number in range(1, PRESSES + 1):
            for each in people:
                each.open_page()
            _at_once(people)
            took = [each.seconds for each in people]
            turned = sum(not each.was_served for each in people)
            figures = (percentile(took, 50), percentile(took, 95), max(took))
            table.rows.append((f"press {number}", PEOPLE - turned, turned, *figures))
            away += turned
    reports.show(table)
    troubles = sorted({each.trouble for each in people if each.trouble})
    return [Result(REFUSED, away, f"{PRESSES} times {PEOPLE} presses{': ' if troubles else ''}{'; '.join(troubles)}")]


def _at_once(people: list[Presser]) -> None:
    start = threading.Barrier(len(people))
    threads = [threading.Thread(target=lambda each=each: each.press(start)) for each in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
