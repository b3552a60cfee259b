//! Spellings of one name: `Zelensky` and `Selenskyj`, `Yuri` and `Yury`, `Mohammed` and `Muhammad`.

/// A word as transcriptions of other scripts agree on it: letters that stand for one sound are one.
pub(super) fn sound(word: &str) -> String {
    let plain: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphabetic()).map(plain).collect();
    let mut sound = String::with_capacity(plain.len());
    let mut at = 0;
    while let Some(c) = plain.get(at) {
        let rest = plain.get(at..).unwrap_or_default();
        let (heard, len) = match rest {
            ['s', 'c', 'h', ..] => ("s", 3),
            ['s', 'h' | 'z', ..] | ['z', 'h', ..] => ("s", 2),
            ['k', 'h', ..] => ("h", 2),
            ['p', 'h', ..] => ("f", 2),
            ['c', 'k', ..] => ("k", 2),
            ['t', 'h', ..] => ("t", 2),
            ['o', 'u', ..] => ("u", 2),
            ['y' | 'j', ..] => ("i", 1),
            ['w', ..] => ("v", 1),
            ['z', ..] => ("s", 1),
            ['c' | 'q', ..] => ("k", 1),
            ['x', ..] => ("ks", 1),
            _ => ("", 1),
        };
        if heard.is_empty() {
            push(&mut sound, *c);
        } else {
            heard.chars().for_each(|c| push(&mut sound, c));
        }
        at += len;
    }
    sound
}

/// Double letters are one.
fn push(sound: &mut String, c: char) {
    if !sound.ends_with(c) {
        sound.push(c);
    }
}

/// True if two given names are spellings of one.
pub(super) fn same_given(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let (one_sound, other_sound) = (sound(one), sound(other));
    if one_sound == other_sound {
        return true;
    }
    // An initial stands for any name that opens with it.
    let is_initial = |word: &str| word.trim_end_matches('.').chars().count() == 1;
    let first = |sound: &str| sound.chars().next();
    if is_initial(one) || is_initial(other) {
        return first(&one_sound) == first(&other_sound);
    }
    // Arabic writes few vowels; how they are heard differs.
    let (one_bones, other_bones) = (bones(&one_sound), bones(&other_sound));
    let ends = |sound: &str| sound.chars().next_back().is_some_and(is_vowel);
    one_bones.len() >= 4
        && one_bones == other_bones
        && ends(&one_sound) == ends(&other_sound)
        && first(&one_sound).is_some_and(is_vowel) == first(&other_sound).is_some_and(is_vowel)
}

/// True if two words have the same letters, whatever their case and accents.
pub(super) fn same_letters(one: &str, other: &str) -> bool {
    letters(one).eq(letters(other))
}

fn letters(word: &str) -> impl Iterator<Item = char> {
    word.chars().flat_map(char::to_lowercase).map(plain)
}

/// The sound that a word may open with: words with different heads are no spellings of each other, which most pairs
/// of words show by that alone.
pub(super) fn head(word: &str) -> char {
    match letters(word).next() {
        Some('z' | 's') => 's',
        Some('c' | 'k' | 'q' | 'x' | 'h') => 'k',
        Some('v' | 'w') => 'v',
        Some('i' | 'y' | 'j') => 'i',
        Some('f' | 'p') => 'f',
        Some('o' | 'u') => 'u',
        Some(c) => c,
        None => ' ',
    }
}

/// True if two surnames are spellings of one. Short ones are too alike.
pub(super) fn same_surname(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > 4 {
        return false;
    }
    let one = sound(one);
    one.chars().count() >= 6 && one == sound(other)
}

fn bones(sound: &str) -> String {
    sound.chars().filter(|c| !is_vowel(*c)).collect()
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u')
}

fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ā' | 'ă' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ū' => 'u',
        'ç' | 'ć' | 'č' => 'c',
        'ñ' | 'ń' => 'n',
        'ś' | 'š' | 'ş' => 's',
        'ź' | 'ż' | 'ž' => 'z',
        'ł' => 'l',
        'ý' | 'ÿ' => 'y',
        'ё' => 'е',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_spellings_of_one_name() {
        for (one, other) in
            [("Zelenskyy", "Zelensky"), ("Selenskyj", "Zelenski"), ("Lukashenko", "Lukaschenko")]
        {
            assert!(same_surname(one, other), "{one} {other}");
        }
        for (one, other) in [("Yuri", "Yury"), ("Mohammed", "Muhammad"), ("V.", "Vladimir"), ("José", "Jose")]
        {
            assert!(same_given(one, other), "{one} {other}");
        }
    }

    #[test]
    fn leaves_two_people_apart() {
        for (one, other) in [
            ("Donald", "Melania"),
            ("Maria", "Marina"),
            ("Carlo", "Carla"),
            ("Daniel", "Daniela"),
            ("Jan", "Jana"),
            ("Julia", "Julian"),
            ("Alexander", "Alexandra"),
            ("D.", "Melania"),
        ] {
            assert!(!same_given(one, other), "{one} {other}");
        }
        for (one, other) in [("Meyer", "Meier"), ("Keller", "Kessler"), ("Petrova", "Petrov")] {
            assert!(!same_surname(one, other), "{one} {other}");
        }
    }
}
