"""Notes how many words an article has and how many of them are long, and cuts lines between plus signs."""

import copydesk_component


def process(article, config):
    words = article.text.split()
    n_long = sum(len(word) >= config["long"] for word in words)
    article.note("my_stage", {"words": len(words), "long": n_long})
    for block in article.blocks:
        if block.is_body and block.text.startswith("+++") and block.text.endswith("+++"):
            article.cut(block, "advert", rule="plus_signs")


WitWorld = copydesk_component.world(process, name="my_stage", version="0.1.0")
