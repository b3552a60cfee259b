//! Comment sections, by their container.

use copydesk_core::Reason;

use crate::rule::{MarkupRule, RuleDoc};

pub(crate) static RULE: MarkupRule = MarkupRule {
    doc: RuleDoc {
        name: "html_comments",
        reason: Reason::Comment,
        why: "Below the article readers speak.",
        example: "<div id=\"comments\"><p>I crossed on that ferry for thirty years.</p></div>",
        wrong_when: "A site gives the name to an element that holds a part of the article.",
    },
    confidence: 0.95,
    tags: &[],
    tokens: &[
        "comments", "comments-area", "comments-section", "comment-section", "comments-container",
        "comments-wrapper", "comments-list", "comment-list", "commentlist", "comment-body",
        "comment-content", "comment-form", "comment-respond", "comment-reply", "comment-thread",
        "comment-item", "comment-count", "comments-title", "comments-link", "comments-count",
        "commentform", "comments-block", "comments-wrap", "comment-wrap", "comment-box", "comments-form",
        "comments-header", "respond", "disqus_thread", "disqus", "disqus-thread", "disqus-comments",
        "fb-comments", "facebook-comments", "viafoura", "coral-talk", "coral_thread", "livefyre",
        "spotim", "spot-im", "openweb", "hyvor-talk", "hyvor-talk-view", "utterances", "giscus",
        "remark42", "isso-thread", "isso", "muut", "wpdiscuz", "wpdcom", "wpd-thread-list",
        "user-comments", "reader-comments", "readers-comments", "post-comments", "article-comments",
        "discussion-thread", "entry-comments", "kommentare", "comentarios", "commentaires", "commenti",
        "comment", "comment-author", "comment-meta", "comment-metadata", "comment-area", "comment-block",
        "kommentar", "kommentarbereich", "leserkommentare", "leserbriefe", "comentario", "commentaire",
        "commento", "reacties", "reactie", "reactions", "reader-reactions", "pinglun", "kommentarii",
        "kommentari", "komentari",
    ],
    takes_heads: true,
    inside_article: true,
};
