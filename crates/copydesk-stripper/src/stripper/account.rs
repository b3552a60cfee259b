//! What the stripper has to say of each line, cut or kept, for people who ask.

use copydesk_core::{Account, Article, Cut};

use super::Stripper;
use crate::lexicon::LEXICON;
use crate::marks::{self, StandIn};
use crate::model::{BlockWhy, whys};
use crate::rules::{DECIDERS, LINE_RULES, rules};
use crate::spotter::Spotted;
use crate::view::{Layer, Line, View};

impl Stripper {
    /// An account of each kept line.
    pub(super) fn accounts(&self, article: &Article) -> Vec<Account> {
        let Some(stand_in) = StandIn::of(article) else { return self.accounts_of(article) };
        let mut accounts = Vec::new();
        for account in self.accounts_of(&stand_in.article) {
            accounts.extend(stand_in.original(account.span).map(|span| Account { span, ..account }));
        }
        let bare = |span| Account {
            stage: self.name.clone(),
            span,
            brief: String::new(),
            lines: vec![format!("{}: {}", marks::RULE.name, marks::RULE.why)],
        };
        accounts.extend(stand_in.bare().map(bare));
        accounts
    }

    fn accounts_of(&self, article: &Article) -> Vec<Account> {
        let spotted = Spotted::of(article.raw());
        let proposed = self.propose(article, &spotted);
        let asks_model = self.model && proposed.is_some();
        let by_rule = proposed.unwrap_or_default();
        let mut left = article.clone();
        left.cut(by_rule.clone());
        let by_model = if asks_model { self.propose_by_model(&left, &spotted).cuts } else { Vec::new() };
        let whys = if asks_model { whys(&left, &spotted) } else { None };
        // Rules that are off are heard, too: that they are off is what somebody may want to know.
        let on = vec![true; LINE_RULES.len()];
        let layer = Layer { lexicon: &LEXICON, deciders: &DECIDERS, on: &on, spotted: &spotted };
        let view = View::of(article, &[layer]);
        let account = |line: &Line<'_>| {
            let cut = by_rule.iter().find(|cut| cut.span.overlaps(line.span));
            let mut account = Account {
                stage: self.name.clone(),
                span: line.span,
                brief: String::new(),
                lines: vec![self.by_rules(line, cut)],
            };
            match whys.as_ref().and_then(|whys| whys.get(line.block)) {
                Some(why) => by_the_model(&mut account, why, cut, &by_model),
                None if self.model && !asks_model => {
                    account.lines.push("the rules would take all of it, so it is kept whole".into());
                }
                None if self.model => {
                    account.lines.push("the block model is not asked of so few blocks".into());
                }
                None => account.lines.push("the block model is switched off".into()),
            }
            account
        };
        view.lines.iter().map(account).collect()
    }

    /// What the rules say of a line, of which they have cut `cut`.
    fn by_rules(&self, line: &Line<'_>, cut: Option<&Cut>) -> String {
        if let Some(cut) = cut {
            let doc = rules().iter().find(|doc| *doc.name == *cut.rule);
            return doc.map_or_else(
                || format!("{}: a rule of your own", cut.rule),
                |doc| format!("{}: {}", doc.name, doc.why),
            );
        }
        let fits = line
            .rules
            .first()
            .map(|rule| (rule, LINE_RULES.iter().position(|one| *one.doc.name == *rule.name)));
        match (fits, line.weak) {
            (Some((rule, at)), _) if at.is_some_and(|at| !self.line_on[at]) => {
                format!("{} fits, but is switched off", rule.name)
            }
            (Some((rule, _)), _) => format!("{} fits, but the rules would leave nothing", rule.name),
            (None, Some(reason)) => {
                format!("no rule is sure: among others of its kind it would be “{reason}”")
            }
            (None, None) => "no rule fits".to_owned(),
        }
    }
}

fn by_the_model(account: &mut Account, why: &BlockWhy, cut: Option<&Cut>, by_model: &[Cut]) {
    account.lines.extend(why.lines.iter().cloned());
    if why.keeps || cut.is_some() {
        return;
    }
    if by_model.iter().any(|cut| cut.span.overlaps(account.span)) {
        account.brief.clone_from(&why.brief);
    } else {
        let said = "stays all the same: cuts of its kind are switched off, or nothing would be left";
        account.lines.push(said.to_owned());
    }
}
