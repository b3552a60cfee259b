//! HTML pages: what is text, what it is, and what the markup says of it.

use crate::common::read;
use copydesk_core::{Article, BlockKind};

fn blocks(html: &str) -> Vec<(BlockKind, String)> {
    let article = read("a.html", html.as_bytes());
    article.blocks().iter().map(|block| (block.kind, block.span.of_text(article.raw()).to_owned())).collect()
}

#[track_caller]
fn check(html: &str, expected: &[(BlockKind, &str)]) {
    let found = blocks(html);
    let found: Vec<_> = found.iter().map(|(kind, text)| (*kind, text.as_str())).collect();
    assert_eq!(found, expected);
}

#[track_caller]
fn check_lines(html: &str, expected: &str) {
    assert_eq!(read("a.html", html.as_bytes()).raw(), expected);
}

fn hints(article: &Article) -> Vec<(&str, &str, Option<u32>)> {
    article.hints.iter().map(|hint| (hint.name.as_str(), hint.value.as_str(), hint.block)).collect()
}

const P: BlockKind = BlockKind::Paragraph;

#[test]
fn markup_tells_kinds() {
    check(
        "<h1>Fog<br>and rain</h1><p>One.<ul><li>Two<li><p>Three</ul><blockquote>Four<p>Five</blockquote>\
         <figure><img alt='no text'><figcaption>Six</figcaption></figure><pre>\n  let x;\n\n  let y;</pre>\
         <h2>Seven</h2><dl><dt>Eight<dd>Nine</dl><details><summary>Ten</summary>Eleven</details>",
        &[
            (BlockKind::Heading, "Fog and rain"),
            (P, "One."),
            (BlockKind::ListItem, "Two"),
            (BlockKind::ListItem, "Three"),
            (BlockKind::Quote, "Four"),
            (BlockKind::Quote, "Five"),
            (BlockKind::Caption, "Six"),
            (BlockKind::Code, "let x;"),
            (BlockKind::Code, "let y;"),
            (BlockKind::Heading, "Seven"),
            (P, "Eight"),
            (P, "Nine"),
            (P, "Ten"),
            (P, "Eleven"),
        ],
    );
}

#[test]
fn a_table_of_facts_is_rows_and_a_table_for_layout_is_not() {
    check(
        "<table><caption>Ships</caption><tr><th>Day<th>Port</tr><tr><td><p>Mon</p><td><a href=x>Wick</a></table>",
        &[(BlockKind::Caption, "Ships"), (BlockKind::Table, "Day\tPort"), (BlockKind::Table, "Mon\tWick")],
    );
    check(
        "<table><tr><td>Menu<td><p>One.<p>Two.<tr><td colspan=2>Three.<br><br>Four.<tr><td>A<td><ul><li>B</ul></table>",
        &[
            (P, "Menu"),
            (P, "One."),
            (P, "Two."),
            (P, "Three."),
            (P, "Four."),
            (P, "A"),
            (BlockKind::ListItem, "B"),
        ],
    );
    check(
        "<table><tr><td><table><tr><td>A<td>B</table><td>C</table>",
        &[(BlockKind::Table, "A\tB"), (P, "C")],
    );
    check("<td>stray<tr>cells<p>and text", &[(P, "stray"), (P, "cells"), (P, "and text")]);
}

#[test]
fn hidden_elements_are_no_text() {
    check_lines(
        "<title>T</title><p>One<script>x</script> <b hidden>no</b><i style='color:red; Display : NONE'>no</i>two\
         <template><p>no</template><noscript>no<img></noscript><svg><text>no</text><title>no</title></svg>\
         <select><option>no</select><textarea>no</textarea><iframe>no</iframe><object>no</object><style>no</style>\
         <video>no</video><p aria-hidden=true>shown<dialog>shown too</dialog>",
        "One two\nshown\nshown too",
    );
    check_lines("<p>A<noscript><div>no</noscript>B<select><option>no<p>C", "AB");
    check_lines("<p>A<svg><path/><script/>x</script></svg>B<svg><p>C", "AB\nC");
    check_lines("<p hidden>no<p>A<ul><li hidden>no<li>B", "A\nB");
    check_lines("<body style='display:none'><p>Shown by a script.", "Shown by a script.");
    check_lines(
        "<div hidden id='S:1f'>Streamed.</div><div class=accordion-panel hidden>Folded.",
        "Streamed.\nFolded.",
    );
}

#[test]
fn a_page_that_hides_all_its_text_is_shown() {
    let text = "Fog lay over the sound for three days. ".repeat(50);
    check_lines(&format!("<div style='display:none'><p>{text}</div>"), text.trim());
}

#[test]
fn line_breaks_part_paragraphs_of_one_text() {
    check_lines(
        "<div>The fog came in.<br><br>\nThe ferries stayed.<br/>By six it had lifted over the whole of the harbour,<br>\
         and everybody went home.<br>Wick<br></div>tail",
        "The fog came in.\nThe ferries stayed.\nBy six it had lifted over the whole of the harbour, and everybody went \
         home.\nWick\ntail",
    );
}

#[test]
fn words_are_parted_as_they_are_seen() {
    check_lines(
        "<p>A<b>B</b>c <i>d</i>&nbsp;&#8203;e&shy;f<wbr>g<!-- x -->h<img>i<a href=1>One</a><a href=2>two</a>\
         <span>End</span><span>Next</span>. <b>U.</b>S. ",
        "ABc d efgh i One two End Next. U.S.",
    );
    check_lines(
        "<p>The <button>Fed</button> said<div><button>Share</button><button>Print</button>",
        "The Fed said\nShare\nPrint",
    );
    check_lines(
        "<x-card><x-title>Fog</x-title><x-text>Rain</x-text></x-card><p>in <x-tip>text</x-tip>",
        "Fog\nRain\nin text",
    );
}

#[test]
fn tags_end_what_they_end() {
    check_lines("<p>A<div>B</p>C</div>D", "A\nB\nC\nD");
    check_lines("<b><p>A</b>B<p>C</i>D</span>E", "AB\nCDE");
    check_lines("<ul><li>A<ul><li>B</ul>C<li>D</ul></div>E", "A\nB\nC\nD\nE");
    check_lines("<a href=1><div>A</a>B<a href=2>C</div>D", "ABC\nD");
    check_lines("text before<html><body class=x><p>A</body></html>B", "text before\nAB");
    let article = read("a.html", b"<div class='One TWO' id=x><p>A <a href=y>link</a> <em>B</em></div><nav>C");
    let page = article.page.as_ref().unwrap();
    let markup = article.blocks()[0].markup.unwrap();
    let chain: Vec<_> =
        page.ancestors(markup.node).map(|(_, node)| (&*node.tag, &*node.attrs, node.children)).collect();
    assert_eq!(chain, [("p", "", 2), ("div", "one two x", 1), ("body", "", 2), ("html", "", 1)]);
    assert_eq!((markup.links, markup.link_bytes, markup.emphasis_bytes), (1, 4, 1));
}

#[test]
fn the_head_and_microdata_are_hints() {
    let article = read(
        "a.html",
        b"<html lang=en-GB><head><title>\n Fog &amp; rain </title><meta name=viewport content=x>\
          <meta property='Article:Published_Time' content='2031-05-02'><meta name=author content='Ada  Moor'>\
          <link rel='x canonical' href='https://wick.example/fog'>\
          <script type='application/ld+json'>{\"@type\": \"NewsArticle\", \"headline\": \"Fog\"}</script></head>\
          <h1>Fog</h1><p><span itemprop=author><b>Ada</b> Moor</span>, <time datetime=2031-05-02>2 May</time>\
          <div itemprop=publisher><meta itemprop=name content='Wick Herald'></div>\
          <p>By <a rel=author href=x>Ben Holt</a><p style=display:none itemprop=dateModified content=2031-05-03>",
    );
    assert_eq!(
        hints(&article),
        [
            ("html:lang", "en-GB", None),
            ("html:title", "Fog & rain", None),
            ("meta:article:published_time", "2031-05-02", None),
            ("meta:author", "Ada Moor", None),
            ("link:canonical", "https://wick.example/fog", None),
            ("itemprop:author", "Ada Moor", Some(1)),
            ("time:datetime", "2031-05-02", Some(1)),
            ("itemprop:publisher", "Wick Herald", None),
            ("itemprop:name", "Wick Herald", None),
            ("rel:author", "Ben Holt", Some(2)),
            ("itemprop:dateModified", "2031-05-03", None),
            ("jsonld:headline", "Fog", None),
        ]
    );
}

#[test]
fn preformatted_running_text_is_paragraphs() {
    check(
        "<pre>The harbour at Wick was closed for a third night on Tuesday as fog\n\
         lay over the <a href=x>sound</a> and the ferries stayed where they were, with some\n\
         four hundred passengers asleep in the hall of the old fish market.\n\n\
         The council will meet on Friday to talk about what the closure cost\n\
         the town, and whether there ought to be a second pier.</pre><pre>let x = fog();\nrun(x);</pre>",
        &[
            (
                P,
                "The harbour at Wick was closed for a third night on Tuesday as fog lay over the sound and the \
                 ferries stayed where they were, with some four hundred passengers asleep in the hall of the old \
                 fish market.",
            ),
            (
                P,
                "The council will meet on Friday to talk about what the closure cost the town, and whether there \
                 ought to be a second pier.",
            ),
            (BlockKind::Code, "let x = fog();"),
            (BlockKind::Code, "run(x);"),
        ],
    );
}

#[test]
fn in_xml_any_element_closes_itself() {
    let page = b"<?xml version='1.0'?><html><head><title/><script src='x'/></head><body><div/><p>Fog.</p></body></html>";
    assert_eq!(read("a.xhtml", page).raw(), "Fog.");
}

#[test]
fn a_page_cut_anywhere_is_read() {
    let html = "<!DOCTYPE html><html><head><title>Fog</title><script>if (a < b) {}</script></head><body>\
                <p class=\"a b\">Caf\u{e9} &amp; bar<table><tr><td>A<td>B</table><!-- x --><pre>x\ny</pre><svg><g/></svg>z";
    for cut in 0..html.len() {
        let split = crate::common::split("a.html", &html.as_bytes()[..cut]);
        let error = split.first_error();
        assert!(error.is_empty() || error == "empty", "{cut}: {error}");
    }
}
