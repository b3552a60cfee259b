//! What a plugin answers: parsed, and what it proposes applied to an article of many blocks, some of them cut already.
//! The article is left as it was, or the laws hold of what has become of it.

use copydesk_core::{
    Article, ArticleId, Block, BlockKind, Cut, Entity, EntityKind, Origin, Reason, RecordView, Span,
};
use copydesk_plugin::{Answer, wire};
use serde_json::{Map, Value, json};

use super::{article, variant};

const KINDS: [BlockKind; 11] = [
    BlockKind::Paragraph,
    BlockKind::Title,
    BlockKind::Heading,
    BlockKind::Byline,
    BlockKind::ListItem,
    BlockKind::Date,
    BlockKind::Quote,
    BlockKind::Standfirst,
    BlockKind::Caption,
    BlockKind::Table,
    BlockKind::Code,
];

/// First the text of an article, then, behind a line of four dashes, what is answered for it: a line as it is, or what
/// a line is made from.
pub fn run(bytes: &[u8]) {
    let (variant, rest) = variant(bytes);
    let at = rest.windows(6).position(|window| window == b"\n----\n");
    let (text, answer) = at.map_or((rest, &b""[..]), |at| (&rest[..at], &rest[at + 6..]));
    let text = String::from_utf8_lossy(text).replace('\0', " ");
    let (first, second) = (made(&text, variant, 0), made(&text, variant.wrapping_add(1), 1));
    check_shown(&[&first, &second]);
    let line = match variant % 4 {
        0 => answer.to_vec(),
        _ => Chooser(answer).line(&[&first, &second], variant % 4 == 3).into_bytes(),
    };
    match wire::answers(&line, &[&first, &second]) {
        Ok(answers) => {
            assert_eq!(answers.len(), 2, "an answer for each");
            for (answer, article) in answers.into_iter().zip([first, second]) {
                check_applied(answer, article);
            }
        }
        Err(message) => {
            assert!(!message.contains(char::is_control), "a message is one line: {message:?}");
            assert!(message.len() < 4096, "a message is short");
        }
    }
}

/// An article of this text: a block for each paragraph, of any kind, and some of it cut.
fn made(text: &str, variant: u8, id: u8) -> Article {
    let mut blocks = Vec::new();
    for (idx, part) in text.split("\n\n").enumerate() {
        let Some(span) = Span::of(text, part).map(|span| span.trimmed(text)).filter(|span| !span.is_empty())
        else {
            continue;
        };
        let kind = KINDS[(idx * usize::from(variant / 4 + 1)) % KINDS.len()];
        blocks.push(Block::plain(span, kind));
    }
    let cuts = blocks.iter().enumerate().filter(|(idx, block)| idx % 3 == 2 && block.kind.is_body());
    let cuts: Vec<Cut> = cuts
        .map(|(_, block)| Cut::new(block.span, Reason::Promo, "rule".to_owned(), "before".to_owned(), 1.0))
        .collect();
    let mut article =
        Article::new(ArticleId::from_bytes([id; 32]), Origin::default(), text.to_owned(), blocks);
    article.cut(cuts);
    article.title = text.lines().next().map(str::to_owned).filter(|title| !title.is_empty());
    article.notes.insert("before".into(), json!({"text": text, "n": [1, null, -0.5]}));
    article.entities = vec![Entity {
        name: text.chars().take(40).collect(),
        kind: EntityKind::Place,
        count: 1,
        aliases: Vec::new(),
        spans: Vec::new(),
    }];
    assert_eq!(copydesk_core::laws::check(&article), Ok(()), "the article itself");
    article
}

/// The line that a plugin gets holds the articles as they are.
fn check_shown(articles: &[&Article]) {
    let line = wire::batch(7, articles);
    let text = line.strip_suffix('\n').expect("a line ends");
    assert!(!text.contains('\n'), "one line");
    let frame: Value = serde_json::from_str(text).expect("JSON");
    assert_eq!(frame["items"].as_array().map(Vec::len), Some(articles.len()));
    for (k, article) in articles.iter().enumerate() {
        let (item, shown) = (&frame["items"][k], &frame["items"][k]["article"]);
        assert_eq!(item["k"], k);
        assert_eq!(shown["id"], article.id.to_string());
        assert_eq!(shown["notes"], Value::Object(article.notes.clone()), "notes are as they were put in");
        assert_eq!(shown["entities"][0]["name"], *article.entities[0].name, "so are entities");
        let blocks = shown["blocks"].as_array().expect("blocks");
        assert_eq!(blocks.len(), article.kept().count());
        for (block, kept) in blocks.iter().zip(article.kept()) {
            assert_eq!(block["text"], kept.text);
            assert_eq!(block["span"], json!([kept.span.start(), kept.span.end()]));
            assert_eq!(block["kind"], kept.kind.name());
        }
    }
}

fn check_applied(answer: Answer, mut article: Article) {
    let Answer::Keep(proposals) = answer else { return };
    let before = RecordView(&article).to_json();
    let n_cuts = article.cuts().len();
    let body: Vec<Span> = article.kept().filter(|kept| kept.kind.is_body()).map(|kept| kept.span).collect();
    let cut_before: Vec<Span> = article.cuts().iter().map(|cut| cut.span).collect();
    let notes: Vec<String> = serde_json::from_str::<Value>(proposals.notes.text())
        .ok()
        .and_then(|notes| Some(notes.as_object()?.keys().cloned().collect()))
        .unwrap_or_default();
    if let Err(refusal) = proposals.apply(&mut article, "mine") {
        assert_eq!(RecordView(&article).to_json(), before, "refused, and changed nothing");
        let message = refusal.to_string();
        assert!(!message.contains(char::is_control), "a refusal is one line: {message:?}");
        assert!(message.len() < 4096, "a refusal is short");
    } else {
        article::check(&article);
        article::check_record(&article);
        assert!(article.cuts().len() >= n_cuts, "no cut is taken back");
        for cut in article.cuts().iter().filter(|cut| !cut_before.contains(&cut.span)) {
            assert_eq!(cut.stage, "mine");
            assert!(body.iter().any(|kept| kept.contains(cut.span)), "{cut:?} is not of the body");
        }
        assert!(notes.iter().all(|name| article.notes.contains_key(name)), "all notes are taken");
    }
}

/// Choices made by bytes, so that answers are right for the most part, and wrong in one place.
struct Chooser<'a>(&'a [u8]);

impl Chooser<'_> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().map_or((0, self.0), |(first, rest)| (*first, rest));
        self.0 = rest;
        first
    }

    fn below(&mut self, end: usize) -> usize {
        (usize::from(self.byte()) << 8 | usize::from(self.byte())) % end.max(1)
    }

    fn line(&mut self, articles: &[&Article; 2], spoil: bool) -> String {
        let order = if self.byte().is_multiple_of(8) { [1, 0] } else { [0, 1] };
        let items: Vec<Value> = order
            .into_iter()
            .map(|k| {
                let mut item = json!({"k": k, "id": articles[k].id.to_string(), "op": "keep"});
                match self.byte() % 16 {
                    0 => item = json!({"k": k, "id": item["id"], "op": "drop", "reason": self.text()}),
                    1 => {
                        item = json!({
                            "k": k, "id": item["id"], "op": "fail", "code": self.text(), "message": self.text(),
                            "retryable": self.byte().is_multiple_of(2),
                        });
                    }
                    _ => {
                        item["notes"] = self.notes();
                        item["fields"] = self.fields();
                        item["cuts"] = self.cuts(articles[k]);
                    }
                }
                item
            })
            .collect();
        let mut line = json!({"t": "result", "seq": 1, "items": items}).to_string();
        if spoil {
            let places: Vec<(usize, char)> = line.char_indices().collect();
            let (at, what) = places[self.below(places.len())];
            let by = [
                "",
                "0",
                "\"",
                "}",
                "null",
                "-",
                "[",
                "1e999",
                "\\ud800",
                "9999999999999999999999",
                "\"k\":1,",
                ",",
                "NaN",
            ];
            line.replace_range(at..at + what.len_utf8(), by[self.below(by.len())]);
        }
        line
    }

    fn text(&mut self) -> String {
        let texts = [
            "A text",
            "",
            " ",
            "2026-01-02",
            "2026-01-02T03:04:05Z",
            "2026-13-40",
            "https://wend.example/a b",
            "\u{1b}[31m",
            "https://wend.example/",
            "ünder \u{202e}the\u{0} bridge",
            "before",
            "supersedes",
            "a\nb",
            "—",
            "javascript:alert(1)",
            "2026-01-02T25:00:00Z",
        ];
        match self.below(texts.len() + 2) {
            many if many == texts.len() => "é".repeat(self.below(20_000)),
            other => texts.get(other).map_or_else(String::new, |text| (*text).to_owned()),
        }
    }

    fn value(&mut self, depth: u8) -> Value {
        if depth == 0 && self.byte().is_multiple_of(16) {
            return (0..self.byte() % 140).fold(json!(1), |value, _| json!([value]));
        }
        match self.byte() % 8 {
            0 => Value::Null,
            1 => json!(self.byte().is_multiple_of(2)),
            2 => json!(self.below(1 << 16)),
            3 => json!(f64::from(self.byte()) / 7.0),
            4 if depth < 6 => (0..self.byte() % 4).map(|_| self.value(depth + 1)).collect(),
            5 if depth < 6 => (0..self.byte() % 4)
                .map(|_| (self.text(), self.value(depth + 1)))
                .collect::<Map<_, _>>()
                .into(),
            _ => json!(self.text()),
        }
    }

    fn notes(&mut self) -> Value {
        (0..self.byte() % 4)
            .map(|idx| {
                let name = if self.byte().is_multiple_of(4) { self.text() } else { format!("note_{idx}") };
                (name, self.value(0))
            })
            .collect::<Map<_, _>>()
            .into()
    }

    fn fields(&mut self) -> Value {
        let names = [
            "title",
            "authors",
            "published",
            "modified",
            "dateline",
            "standfirst",
            "section",
            "site",
            "url",
            "keywords",
            "summary",
            "language",
        ];
        let mut fields = Map::new();
        for _ in 0..self.byte() % 4 {
            let n_names = if self.byte().is_multiple_of(8) { 12 } else { 11 };
            let name = names[self.below(n_names)];
            let value = match name {
                "authors" | "keywords" if !self.byte().is_multiple_of(8) => {
                    (0..=self.byte() % 3).map(|_| json!(self.text())).collect()
                }
                "published" | "modified" if !self.byte().is_multiple_of(4) => {
                    json!("2026-01-02T03:04:05+01:00")
                }
                "url" if !self.byte().is_multiple_of(4) => json!("https://wend.example/saltby"),
                _ if self.byte().is_multiple_of(8) => self.value(0),
                _ => json!(self.text()),
            };
            fields.insert(name.to_owned(), value);
        }
        fields.into()
    }

    /// Cuts within blocks of the body for the most part, and some that overlap.
    fn cuts(&mut self, article: &Article) -> Value {
        let body: Vec<(Span, &str)> =
            article.kept().filter(|kept| kept.kind.is_body()).map(|kept| (kept.span, kept.text)).collect();
        let mut cuts = Vec::new();
        for _ in 0..self.byte() % 6 {
            let (start, end) = if body.is_empty() || self.byte().is_multiple_of(16) {
                (self.below(article.raw().len() + 2), self.below(article.raw().len() + 2))
            } else {
                let (span, text) = body[self.below(body.len())];
                let mut places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
                places.push(text.len());
                let (one, other) = (places[self.below(places.len())], places[self.below(places.len())]);
                (span.start() + one.min(other), span.start() + one.max(other))
            };
            let reason = Reason::ALL[self.below(Reason::ALL.len())].name();
            let mut cut = json!({"span": [start, end], "reason": reason});
            match self.byte() % 10 {
                8 => cut["reason"] = self.value(6),
                9 => cut["span"] = self.value(0),
                0 => cut["confidence"] = self.value(6),
                1 => cut["rule"] = self.value(6),
                2 => cut["confidence"] = json!(f64::from(self.byte()) / 255.0),
                3 => cut["rule"] = json!("bar"),
                _ => {}
            }
            cuts.push(cut);
        }
        cuts.into()
    }
}
