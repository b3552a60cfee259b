//! `copydesk reload`: asks the running daemon to read its configuration anew, and waits until it is in force.

use super::{Answer, Failure};
use crate::args::Common;
use crate::control::{Asked, Request, Verdict, ask};
use crate::{Exit, setup};

pub(super) fn run(common: &Common) -> Answer {
    let state = setup::state_folder(common)?;
    match ask(&state, Request::Reload) {
        Asked::NoDaemon => {
            Err(Failure::Work(format!("no daemon is running with state folder `{}`", state.display())))
        }
        Asked::Failed(message) => Err(Failure::Work(message)),
        Asked::Answered(verdict) => match serde_json::from_value(verdict) {
            Ok(Verdict::Done) => Ok(Exit::Done),
            Ok(Verdict::Refused(message)) => Err(Failure::Usage(message)),
            Ok(Verdict::Ignored(message)) => Err(Failure::Work(message)),
            Err(_) => Err(Failure::Work("the daemon is of another version: restart it".into())),
        },
    }
}
