//! Links that jump within the page.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "skip_link",
        reason: Reason::Navigation,
        why: "They help keyboards and screen readers past the menu.",
        example: "Skip to main content",
        wrong_when: "Nothing known.",
        languages: COMMON,
    },
    opens: Opens::Menu,
    confidence: 0.99,
    phrases: &[
        // en
        "Back to top", "Return to top", "Scroll to top", "Go to top", "Top of page",
        "To top", "Back to start", "Skip", "Skip navigation", "Skip nav", "Skip ad", "Skip links",
        "Skip header", "Skip navigation links", "Screen reader support", "Accessibility links",
        "Accessibility help", "Accessibility feedback", "Press enter to skip", "Enable accessibility",
        "Text size", "Font size", "Increase font size", "Decrease font size", "Reading mode", "Dark mode",
        "Light mode", "Toggle dark mode", "Switch to dark mode", "High contrast",
        // de
        "Zum Inhalt springen", "Zum Hauptinhalt springen", "Direkt zum Inhalt", "Zum Inhalt",
        "Zum Inhalt wechseln", "Springe zum Inhalt", "Zum Menü springen", "Zur Navigation springen",
        "Zur Suche springen", "Nach oben", "Zum Seitenanfang", "Zurück nach oben", "Zur Startseite",
        "Schriftgröße", "Direkt zur Navigation", "Zum Hauptmenü springen", "Zur Hauptnavigation springen",
        "Überspringen",
        // fr
        "Aller au contenu", "Aller au contenu principal", "Aller directement au contenu",
        "Accéder au contenu", "Accéder au contenu principal", "Passer au contenu",
        "Passer au contenu principal", "Passer au menu", "Aller au menu", "Aller à la recherche",
        "Aller à la navigation", "Haut de page", "Retour en haut", "Retour en haut de page",
        "Retour haut de page",
        // es
        "Ir al contenido", "Ir al contenido principal", "Saltar al contenido",
        "Saltar al contenido principal", "Pasar al contenido principal", "Saltar a la navegación",
        "Ir arriba", "Volver arriba", "Subir", "Volver al inicio", "Ir a la portada", "Ir al menú",
        // it
        "Vai al contenuto", "Vai al contenuto principale", "Salta al contenuto",
        "Salta al contenuto principale", "Passa al contenuto principale", "Torna su", "Torna in alto",
        "Torna all'inizio", "Vai al menu", "Vai alla navigazione", "Salta al menu",
        // pt
        "Ir para o conteúdo", "Ir para o conteúdo principal", "Pular para o conteúdo",
        "Pular para o conteúdo principal", "Saltar para o conteúdo", "Saltar para o conteúdo principal",
        "Avançar para o conteúdo", "Voltar ao topo", "Ir para o topo", "Topo", "Ir para o menu",
        "Voltar ao início",
        // nl
        "Ga naar de inhoud", "Ga naar hoofdinhoud", "Naar de inhoud", "Naar inhoud", "Naar hoofdinhoud",
        "Overslaan en naar de inhoud gaan", "Terug naar boven", "Naar boven", "Ga naar navigatie",
        "Spring naar content", "Doorgaan naar artikel",
        // others
        "Hoppa till innehåll", "Hopp til innhold", "Gå til indhold", "Przejdź do treści",
        "Перейти к содержимому", "Перейти к содержанию", "Наверх", "跳到主要内容", "跳至内容", "コンテンツへスキップ", "本文へ移動",
        "ページの先頭へ", "トップに戻る", "본문 바로가기", "콘텐츠로 건너뛰기", "메뉴 바로가기",
    ],
    patterns: &[
        r"(?:skip|jump|go|move|return) (?:directly |straight )?(?:to|past|over) (?:the |our |site |page )?(?:main|primary|page|site|content|navigation|nav|menu|footer|header|search|sidebar|comments|links?|accessibility|end of|start of|section|article|bottom|top|carousel|table of contents|body|secondary|global)(?: (?:content|navigation|nav|menu|footer|header|area|skip to|to|main|search|of page|of content|section|links|and|bar|body|article|results|help|text|page|index|ad))*",
    ],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
