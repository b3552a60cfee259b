//! Whatever bytes stand where an answer should be, and whatever stands in a component's file: there is an answer or a
//! reason, nothing is changed by half, and nothing breaks on our side.

use copydesk_core::laws;

use super::*;

/// Decodes the article's text, which is hexadecimal, to 8192, and returns what its first four bytes say. So the bytes
/// are the answer, wherever they say that it is.
const ECHO: &str = r"(local $i i32) (local $byte i32)
    (loop $more
      (local.set $byte (i32.load8_u (i32.add (local.get $text) (i32.mul (local.get $i) (i32.const 2)))))
      (local.set $byte (i32.or
        (i32.shl (i32.sub (local.get $byte) (i32.const 97)) (i32.const 4))
        (i32.sub (i32.load8_u (i32.add (local.get $text) (i32.add (i32.mul (local.get $i) (i32.const 2)) (i32.const 1))))
          (i32.const 97))))
      (i32.store8 (i32.add (i32.const 8192) (local.get $i)) (local.get $byte))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (i32.mul (local.get $i) (i32.const 2)) (local.get $length))))
    (i32.load (i32.const 8192))";

/// A generator of numbers that is the same each time: Knuth's MMIX constants.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// How often: short, or for as long as it takes to believe it.
pub(super) fn rounds(short: usize, full: usize) -> usize {
    if std::env::var_os("COPYDESK_TORTURE").is_some() { full } else { short }
}

/// What the component answers, as bytes from 8192 on.
struct Layout(Vec<u8>);

impl Layout {
    fn words(&mut self, words: &[u32]) -> &mut Layout {
        self.0.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        self
    }

    fn at(&self) -> u32 {
        8192 + u32::try_from(self.0.len()).unwrap()
    }

    fn text(&mut self, text: &str) -> (u32, u32) {
        let at = self.at();
        self.0.extend(text.as_bytes());
        while !self.0.len().is_multiple_of(8) {
            self.0.push(0);
        }
        (at, u32::try_from(text.len()).unwrap())
    }
}

/// Whole answers: one that keeps with two notes, a field and two cuts; one that leaves out; one that cannot.
fn answers() -> Vec<Vec<u8>> {
    let mut keep = Layout(vec![0; 8]);
    let (name, value) = (keep.text("note"), keep.text("{\"a\":[1,\"é\"]}"));
    let (title, title_value) = (keep.text("title"), keep.text("\"Rain\""));
    let rule = keep.text("rule");
    let notes = keep.at();
    keep.words(&[name.0, name.1, value.0, value.1, rule.0, rule.1, value.0, value.1]);
    let fields = keep.at();
    keep.words(&[title.0, title.1, title_value.0, title_value.1]);
    let cuts = keep.at();
    keep.words(&[0, 2, 6, 1, rule.0, rule.1, 1, 0, 0, 0x3fe0_0000]);
    keep.words(&[4, 8, 0, 0, 0, 0, 0, 0, 0, 0]);
    let answer = keep.at();
    keep.words(&[0, notes, 2, fields, 1, cuts, 2]);
    let mut drop = Layout(vec![0; 8]);
    let reason = drop.text("not wanted");
    let dropped = drop.at();
    drop.words(&[1, reason.0, reason.1]);
    let mut fail = Layout(vec![0; 8]);
    let code = fail.text("no_body");
    let failed = fail.at();
    fail.words(&[2, code.0, code.1, code.0, code.1, 0]);
    let mut all = [(keep, answer), (drop, dropped), (fail, failed)].map(|(layout, at)| {
        let mut bytes = layout.0;
        bytes[..4].copy_from_slice(&at.to_le_bytes());
        bytes
    });
    all.iter_mut().map(std::mem::take).collect()
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b'a' + nibble);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Small changes: bytes, and words that are pointers, lengths or tags.
fn changed(mut bytes: Vec<u8>, chance: &mut Chance) -> Vec<u8> {
    const ODD: [u32; 10] = [0, 1, 2, 3, 8192, 8196, 0x0001_fff8, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    for _ in 0..=chance.below(3) {
        let at = chance.below(bytes.len());
        match chance.below(4) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[at] = u8::try_from(chance.below(256)).unwrap(),
            2 => {
                let at = at & !3;
                let word = ODD[chance.below(ODD.len())];
                bytes.splice(at..(at + 4).min(bytes.len()), word.to_le_bytes());
            }
            _ => {
                let (from, n) = (chance.below(bytes.len()), chance.below(16));
                let piece: Vec<u8> = bytes[from..].iter().take(n).copied().collect();
                bytes.splice(at..(at + piece.len()).min(bytes.len()), piece);
            }
        }
    }
    bytes
}

/// What stands in an article, as far as an answer could have changed it.
pub(super) fn state(article: &Article) -> String {
    let Article { title, authors, notes, evidence, .. } = article;
    format!("{title:?} {authors:?} {notes:?} {evidence:?} {:?}", article.cuts())
}

#[test]
fn whole_answers_are_taken_and_no_other_breaks_anything() {
    let bench = Bench::new(&module("", ECHO));
    let mut stage = bench.stage();
    for (answer, expected) in
        answers().into_iter().zip(["Ok(Keep)", "Ok(Drop(\"not wanted\"))", "no_body: no_body"])
    {
        let mut article = article(1, &hexadecimal(&answer));
        let result = stage.process(&mut article);
        assert!(format!("{result:?}").contains(expected), "{result:?}");
        assert_eq!(
            (article.cuts().len(), article.notes.len()),
            if expected == "Ok(Keep)" { (2, 2) } else { (0, 0) }
        );
    }
    let mut chance = Chance(7);
    let (mut n_taken, mut n_garbage, mut n_refused) = (0, 0, 0);
    for round in 0..rounds(1_000, 1_000_000) {
        let seeds = answers();
        let seed = seeds[chance.below(seeds.len())].clone();
        let bytes = changed(seed, &mut chance);
        // What came before costs no other article.
        let mut other = article(2, &hexadecimal(&seeds[0]));
        assert!(matches!(stage.process(&mut other), Ok(Verdict::Keep)), "round {round}");
        assert_eq!(other.notes.len(), 2, "round {round}");
        let mut article = article(1, &hexadecimal(&bytes));
        let before = state(&article);
        match stage.process(&mut article) {
            Ok(Verdict::Keep) => {
                n_taken += 1;
                laws::check(&article).unwrap_or_else(|broken| panic!("round {round}: {broken:?}"));
            }
            Ok(Verdict::Drop(_)) => assert_eq!(before, state(&article), "round {round}"),
            Err(error) => {
                assert_eq!(before, state(&article), "round {round}");
                n_garbage += usize::from(error.message.contains("garbage"));
                n_refused += usize::from(error.message.contains("proposes what cannot be"));
            }
        }
    }
    assert!(n_taken > 50 && n_garbage > 50 && n_refused > 20, "{n_taken} {n_garbage} {n_refused}");
}

#[test]
fn no_file_is_too_strange_for_a_component() {
    let whole = component(&module("42", &noting("(i32.const 128)", "(i32.const 2)")));
    let bench = Bench::new(&module("", NOTHING));
    let path = bench.dir.path().join("stage.wasm");
    let mut chance = Chance(11);
    let (mut n_built, mut n_refused) = (0, 0);
    for _ in 0..rounds(300, 100_000) {
        let mut bytes = whole.clone();
        for _ in 0..=chance.below(2) {
            let at = chance.below(bytes.len());
            match chance.below(3) {
                0 => bytes[at] ^= 1 << chance.below(8),
                1 => bytes[at] = u8::try_from(chance.below(256)).unwrap(),
                _ => bytes.truncate(at + 1),
            }
        }
        std::fs::write(&path, &bytes).unwrap();
        match bench.built(&json!({"timeout": 10})) {
            Err(_) => n_refused += 1,
            Ok(mut stage) => {
                n_built += 1;
                let mut article = article(1, GOOD);
                let before = state(&article);
                match stage.process(&mut article) {
                    Ok(Verdict::Keep) => laws::check(&article).unwrap(),
                    Ok(Verdict::Drop(_)) | Err(_) => assert_eq!(before, state(&article)),
                }
            }
        }
        // Only what is kept for the next start: the folder must not grow.
        let _ = std::fs::remove_dir_all(bench.dir.path().join("cache"));
    }
    assert!(n_built > 5 && n_refused > 50, "{n_built} {n_refused}");
}
