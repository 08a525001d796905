"""`python -m bench.big_world [N]`: creates both worlds again; N=0 deletes them."""

import argparse
import os
import subprocess
import sys
import time

import psycopg
from psycopg import sql

from bench.big_world import NAME, SERVER, SMALL, SMALL_NAME, url

MILLION = 1_000_000


def main(orders: int) -> None:
    for name, number in ((SMALL_NAME, SMALL), (NAME, orders)):
        with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            if not orders:
                continue
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        fill(name, number)
    if not orders:
        print("Both worlds are deleted.")


def fill(name: str, number: int) -> None:
    began = time.monotonic()
    environment = {**os.environ, "DATABASE_URL": url(name), "PGOPTIONS": "-c synchronous_commit=off"}
    subprocess.run([sys.executable, "-m", "bench.big_world.fill", str(number)], env=environment, check=True)
    with psycopg.connect(url(name)) as world:
        (size,) = world.execute("SELECT pg_database_size(current_database()) / 1e9").fetchone() or (0,)
    print(f"{name}: {number:,} orders in {time.monotonic() - began:.0f} s, {size:.1f} GB")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m bench.big_world", description=__doc__)
    arguments.add_argument("orders", nargs="?", type=int, default=MILLION, help="of the larger world, 0 deletes both")
    main(arguments.parse_args().orders)
