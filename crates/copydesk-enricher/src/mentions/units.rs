//! Names of units, currencies and large numbers, by language.

use std::sync::{LazyLock, OnceLock};

use hashbrown::HashMap;

use crate::text::fold;

const WORDS: &str = include_str!("../words/units.txt");

/// What a word behind a number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Times ten to this power: `million`.
    Power(u32),
    /// A unit, or a currency.
    Unit(&'static str),
}

/// What one to three words say, by their joined hashes.
pub(super) type Names = HashMap<u64, Says>;

static BY_LANGUAGE: LazyLock<HashMap<&str, (&str, OnceLock<Names>)>> = LazyLock::new(|| {
    let lines = WORDS.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(' '))
        .map(|(code, items)| (code, (items, OnceLock::new())))
        .collect()
});

/// Symbols that all languages share, where a number may stand right before them.
const SYMBOLS: [(&str, Says); 31] = [
    ("%", Says::Unit("percent")),
    ("٪", Says::Unit("percent")),
    ("％", Says::Unit("percent")),
    ("€", Says::Unit("EUR")),
    ("£", Says::Unit("GBP")),
    ("$", Says::Unit("dollar")),
    ("₽", Says::Unit("RUB")),
    ("₹", Says::Unit("INR")),
    ("₴", Says::Unit("UAH")),
    ("₺", Says::Unit("TRY")),
    ("₩", Says::Unit("KRW")),
    ("zł", Says::Unit("PLN")),
    ("°C", Says::Unit("°C")),
    ("°F", Says::Unit("°F")),
    ("km/h", Says::Unit("km/h")),
    ("km²", Says::Unit("km²")),
    ("m²", Says::Unit("m²")),
    ("m³", Says::Unit("m³")),
    ("km", Says::Unit("km")),
    ("kg", Says::Unit("kg")),
    ("cm", Says::Unit("cm")),
    ("mm", Says::Unit("mm")),
    ("mg", Says::Unit("mg")),
    ("kWh", Says::Unit("kWh")),
    ("MW", Says::Unit("MW")),
    ("GW", Says::Unit("GW")),
    ("mph", Says::Unit("mph")),
    ("m", Says::Unit("m")),
    ("EUR", Says::Unit("EUR")),
    ("USD", Says::Unit("USD")),
    ("CHF", Says::Unit("CHF")),
];

/// What stands right before a number as its currency, longest first.
const PREFIXES: [(&str, &str); 25] = [
    ("US$", "USD"),
    ("A$", "AUD"),
    ("AU$", "AUD"),
    ("C$", "CAD"),
    ("CA$", "CAD"),
    ("NZ$", "NZD"),
    ("HK$", "HKD"),
    ("S$", "SGD"),
    ("NT$", "TWD"),
    ("R$", "BRL"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("GBP", "GBP"),
    ("CHF", "CHF"),
    ("AUD", "AUD"),
    ("CAD", "CAD"),
    ("$", "dollar"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₹", "INR"),
    ("Rs.", "INR"),
    ("₽", "RUB"),
    ("₴", "UAH"),
    ("₺", "TRY"),
    ("₩", "KRW"),
];

/// The names that a language has; `None` for a language without a list.
pub(super) fn names(language: &str) -> Option<&'static Names> {
    let (items, names) = BY_LANGUAGE.get(language)?;
    Some(names.get_or_init(|| {
        let mut names = Names::new();
        for item in items.split(' ') {
            let Some((unit, forms)) = item.split_once('=') else { continue };
            let says = unit.parse().map_or(Says::Unit(unit), Says::Power);
            for form in forms.split(',') {
                let hash = form.split('_').map(fold::of_word).reduce(fold::join);
                names.extend(hash.map(|hash| (hash, says)));
            }
        }
        names
    }))
}

/// The symbol at the start of `rest` that no letter follows, and its length.
pub(super) fn symbol(rest: &str) -> Option<(Says, usize)> {
    let ends = |at: usize| {
        rest.get(at..)
            .and_then(|rest| rest.chars().next())
            .is_none_or(|c| !c.is_alphanumeric() && c != '²' && c != '³')
    };
    // Most numbers are followed by something else.
    if !rest.starts_with(|c: char| {
        !c.is_ascii() || matches!(c, '%' | '$' | 'k' | 'm' | 'c' | 'M' | 'G' | 'E' | 'U' | 'C' | 'z')
    }) {
        return None;
    }
    SYMBOLS
        .iter()
        .find(|(symbol, _)| {
            rest.starts_with(symbol) && (ends(symbol.len()) || !symbol.ends_with(char::is_alphanumeric))
        })
        .map(|(symbol, says)| (*says, symbol.len()))
}

/// The currency that `before` ends in, and the length of its sign.
pub(super) fn prefix(before: &str) -> Option<(&'static str, usize)> {
    let bare = before.trim_end_matches([' ', '\u{a0}', '\u{202f}']);
    let gap = before.len() - bare.len();
    let starts = |sign: &str| {
        let head = bare.get(..bare.len() - sign.len()).unwrap_or_default();
        !sign.starts_with(char::is_alphanumeric) || !head.ends_with(char::is_alphanumeric)
    };
    // Most numbers stand behind a common word.
    if !bare.ends_with(|c: char| !c.is_alphanumeric() || c.is_ascii_uppercase()) {
        return None;
    }
    // A sign touches its number; a code has a space.
    let fits = |sign: &str| gap == 0 || (gap <= 2 && sign.ends_with(|c: char| c.is_alphabetic() || c == '.'));
    let longest = PREFIXES
        .iter()
        .filter(|(sign, _)| bare.ends_with(sign) && fits(sign) && starts(sign))
        .max_by_key(|(sign, _)| sign.len());
    longest.map(|(sign, unit)| (*unit, sign.len() + gap))
}
