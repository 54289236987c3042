#!/usr/bin/env python3
"""An attack on «a changing call of vmoon is never done twice and its verdict is never false».

Several vmoons make changes of all kinds on the same items, through a proxy that loses, delays, repeats
and garbles, while somebody else works on the same items and processes are killed. Afterwards the
simulator's own record says of each operation whether its verdict was true. Nothing here is vmoon's code.

A round: workers on items of its own; `vmoon reconcile` while they work, and again while requests are
still on their way; once everything has arrived the simulator's clock is put forward, and reconcile
has the last word. Each request that reaches the simulator has a header that names who sent it.
"""

import argparse
import asyncio
import base64
import collections
import datetime
import email.utils
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from urllib.parse import unquote

ITEMS = 60  # of a round
PER_ROUND = 300
CLIENT = {"--operation-timeout": "1s", "--timeout": "2s", "--settle": "500ms", "--grace": "3s",
          "--give-up": "24h"}
VOID = {"deleteCheckOut", "deleteVersion", "deleteVM", "setPower"}
FENCED = {"rollback", "checkIn", "deleteVersion", "deleteCheckOut", "deleteVM"}
FINAL_NO = {"rejected", "not_sent", "conflict", "not_applied", "not_seen"}
OPERATIONS = ["rollback", "checkIn", "checkOut", "deploy", "createTemplate", "deleteVersion",
              "deleteCheckOut", "deleteVM", "setPower"]

# What is done to changing requests: cards of a deck, so that each kind comes up.
DECK = {
    "pass": 44, "request_lost": 7, "answer_reset": 6, "answer_truncated": 5, "answer_held": 4,
    "late_after_reset": 6, "late_after_504": 3, "late_after_timed_out": 2, "late_after_silence": 3,
    "repeated": 3, "repeated_answer_lost": 3, "repeated_second_answer": 5, "odd_error": 3, "odd_number": 2, "odd_502": 3,
    "odd_empty": 2, "odd_internal": 1, "no_route": 2, "unauthenticated": 1, "unavailable": 1,
    "redirect": 1,
}
# What reads are answered with now and then; none of it is an answer about the object.
ODD_READS = ["html_404", "empty_404", "no_route", "no_operation", "html_503", "unavailable",
             "odd_error", "odd_number", "odd_empty"]
# What is read may be old when it arrives.
STALE_READ_SHARE = 0.03

SCRIPT = r"""
local c = json.decode(arg[1])
io.stdout:setvbuf("line")
math.randomseed(c.seed)
local vc <close> = session()
local began, made, serial, tried, counts = time.now(), 0, 0, {}, {}

-- Makes a change, once for each target, and says what it saw; true where it was tried.
local function change(line, fn, ...)
  local key = table.concat({ line.op, line.item or "", line.version or line.vm or line.name,
    line.action or "" }, " ")
  if tried[key] then return nil end
  tried[key] = true
  serial = serial + 1
  line.serial, line.t0 = serial, time.now()
  print(json.encode(line))
  local ok, e = pcall(fn, vc, ...)
  local said = { serial = serial, t1 = time.now(), ok = ok }
  said.serial = line.serial
  if ok then said.result = e
  elseif type(e) == "table" then
    said.kind, said.outcome, said.message = e.kind, e.outcome, tostring(e)
  else said.message = tostring(e) end
  print(json.encode(said))
  if ok or (said.outcome ~= "none" and not said.message:find("not sent", 1, true)) then
    made = made + 1
  end
  return true, ok and e or nil
end

-- A name for a machine: other clients use the same ones. Half of them say whose they are.
local function name(kind, n)
  local start = kind .. "-" .. n
  counts[start] = (counts[start] or 0) + 1
  return start .. "-" .. counts[start] .. (math.random() < 0.5 and "-{op}" or "")
end

local function useItem(n, machines)
  local item = string.format("00000000-0000-4000-8000-%012d", n)
  local dice, text = math.random(), "t" .. c.process .. "-" .. serial
  if dice < 0.1 then
    local spec = { name = name("dp", n), placement = { folder = c.folder } }
    local _, vm = change({ op = "deploy", item = item, name = spec.name }, vc.deploy, item, spec)
    if vm then machines[#machines + 1] = vm end
    return
  end
  local read, versions = pcall(vc.listVersions, vc, item)
  local listed, outs = pcall(vc.listCheckOuts, vc, item)
  if not read or not listed then return end
  dice = math.random()
  if outs[1] then
    local vm = outs[1].vm
    if dice < 0.40 then
      return change({ op = "checkIn", item = item, vm = vm }, vc.checkIn, item, vm, text)
    elseif dice < 0.70 then
      return change({ op = "deleteCheckOut", item = item, vm = vm }, vc.deleteCheckOut, item, vm)
    elseif dice < 0.80 then
      return change({ op = "deleteVM", vm = vm }, vc.deleteVM, vm)
    end
    local action = dice < 0.87 and "start" or "stop"
    return change({ op = "setPower", vm = vm, action = action }, vc.setPower, vm, action)
  end
  local previous, latest
  for _, v in ipairs(versions) do
    if not latest or tonumber(v.version) > tonumber(latest) then previous, latest = latest, v.version
    else previous = v.version end
  end
  if previous and dice < 0.40 then
    return change({ op = "rollback", item = item, version = previous }, vc.rollback, item, previous,
      text, math.random() < 0.3 and { if_latest = latest } or nil)
  elseif previous and dice < 0.55 then
    return change({ op = "deleteVersion", item = item, version = previous }, vc.deleteVersion, item,
      previous)
  end
  local spec = { name = name("co", n), placement = { folder = c.folder } }
  return change({ op = "checkOut", item = item, name = spec.name }, vc.checkOut, item, spec)
end

local function useMachine(n, machines)
  local place = math.random(#machines)
  local vm, dice = machines[place], math.random()
  if dice < 0.25 then
    local spec = { name = name("tp", n), source_vm = vm, library = c.library,
      placement = { folder = c.folder } }
    return change({ op = "createTemplate", name = spec.name }, vc.createTemplate, spec)
  elseif dice < 0.42 then
    table.remove(machines, place)
    return change({ op = "deleteVM", vm = vm }, vc.deleteVM, vm)
  end
  local actions = { "start", "stop", "reset", "suspend", "start", "stop" }
  local action = actions[math.random(#actions)]
  return change({ op = "setPower", vm = vm, action = action }, vc.setPower, vm, action)
end

local lanes = {}
for number = 1, c.lanes do lanes[number] = number end
-- A lane has items of its own; the lanes of the other processes have the same ones.
parallel(lanes, function(number)
  local machines = {}
  while made < c.count and time.now() - began < c.seconds do
    local n = c.first + number - 1 + c.lanes * math.random(0, c.items // c.lanes - 1)
    local use = #machines > 0 and math.random() < 0.35 and useMachine or useItem
    if not use(n, machines) then sleep(0.03) end
  end
end, { limit = c.lanes })
os.exit(0)
"""


# MARK: Requests


class Delivery:
    """One arrival of a request at the simulator."""

    def __init__(self, wire, number):
        self.wire, self.number = wire, number
        self.start = self.end = self.status = self.result = self.n = None
        self.applied = False

    def __str__(self):
        what = f"applied, result {self.result}" if self.applied else "not applied"
        return f"#{self.n} {clock(self.start)} {self.wire.who} {self.wire.what} -> {self.status} {what}"


class Wire:
    """One changing request as a client sent it, and what was done to it."""

    ROUTES = [(re.compile(pattern), method, action, name) for pattern, method, action, name in [
        (r"/vcenter/vm-template/library-items", "POST", None, "createTemplate"),
        (r"/vcenter/vm-template/library-items/(?P<item>[^/]+)", "POST", "deploy", "deploy"),
        (r"/vcenter/vm-template/library-items/(?P<item>[^/]+)/check-outs", "POST", "check-out", "checkOut"),
        (r"/vcenter/vm-template/library-items/(?P<item>[^/]+)/check-outs/(?P<vm>[^/]+)", "POST",
         "check-in", "checkIn"),
        (r"/vcenter/vm-template/library-items/(?P<item>[^/]+)/check-outs/(?P<vm>[^/]+)", "DELETE", None,
         "deleteCheckOut"),
        (r"/vcenter/vm-template/library-items/(?P<item>[^/]+)/versions/(?P<version>[^/]+)", "POST",
         "rollback", "rollback"),
        (r"/vcenter/vm-template/library-items/(?P<item>[^/]+)/versions/(?P<version>[^/]+)", "DELETE", None,
         "deleteVersion"),
        (r"/vcenter/vm/(?P<vm>[^/]+)", "DELETE", None, "deleteVM"),
        (r"/vcenter/vm/(?P<vm>[^/]+)/power(/(?P<action>\w+))?", "POST", "?", "setPower"),
    ]]

    def __init__(self, identifier, who, request):
        self.id, self.who, self.request = identifier, who, request
        self.time = time.time()
        self.op = self.item = self.version = self.vm = self.name = self.action = self.mark = None
        self.decision, self.told, self.deliveries = "pass", "", []
        path, _, query = request.target.partition("?")
        path = re.sub(r"^/(rest|api)", "", unquote(path))
        action = re.search(r"action=([\w-]+)", query)
        action = action.group(1) if action else None
        for pattern, method, wanted, name in self.ROUTES:
            found = pattern.fullmatch(path)
            if found and method == request.method and wanted in (action, "?"):
                self.op = name
                for key, value in found.groupdict().items():
                    setattr(self, key, value)
                if name == "setPower":
                    self.action = self.action or action
        text = request.body.decode("utf-8", "replace")
        mark = re.search(r"\[vmoon:([0-9a-f-]{36})\]", text)
        self.mark = mark.group(1) if mark else None
        named = re.search(r'"name":"([^"]*)"', text)
        self.name = named.group(1) if named and self.op in ("checkOut", "deploy", "createTemplate") else None

    @property
    def key(self):
        return key_of(self.who, self.op, self.item, self.version, self.vm, self.name, self.action)

    @property
    def what(self):
        words = [self.op or f"{self.request.method} {self.request.target}"]
        words += [f"{k} {v}" for k, v in (("item", short(self.item)), ("version", self.version),
                                          ("vm", self.vm), ("name", self.name), ("", self.action)) if v]
        return " ".join(words)


def key_of(who, op, item, version, vm, name, action):
    """What is the same in a script's line and in the requests that came of it."""
    return (who, op, item if op != "createTemplate" else None, version, vm, base_of(name), action)


def base_of(name):
    """A name without what says whose it is."""
    return re.match(r"\w+-\d+-\d+", name).group(0) if name else None


def short(item):
    return item and item.lstrip("0-").removeprefix("4000-8000-").lstrip("0")


def clock(moment):
    return time.strftime("%H:%M:%S", time.gmtime(moment)) + f"{moment % 1:.3f}"[1:] if moment else "-"


class Request:
    def __init__(self, method, target, headers, body):
        self.method, self.target, self.headers, self.body = method, target, headers, body

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), None)


async def read_message(reader):
    """The first line, the headers and the body; None where the other side has closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if line]
        length = next((int(v) for k, v in headers if k.lower() == "content-length"), 0)
        return lines[0], headers, await reader.readexactly(length) if length else b""
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


class Simulator:
    """vmoon-sim, and connections to it that are used again."""

    def __init__(self, program, *arguments):
        self.process = subprocess.Popen([program, "--http", "--with-parent", "--quiet", *arguments],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        ready = json.loads(self.process.stdout.readline())
        self.user, self.password = ready["user"], ready["password"]
        self.port = int(ready["url"].rsplit(":", 1)[1])
        self.idle = []

    async def exchange(self, method, target, headers=(), body=b""):
        reader, writer = self.idle.pop() if self.idle else await asyncio.open_connection(
            "127.0.0.1", self.port, limit=1 << 28)
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.port}",
                 f"Content-Length: {len(body)}"] + [f"{k}: {v}" for k, v in headers]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        answer = await read_message(reader)
        if answer is None:
            raise ConnectionError(f"the simulator closed on {method} {target}")
        self.idle.append((reader, writer))
        return int(answer[0].split()[1]), answer[1], answer[2]

    async def admin(self, method, path, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        status, _, answer = await self.exchange(method, path, body=body)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer[:300]}")
        return json.loads(answer) if answer else None

    async def session(self):
        secret = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        _, _, body = await self.exchange("POST", "/api/session", [("Authorization", "Basic " + secret)])
        return json.loads(body)


class Traffic:
    """All changing requests, whoever made them."""

    def __init__(self, simulator):
        self.simulator, self.wires, self.session = simulator, [], None

    def wire(self, who, request):
        wire = Wire(len(self.wires), who, request)
        self.wires.append(wire)
        return wire

    async def deliver(self, wire, own_session=False):
        """Hands a request to the simulator; late ones in a session that is still there."""
        delivery = Delivery(wire, len(wire.deliveries))
        wire.deliveries.append(delivery)
        headers = [(k, v) for k, v in wire.request.headers
                   if k.lower() not in ("host", "content-length", "connection", "expect")
                   and not (own_session and k.lower() == "vmware-api-session-id")]
        headers.append(("X-Attack", f"{wire.id}.{delivery.number}"))
        if own_session:
            headers.append(("vmware-api-session-id", self.session))
        delivery.start = time.time()
        status, head, body = await self.simulator.exchange(
            wire.request.method, wire.request.target, headers, wire.request.body)
        delivery.end, delivery.status = time.time(), status
        if status < 300 and body:
            value = json.loads(body)
            delivery.result = value.get("value") if isinstance(value, dict) else value
        return status, head, body


# MARK: The proxy


class Proxy:
    def __init__(self, traffic, dice, options):
        self.traffic, self.dice, self.odd_read_share = traffic, dice, options.odd_reads
        self.deck, self.injected = [], collections.Counter()
        self.sessions = {}  # whose they are
        self.late, self.doubtful = set(), collections.deque(maxlen=40)
        self.problems, self.odd_reads = [], []

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=512)
        self.url = "http://127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        try:
            while (message := await read_message(reader)) is not None:
                method, target, _ = message[0].split(" ", 2)
                request = Request(method, target, message[1], message[2])
                if not await self.handle(request, reader, writer):
                    break
        except ConnectionError as error:
            if "simulator" in str(error):
                self.problems.append(str(error))
        except Exception as error:
            self.problems.append(f"proxy: {error!r}")
        finally:
            writer.close()

    async def handle(self, request, reader, writer):
        """Answers one request; whether the connection goes on."""
        path = request.target.partition("?")[0]
        if path.endswith("/session"):
            return await self.handle_session(request, writer)
        is_read = request.method == "GET" or re.search(r"action=(find|list|get)\b", request.target)
        who = self.sessions.get(request.header("vmware-api-session-id"), "?")
        if is_read:
            if self.dice.random() < self.odd_read_share:
                kind = self.dice.choice(ODD_READS)
                self.injected["read: " + kind] += 1
                self.odd_reads.append((time.time(), who, request, kind))
                return self.answer(writer, *self.odd(kind, request))
            headers = [h for h in request.headers if h[0].lower() not in ("host", "content-length")]
            status, head, body = await self.traffic.simulator.exchange(
                request.method, request.target, headers, request.body)
            if self.dice.random() < STALE_READ_SHARE:
                self.injected["read: stale"] += 1
                await asyncio.sleep(self.dice.uniform(0.05, 0.9))
            return self.answer(writer, status, body, head)
        wire = self.traffic.wire(who, request)
        if wire.op is None:
            self.problems.append(f"a request that nobody knows: {request.method} {request.target}")
        if not self.deck:
            self.deck = [kind for kind, count in DECK.items() for _ in range(count)]
            self.dice.shuffle(self.deck)
        wire.decision = self.deck.pop()
        self.injected[wire.decision] += 1
        if wire.decision not in ("pass", "unauthenticated"):
            self.doubtful.append(wire)
        return await self.change(wire, request, reader, writer)

    async def handle_session(self, request, writer):
        """The password says which process it is: the real one takes its place."""
        who, headers = None, []
        for key, value in request.headers:
            if key.lower() == "authorization":
                who = base64.b64decode(value.split()[1]).decode().partition(":")[2]
                secret = f"{self.traffic.simulator.user}:{self.traffic.simulator.password}"
                value = "Basic " + base64.b64encode(secret.encode()).decode()
            if key.lower() not in ("host", "content-length"):
                headers.append((key, value))
        status, head, body = await self.traffic.simulator.exchange(
            request.method, request.target, headers, request.body)
        if who and status < 300:
            value = json.loads(body)
            self.sessions[value["value"] if isinstance(value, dict) else value] = who
        return self.answer(writer, status, body, head)

    async def change(self, wire, request, reader, writer):
        kind = wire.decision
        wire.told = kind
        if kind == "pass":
            return self.pass_on(wire, writer, await self.traffic.deliver(wire))
        if kind == "request_lost":
            return self.reset(writer)
        if kind == "answer_reset":
            await self.traffic.deliver(wire)
            return self.reset(writer)
        if kind == "answer_truncated":
            status, head, body = await self.traffic.deliver(wire)
            self.answer(writer, status, body[: len(body) // 2], length=len(body) + 9)
            await asyncio.sleep(0.02)
            return self.reset(writer) if self.dice.random() < 0.5 else False
        if kind == "answer_held":
            await self.traffic.deliver(wire)
            return await self.silence(reader)
        if kind.startswith("late_"):
            self.deliver_late(wire)
            if kind == "late_after_reset":
                return self.reset(writer)
            if kind == "late_after_silence":
                return await self.silence(reader)
            return self.answer(writer, *self.odd(kind.removeprefix("late_after_"), request))
        if kind == "repeated_second_answer":
            await self.traffic.deliver(wire)
            return self.pass_on(wire, writer, await self.traffic.deliver(wire))
        if kind.startswith("repeated"):
            answer = await self.traffic.deliver(wire)
            # What the server refused is refused: nobody sends that again.
            if kind == "repeated_answer_lost" or answer[0] < 300:
                self.deliver_late(wire)
            return self.pass_on(wire, writer, answer) if kind == "repeated" else self.reset(writer)
        if kind.startswith("odd_"):
            # An empty 200 is the answer that these have.
            way = "now" if kind == "odd_empty" and wire.op in VOID else self.dice.choice(
                ["never", "now", "late"])
            wire.told += ", request delivered " + way
            if way == "now":
                answer = await self.traffic.deliver(wire)
                if kind == "odd_empty" and answer[0] >= 300:
                    return self.pass_on(wire, writer, answer)
            elif way == "late":
                self.deliver_late(wire)
        return self.answer(writer, *self.odd(kind, request))

    def deliver_late(self, wire):
        wait = self.dice.uniform(0.2, 1.5) if self.dice.random() < 0.3 else self.dice.uniform(2, 6)

        async def later():
            await asyncio.sleep(wait)
            try:
                await self.traffic.deliver(wire, own_session=True)
            except Exception as error:
                self.problems.append(f"late delivery: {error!r}")
        task = asyncio.ensure_future(later())
        self.late.add(task)
        task.add_done_callback(self.late.discard)

    def odd(self, kind, request):
        """An answer that no vCenter gave, or not about the object."""
        def error(status, name, identifier):
            inner = {"messages": [{"id": identifier, "default_message": f"It is {name}.", "args": []}]}
            if request.target.startswith("/rest"):
                value = {"type": "com.vmware.vapi.std.errors." + name, "value": inner}
            else:
                value = {"error_type": name.upper(), **inner}
            return status, json.dumps(value).encode(), [("Content-Type", "application/json")]
        page = b"<html><head><title>Error</title></head><body><h1>Error</h1></body></html>\n"
        html, plain = [("Content-Type", "text/html")], [("Content-Type", "application/json")]
        odd = plain
        # The clock of whatever stands before the vCenter is its own.
        ahead = self.dice.choice([None, 0, 90 * 86400, 90 * 86400])
        if ahead is not None:
            date = ("Date", email.utils.formatdate(time.time() + ahead, usegmt=True))
            html, odd = html + [date], plain + [date]
        return {
            "html_404": (404, page, html), "empty_404": (404, b"", []), "html_503": (503, page, html),
            "504": (504, page, html), "odd_502": (502, page, html), "odd_number": (200, b"17", odd),
            "odd_error": (200, b'{"error":"session expired"}', odd), "odd_empty": (200, b"", []),
            "redirect": (302, b"", [("Location", "https://sso.example.com/")]),
            "timed_out": error(504, "timed_out", "attack.timed_out"),
            "odd_internal": error(500, "internal_server_error", "attack.internal"),
            "unavailable": error(503, "service_unavailable", "attack.unavailable"),
            "unauthenticated": error(401, "unauthenticated", "vapi.method.authentication.required"),
            "no_route": error(404, "not_found", "com.vmware.vapi.rest.operationsForUrlNotFound"),
            "no_operation": error(404, "operation_not_found", "vapi.method.input.invalid.interface"),
        }[kind]

    def pass_on(self, wire, writer, answer):
        wire.told += f", told {answer[0]}"
        return self.answer(writer, answer[0], answer[2], answer[1])

    def answer(self, writer, status, body, headers=(), length=None):
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body) if length is None else length}"]
        if status == 204:
            lines.pop()
        lines += [f"{k}: {v}" for k, v in headers if k.lower() not in ("content-length", "connection")]
        writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        return True

    def reset(self, writer):
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        return False

    async def silence(self, reader):
        """Says nothing until the client has had enough."""
        try:
            await asyncio.wait_for(reader.read(1), 10)
        except (asyncio.TimeoutError, ConnectionError):
            pass
        return False


# MARK: Somebody else


class Other:
    """Another client of the same account, straight to the simulator; what the proxy has left in doubt
    draws him, and then he likes to use the same names."""

    def __init__(self, traffic, proxy, dice, folder):
        self.traffic, self.proxy, self.dice, self.folder = traffic, proxy, dice, folder
        self.count = collections.Counter()

    async def call(self, method, path, body=None):
        headers = [("vmware-api-session-id", self.traffic.session), ("Content-Type", "application/json")]
        text = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        if method == "GET":
            status, _, answer = await self.traffic.simulator.exchange(method, "/api" + path, headers)
        else:
            wire = self.traffic.wire("other", Request(method, "/api" + path, headers, text))
            status, _, answer = await self.traffic.deliver(wire)
            if status < 300:
                self.count[wire.op] += 1
        return json.loads(answer) if status < 300 and answer else None

    async def work(self, items):
        while True:
            await asyncio.sleep(self.dice.uniform(0.02, 0.08))
            drawn = self.dice.choice(self.proxy.doubtful) if self.proxy.doubtful else None
            if self.dice.random() < 0.4:
                drawn = None
            if drawn and drawn.vm and not drawn.item:
                await self.use_machine(drawn.vm)
            else:
                await self.use_item(drawn.item if drawn and drawn.item else self.dice.choice(items), drawn)

    async def use_machine(self, vm):
        if self.dice.random() < 0.25:
            await self.call("DELETE", f"/vcenter/vm/{vm}")
        else:
            action = self.dice.choice(["start", "stop", "reset", "suspend"])
            await self.call("POST", f"/vcenter/vm/{vm}/power?action={action}")

    async def use_item(self, item, drawn):
        path = f"/vcenter/vm-template/library-items/{item}"
        outs = await self.call("GET", path + "/check-outs")
        versions = await self.call("GET", path + "/versions")
        if outs is None or versions is None:
            return
        dice = self.dice.random()
        if outs:
            vm = outs[0]["vm"]
            if dice < 0.35:
                await self.check_in(path, vm)
            elif dice < 0.65:
                await self.call("DELETE", f"{path}/check-outs/{vm}")
            elif dice < 0.85:
                await self.use_machine(vm)
        elif dice < 0.3:
            vm = await self.check_out(path, f"other-{self.dice.getrandbits(40)}")
            if vm:
                await self.check_in(path, vm)
        elif dice < 0.5 and len(versions) == 2:
            await self.call("POST", f"{path}/versions/{versions[0]['version']}?action=rollback",
                            {"message": "by somebody else"})
        elif dice < 0.65 and len(versions) == 2:
            await self.call("DELETE", f"{path}/versions/{versions[0]['version']}")
        else:
            same = drawn and drawn.op == "checkOut" and "{" not in drawn.name and drawn.name
            same = same if same and re.fullmatch(r"co-\d+-\d+", same) else None
            vm = await self.check_out(path, same or f"co-{short(item)}-{self.dice.randint(1, 3)}")
            if vm and self.dice.random() < 0.3:
                await self.check_in(path, vm)

    async def check_out(self, path, name):
        return await self.call("POST", path + "/check-outs?action=check-out",
                               {"name": name, "placement": {"folder": self.folder}})

    async def check_in(self, path, vm):
        await self.call("POST", f"{path}/check-outs/{vm}?action=check-in", {"message": "by somebody else"})


# MARK: The attack


class Worker:
    def __init__(self, name, client):
        self.name, self.client = name, client
        self.lines, self.process, self.status, self.ended, self.stopped = {}, None, None, None, None


class Attack:
    def __init__(self, options):
        self.options = options
        self.dice = random.Random(options.seed)
        self.folder = options.keep or tempfile.mkdtemp(prefix="vmoon-attack-")
        os.makedirs(self.folder, exist_ok=True)
        self.workers, self.verdicts, self.failures, self.names = [], [], [], set()
        self.began, self.late_seen, self.advances = time.time(), 0, []
        with open(self.folder + "/attack.lua", "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        self.run_options = self.options_of("--help")
        self.reconcile_options = self.options_of("reconcile", "--help", without="--settle")

    def options_of(self, *words, without=None):
        """Those of the client's options that a command has."""
        text = subprocess.run([self.options.vmoon, *words], capture_output=True, text=True, check=True).stdout
        return [word for name, value in CLIENT.items() if re.search(name + r"\b", text)
                if name != without for word in (name, value)]

    async def run(self):
        self.simulator = Simulator(self.options.sim, "--statuses", self.dice.choice(["seed", "spec"]))
        try:
            self.traffic = Traffic(self.simulator)
            self.proxy = Proxy(self.traffic, random.Random(self.dice.random()), self.options)
            await self.proxy.start()
            self.traffic.session = await self.simulator.session()
            # The server's clock is its own.
            await self.advance(3 * 86400)
            number = 0
            while self.left() > 0 and self.time_left() > 0:
                number += 1
                await self.round(number)
            self.state = await self.simulator.admin("GET", "/sim/state")
            self.records = {"A": await self.journal("A"), "B": await self.journal("B")}
        finally:
            self.simulator.process.stdin.close()
            self.simulator.process.wait(10)

    async def advance(self, seconds):
        self.advances.append((time.time(), seconds))
        await self.simulator.admin("POST", "/sim/clock", {"advance_s": seconds})

    def server_seconds(self, since, until):
        """How far the server's clock went."""
        return until - since + sum(step for moment, step in self.advances if since < moment <= until + 0.1)

    def left(self):
        vmoons = {wire.key for wire in self.traffic.wires if wire.who in self.names}
        return self.options.changes - len(vmoons)

    def time_left(self):
        return self.began + self.options.seconds - time.time()

    async def round(self, number):
        first = 1 + (number - 1) * ITEMS
        library, folder = await self.add_items(first)
        count, names = min(PER_ROUND, self.left()), self.options.workers
        began = time.time()
        other = Other(self.traffic, self.proxy, random.Random(self.dice.random()), folder)
        items = [identifier(n) for n in range(first, first + ITEMS)]
        busy = asyncio.ensure_future(other.work(items))
        share = -(-count // names)
        running = []

        def begin(name, client, share):
            worker = Worker(name, client)
            self.names.add(name)
            self.workers.append(worker)
            running.append(asyncio.ensure_future(self.work(worker, dict(
                seed=self.dice.getrandbits(30), process=name, count=share, lanes=6, first=first,
                items=ITEMS, seconds=max(5, min(30, self.time_left())), folder=folder,
                library=library))))
            return worker
        for place in range(names):
            begin(f"{number}{'AB'[place % 2]}{place // 2}", "AB"[place % 2], share)
        await asyncio.sleep(self.dice.uniform(1.5, 4))
        # Two processes do not end by themselves; and somebody settles what others are at work on.
        looks = [asyncio.ensure_future(self.reconcile(client, "while they work")) for client in "AB"]
        for signal_number in (signal.SIGKILL, signal.SIGTERM):
            alive = [w for w in self.workers if w.process and w.ended is None and not w.stopped]
            if alive:
                victim = self.dice.choice(alive)
                victim.stopped = signal_number
                victim.process.send_signal(signal_number)
                self.proxy.injected[f"process: {signal_number.name}"] += 1
                begin(victim.name + "r", victim.client, max(5, share // 2))
            await asyncio.sleep(self.dice.uniform(0.3, 1.5))
        for task in running:  # the replacements are in it
            await task
        worked = time.time()
        await asyncio.gather(*looks)
        self.late_seen += len(self.proxy.late)
        await asyncio.gather(*(self.reconcile(client, "while requests are under way") for client in "AB"))
        await asyncio.gather(*(self.resend(client) for client in "AB"))
        while self.proxy.late:
            await asyncio.sleep(0.1)
        busy.cancel()
        await asyncio.gather(busy, return_exceptions=True)
        if not busy.cancelled() and busy.exception():
            self.failures.append(f"the other operator: {busy.exception()!r}")
        self.other = getattr(self, "other", collections.Counter()) + other.count
        await self.advance(2 * 86400)
        arrived = time.time()
        for client in "AB":
            await self.reconcile(client, "after a day")
        await self.read_log()
        say(f"round {number}: {count} changes, {worked - began:.0f} s at work, "
            f"{arrived - worked:.0f} s until all was there, {time.time() - arrived:.0f} s to settle")

    async def add_items(self, first):
        """Adds the items of a round, like the one that the simulator brings."""
        state = await self.simulator.admin("GET", "/sim/state")
        library = state["libraries"][0]
        model = next(item for item in library["items"] if item["name"] == "ubuntu-22.04")
        template = next(machine for machine in state["machines"] if machine["template"])
        for number in range(first, first + ITEMS):
            machines = [f"vm-{100000 + 2 * number + version}" for version in (1, 2)]
            library["items"].append({**model, "id": identifier(number), "name": f"many-{number}", "check_outs": [],
                                     "versions": [{"version": str(v + 1), "vm_template": vm}
                                                  for v, vm in enumerate(machines)]})
            state["machines"] += [{**template, "vm": vm, "name": f"many-{number}"} for vm in machines]
        state["next_machine"] = max(state["next_machine"], 200000)
        await self.simulator.admin("PUT", "/sim/state", state)
        folder = next(p["id"] for p in state["placements"]
                      if p["kind"] == "folder" and p.get("type") == "VIRTUAL_MACHINE")
        return library["id"], folder

    def environment(self, who, client):
        return {"PATH": os.environ.get("PATH", ""), "HOME": self.folder, "VMOON_PASSWORD": who,
                "VMOON_STATE_DIR": f"{self.folder}/state-{client}"}

    def connection(self):
        return ["--vcenter", self.proxy.url, "--user", self.simulator.user]

    async def work(self, worker, config):
        worker.process = await asyncio.create_subprocess_exec(
            self.options.vmoon, *self.connection(), *self.run_options, "--lock-wait", "200ms", "--log-level", "error",
            "--api", self.dice.choice(["auto", "rest", "api"]), self.folder + "/attack.lua", json.dumps(config),
            env=self.environment(worker.name, worker.client), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        errors = asyncio.ensure_future(worker.process.stderr.read())
        async for text in worker.process.stdout:
            try:
                line = json.loads(text)
            except ValueError:
                continue  # cut by the kill
            worker.lines.setdefault(line["serial"], {}).update(line)
        worker.status = await worker.process.wait()
        worker.ended = time.time()
        error = (await errors).decode("utf-8", "replace")
        if worker.status not in (0, 80) and not worker.stopped:
            self.failures.append(f"worker {worker.name} ended with {worker.status}: {error[-600:]}")

    async def vmoon(self, who, client, *arguments, within=None):
        process = await asyncio.create_subprocess_exec(
            self.options.vmoon, *arguments, env=self.environment(who, client), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        stop = within and asyncio.get_running_loop().call_later(
            within, process.send_signal, signal.SIGTERM)
        output, error = await process.communicate()
        if stop:
            stop.cancel()
        return process.returncode, output.decode(), error.decode()

    async def reconcile(self, client, when):
        await asyncio.sleep(self.dice.uniform(0, 0.5))
        status, output, error = await self.vmoon(
            "reconcile", client, "reconcile", "--json", *self.connection(),
            *self.reconcile_options)
        try:
            records = json.loads(output or "[]")
        except ValueError:
            records = None
        if records is None or status not in (0, 80):
            return self.failures.append(f"reconcile {when} ended with {status}: {output[:200]} {error[-300:]}")
        for record in records:
            self.verdicts.append((record["op_id"], record["outcome"], record.get("result"), time.time(),
                                  "reconcile " + when))

    async def resend(self, client):
        """A person decides to send some again; the request is one more of that operation."""
        doubtful = [op_id for op_id, outcome, _, _, source in self.verdicts
                    if outcome in ("open", "unknown") and source.endswith("under way")]
        known = {record["op_id"] for record in await self.journal(client)}
        doubtful = [op_id for op_id in doubtful if op_id in known]

        async def once(op_id):
            # It would look for two minutes: here it is stopped.
            status, output, error = await self.vmoon(
                "resend " + op_id, client, "reconcile", op_id, "--resend", "--json", *self.connection(),
                *self.reconcile_options, "--settle", CLIENT["--settle"], within=4)
            self.proxy.injected["not sent again by hand" if status == 64 else "sent again by hand"] += 1
            for record in json.loads(output or "[]"):
                self.verdicts.append((record["op_id"], record["outcome"], record.get("result"),
                                      time.time(), "reconcile --resend"))
        await asyncio.gather(*map(once, self.dice.sample(doubtful, min(4, len(doubtful)))))

    async def journal(self, client):
        """All operations, with the process that made them."""
        status, output, error = await self.vmoon("runs", client, "runs", "--json")
        if status != 0:
            raise RuntimeError(f"vmoon runs: {error}")
        operations = []
        for run in json.loads(output):
            _, output, error = await self.vmoon("runs", client, "runs", run["run_id"], "--json")
            for record in json.loads(output).get("operations", []):
                operations.append({**record, "pid": run["pid"]})
        return operations

    async def read_log(self):
        """Takes over the simulator's record, and forgets it there."""
        log = await self.simulator.admin("GET", "/sim/requests")
        if log["dropped"]:
            self.failures.append(f"the simulator dropped {log['dropped']} requests from its record")
        for entry in log["requests"]:
            name = entry["headers"].get("x-attack")
            if name:
                wire, number = map(int, name.split("."))
                delivery = self.traffic.wires[wire].deliveries[number]
                delivery.n, delivery.applied = entry["n"], entry["applied"]
            elif entry["applied"] and entry["operation"] not in ("createSession", "deleteSession"):
                self.failures.append(f"applied, and nobody knows whose: {entry}")
        await self.simulator.admin("DELETE", "/sim/requests")


def identifier(number):
    return f"00000000-0000-4000-8000-{number:012d}"


def say(text):
    print(text, flush=True)


# MARK: The judge


class World:
    """What the simulator's record says of versions and machines."""

    def __init__(self, traffic):
        self.applied = sorted((d for w in traffic.wires for d in w.deliveries if d.applied),
                              key=lambda d: d.n)
        self.gone, self.machines, self.power = {}, {}, collections.defaultdict(list)
        versions = collections.defaultdict(lambda: ["1", "2"])
        for event in self.applied:
            wire = event.wire
            live = versions[wire.item]
            if wire.op in ("deleteVersion", "rollback"):
                live.remove(wire.version)
                self.gone[wire.item, wire.version] = event
            if wire.op in ("checkIn", "rollback"):
                live.append(event.result)
                while len(live) > 2:
                    self.gone[wire.item, live.pop(0)] = event
            if wire.op in ("checkIn", "deleteCheckOut", "deleteVM"):
                self.machines[wire.vm] = event
            if wire.op == "setPower":
                state = {"start": "on", "reset": "on", "stop": "off", "suspend": "suspended"}[wire.action]
                self.power[wire.vm].append((state, event))

    def lives(self, item, version, moment):
        """Whether what a version holds was there at a moment, under whatever identifier."""
        event = self.gone.get((item, version))
        if event is None or event.start > moment + 0.005:
            return True
        is_moved = event.wire.op == "rollback" and event.wire.version == version
        return is_moved and self.lives(item, event.result, moment)

    def still_there(self, vm, moment):
        """Why a machine was not gone at a moment; None where it was."""
        event = self.machines.get(vm)
        if event is None:
            return "the machine is there"
        if event.start > moment + 0.005:
            return f"the machine went only later, by {event}"
        if event.wire.op == "checkIn" and self.lives(event.wire.item, event.result, moment):
            return f"the machine was checked IN, by {event}"
        return None

    def was(self, vm, wanted, begin, end):
        """Whether a machine was in a state of power at some time in between."""
        spans = [("off", 0)] + [(state, event.start) for state, event in self.power[vm]]
        ends = [event.end for _, event in self.power[vm]] + [float("inf")]
        return any(state == wanted and since <= end + 0.005 and until >= begin - 0.005
                   for (state, since), until in zip(spans, ends))


class Judge:
    def __init__(self, attack):
        self.attack, self.world = attack, World(attack.traffic)
        self.wires, self.resent = collections.defaultdict(list), collections.defaultdict(list)
        self.kinds, self.named, self.covered = (collections.Counter() for _ in range(3))
        self.templates = 0
        self.false, self.doubles, self.repeats, self.passed = [], [], collections.Counter(), 0
        self.failures = attack.failures + attack.proxy.problems
        self.table = collections.Counter()
        self.marks = collections.defaultdict(list)
        for library in attack.state["libraries"]:
            for item in library["items"]:
                for change in item["changes"]:
                    mark = re.match(r"\[vmoon:([0-9a-f-]{36})\]", change.get("message") or "")
                    if mark:
                        self.marks[mark.group(1)].append(change["version"])
        for wire in attack.traffic.wires:
            if wire.who == "reconcile":
                self.failures.append(f"reconcile sent a change: {wire.what}")
            elif wire.who.startswith("resend "):
                self.resent[wire.who.removeprefix("resend ")].append(wire)
            elif wire.who != "other":
                self.wires[wire.key].append(wire)

    def run(self):
        verdicts = collections.defaultdict(list)
        for op_id, outcome, result, moment, source in self.attack.verdicts:
            if outcome not in ("open", "unknown"):
                verdicts[op_id].append((outcome, result, moment, source))
        seen = set()
        for worker in self.attack.workers:
            journal = collections.defaultdict(list)
            for record in self.attack.records[worker.client]:
                if worker.process and record["pid"] == worker.process.pid:
                    journal[record["operation"]].append(record)
            # Of two lines in one millisecond the one that sent something has the record.
            for key, line in sorted(self.keyed(worker), key=lambda pair: pair[0] not in self.wires):
                seen.add(key)
                record = self.find(journal[line["op"]], line, worker)
                wires = list(self.wires.get(key, []))
                if record:
                    wires += self.resent.get(record["op_id"], [])
                self.judge(line, record, wires, verdicts[record["op_id"]] if record else [])
            for left in (record for records in journal.values() for record in records):
                self.failures.append(f"the journal knows an operation that no script made: {left}")
        for key in self.wires.keys() - seen:
            self.failures.append(f"requests that no script made: {[w.what for w in self.wires[key]]}")

    @staticmethod
    def keyed(worker):
        for line in worker.lines.values():
            yield key_of(worker.name, line["op"], line.get("item"), line.get("version"), line.get("vm"),
                         line.get("name"), line.get("action")), line

    def find(self, records, line, worker):
        """The journal's record of what a script did; it is taken out.

        A lane does one thing after the other, and an item or a machine is one lane's: arguments and
        time tell. The journal's times are whole milliseconds.
        """
        end = line.get("t1") or worker.ended
        for record in records:
            same = all(record.get(field) == line.get(field) for field in ("item", "version", "vm")
                       if line.get(field) is not None)
            if line.get("name"):
                same = same and base_of(record.get("name")) == base_of(line["name"])
            if same and line["t0"] - 0.002 <= moment_of(record["intended"]) <= end:
                records.remove(record)
                return record
        return None

    def judge(self, line, record, wires, verdicts):
        """One operation: what was said of it, and whether that is true."""
        ours = sorted((d for w in wires for d in w.deliveries if d.applied), key=lambda d: d.n)
        said = list(verdicts)
        script = self.script_verdict(line)
        if script:
            said.insert(0, script)
        if record is None:
            if wires or script and script[0] == "done":
                self.tell("wrong", "it is not in the journal", line, record, wires, said)
            return  # refused before anything was recorded
        final = record["outcome"]
        self.table[line["op"], final] += 1
        if final == "unknown" and "{op}" in line.get("name", ""):
            self.named[line["op"]] += 1
        before = len(self.false) + len(self.doubles)
        if final not in ("open", "unknown"):
            settled = moment_of(record["settled"]) if record.get("settled") else line["t0"]
            said.append((final, record.get("result"), settled, "journal"))
        # Each word about it is one: they must be true, and agree.
        reasons = [f"{source} says {outcome}: {reason}" for outcome, result, moment, source in said
                   if (reason := self.lie(outcome, result, moment, line, record, wires, ours))]
        known = {(outcome, result if outcome == "done" else None) for outcome, result, _, _ in said
                 if outcome != "none"}
        if len(known) > 1 or script and final in ("open", "unknown"):
            reasons.append("what was said of it does not agree")
        if script and script[0] == "none" and final == "done":
            reasons.append("the script was told that it did not happen")
        if reasons:
            self.tell("false", "; ".join(reasons), line, record, wires, said)
        sent = [w for w in wires if any(d.applied for d in w.deliveries)]
        if len(sent) > 1:
            self.tell("double", f"{len(sent)} requests were applied", line, record, wires, said)
        elif len(ours) > 1:
            self.repeats[line["op"]] += 1
            if line["op"] in FENCED:
                self.failures.append(f"the simulator applied a fenced request twice: {ours[0].wire.what}")
        attempts = [w for w in wires if w.decision not in ("unauthenticated", "no_route")]
        if len(attempts) > record["attempts"]:
            self.tell("wrong", f"{len(attempts)} requests, {record['attempts']} attempts in the journal",
                      line, record, wires, said)
        if any(w.mark not in (None, record["op_id"]) for w in wires) or len(self.marks[record["op_id"]]) > 1:
            self.tell("double", f"marks {self.marks[record['op_id']]}", line, record, wires, said)
        if len(self.false) + len(self.doubles) == before:
            self.passed += 1

    def script_verdict(self, line):
        """What the script was told; None for nothing, or that it is not known."""
        if "ok" not in line:
            return None
        if line["ok"]:
            result = line.get("result") if line["op"] not in VOID else None
            return ("done", result, line["t1"], "script")
        outcome, kind = line.get("outcome"), line.get("kind")
        if outcome == "unknown" or kind == "unknown_outcome" or outcome is None:
            return None
        word = {"conflict": "conflict"}.get(kind, outcome)
        return (word if word in FINAL_NO else "none", None, line["t1"], "script")

    def lie(self, outcome, result, moment, line, record, wires, ours):
        """Why a verdict is false; None for a true one."""
        if outcome == "not_seen" or outcome == "none" and record["outcome"] == "not_seen":
            return self.unseen(moment, line, ours)
        if outcome in FINAL_NO or outcome == "none":
            return f"it was applied, {ours[0]}" if ours else None
        if outcome != "done":
            return f"no such outcome: {outcome}"
        op, results = line["op"], [d.result for d in ours]
        if op in ("rollback", "checkIn"):
            marks = self.marks[record["op_id"]]
            return None if results == [result] and marks == [result] else (
                f"result {result}, but ours made {results}, and the history has {marks}")
        if op in ("checkOut", "deploy", "createTemplate"):
            if result in results:
                return None
            maker = next((d for d in self.world.applied if d.result == result and d.wire.op == op), None)
            return f"result {result} is not ours ({results}); it was made by {maker}"
        if op == "deleteVersion":
            alive = self.world.lives(line["item"], line["version"], moment)
            return "what the version holds is there" if alive else None
        if op in ("deleteCheckOut", "deleteVM"):
            reason = self.world.still_there(line["vm"], moment)
            # Its own words then.
            if reason and "checked IN" in reason and "or a template" in (record.get("detail") or ""):
                self.templates += 1
                return None
            return reason
        wanted = {"start": "on", "stop": "off", "suspend": "suspended"}.get(line["action"])
        if ours or wanted and self.world.was(line["vm"], wanted, line["t0"], moment):
            return None
        return f"it was not applied, and the machine was never {wanted or 'reset by us'} meanwhile"

    def unseen(self, moment, line, ours):
        """Why «not seen in a day» is false: it could be seen, or came later. What others undid since,
        or checked in, is not to be seen any more; that is counted."""
        passed = self.attack.server_seconds(line["t0"], moment)
        if passed < 86400:
            return f"«not seen in a day», after {passed:.0f} s of the server's"
        if not ours:
            return None
        if ours[-1].start > moment + 0.005:
            return f"it was applied after that, {ours[-1]}"
        if line["op"] in ("checkOut", "deploy"):
            there = any(d.result not in self.world.machines
                        or self.world.machines[d.result].start > moment + 0.005 for d in ours)
        elif line["op"] == "setPower":
            wanted = {"start": "on", "stop": "off", "suspend": "suspended"}.get(line["action"])
            there = wanted and self.world.was(line["vm"], wanted, moment, moment)
        else:
            there = True
        if there:
            return f"it is there to be seen, {ours[0]}"
        self.covered[line["op"]] += 1
        return None

    def tell(self, kind, reason, line, record, wires, said):
        """The story of one operation."""
        label = re.sub(r"#\d.*|[\w-]*\d[\w-]*|\(.*", "…", reason.split(";")[0]).strip()
        self.kinds[f"{line['op']} {label} [{', '.join(w.decision for w in wires)}]"] += 1
        about = [f"{kind.upper()}: {line['op']} {reason}"]
        about.append(f"  script {line.get('ok')} {line.get('result')} {line.get('message', '')}")
        about.append("  begun " + clock(line["t0"]) + ", told " + clock(line.get("t1")))
        if record:
            about.append("  journal " + json.dumps({k: v for k, v in record.items() if k not in (
                "run_id", "vcenter", "user", "pid")}))
        about += [f"  {clock(moment)} {source}: {outcome} {result or ''}"
                  for outcome, result, moment, source in said]
        about += [f"  {clock(w.time)} request {w.id} {w.what}: {w.told}" for w in wires]
        times = [d.start for w in wires for d in w.deliveries] + [line["t0"]]
        low, high = min(times) - 1, max(times + [moment for _, _, moment, _ in said]) + 1
        results = {d.result for w in wires for d in w.deliveries if d.result}
        for event in sorted(self.events(line, results), key=lambda d: d.start):
            if low < event.start < high:
                about.append(f"    {'ours ' if event.wire in wires else ''}{event}")
        for moment, who, request, odd in self.attack.proxy.odd_reads:
            ids = [i for i in (line.get("item"), line.get("vm"), *results) if i]
            text = unquote(request.target) + request.body.decode("utf-8", "replace")
            if low < moment < high and any(i in text for i in ids):
                about.append(f"    {clock(moment)} {who} read {request.target}: told {odd}")
        text = "\n".join(about)
        {"false": self.false, "double": self.doubles, "wrong": self.failures}[kind].append(text)

    def events(self, line, made):
        """What arrived for the same item and machines, whoever sent it."""
        for wire in self.attack.traffic.wires:
            same = (line.get("item") and wire.item == line["item"]
                    or wire.vm and wire.vm in made | {line.get("vm")})
            if same:
                yield from (d for d in wire.deliveries if d.applied)


def moment_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


# MARK: The report


def report(attack, judge, options):
    outcomes = sorted({outcome for _, outcome in judge.table})
    say("\n%-16s" % "operation" + "".join("%13s" % outcome for outcome in outcomes))
    for op in OPERATIONS:
        say("%-16s" % op + "".join("%13d" % judge.table[op, outcome] for outcome in outcomes))
    total = sum(judge.table.values())
    kinds = attack.proxy.injected
    say("\nfaults: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    say(f"somebody else: {dict(attack.other)}")
    say(f"{attack.late_seen} requests were under way when reconcile looked the second time")
    say(f"applied twice though vmoon sent once (the proxy repeated it): {dict(judge.repeats)}")
    say(f"unknown to the end though {{op}} was in the name: {dict(judge.named)}")
    say(f"«not seen», though it had happened, and was undone or checked in since: {dict(judge.covered)}")
    if judge.templates:
        say(f"deleteVM said done, «gone, or a template», of a machine that was checked in: {judge.templates}")
    unknown = sum(count for (_, outcome), count in judge.table.items() if outcome in ("unknown", "open"))
    said = len([v for v in attack.verdicts if v[1] not in ("open", "unknown")])
    say(f"{total} changes in {time.time() - attack.began:.0f} s, reconcile settled {said}, "
        f"honestly unknown to the end: {unknown}")
    wanted = list(DECK) + (["read: " + kind for kind in ODD_READS] if options.changes >= 500 else [])
    missing = [kind for kind in wanted if not kinds[kind]]
    if missing:
        judge.failures.append(f"no fault of the kinds {missing} was injected")
    empty = [op for op in OPERATIONS if not sum(judge.table[op, outcome] for outcome in outcomes)]
    if empty:
        judge.failures.append(f"no change of the kinds {empty} was made")
    if total < options.changes * 0.8:
        judge.failures.append(f"too few changes were made: {total} of {options.changes}")
    for title, stories in (("false verdicts", judge.false), ("done twice", judge.doubles),
                           ("other faults", judge.failures)):
        say(f"\n{title}: {len(stories)}")
        for story in stories[: options.stories]:
            say(story)
        if len(stories) > options.stories:
            say(f"  … and {len(stories) - options.stories} more")
    say("\nby kind, with what was done to the requests:")
    for label, count in judge.kinds.most_common():
        say(f"  {count} {label}")
    failed = len(judge.false) + len(judge.doubles) + len(judge.failures)
    say(f"\n{judge.passed} passed, {failed} failed")
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vmoon", required=True, help="the program to attack")
    parser.add_argument("--sim", required=True, help="vmoon-sim")
    parser.add_argument("--changes", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=4, help="processes of vmoon, for two state folders")
    parser.add_argument("--seconds", type=float, default=600, help="no round begins after so long")
    parser.add_argument("--odd-reads", type=float, default=0.05, help="the share of reads answered oddly")
    parser.add_argument("--stories", type=int, default=12, help="how many of each kind are told")
    parser.add_argument("--keep", metavar="DIR", help="work in DIR and leave it")
    options = parser.parse_args()
    options.vmoon, options.sim = os.path.abspath(options.vmoon), os.path.abspath(options.sim)
    attack = Attack(options)
    try:
        asyncio.run(attack.run())
        judge = Judge(attack)
        judge.run()
        return report(attack, judge, options)
    finally:
        if not options.keep:
            shutil.rmtree(attack.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
