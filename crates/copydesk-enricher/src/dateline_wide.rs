//! Datelines in Chinese, Japanese and Korean: `新华社北京12月3日电`, `【パリ共同】`, `(서울=연합뉴스)`.

use crate::dateline::Dateline;
use crate::names::is_agency;
use crate::vocabulary::AGENCIES;
use crate::wide::{self, is_wide};

/// Characters in which it ends.
const WINDOW: usize = 40;
/// Characters of a place.
const PLACE: std::ops::RangeInclusive<usize> = 2..=10;

/// Reads the dateline at the start of a paragraph.
pub(crate) fn read(paragraph: &str) -> Option<Dateline> {
    let window_end = paragraph.char_indices().nth(WINDOW).map_or(paragraph.len(), |(at, _)| at);
    let window = paragraph.get(..window_end)?;
    window.chars().any(is_wide).then_some(())?;
    chinese(window).or_else(|| bracketed(window))
}

/// `新华社北京12月3日电（记者 张伟）`: an agency and a place up to the day, and a word for a dispatch.
fn chinese(window: &str) -> Option<Dateline> {
    let open = window.trim_start_matches(['（', '(', '【', '[', '\u{3000}', ' ']);
    let (sender, day) = open.split_at(open.find(char::is_numeric)?);
    let (number, rest) = day.split_once('日')?;
    if !number.chars().all(|c| c.is_numeric() || c == '月') {
        return None;
    }
    let rest = ["电讯", "電訊", "电", "電", "讯", "訊"].iter().find_map(|word| rest.strip_prefix(word))?;
    let place = sender.get(agency_len(sender)?..)?.trim_matches(['，', ',', ' ', '\u{3000}']);
    if !is_place(place) {
        return None;
    }
    // `12月3日电影上映` has no agency, and so never comes here.
    let note = rest.trim_start_matches(['】', '）', ' ']).strip_prefix(['（', '(']);
    let reporters = note.and_then(|note| wide::read(note.split(['）', ')']).next()?));
    let marks =
        rest.len() - rest.trim_start_matches(['】', '）', ')', ']', ' ', '\u{3000}', '，', '：']).len();
    let len = window.len() - rest.len() + marks;
    let authors = reporters.map_or(Vec::new(), |byline| byline.authors);
    Some(Dateline { place: Some(place.to_owned()), len, date: None, authors })
}

/// Bytes of the agency at the start: a known one, `本报`, or what ends like one.
fn agency_len(text: &str) -> Option<usize> {
    let known = AGENCIES.opening(text).filter(|name| text.starts_with(name)).map(str::len).max();
    let ends = || {
        let mut ends =
            text.char_indices().take(8).filter(|(_, c)| matches!(c, '社' | '网' | '網' | '报' | '報' | '台'));
        ends.next().map(|(at, c)| at + c.len_utf8())
    };
    known.or_else(ends)
}

/// `【モスクワ共同】`, `［ロンドン　３日　ロイター］`, `(서울=연합뉴스) 김철수 기자 =`
fn bracketed(window: &str) -> Option<Dateline> {
    let open = window.trim_start();
    let first = open.chars().next().filter(|c| matches!(c, '【' | '［' | '[' | '（' | '('))?;
    let (inner, rest) = open.get(first.len_utf8()..)?.split_once(['】', '］', ']', '）', ')'])?;
    let mut parts = inner.split(['＝', '=', ' ', '\u{3000}']).map(str::trim).filter(|part| !part.is_empty());
    let whole = parts.next()?;
    let mut is_dispatch = inner.contains(['＝', '=']);
    is_dispatch |= parts.any(|part| AGENCIES.contains(&part.to_lowercase()));
    let ending =
        AGENCIES.iter().filter(|name| name.chars().all(is_wide) && whole.ends_with(name)).map(str::len).max();
    let place = whole.get(..whole.len() - ending.unwrap_or(0))?;
    if !(is_dispatch || ending.is_some()) || !is_place(place) {
        return None;
    }
    let reporter = rest.split_once('=').and_then(|(names, _)| wide::read(names.trim()));
    let mut authors = reporter.filter(|byline| byline.prefixed).map_or(Vec::new(), |byline| byline.authors);
    // `【モスクワ＝山田太郎】`
    let named = inner.split(['＝', '=']).nth(1).map(str::trim);
    authors.extend(named.filter(|name| wide::is_name(name, true) && !is_agency(name)).map(str::to_owned));
    Some(Dateline { place: Some(place.to_owned()), len: window.len() - rest.len(), date: None, authors })
}

fn is_place(text: &str) -> bool {
    PLACE.contains(&text.chars().count()) && text.chars().all(|c| is_wide(c) || c == 'ー')
}
