//! Names in scripts without large letters: by gazetteer, and people by the titles beside them.
//!
//! Without large letters little shows a name, so only what is sure is taken: known places and organisations, and
//! what stands beside a title and has the form of a name. Much is missed.

use copydesk_core::{Entity, EntityKind, Span};

use super::gazetteer::Facts;
use super::page::Page;
use crate::text::{Flags, Word, fold};

/// The most characters of a name in Chinese characters that the gazetteer is asked for.
const MOST_CHARS: usize = 8;

/// Titles and forms of address behind a name.
const BEHIND: &str = "大統領 首相 総理 外相 防衛相 財務相 官房長官 長官 大臣 議員 知事 市長 町長 村長 議長 委員長 会長 社長 教授 監督 選手 \
    容疑者 被告 博士 先生 記者 さん 氏 君 総裁 党首 代表 대통령 총리 장관 의원 시장 지사 대표 회장 사장 교수 감독 선수 위원장 \
    대변인 총장 박사 기자 씨 총재 차관 실장 先生 女士 总统 總統 总理 总书记 主席 部长 外长";
/// Titles before a name.
const BEFORE: &str = "总统 總統 总理 總理 国家主席 主席 总书记 部长 部長 外长 外長 发言人 發言人 市长 省长 教授 校长 经理 董事长 导演 \
    教练 院士 医生 记者 首相 议员 الرئيس السيد الوزير الملك الأمير الدكتور المتحدث السيدة النائب الجنرال الشيخ";
/// What may follow a name in Chinese characters: verbs, particles, conjunctions.
const FOLLOWS: &str = "说 說 表示 称 稱 指出 强调 強調 认为 在 对 對 和 与 與 的 将 將 是 也 于 於 周 星 今 昨 日 接 向 宣 出 会 會 就 告 从 抵 访 發 发";

/// The entities of a text in such a script, in order of their first place.
pub(super) fn find(page: &Page<'_>) -> Vec<(usize, Entity)> {
    let mut found: Vec<(EntityKind, Span)> = Vec::new();
    let words = &page.text.words;
    for (idx, word) in words.iter().enumerate().filter(|(_, word)| word.is(Flags::CASELESS)) {
        if word.is(Flags::DENSE) {
            dense(page, idx, word, &mut found);
        } else {
            spaced(page, idx, word, &mut found);
        }
    }
    found.sort_by_key(|(_, span)| (span.start(), std::cmp::Reverse(span.end())));
    let mut end = 0;
    found.retain(|(_, span)| {
        let is_free = span.start() >= end;
        end = end.max(span.end());
        is_free
    });
    entities(page.text.raw, &found)
}

fn kind_of(facts: Facts, at_least: u8) -> Option<EntityKind> {
    if facts.has(Facts::ORGANISATION) {
        return Some(EntityKind::Organisation);
    }
    let is_place =
        facts.place() >= at_least && !facts.has(Facts::WORD) && (!facts.is_person() || facts.place() > 2);
    let is_no_name = facts.has(Facts::NO_NAME) && facts.place() < 3;
    (is_place && !is_no_name).then_some(EntityKind::Place)
}

/// A run of Chinese characters or kana.
fn dense(page: &Page<'_>, idx: usize, word: &Word, found: &mut Vec<(EntityKind, Span)>) {
    let run = word.text(page.text.raw);
    let mut at: Vec<usize> = run.char_indices().map(|(at, _)| at).collect();
    at.push(run.len());
    let is_katakana = run.chars().next().is_some_and(|c| ('\u{30a1}'..='\u{30ff}').contains(&c));
    let mut add = |kind: EntityKind, from: usize, to: usize| {
        found.extend(
            Span::new(page.text.raw, word.start() + from, word.start() + to).map(|span| (kind, span)),
        );
    };
    if is_katakana {
        let title =
            page.word(idx + 1).filter(|_| page.gap(idx + 1).is_empty()).map(|next| next.text(page.text.raw));
        if let Some(kind) = kind_of(page.gazetteer.get(word.hash), 2) {
            add(kind, 0, run.len());
        } else if title.is_some_and(|title| starts_with_one(title, BEHIND)) && at.len() > 2 {
            let first = first_of_dotted(page, idx);
            let from = page.word(first).map_or(word.start(), Word::start);
            found.extend(Span::new(page.text.raw, from, word.end()).map(|span| (EntityKind::Person, span)));
        }
        return;
    }
    let next = page
        .word(idx + 1)
        .filter(|_| page.gap(idx + 1).is_empty())
        .map_or("", |next| next.text(page.text.raw));
    let mut from = 0;
    while from + 2 < at.len() {
        let (Some(start), Some(second)) = (at.get(from), at.get(from + 2)) else { break };
        let Some(pair) = run.get(*start..*second) else { break };
        let facts = page.gazetteer.get(fold::of_word(pair));
        let longest = if facts.has(Facts::PREFIX) { MOST_CHARS } else { 2 };
        let known = (2..=longest.min(at.len() - 1 - from)).rev().find_map(|len| {
            let end = *at.get(from + len)?;
            let kind = kind_of(
                page.gazetteer.get(fold::of_word(run.get(*start..end)?)),
                if len > 2 { 1 } else { 2 },
            )?;
            Some((kind, end, len))
        });
        if let Some((kind, end, len)) = known {
            add(kind, *start, end);
            from += len;
            continue;
        }
        if let Some(len) = person(page, run, &at, from, next) {
            add(EntityKind::Person, *start, at.get(from + len).copied().unwrap_or(run.len()));
            from += len;
            continue;
        }
        from += 1;
    }
}

/// Characters of a person's name at a place of a run of Chinese characters.
fn person(page: &Page<'_>, run: &str, at: &[usize], from: usize, next: &str) -> Option<usize> {
    let piece =
        |first: usize, last: usize| Some(run.get(*at.get(first)?..*at.get(last)?).unwrap_or_default());
    let rest = |first: usize| at.get(first).and_then(|at| run.get(*at..)).unwrap_or_default();
    let surname = |len: usize| {
        piece(from, from + len).is_some_and(|one| page.gazetteer.get(fold::of_word(one)).has(Facts::SURNAME))
    };
    let (single, double) = (surname(1), surname(2));
    if !single && !double {
        return None;
    }
    let before = at.get(from).and_then(|at| run.get(..*at)).unwrap_or_default();
    let is_titled = BEFORE.split_whitespace().any(|title| before.ends_with(title));
    (2..=4).rev().find(|len| {
        if from + len >= at.len() {
            return false;
        }
        let behind = rest(from + len);
        let behind = if behind.is_empty() { next } else { behind };
        let is_free = is_titled || from == 0 && (double || *len > 2);
        // `山田太郎氏`, `岸田首相`: a Japanese surname of two characters; `总统习近平说`: one of one character.
        let has_title = starts_with_one(behind, BEHIND) && (double || single && *len < 4);
        let follows = is_titled && *len < 4 && (behind.is_empty() || starts_with_one(behind, FOLLOWS));
        is_free && (has_title || follows)
    })
}

/// The first of names that middle dots join: `ウラジーミル・プーチン`.
fn first_of_dotted(page: &Page<'_>, idx: usize) -> usize {
    let mut first = idx;
    while first > 0 && matches!(page.gap(first), "・" | "·" | "＝") {
        first -= 1;
    }
    first
}

/// A word of Arabic, Hebrew, Devanagari, Hangul and the like.
fn spaced(page: &Page<'_>, idx: usize, word: &Word, found: &mut Vec<(EntityKind, Span)>) {
    let letters = word.text(page.text.raw);
    let mut add = |kind: EntityKind, from: usize, to: usize| {
        found.extend(Span::new(page.text.raw, from, to).map(|span| (kind, span)));
    };
    let mut hash = word.hash;
    let mut known = None;
    for last in idx..idx + 3 {
        if last > idx {
            let Some(next) = page.word(last).filter(|next| page.adjoins(last) && next.is(Flags::CASELESS))
            else {
                break;
            };
            hash = fold::join(hash, next.hash);
        }
        let end = page.word(last).map_or(0, Word::end);
        known = kind_of(page.gazetteer.get(hash), 2).map(|kind| (kind, end)).or(known);
    }
    if let Some((kind, end)) = known {
        add(kind, word.start(), end);
        return;
    }
    let first = letters.chars().next().unwrap_or_default();
    if ('\u{ac00}'..='\u{d7a3}').contains(&first) {
        if let Some((kind, len)) = korean(page, idx, letters) {
            add(kind, word.start(), word.start() + len);
        }
        return;
    }
    // `الرئيس فلاديمير بوتين`: a title, then a given name and what follows it.
    let is_titled = idx.checked_sub(1).is_some_and(|before| {
        page.adjoins(idx) && BEFORE.split_whitespace().any(|title| title == page.letters(before))
    });
    let facts = page.gazetteer.get(word.hash);
    if is_titled && facts.is_person() && !facts.has(Facts::WORD) {
        let next = page.word(idx + 1).filter(|_| page.adjoins(idx + 1) && facts.has(Facts::GIVEN));
        add(EntityKind::Person, word.start(), next.map_or(word.end(), Word::end));
    }
}

/// A Korean word without the particle behind it: a known name, or a person's before a title.
fn korean(page: &Page<'_>, idx: usize, letters: &str) -> Option<(EntityKind, usize)> {
    const PARTICLES: [&str; 16] = [
        "에서", "으로", "에게", "은", "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "도", "측",
    ];
    let bases = PARTICLES.iter().filter_map(|particle| letters.strip_suffix(particle));
    for base in bases.filter(|base| base.chars().count() > 1) {
        if let Some(kind) = kind_of(page.gazetteer.get(fold::of_word(base)), 2) {
            return Some((kind, base.len()));
        }
    }
    let is_titled = page.adjoins(idx + 1) && starts_with_one(page.letters(idx + 1), BEHIND);
    let n_chars = letters.chars().count();
    let first: String = letters.chars().take(1).collect();
    let is_surname = page.gazetteer.get(fold::of_word(&first)).has(Facts::SURNAME);
    (is_titled && is_surname && n_chars == 3).then_some((EntityKind::Person, letters.len()))
}

fn starts_with_one(text: &str, list: &str) -> bool {
    list.split_whitespace().any(|one| text.starts_with(one))
}

/// Groups what was found: forms of one name, and a person's name within a longer one.
fn entities(raw: &str, found: &[(EntityKind, Span)]) -> Vec<(usize, Entity)> {
    let mut all: Vec<(usize, Entity)> = Vec::new();
    let mut longest: Vec<&(EntityKind, Span)> = found.iter().collect();
    longest.sort_by_key(|(_, span)| (std::cmp::Reverse(span.len()), span.start()));
    for (kind, span) in longest {
        let form = span.of_text(raw);
        let is_same = |one: &Entity| {
            let is_part =
                *kind == EntityKind::Person && (one.name.starts_with(form) || one.name.ends_with(form));
            one.kind == *kind && (one.name == form || is_part)
        };
        let mut same: Vec<&mut (usize, Entity)> = all.iter_mut().filter(|(_, one)| is_same(one)).collect();
        if let [(first, one)] = same.as_mut_slice() {
            *first = (*first).min(span.start());
            one.count += 1;
            one.spans.push(*span);
            if one.name != form && !one.aliases.iter().any(|alias| alias == form) {
                one.aliases.push(form.to_owned());
            }
            continue;
        }
        if same.is_empty() {
            let entity = Entity {
                name: form.to_owned(),
                kind: *kind,
                count: 1,
                aliases: Vec::new(),
                spans: vec![*span],
            };
            all.push((span.start(), entity));
        }
    }
    for (_, entity) in &mut all {
        entity.spans.sort_unstable();
    }
    all
}
