//! Which articles are copies of one another: as the store says, and as the ledger says of those that are not in it.
//!
//! A record names what it was a copy of when it came. What leads may have become a copy itself, of a better one
//! that came later, or may have gone, for a revision. So a group is found by going from copy to lead as far as that
//! goes, and back again.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use copydesk_core::{ArticleId, Duplicate};
use copydesk_runtime::ledger::{ArticleInfo, LedgerView};
use copydesk_sink_sqlite::{Copies, Member, StoreError};

/// An article and its copies.
pub(super) struct Group {
    /// The id of what leads.
    pub(super) lead: String,
    /// It, if it is in the store.
    pub(super) article: Option<Member>,
    /// In the order of the ledger.
    pub(super) copies: Vec<Copy>,
}

/// A copy.
pub(super) struct Copy {
    pub(super) id: String,
    pub(super) seq: u64,
    pub(super) uri: String,
    /// Only the store knows the headline.
    pub(super) title: Option<String>,
    /// How its text begins.
    pub(super) opening: String,
    pub(super) published: Option<String>,
    /// What its record says; the ledger says less.
    pub(super) duplicate: Option<Duplicate>,
    /// Why it is not in the store.
    pub(super) dropped: Option<String>,
}

/// All that is known of copies.
pub(super) struct Known {
    pub(super) store: Copies,
    ledger: LedgerView,
    /// What was dropped as a copy of an article, by its id.
    dropped: HashMap<ArticleId, Vec<u64>>,
}

impl Known {
    pub(super) fn new(store: Copies, ledger: LedgerView) -> Known {
        let mut dropped: HashMap<ArticleId, Vec<u64>> = HashMap::new();
        for info in ledger.articles() {
            if let Some(of) = dropped_for(info) {
                dropped.entry(of).or_default().push(info.seq.0);
            }
        }
        Known { store, ledger, dropped }
    }

    /// The groups in which something came last, the latest first.
    pub(super) fn latest(&self, limit: usize) -> Result<Vec<Group>, StoreError> {
        let mut latest: BTreeMap<String, u64> = self.store.leads()?.into_iter().collect();
        for (of, seqs) in &self.dropped {
            let known = latest.entry(of.to_string()).or_default();
            *known = seqs.iter().copied().fold(*known, u64::max);
        }
        let mut latest: Vec<(u64, String)> = latest.into_iter().map(|(id, seq)| (seq, id)).collect();
        latest.sort_unstable_by(|a, b| b.cmp(a));
        let mut groups = Vec::new();
        let mut seen = BTreeSet::new();
        for (_, id) in latest {
            if groups.len() == limit {
                break;
            }
            let lead = self.lead(id)?;
            if seen.insert(lead.clone()) {
                groups.push(self.group(lead)?);
            }
        }
        Ok(groups)
    }

    /// The group of an article.
    pub(super) fn of(&self, id: String) -> Result<Group, StoreError> {
        self.group(self.lead(id)?)
    }

    /// The ids that begin so, in store or ledger, at most `limit`.
    pub(super) fn ids(&self, digits: &str, limit: u32) -> Result<BTreeSet<String>, StoreError> {
        let mut ids: BTreeSet<String> = self.store.ids(digits, limit)?.into_iter().collect();
        ids.extend(
            self.ledger.by_id(digits).into_iter().take(limit as usize).map(|info| info.id.to_string()),
        );
        Ok(ids)
    }

    /// What leads where this article is.
    fn lead(&self, id: String) -> Result<String, StoreError> {
        let mut seen = BTreeSet::new();
        let mut lead = id;
        // Only hands can make a circle; it is gone round once.
        while seen.insert(lead.clone()) {
            let next = match self.store.article(&lead)? {
                Some(article) => article.duplicate.map(|duplicate| duplicate.of),
                None => self.infos(&lead).last().and_then(|info| self.next(info)),
            };
            let Some(next) = next else { break };
            lead = next.to_string();
        }
        Ok(lead)
    }

    fn infos(&self, id: &str) -> impl Iterator<Item = &ArticleInfo> {
        id.parse().ok().into_iter().flat_map(|id: ArticleId| self.ledger.with_id(&id).collect::<Vec<_>>())
    }

    /// What stands in the place of an article that is not in the store.
    fn next(&self, info: &ArticleInfo) -> Option<ArticleId> {
        match info.status {
            "superseded" => Some(self.ledger.by_seq(info.other?)?.id),
            "dropped" => dropped_for(info),
            _ => None,
        }
    }

    fn group(&self, lead: String) -> Result<Group, StoreError> {
        let article = self.store.article(&lead)?;
        let mut copies: Vec<Copy> = Vec::new();
        let mut seen = BTreeSet::from([lead.clone()]);
        let mut left = VecDeque::from([lead.clone()]);
        while let Some(of) = left.pop_front() {
            let stored = self.store.of(&of)?.into_iter().map(Copy::from);
            let dropped =
                of.parse().ok().and_then(|of: ArticleId| self.dropped.get(&of)).into_iter().flatten();
            let dropped =
                dropped.filter_map(|seq| self.ledger.by_seq(copydesk_core::Seq(*seq))).map(Copy::from);
            for copy in stored.chain(dropped) {
                // The same bytes may have been dropped several times, under several names.
                if copy.dropped.is_some() || seen.insert(copy.id.clone()) {
                    left.push_back(copy.id.clone());
                    copies.push(copy);
                }
            }
            for replaced in self.infos(&of).flat_map(|info| &info.replaces) {
                let replaced = replaced.to_string();
                if seen.insert(replaced.clone()) && self.store.article(&replaced)?.is_none() {
                    left.push_back(replaced);
                }
            }
        }
        copies.sort_by_key(|copy| copy.seq);
        copies.dedup_by_key(|copy| copy.seq);
        Ok(Group { lead, article, copies })
    }
}

impl From<Member> for Copy {
    fn from(member: Member) -> Copy {
        let Member { id, seq, uri, title, opening, published, duplicate, .. } = member;
        Copy { id, seq, uri, title, opening, published, duplicate, dropped: None }
    }
}

impl From<&ArticleInfo> for Copy {
    fn from(info: &ArticleInfo) -> Copy {
        Copy {
            id: info.id.to_string(),
            seq: info.seq.0,
            uri: info.uri.clone(),
            title: None,
            opening: String::new(),
            published: None,
            duplicate: None,
            dropped: info.reason.clone(),
        }
    }
}

/// The article as whose copy this one was dropped: the reason of a stage says `… duplicate of ID …`.
fn dropped_for(info: &ArticleInfo) -> Option<ArticleId> {
    let reason = info.reason.as_deref().filter(|_| info.status == "dropped")?;
    let (_, rest) = reason.split_once(" duplicate of ")?;
    rest.get(..64)?.parse().ok()
}
