//! Why the model takes a block for text or not, in words. Nothing here is asked while articles are cleaned.

use copydesk_core::Article;

use super::decide::{Mode, Steps, Turn, steps};
use super::measure::Measure;
use super::trees::{Expected, Forest};
use super::{FEWEST_BLOCKS, Features, Model, context, hits, structure};
use crate::spotter::Spotted;

/// Features that look at the same side of a block.
#[derive(Debug, Clone)]
pub struct FeatureGroup {
    /// What they look at.
    pub about: &'static str,
    /// True if plain text has none of them.
    pub html_only: bool,
    measures: Vec<Measure>,
}

impl FeatureGroup {
    /// The features by name, in the order of a row.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.measures.iter().map(Measure::name)
    }
}

/// What the block model looks at, in the order of a row of features.
pub fn feature_groups() -> Vec<FeatureGroup> {
    let group = |about, html_only, measures| FeatureGroup { about, html_only, measures };
    vec![
        group("its own text", false, context::own_names()),
        group("its place", false, context::place()),
        group("the page as a whole", false, context::whole_names()),
        group("the blocks around it", false, context::around()),
        group("what the rules say, of it and near it", false, hits::rules()),
        group("its elements", true, structure::elements()),
        group("the containers around it", true, structure::containers()),
        group("what the page states for machines", true, structure::stated_names()),
    ]
}

fn measures() -> Vec<Measure> {
    feature_groups().into_iter().flat_map(|group| group.measures).collect()
}

/// What the model thinks of a block, and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct BlockWhy {
    /// True if the model would let it stay.
    pub(crate) keeps: bool,
    /// The two strongest reasons why it is no text.
    pub(crate) brief: String,
    /// All of it, for people.
    pub(crate) lines: Vec<String>,
}

/// Reasons of each side that are told.
const MOST: usize = 4;
/// Log-odds below which a reason is none.
const LEAST: f32 = 0.05;

/// What the model thinks of each block of an article that the rules have been over; `None` if there are too few
/// blocks to ask it.
pub(crate) fn whys(article: &Article, spotted: &Spotted<'_>) -> Option<Vec<BlockWhy>> {
    if article.blocks().len() < FEWEST_BLOCKS {
        return None;
    }
    let (model, name) = match Mode::of(article) {
        Mode::Html => (Model::html(), "block_model_html"),
        Mode::Text => (Model::text(), "block_model_text"),
    };
    let features = Features::with(article, spotted);
    let opinion = model.opinion(&features);
    let steps = steps(article, &features, &opinion);
    let by_rule: Vec<bool> = article
        .blocks()
        .iter()
        .map(|block| article.kept().all(|kept| !kept.span.overlaps(block.span)))
        .collect();
    let judges = [&model.body, &model.head].map(|forest| Judge::new(forest, &features.rows, &steps.keeps));
    let why = |idx: usize| {
        let row = &features.rows[idx];
        let (body, head) = (opinion.body[idx], steps.head[idx]);
        let of_text = judges[0].reasons(row);
        let fate = fate(&steps, idx, by_rule[idx]);
        let mut lines = vec![format!("{name}: {} text, {} head; {fate}", percent(body), percent(head))];
        let (what, reasons) = if head > body && steps.keeps[idx] && !by_rule[idx] {
            ("head", judges[1].reasons(row))
        } else {
            ("text", of_text.clone())
        };
        for (side, said) in [("for", &reasons.0), ("against", &reasons.1)] {
            if !said.is_empty() {
                lines.push(format!("{side} {what}: {}", said.join("; ")));
            }
        }
        let brief = of_text.1.get(..2).unwrap_or(&of_text.1).join(", ");
        BlockWhy { keeps: steps.keeps[idx], brief, lines }
    };
    Some((0..features.rows.len()).map(why).collect())
}

/// What became of a block, and by what.
fn fate(steps: &Steps, idx: usize, by_rule: bool) -> String {
    if by_rule {
        return "rules have cut it already".to_owned();
    }
    let goes = if steps.keeps[idx] { "stays" } else { "goes" };
    let Some(bar) = steps.bar else {
        return match steps.turns[idx] {
            Some(Turn::Clean) => {
                "stays, for the article would lose next to nothing: it is taken to be clean".into()
            }
            Some(_) => "stays, for next to nothing would be left".into(),
            None => "stays, as all of the article does".into(),
        };
    };
    let bar = percent(bar)
        + if steps.lowered { " (less than usual, or next to nothing would be left)" } else { "" };
    match steps.turns[idx] {
        None => format!("{goes}, where {bar} is enough"),
        Some(Turn::Neighbours) => {
            format!("{goes} with its neighbours, where {bar} is enough for a block alone")
        }
        Some(Turn::Brief) => {
            format!("{goes} as prose beside prose in a short article, where {bar} is the bar")
        }
        Some(Turn::Head) => format!("{goes} as part of the article's head, where {bar} is the bar"),
        Some(Turn::Clean | Turn::Emptied) => format!("{goes}, for no text would be left otherwise"),
    }
}

/// A forest, and what it expects.
struct Judge<'a> {
    forest: &'a Forest,
    expected: Expected,
    /// What each feature adds on this page, midway between blocks that stay and blocks that go: what is the same
    /// for all of them tells nobody why they part.
    usual: Vec<f32>,
    measures: Vec<Measure>,
}

impl Judge<'_> {
    fn new<'a>(forest: &'a Forest, rows: &[Vec<f32>], keeps: &[bool]) -> Judge<'a> {
        let expected = forest.expected();
        let means = [true, false].map(|fate| {
            let rows = || rows.iter().zip(keeps).filter(|(_, keep)| **keep == fate).map(|(row, _)| row);
            let mut sums = vec![0.0; forest.width()];
            for row in rows() {
                for (sum, credit) in sums.iter_mut().zip(forest.credits(&expected, row)) {
                    *sum += credit;
                }
            }
            let n = rows().count();
            for sum in &mut sums {
                *sum /= n.max(1) as f32;
            }
            (n > 0).then_some(sums)
        });
        let usual = match means {
            [Some(stay), Some(go)] => stay.iter().zip(go).map(|(a, b)| f32::midpoint(*a, b)).collect(),
            [one, other] => one.or(other).unwrap_or_default(),
        };
        Judge { forest, expected, usual, measures: measures() }
    }

    /// The strongest reasons for the forest's question, and against it.
    fn reasons(&self, row: &[f32]) -> (Vec<String>, Vec<String>) {
        let mut credits = self.forest.credits(&self.expected, row);
        for (credit, usual) in credits.iter_mut().zip(&self.usual) {
            *credit -= usual;
        }
        let mut order: Vec<usize> = (0..credits.len()).filter(|&at| credits[at].abs() >= LEAST).collect();
        order.sort_by(|&a, &b| credits[b].abs().total_cmp(&credits[a].abs()).then(a.cmp(&b)));
        let (mut favour, mut against) = (Vec::new(), Vec::new());
        for at in order {
            let Some(measure) = self.measures.get(at) else { continue };
            let said = measure.say(row.get(at).copied().unwrap_or(0.0));
            let side = if credits[at] > 0.0 { &mut favour } else { &mut against };
            // Two features may have the same thing to say of a value.
            if side.len() < MOST && !side.contains(&said) {
                side.push(said);
            }
        }
        (favour, against)
    }
}

/// A probability, in words where rounding would make it certain.
fn percent(p: f32) -> String {
    match 100.0 * p {
        p if p > 0.0 && p < 1.0 => "under 1 %".to_owned(),
        p if p > 99.0 && p < 100.0 => "over 99 %".to_owned(),
        p => format!("{p:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::trees::{Split, TreeParts};
    use super::*;

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let names: Vec<String> = measures().iter().map(Measure::name).collect();
        let n_text: usize =
            feature_groups().iter().filter(|group| !group.html_only).map(|group| group.measures.len()).sum();
        let n_hits = hits::rules().len();
        let article = crate::model::tests::article("one\ntwo\nthree\nfour");
        let width = Features::of(&article).rows[0].len();
        assert_eq!(n_text, width, "rows of plain text, {n_hits} of them by rules");
        assert_eq!(names.len(), Features::of(&page()).rows[0].len(), "rows of pages");
        assert_eq!([n_text, names.len()], [Model::text().body.width(), Model::html().body.width()]);
        let mut seen = HashSet::new();
        for name in &names {
            assert!(seen.insert(name), "{name} twice");
        }
    }

    /// A page of one element.
    fn page() -> Article {
        use copydesk_core::{Node, Page};
        let mut article = crate::model::tests::article("one\ntwo\nthree\nfour");
        let node = Node { parent: 0, tag: "div".into(), attrs: "".into(), depth: 0, children: 0 };
        article.page = Some(std::sync::Arc::new(Page { nodes: vec![node] }));
        article
    }

    #[test]
    fn names_stand_where_their_values_do() {
        let at = |name: &str| measures().iter().position(|measure| measure.name() == name).unwrap();
        let article = crate::model::tests::article(
            "News\nThe council met on Monday, and after a long debate it voted to close the bridge.\nRelated articles\nA ferry\nSubscribe to our newsletter",
        );
        let rows = Features::of(&article).rows;
        for (block, name, value) in [
            (1, "… words in it", 16.0),
            (1, "ends a sentence", 1.0),
            (3, "… blocks above it", 3.0),
            (3, "… blocks below the last prose", 2.0),
            (3, "… words in the block above", 2.0),
            (3, "… blocks below a short line about other articles", 1.0),
            (4, "a rule says “subscribe”", 1.0),
            (3, "… blocks below a sure line of “related”", 1.0),
            (0, "a page of … blocks", 5.0),
        ] {
            let found = rows[block][at(name)];
            assert!((found - value).abs() < 0.01, "{name} of {block}: {found}");
        }
    }

    #[test]
    fn the_strongest_reasons_come_first() {
        let at = |name: &str| measures().iter().position(|measure| measure.name() == name).unwrap() as u16;
        let stump = |name: &str, bar: f32, low: f32, high: f32| TreeParts {
            nodes: vec![Split { feature: at(name), bar, left: -1, right: -2 }],
            leaves: vec![low, high],
        };
        let trees = [
            stump("ends a sentence", 0.5, -1.0, 1.0),
            stump("… words in it", 8.0, -2.0, 2.0),
            stump("… of it in links", 0.5, 0.5, -0.5),
            stump("… commas", 0.5, -0.01, 0.01),
        ];
        let forest = Forest::new(measures().len(), 0.0, &trees).unwrap();
        let mut row = vec![0.0; measures().len()];
        row[usize::from(at("… words in it"))] = 14.0;
        row[usize::from(at("… of it in links"))] = 0.92;
        let (favour, against) = Judge::new(&forest, &[], &[]).reasons(&row);
        assert_eq!(favour, ["14 words in it"]);
        assert_eq!(against, ["ends no sentence", "92 % of it in links"]);
    }
}
