#!/usr/bin/env python3
"""Plain-text dumps of a benchmark's pages, as other tools make them.

  dumps.py DATA_DIR OUT_DIR [--kinds KIND ...] [--jobs N]

DATA_DIR holds html/ID.html[.gz]; each page becomes OUT_DIR/KIND/ID.txt:

  htmltext    html-text with its layout, blank lines kept
  inscriptis  inscriptis, indented lists and tables set in columns
  lynx        lynx -dump at 72 columns, no links
  lynxlinks   the same with [12] before each link, and the list of addresses at the end
  w3m         w3m -dump at 80 columns
  markdown    markdownify, links and images kept, no wrapping
  html2text   html2text, links and images kept, wrapped at 78 columns

Needs from pip: html-text inscriptis markdownify html2text; from the system: lynx w3m. What fails on a page
writes an empty dump and a line on standard error, so that every kind has every page.
"""
import argparse
import gzip
import multiprocessing
import subprocess
import sys
import tempfile
from pathlib import Path

TIMEOUT = 60


def by_htmltext(html):
    import html_text
    return html_text.extract_text(html, guess_layout=True)


def by_inscriptis(html):
    from inscriptis import get_text
    return get_text(html)


def by_markdownify(html):
    from markdownify import markdownify
    # Without this, the text of scripts and style sheets would be dumped with the rest.
    return markdownify(without_code(html), heading_style="ATX")


def without_code(html):
    from bs4 import BeautifulSoup
    soup = BeautifulSoup(html, "lxml")
    for element in soup(["script", "style", "noscript", "template", "head"]):
        element.decompose()
    return str(soup)


def by_html2text(html):
    import html2text
    return html2text.HTML2Text().handle(html)


def by_program(command, html):
    with tempfile.NamedTemporaryFile(suffix=".html") as page:
        page.write(html.encode("utf-8", "replace"))
        page.flush()
        done = subprocess.run([*command, page.name], stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIMEOUT, check=True)
    return done.stdout.decode("utf-8", "replace").replace(page.name, "page.html")


LYNX = ["lynx", "-dump", "-width=72", "-force_html", "-display_charset=utf-8", "-assume_charset=utf-8"]
W3M = ["w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", "80"]
KINDS = {
    "htmltext": by_htmltext,
    "inscriptis": by_inscriptis,
    "lynx": lambda html: by_program([*LYNX, "-nolist"], html),
    "lynxlinks": lambda html: by_program(LYNX, html),
    "w3m": lambda html: by_program(W3M, html),
    "markdown": by_markdownify,
    "html2text": by_html2text,
}


def dump(job):
    source, out, kinds = job
    data = source.read_bytes()
    if source.suffix == ".gz":
        data = gzip.decompress(data)
    html = data.decode("utf-8", "replace")
    name = source.name.split(".")[0] + ".txt"
    failed = []
    for kind in kinds:
        try:
            text = KINDS[kind](html)
        except Exception as error:  # a tool that fails on a page must not cost the other pages
            failed.append(f"{name}: {kind}: {type(error).__name__}: {error}")
            text = ""
        (out / kind / name).write_text(text, encoding="utf-8", errors="replace", newline="")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    for kind in options.kinds:
        (options.out / kind).mkdir(parents=True, exist_ok=True)
    pages = sorted(path for path in (options.data / "html").iterdir() if ".html" in path.suffixes)
    jobs = [(page, options.out, options.kinds) for page in pages]
    n_failed = 0
    with multiprocessing.Pool(options.jobs) as pool:
        for failed in pool.imap_unordered(dump, jobs, chunksize=8):
            n_failed += len(failed)
            for line in failed:
                print(line, file=sys.stderr)
    print(f"{len(pages)} pages, {len(options.kinds)} kinds, {n_failed} failures")


if __name__ == "__main__":
    main()
