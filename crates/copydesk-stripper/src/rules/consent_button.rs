//! Buttons of consent banners: "I agree", "Accept all".

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "consent_button",
        reason: Reason::Consent,
        why: "A cookie banner ends in buttons. They are an answer to the site, not a part of the article.",
        example: "I agree",
        wrong_when: "A line of dialogue without quotation marks and full stop consists of these very words.",
        languages: COMMON,
    },
    opens: Opens::Buttons,
    confidence: 0.97,
    phrases: &[
        // en
        "I agree", "I accept", "I consent", "I understand", "I do not agree", "I disagree and exit",
        "Agree", "Agree and close", "Agree and continue", "Agree & continue", "Agree to all",
        "Accept all", "Accept & close", "Accept and close", "Accept and continue", "Accept & continue",
        "Accept cookies", "Accept all cookies", "Accept all & close", "Accept all and continue",
        "Accept and proceed", "Accept selected", "Accept necessary cookies", "Accept only necessary",
        "Accept recommended settings", "Allow all", "Allow cookies", "Allow all cookies",
        "Allow selection", "Allow selected", "Reject all", "Reject all cookies",
        "Reject cookies", "Reject non-essential", "Reject optional cookies", "Decline all",
        "Decline cookies", "Deny all", "Refuse all", "Got it",
        "OK, got it", "Okay, got it", "Yes, I agree", "Yes, I accept", "Yes, I'm happy",
        "I'm OK with that", "No, thanks", "Only essential cookies", "Essential only",
        "Essential cookies only", "Necessary cookies only", "Use necessary cookies only",
        "Save and accept", "Save & accept", "Save and close", "Save & exit", "Save my choices",
        "Save preferences", "Save settings", "Save choices", "Confirm my choices", "Confirm choices",
        "Confirm selection", "Confirm my selection", "Submit preferences", "Continue without accepting",
        "Continue without agreeing", "Close and accept", "Do not consent", "Give consent",
        "Accept all Reject all", "Accept Reject", "Accept Decline", "Accept all Reject all Show purposes",
        "Accept and continue to site", "Continue to site", "Proceed to site", "Learn more and customise",
        "Learn more and customize", "Customise choices",
        // de
        "Ich stimme zu", "Zustimmen", "Zustimmen und weiter", "Zustimmen & weiter", "Einwilligen",
        "Akzeptieren", "Akzeptieren und weiter", "Akzeptieren und schließen", "Alle akzeptieren",
        "Alles akzeptieren", "Cookies akzeptieren", "Alle Cookies akzeptieren", "Alle Cookies zulassen",
        "Cookies zulassen", "Alle zulassen", "Auswahl erlauben", "Auswahl speichern", "Auswahl bestätigen",
        "Ablehnen", "Alle ablehnen", "Alles ablehnen", "Cookies ablehnen", "Nur notwendige Cookies",
        "Nur notwendige", "Nur essenzielle Cookies akzeptieren", "Nur erforderliche Cookies",
        "Speichern und schließen", "Einstellungen speichern", "Verstanden", "Einverstanden",
        "Ich bin einverstanden", "Ja, ich stimme zu", "Ich akzeptiere",
        // fr
        "J'accepte", "J’accepte tout", "Accepter", "Tout accepter", "Accepter tout", "Accepter et fermer",
        "Accepter et continuer", "Accepter les cookies", "Accepter tous les cookies", "Accepter & Fermer",
        "Refuser", "Tout refuser", "Refuser tout", "Je refuse", "Refuser les cookies",
        "Continuer sans accepter", "Enregistrer mes choix", "Enregistrer et fermer", "Valider mes choix",
        "Confirmer mes choix", "J'ai compris", "Je suis d'accord", "Personnaliser mes choix",
        "Autoriser tous les cookies",
        // es
        "Acepto", "Estoy de acuerdo", "Aceptar", "Aceptar todo", "Aceptar todas",
        "Aceptar todas las cookies", "Aceptar cookies", "Aceptar y continuar", "Aceptar y cerrar",
        "Aceptar y seguir navegando", "Rechazar", "Rechazar todo", "Rechazar todas", "Rechazar cookies",
        "Rechazar todas las cookies", "Solo cookies necesarias", "Solo necesarias", "Guardar preferencias",
        "Guardar configuración", "Confirmar mis preferencias", "Entendido", "De acuerdo",
        "Permitir todas las cookies", "Permitir todas", "Continuar sin aceptar",
        // it
        "Accetto", "Accetta", "Accetta tutto", "Accetta tutti", "Accetta tutti i cookie",
        "Accetta i cookie", "Accetta e continua", "Accetta e chiudi", "Acconsento", "Rifiuta",
        "Rifiuta tutto", "Rifiuta tutti", "Rifiuta tutti i cookie", "Solo cookie necessari",
        "Solo necessari", "Salva preferenze", "Salva le preferenze", "Conferma le mie scelte",
        "Continua senza accettare", "Ho capito", "Consenti tutti", "Consenti tutti i cookie",
        // pt
        "Aceito", "Aceitar", "Aceitar tudo", "Aceitar todos", "Aceitar todos os cookies",
        "Aceitar cookies", "Aceitar e fechar", "Aceitar e continuar", "Concordo", "Eu concordo",
        "Concordar e fechar", "Rejeitar", "Rejeitar tudo", "Rejeitar todos", "Rejeitar todos os cookies",
        "Recusar", "Recusar todos", "Apenas cookies necessários",
        "Salvar preferências", "Confirmar minhas escolhas", "Entendi", "Prosseguir",
        "Permitir todos os cookies", "Continuar sem aceitar",
        // nl
        "Ik ga akkoord", "Akkoord", "Accepteren", "Alles accepteren", "Accepteer", "Accepteer alles",
        "Accepteer alle cookies", "Alle cookies accepteren", "Cookies accepteren", "Weigeren",
        "Alles weigeren", "Alles afwijzen", "Alleen noodzakelijke cookies", "Voorkeuren opslaan",
        "Selectie toestaan", "Begrepen", "Ja, ik ga akkoord",
        // others
        "Godkänn alla", "Acceptera alla", "Acceptera alla cookies", "Accepter alle", "Godta alle",
        "Tillad alle", "Akceptuję", "Zgadzam się", "Akceptuję wszystkie", "Odrzuć wszystkie", "Принять",
        "Принять все", "Принимаю", "Согласен", "同意する", "すべて同意", "同意", "同意并继续", "接受全部", "全部接受", "동의합니다",
        "모두 동의", "동의",
    ],
    patterns: &[],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
