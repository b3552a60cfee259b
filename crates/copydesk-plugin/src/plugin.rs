//! What the commands for plugins ask of a stage outside the program, whatever its kind.

use copydesk_core::Stage;

/// How a plugin presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// What it calls itself; empty if it does not say.
    pub name: String,
    /// Its own version; empty if it does not say.
    pub version: String,
    /// The version of the protocol, or of the interface, that it speaks.
    pub protocol: String,
    /// Articles that it is given at once, at most: the less of what it takes and what is configured.
    pub batch: usize,
    /// The first half of the SHA-256 of its file, in hex.
    pub hash: String,
}

/// A stage outside the program that can be looked at and put to the test.
pub trait Plugin: Stage {
    /// Starts it, and says how it presents itself.
    ///
    /// # Errors
    /// It cannot be started, or speaks another version: what went wrong, with what it printed.
    fn describe(&mut self) -> Result<Description, String>;

    /// Whether messages and articles hold members from now on that no version knows. Plugins have to pass over them.
    fn set_strangers(&mut self, on: bool);

    /// The ids of the processes that run for it; none if it runs in this one.
    fn processes(&self) -> Vec<i32>;

    /// Ends what runs as a crash would, behind the back of the stage.
    fn crash(&mut self);

    /// Tells it to end.
    ///
    /// # Errors
    /// It did not, and was ended.
    fn end(&mut self) -> Result<(), String>;
}

/// An object as JSON, with a member in front that no version knows.
pub(crate) fn with_stranger(object: &str) -> String {
    let mut object = object.to_owned();
    object.insert_str(1, r#""x-stranger":{"deep":[1,null,{"t":"drain"}]},"#);
    object
}
