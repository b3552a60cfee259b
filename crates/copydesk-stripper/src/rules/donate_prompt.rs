//! Requests for donations and membership.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc, says};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "donate_prompt",
        reason: Reason::Promo,
        why: "The publisher asks for money.",
        example: "Support our journalism",
        wrong_when: "An appeal for donations is the article.",
        languages: COMMON,
    },
    opens: Opens::Buttons,
    confidence: 0.95,
    phrases: &[
        // en
        "Donate", "Donate now", "Donate today", "Donate here", "Make a donation",
        "Make a donation today", "Make a gift", "Make a contribution", "Give now", "Give today",
        "Ways to give", "Support us", "Support our work", "Support our mission",
        "Support our journalism", "Support independent journalism", "Support local journalism",
        "Support journalism", "Support local news", "Support quality journalism today",
        "Support the newsroom", "Support this work", "Support the site", "Support free journalism",
        "Support nonprofit journalism", "Support public media", "Contribute", "Contribute now",
        "Become a supporter", "Become a donor", "Become a patron", "Become a sponsor",
        "Become a sustaining member", "Become a member", "Become a member today", "Become a member now",
        "Member benefits", "Join as a member", "Buy me a coffee",
        "Buy me a coffee?", "Buy us a coffee", "Support me on Patreon", "Support us on Patreon",
        "Support on Patreon", "Patreon", "Ko-fi", "PayPal", "Fund our journalism", "Our supporters",
        "Our funders", "Your support matters", "Your support makes this possible", "Your donation matters",
        "Sponsor us", "Leave a legacy", "Shop our store", "Visit our shop", "Visit our store", "Our shop",
        "Official store",
        // de
        "Spenden", "Jetzt spenden", "Spende", "Unterstützen Sie uns", "Unterstütze uns", "Unterstützen",
        "Jetzt unterstützen", "Mitglied werden", "Jetzt Mitglied werden", "Mitgliedschaft",
        "Förderer werden", "Unterstützen Sie unsere Arbeit", "Unterstützen Sie unabhängigen Journalismus",
        "Unterstütze unsere Arbeit", "Zum Shop", "Unser Shop", "Online-Shop",
        // fr
        "Faire un don", "Je fais un don", "Je donne", "Faites un don", "Soutenez-nous", "Nous soutenir",
        "Soutenir", "Soutenez notre journal", "Soutenez une presse indépendante",
        "Soutenez un journalisme indépendant", "Soutenez notre rédaction",
        "Soutenez le journalisme indépendant", "Adhérer", "Devenir membre", "Devenez membre",
        "La boutique", "Notre boutique",
        // es
        "Dona", "Donar", "Donar ahora", "Dona ahora", "Haz una donación", "Haz tu donación", "Apóyanos",
        "Apoya nuestro periodismo", "Apoya el periodismo independiente", "Apoya nuestro trabajo",
        "Colabora", "Colabora con nosotros", "Hazte miembro", "Hazte socio o socia", "Únete",
        "Nuestra tienda",
        // it
        "Dona ora", "Fai una donazione", "Sostienici", "Sostieni",
        "Sostieni il giornalismo indipendente", "Sostieni il nostro lavoro",
        "Sostieni la nostra informazione", "Diventa socio", "Diventa sostenitore",
        "Sostienici con una donazione", "Il nostro shop",
        // pt
        "Doe", "Doe agora", "Doar", "Faça uma doação", "Apoie", "Apoie-nos",
        "Apoie o jornalismo independente", "Apoie nosso trabalho", "Apoie o nosso jornalismo", "Contribua",
        "Torne-se membro", "Seja membro", "Seja um apoiador", "Donativo", "Fazer um donativo",
        "Nossa loja",
        // nl
        "Doneer", "Doneer nu", "Steun ons", "Steun onze journalistiek",
        "Steun onafhankelijke journalistiek", "Word donateur", "Word vriend", "Doneren", "Steun ons werk",
        "Webshop",
        // others
        "Stöd oss", "Støtt oss", "Støt os", "Wesprzyj nas", "Поддержать", "Поддержите нас",
        "Поддержать проект", "Помочь проекту", "寄付", "寄付する", "捐款", "후원하기", "후원", "Bağış yap",
        "Podpořte nás",
    ],
    patterns: &[
        r"(?:please )?(?:support|help support|help fund|fund|sustain) (?:our|the|this|independent|local|quality|nonprofit|free|fearless|public|great|trusted) ?(?:\w+ ){0,3}(?:journalism|newsroom|reporting|journalists|news|work|media|mission|coverage)\b[^.]*[.!]*",
        r"(?:please )?(?:consider )?(?:make|making|give|giving|donate|donating|chip in|contribute|contributing)\b[^.]{0,30}\b(?:donation|gift|contribution|today|now|monthly|tax-deductible)\b[^.]*[.!]*",
        r"(?:unterstutzen sie|unterstutze|unterstutzt) (?:uns|unsere\w*|unabhangige\w*|den|die)\b[^.]*\b(?:spende|journalismus|arbeit|redaktion|abo|mitglied\w*)\b[^.]{0,40}[.!]*",
        r"(?:soutenez|aidez) [^.]*\b(?:don|dons|journalisme|redaction|presse|information|media|travail)\b[^.]*[.!]*",
        r"(?:apoya|apoye|ayudanos|colabora con|ayuda a)\b[^.]*\b(?:periodismo|donacion|redaccion|trabajo|medio)\b[^.]*[.!]*",
        r"(?:sostieni|sostenete|aiutaci)\b[^.]*\b(?:giornalismo|donazione|redazione|informazione|lavoro)\b[^.]*[.!]*",
        r"(?:apoie|ajude|contribua)\b[^.]*\b(?:jornalismo|doacao|redacao|trabalho|projeto)\b[^.]*[.!]*",
        r"steun [^.]*\b(?:journalistiek|donatie|redactie|werk)\b[^.]*[.!]*",
    ],
    sentences: &[
        says(r"\b(?:your (?:support|donation|contribution|gift|generosity)|readers like you|supporters like you|donors like you)\b[^.!?]*\b(?:journalism|journalists|reporting|newsroom|possible|helps?|keeps?|today|independent|us|matters)\b"),
        says(r"\b(?:please|if you can,?|today,?) (?:consider )?(?:support|supporting|donate|donating|become|becoming|make|making|chip|give|join)\b[^.!?]*\b(?:us|our|donation|member|journalism|supporter|contribution|gift|today)\b"),
        says(r"\b(?:support|help(?: us)?|fund|sustain)\b[^.!?]*\bour (?:\w+ ){0,3}(?:journalism|newsroom|reporting|journalists|work|mission|coverage)\b"),
        says(r"\bwe (?:rely|depend) on (?:your|readers|donations|the (?:support|generosity))\b"),
        says(r"\bif you (?:value|like|appreciate|enjoy)\b[^.!?]*\b(?:our (?:work|journalism|reporting|coverage)|what (?:we do|you(?:\'re| are)? read\w*))\b"),
    ],
    stems: &["your support", "your donation", "your contribution", "your gift", "your generosity", "readers like", "supporters like", "donors like", "donat", "our journalism", "our newsroom", "our reporting", "our journalists", "our work", "our mission", "our coverage", "our independent", "our local", "rely on", "depend on", "if you value", "if you like", "if you enjoy", "if you appreciate", "supporting", "become a", "chip in", "support us", "gift today", "support our", "join us"],
    max_words: 60,
};
