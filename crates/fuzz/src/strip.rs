//! Articles through the whole row of stages.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;

use copydesk::components;
use copydesk_config::Overrides;
use copydesk_core::{Article, Registry, Stage, Step};
use copydesk_reader::ReaderOptions;

use super::{article, reading, variant};

/// Makes the row of stages of the embedded default.
struct Row {
    /// Stages without state are forked, the others made anew.
    stages: Vec<Box<dyn Stage>>,
    plan: copydesk_config::Plan,
    registry: Registry,
}

impl Row {
    fn new() -> Row {
        let registry = components::registry();
        let plan = embedded(&registry);
        let stages = plan.stages.iter().map(|stage| made(&registry, stage)).collect();
        Row { stages, plan, registry }
    }

    /// A row that has seen no article.
    fn stages(&self) -> Vec<Box<dyn Stage>> {
        let made = |plan| made(&self.registry, plan);
        let pairs = self.stages.iter().zip(&self.plan.stages);
        pairs.map(|(stage, plan)| stage.fork().unwrap_or_else(|| made(plan))).collect()
    }
}

/// The plan of the embedded default.
fn embedded(registry: &Registry) -> copydesk_config::Plan {
    let here = Path::new("/");
    copydesk_config::embedded(here, here, here, &components::catalog(registry), &Overrides::default())
        .expect("the embedded default is right")
}

fn made(registry: &Registry, stage: &copydesk_config::StagePlan) -> Box<dyn Stage> {
    let entry = registry.find_stage(&stage.kind).expect("a stage of a plan is known");
    match entry.build(&stage.name, stage.options.to_value(), &()).expect("defaults are right") {
        Step::Stage(stage) => stage,
        Step::Lookup(_) => unreachable!("the default stages wait for nothing"),
    }
}

thread_local! {
    static ROW: RefCell<Row> = RefCell::new(Row::new());
}

/// Any text or page, cleaned and described: the laws hold after every stage.
pub fn run(bytes: &[u8]) {
    let (choice, bytes) = variant(bytes);
    let name = ["a.txt", "a.html", "a.md", "a.json"][usize::from(choice & 3)];
    let options =
        if choice & 4 == 0 { reading::usual() } else { ReaderOptions { max_depth: 9, ..reading::usual() } };
    for article in reading::read(name, bytes, &options).into_iter().flatten().take(8) {
        let json = clean(&article);
        assert_eq!(clean(&article), json, "law 3");
    }
}

/// Runs a copy of the article through all stages; its record.
fn clean(article: &Article) -> String {
    let mut article = article.clone();
    let raw = article.raw_shared();
    for stage in &mut ROW.with_borrow(Row::stages) {
        stage.process(&mut article).expect("a stage takes any article");
        assert!(Arc::ptr_eq(&raw, &article.raw_shared()), "the original is never changed");
        article::check(&article);
    }
    check_fields(&article);
    article::check_record(&article)
}

fn check_fields(article: &Article) {
    let texts = [&article.title, &article.dateline, &article.standfirst, &article.summary];
    for text in texts.into_iter().flatten().chain(&article.authors) {
        assert!(!text.trim().is_empty(), "a field that is not stated is null");
    }
    for day in [&article.published, &article.modified].into_iter().flatten() {
        let shape: String = day.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).take(10).collect();
        assert_eq!(shape, "0000-00-00", "a date is a date: {day}");
    }
    if let Some(language) = &article.language {
        assert!((0.0..=1.0).contains(&language.confidence), "a confidence is between 0 and 1: {language:?}");
    }
    for cut in article.cuts() {
        assert!((0.0..=1.0).contains(&cut.confidence), "a confidence is between 0 and 1: {cut:?}");
    }
}
