//! What the furniture of a head says of authors and dates, whether it is kept or cut.
//!
//! A byline is no part of the body, so the stages before may have cut it; what it states is stated all the same.

use copydesk_core::{Article, Evidence, Reason, Span};

use crate::dates::{SlashOrder, Stamp};
use crate::furniture::Furniture;
use crate::head::{self, Head};
use crate::hints::folded;
use crate::line::{self, Line};
use crate::reading::Field;

/// Blocks above the title that are looked at, and below it; above the first paragraph where there is no title.
const ABOVE: usize = 6;
const BELOW: usize = 16;

/// Furniture in the order of trust: of kept lines, then of lines that were cut.
#[derive(Debug, Default)]
pub(crate) struct Said {
    kept: Vec<(Span, Furniture)>,
    cut: Vec<(Span, Furniture)>,
    /// Where the title stands.
    title: usize,
}

impl Said {
    /// Gathers what stands in the head, and cut near it. `title` is the block that shows the title.
    pub(crate) fn of(
        article: &Article,
        lines: &[Line<'_>],
        head: &Head,
        title: Option<usize>,
        order: SlashOrder,
    ) -> Said {
        let with_span = |lines: &[Line<'_>], head: &Head| -> Vec<(Span, Furniture)> {
            head.furniture
                .iter()
                .filter_map(|(idx, one)| Some((lines.get(*idx)?.span, one.clone())))
                .collect()
        };
        let kept = with_span(lines, head);
        let after_title = |line: &&Line<'_>| title.is_none_or(|title| line.block > title);
        let prose = lines.iter().filter(after_title).find(|line| line.is_prose()).map(|line| line.block);
        let range = match (title, prose) {
            (Some(title), prose) => {
                title.saturating_sub(ABOVE)..prose.map_or(title + BELOW, |prose| prose.min(title + BELOW))
            }
            (None, Some(prose)) => prose.saturating_sub(BELOW)..prose,
            (None, None) => return Said { kept, ..Said::default() },
        };
        let title_at =
            title.and_then(|title| article.blocks().get(title)).map_or(0, |block| block.span.start());
        let mut around = line::uncut(article, lines, range);
        around.retain(|line| !is_foreign(article, line.span));
        let title = title.and_then(|title| around.iter().position(|line| line.block == title));
        let all = head::once(&around, title, order);
        let mut cut = with_span(&around, &all);
        // A bare name among what was cut is seldom a byline, unless a page's markup is behind the decision.
        let has_markup = article.page.is_some();
        cut.retain(|(span, one)| {
            (one.is_sure() || has_markup) && !kept.iter().any(|(known, _)| known.overlaps(*span))
        });
        Said { kept, cut, title: title_at }
    }

    /// The persons, or the organisations, that bylines name; and whether a word or a date says of one of these lines
    /// that it is a byline, not its form alone.
    pub(crate) fn authors(&self, organisation: bool) -> (Field<Vec<String>>, bool) {
        let mut is_sure = false;
        let found = [&self.kept, &self.cut].into_iter().find_map(|lines| {
            let mut found: Field<Vec<String>> = None;
            for (span, one) in lines.iter().filter(|(_, one)| one.organisation == organisation) {
                is_sure |= !one.authors.is_empty() && one.is_sure();
                for name in &one.authors {
                    let evidence = || Evidence::new(Some(*span), "byline");
                    let (names, _) = found.get_or_insert_with(|| (Vec::new(), evidence()));
                    if !names.iter().any(|known| folded(known) == folded(name)) {
                        names.push(name.clone());
                    }
                }
            }
            found
        });
        (found, is_sure)
    }

    /// The first date of the kind that `pick` takes, and whether a word says what it is.
    pub(crate) fn date(&self, pick: fn(&Furniture) -> Option<Stamp>) -> Option<(Stamp, Span, bool)> {
        let read = |(span, one): &(Span, Furniture)| Some((pick(one)?, *span, one.labelled));
        let all = || self.kept.iter().chain(&self.cut);
        // What stands above the headline may belong to a list of other articles: the nearest is the likeliest.
        let below = all().filter(|(span, _)| span.start() >= self.title).find_map(read);
        below.or_else(|| {
            all()
                .filter(|(span, _)| span.start() < self.title)
                .filter_map(read)
                .max_by_key(|(_, span, _)| span.start())
        })
    }

    /// Where the author reports from.
    pub(crate) fn place(&self) -> Field<String> {
        let all = self.kept.iter().chain(&self.cut);
        all.clone().find_map(|(span, one)| Some((one.place.clone()?, Evidence::new(Some(*span), "byline"))))
    }
}

/// True for what was cut because it is about other things than this article.
fn is_foreign(article: &Article, span: Span) -> bool {
    article.cuts().iter().any(|cut| {
        cut.span.overlaps(span)
            && !matches!(cut.reason, Reason::Other | Reason::Navigation | Reason::Share | Reason::Legal)
    })
}
