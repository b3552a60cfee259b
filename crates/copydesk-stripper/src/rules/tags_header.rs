//! Labels above tags, topics and sections.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "tags_header",
        reason: Reason::Navigation,
        why: "Tags file the page; what follows the label are links.",
        example: "Topics",
        wrong_when: "An article has a section of this name.",
        languages: COMMON,
    },
    opens: Opens::Tags,
    confidence: 0.93,
    phrases: &[
        // en
        "Topics", "Topic", "Tags", "Tag", "Tagged", "Tagged with",
        "Tagged in", "Tagged as", "Tagged under", "Article tags", "Post tags", "Story tags", "Filed under",
        "Filed in", "Posted in", "Posted under", "Categories",
        "Category", "In this category", "Related topics", "Related tags",
        "Related subjects", "Related categories", "Explore related topics", "Explore topics",
        "Explore more on these topics", "More on these topics", "More about", "Read more about",
        "More about these topics", "Topics in this story", "Topics mentioned",
        "Topics in this article", "In this story", "Mentioned in this article", "Mentioned in this story",
        "People in this story", "Companies mentioned", "Keywords", "Key words", "Labels",
        "Key topics", "Find more", "Article topics", "Browse by tag", "Subjects",
        "Published in", "Appears in", "Follow these topics", "Similar topics",
        // de
        "Schlagworte", "Schlagwörter", "Stichworte", "Stichwörter",
        "Thema", "Themen in diesem Artikel", "Themen dieses Artikels",
        "Verwandte Themen", "Kategorien", "Kategorie",
        "Mehr über", "Mehr zu", "Weitere Themen", "Themenseiten", "Veröffentlicht in",
        // fr
        "Mots-clés", "Mot-clé", "Étiquettes", "Thèmes",
        "Thématiques", "Thèmes associés", "Thématiques associées", "Sujets", "Sujets associés",
        "Sur le même sujet", "Dans cet article", "Catégorie", "Classé dans",
        "Publié dans", "En savoir plus sur",
        // es
        "Etiquetas", "Temas", "Temas relacionados", "Más sobre",
        "Más información sobre", "Palabras clave", "Categorías", "Categoría",
        "Archivado en", "Publicado en", "En esta noticia", "Más temas", "Tópicos",
        "Sobre este tema", "Tema",
        // it
        "Argomenti", "Argomenti correlati", "Argomenti trattati", "Etichette",
        "Temi", "Parole chiave", "Pubblicato in", "Leggi tutto su", "Altri argomenti",
        "Tag correlati",
        // pt
        "Tags da notícia", "Etiquetas relacionadas", "Assuntos", "Assuntos relacionados",
        "Tópicos relacionados", "Mais sobre", "Palavras-chave",
        "Arquivado em", "Temas da matéria", "Marcadores", "Saiba mais sobre", "Veja mais sobre", "Assunto",
        "Leia mais sobre",
        // nl
        "Onderwerpen", "Trefwoorden", "Meer over", "Lees meer over",
        "Categorieën", "Gerelateerde onderwerpen",
        // others
        "Ämnen", "Emner", "Tagi", "Теги", "Темы", "Рубрики", "Метки", "标签",
        "关键词", "タグ", "キーワード", "カテゴリー", "태그", "키워드", "Etiketler", "Štítky", "Címkék",
    ],
    patterns: &[
        r"(?:tags?|topics?|tagged(?: with| as| in| under)?|filed (?:under|in)|posted (?:in|under)|categor(?:y|ies)|keywords?|related topics?|more on|read more about|labels?|schlagworte?|schlagworter|stichworte|themen|mots[ -]cles?|etiquettes?|etiquetas|temas|palabras clave|argomenti|categorie|tag correlati|assuntos|palavras[ -]chave|onderwerpen|trefwoorden) ?: ?[^.!?][^.!?]*",
        r"(?:filed under|tagged with|tagged as|posted in|archivado en|classe dans|archive sous|publicado en|pubblicato in|veroffentlicht in) ?:? [^.!?][^.!?]*",
        r"#[\w-]+(?:[ ,|]+#[\w-]+){1,20}",
        r"(?:in category|category|section|rubrik|rubrique|seccion|sezione|secao|editoria) ?: ?[^.!?][^.!?]*",
    ],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
