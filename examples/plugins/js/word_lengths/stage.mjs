// Notes how many words of each length an article has: `notes.word_lengths`, `{"4": 17, "5": 9, …}`.
import * as copydesk from "./copydesk_plugin.mjs";

copydesk.run((article, { longest = 20 }) => {
  const lengths = {};
  for (const word of article.text.split(/\s+/)) {
    const bare = word.replace(/^[.,;:!?"'()“”‘’«»…]+|[.,;:!?"'()“”‘’«»…]+$/gu, "");
    const length = Math.min([...bare].length, longest);
    if (length > 0) lengths[length] = (lengths[length] ?? 0) + 1;
  }
  article.note("word_lengths", lengths);
}, { version: "1.0.0" });
