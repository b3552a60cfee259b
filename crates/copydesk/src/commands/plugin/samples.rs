//! Articles made up for tests and measurements.

use std::fmt::Write as _;

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Span};

use crate::cleaner::{CleanOutcome, Cleaner};

/// Numbers articles apart; the same number is the same article.
fn id(number: usize, kind: u8) -> ArticleId {
    let mut bytes = [kind; 32];
    for (byte, given) in bytes.iter_mut().zip(number.to_be_bytes()) {
        *byte = given;
    }
    ArticleId::from_bytes(bytes)
}

/// An article of these paragraphs, of which nothing else is known: every field is empty.
pub(super) fn bare(number: usize, paragraphs: &[&str]) -> Article {
    let mut raw = String::new();
    let mut places = Vec::new();
    for paragraph in paragraphs {
        let start = raw.len();
        raw.push_str(paragraph);
        places.push((start, raw.len()));
        raw.push_str("\n\n");
    }
    let spans: Vec<Span> =
        places.into_iter().filter_map(|(start, end)| Span::new(&raw, start, end)).collect();
    let blocks = spans.into_iter().map(|span| Block::plain(span, BlockKind::Paragraph)).collect();
    let bytes = raw.len() as u64;
    let origin = Origin {
        uri: format!("file:///samples/{number}.txt"),
        media_type: "text/plain".into(),
        charset: "UTF-8".into(),
        bytes,
        received: String::new(),
    };
    Article::new(id(number, b'b'), origin, raw, blocks)
}

/// An article of 4 KB in ten paragraphs.
pub(super) fn four_kilobytes(number: usize) -> Article {
    let sentence =
        format!("Keeper number {number} counted more ships in this week than in any week since the war. ");
    let paragraph = sentence.repeat(5);
    bare(number, &[paragraph.trim_end(); 10])
}

const SENTENCES: [&str; 16] = [
    "The ferry to Northshore will not sail before Thursday, the harbour office said.",
    "“We have waited for this since 1987,” said Ada Kell, who keeps the lighthouse.",
    "Nobody was hurt when the crane fell onto the quay; two trawlers lost their nets.",
    "Der Kran am Osthafen steht seit 1952, sagte die Stadt, und rostet an den Füßen.",
    "„Niemand wurde verletzt“, teilte die Wache am Montagabend mit – der Schaden: 12.000 Kronen.",
    "Le pont sera fermé jusqu'à jeudi ; les pêcheurs demandent une indemnité.",
    "El faro volverá a encenderse el 3 de marzo, según el ayuntamiento.",
    "Паром не выйдет в море до четверга, сообщила служба порта.",
    "Το πλοίο θα μείνει στο λιμάνι ως την Πέμπτη.",
    "لن تبحر العبارة قبل يوم الخميس، بحسب إدارة الميناء.",
    "המעבורת לא תפליג לפני יום חמישי, נמסר מהנמל.",
    "渡轮星期四以前不会开航，港务局说。",
    "フェリーは木曜日まで運航しないと港湾局が発表した。",
    "नौका गुरुवार से पहले नहीं चलेगी, बंदरगाह ने कहा।",
    "Share this article on every network! 🐟⛴️👩‍🔧",
    "Costs rose by 4.5 % to 1,250,000 crowns (2025: 1,196,172), e.g. for oak, steel & paint.",
];

/// Reports in many languages, each unlike the others, as they come out of the stages before the plugin.
pub(super) fn reports(n_reports: usize, cleaner: &Cleaner) -> Vec<Article> {
    let mut chance = 88_172_645_463_325_252_u64;
    let mut below = |limit: usize| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        (chance >> 33) as usize % limit
    };
    // Stages before the plugin cost more than it does: a quarter of the texts has to do, each under four ids.
    let n_texts = n_reports.div_ceil(4);
    let mut articles = Vec::with_capacity(n_reports);
    for number in 0..n_texts {
        let mut text = format!("Report {number} from the harbour\n\n");
        for _ in 0..below(5) {
            for _ in 0..=below(4) {
                let sentence = SENTENCES.get(below(SENTENCES.len())).copied().unwrap_or_default();
                let _ = write!(text, "{sentence} ");
            }
            let _ = write!(text, "No. {}.\n\n", below(10_000));
        }
        if let Some(CleanOutcome::Article(article)) =
            cleaner.clean_bytes(&format!("file:///samples/{number}.txt"), text.as_bytes()).pop()
        {
            articles.push(*article);
        }
    }
    for number in articles.len()..n_reports {
        if let Some(article) = articles.get(number % n_texts.max(1)) {
            articles.push(article.clone());
        }
    }
    for (number, article) in articles.iter_mut().enumerate() {
        article.id = id(number, b'r');
    }
    articles
}
