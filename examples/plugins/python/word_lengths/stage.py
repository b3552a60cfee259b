"""Notes how many words of each length an article has: `notes.word_lengths`, `{"4": 17, "5": 9, …}`.

    [[stage]]
    type = "exec"
    name = "word_lengths"
    command = ["python3", "plugins/word_lengths.py"]
    [stage.config]
    longest = 20                    # longer words are counted as this long
"""

from collections import Counter

import copydesk_plugin


def process(article, config):
    longest = config.get("longest", 20)
    lengths = Counter(min(len(word.strip(".,;:!?\"'()“”‘’«»…")), longest) for word in article.text.split())
    article.note("word_lengths", {str(length): n for length, n in sorted(lengths.items()) if length})


copydesk_plugin.run(process)
