//! The stage `strip_boilerplate`: rules first, then the block model.

mod account;

use std::sync::Arc;

use copydesk_core::{
    Account, Article, BuildError, Component, Cut, OptionKind, OptionSpec, Reason, Span, Stage, StageError,
    Verdict, source_of,
};
use serde::Deserialize;

use crate::lexicon::LEXICON;
use crate::marks::{self, StandIn};
use crate::markup::containers;
use crate::model::Proposal;
use crate::packs::{self, PackFile, RulePack, is_for};
use crate::rule::RuleDoc;
use crate::rules::{CONTEXT_RULES, DECIDERS, LINE_RULES, MARKUP_RULES, rules};
use crate::spotter::Spotted;
use crate::view::{Layer, View};

/// What a user may set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StripperOptions {
    /// Reasons for which nothing is cut.
    pub keep: Vec<String>,
    /// Rules that are off, by name.
    pub rules_off: Vec<String>,
    /// Whether the block model judges what the rules leave.
    pub model: bool,
    /// Rule packs beside those that are built in.
    pub packs: Vec<PackFile>,
}

impl Default for StripperOptions {
    fn default() -> StripperOptions {
        StripperOptions { keep: Vec::new(), rules_off: Vec::new(), model: true, packs: Vec::new() }
    }
}

/// Cuts what is no part of the article, by rules and by the block model.
#[derive(Debug, Clone)]
pub struct Stripper {
    name: String,
    line_on: Vec<bool>,
    packs: Vec<Pack>,
    context_on: Vec<bool>,
    markup_on: Vec<bool>,
    marks: bool,
    kept_reasons: Vec<Reason>,
    model: bool,
}

/// A user's pack, and which of its rules are on.
#[derive(Debug, Clone)]
struct Pack {
    rules: Arc<RulePack>,
    on: Vec<bool>,
}

impl Stripper {
    /// A stripper, called `name` in its cuts.
    ///
    /// # Errors
    /// A rule or a reason of `options` that does not exist, with the nearest that does; or everything that is wrong
    /// with the packs.
    pub fn new(name: &str, options: &StripperOptions) -> Result<Stripper, BuildError> {
        let mut kept_reasons = Vec::new();
        for kept in &options.keep {
            kept_reasons.push(reason_named(kept)?);
        }
        let packs = load_packs(&options.packs)?;
        let own = || packs.iter().flat_map(|pack| &pack.deciders).map(|rule| rule.name.as_ref());
        for off in &options.rules_off {
            if !rules().iter().map(|rule| rule.name).chain(own()).any(|known| known == off) {
                return Err(BuildError::unknown(
                    "rule",
                    off,
                    rules().iter().map(|rule| rule.name).chain(own()),
                ));
            }
        }
        let is_on = |name: &str, reason: Reason| {
            !kept_reasons.contains(&reason) && !options.rules_off.iter().any(|off| off == name)
        };
        let doc_on = |doc: &RuleDoc| is_on(doc.name, doc.reason);
        let pack_on = |rules: Arc<RulePack>| Pack {
            on: rules.deciders.iter().map(|rule| is_on(&rule.name, rule.reason)).collect(),
            rules,
        };
        Ok(Stripper {
            name: name.to_owned(),
            line_on: LINE_RULES.iter().map(|rule| doc_on(&rule.doc)).collect(),
            context_on: CONTEXT_RULES.iter().map(|rule| doc_on(&rule.doc)).collect(),
            markup_on: MARKUP_RULES.iter().map(|rule| doc_on(&rule.doc)).collect(),
            packs: packs.into_iter().map(pack_on).collect(),
            marks: doc_on(&marks::RULE),
            kept_reasons,
            model: options.model,
        })
    }

    /// Cuts by rules, then by the model.
    fn strip(&self, article: &mut Article) {
        let spotted = Spotted::of(article.raw());
        let cuts = self.propose(article, &spotted);
        let mut spared = cuts.is_none();
        article.cut(cuts.unwrap_or_default());
        // Where the rules would take all, the model's half of it is no better founded.
        if self.model && !spared {
            let proposal = self.propose_by_model(article, &spotted);
            spared = proposal.spared;
            proposal.apply(article);
        }
        if spared && article.cuts().is_empty() {
            article.notes.insert(self.name.clone(), serde_json::json!({ "kept_whole": KEPT_WHOLE }));
        }
    }

    /// What the rules propose of the article as it is now. `None` if they would take all of it.
    fn propose(&self, article: &Article, spotted: &Spotted<'_>) -> Option<Vec<Cut>> {
        let packs = self.packs_for(article);
        let raw = article.raw();
        let spotted_by: Vec<Spotted<'_>> = packs.iter().map(|pack| pack.rules.spotter.spot(raw)).collect();
        let built_in = Layer { lexicon: &LEXICON, deciders: &DECIDERS, on: &self.line_on, spotted };
        let mut layers = vec![built_in];
        for (pack, spotted) in packs.iter().zip(&spotted_by) {
            let RulePack { lexicon, deciders, .. } = &*pack.rules;
            layers.push(Layer { lexicon, deciders, on: &pack.on, spotted });
        }
        let with_packs = self.propose_by(article, &layers);
        if layers.len() > 1 && with_packs.as_ref().is_none_or(Vec::is_empty) {
            // Packs that would empty an article are not asked, so that whether they were makes no difference to
            // what the rules of all articles leave.
            layers.truncate(1);
            return self.propose_by(article, &layers);
        }
        with_packs
    }

    /// The packs that are for this article's site.
    fn packs_for(&self, article: &Article) -> Vec<&Pack> {
        if self.packs.is_empty() {
            return Vec::new();
        }
        let source = source_of(article).unwrap_or_default();
        let holds = |pack: &&Pack| {
            let sites = &pack.rules.sites;
            sites.is_empty() || sites.iter().any(|site| is_for(site, &source))
        };
        self.packs.iter().filter(holds).collect()
    }

    /// What these rules propose. They never empty the article: rather than that, the less sure kinds of rules hold
    /// their tongue, those over markup first, then those over context.
    fn propose_by(&self, article: &Article, layers: &[Layer<'_>]) -> Option<Vec<Cut>> {
        let view = View::of(article, layers);
        let mut proposals = Proposals { cuts: Vec::new(), is_cut: vec![false; view.lines.len()] };
        for (idx, line) in view.lines.iter().enumerate() {
            for rule in &line.rules {
                let cut =
                    Cut::new(line.span, rule.reason, rule.name.clone(), self.name.clone(), rule.confidence);
                proposals.add(idx, cut);
            }
        }
        if proposals.takes_all() {
            return view.lines.is_empty().then(Vec::new);
        }
        let by_line = proposals.is_cut.clone();
        let mut by_context = Proposals { cuts: Vec::new(), is_cut: by_line.clone() };
        if !proposals.cuts.is_empty() {
            for rule in CONTEXT_RULES.iter().zip(&self.context_on).filter_map(|(rule, on)| on.then_some(rule))
            {
                for idx in (rule.judge)(&view) {
                    by_context.add(idx, self.cut(view.lines[idx].span, &rule.doc, rule.confidence));
                }
            }
        }
        if by_context.takes_all() {
            return Some(proposals.cuts);
        }
        proposals.cuts.append(&mut by_context.cuts);
        let mut by_markup = Proposals { cuts: Vec::new(), is_cut: by_context.is_cut };
        for (idx, rule) in containers(article, &view, &self.markup_on) {
            // Where a line's own words say what it is, they are the better reason.
            if !by_line[idx] {
                by_markup.add(idx, self.cut(view.lines[idx].span, &rule.doc, rule.confidence));
            }
        }
        if !by_markup.takes_all() {
            proposals.cuts.append(&mut by_markup.cuts);
        }
        Some(proposals.cuts)
    }

    fn cut(&self, span: Span, doc: &RuleDoc, confidence: f64) -> Cut {
        Cut::new(span, doc.reason, doc.name, self.name.clone(), confidence)
    }

    /// What the model proposes beyond the rules; nothing if it would leave nothing.
    fn propose_by_model(&self, article: &Article, spotted: &Spotted<'_>) -> Proposal {
        let mut proposal = crate::model::judge(article, spotted, &self.name);
        let cuts = &mut proposal.cuts;
        cuts.retain(|cut| !self.kept_reasons.contains(&cut.reason));
        cuts.sort_by_key(|cut| cut.span);
        let kept: Vec<Span> = article.kept().map(|kept| kept.span).collect();
        let is_gone = |span: &Span| {
            let after = cuts.partition_point(|cut| cut.span.start() <= span.start());
            cuts.get(..after).and_then(<[Cut]>::last).is_some_and(|cut| cut.span.contains(*span))
        };
        let leaves_some = kept.is_empty() || !kept.iter().all(is_gone);
        if leaves_some { proposal } else { Proposal { spared: true, ..Proposal::default() } }
    }
}

/// What the note of an article says of which nothing would have remained.
const KEPT_WHOLE: &str = "all of it looks like furniture, so it was kept";

/// Cuts, and the lines they take, those taken before included.
struct Proposals {
    cuts: Vec<Cut>,
    is_cut: Vec<bool>,
}

impl Proposals {
    fn add(&mut self, line: usize, cut: Cut) {
        self.is_cut[line] = true;
        self.cuts.push(cut);
    }

    fn takes_all(&self) -> bool {
        self.is_cut.iter().all(|&is_cut| is_cut)
    }
}

impl Stage for Stripper {
    fn process(&mut self, article: &mut Article) -> Result<Verdict, StageError> {
        if let Some(mut stand_in) = StandIn::of(article) {
            self.strip(&mut stand_in.article);
            article.notes.append(&mut stand_in.article.notes);
            stand_in.heads().into_iter().for_each(|(block, kind)| article.set_kind(block, kind));
            article.cut(stand_in.cuts(&self.name, self.marks));
        } else {
            self.strip(article);
        }
        Ok(Verdict::Keep)
    }

    fn fork(&self) -> Option<Box<dyn Stage>> {
        Some(Box::new(self.clone()))
    }

    fn explain(&self, article: &Article) -> Vec<Account> {
        self.accounts(article)
    }
}

impl Component for Stripper {
    type Options = StripperOptions;
    const OPTIONS: &'static [OptionSpec] = &[
        OptionSpec {
            name: "packs",
            kind: OptionKind::Files,
            default: Some("[]"),
            choices: &[],
            help: "Rule packs of your own: phrases and patterns by language or site, with examples that \
                   `copydesk check` runs. See `config/packs/example.toml`.",
        },
        OptionSpec {
            name: "keep",
            kind: OptionKind::List,
            default: Some("[]"),
            choices: &[],
            help: "Reasons for which nothing is cut, such as `related`.",
        },
        OptionSpec {
            name: "rules_off",
            kind: OptionKind::List,
            default: Some("[]"),
            choices: &[],
            help: "Rules that are off, by the name that cuts carry.",
        },
        OptionSpec {
            name: "model",
            kind: OptionKind::Boolean,
            default: Some("true"),
            choices: &[],
            help: "Whether the block model judges what the rules leave.",
        },
    ];
    const HELP: &'static str = "Cuts consent banners, menus, share and subscribe prompts, teasers and other \
                                text around the article, by rules and a block model.";
}

/// The reason of this name.
pub(crate) fn reason_named(name: &str) -> Result<Reason, BuildError> {
    let reason = Reason::ALL.into_iter().find(|reason| reason.name() == name);
    reason.ok_or_else(|| BuildError::unknown("reason", name, Reason::ALL.iter().map(|reason| reason.name())))
}

/// Every pack, checked; or every problem of every pack.
fn load_packs(files: &[PackFile]) -> Result<Vec<Arc<RulePack>>, BuildError> {
    let mut packs = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        match packs::load(file) {
            Ok(pack) => packs.push(Arc::new(pack)),
            Err(wrong) => problems.extend(wrong),
        }
    }
    if problems.is_empty() {
        return Ok(packs);
    }
    let n_problems =
        if problems.len() == 1 { "a problem".to_owned() } else { format!("{} problems", problems.len()) };
    Err(BuildError(format!("{n_problems} in rule packs\n{}", problems.join("\n"))))
}

#[cfg(test)]
mod tests {
    use copydesk_core::{ArticleId, Block, BlockKind, Origin};

    use super::*;

    fn article(raw: &str) -> Article {
        let blocks = raw
            .lines()
            .map(|line| Block::plain(Span::of(raw, line).unwrap(), BlockKind::Paragraph))
            .collect();
        Article::new(ArticleId::from_bytes([0; 32]), Origin::default(), raw, blocks)
    }

    #[test]
    fn an_article_of_which_nothing_would_remain_is_kept_whole_and_flagged() {
        let stripper = Stripper::new("strip", &StripperOptions::default()).unwrap();
        let stripped = |raw: &str| {
            let mut article = article(raw);
            stripper.clone().process(&mut article).unwrap();
            article
        };
        let menu = stripped("Accept all cookies\nShare this article\nSubscribe\nRelated articles\nI agree");
        assert_eq!(menu.cuts(), []);
        assert_eq!(menu.notes["strip"]["kept_whole"], KEPT_WHOLE);
        let brief = stripped("The harbour was closed on Monday after a crane fell onto the quay.\nReply");
        assert!(brief.notes.is_empty());
        assert!(stripped("").notes.is_empty());
    }

    #[test]
    fn the_order_of_rules_does_not_matter() {
        let raw = "Home\nWorld\nMenu\nShare\nFacebook\nThe harbour was closed on Monday after a crane fell onto \
                   the quay.\nRelated articles\nRead more: Tags: one\nA ferry\nReply\n3 Comments\nAccept all cookies\n\
                   Sign up for our newsletter and share this article with your friends";
        let stripper =
            Stripper::new("s", &StripperOptions { model: false, ..StripperOptions::default() }).unwrap();
        let cuts = stripper.propose(&article(raw), &Spotted::of(raw)).unwrap();
        assert!(cuts.len() >= 10, "{cuts:?}");
        let mut expected = article(raw);
        expected.cut(cuts.clone());
        for turn in 0..cuts.len() {
            let mut shuffled = cuts.clone();
            shuffled.rotate_left(turn);
            shuffled.swap(0, turn / 2);
            shuffled.reverse();
            let mut other = article(raw);
            other.cut(shuffled);
            assert_eq!(other.cuts(), expected.cuts());
        }
    }
}
