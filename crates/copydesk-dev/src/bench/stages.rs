//! What each step costs an article, through the public traits, over invented text and invented pages.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use copydesk_core::{Article, Component, Parcel, Part, PartSource, Reader, Seq, SourceFile, Stage, Verdict};
use copydesk_deduplicator::{DropRepeats, FindDuplicates};
use copydesk_enricher::Enricher;
use copydesk_reader::{FileReader, ReaderOptions};
use copydesk_stories::FindStories;
use copydesk_stripper::{RecurringStripper, Stripper, YieldWatch};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Goal, Measure, Options};

/// What all enrichers together may take of the time of all steps, in hundredths.
const MOST_OF_ENRICH: f64 = 33.3;

/// A step's name, and what it takes an article in seconds.
type Cost = (&'static str, f64);

pub(crate) fn run(options: &Options) -> anyhow::Result<Vec<Measure>> {
    let n_articles = options.count(400, 4000);
    let mut measures = Vec::new();
    for (kind, name) in [("text", "a.txt"), ("HTML", "a.html")] {
        let parts: Vec<Part> =
            (0..n_articles).map(|seed| part(name, seed, options.bytes)).collect::<anyhow::Result<_>>()?;
        let mut floor = f64::INFINITY;
        let mut best: Vec<Cost> = Vec::new();
        for _ in 0..options.rounds.max(1) {
            floor = floor.min(time_floor(&parts)?);
            let costs = round(&parts)?;
            if best.is_empty() {
                best = costs;
                continue;
            }
            for ((_, best), (_, cost)) in best.iter_mut().zip(costs) {
                *best = best.min(cost);
            }
        }
        measures.push(Measure::new(
            format!("{kind}: floor: write it as JSON"),
            floor * 1e6,
            "µs",
            Goal::Shown,
        ));
        let all = best.iter().map(|(_, cost)| cost).sum();
        let enrich = best.iter().find(|(step, _)| *step == "enrich").map_or(0.0, |(_, cost)| cost / all);
        let share = format!("{kind}: enrich, of what all steps take");
        measures.push(Measure::new(share, enrich * 100.0, "%", Goal::AtMost(MOST_OF_ENRICH)));
        for (step, cost) in best.into_iter().chain([("all", all)]) {
            let name = format!("{kind}: {step}");
            measures.push(Measure::new(name.clone(), floor / cost, "of the floor's speed", Goal::Ratio));
            measures.push(Measure::new(name, cost * 1e6, "µs an article", Goal::Shown));
        }
    }
    Ok(measures)
}

fn part(name: &str, seed: u64, n_bytes: usize) -> anyhow::Result<Part> {
    let text = crate::invent::article(seed, n_bytes);
    let body = if name.ends_with("html") { crate::invent::page(&text) } else { text };
    let file = SourceFile {
        name: name.into(),
        uri: format!("file:///{seed}/{name}"),
        hash: Sha256::digest(&body).into(),
        received: "2026-01-01T00:00:00Z".into(),
        media_type: None,
    };
    let mut found = None;
    reader()
        .split(&file, PartSource::Bytes(body.into_bytes().into()), &mut |part| {
            found = Some(part);
            ControlFlow::Continue(())
        })
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    found.context("the file holds no article")
}

fn reader() -> FileReader {
    FileReader::new(ReaderOptions::default())
}

/// The scalar work that every machine does at about the same share of its speed.
fn time_floor(parts: &[Part]) -> anyhow::Result<f64> {
    let texts: Vec<&str> =
        parts.iter().map(|part| std::str::from_utf8(&part.body)).collect::<Result<_, _>>()?;
    let start = Instant::now();
    for text in &texts {
        std::hint::black_box(serde_json::to_string(text)?);
    }
    Ok(start.elapsed().as_secs_f64() / parts.len() as f64)
}

/// A stage with its options left out.
fn made<T: Component>(
    make: impl FnOnce(T::Options) -> Result<T, copydesk_core::BuildError>,
) -> anyhow::Result<T> {
    Ok(make(serde_json::from_value(json!({}))?)?)
}

fn round(parts: &[Part]) -> anyhow::Result<Vec<Cost>> {
    let n_articles = parts.len() as f64;
    let reader = reader();
    let mut costs = Vec::new();
    let start = Instant::now();
    let mut articles: Vec<Article> = Vec::with_capacity(parts.len());
    for part in parts {
        articles.push(reader.decode(part).map_err(|error| anyhow::anyhow!("{error}"))?);
    }
    costs.push(("read", start.elapsed().as_secs_f64() / n_articles));
    let mut stages: Vec<(&'static str, Box<dyn Stage>)> = vec![
        (
            "strip_boilerplate",
            Box::new(made::<Stripper>(|options| Stripper::new("strip_boilerplate", &options))?),
        ),
        (
            "strip_recurring",
            Box::new(made::<RecurringStripper>(|options| {
                RecurringStripper::new("strip_recurring", &options)
            })?),
        ),
        ("drop_repeats", Box::new(made::<DropRepeats>(|options| DropRepeats::new("drop_repeats", options))?)),
        ("enrich", Box::new(made::<Enricher>(Enricher::new)?)),
        (
            "find_duplicates",
            Box::new(made::<FindDuplicates>(|options| FindDuplicates::new("find_duplicates", options))?),
        ),
        (
            "find_stories",
            Box::new(made::<FindStories>(|options| FindStories::new("find_stories", &options))?),
        ),
        ("watch_yield", Box::new(made::<YieldWatch>(|options| YieldWatch::new("watch_yield", &options))?)),
    ];
    for (seq, article) in articles.iter_mut().enumerate() {
        article.seq = Seq(seq as u64 + 1);
    }
    for (name, stage) in &mut stages {
        let start = Instant::now();
        for article in &mut articles {
            if stage.process(article).map_err(|error| anyhow::anyhow!("{error}"))? != Verdict::Keep {
                bail!("{name} dropped an article");
            }
        }
        costs.push((name, start.elapsed().as_secs_f64() / n_articles));
    }
    let start = Instant::now();
    for article in &articles {
        std::hint::black_box(Arc::new(Parcel::new(article, None)));
    }
    costs.push(("record", start.elapsed().as_secs_f64() / n_articles));
    Ok(costs)
}
