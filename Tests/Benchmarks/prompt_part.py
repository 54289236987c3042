"""The prompt at a pseudo-terminal: how long it takes to appear, and how long a key press takes to be drawn."""

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import termios
import time


class Terminal:
    """A program on a pseudo-terminal of its own."""

    def __init__(self, argv, folder, rows=50, columns=120):
        self.start = time.monotonic()
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            env = {"PATH": os.environ["PATH"], "HOME": folder, "TERM": "xterm-256color", "COLORFGBG": "15;0"}
            os.execve(argv[0], [str(a) for a in argv], env)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, limit=10.0):
        """What comes next; empty when nothing does, or the program has ended."""
        ready, _, _ = select.select([self.master], [], [], limit)
        if not ready:
            return b""
        try:
            return os.read(self.master, 1 << 16)
        except OSError:
            return b""

    def read_until(self, mark, limit=20.0):
        """Reads until a mark has come; the seconds since the start of the program."""
        text, end = b"", time.monotonic() + limit
        while mark not in text:
            piece = self.read(max(end - time.monotonic(), 0))
            if not piece:
                raise SystemExit(f"the prompt did not show {mark!r}: {text[-300:]!r}")
            text += piece
        return time.monotonic() - self.start

    def settle(self):
        """Reads until nothing has come for a moment."""
        while self.read(0.15):
            pass

    def paste(self, text):
        """Pastes as a terminal does, and waits until all is shown."""
        rest = b"\x1b[200~" + text.encode() + b"\x1b[201~"
        while rest:
            readable, writable, _ = select.select([self.master], [self.master], [], 10)
            if readable:
                os.read(self.master, 1 << 16)
            if writable:
                rest = rest[os.write(self.master, rest[:1024]):]
        self.settle()

    def press(self, key):
        """Presses a key; the seconds until something was drawn."""
        begin = time.monotonic()
        os.write(self.master, key)
        if not self.read():
            raise SystemExit("a key press was not drawn")
        return time.monotonic() - begin

    def stop(self):
        os.kill(self.pid, signal.SIGKILL)
        os.close(self.master)
        os.waitpid(self.pid, 0)


def percentile(samples, share):
    return sorted(samples)[min(int(len(samples) * share), len(samples) - 1)]


def start_to_prompt(vmoon, folder, rounds):
    """Seconds from the start to the first prompt, of a vCenter that answers nobody."""
    samples = []
    for _ in range(rounds):
        terminal = Terminal([vmoon, "--vcenter", "192.0.2.1", "--user", "me"], folder)
        samples.append(terminal.read_until(b"192.0.2.1> "))
        terminal.stop()
    return samples


def key_presses(vmoon, folder, count):
    """Seconds from a key press to what it draws, in the middle of a block of 200 lines."""
    terminal = Terminal([vmoon, "--vcenter", "192.0.2.1", "--user", "me"], folder)
    terminal.read_until(b"192.0.2.1> ")
    line = "  if vm.power_state == 'POWERED_ON' then print(string.format('%%s %%d', vm.name, %d)) end -- note\r"
    block = "for i, vm in ipairs(listVMs()) do\r" + "".join(line % n for n in range(198)) + "end"
    terminal.paste(block)
    for _ in range(90):
        terminal.press(b"\x1b[A")
    keys = [*(bytes([letter]) for letter in b"item(vm "), b"\x7f", b"\x1b[D", b"\x1b[C"]
    samples = []
    for index in range(count):
        samples.append(terminal.press(keys[index % len(keys)]))
        # As nobody types faster: one key is done before the next one comes.
        time.sleep(0.005)
    terminal.stop()
    return samples


def measure(vmoon, folder, rounds, note):
    start = start_to_prompt(vmoon, folder, rounds * 4)
    note("start to prompt, no vCenter answers: median ms", 50, statistics.median(start) * 1000,
         f"p95 {percentile(start, 0.95) * 1000:.1f} ms")
    keys = key_presses(vmoon, folder, 400)
    note("key press to screen in 200 lines with colours: p95 ms", 5, percentile(keys, 0.95) * 1000,
         f"median {statistics.median(keys) * 1000:.2f} ms, longest {max(keys) * 1000:.1f} ms")
