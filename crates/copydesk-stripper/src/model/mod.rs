//! The block model: boosted trees that judge each block of an article, one forest for pages with markup
//! and one for plain text.
//!
//! What must stay true here:
//! - The features are computed by this module alone, in training as in use.
//! - An article is never emptied, and what looks like clean text already is left alone.
//! - The same article gets the same cuts: no chance, no clock, no order of hashing.

mod context;
mod decide;
mod hits;
mod lexicon;
mod line;
mod measure;
mod reason;
mod structure;
mod trees;
mod weights;
mod why;

use std::sync::LazyLock;

use copydesk_core::{Article, BlockKind, Cut};

use crate::spotter::Spotted;

use context::Sheet;
use decide::Mode;
pub use decide::{Decision, decide};
pub(crate) use lexicon::words;
use line::Words;
use reason::Looks;
pub use trees::{BadWeights, Forest, Split, TreeParts};
pub use weights::Model;
pub(crate) use why::{BlockWhy, whys};
pub use why::{FeatureGroup, feature_groups};

static TEXT: LazyLock<Model> = LazyLock::new(|| weights(include_bytes!("text.model")));
static HTML: LazyLock<Model> = LazyLock::new(|| weights(include_bytes!("html.model")));

fn weights(bytes: &[u8]) -> Model {
    // The files are part of the program, and a test reads them.
    Model::read(bytes).unwrap_or_else(|error| unreachable!("the program's own weights: {error}"))
}

impl Model {
    /// The program's own for pages with markup.
    pub fn html() -> &'static Model {
        &HTML
    }

    /// The program's own for plain text.
    pub fn text() -> &'static Model {
        &TEXT
    }

    /// What the forests think of each block.
    pub fn opinion(&self, features: &Features) -> Opinion {
        let of = |forest: &Forest| forest.scores(&features.rows).into_iter().map(probability).collect();
        Opinion { body: of(&self.body), head: of(&self.head) }
    }
}

/// What a model thinks of an article's blocks, one value a block.
#[derive(Debug, Clone, Default)]
pub struct Opinion {
    /// The probability that the block belongs to the text.
    pub body: Vec<f32>,
    /// The probability that it is a headline, byline, date or standfirst.
    pub head: Vec<f32>,
}

/// The features of an article's blocks.
#[derive(Debug)]
pub struct Features {
    /// One row a block.
    pub rows: Vec<Vec<f32>>,
    /// Words of each block.
    pub words: Vec<f32>,
    /// Share of the title's words in each block, and of the block's in the title.
    titles: Vec<(f32, f32)>,
    looks: Vec<Looks>,
}

impl Features {
    /// Of each block of the article, cut or not.
    pub fn of(article: &Article) -> Features {
        Features::with(article, &Spotted::of(article.raw()))
    }

    /// As [`Features::of`], for a text that was looked through already.
    fn with(article: &Article, spotted: &Spotted) -> Features {
        let raw = article.raw();
        let spans = || article.blocks().iter().map(|block| block.span);
        let words = Words::of(spans().map(|span| span.of_text(raw)));
        let flags = lexicon::flags(raw, spans(), spotted.words());
        let title = ["meta:og:title", "jsonld:headline", "html:title", "json:title"];
        let title = title.iter().find_map(|name| article.hint(name)).map(|hint| hint.value.as_str());
        let title = title.or_else(|| first_line(article, &words));
        let kinds = article.blocks().iter().map(|block| block.kind).collect();
        let sheet = Sheet::new(words, flags, title, kinds);
        let mut looks = context::looks(&sheet);
        let mut rows = context::text_rows(&sheet);
        let hits = hits::RuleHits::of(raw, spans(), spotted);
        hits.extend(&mut rows);
        looks.iter_mut().zip(hits.sure()).for_each(|(look, sure)| look.sure = sure);
        structure::extend(&mut rows, article, &sheet, &mut looks);
        let words = sheet.words.lines.iter().map(|line| line.words).collect();
        Features { rows, words, titles: sheet.title, looks }
    }
}

/// The first block, if it may be a headline: a dump of a page opens with the page's name.
fn first_line<'a>(article: &'a Article, words: &Words) -> Option<&'a str> {
    let line = words.lines.first().filter(|line| line.words <= 25.0)?;
    let text = article.blocks().first()?.span.of_text(article.raw());
    (line.words >= 2.0).then_some(text)
}

/// A score as a probability.
pub fn probability(score: f32) -> f32 {
    1.0 / (1.0 + (-score).exp())
}

/// Below this many blocks there is nothing to compare a block with.
const FEWEST_BLOCKS: usize = 4;

/// What the model would do with an article.
#[derive(Debug, Clone, Default)]
pub struct Proposal {
    /// What goes.
    pub cuts: Vec<Cut>,
    /// Blocks of the head, which stay and are no text.
    pub kinds: Vec<(usize, BlockKind)>,
    /// True if nothing goes because all would have.
    pub spared: bool,
}

impl Proposal {
    /// Cuts and names the blocks.
    pub fn apply(self, article: &mut Article) {
        article.cut(self.cuts);
        for (block, kind) in self.kinds {
            article.set_kind(block, kind);
        }
    }
}

/// Proposes what else is to go, as cuts of `stage`. Blocks that are cut already are judged like any other, so
/// the opinion does not depend on the rules before it.
pub(crate) fn judge(article: &Article, spotted: &Spotted<'_>, stage: &str) -> Proposal {
    if article.blocks().len() < FEWEST_BLOCKS {
        return Proposal::default();
    }
    let model = match Mode::of(article) {
        Mode::Html => Model::html(),
        Mode::Text => Model::text(),
    };
    let features = Features::with(article, spotted);
    propose(article, &features, &model.opinion(&features), stage)
}

/// What follows from an opinion.
pub fn propose(article: &Article, features: &Features, opinion: &Opinion, stage: &str) -> Proposal {
    let rule = match Mode::of(article) {
        Mode::Html => "block_model_html",
        Mode::Text => "block_model_text",
    };
    let Decision { keeps, kinds, spared } = decide(article, features, opinion);
    let reasons = reason::reasons(&features.looks, &keeps);
    let mut cuts = Vec::new();
    for (idx, block) in article.blocks().iter().enumerate().filter(|(idx, _)| !keeps[*idx]) {
        let confidence = (f64::from(1.0 - opinion.body[idx]) * 100.0).round() / 100.0;
        cuts.push(Cut::new(block.span, reasons[idx], rule, stage.to_owned(), confidence));
    }
    crate::guards::vouch(article, &mut cuts);
    Proposal { cuts, kinds, spared }
}

#[cfg(test)]
pub(crate) mod tests {
    use copydesk_core::{ArticleId, Block, BlockKind, Origin, Span};

    use super::*;

    pub(crate) fn article(text: &str) -> Article {
        let blocks = text
            .lines()
            .filter_map(|line| Some(Block::plain(Span::of(text, line)?, BlockKind::Paragraph)))
            .filter(|block| !block.span.is_empty())
            .collect();
        Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), text, blocks)
    }

    fn judged(article: &Article) -> Vec<Cut> {
        judge(article, &Spotted::of(article.raw()), "strip_boilerplate").cuts
    }

    const STORY: &str = "The harbour council voted on Tuesday night to close the old swing bridge to lorries from next spring, after engineers found cracks in two of its four bearings.
Traders on the east quay said the decision would cost them a third of their customers. \"We were told there would be a year of talks,\" said Marta Lind, who has sold rope and paint there since 1998.
What happens next
A temporary ferry will carry up to twelve vehicles at a time between six in the morning and ten at night, the council's engineer told a crowded meeting in the old customs house.
The repairs are expected to take fourteen months and to cost about nine million, most of it paid for by the region. Work on the bearings cannot begin before the ice has gone.
";
    const MENU: &str = "Home\nWorld\nSport\nWeather\nJobs\nSearch\nLog in\nSubscribe\n";
    const END: &str = "Share this article\nFacebook\nTwitter\nRelated articles\nTen bridges that moved\nFerry fares to rise\nMost read\nAbout us\nContact\nPrivacy policy\nTerms of use\n© 2031 The Harbour Post. All rights reserved.\n";

    #[test]
    fn the_weights_can_be_read() {
        let width = |text: &str| Features::of(&article(text)).rows.first().map(Vec::len);
        assert_eq!(Some(TEXT.body.width()), width(STORY));
        assert_eq!(TEXT.head.width(), TEXT.body.width());
        assert!(HTML.body.width() > TEXT.body.width());
        for model in [&*TEXT, &*HTML] {
            let keys: Vec<&str> = model.about().iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!(keys, ["mode", "data", "licence", "date", "documents", "cross-validated"]);
        }
    }

    #[test]
    fn furniture_goes_and_the_story_stays() {
        let page = article(&format!("{MENU}{STORY}{END}"));
        let cuts = judged(&page);
        let cut = |part: &str| cuts.iter().any(|cut| cut.span.of_text(page.raw()).contains(part));
        for line in STORY.lines() {
            assert!(!cut(line), "{line}");
        }
        assert!(cut("Weather") && cut("Ferry fares") && cut("All rights reserved"));
        let legal = cuts.iter().find(|cut| cut.span.of_text(page.raw()).starts_with('©'));
        assert_eq!(legal.map(|cut| cut.reason), Some(copydesk_core::Reason::Legal));
    }

    #[test]
    fn a_clean_text_loses_nothing() {
        assert_eq!(judged(&article(STORY)), []);
    }

    #[test]
    fn a_brief_in_another_script_stays_whole() {
        let korean = [
            "항구도시 시의회, 낡은 다리 통행 제한하기로",
            "시의회는 화요일 밤 회의에서 내년 봄부터 낡은 다리의 화물차 통행을 금지하기로 결정했다. 기술자들이 네 개의 받침 가운데 두 개에서 균열을 발견했기 때문이다.",
            "동쪽 부두의 상인들은 손님의 3분의 1을 잃게 될 것이라고 말했다. 한 상인은 \"1년 동안 논의한다고 들었다\"고 말했다.",
            "임시 나룻배가 아침 6시부터 밤 10시까지 한 번에 차량 열두 대를 실어 나를 예정이다.",
        ];
        let menu = "홈\n정치\n경제\n사회\n문화\n스포츠\n연예\n날씨\n포토\n영상\n지역\n국제\n".repeat(2);
        let end = "페이스북\n트위터\n봄꽃 축제 다음 달 개막\n시장 골목에 새 도서관\n버스 요금 오른다\n회사소개\n이용약관\n";
        let page = article(&format!("{menu}{}\n{end}", korean.join("\n")));
        let cuts = judged(&page);
        let cut = |line: &str| cuts.iter().any(|cut| cut.span.of_text(page.raw()) == line);
        for line in &korean[1..] {
            assert!(!cut(line), "{line}");
        }
        assert!(cut("스포츠") && cut("트위터"));
    }

    #[test]
    fn any_text_is_judged() {
        for text in ["", "\u{a0}", "a\nb\nc\nd\ne", "?\n!\n.\n…\n", "一\n二。\n三\n四\n五"] {
            assert!(judged(&article(text)).len() <= text.lines().count());
        }
    }
}
