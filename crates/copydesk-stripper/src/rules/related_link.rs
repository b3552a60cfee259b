//! A link to another article, announced on its own line.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "related_link",
        reason: Reason::Related,
        why: "It interrupts the text to advertise another page of the site.",
        example: "Read more: The harbour that moved",
        wrong_when: "A sentence of the article starts with \"Read more:\" itself.",
        languages: COMMON,
    },
    opens: Opens::Nothing,
    confidence: 0.96,
    phrases: &[],
    patterns: &[
        r"(?:read more|read also|also read|read next|read|must read|must-read|see also|also see|see more|related|related story|related article|related stories|related news|related video|related coverage|recommended|recommended reading|further reading|watch also|watch more|watch now|watch video|don\'t miss|icymi|in case you missed it|up next|explore more|keep reading|you may also like|you might also like|editor\'s pick|related reading|learn more) ?[:|>] ?[^.]{8}[^.]*[?!.]?",
        r"(?:read more|also read|read also|see also|read next|related|watch|icymi|must read) ?(?:-|\xe2\x80\xa2|>|\|) [^.]{8}[^.]*[?!.]?",
        r"(?:read more|also read|read also|related stories|must read) [^.:?!,]{20}[^.:?!,]*",
        r"(?:lesen sie auch|lesen sie (?:hier|dazu|mehr)(?: mehr| auch)?|lies auch|mehr zum thema|mehr dazu|auch interessant|passend dazu|das konnte (?:sie|dich)(?: auch)? interessieren|siehe auch|weiterlesen|zum thema|lesetipp|auch lesenswert|mehr uber \w+) ?[:>|] ?[^.]{8}[^.]*[?!.]?",
        r"(?:a lire(?: aussi| egalement| sur le sujet)?|lire(?: aussi| egalement| la suite| notre \w+)?|voir aussi|a voir(?: aussi)?|a ecouter(?: aussi)?|pour aller plus loin|sur le meme (?:sujet|theme)|notre dossier|relire|retrouvez) ?[:>|] ?[^.]{8}[^.]*[?!.]?",
        r"(?:lire aussi|a lire aussi|lire egalement) [^.:?!]{15}[^.:?!]*",
        r"(?:lea tambien|lee tambien|leer tambien|leer mas|lea mas|lee mas|lea ademas|le(?:e|a) [ae]qui|te puede interesar|le puede interesar|tambien te puede interesar|puede interesarte|ver tambien|vea tambien|vea ademas|mira tambien|mire tambien|no te pierdas|mas informacion|noticia relacionada|relacionado|ver mas|sigue leyendo|escucha tambien) ?[:>|] ?[^.]{8}[^.]*[?!.]?",
        r"(?:leggi anche|leggi pure|leggi(?: qui| tutto)?|vedi anche|guarda anche|per approfondire|approfondisci|potrebbe interessarti(?: anche)?|ti potrebbe interessare|ascolta anche|articolo correlato|continua a leggere|correlati) ?[:>|] ?[^.]{8}[^.]*[?!.]?",
        r"leggi anche [^.:?!]{15}[^.:?!]*",
        r"(?:leia(?: tambem| mais| ainda)?|veja(?: tambem| mais)?|ver tambem|confira(?: tambem)?|saiba mais|assista(?: tambem)?|ouca(?: tambem)?|relacionad[ao]s?|voce tambem pode gostar|pode interessar|continue lendo) ?[:>|] ?[^.]{8}[^.]*[?!.]?",
        r"(?:leia tambem|veja tambem|lea tambien|lee tambien) [^.:?!]{15}[^.:?!]*",
        r"(?:lees (?:ook|meer|verder|hier)|bekijk ook|zie ook|luister ook|ook interessant|gerelateerd|kijk ook) ?[:>|] ?[^.]{8}[^.]*[?!.]?",
        r"(?:las (?:ocksa|mer)|les ogsa|laes ogsa|czytaj (?:takze|tez|rowniez|wiecej)|zobacz (?:takze|tez|rowniez)|przeczytaj (?:takze|rowniez)) ?[:>|] ?[^.]{8}[^.]*[?!.]?",
        r"(?:\xd1\x87\xd0\xb8\xd1\x82\xd0\xb0\xd0\xb9\xd1\x82\xd0\xb5 \xd1\x82\xd0\xb0\xd0\xba\xd0\xb6\xd0\xb5|\xd1\x81\xd0\xbc\xd0\xbe\xd1\x82\xd1\x80\xd0\xb8\xd1\x82\xd0\xb5 \xd1\x82\xd0\xb0\xd0\xba\xd0\xb6\xd0\xb5) ?:? ?.{8}.*",
        r#"(?:continue|keep) reading(?: the (?:full|rest)[\w ]*)? ?(?:"|\xe2\x86\x92|>|below|here|at|on)\b.*"#,
        r"(?:click|tap) here (?:to (?:read|see|view|watch|learn)|for) (?:more|the full|the rest|our|all|full|the complete|latest|the latest|other|additional|related)\b[^.]*[.!]?",
        r"(?:read|see|view) (?:the )?(?:full|whole|entire|original|complete|rest of (?:the|this)) (?:article|story|post|report|interview|review|press release|piece|list|statement|here)s?(?: (?:here|at|on|in|via|by)\b[^.]*)?[.!]?",
    ],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
