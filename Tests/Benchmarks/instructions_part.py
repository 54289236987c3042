"""How many instructions one call takes, ours against the C program's: a count says more than a time."""

import re
import shutil
import subprocess
import sys

FEW, MANY, ROUNDS = 2000, 6000, 5


def count(argv, env=None, stdin=""):
    """The instructions that a program executes, of its libraries too and not of the kernel."""
    counter = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run([*counter, *map(str, argv)], env=env, input=stdin, text=True, capture_output=True)
    total = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not total:
        sys.exit(f"{argv[0]} under valgrind ended with {done.returncode}: {done.stderr[-400:]}")
    return int(total[1])


def measure(ours, theirs, flight, note):
    """Notes the ratio for one call among `flight` at a time.

    Each of the two takes a number of calls and gives the arguments of `count`. The difference of a long and a
    short run leaves out the start, the log-in and the end. What the machine does beside only adds to a count: the
    least of several counts.
    """
    name = f"instructions of one getCheckOut, {flight} in flight, http, against C"
    if not shutil.which("valgrind"):
        print(f"{name}: left out, valgrind is not installed")
        return

    def of_one(program):
        few, many = (min(count(*program(calls)) for _ in range(ROUNDS)) for calls in (FEW, MANY))
        return (many - few) / (MANY - FEW)

    vmoon, baseline = of_one(ours), of_one(theirs)
    note(name, 1.10, vmoon / baseline, f"{vmoon:.0f} against {baseline:.0f}")
