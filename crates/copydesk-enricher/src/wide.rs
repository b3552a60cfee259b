//! Bylines in Chinese, Japanese and Korean: names without spaces, roles and places that touch them.

use crate::byline::Byline;
use crate::signed::{self, Signed, after_prefix};
use crate::vocabulary::{
    AUTHOR_PREFIXES, DATE_LABELS, FURNITURE, HAN_SURNAMES, MODIFIED, OTHER_CREDITS, PUBLISHED,
};

/// What reporters are called; a name follows, in Korea it stands before.
const REPORTERS: [&str; 10] =
    ["记者", "記者", "通讯员", "特派员", "特派員", "评论员", "撰稿人", "编译", "기자", "특파원"];
/// Korean family names.
const HANGUL: &str = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용";
/// Characters of desks, sites and agencies: no name of a person has them at its end.
const DESKS: [char; 16] =
    ['社', '网', '網', '报', '報', '部', '组', '組', '室', '台', '编', '編', '员', '院', '局', '版'];

/// Chinese characters, kana and hangul.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}

/// True if `text` has the form of a name. Where nothing says that a name follows, its family name must be a usual
/// one; `signed` says that something does.
pub(crate) fn is_name(text: &str, signed: bool) -> bool {
    let text = text.trim();
    let n_chars = text.chars().filter(|c| is_wide(*c)).count();
    let plain = text.chars().all(|c| is_wide(c) || matches!(c, ' ' | '·' | '・' | '•' | '\u{3000}'));
    if !plain || !(2..=12).contains(&n_chars) || text.ends_with(DESKS) || is_label(text) {
        return false;
    }
    let joined = text.contains(['·', '・', '•']);
    if joined || n_chars > 6 {
        return joined;
    }
    let first = text.chars().next().unwrap_or_default();
    if text.chars().all(|c| matches!(c, '\u{ac00}'..='\u{d7a3}' | ' ')) {
        return n_chars <= 4 && (signed || HANGUL.contains(first));
    }
    let spaced = text.contains([' ', '\u{3000}']);
    if text.chars().any(|c| matches!(c, '\u{3040}'..='\u{30ff}')) {
        // Kana in a name of Japan: at its end, behind the family name.
        return is_han(first) && (signed || spaced);
    }
    let two: String = text.chars().take(2).collect();
    let family = HAN_SURNAMES.contains(&two) && n_chars >= 3 || HAN_SURNAMES.contains(&first.to_string());
    let fits = n_chars <= 3 || HAN_SURNAMES.contains(&two);
    (family && fits && n_chars <= 4) || ((signed || spaced) && n_chars <= 5)
}

/// Reads a byline of names in these scripts. `None` if it has none.
pub(crate) fn read(piece: &str) -> Option<Byline> {
    if !piece.chars().any(is_wide) || piece.contains(['。', '！', '？']) {
        return None;
    }
    let piece = piece.trim_matches(['【', '】', '（', '）', '(', ')', '[', ']', ' ', '\u{3000}']);
    let rest = until_other_credit(piece);
    if rest.is_empty() {
        // `来源：新华社 作者：张伟`
        let behind = piece.split_once([' ', '\u{3000}']).map(|(_, behind)| behind.trim());
        let signed = behind.filter(|behind| matches!(signed::read(behind), Some(Signed::Author(_))));
        return signed.and_then(read).or_else(|| Some(Byline::nobody()));
    }
    let piece = rest;
    let (prefixed, names) = signature(piece);
    let (names, place) = without_place(names);
    if !names.chars().any(is_wide) {
        return None;
    }
    let mut byline = Byline { place, prefixed, ..Byline::default() };
    byline.authors = split(names, prefixed)?;
    (prefixed || !byline.authors.is_empty()).then_some(byline)
}

/// `文/张伟 图/李娜` up to what others did.
fn until_other_credit(piece: &str) -> &str {
    let mut from = 0;
    for word in piece.split([' ', '\u{3000}', ';', '；', '，', '｜']) {
        let is_other =
            after_prefix(word, &OTHER_CREDITS).is_some() || signed::read(word) == Some(Signed::Other);
        if is_other {
            return piece
                .get(..from)
                .unwrap_or(piece)
                .trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ';' | '；' | '，' | '｜'));
        }
        from += word.len();
        from += piece.get(from..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    }
    piece
}

/// Whether something says that names stand here, and what they may be.
fn signature(piece: &str) -> (bool, &str) {
    let mut rest = piece;
    let mut prefixed = false;
    // `文／记者 张伟`, `新华社记者张伟`
    if let Some(Signed::Author(inner)) = signed::read(rest) {
        (rest, prefixed) = (inner, true);
    }
    while let Some(inner) = after_prefix(rest, &AUTHOR_PREFIXES).filter(|inner| inner.len() < rest.len()) {
        (rest, prefixed) = (inner, true);
    }
    for role in REPORTERS {
        let Some((before, after)) = rest.split_once(role) else { continue };
        let apart = after.starts_with([' ', ':', '：', '\u{3000}', '/', '／']);
        let after = after.trim_start_matches([' ', ':', '：', '\u{3000}', '/', '／']);
        if after.is_empty() && is_name(before.trim(), true) {
            return (true, before.trim());
        }
        let is_hangul = before.chars().any(|c| matches!(c, '\u{ac00}'..='\u{d7a3}'));
        if is_hangul && !before.trim().is_empty() {
            return (true, before.trim());
        }
        if before.chars().count() <= 14 && !after.is_empty() {
            // `记者的提问` names nobody.
            return (prefixed || apart || split(after, false).is_some(), after);
        }
    }
    (prefixed, rest)
}

/// Takes `发自莫斯科` and `莫斯科报道` from behind the names.
fn without_place(names: &str) -> (&str, Option<String>) {
    let fits = |place: &str| (2..=8).contains(&place.chars().count()) && place.chars().all(is_wide);
    for joiner in ["发自", "發自", "自"] {
        if let Some((before, place)) = names.split_once(joiner) {
            let place = ["报道", "報導", "報道", "电", "電"]
                .iter()
                .find_map(|end| place.strip_suffix(end))
                .unwrap_or(place);
            if fits(place.trim()) && !before.trim().is_empty() {
                return (before.trim(), Some(place.trim().to_owned()));
            }
        }
    }
    for end in ["报道", "報導", "報道", "综合报道"] {
        if let Some((before, place)) =
            names.strip_suffix(end).and_then(|rest| rest.trim_end().rsplit_once([' ', '\u{3000}']))
        {
            let place = Some(place.trim().to_owned()).filter(|place| fits(place));
            return (before.trim(), place);
        }
    }
    (names, None)
}

/// The names of a list. `None` if its first is no name.
fn split(names: &str, signed: bool) -> Option<Vec<String>> {
    let mut found: Vec<String> = Vec::new();
    for part in
        names.split(['、', '，', ',', '；', ';', '/', '／', '＆', '&', '和', '与', '與']).map(str::trim)
    {
        let words: Vec<&str> = part.split([' ', '\u{3000}']).filter(|word| !word.is_empty()).collect();
        let several =
            words.len() > 1 && words.iter().all(|word| word.chars().count() > 1 && is_name(word, false));
        let known = found.len();
        if several {
            found.extend(words.iter().map(|word| (*word).to_owned()));
        } else if is_name(part, signed) {
            found.push(part.to_owned());
        } else if let Some(first) = words.first().filter(|first| words.len() > 1 && is_name(first, signed)) {
            // Behind the name what somebody is.
            found.push((*first).to_owned());
        }
        if found.len() == known && !part.is_empty() {
            break;
        }
    }
    (signed || !found.is_empty()).then_some(found)
}

/// True for words that go with dates, without spaces: `最后更新`, `阅读约需6分钟`.
pub(crate) fn is_label(text: &str) -> bool {
    let lists = [&*PUBLISHED, &*MODIFIED, &*DATE_LABELS, &*FURNITURE];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_numeric() || !first.is_alphanumeric() {
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            continue;
        }
        let longest = lists
            .iter()
            .flat_map(|list| list.opening(rest))
            .filter(|word| word.chars().all(is_wide) && rest.starts_with(word))
            .map(str::len)
            .max();
        let Some(length) = longest else { return false };
        rest = rest.get(length..).unwrap_or_default();
    }
    text.chars().any(is_wide)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_bylines_without_spaces() {
        for (text, names, place) in [
            ("本报记者 张伟", vec!["张伟"], None),
            ("新华社记者张伟、李娜", vec!["张伟", "李娜"], None),
            ("记者 张伟 发自莫斯科", vec!["张伟"], Some("莫斯科")),
            ("本报记者 张伟 北京报道", vec!["张伟"], Some("北京")),
            ("文/张伟 图/李娜", vec!["张伟"], None),
            ("撰文：张伟 编辑：李娜", vec!["张伟"], None),
            ("来源：新华社 作者：张伟", vec!["张伟"], None),
            ("来源：新河日报", vec![], None),
            ("山田太郎", vec!["山田太郎"], None),
            ("张伟 李娜", vec!["张伟", "李娜"], None),
            ("欧阳晓峰", vec!["欧阳晓峰"], None),
            ("김철수 기자", vec!["김철수"], None),
            ("文／山田太郎", vec!["山田太郎"], None),
            ("责任编辑：李娜", vec![], None),
        ] {
            let byline = read(text).unwrap_or_else(|| panic!("none: {text}"));
            assert_eq!(
                (byline.authors, byline.place.as_deref()),
                (names.into_iter().map(str::to_owned).collect(), place),
                "{text}"
            );
        }
    }

    #[test]
    fn leaves_other_lines_alone() {
        for text in ["星期六", "国际新闻", "我没有电话的一年", "下雨了。", "Jane Doe"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(
            is_label("最后更新") && is_label("阅读约需6分钟") && is_label("更新于") && !is_label("更新换代")
        );
    }
}
