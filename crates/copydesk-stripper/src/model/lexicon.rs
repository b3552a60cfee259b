//! A few hand-picked words that mark boilerplate, in nine languages, as bits of a block.
//!
//! These are weak hints beside the many features that know no language: a page in a language that is not here
//! must be judged as well. No word was taken from the pages the model was trained on.

use std::sync::LazyLock;

use copydesk_core::Span;

use crate::needles::Found;

/// Number of groups, and so of bits.
pub(super) const N_GROUPS: usize = 13;

/// What the words of each group are about.
pub(super) const TOPICS: [&str; N_GROUPS] = [
    "cookies and consent",
    "sharing",
    "subscribing and logging in",
    "other articles",
    "rights and terms",
    "comments",
    "advertising",
    "navigation",
    "pictures",
    "dates",
    "offers",
    "the author",
    "who wrote it",
];

/// The bits that code asks for by name; words for pictures are a feature alone.
pub(super) mod group {
    pub(in crate::model) const CONSENT: usize = 0;
    pub(in crate::model) const SHARE: usize = 1;
    pub(in crate::model) const SUBSCRIBE: usize = 2;
    pub(in crate::model) const RELATED: usize = 3;
    pub(in crate::model) const LEGAL: usize = 4;
    pub(in crate::model) const COMMENT: usize = 5;
    pub(in crate::model) const ADVERT: usize = 6;
    pub(in crate::model) const NAV: usize = 7;
    pub(in crate::model) const DATE: usize = 9;
    pub(in crate::model) const PROMO: usize = 10;
    pub(in crate::model) const BIO: usize = 11;
    pub(in crate::model) const BYLINE: usize = 12;
}

/// Words of each group, parted by `|`. A word matches at the start of a word of the text; one that ends in `.`
/// (which is not matched) must also end there; one that starts with `^` must open the block.
const WORDS: [&str; N_GROUPS] = [
    "cookie|consent|gdpr|ccpa|privacy policy|privacy notice|privacy statement|privacy settings|accept all|i agree.|\
     your choices|legitimate interest|datenschutz|einwilligung|confidentialité|privacidad|privacidade|consenso|\
     informativa|toestemming|конфиденциальност|쿠키|개인정보|クッキー|プライバシー",
    "share.|sharing.|tweet|facebook|twitter|whatsapp|linkedin|pinterest|telegram.|instagram|reddit.|bluesky|mastodon|\
     flipboard|youtube|tiktok|copy link|follow us|teilen.|partager|compartir|condividi|compartilh|delen.|공유|シェア",
    "subscri|newsletter|sign up|sign in|signup|log in|login|inbox|register|create an account|create account|premium.|\
     free trial|unlimited access|email address|e-mail address|membership|paywall|abonn|anmelden|registrieren|s'inscrire|\
     inscrivez|suscr|inscríb|iscriviti|assine|assinante|cadastr|inschrijven|подпис|구독|登録|会員",
    "related|read more|read next|read also|more from|more on|more stories|more in.|recommended|you may also|you may like|\
     you might|most read|most popular|trending|see also|also read|latest|up next|don't miss|editor's picks|\
     editors' picks|popular posts|recent posts|what to read|next article|previous article|mehr zum thema|lesen sie auch|\
     auch interessant|meistgelesen|lire aussi|à lire|sur le même|lea también|te puede|más leído|relacionad|leggi anche|\
     correlat|leia também|leia mais|mais lidas|veja também|lees ook|читайте также|관련|많이 본|関連|おすすめ|ランキング",
    "copyright|©|all rights reserved|terms of|terms and|terms & conditions|trademark|disclaimer|not be reproduced|\
     reproduction|liability|impressum|imprint.|alle rechte|urheberrecht|tous droits|mentions légales|derechos reservados|\
     aviso legal|diritti riservati|direitos reservados|voorwaarden|무단|저작권|禁止|著作権|не допускается",
    "comment|reply.|replies|leave a|respond.|posted by|upvote|discussion|says:|said:|kommentar|commentaire|comentario|\
     comentário|commenti|reactie|reageer|antworten.|répondre|responder.|rispondi|комментар|댓글|コメント",
    "advertis|sponsor|affiliate|promoted|commission.|paid content|partner content|anzeige.|werbung|publicité|publicidad|\
     publicidade|pubblicità|advertentie|реклама|광고|広告",
    "^home.|^menu|^search|^next|^previous|^prev.|^back.|^skip to|^contact|^about.|^help.|^faq|^close|^toggle|^print.|\
     ^email.|^save.|^topics|^tags|^tag:|^categories|^category|^view all|^see all|^show more|^load more|^jump to|^table of \
     contents|^suche|^startseite|^accueil|^inicio|^início|^buscar|^pesquis|^cerca.|^zoeken|^recherche|^메뉴|^홈|^メニュー",
    "photo|image|getty|reuters|ap.|afp.|dpa.|credit.|credits.|courtesy|illustration|shutterstock|picture|foto.|fotos.|\
     bild.|crédit|crédito|사진|写真|提供",
    "jan.|feb.|mar.|apr.|jun.|jul.|aug.|sep.|sept.|oct.|nov.|dec.|january|february|march.|april|june.|july|august.|\
     september|october|november|december|januar|februar|märz|mai.|juni.|juli.|oktober|dezember|janvier|février|mars.|\
     avril|juin.|juillet|août|septembre|octobre|décembre|enero|febrero|marzo|abril|mayo.|junio|julio|agosto|septiembre|\
     octubre|noviembre|diciembre|ago.|min read|minute read|minutes read|mins read|updated|published|posted on|last modified|\
     veröffentlicht|aktualisiert|publié|mis à jour|publicado|actualizado|atualizado|pubblicato|aggiornato|gepubliceerd",
    "download|our app.|the app.|app store|google play|donate|support us|buy now|shop now|book now|get started|free shipping|\
     add to cart|learn more|click here|contact us|call us|visit our|join us|sale.|discount|coupon|try it|schedule a|\
     request a|get a free|jetzt|hier klicken|télécharg|descarg|scarica|baixe|clique aqui|haz clic|다운로드|ダウンロード",
    "is a writer|is a freelance|is a journalist|is a reporter|is a staff|is a senior|is an editor|is the author|is an author|\
     is the editor|is the founder|is a professor|is a contributor|is a contributing|writes about|covers.|about the author|\
     about the writer|about author|he has written|she has written|her work|his work|over den autor|über den autor|\
     à propos de l'auteur|sobre el autor|sobre o autor|기자|記者|follow him|follow her|follow them|follow me",
    "^by.|^written by|^words by|^text by|^story by|^author|^von.|^par.|^por.|^di.|^door.|^edited by|^reviewed by|^fact checked|\
     ^medically reviewed",
];

/// A word, and where it may stand.
struct Word {
    group: u8,
    text: &'static str,
    /// True if it must end at a word's end.
    ends: bool,
}

struct Lexicon {
    /// Words that may stand anywhere in a block.
    inside: Vec<Word>,
    /// Words that open a block, by the lower five bits of their first byte.
    openers: Vec<Vec<Word>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { inside: Vec::new(), openers: (0..32).map(|_| Vec::new()).collect() };
    for (group, words) in WORDS.iter().enumerate() {
        for word in words.split('|') {
            let (word, opens) = word.strip_prefix('^').map_or((word, false), |word| (word, true));
            let (text, ends) = word.strip_suffix('.').map_or((word, false), |word| (word, true));
            let word = Word { group: group as u8, text, ends };
            if opens {
                lexicon.openers[first_bits(text)].push(word);
            } else {
                lexicon.inside.push(word);
            }
        }
    }
    lexicon
});

fn first_bits(text: &str) -> usize {
    text.bytes().next().map_or(0, |byte| usize::from(byte & 31))
}

/// The words that may stand anywhere in a block, to be looked for.
pub(crate) fn words() -> impl Iterator<Item = &'static str> {
    LEXICON.inside.iter().map(|word| word.text)
}

/// The groups each of `spans` has words of. The spans are in order and disjoint, in `raw`; `found` are all
/// places of [`words`] in it, in order.
pub(super) fn flags(
    raw: &str,
    spans: impl Iterator<Item = Span>,
    found: impl Iterator<Item = Found>,
) -> Vec<u16> {
    let bytes = raw.as_bytes();
    let mut found = found.peekable();
    let mut bits = Vec::with_capacity(spans.size_hint().0);
    for span in spans {
        let mut flags = opening_flags(raw, span);
        while found.next_if(|word| word.start < span.start()).is_some() {}
        while let Some(at) = found.next_if(|word| word.start < span.end()) {
            let word = &LEXICON.inside[at.id];
            let starts_word = at.start == span.start()
                || !is_word_byte(bytes, at.start.wrapping_sub(1))
                || !bytes[at.start].is_ascii();
            let ends_word = at.end == span.end() || !is_word_byte(bytes, at.end);
            if at.end <= span.end() && starts_word && (ends_word || !word.ends) {
                flags |= 1 << word.group;
            }
        }
        bits.push(flags);
    }
    bits
}

/// The groups of the words that open a block.
fn opening_flags(raw: &str, span: Span) -> u16 {
    let text = span.of_text(raw);
    let mut flags = 0;
    for word in &LEXICON.openers[first_bits(text)] {
        let head = text.as_bytes().get(..word.text.len());
        if head.is_some_and(|head| head.eq_ignore_ascii_case(word.text.as_bytes()))
            && (!word.ends || head.is_some_and(|head| !is_word_byte(text.as_bytes(), head.len())))
        {
            flags |= 1 << word.group;
        }
    }
    flags
}

/// ASCII letters and digits; beyond ASCII a byte counts as a letter.
fn is_word_byte(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spotter::Spotted;

    fn groups(text: &str) -> u16 {
        let spotted = Spotted::of(text);
        flags(text, Span::of(text, text).into_iter(), spotted.words())[0]
    }

    #[test]
    fn words_match_at_word_starts_only() {
        assert_eq!(groups("They SUBSCRIBE"), 1 << group::SUBSCRIBE);
        assert_eq!(groups("Marching on"), 0);
        assert_eq!(groups("Back"), 1 << group::NAV);
        assert_eq!(groups("Get back home"), 0);
        assert_eq!(groups("오늘의 쿠키"), 1 << group::CONSENT);
    }

    #[test]
    fn flags_belong_to_their_block() {
        let raw = "cookie\nplain\nnewsletter";
        let spans: Vec<Span> = raw.lines().filter_map(|line| Span::of(raw, line)).collect();
        let bits = flags(raw, spans.into_iter(), Spotted::of(raw).words());
        assert_eq!(bits, [1 << group::CONSENT, 0, 1 << group::SUBSCRIBE]);
    }
}
