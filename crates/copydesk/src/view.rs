//! What a running daemon shows of itself, whoever asks: one set of types for every way of asking.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use copydesk_core::Clock;
use copydesk_runtime::{Health, Stats, StatsView};
use copydesk_watcher::WatchStatus;
use serde::Serialize;

use crate::SystemClock;

/// A daemon at one moment.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DaemonView {
    /// Its process.
    pub(crate) pid: u32,
    /// The program's version.
    pub(crate) version: &'static str,
    /// When it started, RFC 3339.
    pub(crate) started: String,
    /// What it is doing.
    pub(crate) doing: Doing,
    /// Its configuration file, if it has one.
    pub(crate) configuration: Option<String>,
    /// Whether all is well.
    pub(crate) health: HealthView,
    /// What the watch on the drop folder has seen.
    pub(crate) watch: WatchView,
    /// Figures of the pipeline and its sinks.
    pub(crate) stats: StatsView,
}

/// What a daemon is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Doing {
    /// Getting ready.
    #[default]
    Starting,
    /// Its work.
    Running,
    /// Going over to another configuration.
    Reloading,
    /// Finishing what is under way.
    Stopping,
}

impl Doing {
    /// As it is shown.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Doing::Starting => "starting",
            Doing::Running => "running",
            Doing::Reloading => "reloading",
            Doing::Stopping => "stopping",
        }
    }
}

/// Whether all is well, and why not.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct HealthView {
    /// `ok`; `degraded`: something waits or is slow, the rest goes on; `down`: intake stands still, or a sink
    /// has given up.
    pub(crate) state: HealthState,
    /// One line each.
    pub(crate) reasons: Vec<String>,
}

/// Whether all is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum HealthState {
    /// It is.
    Ok,
    /// Something waits or is slow; the rest goes on.
    Degraded,
    /// Intake stands still, or a sink has given up.
    Down,
}

/// What the watch has seen, in this run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct WatchView {
    /// Files that were complete.
    pub(crate) seen: u64,
    /// Files read and handed on.
    pub(crate) claimed: u64,
    /// Files refused without being read.
    pub(crate) refused: u64,
    /// Claims put off.
    pub(crate) retried: u64,
    /// Scans of the whole folder.
    pub(crate) scans: u64,
    /// Scans that lost events or a lost folder made necessary.
    pub(crate) rescans: u64,
    /// Times events were lost.
    pub(crate) overflows: u64,
    /// Times the folder was found gone or replaced.
    pub(crate) root_lost: u64,
    /// Files known to wait; `null` before the first scan.
    pub(crate) backlog: Option<u64>,
    /// Why new files may be noticed late at the moment, one line each.
    pub(crate) troubles: Vec<&'static str>,
}

impl WatchView {
    fn of(status: &WatchStatus) -> WatchView {
        let now = status.snapshot();
        WatchView {
            seen: now.seen,
            claimed: now.claimed,
            refused: now.refused,
            retried: now.retried,
            scans: now.scans,
            rescans: now.rescans,
            overflows: now.overflows,
            root_lost: now.root_lost,
            backlog: status.backlog(),
            troubles: status.troubles().map(copydesk_watcher::Trouble::reason).collect(),
        }
    }
}

impl HealthView {
    fn of(health: Health, watch: &WatchView, trouble: Option<String>) -> HealthView {
        let (mut state, mut reasons) = match health {
            Health::Ok => (HealthState::Ok, Vec::new()),
            Health::Degraded(reasons) => (HealthState::Degraded, reasons),
            Health::Down(reasons) => (HealthState::Down, reasons),
        };
        if let Some(trouble) = trouble {
            state = HealthState::Down;
            reasons.insert(0, trouble);
        }
        if !watch.troubles.is_empty() {
            state = state.max(HealthState::Degraded);
        }
        reasons.extend(watch.troubles.iter().map(ToString::to_string));
        HealthView { state, reasons }
    }
}

/// Where a daemon keeps what it shows.
pub(crate) struct Live {
    started: String,
    configuration: Option<PathBuf>,
    stats: Arc<Stats>,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    doing: Doing,
    watch: Arc<WatchStatus>,
    trouble: Option<String>,
}

impl Live {
    pub(crate) fn new(configuration: Option<PathBuf>, stats: Arc<Stats>) -> Live {
        Live { started: SystemClock.rfc3339(), configuration, stats, now: Mutex::default() }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_doing(&self, doing: Doing) {
        self.now().doing = doing;
    }

    pub(crate) fn set_watch(&self, watch: Arc<WatchStatus>) {
        self.now().watch = watch;
    }

    /// Why there is no pipeline at all, while there is none.
    pub(crate) fn set_trouble(&self, trouble: Option<String>) {
        self.now().trouble = trouble;
    }

    pub(crate) fn view(&self) -> DaemonView {
        let (doing, watch, trouble) = {
            let now = self.now();
            (now.doing, WatchView::of(&now.watch), now.trouble.clone())
        };
        let stats = self.stats.view();
        DaemonView {
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION"),
            started: self.started.clone(),
            doing,
            configuration: self.configuration.as_ref().map(|path| path.display().to_string()),
            health: HealthView::of(stats.health.clone(), &watch, trouble),
            watch,
            stats,
        }
    }
}
