"""What the journal costs: the time it adds to a rollback, and how many commits a crowd of them needs."""

import json
import os
import signal
import statistics
import struct
import subprocess
import tempfile
import time
import urllib.request


class Simulator:
    """vmoon-sim over plain HTTP, with many equal items."""

    def __init__(self, program, items, *options):
        self.process = subprocess.Popen([program, "--http", "--quiet", *options], stdout=subprocess.PIPE, text=True)
        about = json.loads(self.process.stdout.readline())
        self.url, self.user, self.password = about["url"], about["user"], about["password"]
        state = json.load(urllib.request.urlopen(self.url + "/sim/state"))
        model = next(item for item in state["libraries"][0]["items"] if item["name"] == "ubuntu-22.04")
        template = next(machine for machine in state["machines"] if machine.get("template"))
        for number in range(1, items + 1):
            vms = [f"vm-{10000 + 2 * number + version}" for version in (1, 2)]
            state["libraries"][0]["items"].append({
                **model, "id": self.item(number), "name": f"many-{number}",
                "versions": [{"version": str(i + 1), "vm_template": vm} for i, vm in enumerate(vms)]})
            state["machines"] += [{**template, "vm": vm, "name": f"many-{number}"} for vm in vms]
        state["next_machine"] = 20000 + 2 * items
        request = urllib.request.Request(self.url + "/sim/state", json.dumps(state).encode(), method="PUT")
        urllib.request.urlopen(request)

    @staticmethod
    def item(number):
        return f"00000000-0000-4000-8000-{number:012d}"

    def start(self, vmoon, state, script, *options, environment=()):
        env = {"PATH": os.environ["PATH"], "HOME": state, "VMOON_STATE_DIR": state + "/state",
               "VMOON_PASSWORD": self.password, **dict(environment)}
        argv = [vmoon, "--vcenter", self.url, "--user", self.user, *options, "-e", script]
        return subprocess.Popen([str(word) for word in argv], env=env, stdout=subprocess.PIPE, text=True)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def sync_time(folder, count=60):
    """The median seconds of writing a page and one fdatasync."""
    path, samples = folder + "/sync", []
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    for index in range(count):
        start = time.monotonic()
        os.pwrite(descriptor, b"x" * 4096, index * 4096)
        os.fdatasync(descriptor)
        samples.append(time.monotonic() - start)
    os.close(descriptor)
    os.unlink(path)
    return statistics.median(samples)


ROLLBACKS = """
local item = item "%s"
local samples = {}
for i = 1, %d do
  local target = item:previous()
  local start = time.now()
  item:rollback(target, "measured")
  samples[i] = time.now() - start
end
table.sort(samples)
print(samples[#samples // 2])
"""


def rollback_time(vmoon, simulator, state, count, *options):
    """The median seconds of one rollback, one after the other."""
    program = simulator.start(vmoon, state, ROLLBACKS % (simulator.item(1), count), *options)
    answer = program.communicate()[0]
    if program.returncode != 0:
        raise SystemExit(f"rollbacks ended with {program.returncode}")
    return float(answer)


def commits(wal):
    """How many transactions a write-ahead log holds (sqlite.org/fileformat2.html#walformat)."""
    data = open(wal, "rb").read()
    page, = struct.unpack(">I", data[8:12])
    salts, count = data[16:24], 0
    for at in range(32, len(data) - 23, 24 + page):
        # The second word of a frame is the size of the file behind a commit, else 0.
        if data[at + 8:at + 16] == salts and data[at + 4:at + 8] != b"\0\0\0\0":
            count += 1
    return count


def crowd(vmoon, simulator, state, count):
    """Rolls so many items back at once, and counts the commits that took."""
    items = ", ".join(f'"{simulator.item(number)}"' for number in range(1, count + 1))
    script = (f"parallel({{ {items} }}, function(id) rollback(id, '1', 'measured') end) sleep(0.3) "
              "print 'done' io.flush() sleep(600)")
    program = simulator.start(vmoon, state, script, "--limit", str(count))
    if program.stdout.readline() != "done\n":
        raise SystemExit("rollbacks at once failed")
    # Killed: at its end it would tidy the log away.
    program.send_signal(signal.SIGKILL)
    program.wait()
    return commits(state + "/state/journal.db-wal")


def measure(vmoon, simulator_program, folder, rounds, note):
    samples, syncs = [], []
    simulator = Simulator(simulator_program, 1)
    for index in range(rounds):
        disk = f"{folder}/disk{index}"
        os.mkdir(disk)
        syncs.append(sync_time(disk))
        with_disk = rollback_time(vmoon, simulator, disk, 60)
        syncs.append(sync_time(disk))
        # Beside it: the same journal where no disk is waited for.
        with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
            samples.append((with_disk, rollback_time(vmoon, simulator, memory, 60)))
    simulator.stop()
    sync = statistics.median(syncs)
    added = statistics.median(a - b for a, b in samples)
    note("journal: what the disk adds to a rollback, in fdatasyncs", 4, added / sync,
         f"{added * 1000:.2f} ms; one fdatasync {sync * 1000:.2f} ms; "
         f"a whole rollback {statistics.median(a for a, _ in samples) * 1000:.2f} ms")
    os.mkdir(folder + "/crowd")
    simulator = Simulator(simulator_program, 64)
    note("journal: commits of 64 rollbacks at once, 129 records", 32,
         crowd(vmoon, simulator, folder + "/crowd", 64), "")
    simulator.stop()
