//! Rows of share buttons and links that name a network.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "share_links",
        reason: Reason::Share,
        why: "A row of network names is a toolbar that lost its icons.",
        example: "Share on Facebook",
        wrong_when: "A list inside an article has such a line as an entry of its own.",
        languages: COMMON,
    },
    opens: Opens::Buttons,
    confidence: 0.96,
    phrases: &[
        // en
        "Share on Facebook", "Share on Twitter", "Share on X", "Share on LinkedIn", "Share on WhatsApp",
        "Share on Pinterest", "Share on Reddit", "Share on Telegram", "Share on Tumblr",
        "Share on Flipboard", "Share on Bluesky", "Share on Threads", "Share on email",
        "Share to Facebook", "Share to X", "Share to Twitter", "Share to Flipboard", "Share via WhatsApp",
        "Share this on Facebook", "Share this on Twitter", "Facebook Twitter", "Email link",
        "Email article", "Open share drawer", "Close share drawer", "Social links", "Social media links",
        "Social networks", "Social media icons", "Find us on Facebook", "Facebook Messenger",
        "Share Facebook", "Share Twitter",
        // de
        "Facebook teilen", "Twitter teilen", "WhatsApp teilen", "E-Mail senden", "Auf X teilen",
        "Auf LinkedIn teilen", "Auf WhatsApp teilen", "Über Facebook teilen", "Auf Xing teilen",
        "Mail verschicken",
        // fr
        "Partager sur X", "Partager sur WhatsApp", "Partager sur LinkedIn", "Partager sur Messenger",
        "Partager sur Pinterest",
        // es
        "Compartir en X", "Compartir en WhatsApp", "Compartir en LinkedIn", "Compartir en Telegram",
        "Compartir por WhatsApp", "Enviar por WhatsApp", "Compartir por correo electrónico",
        // it
        "Condividi su X", "Condividi su WhatsApp", "Condividi su LinkedIn", "Condividi su Telegram",
        "Invia tramite email", "Condividi tramite",
        // pt
        "Compartilhar no X", "Compartilhar no LinkedIn", "Compartilhar no Telegram",
        "Compartilhar por e-mail", "Partilhar no Twitter", "Partilhar no WhatsApp", "Partilhar no X",
        "Partilhar por email",
        // nl
        "Deel op X", "Deel op Twitter", "Deel op WhatsApp", "Deel via WhatsApp", "Deel op LinkedIn",
        "Deel via e-mail", "Delen op Facebook",
    ],
    patterns: &[],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
