//! Links to the next and the previous page.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "paging",
        reason: Reason::Navigation,
        why: "They lead away from the article.",
        example: "Next article",
        wrong_when: "An article has a section called \"Next\".",
        languages: COMMON,
    },
    opens: Opens::Menu,
    confidence: 0.95,
    phrases: &[
        // en
        "Next page", "Previous page", "Next article", "Previous article", "Next post", "Previous post",
        "Next story", "Previous story", "Next Post Previous Post", "Next up", "Previous Next", "Prev Next",
        "Next Previous", "Newer posts", "Older posts", "Newer", "Older", "Next slide",
        "Previous slide", "Next image", "Previous image", "Next photo", "Previous photo", "Next video",
        "Go to next slide", "Go to previous slide", "First page", "Last page", "Go to page",
        "Jump to page", "Next entry", "Previous entry", "Next chapter",
        "Prev post", "Prev article", "Page", "Pages", "View as a single page",
        "View on one page", "Single page", "Read on one page", "Continue to next page",
        "Continue on next page", "Table of contents", "Contents", "On this page",
        "In this article", "In this post", "In this guide", "What's in this article",
        "Article contents", "Page contents", "Jump to", "Quick navigation",
        "Show table of contents", "Hide table of contents", "Toggle table of contents", "Slide 1",
        // de
        "Nächste Seite", "Vorherige Seite", "Nächster Artikel", "Vorheriger Artikel", "Nächster Beitrag",
        "Vorheriger Beitrag", "Weiter zur nächsten Seite", "Auf einer Seite lesen", "Inhaltsverzeichnis",
        "Ältere Beiträge", "Neuere Beiträge", "Seite", "Beitragsnavigation", "Weiter Zurück",
        "Zurück Weiter",
        // fr
        "Page suivante", "Page précédente", "Article suivant", "Article précédent", "Suivant", "Précédent",
        "Précédent Suivant", "Sommaire", "Navigation de l'article", "Articles plus anciens",
        "Articles plus récents", "Au sommaire",
        // es
        "Página siguiente", "Página anterior", "Siguiente", "Anterior", "Anterior Siguiente",
        "Artículo siguiente", "Artículo anterior", "Noticia siguiente", "Noticia anterior",
        "Siguiente noticia", "Entrada siguiente", "Entrada anterior", "Navegación de entradas",
        "Tabla de contenidos", "Índice de contenidos", "Siguiente artículo", "Tabla de contenido",
        // it
        "Pagina successiva", "Pagina precedente", "Articolo successivo", "Articolo precedente",
        "Successivo", "Precedente", "Prossimo articolo", "Navigazione articoli",
        "Indice dei contenuti", "Indice", "Leggi la pagina successiva",
        // pt
        "Próxima página", "Página seguinte", "Próximo", "Anterior Próximo", "Próximo artigo",
        "Artigo anterior", "Próxima notícia", "Artigo seguinte", "Navegação de posts",
        "Próxima matéria",
        // nl
        "Volgende pagina", "Vorige pagina", "Volgende", "Vorige", "Volgend artikel", "Vorig artikel",
        "Volgende artikel", "Vorige artikel", "Inhoudsopgave", "Berichtnavigatie",
        // others
        "Nästa sida", "Neste side", "Następna strona", "Следующая страница", "Предыдущая", "Следующая",
        "Далее", "下一页", "上一页", "上一篇", "下一篇", "次のページ", "前のページ", "次へ", "前へ", "다음 페이지", "이전글", "다음글",
    ],
    patterns: &[
        r"(?:page|seite|pagina|slide|foto|photo|image|bild) \d{1,3} ?(?:of|/|von|sur|de|di|van|out of) ?\d{1,3}",
        r"(?:prev(?:ious)?|next|older|newer|vorheriger|nachster|precedent|suivant|siguiente|anterior|precedente|successivo|proximo|vorige|volgende)(?: (?:article|post|story|page|entry|beitrag|artikel|article|articulo|noticia|entrada|articolo|artigo|materia|bericht|up|video))? ?: ?[^.!?]{3}[^.!?]*",
        r"(?:next|previous) (?:article|post|story|read|entry) .{3}.*",
        r"(?:(?:prev(?:ious)?|next|first|last|page|pages) ?:? ?)?(?:\d{1,3}[ |,]+){2,15}(?:\.\.\. ?)?(?:\d{1,4} ?)?(?:next|last|older|view all|weiter|suivant|siguiente|successivo|proximo|volgende)(?: page)?",
        r"(?:pages?|seiten?|paginas?|prev|previous) ?:? ?(?:\d{1,3}[ |,]+){2,15}(?:\.\.\. ?)?\d{1,4}",
    ],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
