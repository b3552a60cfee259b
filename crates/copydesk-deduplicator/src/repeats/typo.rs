//! Whether two lines differ by slips of the pen alone.
//!
//! Two captions of one frame with other facts (another player, another day) are two captions: a number, a name or a
//! month that differs is a fact, and so is a word that is more than a letter or two away.

use strsim::levenshtein;

use super::line::{Case, Line};
use crate::fold::is_dense;

/// Words that one letter turns into one another and that are facts all the same.
const FACTS: [&str; 52] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "north",
    "south",
    "east",
    "west",
    "left",
    "million",
    "billion",
    "trillion",
    "millions",
    "billions",
    "trillions",
    "millionen",
    "billionen",
    "millones",
    "billones",
    "milhões",
    "bilhões",
    "milioni",
    "bilioni",
    "juni",
    "juli",
    "junio",
    "julio",
    "junho",
    "julho",
    "июня",
    "июля",
    "июнь",
    "июль",
    "este",
    "juin",
    "juil",
    "oeste",
];

/// What a line must say for slips in it to be forgiven.
pub(super) const MIN_WEIGHT: usize = 8;
/// Letters longer than which a word is compared for equality alone.
const LONG: usize = 40;
/// Letters of a word, and of a name, below which one letter makes another of it: `A` and `B`, `Iran` and `Iraq`.
const MIN_WORD: usize = 2;
const MIN_NAME: usize = 6;
/// Words for each slip beyond the second; letters of Thai for one.
const WORDS_A_SLIP: usize = 40;

/// True if `a` and `b` are the same words but for a few letters.
pub(super) fn alike(a: &Line<'_>, b: &Line<'_>) -> bool {
    let (left, right) = (&a.words, &b.words);
    let allowed = 2 + left.len().min(right.len()) / WORDS_A_SLIP;
    let (mut i, mut j, mut n_edits) = (0, 0, 0);
    while let (Some(one), Some(other)) = (left.get(i), right.get(j)) {
        if one == other {
            i += 1;
            j += 1;
            continue;
        }
        if let Some(distance) = left.get(i + 1).and_then(|next| joined(one, next, other)) {
            n_edits += distance;
            i += 2;
            j += 1;
        } else if let Some(distance) = right.get(j + 1).and_then(|next| joined(other, next, one)) {
            n_edits += distance;
            i += 1;
            j += 2;
        } else if let Some(distance) = slip((a, one), (b, other)) {
            n_edits += distance;
            i += 1;
            j += 1;
        } else {
            return false;
        }
        if n_edits > allowed {
            return false;
        }
    }
    i == left.len() && j == right.len()
}

/// The letters by which two words differ, if it may be a slip.
fn slip((a, one): (&Line<'_>, &str), (b, other): (&Line<'_>, &str)) -> Option<usize> {
    let n_chars = |word: &str| word.chars().count();
    let (shorter, longer) = (n_chars(one).min(n_chars(other)), n_chars(one).max(n_chars(other)));
    if longer > LONG || (FACTS.contains(&one) && FACTS.contains(&other)) {
        return None;
    }
    if one.contains(is_dense) || other.contains(is_dense) {
        // A character is a word, or half a name; but a letter in Thai.
        let is_thai =
            |word: &str| word.chars().all(|c| ('\u{e00}'..='\u{eff}').contains(&c) && c.is_alphabetic());
        let long = a.words.len().min(b.words.len()) >= WORDS_A_SLIP;
        return (long && is_thai(one) && is_thai(other)).then_some(1);
    }
    let digits = |word: &str| word.chars().filter(|c| c.is_numeric()).collect::<String>();
    let (in_one, in_other) = (digits(one), digits(other));
    if !in_one.is_empty() || !in_other.is_empty() {
        // `4XL` for `3XL` is another size; `2o20` and `t2020` for `2020` are slips.
        let same_place = in_one.len() != in_other.len() && n_chars(one) == n_chars(other);
        let year = in_one.len().max(in_other.len()) >= 3;
        return (year && (in_one == in_other || same_place) && levenshtein(one, other) == 1).then_some(1);
    }
    let same_first = one.chars().next() == other.chars().next();
    let allowed = if a.case_of(one) == Case::Small || b.case_of(other) == Case::Small {
        match shorter {
            ..MIN_WORD => 0,
            // `Houston` and `Boston` are two letters apart.
            7.. if same_first => 2,
            _ => 1,
        }
    } else {
        usize::from(shorter >= MIN_NAME && same_first)
    };
    let distance = levenshtein(one, other);
    (distance <= allowed).then_some(distance)
}

/// The letters by which `joined` differs from two words, the space among them.
fn joined(first: &str, second: &str, joined: &str) -> Option<usize> {
    // `9, 2020` and `9i 2020` are two words both; only a word that is longer than each can be the two.
    let n_chars = |word: &str| word.chars().count();
    let long = n_chars(first) + n_chars(second);
    if n_chars(joined) < long || n_chars(joined) > long + 1 || long > LONG {
        return None;
    }
    let distance = levenshtein(&format!("{first} {second}"), joined);
    (distance <= 2).then_some(distance)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike_text(a: &str, b: &str) -> bool {
        alike(&Line::of(a), &Line::of(b))
    }

    #[test]
    fn forgives_slips_alone() {
        let line = "Shoppers wait for news near the river in Oslo on Monday, May 4, 2020";
        for slip in [
            "Shoppors wait for news near the rivar in Oslo on Monday, May 4, 2020",
            "Shoppers waitefor news near the river in Oslo on Monday, May 4, 2020",
            "Shoppers wait for news near the river in Oslo on Monday, May 4, 2o20",
            "Shoppers wait for news near the river in Oslo on Monday, May 4,t2020",
            "Shoppers wait for news near the river in oslo on mondaY, May 4, 2020s",
            "Shoppers wait fo r news near the river in Oslo on Monday, May 4, 2020",
        ] {
            assert!(alike_text(line, slip) && alike_text(slip, line), "{slip}");
        }
        for other in [
            "Shoppers wait for news near the river in Oslo on Sunday, May 4, 2020",
            "Shoppers wait for news near the river in Oslo on Monday, May 5, 2020",
            "Shoppers wait for news near the river in Lima on Monday, May 4, 2020",
            "Shoppers wait for news near the river in Osla on Monday, May 4, 2020",
            "Shoppers wait for news near the river in Oslo on Monday, May 14, 2020",
            "Shoppers wait for news near the river in Oslo on Monday, May 4",
        ] {
            assert!(!alike_text(line, other) && !alike_text(other, line), "{other}");
        }
    }

    #[test]
    fn facts_a_letter_apart_are_two_facts() {
        for (one, other) in [
            (
                "the cup goes to Iran for the first time since the war",
                "the cup goes to Iraq for the first time since the war",
            ),
            ("the winner of Group A plays in the old arena", "the winner of Group B plays in the old arena"),
            (
                "the talks in Slovakia went on late into the night",
                "the talks in Slovenia went on late into the night",
            ),
            ("it will cost one million crowns in the end", "it will cost one billion crowns in the end"),
            (
                "el barco saldrá en junio con todos los viajeros",
                "el barco saldrá en julio con todos los viajeros",
            ),
            ("паром снова пойдёт в начале июня этого года", "паром снова пойдёт в начале июля этого года"),
            ("shirts come in all sizes up to 3XL and more", "shirts come in all sizes up to XXL and more"),
            ("李明在决赛中攻入一球帮助球队夺得冠军", "李刚在决赛中攻入一球帮助球队夺得冠军"),
            ("渡轮将于六月恢复运行乘客均可免费乘坐", "渡轮将于七月恢复运行乘客均可免费乘坐"),
            ("سجل هدفا واحدا مع منتخب ايران في اليوم الأخير", "سجل هدفا واحدا مع منتخب عمران في اليوم الأخير"),
        ] {
            assert!(!alike_text(one, other), "{one} / {other}");
        }
    }

    #[test]
    fn slips_in_other_languages() {
        for (one, other) in [
            (
                "Taucher warten auf die erste Fähre des Tages am Kai",
                "Taucher wärten auf die erste Fähre des Tages am Kai",
            ),
            ("Рыбаки ждут первый паром этого тихого утра", "Рыбаки ждут первый паром этого тыхого утра"),
            (
                "الصيادون ينتظرون العبارة الأولى هذا الصباح الباكر",
                "الصيادون ينتظرون العبارة الأولى هذا الصباخ الباكر",
            ),
            ("นักดับเพลิงซ่อมหลังคาข้างโรงเบียร์เก่าที่เมืองมิลตัน", "นักดับเพลิงซ่อมหลังดาข้างโรงเบียร์เก่าที่เมืองมิลตัน"),
        ] {
            assert!(alike_text(one, other), "{one} / {other}");
        }
    }
}
