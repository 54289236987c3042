"""Sixteen classic programs in plain Lua: the CPU time that each takes, ours against Debian's lua5.4."""

import os
import pathlib
import statistics
import subprocess
import sys

PROGRAMS = pathlib.Path(__file__).resolve().parent / "classics"
ROUNDS, BAR = 7, 1.05


def cpu(argv):
    """The seconds of CPU that a program took, its own and the kernel's for it, and what it printed."""
    child = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    printed = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(map(str, argv))} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, printed


def measure(vmoon, note):
    """Notes for each program the ratio of the two medians; the two run in turn."""
    for program in sorted(PROGRAMS.glob("*.lua")):
        ours, theirs = [], []
        for _ in range(ROUNDS):
            their_time, their_text = cpu(["lua5.4", program])
            our_time, our_text = cpu([vmoon, program])
            if our_text != their_text:
                sys.exit(f"{program.name} prints something else under vmoon than under lua5.4")
            theirs.append(their_time)
            ours.append(our_time)
        us, them = statistics.median(ours), statistics.median(theirs)
        note(f"{program.stem.replace('_', ' ')}, against lua5.4: CPU", BAR, us / them,
             f"{us:.3f} s against {them:.3f} s")
