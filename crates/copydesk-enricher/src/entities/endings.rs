//! Words told by their ends: adjectives, genitives, and the small words for `and`.

/// True for what looks like an adjective in a Slavic language, in any case.
pub(super) fn is_slavic_adjective(word: &str) -> bool {
    const ENDS: [&str; 20] = [
        "ский",
        "ского",
        "скому",
        "ским",
        "ском",
        "ская",
        "ской",
        "скую",
        "ское",
        "ный",
        "ного",
        "ная",
        "ной",
        "ное",
        "ський",
        "ська",
        "ський",
        "ski",
        "ska",
        "wy",
    ];
    const MORE: [&str; 8] = ["skiego", "skiej", "owa", "owy", "na", "ny", "ного", "ького"];
    word.chars().count() > 4 && ENDS.iter().chain(&MORE).any(|end| word.ends_with(end))
}

/// True for `and`.
pub(super) fn is_and(word: &str) -> bool {
    matches!(word, "and" | "und" | "et" | "y" | "e" | "en" | "och" | "og" | "i" | "и" | "та" | "ve")
}

/// True for what looks like a noun in the genitive, and like no verb.
pub(super) fn is_slavic_genitive(word: &str) -> bool {
    const ENDS: [&str; 14] =
        ["ры", "ны", "ды", "ов", "ев", "ения", "ания", "ства", "ости", "ття", "ння", "ury", "nych", "nia"];
    word.chars().count() > 4 && ENDS.iter().any(|end| word.ends_with(end))
}

/// True for what looks like an adjective in French or Italian.
pub(super) fn is_adjective(word: &str) -> bool {
    const ENDS: [&str; 36] = [
        "al",
        "ale",
        "ales",
        "aux",
        "el",
        "elle",
        "elles",
        "ique",
        "iques",
        "ien",
        "ienne",
        "ier",
        "ière",
        "ois",
        "oise",
        "ais",
        "aise",
        "anne",
        "estois",
        "if",
        "ive",
        "ain",
        "aine",
        "ouse",
        "ousain",
        "onnais",
        "eur",
        "eure",
        "rice",
        "aire",
        "ouvrière",
        "agricole",
        "unies",
        "communs",
        "publique",
        "public",
    ];
    word.chars().count() > 4 && ENDS.iter().any(|end| word.ends_with(end))
}
