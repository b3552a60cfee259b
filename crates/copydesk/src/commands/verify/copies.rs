//! The indexes of copies that stages keep, held against the ledger; and how they get back what they have lost, from
//! what sinks and originals say.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ops::RangeInclusive;

use copydesk_core::{Article, ArticleId, Block, BlockKind, Origin, Seq, Span, StageError};
use copydesk_deduplicator::{IndexContent, Recall, Recalled, add_to_index, is_known_by_words, mend_index};
use copydesk_runtime::ledger::{ArticleInfo, read_memories};
use copydesk_runtime::{StateLock, stage_folder};
use copydesk_stories::{set_snapshot_aside, snapshot_damage};
use serde_json::Value;

use super::desk::Desk;
use super::finding::{Finding, Mend};
use super::look::Look;
use super::{mend, originals};
use crate::cleaner::CleanOutcome;
use crate::commands::Failure;
use crate::setup;

/// The stages that keep such an index, by their configured names.
fn stages(desk: &Desk) -> impl Iterator<Item = &str> {
    let stages = desk.plan.stages.iter().filter(|stage| stage.kind == "find_duplicates");
    stages.map(|stage| stage.name.as_str())
}

/// The snapshots of stories must be whole.
pub(super) fn look_at_stories(desk: &Desk, look: &mut Look) {
    for stage in desk.plan.stages.iter().filter(|stage| stage.kind == "find_stories") {
        if let Some(damage) = snapshot_damage(&stage_folder(&desk.state, &stage.name)) {
            let message = format!("{damage}; without it, stories go on from what the ledger still remembers");
            let mend = Mend::Stories { stage: stage.name.clone() };
            look.findings.push(Finding::new("damaged", &stage.name, message, mend));
        }
    }
}

/// Every article that a stage judged must be in its index, or in the ledger until the index has it.
pub(super) fn compare(desk: &Desk, look: &mut Look) -> Result<(), Failure> {
    for stage in stages(desk) {
        let content = match IndexContent::read(&stage_folder(&desk.state, stage)) {
            Ok(content) => content,
            Err(failed) => {
                look.findings.push(Finding::new("damaged", stage, failed.message, Mend::Nothing));
                continue;
            }
        };
        for damage in &content.damage {
            let message = format!("the index is damaged: {damage}");
            let mend = Mend::IndexFiles { stage: stage.to_owned() };
            look.findings.push(Finding::new("damaged", stage, message, mend));
        }
        if !content.damage.is_empty() {
            // What cannot be read would be missing, and one by one at that.
            continue;
        }
        let in_ledger: BTreeSet<Seq> = memories(desk, stage)?.into_iter().map(|(seq, _)| seq).collect();
        let n_more = in_ledger.iter().filter(|seq| !content.articles.contains_key(seq)).count();
        // An article may stand for another of the same bytes that was revised.
        let ids: HashSet<ArticleId> = content.articles.values().copied().collect();
        let said = format!(
            "{} articles in an index of {} bytes, {n_more} more in the ledger",
            content.articles.len(),
            content.bytes
        );
        look.summary.push((stage.to_owned(), said));
        let is_known = |article: &ArticleInfo| ids.contains(&article.id) || in_ledger.contains(&article.seq);
        let missing: Vec<&ArticleInfo> = judged(look, stage).filter(|article| !is_known(article)).collect();
        let mut findings = Vec::new();
        for info in missing {
            if article(desk, look, info).is_some_and(|article| is_known_by_words(&article)) {
                let message = "not in the index: delivered without the stage, or lost from there";
                let mend = Mend::Remember { stage: stage.to_owned(), seq: info.seq };
                findings.push(Finding::new("missing", stage, message, mend).of(info.id, &info.uri));
            }
        }
        look.findings.extend(findings);
    }
    Ok(())
}

fn memories(desk: &Desk, stage: &str) -> Result<Vec<(Seq, Vec<u8>)>, Failure> {
    let mut memories = Vec::new();
    let read = read_memories(&desk.state, &mut |seq, of, memory| {
        if of == stage {
            memories.push((seq, memory.to_vec()));
        }
    });
    read.map_err(|error| Failure::Work(setup::chain(&error)))?;
    Ok(memories)
}

/// Articles that a stage has judged, as far as the ledger tells: what was delivered, and what the stage dropped.
fn judged<'a>(look: &'a Look, stage: &'a str) -> impl Iterator<Item = &'a ArticleInfo> {
    look.ledger.articles().filter(move |article| {
        !article.gone && (article.status == "delivered" || dropped_for(article, stage).is_some())
    })
}

/// The article for which the stage dropped this one.
fn dropped_for(article: &ArticleInfo, stage: &str) -> Option<ArticleId> {
    let reason = article.reason.as_deref().filter(|_| article.status == "dropped")?;
    let reason = reason.strip_prefix(stage)?.strip_prefix(": ")?;
    let (_, of) = reason.split_once(" duplicate of ")?;
    of.split(' ').next()?.parse().ok()
}

/// Mends damaged indexes; once there are none, adds what is missing.
pub(super) fn mend(desk: &Desk, _lock: &StateLock, look: &Look) -> Result<bool, Failure> {
    let failed = |error: StageError| Failure::Work(error.message);
    let mut damaged: BTreeSet<&str> = BTreeSet::new();
    let mut stories: BTreeSet<&str> = BTreeSet::new();
    let mut missing: BTreeMap<&str, Vec<Seq>> = BTreeMap::new();
    for finding in &look.findings {
        match &finding.mend {
            Mend::IndexFiles { stage } => {
                damaged.insert(stage);
            }
            Mend::Stories { stage } => {
                stories.insert(stage);
            }
            Mend::Remember { stage, seq } => missing.entry(stage).or_default().push(*seq),
            _ => {}
        }
    }
    for stage in &damaged {
        let mut recall = FromElsewhere::new(desk, look, stage);
        mend_index(&stage_folder(&desk.state, stage), &mut recall).map_err(failed)?;
    }
    for (stage, missing) in &missing {
        let mut recall = FromElsewhere::new(desk, look, stage);
        let memories = memories(desk, stage)?;
        let folder = stage_folder(&desk.state, stage);
        add_to_index(&folder, &memories, missing, &mut recall, look.ledger.next()).map_err(failed)?;
    }
    for stage in &stories {
        set_snapshot_aside(&stage_folder(&desk.state, stage))?;
    }
    Ok(!damaged.is_empty() || !missing.is_empty() || !stories.is_empty())
}

/// What a stage judged, from sinks and originals.
struct FromElsewhere<'a> {
    desk: &'a Desk,
    look: &'a Look,
    stage: &'a str,
    judged: BTreeMap<Seq, &'a ArticleInfo>,
}

impl<'a> FromElsewhere<'a> {
    fn new(desk: &'a Desk, look: &'a Look, stage: &'a str) -> FromElsewhere<'a> {
        let judged = judged(look, stage).map(|article| (article.seq, article)).collect();
        FromElsewhere { desk, look, stage, judged }
    }

    fn place(&self, id: ArticleId) -> Option<(Seq, ArticleId)> {
        let mut articles = self.look.ledger.with_id(&id);
        articles.find(|article| !article.gone).map(|article| (article.seq, id))
    }
}

impl Recall for FromElsewhere<'_> {
    fn judged(&mut self, range: RangeInclusive<u64>) -> Vec<Seq> {
        self.judged.range(Seq(*range.start())..=Seq(*range.end())).map(|(seq, _)| *seq).collect()
    }

    fn recall(&mut self, seq: Seq) -> Option<Recalled> {
        let info = self.judged.get(&seq)?;
        let article = article(self.desk, self.look, info)?;
        let record = stored(self.desk, self.look, info);
        let named = |value: Option<&Value>| self.place(value?.as_str()?.parse().ok()?);
        let of = record.as_ref().map(|record| &record["duplicate"]["of"]);
        let lead = dropped_for(info, self.stage).and_then(|id| self.place(id)).or_else(|| named(of));
        let taken = record.as_ref().map(|record| &record["notes"][self.stage]["takes_over"]);
        // A record may have been amended since: then it names a later article, which says so itself.
        let lead = lead.filter(|(lead, _)| *lead < seq);
        Some(Recalled { article, lead, takes_over: named(taken) })
    }
}

/// The record of an article, from any sink that holds it.
fn stored(desk: &Desk, look: &Look, info: &ArticleInfo) -> Option<Value> {
    serde_json::from_str(&mend::stored(desk, look, info)?.record).ok()
}

/// An article as the stage saw it: from its original, which says more of its source, else as a sink holds it.
fn article(desk: &Desk, look: &Look, info: &ArticleInfo) -> Option<Article> {
    let record = stored(desk, look, info);
    let received =
        record.as_ref().and_then(|record| record["source"]["received"].as_str()).unwrap_or_default();
    let original = originals::find(desk, look, info).and_then(|found| found.part);
    if let Some(CleanOutcome::Article(mut article)) = original.map(|part| desk.cleaner.clean_part(&part)) {
        article.seq = info.seq;
        received.clone_into(&mut article.origin.received);
        return Some(*article);
    }
    let record = record.as_ref()?;
    let text = record["text"].as_str()?.to_owned();
    let block = Span::new(&text, 0, text.len());
    let block = block.map(|span| Block::plain(span.trimmed(&text), BlockKind::Paragraph));
    let origin = Origin { uri: info.uri.clone(), received: received.to_owned(), ..Origin::default() };
    let mut article = Article::new(info.id, origin, text, block.into_iter().collect());
    article.seq = info.seq;
    article.title = record["title"].as_str().map(str::to_owned);
    Some(article)
}
