"""Benchmarks: vmoon beside a C program, curl, lua5.4 and Python, over the same server and the same work.

Every figure is a ratio of two programs measured alternately in this one run; the median of several rounds
is what counts. Absolute times say more about the machine than about vmoon.

With BEFORE=/path/of/another/vmoon that one is measured in turn with them, and the report has the figures of both;
BEFORE_NAME says there which one it is.
"""

import datetime
import os
import pathlib
import platform
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import api_part
import classics_part
import hosts_part
import instructions_part
import journal_part
import prompt_part
import steps_part

ROOT = pathlib.Path(__file__).resolve().parents[2]
VMOON = SHIPPED = ROOT / ".build/release/vmoon"
BEFORE = pathlib.Path(os.environ["BEFORE"]) if "BEFORE" in os.environ else None
PROGRAMS = [BEFORE, SHIPPED] if BEFORE else [SHIPPED]
HERE = pathlib.Path(__file__).resolve().parent
ITEM, VM = "00000000-0000-4000-a17e-000000000002", "vm-110"
PATH = f"/rest/vcenter/vm-template/library-items/{ITEM}/check-outs/{VM}"
# In nginx's words, which take a backslash for themselves.
CHECK_OUT = '{"time":"2026-11-21T10:11:12.345Z","user":"VSPHERE.LOCAL\\\\\\\\alice"}'
CALLED = ('{"jsonrpc":"2.0","id":"0","result":{"output":{"STRUCTURE":'
          '{"com.vmware.vcenter.vm_template.library_items.check_outs.check_out_info":' + CHECK_OUT + "}}}}")

rows, figures_before = [], {}


def run(argv, env=None, stdin=None):
    """Runs a program; its wall seconds, CPU seconds and largest resident set in KiB."""
    start = time.monotonic()
    child = subprocess.Popen([str(a) for a in argv], env=env, stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if stdin:
        child.stdin.write(stdin)
    child.stdin.close()
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{argv[0]} ended with {child.returncode}: {errors.decode()[:400]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def compare(name, bar, ours, theirs, rounds, what=("wall", "cpu"), bars=None):
    """Runs two programs in turn and notes the median of the rounds' ratios."""
    global VMOON
    rounds_of = {program: [] for program in PROGRAMS}
    for _ in range(rounds):
        for VMOON in PROGRAMS:
            a, b = theirs(), ours()
            rounds_of[VMOON].append((b[0] / a[0], b[1] / max(a[1], 1e-6), a[0], b[0]))
    for VMOON, samples in rounds_of.items():
        if "wall" in what:
            note(f"{name}: wall", bar, statistics.median(s[0] for s in samples),
                 f"{statistics.median(s[3] for s in samples):.3f} s against "
                 f"{statistics.median(s[2] for s in samples):.3f} s")
        if "cpu" in what:
            note(f"{name}: CPU", bars or bar, statistics.median(s[1] for s in samples), "")


def each(part):
    """Measures a part that compares with no other program, or takes no rounds."""
    global VMOON
    for VMOON in PROGRAMS:
        part()


def note(name, bar, figure, detail, at_least=False):
    if VMOON == BEFORE:
        figures_before[name] = f"{figure:.2f}"
        print(f"{name:62} {figure:8.2f} before", flush=True)
        return
    met = bar is None or (figure >= bar if at_least else figure <= bar)
    sign = "" if bar is None else ("≥ " if at_least else "≤ ") + f"{bar:g}"
    rows.append((name, sign, f"{figure:.2f}", "" if bar is None else ("yes" if met else "NO"), detail))
    print(f"{name:62} {figure:8.2f} {sign:>8} {'' if met else 'MISSED'} {detail}", flush=True)


def free_ports(count):
    """Ports of loopback that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Server:
    """nginx that answers the session service and one check-out from memory, over HTTP and HTTPS;
    a log-out has an empty answer, as vCenter's."""

    def __init__(self, folder, priority=0):
        self.folder = pathlib.Path(folder)
        self.folder.chmod(0o755)
        key, cert = self.folder / "key.pem", self.folder / "cert.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                        "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"], check=True, capture_output=True)
        self.ca = cert
        self.http, self.https = free_ports(2)
        vms = ",".join('{"memory_size_MiB":4096,"vm":"vm-%d","name":"machine-%05d","power_state":"POWERED_ON",'
                       '"cpu_count":2}' % (i, i) for i in range(10000))
        (self.folder / "vms.json").write_text('{"value":[' + vms + "]}")
        (self.folder / "nginx.conf").write_text(f"""
            worker_processes 1; worker_priority {priority}; daemon off; pid {folder}/pid; error_log {folder}/error.log crit;
            events {{ worker_connections 1024; }}
            http {{
              access_log off; keepalive_requests 1000000; keepalive_timeout 300; tcp_nodelay on;
              client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
              uwsgi_temp_path {folder}; scgi_temp_path {folder};
              server {{
                listen 127.0.0.1:{self.http};
                listen 127.0.0.1:{self.https} ssl;
                ssl_certificate {cert}; ssl_certificate_key {key};
                ssl_session_cache shared:a:1m;
                default_type application/json;
                location = /rest/com/vmware/cis/session {{
                  if ($request_method = DELETE) {{ return 200; }}
                  return 200 '{{"value":"b00db39f948d13ea1e59b4d6fce56389"}}';
                }}
                location = /rest/vcenter/vm {{ alias {folder}/vms.json; }}
                location = /api/session {{
                  if ($request_method = DELETE) {{ return 204; }}
                  return 201 '"b00db39f948d13ea1e59b4d6fce56389"';
                }}
                location /api/vcenter/ {{ return 200 '{CHECK_OUT}'; }}
                location = /api {{ return 200 '{CALLED}'; }}
                location / {{ return 200 '{{"value":{CHECK_OUT}}}'; }}
              }}
            }}""")
        self.process = subprocess.Popen(["nginx", "-c", self.folder / "nginx.conf"],
                                        stderr=subprocess.DEVNULL)
        for _ in range(100):
            if subprocess.run(["curl", "-s", f"http://127.0.0.1:{self.http}/"], capture_output=True).returncode == 0:
                return
            time.sleep(0.05)
        sys.exit("nginx did not start: " + (self.folder / "error.log").read_text())

    def url(self, scheme):
        return f"{scheme}://127.0.0.1:{self.https if scheme == 'https' else self.http}"

    def stop(self):
        self.process.terminate()
        self.process.wait()


def vmoon_run(server, scheme, script, *options):
    """The words, the environment and the standard input of one run."""
    env = {"PATH": os.environ["PATH"], "HOME": server.folder, "VMOON_PASSWORD": "x"}
    argv = [VMOON, "--vcenter", server.url(scheme), "--user", "u", "--api", "rest", *options]
    if scheme == "https":
        argv += ["--ca-file", server.ca]
    return [*argv, "-"], env, script


def vmoon(server, scheme, script, *options):
    argv, env, script = vmoon_run(server, scheme, script, *options)
    return run(argv, env=env, stdin=script.encode())


def baseline_run(server, scheme, binary, n, flight):
    """The words of the C program for the same calls."""
    return [binary, server.url(scheme) + PATH, n, flight, server.ca if scheme == "https" else "-",
            "vmware-api-session-id: b00db39f948d13ea1e59b4d6fce56389", "Accept: application/json"]


def calls(n, flight):
    if flight == 1:
        return f'local get = getCheckOut for _ = 1, {n} do get("{ITEM}", "{VM}") end'
    return f'parallel({{ n = {n} }}, function() getCheckOut("{ITEM}", "{VM}") end, {{ limit = {flight} }})'


def throughput(server, binary, n, rounds):
    for scheme in "http", "https":
        for flight, bar in (1, 1.10), (16, 1.30), (64, 1.30):
            # One at a time, both programs sleep most of the time, and how fast a core wakes up wanders by a
            # tenth from run to run: nine of them say little.
            times = 3 if flight == 1 else 1
            compare(
                f"{n} getCheckOut, {flight} in flight, {scheme}, against C", bar,
                lambda: vmoon(server, scheme, calls(n, flight), "--limit", str(flight)),
                lambda: run(baseline_run(server, scheme, binary, n, flight)), rounds * times, bars=1.30)


def instructions(binary):
    flight, cores = 64, os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory() as folder:
        # Where an answer is late, libcurl looks for it in vain, and that is counted too. On one core, and with a
        # priority that only root may give it, the server answers before the client goes on.
        os.sched_setaffinity(0, {max(cores)})
        server = Server(folder, priority=-15)
        try:
            instructions_part.measure(
                lambda n: vmoon_run(server, "http", calls(n, flight), "--limit", str(flight)),
                lambda n: (baseline_run(server, "http", binary, n, flight),), flight, note)
        finally:
            server.stop()
            os.sched_setaffinity(0, cores)


def one_job(server, rounds):
    session = server.url("https") + "/rest/com/vmware/cis/session"
    curl = ["curl", "-sS", "--cacert", server.ca, "-u", "u:x", "-X", "POST", session, "--next",
            "-sS", "--cacert", server.ca, "-H", "vmware-api-session-id: b", server.url("https") + PATH, "--next",
            "-sS", "--cacert", server.ca, "-X", "DELETE", "-H", "vmware-api-session-id: b", session]
    compare("login + getCheckOut + log-out over TLS, against one curl", 1.20,
            lambda: vmoon(server, "https", calls(1, 1)), lambda: run(curl), rounds * 8, what=("wall",))


def startup(binary, rounds):
    compare("vmoon -e '', against C with curl_global_init", 1.40,
            lambda: run([VMOON, "-e", ""]), lambda: run([binary]), rounds * 10, what=("wall",))


PURE = {
    "fib": "local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end fib(32)",
    "strings": "for r = 1, 10 do local t = {} for i = 1, 60000 do t[i] = ('%d:%s'):format(i, 'x') end table.concat(t) end",
    "sort": "math.randomseed(7) for r = 1, 2 do local t = {} for i = 1, 150000 do t[i] = math.random() end "
            "table.sort(t) table.sort(t, function(a, b) return a > b end) end",
}


def pure_lua(rounds):
    # Both run the same interpreter, and a core's speed wanders by a tenth: many short runs say more than few long
    # ones.
    for name, code in PURE.items():
        compare(f"pure Lua ({name}), against lua5.4", 1.06, lambda: run([VMOON, "-e", code]),
                lambda: run(["lua5.4", "-e", code]), rounds * 5, what=("wall",))


def decoding(server, rounds):
    body = server.folder / "vms.json"
    theirs = (f"local cjson = require 'cjson' local f = io.open('{body}') local s = f:read 'a' "
              "for _ = 1, 40 do cjson.decode(s) end")
    ours = f"local f = io.open('{body}') local s = f:read 'a' for _ = 1, 40 do json.decode(s) end"
    if run_has_json():
        compare("decoding 10,000 machines, against cjson in lua5.4", 1.30, lambda: run([VMOON, "-e", ours]),
                lambda: run(["lua5.4", "-e", theirs]), rounds, what=("wall",))


def run_has_json():
    return subprocess.run([VMOON, "-e", "assert(json)"], capture_output=True).returncode == 0


OWN_MEMORY = """
for line in io.lines "/proc/self/status" do
  local kb = line:match "^RssAnon:%s*(%d+)" if kb then io.open("{}", "w"):write(kb):close() end
end"""


def memory(server):
    # Without the pages of the program's file: how many of them are in memory is up to the kernel and to how the file was
    # written, and two copies of one program differ by 2 MB.
    waiting, ended = server.folder / "waiting", server.folder / "ended"
    for name, bar, begin, end in (
        ("sleeping", 21, "for i = 1, 10000 do spawn(sleep, 0.6) end", "sleep(1)"),
        ("queued behind --limit", 24,
         f'local t = {{}} for i = 1, 10000 do t[i] = spawn(getCheckOut, "{ITEM}", "{VM}") end',
         "for _, task in ipairs(t) do task:join() end"),
    ):
        script = begin + OWN_MEMORY.format(waiting) + " " + end + OWN_MEMORY.format(ended)
        _, _, rss = vmoon(server, "http", script, "--limit", "16")
        first, last = (int(file.read_text()) / 1024 for file in (waiting, ended))
        note(f"10,000 tasks {name}: MB that are no file's", bar, max(first, last),
             f"{first:.1f} before the first has begun; largest RSS {rss / 1024:.1f}")


def steadiness(server, rounds):
    """Whether a long run gets slower or larger. The machine's own speed wanders by a tenth within seconds: so
    several processes, with calls in flight, which are over sooner, and the median of their ratios."""
    script = f"""
        local function rss() for line in io.lines "/proc/self/status" do
          local kb = line:match "^VmRSS:%s*(%d+)" if kb then return tonumber(kb) end end end
        local clock = os.clock
        local slices, memory = {{}}, {{}}
        for s = 1, 10 do
          local start = clock()
          parallel({{ n = 10000 }}, function() getCheckOut("{ITEM}", "{VM}") end, {{ limit = 16 }})
          slices[s], memory[s] = clock() - start, rss()
        end
        local f = io.open("{server.folder}/slices", "w")
        f:write(table.concat(slices, " "), "\\n", memory[1], " ", memory[10], "\\n")
        f:close()"""
    speeds, sizes = [], []
    for _ in range(rounds):
        vmoon(server, "http", script, "--limit", "16")
        lines = (server.folder / "slices").read_text().splitlines()
        slices = [float(x) for x in lines[0].split()]
        first, last = map(int, lines[1].split())
        speeds.append(statistics.median(slices[5:]) / statistics.median(slices[:5]))
        sizes.append(last / first)
    note("100,000 calls: CPU of the last five slices to the first five", 1.10, statistics.median(speeds),
         f"{min(speeds):.2f} to {max(speeds):.2f} in {rounds} processes")
    note("100,000 calls: RSS at the end to that after a tenth", 1.10, max(sizes), f"{last / 1024:.1f} MB")


PYTHON = """
import concurrent.futures, requests, sys
url, ca, n, flight = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
s = requests.Session()
s.verify = ca
s.mount("https://", requests.adapters.HTTPAdapter(pool_connections=flight, pool_maxsize=flight))
s.mount("http://", requests.adapters.HTTPAdapter(pool_connections=flight, pool_maxsize=flight))
with concurrent.futures.ThreadPoolExecutor(flight) as pool:
    for answer in pool.map(lambda _: s.get(url).json(), range(n)):
        assert answer["value"]["user"]
"""


def python_requests(server):
    if subprocess.run([sys.executable, "-c", "import requests"], capture_output=True).returncode != 0:
        print("Python's requests is not installed: that comparison is left out")
        return
    n, times = 2000, 10
    theirs = run([sys.executable, "-c", PYTHON, server.url("http") + PATH, "-", n, 16])[0]
    ours = vmoon(server, "http", calls(n * times, 16), "--limit", "16")[0]
    note("times faster than Python requests with 16 threads", 20, theirs * times / ours, "", at_least=True)


LUA_CURL = """
local curl, cjson = require "curl", require "cjson"
local parts
local easy = curl.easy_init()
easy:setopt(curl.OPT_URL, arg[1])
easy:setopt(curl.OPT_NOSIGNAL, 1)
easy:setopt(curl.OPT_HTTPHEADER, { "vmware-api-session-id: b", "Accept: application/json" })
easy:setopt(curl.OPT_WRITEFUNCTION, function(piece) parts[#parts + 1] = piece return #piece end)
for _ = 1, tonumber(arg[2]) do
  parts = {}
  assert(easy:perform())
  assert(cjson.decode(table.concat(parts)).value.user)
end
"""


def lua_curl(server, n, rounds):
    """The newest Lua that Debian has lua-curl for is 5.2."""
    script = server.folder / "curl.lua"
    script.write_text(LUA_CURL)
    compare(f"{n} getCheckOut, one by one, http, against lua5.2 + lua-curl + cjson", None,
            lambda: vmoon(server, "http", calls(n, 1)),
            lambda: run(["lua5.2", script, server.url("http") + PATH, n]), rounds)


def journal(rounds):
    # Beside the programs: /tmp may be no disk.
    with tempfile.TemporaryDirectory(dir=SHIPPED.parents[1]) as folder:
        journal_part.measure(VMOON, SHIPPED.parent / "vmoon-sim", folder, rounds, note)


def hosts(rounds):
    # A program from before there was such a journal has nothing to measure.
    if subprocess.run([VMOON, "-e", "os.exit(share ~= nil)"]).returncode:
        return
    with tempfile.TemporaryDirectory(dir=SHIPPED.parents[1]) as folder:
        hosts_part.measure(VMOON, SHIPPED.parent / "vmoon-sim", folder, rounds, note)


def steps(rounds):
    # A program from before there were steps has nothing to measure.
    if subprocess.run([VMOON, "-e", "os.exit(step ~= nil)"]).returncode:
        return
    with tempfile.TemporaryDirectory(dir=SHIPPED.parents[1]) as folder:
        steps_part.measure(VMOON, SHIPPED.parent / "vmoon-sim", folder, rounds, note)


def whole_api(server, n, rounds):
    # A program from before there was the API has nothing to measure.
    global PROGRAMS, VMOON
    VMOON = SHIPPED

    def script(dialect, text):
        words = [VMOON, "--vcenter", server.url("http"), "--user", "u", "--api", dialect, "--limit", "16", "-"]
        env = {"PATH": os.environ["PATH"], "HOME": server.folder, "VMOON_PASSWORD": "x"}
        return run(words, env=env, stdin=text.encode())

    if BEFORE:
        api_part.start(SHIPPED, BEFORE, rounds, note)
    api_part.first_use(script, server.folder, rounds, note)
    api_part.completion(SHIPPED, server.folder, rounds, note)
    programs, PROGRAMS = PROGRAMS, [SHIPPED]
    api_part.reads(script, n, rounds, compare)
    PROGRAMS = programs


def write_report(rounds):
    folder = HERE / "runs"
    folder.mkdir(exist_ok=True)
    day = datetime.date.today().isoformat()
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                 platform.processor())
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    text = [f"# Benchmarks of {day}", "",
            f"{model}, {os.cpu_count()} cores; {swift}; {rounds} rounds, median; each figure is a ratio of two "
            "programs that ran in turn.", ""]
    table = [["what", "bar", "figure", "met", ""], ["---"] * 5, *map(list, rows)]
    name = day
    if BEFORE:
        text += [f"Before: {os.environ.get('BEFORE_NAME', BEFORE)}.", ""]
        name += "-before-and-after"
        for row, cell in zip(table, ["before", "---", *(figures_before.get(row[0], "") for row in rows)]):
            row.insert(2, cell)
    text += ["| " + " | ".join(row) + " |" for row in table]
    (folder / f"{name}.md").write_text("\n".join(text) + "\n")
    print(f"written to Tests/Benchmarks/runs/{name}.md")


def main():
    rounds = int(os.environ.get("ROUNDS", "9"))
    n = int(os.environ.get("CALLS", "20000"))
    only = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        baseline, least = f"{folder}/baseline", f"{folder}/startup"
        for source, binary in ("baseline.c", baseline), ("startup.c", least):
            subprocess.run(["cc", "-O2", "-o", binary, HERE / source, "-lcurl"], check=True)
        server = Server(folder)
        try:
            parts = {
                "startup": lambda: startup(least, rounds),
                "job": lambda: one_job(server, rounds),
                "calls": lambda: throughput(server, baseline, n, rounds),
                "instructions": lambda: each(lambda: instructions(baseline)),
                "lua": lambda: pure_lua(rounds),
                "classics": lambda: each(lambda: classics_part.measure(VMOON, note)),
                "decode": lambda: decoding(server, rounds),
                "memory": lambda: each(lambda: memory(server)),
                "steady": lambda: each(lambda: steadiness(server, rounds)),
                "python": lambda: each(lambda: python_requests(server)),
                "prompt": lambda: each(lambda: prompt_part.measure(VMOON, folder, rounds, note)),
                "journal": lambda: each(lambda: journal(rounds)),
                "steps": lambda: each(lambda: steps(rounds)),
                "hosts": lambda: each(lambda: hosts(rounds)),
                "api": lambda: whole_api(server, n, rounds),
                "luacurl": lambda: lua_curl(server, n // 4, rounds),
            }
            for name, part in parts.items():
                if not only or name in only:
                    part()
        finally:
            server.stop()
    if not only:
        write_report(rounds)


main()
