"""What the whole Automation API costs: at the start, at its first use, at a key that completes, and for each read."""

import os
import statistics
import subprocess
import time

import prompt_part

ITEM, VM = "00000000-0000-4000-a17e-000000000002", "vm-110"
OURS = f'getCheckOut("{ITEM}", "{VM}")'
WHOLE = ("api.vcenter.vm_template.library_items.check_outs.get"
         f'{{ template_library_item = "{ITEM}", vm = "{VM}" }}')

FIRST = """
local function took(call)
  local start = time.now()
  call()
  return (time.now() - start) * 1000
end
local function whole() return %s end
%s
io.open("%s/first", "w"):write(took(whole), " ", took(whole)):close()
"""


def first_use(vmoon, folder, rounds, note):
    """Milliseconds of the first call: its names, its facts, its check, and one request; and of the second."""
    times = []
    for _ in range(rounds):
        # The function opens the session, and needs no index.
        vmoon("api", FIRST % (WHOLE, OURS, folder))
        times.append([float(word) for word in open(f"{folder}/first", encoding="ascii").read().split()])
    note("first use of vc.api, with one request: ms", 5, statistics.median(first for first, _ in times),
         f"the second {statistics.median(second for _, second in times):.2f} ms, longest first "
         f"{max(first for first, _ in times):.2f} ms")


def completion(program, folder, rounds, note):
    """Milliseconds from Tab to the screen, where the index was not read before, and afterwards."""
    first, later = [], []
    for _ in range(rounds):
        terminal = prompt_part.Terminal([program, "--vcenter", "192.0.2.1", "--user", "me"], folder)
        terminal.read_until(b"192.0.2.1> ")
        for text in b"api.vcenter.vm.", b"api.cis.tagging.tag_association.attach{ ":
            for times in first, later:
                for letter in text:
                    terminal.press(bytes([letter]))
                terminal.settle()
                times.append(terminal.press(b"\t"))
                terminal.settle()
                os.write(terminal.master, b"\x03")
                terminal.settle()
        terminal.stop()
    note("Tab in a name of the API, the first: ms", 5, statistics.median(first) * 1000,
         f"longest {max(first) * 1000:.1f} ms")
    note("Tab in a name of the API, later: ms", 5, statistics.median(later) * 1000,
         f"longest {max(later) * 1000:.1f} ms")


def loop(n, call):
    return f"parallel({{ n = {n} }}, function() {call} end, {{ limit = 16 }})"


def reads(vmoon, n, rounds, compare):
    """The same reads by the operation's own name and by vmoon's function."""
    for dialect, name in ("jsonrpc", "as JSON-RPC too"), ("api", "over /api"):
        compare(f"{n} reads of vc.api, 16 in flight, against getCheckOut {name}", 1.25,
                lambda: vmoon(dialect, loop(n, WHOLE)),
                lambda: vmoon(dialect, loop(n, OURS)), rounds)


def start(program, before, rounds, note):
    """Milliseconds that a start takes more than before there was the API."""
    seconds = {program: [], before: []}
    for _ in range(rounds * 20):
        for each in before, program:
            begin = time.monotonic()
            subprocess.run([str(each), "-e", ""], check=True)
            seconds[each].append(time.monotonic() - begin)
    mine, theirs = (statistics.median(seconds[each]) * 1000 for each in (program, before))
    note("start of vmoon -e '', ms more than before", 0.1, mine - theirs, f"{mine:.2f} ms against {theirs:.2f} ms")
