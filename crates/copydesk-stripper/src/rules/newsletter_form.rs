//! The fields and buttons of a sign-up form.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "newsletter_form",
        reason: Reason::Subscribe,
        why: "A form in a page leaves its labels behind when the page becomes text.",
        example: "Enter your email address",
        wrong_when: "An article about forms lists such a label alone on a line.",
        languages: COMMON,
    },
    opens: Opens::Buttons,
    confidence: 0.94,
    phrases: &[
        // en
        "Email address",
        "E-mail address", "Your email", "Your email address",
        "Your e-mail", "Your e-mail address", "Enter email", "Enter your email",
        "Enter your email address",
        "Enter your email here", "Enter e-mail", "Enter your e-mail address", "Enter email address",
        "Enter a valid email address", "Please enter a valid email address",
        "Please enter a valid email address.", "Please enter your email address",
        "Please enter your email", "Please enter your email adress", "Type your email…",
        "Email (required)", "Invalid email",
        "Invalid email address",
        "Your name",
        "Name (required)", "Zip code", "ZIP / Postal code", "Postcode",
        "Phone number *", "Company name *", "Job title *",
        "Required fields", "* indicates required",
        "Required field", "* denotes required field", "Indicates required field",
        "Send message", "Send me", "Oops! Something went wrong",
        "Oops! Something went wrong.", "Something went wrong", "Something went wrong.",
        "Something went wrong. Please try again.", "Something went wrong. Please try again later.",
        "Oops! Something went wrong while submitting the form",
        "Oops! Something went wrong while submitting the form.",
        "Thank you! Your submission has been received!",
        "Thank you! Your message has been sent.", "This field is required", "This field is required.",
        "This field is for validation purposes and should be left unchanged",
        "This field is for validation purposes and should be left unchanged.",
        "This field is hidden when viewing the form", "CAPTCHA", "reCAPTCHA",
        "Leave this field empty if you're human",
        "Leave this field blank", "Don't fill this out if you're human",
        "If you are human, leave this field blank.",
        "I'm not a robot", "Select your newsletters", "Choose your newsletters",
        "Email frequency", "Please leave this field empty", "Please leave this field empty.",
        "Please check your inbox", "I would like to receive newsletters", "Yes, sign me up",
        "Yes, please",
        "By submitting my information, I agree to the privacy policy", "Please wait",
        "Submitting",
        // de
        "E-Mail-Adresse", "Ihre E-Mail-Adresse", "Ihre E-Mail",
        "Deine E-Mail-Adresse", "Ihre E-Mail-Adresse eingeben", "E-Mail-Adresse eingeben",
        "Geben Sie Ihre E-Mail-Adresse ein", "Absenden",
        "Pflichtfeld", "Pflichtfelder",
        "Bitte geben Sie eine gültige E-Mail-Adresse ein",
        "Bitte geben Sie eine gültige E-Mail-Adresse ein.",
        // fr
        "Adresse e-mail", "Adresse email", "Adresse mail", "Votre adresse e-mail",
        "Votre adresse email", "Votre e-mail", "Votre email", "Votre adresse mail",
        "Entrez votre adresse e-mail", "Entrez votre e-mail", "Entrez votre email",
        "Saisissez votre adresse e-mail", "Saisissez votre email",
        "Valider", "Soumettre", "Champs obligatoires",
        "Champ obligatoire", "Votre courriel", "Adresse courriel",
        // es
        "Tu correo electrónico", "Su correo electrónico",
        "Tu email", "Tu correo", "Introduce tu email", "Introduce tu correo electrónico",
        "Ingresa tu correo electrónico", "Ingresa tu email", "Ingrese su correo electrónico",
        "Dirección de correo electrónico", "Apellidos", "Apellido *",
        "Campo obligatorio", "Campos obligatorios", "Este campo es obligatorio",
        // it
        "Indirizzo email", "Indirizzo e-mail", "Il tuo indirizzo email", "La tua email", "La tua e-mail",
        "Inserisci la tua email", "Inserisci il tuo indirizzo email", "Inserisci la tua e-mail",
        "Cognome", "Campi obbligatori", "Campo obbligatorio",
        // pt
        "Endereço de e-mail", "Endereço de email", "Seu e-mail", "Seu email", "Seu melhor e-mail",
        "O seu e-mail", "O seu email", "Digite seu e-mail", "Digite seu email", "Insira o seu e-mail",
        "Informe seu e-mail", "Sobrenome", "Campos obrigatórios", "Campo obrigatório",
        // nl
        "E-mailadres", "Je e-mailadres", "Uw e-mailadres", "Vul je e-mailadres in",
        "Vul uw e-mailadres in", "Voornaam", "Achternaam", "Verzenden", "Versturen", "Verplicht veld",
        "Verplichte velden",
    ],
    patterns: &[
        r"(?:your |business |work |company )?(?:e-?mail|name|first name|last name|phone|company|country|city|state|zip code|postcode|job title|message|subject|nom|prenom|nombre|nome|vorname|nachname|naam)(?: (?:address|number))? ?\*(?: ?required)?",
    ],
    sentences: &[],
    stems: &[],
    max_words: 60,
};
