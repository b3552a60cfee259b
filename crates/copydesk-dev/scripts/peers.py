#!/usr/bin/env python3
"""Other extractors over the pages of a benchmark, one tool at a time, on one thread.

  peers.py TOOL PAGES_DIR OUT.jsonl [--rounds N]

PAGES_DIR holds ID.html, or ID.txt for the tools that read text. All pages are read first; then each call is timed
with the thread's CPU clock, so imports, reading and writing cost nothing. OUT.jsonl gets {id, text} a page; one
JSON line goes to standard output: tool, version, pages, errors, and cpu_s, the best round's CPU seconds.

  trafilatura  trafilatura's extract(), without comments (pip install trafilatura)
  metadata     trafilatura's extract_metadata() on pages that are parsed already, outside the clock; OUT.jsonl gets
               {id, title, author, date}
  spans        text: the run of lines with the largest sum, where prose counts for and short lines against
"""
import argparse
import json
import logging
import time
from pathlib import Path

SMALL_WORDS = frozenset("a an and are as at be but by for from had has have he her his in is it its not of on or she "
                        "that the they this to was we were which who will with you".split())


def trafilatura_tool():
    import trafilatura
    from importlib.metadata import version
    return lambda page: trafilatura.extract(page, include_comments=False) or "", version("trafilatura")


def metadata_tool():
    from trafilatura import extract_metadata
    from importlib.metadata import version

    def read(tree):
        found = extract_metadata(tree)
        return {"title": found.title, "author": found.author, "date": found.date} if found else {}
    return read, version("trafilatura")


def parsed(page):
    from trafilatura.utils import load_html
    return load_html(page)


def gain(line):
    words = line.lower().split()
    small = sum(word in SMALL_WORDS for word in words)
    if len(words) >= 12 and 5 * small >= len(words):
        return min(len(words), 60)
    return -6 if len(words) < 8 else -2


def best_span(page):
    lines = [line for line in page.split("\n") if line.strip()]
    best, found, total, start = 0, (0, 0), 0, 0
    for idx, line in enumerate(lines):
        if total <= 0:
            total, start = 0, idx
        total += gain(line)
        if total > best:
            best, found = total, (start, idx + 1)
    return "\n".join(lines[found[0]:found[1]])


TOOLS = {"trafilatura": trafilatura_tool, "metadata": metadata_tool, "spans": lambda: (best_span, "")}


def run(extract, pages):
    texts, errors = {}, 0
    start = time.thread_time()
    for name, page in pages:
        try:
            texts[name] = extract(page)
        except Exception:  # a tool that fails on a page has found nothing there
            texts[name] = "" if isinstance(page, str) else {}
            errors += 1
    return texts, errors, time.thread_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("pages", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    extract, version = TOOLS[options.tool]()
    ending = "*.txt" if options.tool == "spans" else "*.html"
    paths = sorted(options.pages.glob(ending))
    pages = [(path.stem, path.read_text(encoding="utf-8", errors="replace")) for path in paths]
    # Trees are changed by who reads them: each round gets its own.
    parse = parsed if options.tool == "metadata" else str
    rounds = [run(extract, [(name, parse(page)) for name, page in pages]) for _ in range(max(options.rounds, 1))]
    texts, errors, _ = rounds[0]
    with open(options.out, "w", encoding="utf-8") as out:
        for name, text in texts.items():
            out.write(json.dumps({"id": name, **text} if isinstance(text, dict) else {"id": name, "text": text}) + "\n")
    cpu_s = min(seconds for _, _, seconds in rounds)
    print(json.dumps({"tool": options.tool, "version": version, "docs": len(pages), "errors": errors, "cpu_s": cpu_s}))


if __name__ == "__main__":
    main()
