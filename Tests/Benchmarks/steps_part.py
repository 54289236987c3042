"""What `step` costs: throughput of many roll-backs at once, commits, and how long a resume takes to reach the first
step that is left."""

import os
import signal
import sqlite3
import statistics
import subprocess
import threading
import time

from journal_part import Simulator, commits

PLAIN = "rollback(id, '1', 'measured')"
STEP = "step('back ' .. id, function() return rollback(id, '1', 'measured') end)"

CROWD = """
local ids = {}
for n = 1, %d do ids[n] = string.format("00000000-0000-4000-8000-%%012d", n) end
listVersions(ids[1])
local start = time.now()
parallel(ids, function(id) %s end, { limit = 64 })
print(time.now() - start)
"""

SEQUENCE = """
for n = 1, %d do %s end
print "done" io.flush() sleep(600)
"""

MANY = """
local names = {}
for n = 1, 10000 do names[n] = "patch " .. n end
parallel(names, function(name) step(name, function() return { vm = "vm-1000", version = "3" } end) end, { limit = 500 })
step("the next", function() print "reached" io.flush() error "stop" end)
"""


def folder_of(folder, name):
    path = f"{folder}/{name}"
    os.makedirs(path)
    return path


def side_by_side(vmoon, simulators, folder, items):
    """Roll-backs in a second, 64 at once, without steps and in steps: both at the same time, so that whatever else
    the machine does slows both; and the CPU seconds that each took."""
    speeds, times = {}, {}

    def run(name, body):
        program = simulators[name].start(vmoon, folder_of(folder, name), CROWD % (items, body), "--limit", "64")
        answer = program.stdout.read()
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        if program.returncode == 0:
            speeds[name], times[name] = items / float(answer), usage.ru_utime + usage.ru_stime

    threads = [threading.Thread(target=run, args=arguments) for arguments in (("plain", PLAIN), ("step", STEP))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(speeds) < 2:
        raise SystemExit("roll-backs failed")
    return speeds, times


def commits_of(vmoon, simulator, state, count, body):
    """The commits of so many calls, one after another."""
    program = simulator.start(vmoon, state, SEQUENCE % (count, body))
    if program.stdout.readline() != "done\n":
        raise SystemExit("steps failed")
    time.sleep(0.3)
    # Killed: at its end it would tidy the log away.
    program.send_signal(signal.SIGKILL)
    program.wait()
    return commits(state + "/state/journal.db-wal")


def give_changes(journal):
    """Gives each finished step a change of its own, as a train has."""
    database = sqlite3.connect(journal)
    names = [row[1] for row in database.execute("PRAGMA table_info(operation)")]
    values = {
        "number": "step.number", "id": "printf('%08d-0000-4000-8000-000000000000', step.number)", "run": "step.run",
        "operation": "'rollback'", "vcenter": "'127.0.0.1'", "user": "'u'", "step": "step.name", "place": "1",
        "item": "printf('00000000-0000-4000-8000-%012d', step.number)", "subject": "'item, version 1'",
        "version": "'1'", "intended": "step.began", "deadline": "step.began", "attempts": "1", "outcome": "'done'",
        "result": "'3'", "settled": "step.began", "message": "'measured'", "latest_before": "'2'"}
    database.execute(f"INSERT INTO operation SELECT {', '.join(values.get(name, 'NULL') for name in names)} "
                     "FROM step WHERE result IS NOT NULL")
    database.commit()
    database.close()


def first_left(vmoon, state, environment):
    """The seconds from the start of `vmoon resume` to the first step that is not done."""
    start = time.monotonic()
    program = subprocess.Popen([str(vmoon), "resume"], cwd=state, env=environment, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
    if program.stdout.readline() != "reached\n":
        raise SystemExit("the step that is left was not reached")
    seconds = time.monotonic() - start
    program.wait()
    return seconds


def resume_times(vmoon, simulator, folder, rounds):
    state = folder_of(folder, "many")
    environment = {"PATH": os.environ["PATH"], "HOME": state, "VMOON_STATE_DIR": state + "/state",
                   "VMOON_PASSWORD": simulator.password}
    with open(state + "/many.lua", "w", encoding="utf-8") as file:
        file.write(MANY)
    subprocess.run([str(vmoon), "--vcenter", simulator.url, "--user", simulator.user, "many.lua"], cwd=state,
                   env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    give_changes(state + "/state/journal.db")
    return [first_left(vmoon, state, environment) for _ in range(rounds)]


def measure(vmoon, simulator_program, folder, rounds, note):
    items, ratios, costs, speed = 1600, [], [], []
    for index in range(rounds):
        simulators = {name: Simulator(simulator_program, items) for name in ("plain", "step")}
        speeds, times = side_by_side(vmoon, simulators, folder_of(folder, f"crowd{index}"), items)
        for simulator in simulators.values():
            simulator.stop()
        ratios.append(speeds["step"] / speeds["plain"])
        costs.append(times["step"] / times["plain"])
        speed.append(speeds["step"])
    note("steps: 64 roll-backs at once in steps, to the same without", 0.85, statistics.median(ratios),
         f"{statistics.median(speed):.0f} a second in steps; {min(ratios):.2f} to {max(ratios):.2f}", at_least=True)
    note("steps: CPU of roll-backs in steps, to the same without", 1.15, statistics.median(costs), "")

    # Few enough that the log does not begin anew.
    count, figures = 50, {}
    for name, body in (("plain", "rollback(string.format('00000000-0000-4000-8000-%012d', n), '1', 'm')"),
                       ("step", "step('s' .. n, function() rollback(string.format('00000000-0000-4000-8000-%012d', n),"
                                " '1', 'm') end)"),
                       ("empty", "step('s' .. n, function() return n end)")):
        simulator = Simulator(simulator_program, count)
        figures[name] = commits_of(vmoon, simulator, folder_of(folder, f"commits-{name}"), count, body)
        simulator.stop()
    note("steps: commits that a step adds to its roll-back, one by one", 1.05,
         (figures["step"] - figures["plain"]) / count, f"{figures['plain']} commits of {count} without, "
         f"{figures['step']} with")
    note("steps: commits of a step without a change, one by one", 1.05, figures["empty"] / count, "")

    simulator = Simulator(simulator_program, 1)
    times = resume_times(vmoon, simulator, folder, rounds)
    simulator.stop()
    note("steps: seconds until a resume reaches the first that is left, of 10,000", 1, statistics.median(times),
         f"{min(times):.2f} to {max(times):.2f} s; each of them had a change")
