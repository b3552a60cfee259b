//! The configuration that most tests of stages have in common.

/// The folder `inbox`, with waits short enough for a test, and a JSONL file; behind them what stands here. A run gives up
/// what is down after some seconds.
pub fn to_jsonl(tables: &str) -> String {
    format!(
        r#"
[source]
type = "folder"
path = "inbox"
settle = "60ms"
quiet = "20ms"
grace = "300ms"
reconcile = "1s"
[[sink]]
type = "jsonl"
path = "articles.jsonl"
[runtime]
grace = "4s"
{tables}
"#
    )
}
