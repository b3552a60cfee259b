//! Notes on commissions and bought links.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc, says, says_with};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "affiliate_note",
        reason: Reason::Advert,
        why: "They tell how the page earns its money.",
        example: "We may earn a commission if you buy through links on this page.",
        wrong_when: "An article about affiliate marketing quotes its own note.",
        languages: COMMON,
    },
    opens: Opens::Nothing,
    confidence: 0.95,
    phrases: &[],
    patterns: &[],
    sentences: &[
        says_with(r"\b(?:we|i|our (?:team|site|company|publication)|this (?:site|website|page|post|article)|[\w.&\']+(?: [\w.&\']+){0,3} (?:may|might))\b[^.]*\b(?:may|might|will|can|could|do)? ?(?:earn|receive|get|collect|make|be paid|be compensated|compensated)s?\b[^.]*\b(?:commissions?|compensation|affiliate|referral fee|small fee|portion of|share of (?:the )?(?:sales|revenue)|percentage)\b[^.]*\b(?:you|links?|purchases?|sales|products?|partners?|advertisers?)\b", r"\b(?:you|your|our|we|i)\b"),
        says(r"\b(?:this (?:post|article|page|site|story|content|website|video)|our (?:site|articles|posts|content))\b[^.]*\b(?:contains?|includes?|may contain|may include|features?)\b[^.]*\b(?:affiliate|sponsored|referral|paid)\b[^.]*\blinks?\b"),
        says(r"\b(?:when|if) you (?:buy|purchase|click|shop|make a purchase|order|book|sign up|use)\b[^.]*\b(?:links?|here|through|via|site)\b[^.]*\b(?:we|i)(?:\'ll| may| might| will| could| can)? (?:earn|receive|get|be|make)\b"),
        says(r"\b(?:as an )?amazon associate\b[^.]*\b(?:earn|i|we|qualifying)\b"),
        says(r"\bwe independently (?:evaluate|review|select|research|test)\b"),
        says(r"\bat no (?:extra|additional) cost to you\b"),
        says(r"\b(?:products?|items?) (?:featured |listed |mentioned )?(?:here |in this \w+ )?(?:are|is) independently (?:selected|chosen|reviewed)\b"),
        says(r"\bprices? (?:and availability )?(?:are )?(?:accurate|correct) (?:as of|at the time)\b"),
        says(r"\bthis (?:article|post|content) (?:is|was) (?:sponsored|paid for|produced|created) (?:by|in (?:partnership|association))\b"),
        says(r"\b(?:mit|durch) (?:einem |)(?:sternchen|\(\*\)|\*)[^.]*\b(?:affiliate|provision|links?)\b|\b(?:erhalten|bekommen|erhalt) (?:wir|der verlag|die redaktion)\b[^.]*\bprovision\b"),
        says(r"\b(?:liens? affilies?|liens? d\'affiliation)\b[^.]*|\bnous (?:pouvons|percevons|touchons)\b[^.]*\bcommission\b"),
        says(r"\b(?:enlaces? de afiliad\w+|enlaces? de afiliacion)\b|\b(?:podemos|recibimos|obtenemos)\b[^.]*\bcomision\b[^.]*\b(?:compra|enlaces?)\b"),
        says(r"\blink (?:di )?affilia\w+\b[^.]*\b(?:commission\w+|riceve\w*|potremmo|guadagn\w+)\b|\bpotremmo (?:ricevere|guadagnare)\b[^.]*\bcommission"),
        says(r"\blinks? (?:de )?afiliad\w+\b|\bpodemos (?:receber|ganhar)\b[^.]*\bcomissao\b"),
    ],
    stems: &["commission", "affiliat", "compensat", "associate", "independently", "extra cost", "additional cost", "accurate as of", "correct as of", "sponsored", "paid for by", "produced by", "produced in", "provision", "affili", "comisi", "afilia", "comiss", "referral fee", "small fee", "if you buy", "when you buy", "if you purchase", "when you purchase", "if you click", "when you click", "qualifying", "percentage of", "correct at the", "accurate at the"],
    max_words: 90,
};
