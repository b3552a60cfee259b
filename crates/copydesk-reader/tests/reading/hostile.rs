//! Pages made to hurt: each is read in time linear in its size, on a small stack, and gives what text it has.

use std::time::{Duration, Instant};

use copydesk_core::laws;
use proptest::prelude::*;

/// Reads a page on a thread with a small stack, and fails if that takes long even for a debug build.
#[track_caller]
fn check(what: &str, html: String, text: &str) {
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(move || {
        let start = Instant::now();
        let article = crate::common::read("a.html", html.as_bytes());
        (article.raw().replace('\n', " "), start.elapsed())
    });
    let (raw, took) = thread.unwrap().join().unwrap();
    assert!(raw.contains(text), "{what}: {}", raw.chars().take(100).collect::<String>());
    // What is not linear takes many minutes; what is, well under a second on a machine that does nothing else.
    assert!(took < Duration::from_secs(60), "{what} took {took:?}");
}

#[test]
fn nesting() {
    let n = 100_000;
    for tag in [
        "div",
        "b",
        "p",
        "span",
        "ul",
        "table",
        "blockquote",
        "font",
        "a href=x",
        "x-y",
        "svg",
        "template",
        "li",
    ] {
        let name = tag.split(' ').next().unwrap();
        let open = format!("<{tag}>").repeat(n);
        let close = format!("</{name}>").repeat(n);
        let shows_inside = !matches!(name, "svg" | "template");
        let inside = if shows_inside { "deep" } else { "" };
        check(tag, format!("<p>first</p>{open}{inside}"), inside);
        check(tag, format!("{open}{inside}{close}<p>last</p>"), "last");
        check(tag, format!("<p>text{close}"), "text");
    }
}

#[test]
fn tables() {
    let n = 50_000;
    check("tables in cells", "<table><tr><td>".repeat(n) + "deep", "deep");
    check("text in tables", "<table>x".repeat(n), "x");
    check("rows", format!("<table>{}", "<tr><td>a<td>b".repeat(n)), "a\tb");
    check("cells", format!("<table><tr>{}", "<td>a".repeat(n)), "a a");
    check("divs in tables", "<table><div>x".repeat(n), "x");
}

/// Fault: bad_bytes
#[test]
fn a_hidden_row_ends_no_row_around_it() {
    for html in [
        "<table><tr><td>a<td>b<p><option><tr>",
        "<table><tr><td>a<td>b<p><option><tr></option><td>c",
        "<table><tr><td>a<td>b<template><tr></template><td>c</table>",
        "<table><tr><td>a<td>b<div hidden><tr></div><td>c<tr hidden><td>x</table>",
    ] {
        let article = crate::common::read("a.html", html.as_bytes());
        let n_nodes = article.page.as_ref().unwrap().nodes.len();
        for block in article.blocks() {
            assert!((block.markup.unwrap().node as usize) < n_nodes, "{html}: {block:?}");
        }
        assert!(article.raw().starts_with("a\tb"), "{html}: {}", article.raw());
    }
}

#[test]
fn many_of_one_kind() {
    check("siblings", format!("<div>{}", "<i></i>".repeat(200_000)) + "end", "end");
    check("unclosed paragraphs", "<p>one".repeat(150_000), "one one");
    check("unclosed items", format!("<ul>{}", "<li>one".repeat(150_000)), "one one");
    check("misnested", "<b><i></b></i>".repeat(50_000) + "end", "end");
    check("formatting in paragraphs", "<b><i><u><em><p>x".repeat(20_000), "x x");
    check("links and breaks", format!("<p>{}", "<a href=x>y</a><br>".repeat(50_000)), "y");
    check("links in one line", format!("<p>{}", "<a href=x>y</a> ".repeat(100_000)), "y y");
    check("times", "<time datetime=2031-05-02>x</time>".repeat(100_000), "x");
    check("microdata", "<b itemprop=author>".repeat(100_000) + "Ada", "Ada");
    check("unmatched ends", "<div>".repeat(500) + &"</section>".repeat(100_000) + "end", "end");
    check("unclosed items in lists", "<ul><li>".repeat(50_000) + "end", "end");
}

#[test]
fn tokens() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=1")).collect();
    check("attributes", format!("<p{attributes} class=x>end"), "end");
    check("the same attribute", format!("<p{}>end", " class=x".repeat(100_000)), "end");
    check("a long attribute", format!("<p class=\"{}\">end", "x ".repeat(500_000)), "end");
    check("a long name", format!("<p{}>end", "x".repeat(1_000_000)), "end");
    check("an endless comment", format!("<p>start<!--{}", "-- <p>".repeat(200_000)), "start");
    check("an open tag", format!("<p>start<p {}", "x=\"".repeat(300_000)), "start");
    check("an endless script", format!("<p>start<script>{}", "<!--<script>".repeat(80_000)), "start");
    check("entities", "&amp;&#x10ffff;&notit;&".repeat(50_000), "&");
    check("less-than signs", "<".repeat(500_000), "<");
    check("end tag starts", format!("start{}", "</".repeat(300_000)), "start");
    check("one long text", "Fog ".repeat(300_000), "Fog Fog");
    check(
        "json-ld",
        format!("<script type=application/ld+json>{}</script>end", "[{\"a\":".repeat(100_000)),
        "end",
    );
    check("preformatted lines", format!("<pre>{}", "x\n".repeat(150_000)), "x x");
}

#[test]
fn more_blocks_than_an_article_has() {
    let split = crate::common::split("a.html", "<p>x".repeat(300_000).as_bytes());
    assert_eq!(split.first_error(), "too_large");
    let split = crate::common::split("a.txt", "x\n".repeat(300_000).as_bytes());
    assert_eq!(split.first_error(), "too_large");
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<p>"),
        Just("</p>"),
        Just("<div class='a'>"),
        Just("</div>"),
        Just("<b>"),
        Just("</b>"),
        Just("<a href=x>"),
        Just("</a>"),
        Just("<table>"),
        Just("</table>"),
        Just("<tr>"),
        Just("</tr>"),
        Just("<td>"),
        Just("</td>"),
        Just("<th>"),
        Just("<tbody>"),
        Just("<caption>"),
        Just("<ul>"),
        Just("</ul>"),
        Just("<li>"),
        Just("</li>"),
        Just("<br>"),
        Just("<br><br>"),
        Just("<pre>"),
        Just("</pre>"),
        Just("\n"),
        Just(" "),
        Just("Fog"),
        Just("lifts."),
        Just("é"),
        Just("霧"),
        Just("\u{a0}"),
        Just("\u{200b}"),
        Just("<h2>"),
        Just("</h1>"),
        Just("<svg>"),
        Just("</svg>"),
        Just("<noscript>"),
        Just("</noscript>"),
        Just("<template>"),
        Just("</template>"),
        Just("<select>"),
        Just("<button>"),
        Just("</button>"),
        Just("<form>"),
        Just("</form>"),
        Just("<span itemprop=author>"),
        Just("</span>"),
        Just("<time datetime=2031-05-02>"),
        Just("<i hidden>"),
        Just("</i>"),
        Just("<!--"),
        Just("-->"),
        Just("&nbsp;"),
        Just("<x-y>"),
        Just("</x-y>"),
        Just("<math>"),
        Just("<script>"),
        Just("</script>"),
        Just("<"),
        Just("<é"),
        Just("<body>"),
        Just("</body>"),
        Just("<html>"),
        Just("<title>"),
        Just("</title>"),
        Just("<blockquote>"),
        Just("<xmp>"),
        Just("</xmp>"),
        Just("<hr/>"),
        Just("<img>"),
        Just("<object>"),
        Just("</object>"),
    ];
    proptest::collection::vec(piece, 0..80).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_soup_keeps_the_laws(html in soup()) {
        let split = crate::common::split("a.html", html.as_bytes());
        let articles = split.articles();
        for article in &articles {
            laws::check(article).map_err(TestCaseError::fail)?;
            let page = article.page.as_ref().unwrap();
            for (idx, node) in page.nodes.iter().enumerate() {
                prop_assert!(node.parent as usize <= idx.saturating_sub(1));
            }
            let mut end = 0;
            for block in article.blocks() {
                let markup = block.markup.unwrap();
                prop_assert!(!block.span.is_empty() && block.span.start() >= end);
                end = block.span.end();
                prop_assert!(!block.span.of_text(article.raw()).contains('\n'));
                prop_assert!((markup.node as usize) < page.nodes.len());
                prop_assert!(markup.link_bytes as usize <= block.span.len());
                prop_assert!(markup.emphasis_bytes as usize <= block.span.len());
            }
            for hint in &article.hints {
                prop_assert!(hint.block.is_none_or(|block| (block as usize) < article.blocks().len()));
            }
            prop_assert_eq!(article.raw().lines().filter(|line| line.trim().is_empty()).count(), 0);
        }
    }

    #[test]
    fn any_bytes_under_any_name_do_no_harm(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        name in prop_oneof![
            Just("a"), Just("a.txt"), Just("a.md"), Just("a.html"), Just("a.json"), Just("a.jsonl"), Just("a.warc"),
            Just("a.txt.gz"),
        ],
        start in prop_oneof![Just(""), Just("WARC/1.0\r\n"), Just("{\"text\":\""), Just("<p>"), Just("\u{feff}")],
    ) {
        let all = [start.as_bytes(), &bytes].concat();
        for article in crate::common::split(name, &all).articles() {
            laws::check(&article).map_err(TestCaseError::fail)?;
        }
    }
}
