"""Cuts what one outlet puts into its articles and no rule knows: see the rules in `plugin.toml`.

An outlet is known before any other stage has run: `article.outlet` is the host that the article says it is from
(the address it was fetched from, its canonical link, the `url` of a record), or else the folder of its file.
"""

import re

import copydesk_plugin

PLACES = ("begins", "line", "below", "end")


def check(rule):
    given = [place for place in PLACES if place in rule]
    unknown = sorted(set(rule) - {"name", "reason", *PLACES})
    if len(given) != 1 or unknown or "name" not in rule or "reason" not in rule:
        raise ValueError(f"rule {rule}: it takes `name`, `reason` and one of {', '.join(PLACES)}")


def cut(article, blocks, rule):
    """Cuts what one rule says, and returns the blocks that are left whole."""
    left = []
    for idx, block in enumerate(blocks):
        text = block.text
        if "below" in rule and text.strip() == rule["below"]:
            for rest in blocks[idx:]:
                article.cut(rest, rule["reason"], rule["name"])
            return left
        if "begins" in rule and text.startswith(rule["begins"]):
            article.cut(block, rule["reason"], rule["name"])
        elif "line" in rule and re.fullmatch(rule["line"], text):
            article.cut(block, rule["reason"], rule["name"])
        elif "end" in rule and (found := re.search(f"(?:{rule['end']})$", text)):
            article.cut(block, rule["reason"], rule["name"], start=found.start())
        else:
            left.append(block)
    return left


def process(article, config):
    rules = config.get("sites", {}).get(article.outlet, [])
    blocks = [block for block in article.blocks if block.is_body]
    for rule in rules:
        check(rule)
        blocks = cut(article, blocks, rule)


copydesk_plugin.run(process, version="1.0.0")
