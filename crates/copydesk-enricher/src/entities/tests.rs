#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::*;

/// `kind name xN (aliases)`, one a line, in order.
fn names(raw: &str, language: &str) -> String {
    let text = Text::plain(raw, language);
    let shown = find(&text, language).into_iter().map(|entity| {
        let kind = match entity.kind {
            EntityKind::Person => "P",
            EntityKind::Organisation => "O",
            EntityKind::Place => "L",
        };
        let aliases = if entity.aliases.is_empty() {
            String::new()
        } else {
            format!(" ({})", entity.aliases.join(", "))
        };
        format!("{kind} {} x{}{aliases}", entity.name, entity.count)
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn joins_short_forms_and_spellings() {
    let raw = "President Volodymyr Zelenskyy met Yuri Ushakov in Moscow. Zelensky said little. Yury Ushakov, an \
               aide, left. Mr Ushakov's car was late.";
    assert_eq!(
        names(raw, "en"),
        "P Yuri Ushakov x3 (Yury Ushakov, Ushakov)\nP Volodymyr Zelenskyy x2 (Zelensky)\nL Moscow x1"
    );
}
