"""Every operation called twice: by VMware's Python classes, and by a script of vmoon's.

    Tests/sdk/venv .build/sdk-venv && .build/sdk-venv/bin/python Tests/sdk/calls.py VMOON SEED COUNT

Arguments and answers are random. The script is run against a server that keeps what is sent, and that answers as the
SDK's serializer writes an answer. What is sent must be equal as JSON to what the SDK sends, and what the script reads
to what was meant. Prints the counts; ends with 1 if anything differs, after naming it.
"""

import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

import cases

PREFIX = "com.vmware."
SCRIPT = """
local null, failed = json.null, 0

-- Whether a value is the one that was meant: with kinds of numbers, and an empty list told from an empty table.
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
  if next(a) == nil and next(b) == nil then return json.encode(a) == json.encode(b) end
  for key, value in pairs(a) do if not same(value, b[key]) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

-- A value in a message.
local function text(value)
  local ok, found = pcall(json.encode, value)
  return ok and found or "what is no JSON"
end

-- One call, checked.
local function check(name, expected, call)
  local ok, result = pcall(call)
  if not ok then
    failed = failed + 1
    print(name .. ": raised " .. tostring(result))
  elseif not same(expected, result) then
    failed = failed + 1
    print(name .. ": read " .. text(result) .. ", and " .. text(expected) .. " was meant")
  end
end

local vc <close> = session()
local operations = {}
%s
-- The calls of one operation come one after another: the server answers in that order.
parallel(operations, function(operation) operation() end, { limit = 16 })
os.exit(failed == 0 and 0 or 1, true)
"""
NAME = re.compile("[A-Za-z_][A-Za-z_0-9]*")
WORDS = set("and break do else elseif end false for function goto if in local nil not or repeat return then true until "
            "while".split())


def lua(value):
    """A value as a script writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return "math.mininteger" if value == -2**63 else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        # Digits behind an escape would belong to it.
        plain = lambda byte: 0x20 <= byte < 0x7F and chr(byte) not in '"\\'
        return '"' + "".join(chr(byte) if plain(byte) else f"\\{byte:03}" for byte in value) + '"'
    if isinstance(value, list):
        return "{ " + ", ".join(map(lua, value)) + " }" if value else "json.array{}"
    return "{" + ", ".join(f"{key(name)} = {lua(found)}" for name, found in value.items()) + "}"


def key(name):
    return name if NAME.fullmatch(name) and name not in WORDS else f"[{lua(name)}]"


def block(service, name, made):
    """The calls of an operation, as a function."""
    operation = f"{service}.{name.replace('$', '_')}"
    calls = [f'  check("{operation}", {lua(case.result) if case.result is not None else "nil"}, '
             f"function() return vc.api.{operation}{lua(case.arguments)} end)" for case in made]
    return "\n".join(["operations[#operations + 1] = function()", *calls, "end"])


def unique(pairs):
    """An object of JSON, in which no name stands twice."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def entries(value):
    """The entries of a map by key, which have no order; nothing for any other value."""
    if isinstance(value, list) and value and all(isinstance(entry, dict) and "map-entry" in entry.get("STRUCTURE", ())
                                                 for entry in value):
        found = [entry["STRUCTURE"]["map-entry"] for entry in value]
        return {entry["key"]: entry["value"] for entry in found} if len(found) > 1 else None
    return None


def same(one, other):
    """Whether two values of JSON are equal; 1, 1.0 and true are not."""
    if type(one) is not type(other):
        return False
    maps = entries(one), entries(other)
    if all(maps):
        return len(one) == len(other) and same(*maps)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


class Server(http.server.ThreadingHTTPServer):
    """Answers log-ins, and each operation with the answers of its cases in turn; keeps what it was sent."""

    daemon_threads = True

    def __init__(self, waiting):
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.waiting = waiting
        self.received = []

    def take(self, body):
        """Keeps a call; the text of the answer."""
        params = json.loads(body, object_pairs_hook=unique)["params"]
        name = f"{params['serviceId'].removeprefix(PREFIX)}.{params['operationId']}"
        with self.lock:
            case = self.waiting[name].pop(0)
            self.received.append((name, case, params["input"]))
        return f'{{"jsonrpc":"2.0","id":"0","result":{{"output":{case.answer}}}}}'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.server.take(body) if self.path == "/api" else '"session"'
        self.answer(answer.encode())

    def do_DELETE(self):
        self.answer(b"")

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    vmoon, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    everything = list(cases.operations(seed, count))
    waiting = {f"{service}.{name}": list(made) for service, name, made in everything}
    server = Server(waiting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/calls.lua", "w", encoding="ascii") as script:
            script.write(SCRIPT % "\n".join(block(*row) for row in everything))
        words = [vmoon, "--vcenter", f"http://127.0.0.1:{server.server_address[1]}", "--user", "u", "--api", "api",
                 "--limit", "16", "calls.lua"]
        environment = {"PATH": os.environ["PATH"], "HOME": folder, "VMOON_PASSWORD": "p"}
        status = subprocess.run(words, cwd=folder, env=environment, check=False).returncode
    different = [name for name, case, sent in server.received if not same(sent, json.loads(case.body))]
    for name, case, sent in server.received:
        if not same(sent, json.loads(case.body)):
            print(f"{name}: sent {json.dumps(sent)}\n  and the SDK {case.body}")
    unsent = sorted(name for name, left in waiting.items() if left)
    if unsent:
        print("not all were sent of", *unsent)
    operations = len({name for name, _, _ in server.received})
    print(f"{operations} operations, {len(server.received)} calls; {len(different)} bodies differ; seed {seed}")
    sys.exit(status or (1 if different or unsent else 0))


if __name__ == "__main__":
    main()
