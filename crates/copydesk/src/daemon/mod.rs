//! The daemon: it runs a pipeline over a state folder until it is told to stop, and goes over to another
//! configuration when asked.
//!
//! What must stay true:
//! - A new configuration is in force as a whole or not at all. It is checked while the old one works; what only
//!   starting it can show wrong brings the old one back. Who asked is told which.
//! - The ledger and its lock are held from start to end, over all reloads.
//! - Signals and the control socket are heard whatever else goes on.

mod assembly;
mod going;
mod reload;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use copydesk_runtime::{Engine, Report};
use tokio::sync::mpsc;

pub(crate) use assembly::Setting;
use going::Went;
use reload::check;

use crate::admin::AdminServer;
use crate::args::Common;
use crate::commands::Failure;
use crate::control::{Order, Server, Verdict};
use crate::signals::Event;
use crate::view::{Doing, Live};
use crate::{SystemClock, setup, signals};

/// Where a configuration comes from: at the start, and again at each reload.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    pub(crate) common: Common,
    pub(crate) dir: Option<PathBuf>,
    pub(crate) once: bool,
}

/// What a daemon reports at its end.
pub(crate) struct Ended {
    /// Of the last run; its quarantined are those of all runs.
    pub(crate) report: Report,
    /// True if a signal asked for it.
    pub(crate) stopped: bool,
}

/// Orders that wait to be looked at; more are refused a place at the socket.
const MOST_ORDERS: usize = 64;
/// How long after a failed start the next one is tried.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// What is asked of the daemon from outside.
enum Heard {
    Stop,
    Reload(Order),
}

/// Everything it listens to.
struct Ears {
    signals: mpsc::UnboundedReceiver<Event>,
    orders: mpsc::Receiver<Order>,
}

impl Ears {
    /// The next thing asked. Cancel-safe.
    async fn hear(&mut self) -> Heard {
        tokio::select! {
            Some(event) = self.signals.recv() => match event {
                Event::Stop => Heard::Stop,
                Event::Reload => Heard::Reload(Order::unheard()),
            },
            Some(order) = self.orders.recv() => Heard::Reload(order),
            // Nobody can ask any more.
            else => std::future::pending().await,
        }
    }
}

/// Runs until the source ends, or a signal says so.
pub(crate) async fn run(origin: Origin) -> Result<Ended, Failure> {
    let signals =
        signals::listen().map_err(|error| Failure::Work(format!("cannot listen for signals: {error}")))?;
    let setting = Setting::load(&origin)?;
    let state = setup::state_of(&origin.common, &setting.plan);
    // Everything that can be wrong with the configuration comes before anything is touched.
    setup::sinks(&setting.registry, &setting.plan, &state)?;
    let engine = Engine::open_with(&state, Arc::new(SystemClock), crate::crash::ledger_options())
        .map_err(|error| Failure::Work(setup::chain(&error)))?;
    let live = Arc::new(Live::new(setting.file.clone(), engine.stats()));
    let (orders_tx, orders) = mpsc::channel(MOST_ORDERS);
    let _server = Server::start(&state, Arc::clone(&live), orders_tx);
    let ears = Ears { signals, orders };
    let daemon = Daemon {
        origin,
        state,
        engine,
        live,
        ears,
        queue: Vec::new(),
        n_quarantined: 0,
        admin: None,
        proven: None,
    };
    daemon.serve(setting).await
}

struct Daemon {
    origin: Origin,
    state: PathBuf,
    engine: Engine,
    live: Arc<Live>,
    ears: Ears,
    /// Reloads that were asked for and not looked at yet.
    queue: Vec<Order>,
    n_quarantined: u64,
    admin: Option<AdminServer>,
    /// What started last: gone back to if what is to come does not start. The one before it is let go of at that moment,
    /// and its plugins with it.
    proven: Option<Setting>,
}

/// A configuration on its way into force.
struct Candidate {
    setting: Setting,
    /// Who waits to hear that it is.
    orders: Vec<Order>,
}

impl Daemon {
    async fn serve(mut self, first: Setting) -> Result<Ended, Failure> {
        let mut candidate = Candidate { setting: first, orders: Vec::new() };
        loop {
            for warning in &candidate.setting.plan.warnings {
                tracing::warn!("{warning}");
            }
            let outcome = self.go(candidate).await;
            candidate = match (outcome.how, self.proven.clone()) {
                (Went::Ended { report, stopped }, _) => return Ok(self.ended(report, stopped)),
                (Went::Reload { next, report }, _) => {
                    self.n_quarantined += report.counts.quarantined;
                    self.live.set_doing(Doing::Reloading);
                    *next
                }
                (Went::Failed { failure, orders }, Some(proven)) if !outcome.started => {
                    let message = failure.message();
                    refuse(&message);
                    answer(orders, &Verdict::Refused(message.clone()));
                    self.live.set_trouble(Some(format!("cannot start: {message}")));
                    match self.again(proven).await {
                        Some(candidate) => candidate,
                        None => return Ok(self.ended(Report::default(), true)),
                    }
                }
                (Went::Failed { failure, .. }, _) => return Err(failure),
            };
        }
    }

    /// What to try after a start that failed: what is asked for meanwhile, or else, after a moment, what ran
    /// last. `None` if a stop is asked for.
    async fn again(&mut self, proven: Setting) -> Option<Candidate> {
        if self.queue.is_empty() {
            match tokio::time::timeout(TRY_AGAIN, self.ears.hear()).await {
                Ok(Heard::Stop) => return None,
                Ok(Heard::Reload(order)) => self.queue.push(order),
                Err(_) => return Some(Candidate { setting: proven, orders: Vec::new() }),
            }
        }
        let orders = std::mem::take(&mut self.queue);
        match check(self.origin.clone(), proven.clone(), self.state.clone()).await {
            Ok(setting) => Some(Candidate { setting, orders }),
            Err(message) => {
                refuse(&message);
                answer(orders, &Verdict::Refused(message));
                Some(Candidate { setting: proven, orders: Vec::new() })
            }
        }
    }

    /// Has the admin server listen where the configuration says. One that listens there already stays; another
    /// goes only once the new one listens.
    async fn set_admin(&mut self, setting: &Setting) -> Result<(), Failure> {
        let Some(plan) = setting.plan.admin else {
            self.admin = None;
            return Ok(());
        };
        if self.admin.as_ref().is_none_or(|admin| admin.address() != plan.listen) {
            let started = AdminServer::start(plan.listen, Arc::clone(&self.live)).await;
            self.admin = Some(started.map_err(|error| {
                Failure::Work(format!("[admin]: cannot listen at `{}`: {error}", plan.listen))
            })?);
        }
        Ok(())
    }

    fn ended(&self, mut report: Report, stopped: bool) -> Ended {
        report.counts.quarantined += self.n_quarantined;
        Ended { report, stopped }
    }
}

/// Says that a configuration was not taken.
fn refuse(message: &str) {
    for line in message.lines() {
        tracing::error!("reload refused, the old configuration runs on: {line}");
    }
}

/// Tells everybody who waits.
fn answer(orders: Vec<Order>, verdict: &Verdict) {
    for order in orders {
        order.answer(verdict);
    }
}
