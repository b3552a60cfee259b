//! A source that conforms, and every way not to.

use std::collections::VecDeque;
use std::sync::Arc;

use async_trait::async_trait;
use copydesk_core::{
    Content, Delivery, FileStamp, Known, Outcome, Receipt, Source, SourceContext, SourceError,
};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::source_conformance;

const FILES: [(&str, &[u8]); 4] =
    [("a", b"Rain fell."), ("b", b"It stopped."), ("c", b"The sun shone."), ("d", b"It set.")];

struct Pile {
    how: &'static str,
    due: VecDeque<usize>,
    n_out: usize,
    known: Arc<dyn Known>,
    report: UnboundedSender<(usize, Outcome)>,
    heard: UnboundedReceiver<(usize, Outcome)>,
}

impl Pile {
    fn new(how: &'static str, context: &SourceContext) -> Pile {
        let (report, heard) = unbounded_channel();
        let mut pile =
            Pile { how, due: VecDeque::new(), n_out: 0, known: Arc::clone(&context.known), report, heard };
        pile.due = (0..FILES.len()).filter(|n| !pile.is_settled(*n)).collect();
        if how == "offers twice" {
            pile.due.push_front(0);
        }
        pile
    }

    fn is_settled(&self, n: usize) -> bool {
        let known = self.known.lookup(FILES[n].0.as_bytes());
        match self.how {
            "forgets what is settled" => false,
            "forgets what was lost" => known.is_some_and(|known| known.settled) || known.is_some() && n == 2,
            "takes a start for a settlement" => known.is_some(),
            _ => known.is_some_and(|known| known.settled),
        }
    }

    fn offer(&mut self, n: usize) -> Delivery {
        self.n_out += 1;
        let (report, (path, bytes)) = (self.report.clone(), FILES[n]);
        let shown = if self.how == "changes bytes" { b"something else" } else { bytes };
        let hashed: &[u8] = if self.how == "hashes the name" { path.as_bytes() } else { shown };
        Delivery {
            path: path.as_bytes().to_vec(),
            uri: format!("pile:{}", if self.how == "has one address" { "all" } else { path }),
            stamp: FileStamp::default(),
            content: Content::Bytes(shown.into()),
            hash: Sha256::digest(hashed).into(),
            received: "2026-01-31T09:30:00Z".to_owned(),
            retry_failed_after: None,
            receipt: Receipt::new(move |outcome| drop(report.send((n, outcome)))),
        }
    }
}

#[async_trait]
impl Source for Pile {
    async fn next(&mut self) -> Result<Option<Delivery>, SourceError> {
        loop {
            if let Some(n) = self.due.pop_front() {
                if self.how == "loses what a dropped call held" {
                    tokio::task::yield_now().await;
                }
                return Ok(Some(self.offer(n)));
            }
            if self.n_out == 0 || self.how == "ends early" {
                return Ok(None);
            }
            let Some((n, outcome)) = self.heard.recv().await else { return Ok(None) };
            self.n_out -= 1;
            match outcome {
                Outcome::Retry(_) if self.how == "tries nothing again" => {}
                Outcome::Retry(_) => self.due.push_back(n),
                Outcome::Settled if self.how == "offers what is settled" => self.due.push_back(n),
                Outcome::Lost if self.how == "never ends" => self.n_out += 1,
                _ => {}
            }
        }
    }
}

async fn conforms(how: &'static str) {
    source_conformance(|context| Pile::new(how, context), &FILES).await;
}

#[tokio::test]
async fn a_source_that_keeps_its_promises_passes() {
    conforms("well").await;
}

/// A way to break a promise, and the promise as the suite names it.
macro_rules! broken {
    ($($name:ident: $how:literal => $promise:literal,)*) => {$(
        #[tokio::test]
        #[should_panic(expected = $promise)]
        async fn $name() {
            conforms($how).await;
        }
    )*};
}

broken! {
    offers_twice: "offers twice" => "nothing is offered twice at first: a",
    forgets_what_is_settled: "forgets what is settled" => "nothing that was settled is offered after a restart",
    forgets_what_was_lost: "forgets what was lost" => "every file is offered after a crash",
    takes_a_start_for_a_settlement: "takes a start for a settlement" => "the source ended instead",
    changes_bytes: "changes bytes" => "the bytes of a",
    hashes_the_name: "hashes the name" => "the hash of a is the SHA-256 of its bytes",
    has_one_address: "has one address" => "no two have one address",
    loses_what_a_dropped_call_held: "loses what a dropped call held" => "however often a call is dropped",
    ends_early: "ends early" => "a source does not end while all are out",
    tries_nothing_again: "tries nothing again" => "what is to be tried again is offered again",
    offers_what_is_settled: "offers what is settled" => "nothing that was settled is offered again",
    never_ends: "never ends" => "it did not within",
}
