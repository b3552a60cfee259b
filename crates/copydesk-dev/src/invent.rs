//! Invented articles for benchmarks: prose-like sentences with the usual furniture around them.

const SUBJECTS: [&str; 12] = [
    "The harbour council",
    "A team of engineers",
    "The regional court",
    "Local farmers",
    "The ferry operator",
    "Researchers at the institute",
    "The mayor",
    "A spokeswoman for the ministry",
    "The orchestra",
    "Residents",
    "The finance committee",
    "Two former ministers",
];
const VERBS: [&str; 12] = [
    "rejected",
    "welcomed",
    "postponed",
    "approved",
    "criticised",
    "described",
    "examined",
    "supported",
    "delayed",
    "questioned",
    "published",
    "presented",
];
const OBJECTS: [&str; 12] = [
    "the plan to widen the eastern channel",
    "a report on the new railway bridge",
    "the budget for coming years",
    "an offer from the shipyard",
    "proposals to close three schools",
    "the results of the spring survey",
    "a request for additional funding",
    "the agreement with neighbouring towns",
    "changes to the fishing quotas",
    "a study of groundwater levels",
    "the schedule for winter repairs",
    "the inquiry into last year's flood",
];
const TAILS: [&str; 12] = [
    "after a debate that lasted until midnight",
    "saying that the costs had doubled since autumn",
    "while opponents gathered outside the town hall",
    "and promised to return to the matter in June",
    "although several members had asked for more time",
    "because the figures could not be verified",
    "in a statement released on Tuesday evening",
    "despite warnings from the insurance companies",
    "which surprised even close observers",
    "for the second time within a decade",
    "as the first snow closed the mountain road",
    "before leaving for talks in the capital",
];
const HEAD: &str = "We value your privacy\nBy continuing to browse our site you agree to our use of cookies.\nAccept all\n\n";
const TAIL: &str = "\nShare this article on Facebook\nSign up for our newsletter\n© 2026 The Invented Courier. All rights reserved.\n";

/// An article of about `n_bytes`, different for each `seed`.
pub(crate) fn article(seed: u64, n_bytes: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut pick = |from: &[&'static str; 12]| {
        // xorshift64*, Vigna 2016: enough for filler.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        let idx = (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % from.len();
        from[idx]
    };
    let mut text = String::from(HEAD);
    text.extend([pick(&SUBJECTS), " ", pick(&VERBS), " ", pick(&OBJECTS), "\n\nBy Ida Invented\n\n"]);
    let mut n_sentences = 0;
    while text.len() + TAIL.len() < n_bytes {
        let number = seed.wrapping_mul(31).wrapping_add(n_sentences) % 9973;
        text.extend([pick(&SUBJECTS), " ", pick(&VERBS), " ", pick(&OBJECTS), " ", pick(&TAILS)]);
        text.extend([" (item ", &number.to_string(), ")."]);
        n_sentences += 1;
        text.push_str(if n_sentences % 3 == 0 { "\n\n" } else { " " });
    }
    text.push_str(TAIL);
    text
}

/// The same article as a page: its paragraphs as such, between a menu and a footer.
pub(crate) fn page(text: &str) -> String {
    let mut paragraphs = text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty()).skip(1);
    let title = paragraphs.next().unwrap_or_default();
    let mut page = format!(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>{title} | The Invented Courier</title>\
         <meta property=\"og:title\" content=\"{title}\"><style>p {{ margin: 0 }}</style></head><body>\
         <header><nav><ul><li><a href=/>Home</a><li><a href=/news>News</a><li><a href=/sport>Sport</a></ul></nav></header>\
         <main><article><h1>{title}</h1>"
    );
    for paragraph in paragraphs {
        page.extend(["<p class=\"text\">", &paragraph.replace('\n', "<br>"), "</p>\n"]);
    }
    page.push_str(
        "</article><aside><h2>More on this</h2><ul><li><a href=/1>Ferries wait for the fog to lift</a>\
         <li><a href=/2>Council to vote on the bridge</a></ul></aside></main>\
         <footer><p>About us | Contact | Terms</p></footer></body></html>",
    );
    page
}
