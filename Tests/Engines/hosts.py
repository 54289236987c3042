#!/usr/bin/env python3
"""An attack on «the copies of a run share a list: each item gets its change exactly once, whatever happens to copies,
database and network».

Copies of one script, each with a host name, a home and a state folder of its own, share items through a journal in
PostgreSQL. They are killed, stopped past their lease and continued; the database crashes and restarts, its disk is
full, its connections are cut, also in the middle of a commit. A copy that ended is started again. In the end the
simulator's own record says of each item how often it was changed, and the history of all copies (invoke, ok, fail,
info), which is kept as JSON, is checked against that. Nothing here is vmoon's code.
"""

import argparse
import collections
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

from resume import Disk, Simulator, identifier

SCRIPT = r"""
local c = json.decode(arg[1])
io.stdout:setvbuf("line")
local function say(kind, n, more)
  print(json.encode{ type = kind, n = n, more = more })
end
local numbers = {}
for n = 1, c.items do numbers[n] = { id = string.format("00000000-0000-4000-8000-%012d", n), n = n } end
parallel(share(numbers), function(it)
  say("invoke", it.n)
  -- The server refuses to roll back to the same version twice, and never refuses to deploy once more.
  local ok, result = pcall(step, "roll " .. it.n, function()
    if it.n % 2 == 1 then return rollback(it.id, "1", "roll " .. it.n) end
    return deploy(it.id, { name = "night-" .. it.n .. "-{op}", placement = { folder = c.folder } })
  end)
  if ok then say("ok", it.n, result)
  else
    local unknown = type(result) ~= "table" or result.outcome == "unknown" or result.kind == "cancelled"
    say(unknown and "info" or "fail", it.n, tostring(result))
    error(result, 0)
  end
end, { limit = c.width })
print(json.encode{ type = "end" })
"""
HITS = ["kill", "kill", "stop", "stop", "crash", "cut", "cut in commit", "disk"]


class Database:
    """PostgreSQL, in a process group of its own."""

    def __init__(self, script, data=None):
        environment = dict(os.environ)
        if data:
            environment["VMOON_TEST_PGDATA"] = data
        self.process = subprocess.Popen([script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)
        line = self.process.stdout.readline()
        if not line.startswith("ready "):
            sys.exit(f"no database: {line}")
        self.socket = line.split("host=")[1].strip() + "/.s.PGSQL.5432"
        self.lock = threading.Lock()

    def ask(self, command):
        with self.lock:
            self.process.stdin.write(command + "\n")
            self.process.stdin.flush()
            return self.process.stdout.readline().strip()

    def start(self):
        """After a crash: it may take a while to come back, and is not given up at the first failure."""
        for _ in range(5):
            answer = self.ask("start")
            if answer == "started":
                return
            time.sleep(0.5)
        sys.exit("the database did not start again: see its log in " + os.path.dirname(self.socket))

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)


class Proxy:
    """TCP in front of the database's socket; cuts connections."""

    def __init__(self, path, dice):
        self.path, self.dice, self.pairs, self.cuts, self.rate = path, dice, set(), 0, 0.0
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.path)
            except OSError:
                client.close()
                continue
            pair = (client, server)
            self.pairs.add(pair)
            threading.Thread(target=self.pump, args=(client, server, pair, True), daemon=True).start()
            threading.Thread(target=self.pump, args=(server, client, pair, False), daemon=True).start()

    def pump(self, source, sink, pair, is_client):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
                # Sent to the server, and the answer never comes: nobody knows whether it was committed.
                if is_client and b"vmoon.commit" in data and self.dice.random() < self.rate:
                    self.cuts += 1
                    break
        except OSError:
            pass
        self.close(pair)

    def close(self, pair):
        self.pairs.discard(pair)
        for end in pair:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    def cut(self):
        for pair in list(self.pairs):
            self.close(pair)


class Copy:
    """One host: its processes one after the other."""

    def __init__(self, number, attack):
        self.number, self.attack, self.name = number, attack, f"copy-{number}"
        self.home = f"{attack.folder}/{self.name}"
        os.makedirs(self.home)
        self.process, self.paused, self.done, self.starts = None, False, False, 0

    @property
    def environment(self):
        attack = self.attack
        return {"PATH": os.environ.get("PATH", ""), "HOME": self.home, "VMOON_PASSWORD": attack.simulator.password,
                "VMOON_JOURNAL": f"postgres://vmoon:s3cret-word@127.0.0.1:{attack.proxy.port}/{attack.database_name}"}

    def command(self, *words):
        """A command of vmoon's on this host, to its end."""
        return subprocess.run([self.attack.options.vmoon, *words], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)

    def start(self):
        attack = self.attack
        self.starts += 1
        config = {"items": attack.options.items, "width": attack.options.width, "folder": attack.simulator.folder}
        words = [attack.options.vmoon, "--vcenter", attack.simulator.url, "--user", attack.simulator.user,
                 "--run-name", "night", "--lease", f"{int(attack.options.lease * 1000)}ms", "--lock-wait", "60s", "--settle", "500ms",
                 "--grace", "2s", "--log-level", "error", attack.script, json.dumps(config)]
        if attack.options.names:
            words = ["unshare", "--uts", "sh", "-c", f'hostname {self.name}; exec "$@"', "sh", *words]
        self.process = subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        for target, source in ((self.read_errors, self.process.stderr), (self.read, self.process.stdout)):
            self.reader = threading.Thread(target=target, args=(source, self.process.pid), daemon=True)
            self.reader.start()

    def read(self, stream, pid):
        for text in stream:
            try:
                line = json.loads(text)
            except ValueError:
                continue
            self.attack.note({"time": time.monotonic(), "copy": self.name, "pid": pid, **line})

    def read_errors(self, stream, pid):
        text = stream.read().decode("utf-8", "replace").strip()
        if text:
            self.attack.errors.append(f"{self.name} ({pid}): {text}")

    def signal(self, number):
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    def tend(self):
        """Starts it again where it ended before its end."""
        if self.done or self.process is None:
            return
        status = self.process.poll()
        if status is None:
            return
        self.attack.endings[status] += 1
        # Whose outcome is unknown, nobody may try again at once: somebody has to look.
        if status == 0 or status == 80 and time.monotonic() > self.attack.hit_until:
            self.done = True
        else:
            self.start()


class Attack:
    def __init__(self, seed, options, simulator, database, folder):
        self.seed, self.options, self.simulator, self.database = seed, options, simulator, database
        self.dice = random.Random(str(seed))
        self.folder = f"{folder}/{seed}"
        os.makedirs(self.folder)
        self.script = self.folder + "/night.lua"
        with open(self.script, "w") as file:
            file.write(SCRIPT)
        self.database_name = f"seed{seed}"
        assert database.ask(f"new {self.database_name}").startswith("postgres://")
        self.proxy = Proxy(database.socket, self.dice)
        self.history, self.errors, self.problems = [], [], []
        self.endings, self.hits = collections.Counter(), collections.Counter()
        self.lock = threading.Lock()
        self.disk = options.disk

    def note(self, event):
        with self.lock:
            self.history.append(event)

    def run(self):
        self.simulator.begin()
        self.copies = [Copy(n, self) for n in range(self.options.copies)]
        for copy in self.copies:
            copy.start()
        began = time.monotonic()
        limit = began + self.options.limit
        self.hit_until = hit_until = began + self.options.seconds
        # By the lease: with a shorter one everything is quicker.
        due = began + self.options.lease * self.dice.uniform(0.15, 0.5)
        later = []  # what is undone after a while: (when, what)
        while not all(copy.done for copy in self.copies):
            now = time.monotonic()
            if now > limit:
                self.problems.append(f"it did not end within {self.options.limit} s")
                break
            for entry in [entry for entry in later if entry[0] <= now]:
                later.remove(entry)
                entry[1]()
            if now >= due and now < hit_until:
                due = now + self.options.lease * self.dice.uniform(0.1, 0.6)
                self.hit(now, later)
            for copy in self.copies:
                if not copy.paused:
                    copy.tend()
            time.sleep(0.02)
        for _, undo, _ in later:
            undo()
        self.proxy.rate = 0
        for copy in self.copies:
            copy.signal(signal.SIGKILL)
            copy.process.wait()
        time.sleep(0.1)
        self.took = time.monotonic() - began
        self.doubts = sum("unknown_outcome" in str(event.get("more")) for event in self.history)
        self.a_day_later()
        self.judge()
        self.leave()

    def leave(self):
        self.proxy.listener.close()
        # The disk is small: with the databases of some thirty seeds on it, it is full for good.
        assert self.database.ask(f"drop {self.database_name}") == "dropped"

    def hit(self, now, later):
        kind = self.dice.choice(HITS)
        copy = self.dice.choice(self.copies)
        if kind == "disk" and not self.disk:
            kind = "crash"
        if kind in ("crash", "disk") and any(entry[2] == "database" for entry in [(*e, "")[:3] for e in later]):
            return
        self.hits[kind] += 1
        if kind == "kill":
            copy.signal(signal.SIGKILL)
        elif kind == "stop" and not copy.paused and copy.process.poll() is None:
            copy.paused = True
            copy.signal(signal.SIGSTOP)

            def go_on():
                copy.paused = False
                copy.signal(signal.SIGCONT)
            later.append((now + self.options.lease * self.dice.uniform(0.5, 2.5), go_on, "copy"))
        elif kind == "crash":
            self.database.ask(self.dice.choice(["crash", "stop"]))
            later.append((now + self.dice.uniform(0.0, self.options.lease * 1.5), self.database.start, "database"))
        elif kind == "cut":
            self.proxy.cut()
        elif kind == "cut in commit":
            self.proxy.rate = self.dice.choice([0.05, 0.3])
            later.append((now + 0.7, lambda: setattr(self.proxy, "rate", 0.0), "proxy"))
        elif kind == "disk":
            self.disk.fill()

            def free():
                self.disk.free()
                # A full disk may have ended the server.
                self.database.ask("crash")
                self.database.start()
            later.append((now + self.dice.uniform(0.2, self.options.lease), free, "database"))

    def judge(self):
        check(self)

    def a_day_later(self):
        """What was in doubt is settled by looking, truly, and done by one more copy: nothing is unknown any more."""
        self.simulator.call("POST", "/sim/clock", {"advance_s": 25 * 3600})
        host, settled = self.copies[0], []
        end = time.monotonic() + 4 * self.options.lease + 5
        while True:
            # What the copies had that were killed is theirs until their leases end.
            run = host.command("reconcile", "--json", "--vcenter", self.simulator.url, "--user", self.simulator.user)
            settled += json.loads(run.stdout or "[]")
            if run.returncode == 0 or time.monotonic() > end:
                break
            time.sleep(0.2)
        if run.returncode != 0:
            self.problems.append(f"a day later reconcile ends with {run.returncode}: {run.stderr.strip()[-300:]}")
        left = json.loads(host.command("runs", "--open", "--json").stdout or "[]")
        if left:
            self.problems.append(f"a day later {len(left)} runs have something open")
        marks = happened(self.simulator)
        for record in {record["op_id"]: record for record in settled}.values():
            if (record["outcome"] == "done") != any(record["op_id"].startswith(mark) for mark in marks):
                self.problems.append(f"a day later {record['op_id']} is said to be {record['outcome']}, and that is false")
        self.settled = len({record["op_id"] for record in settled})
        # What may have been made is not made again by itself: a person says that it was not. Then a copy that is started
        # later does what the others had to leave alone.
        for record in settled:
            if record["outcome"] == "not_seen":
                host.command("reconcile", record["op_id"], "--resolve", "not-applied")
        host.start()
        try:
            status = host.process.wait(60)
        except subprocess.TimeoutExpired:
            status = "hangs"
            host.process.kill()
        if status != 0:
            self.problems.append(f"a day later one more copy ends with {status}")
        host.reader.join(10)


def happened(simulator):
    """The marks of all changes that were carried out: in messages and in names."""
    state = simulator.call("GET", "/sim/state")
    marks = {machine["name"].split("-", 2)[2] for machine in state["machines"] if machine["name"].startswith("night-")}
    for item in state["libraries"][0]["items"]:
        for change in item["changes"]:
            message = (change.get("message") or change.get("short_message") or "").strip()
            if message.startswith("[vmoon:"):
                marks.add(message[7:43])
    return marks


def applied(simulator, items):
    """How often each item was rolled back or deployed, by the simulator's record."""
    counts, state = collections.Counter(), simulator.call("GET", "/sim/state")
    for machine in state["machines"]:
        if machine["name"].startswith("night-"):
            counts[int(machine["name"].split("-")[1])] += 1
    for item in state["libraries"][0]["items"]:
        n = int(item["id"][-12:])
        for change in item["changes"]:
            message = (change.get("message") or change.get("short_message") or "").strip()
            if message.endswith(f" roll {n}"):
                counts[n] += 1
            elif "roll " in message:
                counts["elsewhere"] += 1
    return counts


def check(attack):
    """The history of all copies against the record."""
    counts = applied(attack.simulator, attack.options.items)
    double = [n for n in range(1, attack.options.items + 1) if counts[n] > 1]
    lost = [n for n in range(1, attack.options.items + 1) if counts[n] == 0]
    if double:
        attack.problems.append(f"changed twice: {double}")
    if lost:
        attack.problems.append(f"not changed: {lost}")
    if counts["elsewhere"]:
        attack.problems.append("an item has another item's change")
    told, open_calls, ended, last_gap = collections.Counter(), {}, set(), 0.0
    for event in attack.history:
        key = (event["pid"], event.get("n"))
        if event["type"] == "invoke":
            if key in open_calls:
                attack.problems.append(f"{event['copy']} has item {event['n']} twice at once")
            # At most one copy at a time is at work on an item, but for one that is stopped or dead.
            open_calls[key] = event
        elif event["type"] in ("ok", "fail", "info"):
            if key not in open_calls:
                attack.problems.append(f"{event['copy']} ended item {event['n']} that it has not begun")
            open_calls.pop(key, None)
            if event["type"] == "ok":
                told[event["n"]] += 1
                if counts[event["n"]] == 0:
                    attack.problems.append(f"{event['copy']} says that {event['n']} was done, and it was not")
    results = collections.defaultdict(set)
    for event in attack.history:
        if event["type"] == "ok":
            results[event["n"]].add(json.dumps(event.get("more")))
    for n, values in results.items():
        if len(values) > 1:
            attack.problems.append(f"item {n}: copies were told different results, {values}")
    for n in range(1, attack.options.items + 1):
        if not told[n]:
            attack.problems.append(f"no copy was told of item {n}")
    # How long an item of a copy that died waited for the next one.
    begun = collections.defaultdict(list)
    for event in attack.history:
        if event["type"] == "invoke":
            begun[event["n"]].append(event)
    attack.taken_over = sum(len(events) - 1 for events in begun.values())
    for text in attack.errors:
        if "s3cret-word" in text:
            attack.problems.append("the password of the database was shown")
    with open(attack.folder + "/history.json", "w") as file:
        json.dump({"seed": attack.seed, "applied": {str(k): v for k, v in counts.items()}, "events": attack.history}, file)


ONE = r"""
local c = json.decode(arg[1]).items
io.stdout:setvbuf("line")
for it in share{ c.id } do
  print(json.encode{ type = "invoke", n = 1 })
  if c.slow > 0 then sleep(c.slow) end
  local result = step("roll", function() return rollback(it, "1", "roll 1") end)
  print(json.encode{ type = "ok", n = 1, more = result })
end
"""


class Pair(Attack):
    """Two copies and one item: the first one is stopped or killed, and the second one takes over."""

    def __init__(self, number, options, simulator, database, folder):
        super().__init__(f"pair{number}", options, simulator, database, folder)
        with open(self.script, "w") as file:
            file.write(ONE)
        self.simulator.begin()

    def start(self, copy, slow):
        items = self.options.items
        self.options.items = {"id": identifier(1), "slow": slow}
        copy.start()
        self.options.items = items

    def wait(self, kind, copy, limit):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            with self.lock:
                for event in self.history:
                    if event["type"] == kind and event["copy"] == copy.name:
                        return event["time"]
            time.sleep(0.005)
        return None


def sent(simulator):
    """The roll-backs that reached the simulator."""
    log = simulator.call("GET", "/sim/requests")["requests"]
    return [entry for entry in log if entry["operation"] == "rollback"]


def take_over(number, options, simulator, database, folder):
    """How long an item of a copy that is killed waits for a copy that has nothing else to do."""
    pair = Pair(number, options, simulator, database, folder)
    first, second = Copy(0, pair), Copy(1, pair)
    pair.start(first, 60)
    pair.wait("invoke", first, 20)
    pair.start(second, 0)
    time.sleep(pair.dice.uniform(0.5, 1.5))
    first.signal(signal.SIGKILL)
    killed = time.monotonic()
    begun = pair.wait("invoke", second, 20)
    second.process.wait(30)
    pair.leave()
    if begun is None or second.process.returncode != 0:
        return None, [f"not taken over: {pair.errors[-1:]}"]
    problems = [] if begun - killed < 2 * options.lease else [f"taken over after {begun - killed:.1f} s"]
    if len(sent(simulator)) != 1:
        problems.append(f"{len(sent(simulator))} roll-backs were sent")
    return begun - killed, problems


def pause(number, options, simulator, database, folder):
    """A copy is stopped at any moment of a change, for longer than its lease, and goes on after another has taken over."""
    pair = Pair(number, options, simulator, database, folder)
    first, second = Copy(0, pair), Copy(1, pair)
    # What it reads first takes a while, so that it is stopped before, in and after all of it.
    simulator.call("POST", "/sim/faults", {"match": {"operation": "listVersions"}, "do": "delay", "ms": 150, "times": 3})
    simulator.call("POST", "/sim/faults", {"match": {"operation": "rollback"}, "do": "delay", "ms": 100, "times": 1})
    pair.start(first, 0.1)
    pair.wait("invoke", first, 20)
    time.sleep(pair.dice.uniform(0, 0.6))
    first.signal(signal.SIGSTOP)
    time.sleep(0.15)  # what was on the wire arrives
    before = len(sent(simulator))
    pair.start(second, 0)
    second.process.wait(60)
    by_second = len(sent(simulator)) - before
    first.signal(signal.SIGCONT)
    first.process.wait(60)
    time.sleep(0.05)
    by_first = len(sent(simulator)) - before - by_second
    pair.leave()
    counts, problems = applied(simulator, 1), []
    if by_first:
        problems.append(f"the copy that was stopped sent {by_first} after the other had taken over")
    if before and by_second:
        problems.append("both sent")
    if counts[1] != 1:
        problems.append(f"changed {counts[1]} times; {second.process.returncode}, {pair.errors[-2:]}")
    if second.process.returncode != 0:
        problems.append(f"the second ended with {second.process.returncode}: {pair.errors[-2:]}")
    return before, first.process.returncode, problems


def pairs(options, simulator, database, folder):
    """Take-overs and pauses; how many went wrong."""
    failed, times, endings, early = 0, [], collections.Counter(), 0
    for number in range(options.pairs):
        took, problems = take_over(f"k{number}", options, simulator, database, folder)
        if took is not None:
            times.append(took)
        before, status, more = pause(f"s{number}", options, simulator, database, folder)
        early += before
        endings[status] += 1
        for problem in problems + more:
            failed += 1
            print(f"pair {number}: {problem}")
    if times:
        print(f"{len(times)} taken over after {min(times):.1f} to {max(times):.1f} s (lease {options.lease} s); {options.pairs} stopped past "
              f"their lease, {early} of them with a request on the wire, ended with {dict(endings)}", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--vmoon", required=True)
    parser.add_argument("--sim", required=True)
    parser.add_argument("--postgresql", required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--copies", type=int, default=8)
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--width", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=8, help="how long copies are hit")
    parser.add_argument("--lease", type=float, default=2, help="of each copy, in seconds")
    parser.add_argument("--limit", type=float, default=90, help="when a seed must have ended")
    parser.add_argument("--within", type=float, default=0, help="no seed is begun after so many seconds")
    parser.add_argument("--pairs", type=int, default=3, help="how many take-overs and pauses of one item")
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="vmoon-hosts-")
    options.names = os.geteuid() == 0 and subprocess.run(["unshare", "--uts", "true"]).returncode == 0
    options.disk = None
    if os.geteuid() == 0:
        Disk.mounts = True
        try:
            disk = Disk(folder + "/disk")
            subprocess.run(["mount", "-o", "remount,size=400m,mode=755", folder + "/disk"], check=True)
            os.chmod(folder, 0o755)
            os.chmod(folder + "/disk", 0o755)
            user = subprocess.run(["id", "-u", "postgres"], capture_output=True, text=True).stdout.strip() or "65534"
            os.makedirs(folder + "/disk/data")
            os.chown(folder + "/disk/data", int(user), -1)
            options.disk = disk
        except subprocess.CalledProcessError:
            Disk.mounts = False
    database = Database(options.postgresql, folder + "/disk/data" if options.disk else None)
    simulator = Simulator(options.sim, folder, options.items)
    failed, total, taken, hits, endings, began = 0, 0, 0, collections.Counter(), collections.Counter(), time.monotonic()
    try:
        failed += pairs(options, simulator, database, folder)
        for seed in range(options.first, options.first + options.seeds):
            if options.within and time.monotonic() - began > options.within and total:
                break
            attack = Attack(seed, options, simulator, database, folder)
            attack.run()
            total += 1
            hits += attack.hits
            endings += attack.endings
            taken += attack.taken_over
            if attack.problems:
                failed += 1
                print(f"seed {seed}: {attack.problems[:5]}")
                for text in attack.errors[-6:]:
                    print("   ", text[:400])
            print(f"seed {seed}: {attack.took:.1f} s, {sum(c.starts for c in attack.copies)} processes, "
                  f"{attack.taken_over} taken over, {attack.doubts} in doubt, {attack.settled} settled a day later, {attack.proxy.cuts} cut in a commit, {dict(attack.hits)}", flush=True)
    finally:
        database.stop()
        simulator.stop()
        if options.disk:
            options.disk.drop()
        if not options.keep and not failed:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept: {folder}")
    print(f"{total} seeds, {failed} with faults, {options.items} items and {options.copies} copies each, {taken} taken over, "
          f"hits {dict(hits)}, endings {dict(endings)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
