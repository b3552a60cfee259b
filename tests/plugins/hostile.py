"""A plugin that speaks the protocol by itself, and does to each article what the article says: `POISON how`."""

import json
import os
import resource
import signal
import socket
import sys
import time

IN, OUT = int(os.environ["COPYDESK_IN_FD"]), int(os.environ["COPYDESK_OUT_FD"])


def send(line):
    view = memoryview(line.encode() if isinstance(line, str) else line)
    while view:
        view = view[os.write(OUT, view) :]


def members(**given):
    return lambda article: json.dumps(given)[1:-1]


def spans(article):
    return [block["span"] for block in article["blocks"] if block["kind"] == "paragraph"]


def overlapping(article):
    """Every two of: whole, first half, second half, middle, one byte; in all orders, and each of them twice."""
    start, end = spans(article)[0]
    middle = start + 10
    pieces = [[start, end], [start, middle], [middle, end], [start + 4, middle + 4], [start, start + 1]]
    cuts = [{"span": span, "reason": "promo"} for one in pieces for other in pieces for span in (one, other)]
    return '"op":"keep","notes":{"words":1},"cuts":' + json.dumps(cuts)


def cut(**given):
    return lambda article: '"op":"keep","cuts":[%s]' % json.dumps({"reason": "promo", **given})


def keep(text):
    return lambda article: '"op":"keep",' + (text() if callable(text) else text)


def deep(levels):
    return "[" * levels + "]" * levels


# What is answered for one article, as it stands in a line.
ANSWERS = {
    "overlapping": overlapping,
    "deep_unknown": keep('"notes":{"words":1},"later":' + deep(100_000)),
    "huge_unknown": keep(lambda: '"notes":{"words":1},"later":"%s"' % ("x" * 15_000_000)),
    "deep_notes": keep('"notes":{"n":%s}' % deep(100_000)),
    "rather_deep_notes": keep('"notes":{"n":%s}' % deep(125)),
    "deep_fields": keep('"fields":{"title":%s}' % deep(5000)),
    "deep_cuts": keep('"cuts":' + deep(5000)),
    "deep_reason": lambda article: '"op":"drop","reason":' + deep(100_000),
    "open_brackets": keep('"notes":' + "[" * 200_000),
    "many_values": keep(lambda: '"notes":{"n":[%s1]}' % ("{}," * 4_000_000)),
    "not_a_number": keep('"notes":{"n":NaN}'),
    "endless": keep('"notes":{"n":1e999}'),
    "half_a_character": keep('"notes":{"n":"\\ud800"}'),
    "half_a_name": keep('"notes":{"\\udfff":1}'),
    "half_a_reason": lambda article: '"op":"drop","reason":"\\ud800"',
    "op_twice": keep('"op":"drop","reason":"x"'),
    "notes_twice": keep('"notes":{"words":1},"notes":{}'),
    "notes_list": keep('"notes":[]'),
    "note_of_ours": keep('"notes":{"supersedes":"%s"}' % ("0" * 64)),
    "note_of_a_stage": keep('"notes":{"find_duplicates":{"takes_over":"%s"}}' % ("0" * 64)),
    "note_without_name": keep('"notes":{"":1}'),
    "long_name": keep('"notes":{"%s":1}' % ("n" * 200)),
    "control_name": keep('"notes":{"a\\u001b[2J":1}'),
    "empty_title": members(op="keep", fields={"title": " \t"}),
    "null_title": members(op="keep", fields={"title": None}),
    "huge_title": members(op="keep", fields={"title": "x" * 900_000}),
    "larger_title": keep(lambda: '"fields":{"title":"%s"}' % ("x" * 10_000_000)),
    "control_title": members(op="keep", fields={"title": "a\0b"}),
    "no_field": members(op="keep", fields={"id": "0" * 64}),
    "text_field": members(op="keep", fields={"text": "another"}),
    "no_day": members(op="keep", fields={"published": "2026-02-30"}),
    "no_address": members(op="keep", fields={"url": "javascript:alert(1)"}),
    "no_authors": members(op="keep", fields={"authors": []}),
    "cut_backwards": cut(span=[20, 10]),
    "cut_negative": cut(span=[-1, 10]),
    "cut_fraction": cut(span=[0.5, 10]),
    "cut_beyond": cut(span=[0, 2**64 - 1]),
    "cut_far_beyond": cut(span=[0, 2**64]),
    "cut_nothing": cut(span=[5, 5]),
    "cut_across": lambda article: cut(span=[spans(article)[0][0], spans(article)[-1][1]])(article),
    "cut_unknown": lambda article: cut(span=spans(article)[0], reason="dull")(article),
    "cut_sure": lambda article: cut(span=spans(article)[0], confidence=1.1)(article),
    "cut_rule": lambda article: cut(span=spans(article)[0], rule="a b\x1b")(article),
    "drop_silently": members(op="drop", reason="  "),
    "drop_loudly": members(op="drop", reason="\x1b[2J" * 100_000),
    "fail_loudly": members(op="fail", code="\n" * 5000, message="m\x1b" * 1_000_000),
    "no_op": members(notes={}),
    "fraction_k": keep('"k":0.0'),
}


def half_and_end(line):
    send(line[: len(line) // 2])
    os._exit(0)


def deaf_and_dumb(line):
    os.close(OUT)
    while True:
        time.sleep(600)


def byte_by_byte(line):
    for at in range(40):
        send(line[at : at + 1])
        time.sleep(0.015)
    send(line[40:] + "\n")


def early(line):
    send(line + "\n" + '{"t":"result","seq":%d,"items":[]}\n' % (json.loads(line)["seq"] + 1))


def floods(what):
    def flood(line):
        while True:
            send(what * 65536)

    return flood


def one_line(make):
    def answer(line):
        send(make(line))

    return answer


def stop(line):
    os.kill(os.getpid(), signal.SIGSTOP)


def kill_the_keeper(line):
    os.kill(-os.getpgid(os.getppid()), signal.SIGKILL)
    time.sleep(600)


def stop_the_keeper(line):
    os.kill(os.getppid(), signal.SIGSTOP)
    time.sleep(600)


def keep_a_way_in(line):
    """A descriptor that writes to what it reads from: nobody can see any more that its other end is closed."""
    os.open("/proc/self/fd/%d" % IN, os.O_WRONLY)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)


def flee(line):
    """Into a session of their own, deaf to SIGTERM, with all descriptors; then the plugin ends as if all were well."""
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                time.sleep(600)
            os._exit(0)
    os._exit(0)


def let_another_answer(line):
    if os.fork() == 0:
        time.sleep(0.2)
        send(line + "\n")
        time.sleep(600)
    os._exit(0)


def limit_itself(line):
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (1, 1))
    while True:
        pass


def print_without_end(line):
    for _ in range(500):
        os.write(2, b"x" * 65536)
    os._exit(7)


def spoof_its_end(line):
    """Says in its keeper's words that all is well, and leaves no room for the keeper to say otherwise."""
    os.set_blocking(2, False)
    for _ in range(20_000):
        try:
            os.write(2, b'\n\0copydesk {"exit":0}\n' * 100)
        except BlockingIOError:
            pass
    os.kill(os.getpid(), signal.SIGSEGV)


def litter(line):
    for place in ("state", "state/stages", "state/sinks"):
        if os.path.isdir(place):
            open(place + "/litter", "w").write("litter")
    os._exit(8)


def read_no_more(line):
    time.sleep(600)


def shut(line):
    for number in range(64):
        try:
            os.close(number)
        except OSError:
            pass
    time.sleep(600)


# What is done instead of sending the line.
ACTS = {
    "half_and_end": half_and_end,
    "deaf_and_dumb": deaf_and_dumb,
    "byte_by_byte": byte_by_byte,
    "early": early,
    "pongs": floods('{"t":"pong","n":1}\n'),
    "zeros": floods("\0"),
    "line_feeds": floods("\n"),
    "blank": one_line(lambda line: "\n" + line + "\n"),
    "windows": one_line(lambda line: " \t" + line + " \r\n"),
    "marked": one_line(lambda line: "\ufeff" + line + "\n"),
    "wide": one_line(lambda line: (line + "\n").encode("utf-16-le")),
    "listed": one_line(lambda line: '["result",1,[]]\n'),
    "crowd": one_line(lambda line: line.replace('"items":[', '"items":[' + '{"k":0,"id":"x","op":"keep"},' * 1001) + "\n"),
    "again_ready": one_line(lambda line: '{"t":"ready","proto":1}\n'),
    "drained": one_line(lambda line: '{"t":"drained"}\n'),
    "stop": stop,
    "kill_the_keeper": kill_the_keeper,
    "stop_the_keeper": stop_the_keeper,
    "keep_a_way_in": keep_a_way_in,
    "flee": flee,
    "let_another_answer": let_another_answer,
    "limit_itself": limit_itself,
    "print_without_end": print_without_end,
    "spoof_its_end": spoof_its_end,
    "litter": litter,
    "shut": shut,
}


def wanted(article):
    text = "\n".join(block["text"] for block in article["blocks"])
    return text.split("POISON ")[1].split()[0] if "POISON " in text else None


def serve():
    # It calls itself otherwise each time.
    ready = {"t": "ready", "proto": 1, "name": "hostile %d" % os.getpid(), "version": str(time.time())}
    for line in os.fdopen(IN, "rb"):
        frame = json.loads(line)
        if frame["t"] == "hello":
            send(json.dumps(ready) + "\n")
        elif frame["t"] == "ping":
            send('{"t":"pong","n":%d}\n' % frame["n"])
        elif frame["t"] == "drain":
            return send('{"t":"drained"}\n')
        if frame["t"] != "batch":
            continue
        items, act = [], None
        for item in frame["items"]:
            how = wanted(item["article"])
            act = ACTS.get(how, act)
            rest = ANSWERS.get(how, keep('"notes":{"words":1}'))(item["article"])
            items.append('{"k":%d,"id":"%s",%s}' % (item["k"], item["article"]["id"], rest))
        line = '{"t":"result","seq":%d,"items":[%s]}' % (frame["seq"], ",".join(items))
        if act:
            act(line)
        else:
            send(line + "\n")


serve()
