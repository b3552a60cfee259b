//! The promise to tell a source what became of a file.

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Every article of it is in every sink, a duplicate, dropped by a stage, or in quarantine with its
    /// bytes: the file may be moved or deleted.
    Settled,
    /// It is in quarantine by reference alone: the file must stay where it is.
    Referenced,
    /// Not now: offer it again, not sooner than after this long.
    Retry(std::time::Duration),
    /// The receipt was dropped: the file stays where it is, and is offered again after a restart.
    Lost,
}

/// A receipt for one file. Settle it once; dropped unsettled, it reports [`Outcome::Lost`].
///
/// ```
/// use copydesk_core::{Outcome, Receipt};
/// let (tx, rx) = std::sync::mpsc::channel();
/// drop(Receipt::new(move |outcome| tx.send(outcome).unwrap()));
/// assert_eq!(rx.recv().unwrap(), Outcome::Lost);
/// ```
#[must_use = "a receipt dropped unsettled reports its file as lost"]
pub struct Receipt {
    report: Option<Box<dyn FnOnce(Outcome) + Send>>,
}

impl Receipt {
    /// A receipt that reports to `report`, which must not block.
    pub fn new(report: impl FnOnce(Outcome) + Send + 'static) -> Receipt {
        Receipt { report: Some(Box::new(report)) }
    }

    /// Reports what became of the file.
    pub fn settle(mut self, outcome: Outcome) {
        if let Some(report) = self.report.take() {
            report(outcome);
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if let Some(report) = self.report.take() {
            report(Outcome::Lost);
        }
    }
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receipt").field("settled", &self.report.is_none()).finish()
    }
}
