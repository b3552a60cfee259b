//! The stages of the default configuration that work on one article alone.

use anyhow::Context;
use copydesk_core::{Article, Stage};
use copydesk_deduplicator::{DropRepeats, DropRepeatsOptions};
use copydesk_enricher::{Enricher, EnricherOptions};
use copydesk_stripper::model::{Features, Opinion, propose};
use copydesk_stripper::{Stripper, StripperOptions};

use super::sample::read;

const STRIP: &str = "strip_boilerplate";

/// The path of an article from its bytes to its record.
pub(crate) struct Path {
    stages: Vec<Box<dyn Stage>>,
}

impl Path {
    /// With or without the block model.
    pub(crate) fn new(model: bool) -> anyhow::Result<Path> {
        let stripper = StripperOptions { model, ..StripperOptions::default() };
        Ok(Path {
            stages: vec![
                Box::new(Stripper::new(STRIP, &stripper)?),
                Box::new(DropRepeats::new("drop_repeats", DropRepeatsOptions::default())?),
                Box::new(Enricher::new(EnricherOptions::default())?),
            ],
        })
    }

    /// The same stages for another thread.
    pub(crate) fn fork(&self) -> anyhow::Result<Path> {
        let stages: Option<Vec<Box<dyn Stage>>> = self.stages.iter().map(|stage| stage.fork()).collect();
        Ok(Path { stages: stages.context("a stage that cannot be forked")? })
    }

    /// Reads a file and cleans its article.
    pub(crate) fn clean(&mut self, name: &str, bytes: Vec<u8>) -> anyhow::Result<Article> {
        let mut article = read(name, bytes)?;
        for stage in &mut self.stages {
            stage.process(&mut article)?;
        }
        Ok(article)
    }

    /// Cleans an article with this opinion on its blocks in the place of the program's own. For a path
    /// without the model.
    pub(crate) fn clean_by(
        &mut self,
        article: &mut Article,
        features: &Features,
        opinion: &Opinion,
    ) -> anyhow::Result<()> {
        for (idx, stage) in self.stages.iter_mut().enumerate() {
            stage.process(article)?;
            if idx == 0 {
                propose(article, features, opinion, STRIP).apply(article);
            }
        }
        Ok(())
    }
}
