//! How common a term is: live, over what was seen, with what is known of common words from the start.

use hashbrown::HashMap;

use crate::sketch::Term;

/// Words that are common in news, by language: function words, then what every report says.
const COMMON: &str = include_str!("../words/common.txt");

/// Columns of a row of counts; a power of two.
const COLUMNS: usize = 1 << 20;
/// Stories after which all counts are halved: what is no longer said becomes rare again.
const HALVE_AT: u32 = 50_000;
/// What the words known from the start weigh, in stories.
const PRIOR: f32 = 1_000.0;
/// Share of stories that a word not known from the start is in.
const UNKNOWN: f32 = 0.0005;

/// In how many stories each term was, roughly: two rows of counts, of which the smaller counts (Cormode and
/// Muthukrishnan 2005). Stories, not articles, so that the words of a story that many report stay rare.
#[derive(Debug, Clone)]
pub(crate) struct Frequencies {
    rows: [Vec<u16>; 2],
    n_stories: u32,
    common: HashMap<u32, f32>,
}

impl Frequencies {
    pub(crate) fn new() -> Frequencies {
        Frequencies { rows: [vec![0; COLUMNS], vec![0; COLUMNS]], n_stories: 0, common: common() }
    }

    /// Inverse document frequency, at least a little above 0.
    pub(crate) fn idf(&self, hash: u32) -> f32 {
        let [a, b] = columns(hash);
        let count = self.rows[0][a].min(self.rows[1][b]);
        let known = self.common.get(&hash).copied().unwrap_or(UNKNOWN);
        let (n, of) = (f32::from(count) + PRIOR * known, self.n_stories as f32 + PRIOR);
        (of / n.min(of)).ln() + 0.01
    }

    /// True for a word known to be common from the start.
    pub(crate) fn is_common(&self, hash: u32) -> bool {
        self.common.contains_key(&hash)
    }

    /// A term's weight in its article.
    pub(crate) fn weight(&self, term: Term) -> f32 {
        term.weight() * self.idf(term.hash) * boost(term)
    }

    /// A new story.
    pub(crate) fn add_story(&mut self) {
        self.n_stories += 1;
        if self.n_stories >= HALVE_AT {
            self.n_stories /= 2;
            self.rows.iter_mut().flatten().for_each(|count| *count /= 2);
        }
    }

    /// A term that its story did not have.
    pub(crate) fn add_term(&mut self, hash: u32) {
        let [a, b] = columns(hash);
        let least = self.rows[0][a].min(self.rows[1][b]);
        for (row, column) in self.rows.iter_mut().zip([a, b]) {
            if row[column] == least {
                row[column] = row[column].saturating_add(1);
            }
        }
    }

    /// Counts and the number of stories, to be written.
    pub(crate) fn parts(&self) -> ([&[u16]; 2], u32) {
        ([&self.rows[0], &self.rows[1]], self.n_stories)
    }

    /// The other way round. `None` if the rows have another length.
    pub(crate) fn from_parts(rows: [Vec<u16>; 2], n_stories: u32) -> Option<Frequencies> {
        let fits = rows.iter().all(|row| row.len() == COLUMNS);
        fits.then(|| Frequencies { rows, n_stories, common: common() })
    }
}

/// Names tell most of which event it is.
pub(crate) const NAME_BOOST: f32 = 1.4;

/// What a term counts for more than others.
pub(crate) fn boost(term: Term) -> f32 {
    if term.is_name() { NAME_BOOST } else { 1.0 }
}

/// Where a term is counted, in each row.
fn columns(hash: u32) -> [usize; 2] {
    let other = hash.wrapping_mul(0x9e37_79b1).rotate_left(15) ^ (hash >> 7);
    [hash as usize & (COLUMNS - 1), other as usize & (COLUMNS - 1)]
}

fn common() -> HashMap<u32, f32> {
    let mut shares = HashMap::new();
    for line in COMMON.lines().filter(|line| !line.starts_with('#')) {
        let Some((share, words)) = line.split_once(' ') else { continue };
        let Ok(share) = share.parse::<f32>() else { continue };
        for word in words.split(' ') {
            crate::words::tokens(word, |token| {
                let known = shares.entry(token.hash).or_insert(0.0_f32);
                *known = known.max(share);
            });
        }
    }
    shares
}
