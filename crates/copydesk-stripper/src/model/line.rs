//! What a block's text looks like, letter by letter: measures that need no language.
//!
//! One pass over the characters, for every block of every article comes through here.

/// The measures of one block's text.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "measures of a text, not states")]
pub(super) struct Line {
    /// Characters.
    pub(super) chars: f32,
    /// Words; in scripts without spaces a fraction of the characters.
    pub(super) words: f32,
    /// Mean letters of a word.
    pub(super) word_len: f32,
    /// Letters of the longest word.
    pub(super) longest: f32,
    /// Share of words that open in lower case, upper case, with a digit.
    pub(super) lower: f32,
    pub(super) upper: f32,
    pub(super) digit: f32,
    /// Share of words of up to three letters.
    pub(super) short: f32,
    /// True where letters have no case.
    pub(super) uncased: bool,
    /// Ends of sentences.
    pub(super) sentences: f32,
    pub(super) commas: f32,
    pub(super) separators: f32,
    pub(super) quotes: f32,
    /// Question and exclamation marks.
    pub(super) shouts: f32,
    /// Share of characters that are neither letters, digits nor spaces.
    pub(super) marks: f32,
    /// Numbers that could be years.
    pub(super) years: f32,
    pub(super) ends_sentence: bool,
    pub(super) ends_colon: bool,
    pub(super) ends_ellipsis: bool,
    pub(super) opens_bullet: bool,
    pub(super) opens_lower: bool,
    pub(super) at_sign: bool,
    pub(super) url: bool,
    pub(super) all_upper: bool,
    /// Where its words are in [`Words::tokens`].
    pub(super) tokens: (u32, u32),
    /// Hash of its words in order.
    pub(super) hash: u32,
    /// Share of words that differ.
    pub(super) distinct: f32,
}

impl Line {
    /// The words a line of prose has, 0 for one that does not look like prose.
    pub(super) fn prose(&self) -> f32 {
        let reads = if self.uncased { self.words > 10.0 } else { self.words > 12.0 && self.lower > 0.4 };
        if reads && self.sentences >= 1.0 { self.words } else { 0.0 }
    }
}

/// The words of an article's blocks as hashes, and the measures of each block.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) lines: Vec<Line>,
    tokens: Vec<u32>,
}

impl Words {
    /// Measures each text.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Words {
        let mut words = Words::default();
        words.lines.reserve(texts.size_hint().0);
        let mut scratch = Scratch::default();
        for text in texts {
            let line = Scan::default().run(text, &mut words.tokens, &mut scratch);
            words.lines.push(line);
        }
        words
    }

    /// Hashes of the words of four letters and more of a line, in order.
    pub(super) fn tokens(&self, line: &Line) -> &[u32] {
        self.tokens.get(line.tokens.0 as usize..line.tokens.1 as usize).unwrap_or(&[])
    }
}

/// Space, kept from line to line.
#[derive(Default)]
struct Scratch {
    /// A word in lower case.
    low: String,
    /// A table of the words of a line.
    seen: Vec<u64>,
}

#[derive(Default)]
struct Scan {
    line: Line,
    n_words: u32,
    n_lower: u32,
    n_upper: u32,
    n_digit: u32,
    n_short: u32,
    longest: u32,
    letters: u32,
    n_marks: u32,
    bare: f32,
    last: char,
    ending: bool,
    line_hash: u32,
}

const SEED: u32 = 0x811c_9dc5;

fn mix(hash: u32, c: u32) -> u32 {
    (hash ^ c).wrapping_mul(0x0100_0193).rotate_left(5)
}

/// ASCII letters, digits and the underscore.
const IN_WORD: [bool; 256] = {
    let mut in_word = [false; 256];
    let mut byte = 0_u8;
    while byte < 0x80 {
        in_word[byte as usize] = byte.is_ascii_alphanumeric() || byte == b'_';
        byte += 1;
    }
    in_word
};

/// The bit by which capitals differ from small letters, in eight bytes. No two bytes of [`IN_WORD`] differ by it
/// alone but a letter's two cases.
const CASE: u64 = 0x2020_2020_2020_2020;

impl Scan {
    fn run(mut self, text: &str, tokens: &mut Vec<u32>, scratch: &mut Scratch) -> Line {
        let text = text.trim();
        let start = tokens.len();
        self.line_hash = SEED;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            if IN_WORD[usize::from(byte)] {
                let mut end = at + 1;
                while bytes.get(end).is_some_and(|&byte| IN_WORD[usize::from(byte)]) {
                    end += 1;
                }
                if bytes.get(end).is_none_or(u8::is_ascii) {
                    self.ascii_word(bytes, at, end, tokens);
                    at = end;
                    continue;
                }
            } else if byte.is_ascii() {
                self.mark(char::from(byte));
                self.last = char::from(byte);
                at += 1;
                continue;
            }
            at += self.other(text.get(at..).unwrap_or_default(), tokens, &mut scratch.low);
        }
        if self.ending {
            self.line.sentences += 1.0;
        }
        self.line.chars = if text.is_ascii() { text.len() } else { text.chars().count() } as f32;
        self.edges(text);
        self.sums();
        self.line.tokens = (start as u32, tokens.len() as u32);
        self.line.distinct = distinct(tokens.get(start..).unwrap_or(&[]), &mut scratch.seen);
        self.line
    }

    /// A whole word of ASCII, between two places of `bytes`.
    fn ascii_word(&mut self, bytes: &[u8], start: usize, end: usize, tokens: &mut Vec<u32>) {
        let word = bytes.get(start..end).unwrap_or(&[]);
        let (Some(&first), Some(&last)) = (word.first(), word.last()) else { return };
        self.year(word);
        let hash = match bytes.get(start..start + 8).and_then(|head| head.first_chunk()) {
            // Short words are most words: one look at memory, the bytes behind the word masked out.
            Some(head) if word.len() <= 8 => {
                let mask = u64::MAX >> (64 - 8 * word.len());
                finish(fold_in(0, (u64::from_le_bytes(*head) | CASE) & mask))
            }
            _ => hash_of(word),
        };
        self.end_word(hash, char::from(first), word.len() as u32, tokens);
        self.last = char::from(last);
    }

    fn year(&mut self, word: &[u8]) {
        if let [b'1' | b'2', rest @ ..] = word
            && word.len() == 4
            && rest.iter().all(u8::is_ascii_digit)
        {
            self.line.years += 1.0;
        }
    }

    /// What is not plain ASCII, at the start of `text`: a word, or one character. Answers with its bytes.
    fn other(&mut self, text: &str, tokens: &mut Vec<u32>, low: &mut String) -> usize {
        let is_letter = |c: char| if c.is_ascii() { IN_WORD[c as usize] } else { c.is_alphanumeric() };
        let Some(first) = text.chars().next() else { return 1 };
        if !is_letter(first) {
            self.mark(first);
            self.last = first;
            return first.len_utf8();
        }
        if let Some(share) = bare_share(first) {
            self.ending = false;
            self.bare += share;
            if bare_share(self.last).is_some() {
                tokens.push(mix(mix(SEED, self.last as u32), first as u32));
            }
            self.line_hash = mix(self.line_hash, first as u32);
            self.last = first;
            return first.len_utf8();
        }
        let (mut len, mut n_bytes, mut last) = (0, 0, first);
        low.clear();
        for c in text.chars().take_while(|&c| is_letter(c) && bare_share(c).is_none()) {
            low.push(if c.is_ascii() {
                c.to_ascii_lowercase()
            } else {
                c.to_lowercase().next().unwrap_or(c)
            });
            (len, n_bytes, last) = (len + 1, n_bytes + c.len_utf8(), c);
        }
        self.year(low.as_bytes());
        self.end_word(hash_of(low.as_bytes()), first, len, tokens);
        self.last = last;
        n_bytes
    }

    fn mark(&mut self, c: char) {
        let space = c == ' ' || c.is_whitespace();
        self.n_marks += u32::from(!space);
        if self.ending && (space || is_closing(c)) {
            self.line.sentences += 1.0;
            self.ending = false;
        }
        if space {
            return;
        }
        match c {
            '.' | '…' | '؟' | '।' | '۔' => self.ending = true,
            '!' | '?' => {
                self.ending = true;
                self.line.shouts += 1.0;
            }
            '。' | '！' | '？' | '｡' if !matches!(self.last, '。' | '！' | '？') => {
                self.line.sentences += 1.0;
            }
            ',' | '，' | '、' | '،' | ';' => self.line.commas += 1.0,
            '|' | '»' | '›' | '·' | '•' | '/' => self.line.separators += 1.0,
            '@' => self.line.at_sign = true,
            _ => {}
        }
        if matches!(c, '"' | '“' | '”' | '«' | '»' | '„' | '「' | '」') {
            self.line.quotes += 1.0;
        }
    }

    fn end_word(&mut self, hash: u32, first: char, len: u32, tokens: &mut Vec<u32>) {
        self.ending = false;
        self.n_words += 1;
        self.letters += len;
        self.longest = self.longest.max(len);
        self.n_short += u32::from(len <= 3);
        if first.is_lowercase() {
            self.n_lower += 1;
        } else if first.is_uppercase() {
            self.n_upper += 1;
        } else if first.is_numeric() {
            self.n_digit += 1;
        }
        self.line_hash = mix(self.line_hash, hash);
        if len >= 4 || (!first.is_ascii() && len >= 2) {
            tokens.push(hash);
        }
    }

    fn edges(&mut self, text: &str) {
        let last = text.chars().next_back().unwrap_or(' ');
        let first = text.chars().next().unwrap_or(' ');
        let closed = text.trim_end_matches(is_closing).chars().next_back().unwrap_or(' ');
        let line = &mut self.line;
        line.ends_sentence = matches!(closed, '.' | '!' | '?' | '。' | '！' | '？' | '…' | '؟' | '।' | '۔');
        line.ends_colon = matches!(last, ':' | '：');
        line.ends_ellipsis = last == '…' || text.ends_with("...");
        line.opens_bullet =
            matches!(first, '-' | '•' | '*' | '·' | '–' | '—' | '»' | '›' | '>' | '▪' | '●' | '✓');
        line.opens_lower = first.is_lowercase();
        line.url = text.contains("http") || text.contains("www.");
    }

    fn sums(&mut self) {
        let line = &mut self.line;
        let n_words = self.n_words.max(1) as f32;
        let cased = self.n_lower + self.n_upper > 0;
        line.words = self.n_words as f32 + self.bare;
        line.word_len = self.letters as f32 / n_words;
        line.longest = self.longest as f32;
        line.lower = self.n_lower as f32 / n_words;
        line.upper = self.n_upper as f32 / n_words;
        line.digit = self.n_digit as f32 / n_words;
        line.short = self.n_short as f32 / n_words;
        line.uncased = self.bare > self.n_words as f32 || !cased && self.n_words > self.n_digit;
        line.all_upper = self.n_lower == 0 && self.n_upper > 0 && self.letters > 3;
        line.marks = self.n_marks as f32 / line.chars.max(1.0);
        line.hash = self.line_hash;
    }
}

/// A word by its folded bytes, eight at a time. What is plain ASCII may come with capitals.
fn hash_of(word: &[u8]) -> u32 {
    let (chunks, rest) = word.as_chunks::<8>();
    let fold = |chunk: u64| if chunk & 0x8080_8080_8080_8080 == 0 { chunk | CASE } else { chunk };
    let hash = chunks.iter().fold(0, |hash, chunk| fold_in(hash, fold(u64::from_le_bytes(*chunk))));
    if rest.is_empty() {
        return finish(hash);
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mask = u64::MAX >> (64 - 8 * rest.len());
    finish(fold_in(hash, fold(u64::from_le_bytes(last)) & mask))
}

fn fold_in(hash: u64, chunk: u64) -> u64 {
    let mixed = (hash.rotate_left(29) ^ chunk).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ mixed >> 32
}

fn finish(hash: u64) -> u32 {
    (hash.wrapping_mul(0xd6e8_feb8_6659_fd93) >> 32) as u32
}

/// The share of a word that a character of a script without spaces is worth; Hangul words are worth less than
/// their spaces say, too.
fn bare_share(c: char) -> Option<f32> {
    match c {
        '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Some(0.5),
        '\u{ac00}'..='\u{d7af}' => Some(0.45),
        '\u{0e00}'..='\u{0eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => Some(0.2),
        _ => None,
    }
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '”' | '’' | '\'' | '»' | '“' | ')' | ']' | '」' | '』' | '）')
}

/// The share of `tokens` that differ; `seen` is space, kept from line to line.
fn distinct(tokens: &[u32], seen: &mut Vec<u64>) -> f32 {
    // Beyond a page's worth of words the share says nothing new.
    const MOST: usize = 400;
    if tokens.len() < 2 {
        return 1.0;
    }
    let tokens = tokens.get(..MOST).unwrap_or(tokens);
    // A table of the words so far, a quarter full at most, in which 0 is a free place.
    let n_places = (tokens.len() * 4).next_power_of_two();
    seen.clear();
    seen.resize(n_places, 0);
    let mut n_distinct = 0_u16;
    for &token in tokens {
        let key = u64::from(token) + 1;
        let mut place = key.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32) as usize;
        loop {
            place &= n_places - 1;
            match seen[place] {
                0 => {
                    seen[place] = key;
                    n_distinct += 1;
                    break;
                }
                known if known == key => break,
                _ => place += 1,
            }
        }
    }
    f32::from(n_distinct) / tokens.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        Words::of([text].into_iter()).lines.remove(0)
    }

    #[test]
    fn prose_is_told_from_a_menu() {
        let prose =
            line("The council met on Monday, and after a long debate it voted to close the old bridge.");
        assert!(prose.prose() > 15.0);
        assert!((prose.sentences - 1.0).abs() < f32::EPSILON);
        assert!(prose.ends_sentence && prose.lower > 0.8);
        let menu = line("Home | News | Sport | Weather");
        assert!(menu.prose() < 1.0 && menu.lower < 0.1);
        assert!(menu.separators > 2.0);
    }

    #[test]
    fn scripts_without_spaces_have_words() {
        let prose =
            line("市議会は月曜日に集まり、長い議論の末に古い橋を閉鎖することを決めた。住民は反対している。");
        assert!(prose.uncased && prose.prose() > 15.0 && prose.sentences > 1.5);
        let korean = line(
            "시의회는 월요일에 모여 오랜 논의 끝에 오래된 다리를 폐쇄하기로 결정했다. 주민들은 반대하고 있다.",
        );
        assert!(korean.uncased && korean.prose() > 10.0);
    }

    #[test]
    fn a_year_is_one_whatever_stands_behind_it() {
        for text in ["In 2021 it rose", "In 2021–22 it rose", "2021년", "1999"] {
            assert!((line(text).years - 1.0).abs() < f32::EPSILON, "{text}");
        }
        for text in ["3021", "20212", "é2021", "2021é"] {
            assert!(line(text).years < 0.5, "{text}");
        }
    }

    #[test]
    fn case_and_place_change_no_word() {
        let words =
            Words::of(["Cafés UNDERSTANDING it_is, café", "x cafés understanding IT_IS– CAFÉ."].into_iter());
        let (one, other) = (words.tokens(&words.lines[0]), words.tokens(&words.lines[1]));
        assert_eq!(one.len(), 4);
        assert_eq!(one, other);
        let long = line("Abcdefgh abcdefghi abcdefgX");
        assert!((long.distinct - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn a_decimal_point_ends_no_sentence() {
        assert!((line("It grew by 3.5 per cent.\" He left").sentences - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn an_empty_text_is_measured() {
        assert!(line("").words < 1.0);
        assert!(line("\u{a0}").words < 1.0);
    }
}
