//! The stage `enrich`: reads the head, sets fields and kinds, and lets one enricher after the other have its say.

use copydesk_core::{
    Article, BuildError, Component, Evidence, OptionKind, OptionSpec, Stage, StageError, Verdict,
};
use serde::Deserialize;

use crate::dates::{self, SlashOrder};
use crate::enrichers::ENRICHERS;
use crate::gist::Terms;
use crate::mentions::{self, Habits};
use crate::reading::Reading;
use crate::text::Text;
use crate::{captions, entities, gist, pace, quotations};

/// Options of the stage `enrich`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnricherOptions {
    /// Enrichers that are to say nothing, by their names in [`ENRICHERS`].
    pub off: Vec<String>,
    /// Words a reader takes in a minute, in every language; `None` for the usual pace of the article's language.
    pub words_per_minute: Option<u32>,
}

/// Says what an article's blocks are, what its source states (title, authors, dates, dateline, standfirst, …), and what
/// can be derived from its text. Nothing is invented: each field names its evidence, and stays empty without one.
#[derive(Debug, Clone)]
pub struct Enricher {
    options: EnricherOptions,
}

impl Enricher {
    /// The stage with these options.
    ///
    /// # Errors
    /// An enricher that does not exist, or no words a minute.
    pub fn new(options: EnricherOptions) -> Result<Enricher, BuildError> {
        if options.words_per_minute == Some(0) {
            return Err(BuildError("words_per_minute is 0 (choose 1 or more)".to_owned()));
        }
        let names = || ENRICHERS.iter().map(|one| one.name);
        match options.off.iter().find(|off| !names().any(|name| name == *off)) {
            Some(off) => Err(BuildError::unknown("enricher", off, names())),
            None => Ok(Enricher { options }),
        }
    }

    fn is_on(&self, name: &str) -> bool {
        debug_assert!(ENRICHERS.iter().any(|one| one.name == name), "there is no enricher {name}");
        !self.options.off.iter().any(|off| off == name)
    }

    /// What is derived from the text, once it is known which blocks are text.
    fn describe(&self, article: &mut Article, order: SlashOrder) {
        let text = Text::of(article);
        let language = article.language.as_ref().map_or("", |language| language.code.as_str());
        let wants_gist = self.is_on("keywords") || self.is_on("summary");
        let terms = if wants_gist { Terms::of(&text, language) } else { Terms::default() };
        let wants_names = ["entities", "quotations", "keywords"].iter().any(|name| self.is_on(name));
        let found = if wants_names { entities::find(&text, language) } else { Vec::new() };
        let keywords = gist::keywords(&text, &terms, &found);
        let sentences = if self.is_on("summary") { gist::summary(&text, &terms) } else { Vec::new() };
        let published = article.published.as_deref().and_then(|day| dates::parse(day, SlashOrder::Unknown));
        let habits = Habits { language, order, published: published.map(|one| one.date) };
        let mentions = if self.is_on("mentions") { mentions::of(&text, habits) } else { Vec::new() };
        let wants_quotations = self.is_on("quotations");
        let quotations =
            if wants_quotations { quotations::find(&text, language, &found) } else { Vec::new() };
        article.entities = found;
        article.quotations = quotations;
        article.mentions = mentions;
        article.keywords = keywords;
        let shown: Vec<&str> = sentences.iter().map(|span| span.of_text(article.raw())).collect();
        article.summary = (!shown.is_empty()).then(|| shown.join(" "));
        article.evidence.remove("summary");
        if let Some(first) = sentences.first() {
            let why = Evidence::new(Some(*first), "weightiest_sentences");
            article.evidence.insert("summary", Evidence { spans: sentences, ..why });
        }
    }

    /// Empties what was found by enrichers that are switched off, and is needed by others.
    fn silence(&self, article: &mut Article) {
        for one in ENRICHERS.iter().filter(|one| !self.is_on(one.name)) {
            for field in one.fills {
                article.clear_field(field);
            }
        }
    }
}

impl Component for Enricher {
    type Options = EnricherOptions;
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec {
            name: "off",
            kind: OptionKind::List,
            default: Some("[]"),
            choices: &[],
            help: "enrichers that are to say nothing; the reference of fields lists them",
        },
        OptionSpec {
            name: "words_per_minute",
            kind: OptionKind::Integer,
            default: Some(""),
            choices: &[],
            help: "words a reader takes in a minute, for reading_minutes; usually as many as readers of the \
                   article's language do",
        },
    ];
    const HELP: &'static str = "Describes articles: what each block is, title, authors, dates, language, who and what \
                                is named and said, keywords and a summary, each with its evidence.";
}

impl Stage for Enricher {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        let reading = Reading::of(article);
        let order = reading.order;
        let tally = reading.apply(article);
        article.captions = captions::of(article);
        article.word_count = Some(u32::try_from(tally.n_words()).unwrap_or(u32::MAX));
        let language = article.language.as_ref().map_or("", |language| language.code.as_str());
        let minutes = pace::minutes(tally, language, self.options.words_per_minute);
        article.reading_minutes = Some(u32::try_from(minutes).unwrap_or(u32::MAX));
        self.describe(article, order);
        self.silence(article);
        Ok(Verdict::Keep)
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }
}
