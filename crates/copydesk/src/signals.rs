//! SIGTERM, SIGINT and SIGHUP as events, from a task of their own: they are heard whatever else goes on.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use crate::Exit;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Event {
    /// To stop.
    Stop,
    /// To read the configuration anew.
    Reload,
}

/// How long an end in good order may take after a second signal to stop.
const PATIENCE: Duration = Duration::from_secs(3);

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

/// Listens from here on; needs a tokio runtime.
pub(crate) fn listen() -> io::Result<mpsc::UnboundedReceiver<Event>> {
    let signals = Signals {
        terminate: signal(SignalKind::terminate())?,
        interrupt: signal(SignalKind::interrupt())?,
        hang_up: signal(SignalKind::hangup())?,
    };
    let (events, heard) = mpsc::unbounded_channel();
    tokio::spawn(forward(signals, events));
    Ok(heard)
}

async fn forward(mut signals: Signals, events: mpsc::UnboundedSender<Event>) {
    let mut n_stops = 0;
    while n_stops < 2 {
        let event = tokio::select! {
            _ = signals.terminate.recv() => Event::Stop,
            _ = signals.interrupt.recv() => Event::Stop,
            _ = signals.hang_up.recv() => Event::Reload,
        };
        n_stops += u32::from(event == Event::Stop);
        // Nobody listens once the program is about to end anyway.
        let _ended = events.send(event);
    }
    tokio::time::sleep(PATIENCE).await;
    // Something hangs: a disk, a sink. What is not settled stays pending, as after a kill.
    std::process::exit(Exit::Failed.number());
}
