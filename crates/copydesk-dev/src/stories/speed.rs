//! How fast stories are found when many are alive.

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Seq, Span, Stage};
use copydesk_stories::{FindStories, StoryOptions};
use sha2::{Digest, Sha256};

/// Articles measured.
const MEASURED: usize = 4_000;
/// Words of an article.
const WORDS: usize = 900;
/// Words of the invented language, the commonest first, and words that belong to each story.
const VOCABULARY: u64 = 60_000;
const OWN: u64 = 40;

/// User and system time of this process so far.
pub(crate) fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Fills the stage with stories, then measures.
pub(super) fn run(n_live: usize) -> anyhow::Result<()> {
    let mut stage = FindStories::new("find_stories", &StoryOptions::default())?;
    let mut seq = 0;
    let mut chance = Chance(7);
    for story in 0..n_live as u64 {
        seq += 1;
        let mut article = invented(story, seq, &mut chance);
        stage.process(&mut article)?;
    }
    let (n_stories, bytes) = stage.size();
    println!("{n_stories} stories alive, {} MB", bytes / 1_000_000);
    let mut articles: Vec<Article> = (0..MEASURED as u64)
        .map(|n| {
            // Most go on with a story; one in five opens one.
            let story = if n % 5 == 0 { n_live as u64 + n } else { chance.below(n_live as u64) };
            invented(story, seq + 1 + n, &mut chance)
        })
        .collect();
    let begin = cpu_seconds();
    for article in &mut articles {
        stage.process(article)?;
    }
    let seconds = cpu_seconds() - begin;
    let n_bytes: usize = articles.iter().map(|article| article.memories[0].1.len()).sum();
    println!(
        "{:.0} articles of {WORDS} words a CPU-second, {} bytes of memory each, {} stories at the end",
        MEASURED as f64 / seconds,
        n_bytes / MEASURED,
        stage.size().0
    );
    Ok(())
}

/// Chance that can be repeated (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }
}

/// A report of a story: words of the language by Zipf's law, and one in eight of the story's own.
fn invented(story: u64, seq: u64, chance: &mut Chance) -> Article {
    let mut raw = String::new();
    for n in 0..WORDS {
        let own = chance.below(8) == 0;
        let word = if own {
            VOCABULARY + story * OWN % 2_000_000 + chance.below(OWN)
        } else {
            let u = (chance.below(1 << 32) as f64 + 1.0) / (1_u64 << 32) as f64;
            ((VOCABULARY as f64).powf(u) as u64).min(VOCABULARY - 1)
        };
        spell(word, own && word % 3 == 0, &mut raw);
        raw.push_str(if n % 60 == 59 {
            ".\n"
        } else if n % 15 == 14 {
            ". "
        } else {
            " "
        });
    }
    let blocks = raw
        .split('\n')
        .filter_map(|line| Span::of(&raw, line.trim()))
        .filter(|span| !span.is_empty())
        .map(|span| Block::plain(span, BlockKind::Paragraph))
        .collect();
    let id = ArticleId::from_bytes(Sha256::digest(seq.to_le_bytes()).into());
    let mut article = Article::new(id, Origin::default(), raw.as_str(), blocks);
    article.seq = Seq(seq);
    article
}

/// A number as syllables.
fn spell(mut word: u64, large: bool, raw: &mut String) {
    const CONSONANTS: &[u8] = b"bdfgklmnprstvz";
    const VOWELS: &[u8] = b"aeiou";
    let mut first = large;
    loop {
        let c = CONSONANTS[(word % 14) as usize] as char;
        raw.push(if first { c.to_ascii_uppercase() } else { c });
        raw.push(VOWELS[(word / 14 % 5) as usize] as char);
        first = false;
        word /= 70;
        if word == 0 {
            return;
        }
    }
}
