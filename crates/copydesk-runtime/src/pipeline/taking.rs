//! One file on its way through the splitter: its parts are taken one by one, in order, and then its end.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use copydesk_core::{ArticleId, Content, Part, PartSource, ReadError, Refusal, SourceFile, crash};

use super::decide::{self, Fate, Version};
use super::flight::{Claim, Flight};
use super::job::{Ending, Load, Upshot};
use super::settler::ToSettler;
use super::splitter::Splitter;
use super::steps::panic_text;

/// One file being split.
pub(crate) struct Taking<'a> {
    pub(crate) splitter: &'a mut Splitter,
    pub(crate) claim: Arc<Claim>,
    pub(crate) file: SourceFile,
    pub(crate) version: Version,
    pub(crate) n_parts: u32,
    pub(crate) retried: bool,
}

impl Taking<'_> {
    pub(crate) fn run(mut self, content: Content) {
        let stored = match &content {
            Content::Bytes(bytes) => Some(Arc::clone(bytes)),
            Content::Stream(_) | Content::Refused(_) => None,
        };
        let result = match content {
            Content::Refused(Refusal { code, message }) => Err(ReadError { code, message }),
            Content::Bytes(bytes) => {
                if self.version.has_old() && self.claim.container {
                    let ids = self.collect_ids(PartSource::Bytes(Arc::clone(&bytes)));
                    self.version.set_ids(ids);
                }
                self.split(PartSource::Bytes(bytes))
            }
            Content::Stream(mut stream) => {
                if self.version.has_old() && self.claim.container {
                    let ids = self.collect_ids(PartSource::Stream(&mut *stream));
                    self.version.set_ids(ids);
                    match stream.rewind() {
                        Ok(()) => self.split(PartSource::Stream(&mut *stream)),
                        Err(error) => {
                            Err(ReadError::new("unreadable", format!("cannot read again: {error}")))
                        }
                    }
                } else {
                    self.split(PartSource::Stream(&mut *stream))
                }
            }
        };
        if self.splitter.shared.halt.is_set() {
            return;
        }
        if let Err(error) = result {
            self.failed(error, stored);
        }
        if self.retried {
            return;
        }
        crash::point("file_end.before_commit");
        let shared = &self.splitter.shared;
        let ticket = decide::end(&shared.ledger, &shared.flights, &self.version, self.n_parts);
        let ended = ToSettler::FileEnded { open: Arc::clone(&self.claim.open), ticket };
        // The settler outlives the splitter unless the run was halted.
        let _ = self.splitter.settler.send(ended);
    }

    /// The ids of a new version, so that a record that merely moved is not taken for a new one.
    fn collect_ids(&self, content: PartSource<'_>) -> Option<HashSet<ArticleId>> {
        let mut ids = HashSet::new();
        let reader = &self.splitter.reader;
        let split = catch_unwind(AssertUnwindSafe(|| {
            reader.split(&self.file, content, &mut |part| {
                ids.insert(part.id);
                ControlFlow::Continue(())
            })
        }));
        matches!(split, Ok(Ok(()))).then_some(ids)
    }

    fn split(&mut self, content: PartSource<'_>) -> Result<(), ReadError> {
        let reader = Arc::clone(&self.splitter.reader);
        let file = self.file.clone();
        let split = catch_unwind(AssertUnwindSafe(|| {
            reader.split(&file, content, &mut |part| {
                self.take_part(part);
                if self.splitter.shared.halt.is_set() {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
        }));
        split.unwrap_or_else(|panic| {
            self.splitter.shared.stats.panics.fetch_add(1, Ordering::Relaxed);
            Err(ReadError::new("panic", format!("the reader panicked: {}", panic_text(&*panic))))
        })
    }

    fn take_part(&mut self, part: Part) {
        self.n_parts = self.n_parts.max(part.index.saturating_add(1));
        let shared = &self.splitter.shared;
        if !shared.wait_ready() {
            return;
        }
        let size = part.original.len() as u64;
        let fate =
            decide::take(&shared.ledger, &shared.flights, &mut self.version, part.index, part.id, size);
        if let Fate::Process { seq, ticket, replaces } = fate {
            self.splitter.send_part(&self.claim, part, seq, ticket, replaces);
        }
    }

    /// The file, or the rest of it, cannot be read.
    fn failed(&mut self, error: ReadError, stored: Option<Arc<[u8]>>) {
        if let Some(after) = self.claim.retry_failed_after {
            self.retried = true;
            return self.claim.open.retry(after);
        }
        let shared = &self.splitter.shared;
        let size = stored.as_ref().map_or(0, |bytes| bytes.len() as u64);
        let (part, id) = (self.n_parts, self.claim.hash);
        let fate = decide::take(&shared.ledger, &shared.flights, &mut self.version, part, id, size);
        if let Fate::Process { seq, ticket, replaces } = fate {
            let flight = Arc::new(Flight {
                seq,
                id,
                claim: Arc::clone(&self.claim),
                part,
                uri: self.file.uri.clone(),
                media_type: String::new(),
                size,
                ticket,
                replaces,
            });
            let ReadError { code, message } = error;
            let ending = Ending::Quarantined { stage: "read".into(), code: code.into(), reason: message };
            let weight = stored.as_ref().map_or(0, |bytes| bytes.len());
            self.splitter.send(flight, Load::Ended(ending, Upshot::default()), stored, None, weight);
        }
    }
}
