// Notes how many words an article has and how many of them are long, and cuts lines between plus signs.
import * as copydesk from "./copydesk_plugin.mjs";

function process(article, config) {
  const words = article.text.match(/\S+/g) ?? [];
  const long = words.filter((word) => word.length >= config.long).length;
  article.note("my_stage", { words: words.length, long });
  for (const block of article.blocks) {
    if (block.isBody && block.text.startsWith("+++") && block.text.endsWith("+++")) {
      article.cut(block, "advert", { rule: "plus_signs" });
    }
  }
}

copydesk.run(process, { version: "0.1.0" });
