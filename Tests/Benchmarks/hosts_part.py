"""What the journal in PostgreSQL costs: roll-backs of one run beside the same in SQLite, and how much faster several
copies of a run get through one list."""

import os
import pathlib
import statistics
import subprocess
import threading
import time

from journal_part import Simulator
from steps_part import CROWD, PLAIN, folder_of

SERVER = pathlib.Path(__file__).resolve().parents[1] / "Support" / "postgresql"

# Two at a time: with more, eight copies and the server that they share keep two cores busy, and that is measured.
COPY = """
local ids = {}
for n = 1, %d do ids[n] = string.format("00000000-0000-4000-8000-%%012d", n) end
parallel(share(ids), function(id) rollback(id, '1', 'measured') end, { limit = 2 })
"""


class Database:
    """PostgreSQL on a socket of its own; what is committed is on the disk."""

    def __init__(self):
        self.process = subprocess.Popen(["bash", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, "VMOON_TEST_FSYNC": "on"})
        word, self.reason = self.process.stdout.readline().split(maxsplit=1)
        self.is_there = word == "ready"

    def new(self, name):
        self.process.stdin.write(f"new {name}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def stop(self):
        self.process.stdin.close()
        self.process.wait()


def roll_backs(vmoon, simulator, folder, items, journal):
    """Roll-backs a second, 64 at once."""
    environment = {"VMOON_JOURNAL": journal} if journal else {}
    program = simulator.start(vmoon, folder, CROWD % (items, PLAIN), "--limit", "64", environment=environment)
    answer = program.stdout.read()
    if program.wait() != 0:
        raise SystemExit("roll-backs failed")
    return items / float(answer)


def copies(vmoon, simulator_program, folder, database, count, items):
    """The items a second that so many copies of a run get through, against a vCenter 20 ms away."""
    simulator = Simulator(simulator_program, items, "--latency", "20ms")
    journal = database.new(f"copies{count}_{time.monotonic_ns()}")
    start = time.monotonic()
    programs = [
        simulator.start(vmoon, folder_of(folder, f"copy{count}-{number}-{time.monotonic_ns()}"), COPY % items,
                        "--run-name", "night", environment={"VMOON_JOURNAL": journal})
        for number in range(count)]
    threads = [threading.Thread(target=program.stdout.read) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if any(program.wait() != 0 for program in programs):
        raise SystemExit("a copy failed")
    seconds = time.monotonic() - start
    simulator.stop()
    return items / seconds


def measure(vmoon, simulator_program, folder, rounds, note):
    database = Database()
    if not database.is_there:
        print(f"the journal in PostgreSQL: left out, {database.reason.strip()}")
        return
    try:
        ratios, speed = [], []
        for index in range(rounds):
            speeds = []
            for name, journal in (("file", None), ("database", database.new(f"crowd{index}"))):
                simulator = Simulator(simulator_program, 1600)
                speeds.append(roll_backs(vmoon, simulator, folder_of(folder, f"{name}{index}"), 1600, journal))
                simulator.stop()
            ratios.append(speeds[1] / speeds[0])
            speed.append(speeds[1])
        note("PostgreSQL: 64 roll-backs at once, to the same with SQLite", 0.5, statistics.median(ratios),
             f"{statistics.median(speed):.0f} a second; {min(ratios):.2f} to {max(ratios):.2f}", at_least=True)
        single = copies(vmoon, simulator_program, folder, database, 1, 400)
        for count in 2, 4, 8:
            speed = copies(vmoon, simulator_program, folder, database, count, 400 * count)
            note(f"PostgreSQL: {count} copies at 20 ms, to {count} times one copy", 0.9, speed / single / count,
                 f"{speed:.0f} items a second, {single:.0f} alone", at_least=True)
    finally:
        database.stop()
