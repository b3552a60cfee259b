"""A plugin that is good to most articles, and bad over those that say POISON, in the way that its configuration says."""

import json
import mmap
import os
import signal
import sys
import threading
import time
import traceback

import copydesk_plugin

OUT = int(os.environ.get("COPYDESK_OUT_FD", "1"))


def whole(line):
    """Writes past the SDK, and lets the host decide what comes next."""
    os.write(OUT, line + b"\n")
    time.sleep(600)


def process(article, config):
    article.note("words", len(article.text.split()))
    how = config["how"]
    if how == "env":
        article.note("env", sorted(os.environ))
        article.note("cwd", os.getcwd())
        article.note("fds", sorted(os.listdir("/proc/self/fd")))
        return None
    if how == "retry":
        seen = article.id in SEEN
        SEEN.add(article.id)
        if not seen:
            raise copydesk_plugin.Retry("not yet")
        return None
    if "POISON" not in article.text:
        return None
    print("over", article.uri.rsplit("/")[-1], file=sys.stderr)
    if how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "exit":
        os._exit(0)
    elif how.startswith("exit "):
        os._exit(int(how.split()[1]))
    elif how == "forge":
        # What its keeper would say of it, were it so.
        sys.stderr.buffer.write(b'\n\0copydesk {"beyond":"all bounds"}\n')
        sys.stderr.flush()
        os._exit(7)
    elif how == "traceback":
        # Past the SDK, which would answer for it.
        try:
            raise RuntimeError("no 'harbour' \x1b[31m")
        except RuntimeError:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)
    elif how == "hang":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    elif how == "print":
        for _ in range(20_000):
            print("\x1b[31m" + "noise " * 100)
            print("more noise", file=sys.stderr)
    elif how == "flood":
        while True:
            os.write(OUT, b"x" * 65536)
    elif how == "garbage":
        whole(b"{]")
    elif how == "unknown":
        whole(b'{"t":"greetings"}')
    elif how == "another":
        answer = {"k": 0, "id": "0" * 64, "op": "keep"}
        whole(json.dumps({"t": "result", "seq": SEQ_OF(), "items": [answer]}).encode())
    elif how == "twice":
        answer = {"k": 0, "id": article.id, "op": "keep"}
        whole(json.dumps({"t": "result", "seq": SEQ_OF(), "items": [answer, answer]}).encode())
    elif how == "silence":
        whole(json.dumps({"t": "result", "seq": SEQ_OF(), "items": []}).encode())
    elif how == "memory":
        hold = []
        while True:
            hold.append(bytearray(16 << 20))
    elif how == "fork":
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                    time.sleep(600)
                os._exit(0)
        os._exit(9)
    elif how == "bomb":
        # Each doubles itself, in a session of its own, as often as that; then they stay.
        for _ in range(9):
            if os.fork() == 0:
                os.setsid()
        time.sleep(600)
    elif how == "threads":
        threading.stack_size(32 << 10)
        for _ in range(10_000):
            threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        time.sleep(600)
    elif how == "many":
        # None of them has too much.
        for _ in range(5):
            if os.fork() == 0:
                hold = bytearray(40 << 20)
                hold[::4096] = b"x" * len(hold[::4096])
                time.sleep(600)
        time.sleep(600)
    elif how == "shared":
        hold = mmap.mmap(-1, 200 << 20)
        for at in range(0, len(hold), 4096):
            hold[at] = 1
        time.sleep(600)
    elif how == "sharing":
        # All of them hold the same, which is not too much; they have touched it once it is answered.
        hold = mmap.mmap(-1, 60 << 20)
        hold.write(b"x" * len(hold))
        touched, touches = os.pipe()
        for _ in range(4):
            if os.fork() == 0:
                for at in range(0, len(hold), 4096):
                    hold[at] = 1
                os.write(touches, b"x")
                time.sleep(600)
        for _ in range(4):
            os.read(touched, 1)
        # Long enough to be looked at.
        time.sleep(0.5)
    elif how == "raise":
        raise ValueError("no such harbour")
    elif how == "law":
        article._cuts.append({"span": [0, 100_000], "reason": "promo"})
    elif how == "drop":
        return copydesk_plugin.drop("poisonous")
    return None


SEEN = set()


def SEQ_OF():
    """The number of the batch under way, from the caller's frame."""
    frame = sys._getframe()
    while frame:
        if isinstance(frame.f_locals.get("frame"), dict) and "seq" in frame.f_locals["frame"]:
            return frame.f_locals["frame"]["seq"]
        frame = frame.f_back
    raise RuntimeError("no batch")


copydesk_plugin.run(process, max_batch=None)
