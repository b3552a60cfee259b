//! Copyright lines.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc, says};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "copyright",
        reason: Reason::Legal,
        why: "They claim the page, whatever it says.",
        example: "© 2026 Example Media. All rights reserved.",
        wrong_when: "A poem ends in its copyright line, and the line matters to somebody.",
        languages: COMMON,
    },
    opens: Opens::Menu,
    confidence: 0.98,
    phrases: &[
        // en
        "All rights reserved", "All rights reserved.", "Copyright",
        "Copyright notice", "Copyright policy", "Copyright information", "Copyright and permissions",
        "Copyright & permissions", "Copyright complaints", "Copyright infringement policy", "Reprints",
        "Reprints & permissions", "Reprints and permissions", "Order reprints", "Request permissions",
        "Rights & permissions", "Rights and permissions", "Permissions", "DMCA", "DMCA policy",
        "DMCA notice", "Trademarks", "Trademark", "Licensing", "License this content", "Republish",
        "Republish this article", "Republish this story", "Republishing guidelines", "Creative Commons",
        "Creative Commons License", "Some rights reserved",
        "No part of this publication may be reproduced", "Press Association", "Powered by", "Website by",
        "Site by", "Proudly powered by WordPress", "Powered by WordPress", "Powered by WordPress.com",
        "Powered by WordPress.com.", "Powered by Blogger", "Powered by Shopify", "Theme by", "Design by",
        "Website design by", "Built with", "Hosted by",
        "Purchase licensing rights", "Purchase Licensing Rights, opens new tab", "Buy licensing rights", "Licensing rights",
        // de
        "Alle Rechte vorbehalten", "Alle Rechte vorbehalten.", "Urheberrecht", "Nutzungsrechte",
        "Nutzungsrechte erwerben", "Rechte am Artikel erwerben", "Artikelrechte erwerben", "Lizenzen",
        "Bildnachweis Impressum",
        // fr
        "Tous droits réservés", "Tous droits réservés.", "Droits de reproduction", "Droits d'auteur",
        "Droits de reproduction et de diffusion réservés",
        "Droits de reproduction et de diffusion réservés.",
        // es
        "Todos los derechos reservados", "Todos los derechos reservados.", "Derechos reservados",
        "Derechos de autor", "Prohibida su reproducción", "Prohibida la reproducción total o parcial",
        "Prohibida la reproducción total o parcial.",
        // it
        "Tutti i diritti riservati", "Tutti i diritti riservati.", "Riproduzione riservata",
        "Riproduzione riservata.",
        "Diritti riservati", "Copyright Riproduzione riservata",
        // pt
        "Todos os direitos reservados", "Todos os direitos reservados.", "Direitos reservados",
        "Direitos autorais", "Proibida a reprodução", "Proibida a reprodução total ou parcial",
        "Reprodução proibida",
        // nl
        "Alle rechten voorbehouden", "Alle rechten voorbehouden.", "Auteursrecht", "Auteursrechten",
        // others
        "Все права защищены", "Все права защищены.", "Wszelkie prawa zastrzeżone",
        "Wszelkie prawa zastrzeżone.", "版权所有", "無断転載禁止", "無断転載を禁じます", "무단전재 및 재배포 금지", "무단 전재 및 재배포 금지",
        "Alla rättigheter förbehållna", "Tüm hakları saklıdır",
    ],
    patterns: &[
        r"(?:copyright|copr\.?|\xc2\xa9|\(c\))[ :,]*(?:\xc2\xa9|\(c\)|copyright)?[ ,]*(?:(?:19|20)\d\d)(?: ?[-/,&]| to | bis |$|\b).*",
        r"(?:\xc2\xa9|\(c\)) .{2}.*(?:(?:19|20)\d\d|rights reserved|reserves|reserviert|vorbehalten|reservados|riservat[ai]|voorbehouden)?.*",
        r"(?:copyright|copyright \xc2\xa9|\(c\)|\xc2\xa9)(?: by| of)? [\w .,&\'-]{2}[\w .,&\'-]*(?:all rights|inc|ltd|llc|gmbh|s\.?a\.?|corp|company|media|group|news|press|publishing|limited|foundation|university|b\.?v\.?)\b.*",
        r".*(?:all rights reserved|alle rechte vorbehalten|tous droits reserves|todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati|riproduzione riservata|alle rechten voorbehouden|direitos reservados|derechos reservados).*",
        r".{2}.* (?:\xc2\xa9|\(c\)) ?(?:19|20)\d\d.*",
        r"\(?c\)? ?(?:19|20)\d\d ?(?:-(?:19|20)?\d\d)? [\w .,&\'-]{2}[\w .,&\'-]*",
        r"(?:powered|proudly powered|hosted|theme|website|web design|site design|site designed and built)(?: (?:and|&) (?:powered|hosted|built|maintained))? by:? [\w .&\'-]{2,40}",
    ],
    sentences: &[
        says(r"\b(?:this|our|the|no) (?:material|content|article|story|report|publication|copy|text|part of (?:this|the)[^.]*|website)\b[^.]*\b(?:may|must|can) not be (?:published|reproduced|broadcast|copied|redistributed|republished|rewritten|used|distributed|reprinted)\b"),
        says(r"\b(?:may|must|can)(?:not| not) be (?:published|reproduced|copied|redistributed|republished|reprinted)[^.]*\b(?:without|rewritten|in whole|in part|redistributed|permission)\b"),
        says(r"\bno part of (?:this|the)\b[^.]*\b(?:may|can) be\b"),
        says(r"\b(?:reproduction|republication|redistribution|copying|duplication)\b[^.]*\b(?:is|are) (?:strictly )?(?:prohibited|forbidden|not permitted)\b[^.]*"),
        says(r"\b(?:registered )?(?:trademarks?|service marks?) of\b[^.]*\b(?:inc|ltd|llc|corp|their respective|company|gmbh|its|and are|used under)\b"),
        says(r"\ball (?:other )?(?:trademarks|product names|logos)\b[^.]*\b(?:property of|respective owners)\b"),
        says(r"\b(?:licensed under|published under|available under) (?:a |the )?(?:creative commons|cc[ -]by)\b"),
        says(r"\b(?:nachdruck|vervielfaltigung|weiterverbreitung|verwendung)\b[^.]*\b(?:nur mit|untersagt|verboten|nicht gestattet|genehmigung|vorheriger)\b"),
        says(r"\b(?:toute )?reproduction\b[^.]*\b(?:interdite|autorisation|reservee?s?)\b"),
        says(r"\b(?:prohibida|queda prohibida)\b[^.]*\breproduccion\b"),
        says(r"\b(?:e vietata|vietata) la riproduzione\b"),
        says(r"\b(?:e proibida|proibida|proibido)\b[^.]*\b(?:reproducao|reproduzir)\b"),
    ],
    stems: &["reproduc", "riproduzione", "reprodu", "republi", "redistribut", "reprinted", "trademark", "service mark", "product names", "creative commons", "cc by", "cc-by", "nachdruck", "vervielf", "weiterverbreitung", "verwendung nur", "duplication", "not be published", "not be copied", "not be broadcast", "not be used", "may not be", "rights reserved", "reservados", "riservat", "vorbehalten", "voorbehouden", "servés", "serves", "©", "(c)", "part of the", "part of this", "copying"],
    max_words: 90,
};
