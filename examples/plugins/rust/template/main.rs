//! Notes how many words an article has and how many of them are long, and cuts lines between plus signs.

mod copydesk_plugin;

use copydesk_plugin::{Article, Cut, Outcome, Value, Verdict, json};

fn process(article: &mut Article, config: &Value) -> Outcome {
    let long = config["long"].as_u64().ok_or("`long` is missing in [stage.config]")?;
    let text = article.text();
    let words: Vec<&str> = text.split_whitespace().collect();
    let n_long = words.iter().filter(|word| word.chars().count() as u64 >= long).count();
    article.note("my_stage", json!({ "words": words.len(), "long": n_long }));
    for block in article.blocks() {
        if block.is_body() && block.text.starts_with("+++") && block.text.ends_with("+++") {
            article.cut(Cut::of(&block, "advert").rule("plus_signs"));
        }
    }
    Ok(Verdict::Keep)
}

fn main() {
    copydesk_plugin::run("my_stage", "0.1.0", process);
}
