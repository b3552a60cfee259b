"""A copydesk stage in Python as a WebAssembly component: put this file and copydesk_plugin.py beside your script.

    import copydesk_component

    def process(article, config):
        article.note("n_blocks", len(article.blocks))

    WitWorld = copydesk_component.world(process, name="n_blocks", version="1.0.0")

`process` is the same as for stages of type `exec` (see copydesk_plugin.py). There are no files, no network, no clock and
no environment but what the configuration grants: `file(name)`, `now()` and `environment(name)` give it, or `None`.

What you print goes to copydesk's log.
"""

import json
import sys

import copydesk_plugin
from componentize_py_types import Err
from wit_world.imports import host, types


def file(name):
    """The text of a file that the configuration grants, by its name without folder; else None."""
    return host.file(name)


def now():
    """Seconds since 1970, if the configuration grants the clock; else None."""
    milliseconds = host.now()
    return None if milliseconds is None else milliseconds / 1000


def environment(name):
    """An environment variable that the configuration grants; else None."""
    return host.environment(name)


class _Log:
    """What is printed goes to the log, a line at a time."""

    def __init__(self, level):
        self._level, self._rest = level, ""

    def write(self, text):
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            host.log(self._level, line)
        return len(text)

    def flush(self):
        if self._rest:
            host.log(self._level, self._rest)
            self._rest = ""

    def isatty(self):
        return False


def _pairs(given):
    return [(name, json.dumps(value)) for name, value in given.items()]


def _cut(given):
    start, end = given["span"]
    reason = getattr(types.Reason, given["reason"].upper(), None)
    if reason is None:
        raise ValueError(f"`{given['reason']}` is no reason for a cut")
    return types.Cut(start, end, reason, given.get("rule"), float(given["confidence"]))


def _taken(answer):
    if answer["op"] == "drop":
        return types.Answer_Drop(answer["reason"])
    if answer["op"] == "keep":
        try:
            cuts = [_cut(cut) for cut in answer.get("cuts", [])]
        except ValueError as error:
            return types.Answer_Fail(types.Failure("ValueError", str(error), False))
        notes, fields = _pairs(answer.get("notes", {})), _pairs(answer.get("fields", {}))
        return types.Answer_Keep(types.Proposals(notes, fields, cuts))
    return types.Answer_Fail(types.Failure(answer["code"], answer["message"], answer["retryable"]))


def world(process, name, version="0", configure=None):
    """The class that has to be called `WitWorld` in your module. `configure`, if there is one, gets `[stage.config]`
    before the first article; what it raises is shown to the person."""

    class World:
        def describe(self):
            return types.Info(name, version)

        def configure(self, config):
            sys.stdout, sys.stderr = _Log(host.Level.INFO), _Log(host.Level.WARN)
            World.config = json.loads(config)
            if configure is not None:
                try:
                    configure(World.config)
                except Exception as error:
                    raise Err(f"{type(error).__name__}: {error}") from None

        def process(self, text):
            record = json.loads(host.record_json())
            answer = _taken(json.loads(copydesk_plugin._answer(process, World.config, 0, record)))
            sys.stdout.flush()
            sys.stderr.flush()
            return answer

    World.config = {}
    return World
