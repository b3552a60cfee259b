//! The path from the home page to this one.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "breadcrumb",
        reason: Reason::Navigation,
        why: "It says where the page stands on the site.",
        example: "Home > News > World",
        wrong_when: "Nothing known.",
        languages: COMMON,
    },
    opens: Opens::Menu,
    confidence: 0.98,
    phrases: &[],
    patterns: &[
        r"(?:you are here:? |sie sind hier:? |vous etes ici ?:? |estas aqui:? |sei (?:qui|in):? |voce esta aqui:? |u bent hier:? )?(?:home|homepage|start|startseite|accueil|inicio|portada|news|blog|home page|pagina inicial|capa|voorpagina|frontpage|front page|glavnaya|nieuws|noticias|noticia|actualites|notizie)(?: ?[>/|\\] ?| ?\xe2\x86\x92 ?| ?\xe2\x80\xba ?| ?\xc2\xbb ?|\s?::\s?)(?:[^>][^>]*)(?:(?: ?[>/|\\] ?| ?\xe2\x86\x92 ?| ?\xe2\x80\xba ?| ?\xc2\xbb ?)[^>][^>]*){0,6}",
        r"(?:you are here|sie sind hier|vous etes ici|estas aqui|usted esta aqui|sei qui|ti trovi (?:in|qui)|voce esta (?:em|aqui)|u bent hier|je bent hier) ?:..*",
    ],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
