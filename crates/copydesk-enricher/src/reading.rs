//! Joins what the text shows and what the hints state to one reading of an article.

use copydesk_core::{Article, BlockKind, Evidence, Span};

use crate::count::Tally;
use crate::dateline::{self, Dateline};
use crate::dates::{SlashOrder, Stamp};
use crate::head::{self, Head};
use crate::hints::{self, Marked, Site, Stated, Vicinity, folded};
use crate::language::Languages;
use crate::line::{self, Line};
use crate::names::is_known_place;
use crate::said::Said;
use crate::vote::{self, Candidate, Family};
use crate::{kinds, language, published, signoff, sure};

/// A field's value with its evidence.
pub(crate) type Field<T> = Option<(T, Evidence)>;

/// Everything that enrichment says of an article, to be set at once.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// In which order the source writes day and month.
    pub(crate) order: SlashOrder,
    kinds: Vec<(usize, BlockKind)>,
    title: Field<String>,
    authors: Field<Vec<String>>,
    published: Field<Stamp>,
    modified: Field<Stamp>,
    dateline: Field<String>,
    standfirst: Field<String>,
    section: Field<String>,
    site: Field<String>,
    url: Field<String>,
    languages: Languages,
    /// The blocks of which something is kept, with what was counted in each.
    tallies: Vec<(usize, Tally)>,
}

impl Reading {
    /// Reads an article without changing it.
    pub(crate) fn of(article: &Article) -> Reading {
        let lines = line::lines(article);
        let mut reading = Reading { languages: languages(&lines), ..Reading::default() };
        let order = hints::slash_order(
            article,
            reading.languages.article.as_ref().map(|language| language.code.as_str()),
        );
        reading.order = order;
        let site = Site::of(article);
        let stated = hints::title(article, &site);
        let shown = stated.as_ref().and_then(|stated| shown_title(&lines, stated));
        let shown = shown.or_else(|| lines.iter().position(|line| line.head == Some(BlockKind::Title)));
        let mut head = head::read(&lines, shown, order);
        if article.page.is_some() && lines.iter().any(|line| line.head.is_some()) {
            // An earlier stage has told head from body, with markup to go by.
            let title = head.title.and_then(|idx| lines.get(idx)).map(|line| folded(&line.text));
            head.standfirst.retain(|idx| {
                let line = lines.get(*idx);
                line.is_some_and(|line| line.head.is_some() || Some(folded(&line.text)) == title)
            });
        }
        let title_block = stated.as_ref().and_then(|stated| stated.block);
        let title_block =
            title_block.or_else(|| head.title.and_then(|idx| lines.get(idx)).map(|line| line.block));
        let vicinity = Vicinity::of(article, title_block);
        let marked = Marked::of(&vicinity, order);
        let said = Said::of(article, &lines, &head, title_block, order);
        reading.read_title(article, &lines, &head, stated, &site);
        let code = reading.languages.article.as_ref().map(|language| language.code.clone());
        let dateline = opening(&lines, &head, order, code.as_deref());
        reading.read_authors(&vicinity, &lines, &said, &site, &marked, dateline.as_ref());
        reading.read_dates(&vicinity, &said, dateline.as_ref(), &marked, order);
        reading.read_dateline(article, &lines, &said, dateline);
        reading.read_standfirst(&vicinity, &lines, &head);
        reading.section =
            hints::section(article, &site, reading.title.as_ref().map(|(title, _)| title.as_str()));
        reading.site = hints::site(article);
        reading.url = hints::url(article);
        reading.read_kinds(article, &lines, &head);
        reading.tallies = lines.iter().map(|line| (line.block, line.tally)).collect();
        reading
    }

    /// Sets fields, evidence and kinds. Answers with what was counted in the body.
    pub(crate) fn apply(self, article: &mut Article) -> Tally {
        for (block, kind) in self.kinds {
            article.set_kind(block, kind);
        }
        for (block, _) in &self.tallies {
            article.set_block_language(*block, None);
        }
        for (line, tag) in self.languages.others {
            if let Some((block, _)) = self.tallies.get(line) {
                article.set_block_language(*block, Some(tag));
            }
        }
        let mut body = Tally::default();
        for (block, tally) in self.tallies {
            if article.blocks().get(block).is_some_and(|block| block.kind.is_body()) {
                body += tally;
            }
        }
        let mut evidence = std::mem::take(&mut article.evidence);
        let mut keep = |name: &'static str, one: Option<Evidence>| match one {
            Some(mut one) => {
                one.confidence = one.confidence.or_else(|| Some(sure::of(name, &one)));
                evidence.insert(name, one);
            }
            None => {
                evidence.remove(name);
            }
        };
        let (title, why) = self.title.unzip();
        article.title = title;
        keep("title", why);
        let (authors, why) = self.authors.unzip();
        article.authors = authors.unwrap_or_default();
        keep("authors", why);
        let (published, why) = self.published.unzip();
        article.published = published.map(Stamp::text);
        keep("published", why);
        let (modified, why) = self.modified.unzip();
        article.modified = modified.map(Stamp::text);
        keep("modified", why);
        let (dateline, why) = self.dateline.unzip();
        article.dateline = dateline;
        keep("dateline", why);
        let (standfirst, why) = self.standfirst.unzip();
        article.standfirst = standfirst;
        keep("standfirst", why);
        let (section, why) = self.section.unzip();
        article.section = section;
        keep("section", why);
        let (site, why) = self.site.unzip();
        article.site = site;
        keep("site", why);
        let (url, why) = self.url.unzip();
        article.url = url;
        keep("url", why);
        article.evidence = evidence;
        article.language = self.languages.article;
        body
    }

    fn read_title(
        &mut self,
        article: &Article,
        lines: &[Line<'_>],
        head: &Head,
        stated: Option<Stated<String>>,
        site: &Site,
    ) {
        let shown = head.title.and_then(|idx| lines.get(idx));
        self.title = match (stated, shown) {
            (Some(stated), _) => {
                let span = shown.map(|line| line.span).or_else(|| block_span(article, stated.block));
                let conflicts = hints::title_conflicts(article, site, &stated.value);
                Some((stated.value, Evidence { conflicts, ..Evidence::new(span, stated.rule) }))
            }
            (None, Some(line)) => {
                // A headline set to a width has the line's end in it.
                let title: Vec<&str> = line.text.split_whitespace().collect();
                Some((title.join(" "), seen(line, head.title_rule)))
            }
            (None, None) => None,
        };
    }

    fn read_authors(
        &mut self,
        vicinity: &Vicinity<'_>,
        lines: &[Line<'_>],
        said: &Said,
        site: &Site,
        marked: &Marked,
        dateline: Option<&(&Line<'_>, Dateline)>,
    ) {
        let mut candidates = hints::authors(vicinity, site);
        let marked = marked.authors.clone().map(|(names, span)| (names, at(Some(span), "marked_author")));
        let named = dateline.filter(|(_, one)| !one.authors.is_empty());
        let named = named.map(|(line, one)| (one.authors.clone(), at(Some(line.span), "dateline")));
        let (people, is_sure) = said.authors(false);
        let shown = [
            (people, if is_sure { hints::SHOWN } else { hints::BARE }, Family::Visible),
            (marked, hints::MARKED, Family::Visible),
            (said.authors(true).0, hints::MARKED, Family::Visible),
            (signoff::reporting(lines), hints::CREDITED, Family::Text),
            (named, hints::CREDITED, Family::Text),
        ];
        for (shown, weight, family) in shown {
            let Some((value, Evidence { span, rule, .. })) = shown else { continue };
            let weight = hints::worth(&value, site, weight);
            candidates.push(Candidate { value, rule, span, weight, family });
        }
        let agree = |one: &Vec<String>, other: &Vec<String>| hints::are_same(one, other);
        self.authors = vote::elect(&candidates, agree, |_| 0, |names| names.join(", "));
    }

    fn read_dates(
        &mut self,
        vicinity: &Vicinity<'_>,
        said: &Said,
        dateline: Option<&(&Line<'_>, Dateline)>,
        marked: &Marked,
        order: SlashOrder,
    ) {
        let dateline = dateline.and_then(|(line, one)| Some((one.date?, line.span)));
        let found = published::Shown { said, marked, dateline };
        self.modified = published::modified(vicinity, &found, order);
        self.published = published::published(vicinity, &found, order);
    }

    fn read_dateline(
        &mut self,
        article: &Article,
        lines: &[Line<'_>],
        said: &Said,
        dateline: Option<(&Line<'_>, Dateline)>,
    ) {
        let place = dateline.and_then(|(line, one)| {
            let start = line.span.start();
            let span = Span::new(article.raw(), start, start + one.len).unwrap_or(line.span);
            Some((one.place?, at(Some(span), "dateline")))
        });
        let told = || {
            let value = hints::first(article, "jsonld:dateline")?;
            // Some put the date there.
            let is_place = value.len() <= 60 && !value.chars().any(char::is_numeric);
            is_place.then_some(())?;
            Some((value.to_owned(), at(None, "jsonld:dateline")))
        };
        let beside = || said.place().filter(|(place, _)| is_somewhere(place, lines));
        self.dateline = place.or_else(beside).or_else(told);
    }

    fn read_standfirst(&mut self, vicinity: &Vicinity<'_>, lines: &[Line<'_>], head: &Head) {
        let title = self.title.as_ref().map(|(title, _)| title.to_lowercase());
        let mut shown = head.standfirst.iter().filter_map(|idx| lines.get(*idx));
        // The headline once more is a copy of it, and summarises nothing.
        let shown = shown.find(|line| Some(line.text.trim().to_lowercase()) != title);
        let marked = || {
            let line = lines.iter().find(|line| line.head == Some(BlockKind::Standfirst))?;
            Some((line.text.trim().to_owned(), seen(line, "head_of_page")))
        };
        let told = || {
            let value = hints::first(vicinity.article(), "json:description")?;
            Some((value.to_owned(), Evidence::new(None, "json:description")))
        };
        self.standfirst = shown
            .map(|line| (line.text.trim().to_owned(), seen(line, head.standfirst_rule)))
            .or_else(marked)
            .or_else(|| {
                hints::standfirst(vicinity, |block| {
                    lines.binary_search_by_key(&block, |line| line.block).is_ok()
                })
            })
            .or_else(told);
    }

    fn read_kinds(&mut self, article: &Article, lines: &[Line<'_>], head: &Head) {
        let taken = head.kinds();
        let is_taken = |idx: usize| {
            taken.iter().any(|(at, _)| *at == idx) || lines.get(idx).is_some_and(|line| line.head.is_some())
        };
        self.kinds = kinds::body(article, lines, &is_taken);
        let title = head.title.and_then(|idx| lines.get(idx)).map(|line| line.text.to_lowercase());
        self.kinds.extend(taken.iter().filter_map(|(idx, kind)| {
            let line = lines.get(*idx)?;
            let copy = *kind == BlockKind::Standfirst && Some(line.text.to_lowercase()) == title;
            Some((line.block, if copy { BlockKind::Title } else { *kind }))
        }));
    }
}

fn at(span: Option<Span>, rule: &str) -> Evidence {
    Evidence::new(span, rule)
}

fn seen(line: &Line<'_>, rule: &str) -> Evidence {
    Evidence::new(Some(line.span), rule)
}

/// True for a place, as far as the article shows: a section (`Technology`), a degree (`DVM`) and a remark
/// (`Fact-checked by Jane Doe`) stand beside names too.
fn is_somewhere(place: &str, lines: &[Line<'_>]) -> bool {
    let is_degree = place.chars().count() <= 5
        && place.chars().filter(|c| c.is_uppercase()).count() >= 2
        && !place.contains(['.', ' ']);
    let is_remark = place.contains(" by ") || place.contains("'t ") || place.contains("’t ");
    is_known_place(place) || !(is_degree || is_remark || head::has_ordinary_word(lines, usize::MAX, place))
}

fn block_span(article: &Article, block: Option<usize>) -> Option<Span> {
    article.blocks().get(block?).map(|block| block.span)
}

/// The languages of the lines, of which code and rows of tables are in none.
fn languages(lines: &[Line<'_>]) -> Languages {
    let is_text = |line: &Line<'_>| !matches!(line.kind, BlockKind::Code | BlockKind::Table);
    language::languages_of(
        &lines.iter().map(|line| (&*line.text, if is_text(line) { line.n_words } else { 0 })),
    )
}

/// The line that shows the title a hint states.
fn shown_title(lines: &[Line<'_>], stated: &Stated<String>) -> Option<usize> {
    let by_block = stated.block.and_then(|block| lines.iter().position(|line| line.block == block));
    let title = folded(&stated.value);
    by_block.or_else(|| {
        lines
            .iter()
            .take(40)
            .position(|line| line.text.len() <= 2 * stated.value.len() + 40 && folded(&line.text) == title)
    })
}

/// The dateline of the first paragraph below the head.
fn opening<'a, 'b>(
    lines: &'a [Line<'b>],
    head: &Head,
    order: SlashOrder,
    language: Option<&str>,
) -> Option<(&'a Line<'b>, Dateline)> {
    let taken = head.kinds();
    let from = head.title.map_or(0, |title| title + 1);
    for (idx, line) in lines.iter().enumerate().skip(from) {
        let is_running = line.kind == BlockKind::Paragraph && line.n_words >= 4 && !line.is_caption();
        if !is_running || taken.iter().any(|(at, _)| *at == idx) {
            continue;
        }
        if let Some(dateline) = dateline::read(&line.text, order, language) {
            return Some((line, dateline));
        }
        if line.is_prose() {
            return None;
        }
    }
    None
}
