//! A translator that waits for a server: posts the title to an address, and notes what it answers.
//!
//! ```toml
//! [[stage]]
//! type = "translate_title"
//! address = "http://127.0.0.1:8090/translate"
//! ```
//!
//! While the server is away, articles wait; what it will not translate is set aside, and the others go on.

use std::process::ExitCode;
use std::time::Duration;

use copydesk::{
    Action, Article, BuildError, Component, Lookup, LookupLimits, OptionKind, OptionSpec, Program,
    StageError, Verdict, async_trait,
};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::{Request, Uri};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    pub(crate) address: String,
    pub(crate) at_once: usize,
    /// Milliseconds: that is how a duration reaches a component.
    pub(crate) timeout: u64,
}

pub(crate) struct TranslateTitle {
    address: Uri,
    limits: LookupLimits,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Component for TranslateTitle {
    type Options = Options;
    const HELP: &'static str = "Posts the title to a server, and notes its answer: `title_translated`.";
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec::new("address", OptionKind::String, None, "The server."),
        OptionSpec::new("at_once", OptionKind::Integer, Some("4"), "Titles it is given at once (1 to 256)."),
        OptionSpec::new("timeout", OptionKind::Duration, Some("\"10s\""), "How long it may take."),
    ];
}

impl TranslateTitle {
    pub(crate) fn new(options: &Options) -> Result<TranslateTitle, BuildError> {
        let wrong = |error| BuildError(format!("`address` is no address: {error}"));
        Ok(TranslateTitle {
            address: options.address.parse().map_err(wrong)?,
            limits: LookupLimits {
                at_once: options.at_once,
                timeout: Duration::from_millis(options.timeout),
            },
            client: Client::builder(TokioExecutor::new()).build_http(),
        })
    }
}

/// The longest answer that is read, in bytes.
const LONGEST: usize = 64 << 10;

/// The server is away, or has no time: what is said of one article holds for all, so all wait.
fn away(why: &dyn std::fmt::Display) -> StageError {
    let action = Action::Retry(Duration::from_secs(2));
    StageError::new(format!("the translator does not answer: {why}"), action)
}

/// It does answer, but not for this article.
fn refused(why: &dyn std::fmt::Display) -> StageError {
    StageError::new(format!("the translator refuses it: {why}"), Action::Quarantine)
}

#[async_trait]
impl Lookup for TranslateTitle {
    async fn process(&self, article: &mut Article) -> Result<Verdict, StageError> {
        let Some(title) = &article.title else { return Ok(Verdict::Keep) };
        let request = Request::post(self.address.clone())
            .header("content-type", "text/plain; charset=utf-8")
            .body(Full::from(title.clone()))
            .map_err(|error| refused(&error))?;
        let response = self.client.request(request).await.map_err(|error| away(&error))?;
        let status = response.status();
        if status.is_server_error() || status.as_u16() == 429 {
            return Err(away(&status));
        }
        if !status.is_success() {
            return Err(refused(&status));
        }
        let body = Limited::new(response.into_body(), LONGEST).collect().await;
        // One that is too long is this article's; one that breaks off is the server's.
        let body =
            body.map_err(|error| if error.is::<LengthLimitError>() { refused(&error) } else { away(&error) });
        let body = body?.to_bytes();
        let answer = String::from_utf8_lossy(&body).trim().to_owned();
        article.notes.insert("title_translated".to_owned(), answer.into());
        Ok(Verdict::Keep)
    }

    fn limits(&self) -> LookupLimits {
        self.limits
    }
}

fn main() -> ExitCode {
    Program::new()
        .lookup::<TranslateTitle>("translate_title", |_name, options| TranslateTitle::new(&options))
        .main()
}
