#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use super::*;

/// `kind name xN (aliases)`, one a line, in order.
fn names(raw: &str, language: &str) -> String {
    let text = Text::plain(raw, language);
    let shown = find(&text, language).into_iter().map(|entity| {
        let kind = match entity.kind {
            EntityKind::Person => "P",
            EntityKind::Organisation => "O",
            EntityKind::Place => "L",
        };
        let aliases = if entity.aliases.is_empty() {
            String::new()
        } else {
            format!(" ({})", entity.aliases.join(", "))
        };
        format!("{kind} {} x{}{aliases}", entity.name, entity.count)
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn joins_short_forms_and_spellings() {
    let raw = "President Volodymyr Zelenskyy met Yuri Ushakov in Moscow. Zelensky said little. Yury Ushakov, an \
               aide, left. Mr Ushakov's car was late.";
    assert_eq!(
        names(raw, "en"),
        "P Yuri Ushakov x3 (Yury Ushakov, Ushakov)\nP Volodymyr Zelenskyy x2 (Zelensky)\nL Moscow x1"
    );
}

#[test]
fn scripts_without_large_letters_give_what_is_sure() {
    for (language, raw, expect) in [
        ("zh", "国家主席在北京会见了俄罗斯总统普京。", "L 北京 x1\nL 俄罗斯 x1\nP 普京 x1"),
        (
            "ja",
            "ロシアのウラジーミル・プーチン大統領はモスクワで述べた。プーチン大統領は帰った。",
            "P ウラジーミル・プーチン x2 (プーチン)\nL ロシア x1\nL モスクワ x1",
        ),
        ("ko", "김철수 대통령은 서울에서 말했다. 러시아는 거부했다.", "P 김철수 x1\nL 서울 x1\nL 러시아 x1"),
        ("ar", "قال الرئيس محمد علي في القاهرة إن روسيا رفضت.", "P محمد علي x1\nL القاهرة x1\nL روسيا x1"),
    ] {
        assert_eq!(names(raw, language), expect, "{language}");
    }
}

#[test]
fn tells_kinds_in_many_languages() {
    for (language, raw, expect) in [
        (
            "en",
            "The mayor of Brackwater, Anna Keller, met Mr Doe of Norvane Energy in Paris. Critics said Norvane lied.",
            "O Norvane Energy x2 (Norvane)\nL Brackwater x1\nP Anna Keller x1\nP Doe x1\nL Paris x1",
        ),
        (
            "en",
            "The International Rain Council (IRC) met in Rome. The IRC was pleased. Mark my words: hope is a rose.",
            "O International Rain Council x3 (IRC)\nL Rome x1",
        ),
        (
            "en",
            "Donald Trump and Melania Trump left Washington. Trump waved.",
            "P Donald Trump x1\nP Melania Trump x1\nL Washington x1",
        ),
        (
            "de",
            "Die Bürgermeisterin Anna Keller sprach in Köln mit Herrn Braun von der Nordlicht Energie GmbH. Kellers Plan sei gut, sagte Braun.",
            "P Anna Keller x2 (Kellers)\nP Braun x2\nL Köln x1\nO Nordlicht Energie GmbH x1",
        ),
        (
            "fr",
            "Le ministre Jean Dupont a visité la Cour des comptes à Paris. M. Dupont a parlé de l'Ukraine.",
            "P Jean Dupont x2 (Dupont)\nO Cour des comptes x1\nL Paris x1\nL Ukraine x1",
        ),
        (
            "es",
            "La ministra María López habló en Sevilla con el Banco de España. López no quiso decir más.",
            "P María López x2 (López)\nL Sevilla x1\nO Banco de España x1",
        ),
        (
            "it",
            "Il sindaco Mario Rossi è arrivato a Torino. Rossi ha incontrato la Guardia di Finanza.",
            "P Mario Rossi x2 (Rossi)\nL Torino x1\nO Guardia di Finanza x1",
        ),
        (
            "pt",
            "O presidente João Silva chegou a Lisboa. Silva falou do Brasil.",
            "P João Silva x2 (Silva)\nL Lisboa x1\nL Brasil x1",
        ),
        (
            "nl",
            "Burgemeester Jan de Vries sprak in Utrecht. De Vries was boos.",
            "P Jan de Vries x2 (Vries)\nL Utrecht x1",
        ),
        (
            "pl",
            "Premier Jan Kowalski był w Krakowie. Rozmowa z Kowalskim trwała godzinę.",
            "P Jan Kowalski x2 (Kowalskim)\nL Krakowie x1",
        ),
        (
            "sv",
            "Statsminister Anna Berg talade i Malmö. Bergs plan är klar.",
            "P Anna Berg x2 (Bergs)\nL Malmö x1",
        ),
        (
            "ru",
            "Президент Иван Петров прилетел в Москву. Петрова встретили в Москве. Российский научный фонд молчит.",
            "P Иван Петров x2 (Петрова)\nL Москву x2 (Москве)\nO Российский научный фонд x1",
        ),
        (
            "tr",
            "Bakan Ahmet Yılmaz Ankara'da konuştu. Yılmaz'ın planı İzmir'de bekleniyor.",
            "P Ahmet Yılmaz x2 (Yılmaz)\nL Ankara x1\nL İzmir x1",
        ),
        (
            "uk",
            "Президент Іван Петренко прибув до Києва. Петренка зустріли у Києві.",
            "P Іван Петренко x2 (Петренка)\nL Києва x2 (Києві)",
        ),
    ] {
        assert_eq!(names(raw, language), expect, "{language}");
    }
}
