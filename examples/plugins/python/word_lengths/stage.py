"""Notes how many words of each length an article has: `notes.word_lengths`, `{"4": 17, "5": 9, …}`."""

from collections import Counter

import copydesk_plugin


def process(article, config):
    longest = config.get("longest", 20)
    lengths = Counter(min(len(word.strip(".,;:!?\"'()“”‘’«»…")), longest) for word in article.text.split())
    article.note("word_lengths", {str(length): n for length, n in sorted(lengths.items()) if length})


copydesk_plugin.run(process, version="1.0.0")
