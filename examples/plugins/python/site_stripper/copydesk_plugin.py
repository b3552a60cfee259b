"""A copydesk stage in Python: this file is all it takes. Put it beside your script.

    import copydesk_plugin

    def process(article, config):
        article.note("n_blocks", len(article.blocks))

    copydesk_plugin.run(process)

`process` gets one article and the table `[stage.config]` of the configuration. It proposes: `article.note`,
`article.set`, `article.cut`. It returns nothing to keep the article, or `copydesk_plugin.drop("reason")` to leave it
out. An exception sets the article aside, with its message; `raise copydesk_plugin.Retry("…")` has it tried again.

Print what you like: it goes to copydesk's log. Articles come and answers go by descriptors of their own.
"""

import json
import os
import sys
import traceback

# Bytes of the answer for one article, so that one costs no other: copydesk takes less.
MAX_ANSWER = 4 << 20
BODY = {"heading", "paragraph", "list_item", "quote", "caption", "table", "code"}


class Retry(Exception):
    """The article may go well at another time."""


class _Drop:
    def __init__(self, reason):
        self.reason = reason


def drop(reason):
    """What `process` returns to leave an article out."""
    return _Drop(str(reason))


class Block:
    """A piece of the article that is kept: `kind`, `text`, and `span`, its place in the original in bytes of UTF-8."""

    def __init__(self, given):
        self.kind = given["kind"]
        self.text = given["text"]
        self.span = tuple(given["span"])
        self.language = given.get("language")

    @property
    def is_body(self):
        """False for titles, bylines, dates and standfirsts, which are fields and cannot be cut."""
        return self.kind in BODY


class Article:
    """An article as the stages before have left it. Every member of its record is an attribute: `id`, `uri`, `title`,
    `authors`, `published`, `language`, `entities`, `keywords`, `notes`, ... (see FIELDS.md)."""

    def __init__(self, record):
        self.record = record
        self.blocks = [Block(block) for block in record["blocks"]]
        self._notes, self._fields, self._cuts = {}, {}, []

    def __getattr__(self, name):
        try:
            return self.__dict__["record"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def text(self):
        """The body: its blocks, a blank line between them."""
        return "\n\n".join(block.text for block in self.blocks if block.is_body)

    def note(self, name, value):
        """Proposes a note: anything that JSON can hold, under a name that no other stage has used."""
        self._notes[name] = value

    def set(self, field, value):
        """Proposes a field: title, authors, published, modified, dateline, standfirst, section, site, url, keywords
        or summary."""
        self._fields[field] = value

    def cut(self, block, reason, rule=None, start=0, end=None, confidence=1.0):
        """Proposes to leave out a block of the body, or the characters `start` to `end` of it. `reason` is one of
        consent, share, subscribe, navigation, related, legal, advert, comment, repeat, promo, other."""
        start, end, _ = slice(start, end).indices(len(block.text))
        at = block.span[0] + len(block.text[:start].encode())
        cut = {"span": [at, at + len(block.text[start:end].encode())], "reason": reason, "confidence": confidence}
        if rule is not None:
            cut["rule"] = rule
        self._cuts.append(cut)


def _whole(text):
    return text.encode("utf-8", "replace").decode()  # half a character is no text


def _answer(process, config, k, record):
    head = {"k": k, "id": record.get("id", "")}
    try:
        article = Article(record)
        result = process(article, config)
        if isinstance(result, _Drop):
            return json.dumps({**head, "op": "drop", "reason": _whole(result.reason)})
        if result is not None:
            raise TypeError(f"process returned {type(result).__name__}: return nothing, or copydesk_plugin.drop(reason)")
        answer = {**head, "op": "keep"}
        for name, value in (("notes", article._notes), ("fields", article._fields), ("cuts", article._cuts)):
            if value:
                answer[name] = value
        line = json.dumps(answer, ensure_ascii=False, allow_nan=False)
        n_bytes = len(line.encode("utf-8"))  # half a character is no text: the article fails here, not its whole batch
        if n_bytes > MAX_ANSWER:
            raise ValueError(f"its answer has {n_bytes} bytes, at most {MAX_ANSWER} are taken")
        return line
    except (Exception, SystemExit) as error:  # `sys.exit` somewhere in a library is no end of ours
        if not isinstance(error, Retry):
            print(f"over article {record.get('id')} ({record.get('uri')}):", file=sys.stderr)
            traceback.print_exc()
        message = (str(error) or type(error).__name__)[:2000]
        code, retryable = type(error).__name__, isinstance(error, Retry)
        return json.dumps({**head, "op": "fail", "code": code, "message": _whole(message), "retryable": retryable})


def run(process, name=None, version="0", max_batch=None):
    """Serves copydesk until it says that it is done. Run by hand, with an article's record (`copydesk clean --format
    json FILE`) on standard input, it prints its answers instead."""
    if "COPYDESK_IN_FD" not in os.environ:
        for k, line in enumerate(sys.stdin):
            print(_answer(process, {}, k, json.loads(line)))
        return
    source = os.fdopen(int(os.environ.pop("COPYDESK_IN_FD")), "rb")
    target = os.fdopen(int(os.environ.pop("COPYDESK_OUT_FD")), "wb")
    for stream in (source, target):
        os.set_inheritable(stream.fileno(), False)
    for stream in (sys.stdout, sys.stderr):  # a line is in the log at once, with what it was printed over
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True)

    def send(line):
        target.write(line.encode("utf-8", "replace") + b"\n")
        target.flush()

    config = {}
    for line in source:
        frame = json.loads(line)
        kind = frame["t"]
        if kind == "batch":
            items = ",".join(_answer(process, config, item["k"], item["article"]) for item in frame["items"])
            send('{"t":"result","seq":%d,"items":[%s]}' % (frame["seq"], items))
        elif kind == "hello":
            config = frame["config"]
            name = name or os.path.basename(sys.argv[0])
            send(json.dumps({"t": "ready", "proto": 1, "name": name, "version": version, "max_batch": max_batch}))
        elif kind == "ping":
            send(json.dumps({"t": "pong", "n": frame["n"]}))
        elif kind == "drain":
            send('{"t":"drained"}')
            return
