//! Invitations to follow the publisher elsewhere.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc, says};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "follow_us",
        reason: Reason::Share,
        why: "The publisher advertises its accounts; readers of the article gain nothing from it.",
        example: "Follow us on Facebook and Instagram",
        wrong_when: "A person who is quoted without quotation marks asks readers to follow them.",
        languages: COMMON,
    },
    opens: Opens::Buttons,
    confidence: 0.96,
    phrases: &[
        // en
        "Follow", "Follow us", "Follow us on", "Follow us on social media",
        "Follow on", "Follow us on Facebook", "Follow us on Twitter", "Follow us on X",
        "Follow us on Instagram", "Follow us on LinkedIn", "Follow us on YouTube",
        "Follow us on Google News", "Follow us on WhatsApp", "Follow us on Telegram",
        "Follow on Google News", "Follow Me", "Follow me on", "Follow along", "Follow our channel",
        "Follow topics", "Follow the author", "Follow author", "Follow this author", "Follow story",
        "Follow this topic", "Unfollow", "Follow Following", "Connect with us",
        "Connect with us on", "Connect on social", "Stay connected", "Stay in touch",
        "Keep in touch", "Let's connect", "Let's stay in touch", "Find us on", "Find us on social media",
        "Find us here", "Find us online", "Join us on", "Join us on Facebook", "Like us",
        "Like us on Facebook", "Visit us on", "Visit our",
        "Subscribe on YouTube", "Subscribe to our YouTube channel", "Subscribe to our channel",
        "Follow our socials", "Get social", "Add us on Google", "Add us as a preferred source on Google",
        "Add as a preferred source on Google", "Make us preferred on Google", "Join our WhatsApp channel",
        "Join our WhatsApp group", "Join our Telegram channel", "Join WhatsApp channel", "Join Telegram",
        "Join our Facebook group", "Join our Discord",
        // de
        "Folgen", "Folgen Sie uns", "Folgen Sie uns auf", "Folge uns", "Folge uns auf",
        "Folge uns auf Instagram", "Folgen Sie uns auf Facebook", "Folgt uns", "Soziale Netzwerke",
        "Soziale Medien", "Besuchen Sie uns auf", "Bleiben Sie in Kontakt", "Autor folgen", "Thema folgen",
        "Dem Autor folgen", "Themen folgen", "Diesem Thema folgen",
        // fr
        "Suivez-nous", "Suivez-nous sur", "Nous suivre", "Suivre",
        "Retrouvez-nous sur", "Retrouvez-nous", "Rejoignez-nous", "Rejoignez-nous sur", "Réseaux sociaux",
        "Nos réseaux sociaux", "Restons connectés", "Restez connectés", "Suivre cet auteur",
        "Suivez-nous sur Facebook", "Suivez-nous sur Google News",
        // es
        "Síguenos", "Síguenos en", "Síganos", "Síganos en", "Seguir", "Seguinos",
        "Seguinos en", "Síguenos en redes sociales", "Síguenos en nuestras redes", "Redes sociales",
        "Nuestras redes", "Nuestras redes sociales", "Encuéntranos en", "Conéctate con nosotros",
        "Únete a nuestro canal de WhatsApp", "Únete a nuestro canal", "Síguenos en Google News",
        "Síguenos en Facebook", "Síguenos en X", "Síguenos en WhatsApp", "Sigue leyendo en",
        // it
        "Seguici", "Seguici su", "Seguici sui social", "Segui", "Seguici su Facebook",
        "Seguici su Instagram", "Seguici su Google News", "Seguiteci su", "I nostri social",
        "Restiamo in contatto", "Resta in contatto", "Social network", "Iscriviti al nostro canale",
        "Iscriviti al canale", "Seguici su WhatsApp",
        // pt
        "Siga-nos", "Siga-nos em", "Siga-nos no", "Siga-nos nas redes sociais", "Siga",
        "Siga nas redes", "Siga a gente", "Acompanhe-nos", "Acompanhe nas redes sociais", "Redes sociais",
        "Nossas redes sociais", "Nossas redes", "Siga-nos no Google News", "Siga-nos no Instagram",
        "Inscreva-se no canal", "Entre no nosso grupo", "Entre no canal do WhatsApp",
        "Participe do canal", "Segue-nos", "Segue-nos nas redes sociais",
        // nl
        "Volg ons", "Volg ons op", "Volg ons via", "Volgen", "Sociale media", "Volg ons op Facebook",
        "Volg ons op social media", "Blijf op de hoogte via",
        // others
        "Följ oss", "Følg oss", "Følg os", "Obserwuj nas", "Śledź nas", "Подписывайтесь на нас",
        "Подписаться", "Подписывайтесь на наш канал", "Мы в соцсетях", "Мы в социальных сетях", "关注我们",
        "フォローする", "フォロー", "팔로우", "Bizi takip edin",
    ],
    patterns: &[
        r"(?:click here to |stay (?:updated|tuned|connected|informed)[^.]{0,60}\b(?:by )?)?(?:join|joining|follow|following|like|liking) (?:us|our|the) ?(?:\w+ ){0,3}(?:on )?(?:our )?(?:facebook|twitter|instagram|whatsapp|telegram|youtube|linkedin|tiktok|social media|google news|discord)\b[^.]{0,60}[.!]*",
        r"(?:please |also |or |and |you can |be sure to |don\'t forget to |for more(?: \w+){0,4},? )?(?:follow|like|find|join|connect with|visit|friend|tag|subscribe to|add|check out) (?:us|our page|our channel|our \w+ (?:page|channel|account|group)|@\w+|[\w .]{2,30}?) (?:on|at|via|in|as a preferred source on) (?:our )?(?:social media|(?:facebook|fb|twitter|x|x \(twitter\)|x-twitter|whats ?app|linkedin|linked in|pinterest|pin it|instagram|telegram|reddit|tumblr|e-?mail|mail|sms|messenger|facebook messenger|flipboard|pocket|bluesky|threads|mastodon|youtube|tiktok|snapchat|xing|vk|vkontakte|viber|line|weibo|wechat|skype|google\+|google plus|google|print|copy link|copy url|copy|copied|link|rss|share|tweet|pin|post|like|save|bookmark|stumbleupon|digg|koo|kakaotalk|hacker news|drucken|teilen|merken|imprimer|partager|envoyer|imprimir|compartir|stampa|condividi|invia|compartilhar|enviar|delen|more|flickr|medium|evernote|nextdoor|apple news|truth social|gettr|parler|discord|twitch|github|spotify|vimeo|soundcloud)|google news)\b[^.]*[.!]*",
        r"follow (?:@?[\w.'-]+ ){1,5}(?:on|at|@) ?(?:x|twitter|facebook|instagram|linkedin|threads|bluesky|mastodon|youtube|tiktok|google news|social media|@\w+)\b[^.]*[.!]*",
        r"follow @\w+\b[^.]{0,40}",
        r"(?:join|follow|subscribe to) (?:the|our|us on)(?: \w+){0,4} (?:whatsapp|telegram|youtube|discord|facebook|instagram)(?: (?:channel|group|community|page|account|server))?\b[^.]*[.!]*",
        r"(?:folgen sie|folge|folgt|besuchen sie|besuche) (?:uns|@\w+|[\w.-]+|der \w+|dem \w+)(?: [\w.-]+){0,3} (?:auf|bei|in|via) (?:\w+ )?(?:facebook|twitter|x|instagram|linkedin|youtube|whatsapp|tiktok|google news|social media|sozialen)\b[^.]*[.!]*",
        r"(?:suivez|retrouvez|rejoignez|suivre)[ -](?:nous|[\w\']+)(?: [\w\']+){0,4} (?:sur|via) (?:\w+ )?(?:facebook|twitter|x|instagram|linkedin|youtube|whatsapp|tiktok|google (?:news|actualites)|les reseaux|nos reseaux|telegram)\b[^.]*[.!]*",
        r"(?:siguenos|siganos|seguinos|sigue a|unete a|suscribete a)\b[^.]*\b(?:facebook|twitter|x|instagram|youtube|whatsapp|telegram|tiktok|google news|redes|canal)\b[^.]*[.!]*",
        r"(?:seguici|seguiteci|segui|iscriviti)\b[^.]*\b(?:facebook|twitter|x|instagram|youtube|whatsapp|telegram|tiktok|google news|social|canale)\b[^.]*[.!]*",
        r"(?:siga|segue|acompanhe|curta|inscreva-se|entre|participe)\b[^.]*\b(?:facebook|twitter|x|instagram|youtube|whatsapp|telegram|tiktok|google news|google noticias|redes sociais|canal|nosso grupo)\b[^.]*[.!]*",
        r"volg (?:ons|[\w.-]+)(?: \w+){0,3} (?:op|via) \w+[^.]*[.!]*",
    ],
    sentences: &[
        says(r"\b(?:follow|like|find|join|connect with) us\b[^.]*\b(?:facebook|twitter|instagram|linkedin|youtube|whatsapp|telegram|tiktok|social media|google news|on x)\b"),
        says(r"\byou can (?:also )?(?:follow|find) (?:us|me)\b[^.]*\b(?:facebook|twitter|instagram|linkedin|youtube|tiktok|on x|@\w+)\b"),
    ],
    stems: &["follow us", "follow me", "find me", "like us", "find us", "join us", "connect with us"],
    max_words: 45,
};
