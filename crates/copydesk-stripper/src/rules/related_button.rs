//! Buttons that open another article: "Read more".

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "related_button",
        reason: Reason::Related,
        why: "They end a teaser; the rest of the text stands on another page.",
        example: "Read full story",
        wrong_when: "An article has such a line as a heading.",
        languages: COMMON,
    },
    opens: Opens::Buttons,
    confidence: 0.95,
    phrases: &[
        // en
        "Read more", "Read More Read More",
        "Continue reading", "Read on", "Read full story", "Read full article", "Read full post",
        "Read the full story", "Read the full article", "Read the full post", "Read the article",
        "Read the story", "Read the post", "Read story", "Read article", "Read post", "Read now",
        "Read this", "Read it here", "Read here", "Watch next", "Watch now", "Watch more", "Watch this",
        "Watch also", "Watch more videos", "Click here to read more", "Read more from", "Read more here",
        "Read More Articles By", "Read more on this", "Read more on this topic", "Read more on this story",
        "Read more articles", "Read more news", "Read More Stories", "Full story", "Full article",
        "See more stories", "See full article", "View article", "View story", "View post", "Keep reading",
        // de
        "Weiterlesen", "Mehr lesen", "Jetzt lesen", "Zum Artikel", "Lesen Sie mehr",
        "Lesen Sie hier weiter", "Ganzen Artikel lesen", "Artikel lesen", "Lesen", "Zum Beitrag",
        // fr
        "Lire la suite", "Lire l'article", "Lire plus", "Lire l'article complet",
        "Lire", "Voir l'article",
        // es
        "Leer más", "Lee más", "Lea más", "Leer nota completa", "Leer artículo", "Leer artículo completo",
        "Leer la noticia", "Seguir leyendo", "Sigue leyendo", "Continuar leyendo", "Leer nota", "Ver nota",
        "Ver noticia",
        // it
        "Leggi tutto", "Leggi di più", "Leggi l'articolo", "Leggi ancora", "Continua a leggere",
        "Continua a leggere l'articolo", "Leggi l'articolo completo", "Leggi",
        // pt
        "Leia mais", "Ler mais", "Leia a matéria completa", "Leia a notícia completa", "Continue lendo",
        "Continuar lendo", "Continuar a ler", "Ler artigo", "Ler notícia", "Leia a íntegra",
        // nl
        "Lees meer", "Lees verder", "Lees artikel", "Lees het artikel", "Lees het hele artikel",
        "Verder lezen",
        // others
        "Läs mer", "Les mer", "Læs mere", "Czytaj więcej", "Czytaj dalej", "Читать далее", "Читать дальше",
        "Подробнее", "Читать полностью", "続きを読む", "もっと見る", "阅读全文", "阅读更多", "查看更多", "더보기", "자세히 보기",
        "Devamını oku", "Číst dále", "Tovább", "Citește mai mult", "قراءة المزيد",
    ],
    patterns: &[],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
