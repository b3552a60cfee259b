//! Damaged and hostile pages, each wholly told by its seed and the pages it is made from.

/// A page to be read, and what was done to it.
pub(super) struct Damaged {
    /// A file's name, for its ending.
    pub(super) name: String,
    /// What was done.
    pub(super) what: String,
    pub(super) bytes: Vec<u8>,
}

/// How large hostile pages are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// How deep elements are nested.
    pub(super) depth: usize,
    /// Bytes of one line, attribute or entity run.
    pub(super) bytes: usize,
    /// How many tiny blocks.
    pub(super) blocks: usize,
}

impl Size {
    /// How many blocks of this text: more than twice the bytes would be another test.
    fn blocks_of(self, unit: &str) -> usize {
        self.blocks.min(2 * self.bytes / unit.len())
    }
}

/// What nobody sends but to hurt.
pub(super) const FULL: Size = Size { depth: 100_000, bytes: 5_000_000, blocks: 200_000 };

/// Chance with a memory: xorshift64*, Vigna 2016.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `n`; 0 below 0.
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16;
        (number % n.max(1) as u64) as usize
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// A page of this seed: a damaged copy of `base`, whose ending is `ending`, or in three of ten cases a hostile one.
pub(super) fn make(seed: u64, base: &[u8], ending: &str, size: Size) -> Damaged {
    let mut chance = Chance::new(seed);
    if chance.below(10) < 3 {
        return hostile(&mut chance, seed, base, size);
    }
    let mut bytes = base.to_vec();
    let mut what = Vec::new();
    for _ in 0..=chance.below(4) {
        let (name, wound) = WOUNDS[chance.below(WOUNDS.len())];
        wound(&mut bytes, &mut chance);
        what.push(name);
    }
    Damaged { name: format!("{seed}.{ending}"), what: what.join(", "), bytes }
}

type Wound = fn(&mut Vec<u8>, &mut Chance);

const WOUNDS: &[(&str, Wound)] = &[
    ("truncated", |bytes, chance| bytes.truncate(chance.below(bytes.len()))),
    ("bytes flipped", |bytes, chance| {
        for _ in 0..=bytes.len() / 500 {
            let at = chance.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
    }),
    ("bytes changed", |bytes, chance| {
        for _ in 0..=chance.below(200) {
            let at = chance.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte = MEANINGFUL[chance.below(MEANINGFUL.len())];
            }
        }
    }),
    ("tags dropped", |bytes, chance| on_tags(bytes, chance, |_, _| Vec::new())),
    ("tags doubled", |bytes, chance| on_tags(bytes, chance, |tag, _| [tag, tag].concat())),
    ("tags swapped", |bytes, chance| on_tags(bytes, chance, |_, other| other.to_vec())),
    ("ends dropped", |bytes, chance| {
        on_tags(bytes, chance, |tag, _| if tag.starts_with(b"</") { Vec::new() } else { tag.to_vec() });
    }),
    ("opened for good", |bytes, chance| {
        let at = chance.below(bytes.len());
        let open = chance.pick(OPENERS);
        bytes.splice(at..at, open.bytes());
    }),
    ("a piece repeated", |bytes, chance| {
        let start = chance.below(bytes.len());
        let end = bytes.len().min(start + 1 + chance.below(300));
        let piece = bytes.get(start..end).unwrap_or_default().repeat(1 + chance.below(2000));
        bytes.splice(start..start, piece);
    }),
    ("an enormous attribute", |bytes, chance| {
        let value = "menu share article ".repeat(1 + chance.below(50_000));
        let tag = format!("<div {}=\"{value}\">", chance.pick(&["class", "id", "style", "href", "x"]));
        let at = chance.below(bytes.len());
        bytes.splice(at..at, tag.into_bytes());
    }),
];

/// Bytes that mean something to a parser.
const MEANINGFUL: &[u8] = b"<>\"&\0\xff/\n[(";

/// What swallows the rest of a page, if nothing is careful.
const OPENERS: &[&str] = &[
    "<!--",
    "<!",
    "<![CDATA[",
    "<script>",
    "<style>",
    "<title>",
    "<textarea>",
    "<svg>",
    "<template>",
    "<select>",
    "<plaintext>",
    "<noscript>",
    "<iframe>",
    "<a href=\"",
    "<p class='",
    "<p hidden>",
    "<div style=\"display:none\">",
    "</",
    "<",
    "&#x110000;&#xd800;&#0;&",
    "![[[](",
    "```\n",
];

/// Changes one tag in twenty; `change` gets the tag and the one changed before it.
fn on_tags(bytes: &mut Vec<u8>, chance: &mut Chance, change: impl Fn(&[u8], &[u8]) -> Vec<u8>) {
    let mut out = Vec::with_capacity(bytes.len());
    let mut before: Vec<u8> = b"<p>".to_vec();
    let mut rest = bytes.as_slice();
    while let Some(start) = rest.iter().position(|&byte| byte == b'<') {
        let (text, tail) = rest.split_at(start);
        out.extend_from_slice(text);
        let end = tail.iter().position(|&byte| byte == b'>').map_or(tail.len(), |end| end + 1);
        let (tag, behind) = tail.split_at(end);
        if chance.below(20) == 0 {
            out.extend(change(tag, &before));
            before = tag.to_vec();
        } else {
            out.extend_from_slice(tag);
        }
        rest = behind;
    }
    out.extend_from_slice(rest);
    *bytes = out;
}

const NESTED: &[&str] = &[
    "div",
    "span",
    "table",
    "li",
    "ul",
    "blockquote",
    "b",
    "a href=x",
    "svg",
    "p",
    "td",
    "tr",
    "section",
    "article",
    "font",
    "h2",
    "figure",
    "form",
    "button",
    "x-y",
    "details",
    "i",
    "nav",
    "footer",
    "pre",
    "math",
    "select",
    "option",
    "template",
    "ruby",
    "dl",
];

/// Runs without an end in sight, as markup.
const RUNS: &[(&str, &str)] = &[
    ("tiny blocks", "<p>a"),
    ("tiny breaks", "a<br>"),
    ("tiny items", "<li>x</li>"),
    ("tiny cells", "<td>x"),
    ("tiny rows", "<tr><td>x<td>y"),
    ("tiny links", "<a href=x>y</a> "),
    ("tiny blocks of links", "<div><a href=x>y</a></div>"),
    ("headings", "<h2>x</h2>"),
    ("misnested", "<b><p><i></b></i>x"),
    ("tables in paragraphs", "<p><table><tr><td>x</table>"),
    ("hidden", "<p hidden>x</p><p>y</p>"),
    ("same lines", "<p>Share this article with your friends</p>"),
    (
        "same prose",
        "<p>The harbour was closed on Monday after a crane fell onto the quay, said the council.</p>",
    ),
    ("times", "<time datetime=2031-05-02>x</time>"),
    ("bylines", "<p>By Ada Moor</p>"),
    ("captions", "<figure><img src=x><figcaption>Fog (Photo: Ada)</figcaption></figure>"),
    ("lists", "<ul><li>"),
    ("json", "<script type=application/ld+json>{\"@type\":\"Article\",\"headline\":\"x\"}</script>"),
    ("meta", "<meta name=author content=x>"),
];

/// The same as plain text.
const LINES: &[(&str, &str)] = &[
    ("tiny lines", "a\n"),
    ("old line ends", "a\r"),
    ("bullets", "* x\n"),
    ("numbers", "1. x\n"),
    ("quotes", "> "),
    ("links", "[a](b) "),
    ("open links", "[a]("),
    ("brackets", "["),
    ("link numbers", "[12]x\n"),
    ("addresses", "12. https://example.org/\n"),
    ("fences", "```\n"),
    ("tables", "| a | b |\n"),
    ("same lines", "Share this article with your friends\n"),
    ("same prose", "The harbour was closed on Monday after a crane fell onto the quay, said the council.\n"),
    ("lines of a width", "the harbour was closed on monday after a crane fell onto the quay and\n"),
    ("blank lines", "\n \n"),
    ("bylines", "By Ada Moor\n"),
    ("dates", "2031-05-02\n"),
    ("form feeds", "a\x0c"),
];

/// Bytes of one line.
const LONG: &[(&str, &str)] = &[
    ("one word", "x"),
    ("words", "fog and rain "),
    ("sentences", "Fog lay over the sound. "),
    ("characters", "雨"),
    ("entities", "&amp;"),
    ("broken entities", "&am"),
    ("numbered entities", "&#120;"),
    ("spaces", " "),
    ("marks", "- . ! ? "),
    ("quotes", "\""),
    ("names", "Ada Moor and "),
    ("digits", "1,000.00 "),
    ("opened tags", "<"),
    ("opened ends", "</"),
    ("opened comments", "<!--"),
    ("capitals", "FOG "),
    ("joiners", "\u{200d}"),
    ("accents", "e\u{301}"),
    ("right to left", "\u{202e}א "),
];

fn hostile(chance: &mut Chance, seed: u64, base: &[u8], size: Size) -> Damaged {
    let base = String::from_utf8_lossy(base);
    let half = base.char_indices().nth(base.chars().count() / 2).map_or(0, |(at, _)| at);
    let (head, tail) = base.split_at_checked(half).unwrap_or(("", &base));
    let page = |ending: &str, what: String, middle: String| {
        let bytes = [head, &middle, tail].concat().into_bytes();
        Damaged { name: format!("{seed}.{ending}"), what, bytes }
    };
    match chance.below(7) {
        0 | 1 => {
            let tag = chance.pick(NESTED);
            let name = tag.split(' ').next().unwrap_or(tag);
            let closed = chance.below(2) == 0;
            let close = if closed { format!("</{name}>").repeat(size.depth) } else { String::new() };
            let middle = format!("{}deep{close}", format!("<{tag}>").repeat(size.depth));
            page("html", format!("{tag} nested{}", if closed { ", closed" } else { "" }), middle)
        }
        2 => {
            let tags = [chance.pick(NESTED), chance.pick(NESTED), chance.pick(NESTED)];
            let open: String = tags.iter().map(|tag| format!("<{tag}>x")).collect();
            page("html", format!("{} nested by turns", tags.join(", ")), open.repeat(size.depth / 3))
        }
        3 => {
            let (name, run) = RUNS[chance.below(RUNS.len())];
            page("html", format!("{name}: many"), run.repeat(size.blocks_of(run)))
        }
        4 => {
            let (name, line) = LINES[chance.below(LINES.len())];
            let ending = if chance.below(2) == 0 { "txt" } else { "md" };
            let text = line.repeat(size.blocks_of(line));
            Damaged {
                name: format!("{seed}.{ending}"),
                what: format!("{name}: many"),
                bytes: text.into_bytes(),
            }
        }
        5 => {
            let (name, unit) = LONG[chance.below(LONG.len())];
            let text = unit.repeat(size.bytes / unit.len());
            Damaged {
                name: format!("{seed}.txt"),
                what: format!("a line of {name}"),
                bytes: text.into_bytes(),
            }
        }
        _ => {
            let (name, unit) = LONG[chance.below(LONG.len())];
            page("html", format!("a line of {name} in a page"), unit.repeat(size.bytes / unit.len()))
        }
    }
}
