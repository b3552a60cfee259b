//! The publisher's praise of its other products.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "house_promo",
        reason: Reason::Promo,
        why: "Events, quizzes, podcasts and prizes of the house stand between its articles.",
        example: "Take our quiz",
        wrong_when: "An article is about the product.",
        languages: COMMON,
    },
    opens: Opens::Buttons,
    confidence: 0.93,
    phrases: &[
        // en
        "Take our quiz", "Take the quiz", "Take our poll", "Take our survey", "Take the survey",
        "Take the poll", "Vote in our poll", "Play our games", "Play now!", "Play today's puzzle",
        "Today's puzzle", "Daily quiz", "News quiz", "Our podcast", "Our podcasts",
        "Listen to our podcast", "Listen to the podcast", "Subscribe to our podcast",
        "Subscribe to the podcast", "Subscribe on Apple Podcasts", "Listen on Apple Podcasts",
        "Listen on Spotify", "Apple Podcasts", "Apple Podcasts Spotify", "Watch our video",
        "Watch our latest video", "Watch the video above", "Watch the full video", "Watch the video",
        "Visit our website", "Visit website", "Our magazine", "Buy the magazine", "Get the magazine",
        "Current issue", "Latest issue", "View latest issue", "In the magazine", "Order now",
        "Pre-order now", "Buy tickets", "Get tickets", "Register for the event", "Upcoming events",
        "See all events", "View all events", "Our events", "Enter to win", "Enter our competition",
        "Enter now", "Giveaway", "Sweepstakes", "Vote now", "Coupons",
        "Promo codes", "Discount codes", "Voucher codes", "Vouchers", "Our offers", "Limited edition",
        "Gift guide", "Gift guides", "Special reports", "Special offers", "Reader offers", "Reader offer",
        "Hire us", "Book a call", "Book a consultation",
        "Free consultation", "Get a free quote", "Contact us today",
        "Get in touch today", "Call us today", "Schedule a demo",
        "Schedule a consultation", "Talk to an expert", "Talk to sales", "Ask an expert", "Let's talk",
        "Got questions?", "Have questions?", "Ready to get started?", "Download the brochure",
        "Download the guide", "Download the report", "Download the whitepaper", "Free download",
        "Request a callback", "Try it now", "Try it now for free", "Subscribe to our magazine",
        "Meet the author", "Learn more about us",
        "Thanks for reading", "Thank you for reading", "Thanks for reading.", "Thank you for reading.", "Like what you see?", "Like what you read?", "Read today's paper", "Buy today's paper",
        // de
        "Zum Podcast", "Unser Podcast", "Unsere Podcasts", "Zum Quiz", "Jetzt mitspielen",
        "Jetzt mitmachen", "Jetzt gewinnen", "Zum Gewinnspiel", "Gewinnspiel", "Zur Umfrage",
        "Unsere Veranstaltungen", "Aktuelle Ausgabe", "Zur aktuellen Ausgabe", "Das aktuelle Heft",
        "Jetzt bestellen", "Hier bestellen", "Gutscheine", "Vergleiche & Rechner", "Angebote",
        "Tickets sichern",
        // fr
        "Nos podcasts", "Notre podcast", "Écouter le podcast", "Jouez", "Jeu-concours",
        "Participer au jeu", "Nos événements", "Le numéro en cours", "Voir le numéro", "Codes promo",
        "Bons plans", "Billetterie", "Notre quiz", "Sondage",
        // es
        "Nuestro podcast", "Nuestros podcasts", "Escucha el podcast", "Escucha nuestro podcast", "Juega",
        "Juegos", "Pasatiempos", "Concursos", "Concurso", "Sorteos", "Nuestros eventos", "Cupones",
        "Descuentos", "Códigos descuento", "Ofertas", "Encuesta", "Vota", "Participa en el sorteo",
        // it
        "I nostri podcast", "Il nostro podcast", "Ascolta il podcast", "Gioca", "Giochi", "Concorsi",
        "Concorso", "I nostri eventi", "Sondaggio", "Codici sconto", "Offerte", "Partecipa al concorso",
        "In edicola",
        // pt
        "Nossos podcasts", "Nosso podcast", "Ouça o podcast", "Ouça nosso podcast", "Jogos",
        "Nossos eventos", "Promoções", "Cupons", "Cupons de desconto", "Enquete", "Sorteio",
        "Participe do sorteio",
        // nl
        "Onze podcasts", "Onze podcast", "Luister naar onze podcast", "Luister naar de podcast",
        "Doe de quiz", "Speel nu", "Winacties", "Winactie", "Onze evenementen", "Bestel nu",
        "Aanbiedingen", "Kortingscodes",
    ],
    patterns: &[
        r"(?:for more (?:news|stories|articles|updates|headlines|videos)[^.]{0,40}|to (?:read|see) more (?:news|stories|articles)[^.]{0,30}),? (?:please )?(?:visit|go to|head to|check out|follow|click|subscribe to) (?:our|us|here|the (?:website|homepage|app)|@|www|http)[^!?]*",
        r"(?:catch|get|read|find|check out)(?: all)?(?: of)?(?: the| our)? (?:latest|breaking|business|top|live|more|all)[\w ,&'-]*\b(?:news|headlines|updates|stories)\b[\w ,&'-]*\b(?:on|at|from|along|only on|here)\b [^!?]*",
        r"(?:do you have|have|got) (?:a|any) (?:\w+ )?(?:tip|tips|story|stories|news|question|questions|feedback|comments|suggestions|correction)[^?]{0,50}\? ?(?:please )?(?:e-?mail|contact|write|call|send|let|get|tell|share|submit|click|drop|reach)\b.*",
        r"(?:please )?(?:contact|e-?mail|write to|reach|send your \w+ to)(?: \w+){0,4} (?:at|via|on)? ?\[?[\w.+-]+@[\w.-]+\]?\.?",
        r"if you have (?:any )?(?:questions|feedback|comments|concerns|suggestions)\b[^.]*\b(?:contact|e-?mail|write|reach|let us know|get in touch|call)\b[^.]*[.!]*",
        r"(?:listen to|subscribe to|check out|tune in to|download|hear|catch) (?:our|the)(?: \w+){0,5} podcasts?\b[^.]*[.!]*",
        r"(?:take|try|play) (?:our|the|this|today\'s)(?: \w+){0,4} (?:quiz|poll|survey|crossword|sudoku|puzzle|game)\b[^.]*[.!]*",
        r"(?:check out|visit|browse|explore|discover)(?: all)?(?: of)? our (?:other |latest |new |full |great |best |online )*(?:\w+ ){0,3}(?:shop|store|website|site|homepage|page|magazine|events?|deals|offers|products|collection|range|newsletter|channel)\b[^.]*[.!]*",
        r"(?:watch|see|view) (?:our|the|this) (?:latest |full |new |live )*(?:video|livestream|live stream|webinar|documentary|gallery|slideshow|clip)\b(?: (?:below|above|here|now|on|at)\b[^.]*)?[.!]*",
    ],
    sentences: &[],
    stems: &[],
    max_words: 35,
};
