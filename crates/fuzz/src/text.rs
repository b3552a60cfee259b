//! Plain text and Markdown.

use super::{reading, variant};

/// Any text; and what was read as plain text is read the same way again.
pub fn run(bytes: &[u8]) {
    let (choice, bytes) = variant(bytes);
    let options = if choice & 1 == 0 { reading::usual() } else { reading::tight() };
    let name = if choice & 2 == 0 { "a.txt" } else { "a.md" };
    let articles = reading::read(name, bytes, &options);
    let Some(Ok(article)) = articles.first() else { return };
    if name == "a.txt" {
        let text = article.text();
        // More text than before: a blank line stands between blocks.
        if let Some(Ok(again)) = reading::read(name, text.as_bytes(), &reading::usual()).first() {
            assert_eq!(again.text(), text, "reading what was read changes nothing");
        }
    }
}
