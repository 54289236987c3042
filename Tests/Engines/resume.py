#!/usr/bin/env python3
"""An attack on «vmoon resume brings a run to its end, and each item gets its change exactly once».

A train of steps over many items is hit at random moments: kill -9, signals, deadlines, a full disk, faults of the
server, two resumes at once. It is resumed until vmoon says that it is done. Then the simulator's own record says of
each item whether it has its change once, and whether each result that was printed is true. Nothing here is vmoon's
code. A doubt that only time can settle is settled by putting the server's clock forward. What vmoon then gives up, and
does not make again by itself, a person closes, who looks into that record.
"""

import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

OPTIONS = ["--operation-timeout", "1s", "--timeout", "2s", "--settle", "300ms", "--grace", "2s",
           "--log-level", "error"]
# What is done to a run: cards of a deck, so that each kind comes up.
HITS = {"kill": 5, "SIGTERM": 3, "SIGINT": 2, "SIGHUP": 1, "two signals": 1, "no grace": 2, "deadline": 3,
        "full disk": 3, "file limit": 1, "two at once": 2, "until": 2, "faults alone": 3}
FAULTS = ["reset_after_apply", "reset_before_apply", "reset_before_request", "reset_mid_body", "late_apply",
          "delay", "truncate", "malformed_json", "html_503", "internal_server_error", "service_unavailable",
          "resource_busy", "timed_out", "expire_session", "close_after_body", "wrong_length"]
CHANGES = ["checkOut", "checkIn", "rollback", "deploy", "deleteCheckOut", "setPower", "deleteVM"]
# What vmoon does not make again by itself after a day.
UNFENCED = {"checkOut", "deploy", "setPower"}
READS = ["listVersions", "listCheckOuts", "listChanges", "getVM", "getPower", "createSession"]
# How long a request of late_apply is on its way at most, and one of delay.
LATEST, DELAYED = 0.4, 1.2
# How a run that was hit may end; 64, 66, 70, 77, 78 and a crash never.
ENDINGS = {0, 1, 69, 73, 74, 75, 76, 80, 81, 124, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP}

SCRIPT = r"""
local c = json.decode(arg[1])
io.stdout:setvbuf("line")

local function placed(n, kind) return { name = kind .. "-" .. n .. "-{op}", placement = { folder = c.folder } } end

local kinds = {
  patch = function(n, id)
    local vm = checkOut(id, placed(n, "patch"))
    return { vm = vm, version = checkIn(id, vm, "patch " .. n) }
  end,
  back = function(n, id)
    -- Made anew each time: the one before the latest is another one by then.
    local before = listVersions(id)
    return { version = rollback(id, "1", "back " .. n) }
  end,
  deploy = function(n, id)
    local vm = deploy(id, placed(n, "deploy"))
    setPower(vm, "start")
    return { vm = vm }
  end,
  discard = function(n, id)
    local vm = checkOut(id, placed(n, "discard"))
    deleteCheckOut(id, vm)
    return { vm = vm, version = rollback(id, "1", "discard " .. n) }
  end,
  refused = function(n, id)
    local ok, err = pcall(rollback, id, "2", "it is the latest one")
    if ok then error("the latest version was rolled back to") end
    if err.outcome == "unknown" or err.kind == "cancelled" or err.kind == "journal" then error(err) end
    local vm = deploy(id, placed(n, "refused"))
    deleteVM(vm)
    -- What was refused then is refused now, in the same words.
    return { vm = vm, version = rollback(id, "1", "refused " .. n), kind = err.kind, message = err.message }
  end,
}
local names = { "patch", "back", "deploy", "discard", "refused" }

local function run(n)
  local kind = names[n % #names + 1]
  local name = kind .. " " .. n
  local result = step(name, function()
    local begun, dice = step.time(), step.random(1000)
    local result = kinds[kind](n, string.format("00000000-0000-4000-8000-%012d", n))
    result.begun, result.dice, result.more = begun, dice, { step.random(7), { deep = true } }
    return result
  end)
  print(json.encode{ step = name, n = n, kind = kind, result = result })
end

for n = 1, c.alone do run(n) end
local rest = {}
for n = c.alone + 1, c.items do rest[#rest + 1] = n end
local _, errors = parallel(rest, run, { limit = c.width, errors = c.errors })
for _, err in pairs(errors or {}) do error(err, 0) end
print(json.encode{ done = step("all", function() return c.items end) })
"""
KINDS = ["patch", "back", "deploy", "discard", "refused"]
# What each kind makes in its item and of machines, if it is done once.
APPLIED = {
    "patch": {"checkOut": 1, "checkIn": 1},
    "back": {"rollback": 1},
    "deploy": {"deploy": 1, "setPower": 1},
    "discard": {"checkOut": 1, "deleteCheckOut": 1, "rollback": 1},
    "refused": {"deploy": 1, "deleteVM": 1, "rollback": 1},
}


def identifier(number):
    return f"00000000-0000-4000-8000-{number:012d}"


class Simulator:
    """vmoon-sim, with an inventory of equal items."""

    def __init__(self, program, folder, items):
        self.process = subprocess.Popen(
            [program, "--http", "--with-parent", "--quiet"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        about = json.loads(self.process.stdout.readline())
        self.url, self.user, self.password = about["url"], about["user"], about["password"]
        state = self.call("GET", "/sim/state")
        library = state["libraries"][0]
        model = next(item for item in library["items"] if item["name"] == "ubuntu-22.04")
        template = next(machine for machine in state["machines"] if machine["template"])
        library["items"], state["machines"] = [], []
        state["libraries"] = [library]
        for number in range(1, items + 1):
            vms = [f"vm-{100000 + 2 * number + version}" for version in (1, 2)]
            library["items"].append({
                **model, "id": identifier(number), "name": f"many-{number}", "check_outs": [],
                "versions": [{"version": str(v + 1), "vm_template": vm} for v, vm in enumerate(vms)]})
            state["machines"] += [{**template, "vm": vm, "name": f"many-{number}"} for vm in vms]
        state["next_machine"] = 500000
        self.fresh = json.dumps(state).encode()
        self.folder = next(p["id"] for p in state["placements"]
                           if p["kind"] == "folder" and p.get("type") == "VIRTUAL_MACHINE")

    def call(self, method, path, value=None):
        body = value if isinstance(value, bytes) else None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(self.url + path, body, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def begin(self):
        """Everything as at the start."""
        self.call("DELETE", "/sim/faults")
        self.call("PUT", "/sim/state", self.fresh)
        self.call("DELETE", "/sim/requests")

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)


class Disk:
    """A folder on a file system of its own, where that can be made."""

    mounts = False

    def __init__(self, path):
        self.path, self.ballast = path, path + "/ballast"
        os.makedirs(path, 0o700)
        if self.mounts:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "none", path], check=True)

    def fill(self):
        with open(self.ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
            except OSError:
                pass

    def free(self):
        if os.path.exists(self.ballast):
            os.unlink(self.ballast)

    def drop(self):
        if self.mounts:
            subprocess.run(["umount", "-l", self.path], check=True)
        shutil.rmtree(self.path, ignore_errors=True)


class Run:
    """One process of vmoon, its lines as they come."""

    def __init__(self, words, environment, stop_at=None):
        self.lines, self.error, self.reached = [], "", threading.Event()
        self.process = subprocess.Popen(
            words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            preexec_fn=self.set_signals, restore_signals=False)
        self.threads = [threading.Thread(target=self.read, args=(stop_at,), daemon=True),
                        threading.Thread(target=self.read_errors, daemon=True)]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def set_signals():
        # What was ignored stays so in vmoon, and a full file is an error to be told, no reason to die.
        for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def read(self, stop_at):
        for text in self.process.stdout:
            try:
                self.lines.append(json.loads(text))
            except ValueError:
                continue  # cut by the kill
            if len(self.lines) == stop_at:
                self.reached.set()
        self.reached.set()

    def read_errors(self):
        self.error = self.process.stderr.read().decode("utf-8", "replace")

    def send(self, number):
        if self.process.poll() is None:
            self.process.send_signal(number)

    def end(self):
        try:
            status = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = "hangs"
        for thread in self.threads:
            thread.join()
        return status


class Train:
    """One seed: a run, what hits it, and its resumes."""

    def __init__(self, seed, simulator, folder, options):
        self.seed, self.simulator, self.options = seed, simulator, options
        self.dice = random.Random(seed)
        self.disk = Disk(f"{folder}/state-{seed}")
        self.script = folder + "/train.lua"
        self.hits, self.endings, self.faults = (collections.Counter() for _ in range(3))
        self.printed, self.problems, self.history = {}, [], []
        self.runs = self.requests = self.steps = self.open_ended = self.closed = 0
        self.deck = []
        self.environment = {"PATH": os.environ.get("PATH", ""), "HOME": folder,
                            "VMOON_PASSWORD": simulator.password, "VMOON_STATE_DIR": self.disk.path}

    def start_words(self):
        config = {"items": self.options.items, "alone": self.dice.choice([0, 3, 8, self.options.items // 4]),
                  "width": self.dice.choice([4, 16, 64]), "errors": self.dice.choice(["stop", "collect"]),
                  "folder": self.simulator.folder}
        dialect = self.dice.choice(["rest", "api"])
        return [self.options.vmoon, "--vcenter", self.simulator.url, "--user", self.simulator.user, "--api", dialect,
                *OPTIONS, "--limit", "64", "--resend", self.dice.choice(["0", "1", "2"]), "--script-is-next",
                self.script, json.dumps(config)]

    def words(self, more=()):
        """The command that goes on: the script as long as no step has begun, then resume."""
        if self.began:
            return [self.options.vmoon, "resume", *more]
        place = self.first.index("--script-is-next")
        return self.first[:place] + list(more) + self.first[place + 1:]

    def run(self):
        self.simulator.begin()
        self.first, self.began = self.start_words(), False
        try:
            for _ in range(self.dice.randint(2, self.options.hits)):
                if self.hit(self.draw()):
                    break
            else:
                self.finish()
            self.judge()
        except Exception as error:  # a seed that cannot be judged is no good seed
            self.problems.append(f"the harness: {error!r}")
        finally:
            if self.problems and self.options.keep:
                shutil.copytree(self.disk.path, f"{self.options.keep}/state-{self.seed}", dirs_exist_ok=True)
            self.disk.drop()

    def draw(self):
        if not self.deck:
            self.deck = [kind for kind, count in HITS.items() for _ in range(count)]
            self.dice.shuffle(self.deck)
        return self.deck.pop()

    def add_faults(self):
        for _ in range(self.dice.choice([0, 0, 1, 2, 4])):
            kind = self.dice.choice(FAULTS)
            wanted = self.dice.choice(CHANGES if self.dice.random() < 0.8 else READS)
            fault = {"match": {"operation": wanted}, "skip": self.dice.randint(0, self.options.items // 4),
                     "times": self.dice.choice([1, 1, 1, 3])}
            if kind in ("internal_server_error", "service_unavailable", "resource_busy", "timed_out"):
                fault.update({"do": "error", "kind": kind})
            else:
                fault["do"] = kind
                if kind == "late_apply":
                    if wanted in READS:
                        continue
                    fault["ms"] = self.dice.randint(1, int(LATEST * 1000))
                if kind == "delay":
                    fault["ms"] = self.dice.choice([50, int(DELAYED * 1000)])
                if kind == "truncate":
                    fault["bytes"] = self.dice.randint(0, 9)
            self.faults[kind] += 1
            self.simulator.call("POST", "/sim/faults", fault)

    def hit(self, kind):
        """One run that is hit; whether everything is done."""
        self.hits[kind] += 1
        self.add_faults()
        dice, more = self.dice, []
        if kind == "deadline":
            more = ["--deadline", f"{dice.randint(20, 900)}ms"]
        elif kind == "no grace":
            more = ["--grace", "0s"]
        elif kind == "until":
            n = dice.randint(1, self.options.items)
            more = ["--until", f"{KINDS[n % len(KINDS)]} {n}"]
        late = None
        if kind in ("full disk", "file limit") and dice.random() < 0.3:
            late = 0  # full from the start
            if kind == "full disk":
                self.disk.fill()
        # By progress, or by time.
        stop_at = dice.randint(1, self.options.items) if dice.random() < 0.6 else None
        run = Run(self.words(more), self.environment, stop_at)
        beside = Run(self.words(), self.environment) if kind == "two at once" and self.began else None
        if kind in ("kill", "SIGTERM", "SIGINT", "SIGHUP", "two signals", "no grace", "full disk", "file limit"):
            if late is None:
                run.reached.wait(30 if stop_at else dice.uniform(0, self.options.expected))
                time.sleep(dice.uniform(0, 0.02))
            if kind == "kill":
                run.send(signal.SIGKILL)
            elif kind == "full disk" and late is None:
                self.disk.fill()
            elif kind == "file limit":
                self.limit_files(run)
            elif kind in ("two signals", "no grace"):
                run.send(signal.SIGTERM)
                if kind == "two signals":
                    time.sleep(dice.uniform(0, 0.05))
                    run.send(signal.SIGTERM)
            elif kind.startswith("SIG"):
                run.send(getattr(signal, kind))
        status = run.end()
        self.disk.free()
        done = self.take(kind, run, status) and kind != "until"
        if beside:
            other = beside.end()
            done = self.take("beside", beside, other) or done
        return done

    def limit_files(self, run):
        """No file of this process may grow any more."""
        sizes = [os.path.getsize(f"{self.disk.path}/{name}") for name in os.listdir(self.disk.path)
                 if name.startswith("journal")]
        limit = max(sizes, default=0) + self.dice.choice([0, 0, 4096, 65536])
        try:
            resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, (limit, limit))
        except ProcessLookupError:
            pass

    def take(self, kind, run, status):
        """Takes over what a run has said; whether it says that all is done."""
        self.runs += 1
        error = run.error.strip()
        self.endings[f"{kind}: {status}"] += 1
        self.history.append(f"{kind}: {status}, {len(run.lines)} lines; {error[:600]}")
        self.stopped_at = status
        for line in run.lines:
            if "done" in line:
                continue
            known = self.printed.setdefault(line["step"], line)
            if known != line:
                self.problems.append(f"{line['step']}: printed {known['result']} and {line['result']}")
        if run.lines:
            self.began = True
        if not self.began:
            # Something may have begun without a line: then resume must find it.
            self.began = self.simulator_applied() > 0 or self.has_steps()
        if status not in ENDINGS and not (status == 77 and self.faults["expire_session"]):
            self.problems.append(f"{kind} ended with {status}: {error[-400:]}")
        if "diverged" in error or "ended now after" in error or "of the step was" in error:
            self.problems.append(f"a step diverged that is the same: {error[-400:]}")
        if status == 0 and kind != "until" and not any("done" in line for line in run.lines):
            if "nothing is left to do" not in error:
                self.problems.append(f"{kind}: it ended with 0 before its end: {error[-200:]}")
        return status == 0 and kind != "until"

    def has_steps(self):
        run = subprocess.run([self.options.vmoon, "resume", "--deadline", "1ms"], env=self.environment,
                             capture_output=True, text=True)
        return run.returncode != 66

    def simulator_applied(self):
        log = self.simulator.call("GET", "/sim/requests")["requests"]
        return sum(1 for entry in log if entry["applied"] and entry["operation"] in CHANGES)

    def finish(self):
        """Resumes until it is done; a doubt that stays gets a day, and then a person."""
        self.simulator.call("DELETE", "/sim/faults")
        for attempt in range(10):
            run = Run(self.words(), self.environment)
            status = run.end()
            if self.take("at last", run, status):
                return
            if status == 80 and not self.close_given_up():
                self.open_ended += 1
                # A day is over for what has not come in a day: what is on its way comes first.
                time.sleep(0.1 + (DELAYED if self.faults["delay"] else LATEST))
                self.simulator.call("POST", "/sim/clock", {"advance_s": 25 * 3600})
        self.problems.append(f"it did not come to its end: {self.history[-1]}")

    def vmoon(self, *words):
        return subprocess.run([self.options.vmoon, *words], env=self.environment, capture_output=True, text=True).stdout

    def close_given_up(self):
        """Closes by hand what was not seen in a day, by the simulator's record; how many there were."""
        before = self.closed
        log = self.simulator.call("GET", "/sim/requests")["requests"]
        for run in json.loads(self.vmoon("runs", "--json")):
            for record in json.loads(self.vmoon("runs", run["run_id"], "--json"))["operations"]:
                if record["outcome"] != "not_seen" or record["operation"] not in UNFENCED:
                    continue
                mark = record["vm"] if record["operation"] == "setPower" else record["op_id"][:8]
                made = any(entry["applied"] and entry["operation"] == record["operation"]
                           and mark in entry["path"] + (entry.get("body") or "") for entry in log)
                self.vmoon("reconcile", record["op_id"], "--resolve", "done" if made else "not-applied")
                self.closed += 1
        return self.closed - before

    def judge(self):
        log = self.simulator.call("GET", "/sim/requests")
        self.requests = len(log["requests"]) + log["dropped"]
        if log["dropped"]:
            self.problems.append("the simulator dropped requests of its record")
        state = self.simulator.call("GET", "/sim/state")
        items = {item["id"]: item for item in state["libraries"][0]["items"]}
        machines = {machine["vm"]: machine for machine in state["machines"]}
        known, applied = set(), collections.defaultdict(collections.Counter)
        self.owners = {line["result"].get("vm"): line["n"] for line in self.printed.values()}
        for entry in log["requests"]:
            if entry["applied"] and entry["operation"] in CHANGES:
                applied[self.number_of(entry)][entry["operation"]] += 1
        for item in items.values():
            known |= {version["vm_template"] for version in item["versions"]}
        for n in range(1, self.options.items + 1):
            kind = KINDS[n % len(KINDS)]
            name, item = f"{kind} {n}", items[identifier(n)]
            line = self.printed.get(name)
            if line is None:
                self.problems.append(f"{name}: lost, it never printed a result")
                continue
            self.steps += 1
            result = line["result"]
            if kind == "deploy":
                known.add(result["vm"])
            mine = [change for change in item["changes"] if name in (change.get("message") or "").splitlines()[0:1]
                    or (change.get("message") or "").endswith(" " + name)]
            wanted = 0 if kind == "deploy" else 1
            if len(mine) != wanted:
                self.problems.append(f"{name}: {len(mine)} versions with its message, and {wanted} is right")
            if mine and mine[0]["version"] != result.get("version"):
                self.problems.append(f"{name}: printed version {result.get('version')}, it made {mine[0]['version']}")
            if len(item["changes"]) != 2 + wanted:
                self.problems.append(f"{name}: {len(item['changes'])} entries in the history")
            if item["check_outs"]:
                self.problems.append(f"{name}: still checked out: {item['check_outs']}")
            if kind == "deploy":
                mine = [vm for vm, machine in machines.items() if machine["name"].startswith(f"deploy-{n}-")]
                if mine != [result["vm"]] or machines[result["vm"]]["power_state"] != "POWERED_ON":
                    self.problems.append(f"{name}: printed machine {result['vm']}, there is {mine}")
        for vm, machine in machines.items():
            if vm not in known and int(vm.removeprefix("vm-")) >= 500000:
                self.problems.append(f"left behind: {vm} {machine['name']}")
        # What came and went leaves no trace in the state: the record of requests has it.
        for n in range(1, self.options.items + 1):
            kind = KINDS[n % len(KINDS)]
            if applied[n] != APPLIED[kind]:
                self.problems.append(f"{kind} {n}: applied {dict(applied[n])}, and {APPLIED[kind]} is right")
        if applied[None]:
            self.problems.append(f"applied for nobody: {dict(applied[None])}")
        again = subprocess.run([self.options.vmoon, "resume"], env=self.environment, capture_output=True, text=True)
        if not self.problems and again.returncode not in (0, 66):
            self.problems.append(f"a resume after the end: {again.returncode} {again.stderr}")

    def number_of(self, entry):
        """The item that an applied request belongs to."""
        for part in entry["path"].split("/"):
            if part.startswith("00000000-0000-4000-8000-"):
                return int(part[-12:])
        vm = next((part for part in entry["path"].split("/") if part.startswith("vm-")), None)
        return self.owners.get(vm)


def say(text):
    print(text, flush=True)


def lane(number, seeds, folder, options, lock, report):
    """Seeds one after another, with a simulator of their own."""
    mine = f"{folder}/{number}"
    os.makedirs(mine)
    with open(mine + "/train.lua", "w", encoding="utf-8") as file:
        file.write(SCRIPT)
    simulator = Simulator(options.sim, mine, options.items)
    try:
        while True:
            with lock:
                seed = next(seeds, None)
            if seed is None or time.time() > options.until:
                return
            train = Train(seed, simulator, mine, options)
            train.run()
            with lock:
                report(train)
    finally:
        simulator.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vmoon", required=True, help="the program")
    parser.add_argument("--sim", required=True, help="vmoon-sim")
    parser.add_argument("--seeds", type=int, default=50)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--hits", type=int, default=6, help="the most hits of one train")
    parser.add_argument("--expected", type=float, default=0.8, help="about how many seconds a run takes")
    parser.add_argument("--jobs", type=int, default=2 * (os.cpu_count() or 1))
    parser.add_argument("--seconds", type=float, default=1e9, help="no seed begins after so long")
    parser.add_argument("--stories", type=int, default=5, help="how many seeds that failed are told")
    parser.add_argument("--keep", metavar="DIR", help="copy the state folders of seeds that failed to DIR")
    options = parser.parse_args()
    options.vmoon, options.sim = os.path.abspath(options.vmoon), os.path.abspath(options.sim)
    # File systems that are mounted here are nobody else's, and are gone at the end.
    if os.geteuid() == 0 and "RESUME_MOUNTS" not in os.environ:
        words = ["unshare", "-m", "sh", "-c", "mount -t tmpfs none /mnt && exec true"]
        if subprocess.run(words, capture_output=True).returncode == 0:
            os.execvpe("unshare", ["unshare", "-m", sys.executable, *sys.argv], {**os.environ, "RESUME_MOUNTS": "1"})
    Disk.mounts = "RESUME_MOUNTS" in os.environ
    if not Disk.mounts:
        HITS["file limit"] += HITS.pop("full disk")
    began = time.time()
    options.until = began + options.seconds
    sums = {name: collections.Counter() for name in ("hits", "endings", "faults")}
    total, failed = collections.Counter(), []

    def report(train):
        for name, sum in sums.items():
            sum.update(getattr(train, name))
        total.update(seeds=1, runs=train.runs, requests=train.requests, steps=train.steps,
                     days=train.open_ended, closed=train.closed)
        if train.problems:
            failed.append(train)
            say(f"seed {train.seed}: {len(train.problems)} problems")
            if len(failed) <= options.stories:
                for problem in train.problems[:8]:
                    say("  " + problem)
                say("  " + " ".join(train.first[1:]))
                for line in train.history:
                    say("    " + line.replace("\n", "\n      "))
        if total["seeds"] % 50 == 0:
            say(f"{total['seeds']} seeds, {time.time() - began:.0f} s, {len(failed)} failed")

    folder = tempfile.mkdtemp(prefix="vmoon-resume-")
    seeds, lock = itertools.chain(range(options.first, options.first + options.seeds)), threading.Lock()
    try:
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for task in [pool.submit(lane, number, seeds, folder, options, lock, report)
                         for number in range(options.jobs)]:
                task.result()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name, sum in sums.items():
        say(f"{name}: " + ", ".join(f"{count} {kind}" for kind, count in sorted(sum.items())))
    if not Disk.mounts:
        say("without a file system of its own: a full disk was only a limit of files")
    missing = [kind for kind in HITS if not sums["hits"][kind]] if total["seeds"] >= 20 else []
    if missing:
        say(f"no run was hit by {missing}")
    say(f"{total['seeds']} seeds of {options.items} items, {total['steps']} steps, {total['runs']} runs, "
        f"{total['requests']} requests sent in {time.time() - began:.0f} s; "
        f"{total['days']} doubts that took a day, {total['closed']} closed by hand; {len(failed)} seeds failed")
    return 1 if failed or missing or not total["seeds"] else 0


if __name__ == "__main__":
    sys.exit(main())
