//! The way out: a queue that is bounded by files and by bytes.
//!
//! Room is asked for before a file is read, so back-pressure reaches the folder itself. There is one that puts
//! in and one that takes out.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use copydesk_core::{Content, Delivery, SourceError};
use tokio::sync::Notify;

/// Most files in the queue.
const MOST_FILES: usize = 64;
/// Most bytes in the queue, unless it is one file alone.
const MOST_BYTES: u64 = 64 << 20;

#[derive(Debug, Default)]
struct State {
    deliveries: VecDeque<Delivery>,
    n_bytes: u64,
    /// Nothing more will be put in.
    ended: bool,
    /// Why it ended, if that was not in order.
    error: Option<SourceError>,
    /// Nothing more will be taken out.
    closed: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    room: Condvar,
    filled: Notify,
}

impl Queue {
    /// Waits for room for a file of `n_bytes`; false if nobody will take anything any more.
    pub(crate) fn reserve(&self, n_bytes: u64) -> bool {
        let mut state = self.state();
        loop {
            let n_files = state.deliveries.len();
            let fits = n_files < MOST_FILES && state.n_bytes.saturating_add(n_bytes) <= MOST_BYTES;
            if state.closed || fits || n_files == 0 {
                return !state.closed;
            }
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(crate) fn put(&self, delivery: Delivery) {
        let mut state = self.state();
        if state.closed {
            // Dropped outside the lock: its receipt reports to the inbox.
            drop(state);
            return drop(delivery);
        }
        state.n_bytes += held(&delivery);
        state.deliveries.push_back(delivery);
        drop(state);
        self.filled.notify_one();
    }

    /// Nothing more will be put in.
    pub(crate) fn end(&self, error: Option<SourceError>) {
        let mut state = self.state();
        if !std::mem::replace(&mut state.ended, true) {
            state.error = error;
        }
        drop(state);
        self.filled.notify_one();
    }

    /// Nothing more will be taken out: what waits is dropped, and the one that fills it is told.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.n_bytes = 0;
        let dropped = std::mem::take(&mut state.deliveries);
        drop(state);
        self.room.notify_all();
        drop(dropped);
    }

    /// The next delivery; `None` at the end. Cancel-safe.
    pub(crate) async fn take(&self) -> Result<Option<Delivery>, SourceError> {
        loop {
            let filled = self.filled.notified();
            {
                let mut state = self.state();
                if let Some(delivery) = state.deliveries.pop_front() {
                    state.n_bytes = state.n_bytes.saturating_sub(held(&delivery));
                    drop(state);
                    self.room.notify_one();
                    return Ok(Some(delivery));
                }
                if let Some(error) = state.error.take() {
                    return Err(error);
                }
                if state.ended || state.closed {
                    return Ok(None);
                }
            }
            filled.await;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.state().deliveries.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn held(delivery: &Delivery) -> u64 {
    match &delivery.content {
        Content::Bytes(bytes) => bytes.len() as u64,
        Content::Stream(_) | Content::Refused(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use copydesk_core::{FileStamp, Receipt};
    use std::sync::Arc;
    use std::sync::mpsc;

    fn delivery(n_bytes: usize) -> Delivery {
        Delivery {
            path: b"a".to_vec(),
            uri: "file:///a".into(),
            stamp: FileStamp::default(),
            content: Content::Bytes(vec![0; n_bytes].into()),
            hash: [0; 32],
            received: String::new(),
            retry_failed_after: None,
            receipt: Receipt::new(|_| {}),
        }
    }

    #[tokio::test]
    async fn room_is_bounded_by_bytes_and_by_files() {
        let queue = Arc::new(Queue::default());
        assert!(queue.reserve(u64::MAX));
        queue.put(delivery(40 << 20));
        assert!(queue.reserve(24 << 20));
        let (tx, rx) = mpsc::channel();
        let filler = std::thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                assert!(queue.reserve((24 << 20) + 1));
                tx.send(queue.len()).unwrap();
            }
        });
        assert!(queue.take().await.unwrap().is_some());
        assert_eq!(rx.recv().unwrap(), 0);
        filler.join().unwrap();
        (0..MOST_FILES).for_each(|_| queue.put(delivery(1)));
        let filler = std::thread::spawn({
            let queue = Arc::clone(&queue);
            move || queue.reserve(1)
        });
        queue.close();
        assert!(!filler.join().unwrap());
        assert!(queue.take().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn what_waits_is_taken_before_the_end() {
        let queue = Queue::default();
        queue.put(delivery(1));
        queue.end(None);
        assert!(queue.take().await.unwrap().is_some());
        assert!(queue.take().await.unwrap().is_none());
        assert!(queue.take().await.unwrap().is_none());
    }
}
