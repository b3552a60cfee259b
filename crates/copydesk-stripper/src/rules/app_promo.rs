//! Praise of the publisher's app.

use copydesk_core::Reason;

use crate::rule::{COMMON, LineRule, Opens, RuleDoc, says};

pub(crate) static RULE: LineRule = LineRule {
    doc: RuleDoc {
        name: "app_promo",
        reason: Reason::Promo,
        why: "It sells the app, not the news.",
        example: "Download our app for Android and iOS",
        wrong_when: "An article reviews the app in these very words.",
        languages: COMMON,
    },
    opens: Opens::Buttons,
    confidence: 0.95,
    phrases: &[
        // en
        "Get the app", "Get our app", "Get our free app", "Get the mobile app", "Download the app",
        "Download our app", "Download our free app", "Download our mobile app", "Download the free app",
        "Download app", "Download now", "Our app", "Our apps", "Mobile app", "Get app",
        "Install app", "Install our app", "Available on the App Store", "Download on the App Store",
        "Download on the App Store Get it on Google Play", "Get it on Google Play",
        "App Store", "App Store Google Play", "Google Play", "Google Play Store",
        "Google Play App Store", "Apple App Store", "Apple Store", "AppGallery",
        "Explore it on AppGallery", "Android app", "iPhone app", "iOS app", "iOS", "Android", "iPad app",
        "iOS Android", "Available on Google Play", "Get it from Microsoft", "Scan the QR code",
        "Scan the QR code to download the app", "Scan to download", "Start your Substack Get the app",
        "Substack is the home for great culture", "Start your Substack", "Read in the Substack app",
        "Download the app now", "Alexa skill", "Smart TV apps",
        // de
        "App herunterladen", "Jetzt App herunterladen", "Unsere App", "Unsere Apps", "Zur App",
        "App laden", "Jetzt bei Google Play", "Laden im App Store", "Jetzt App laden",
        "Unsere App herunterladen", "Jetzt die App laden", "Die App",
        // fr
        "Télécharger l'application", "Téléchargez l'application", "Téléchargez notre application",
        "Nos applications", "Nos applis", "Notre application", "Application mobile",
        "Télécharger dans l'App Store", "Disponible sur Google Play", "Installer l'application",
        "L'application",
        // es
        "Descarga la app", "Descarga nuestra app", "Descarga la aplicación", "Descargar la app",
        "Descargar app", "Descarga nuestra aplicación", "Descarga gratis", "Disponible en Google Play",
        "Consíguelo en Google Play", "Descárgalo en el App Store", "Consíguela en el App Store",
        "Nuestras apps", "Aplicaciones móviles", "Apps móviles",
        // it
        "Scarica l'app", "Scarica la nostra app", "Scarica la app", "Disponibile su Google Play",
        "Scarica su App Store", "Scarica da App Store", "Le nostre app", "Applicazioni", "La nostra app",
        // pt
        "Baixe o app", "Baixe nosso app", "Baixe o nosso app", "Baixe o aplicativo",
        "Baixe nosso aplicativo", "Baixar app", "Descarregue a app", "Descarregar a app",
        "Disponível no Google Play", "Baixar na App Store", "Nossos apps", "Aplicativos", "Instale o app",
        "Transferir a app",
        // nl
        "Download de app", "Download onze app", "Onze apps", "Onze app", "Ontdek onze app",
        "Download in de App Store", "Ontdek het op Google Play",
        // others
        "Ladda ner appen", "Last ned appen", "Hent appen", "Pobierz aplikację", "Скачать приложение",
        "Скачайте приложение", "Приложение", "下载App", "下载客户端", "打开APP", "アプリをダウンロード", "アプリで読む",
        "앱 다운로드", "Uygulamayı indir",
    ],
    patterns: &[
        r"(?:please )?(?:download|get|install|try|grab|use)(?: (?:the|our|my))?(?: (?:all-new|new|free|official|mobile|[\w&]+)){0,4} apps?(?: (?:for|on|from|in|today|now|here|to|and|via|available)\b[^.]*)?[.!]*",
        r"(?:available|download|get it|get|download it|download now|also available) (?:on|from|at|in)(?: the)? (?:apple )?(?:app store|google play|play store|ios|android)\b.*",
        r"(?:app store|google play|ios|android|apple|windows|appgallery|galaxy store|roku|apple tv|fire tv|amazon fire tv|chromecast)(?:[ ,|/&]+(?:and |or )?(?:app store|google play|ios|android|apple|windows|appgallery|galaxy store|roku|apple tv|fire tv|amazon fire tv|chromecast)){1,6}",
        r"(?:laden sie|lade|jetzt|hier) [^.]{0,40}\bapp\b[^.]{0,40}(?:herunter|laden|herunterladen|installieren)[.!]*",
        r"(?:telechargez|installez|decouvrez) (?:gratuitement )?(?:notre|l\'|la nouvelle|nos) ?(?:nouvelle )?appli(?:cation|s|cations)?\b[^.]*[.!]*",
        r"(?:descarga|descargue|baja|instala) (?:gratis )?(?:la|nuestra|nuestras) (?:nueva )?(?:app|aplicacion|aplicaciones)\b[^.]*[.!]*",
        r"(?:scarica|scaricate|installa) (?:gratis )?(?:l\'|la |la nostra |le nostre )(?:nuova )?app\b[^.]*[.!]*",
        r"(?:baixe|instale|descarregue|faca o download d[oa]) (?:gratis )?(?:o|nosso|a|a nossa|nossa)? ?(?:novo |nosso )?(?:app|aplicativo|aplicacao)\b[^.]*[.!]*",
    ],
    sentences: &[
        says(r"\b(?:download|get|install) (?:our|the)(?: \w+){0,4} app\b[^.]*\b(?:app store|google play|android|ios|iphone|alerts|notifications|today|now|here|free|stay|breaking|latest)\b"),
    ],
    stems: &["app store", "google play", "our app", "our free app", "our mobile app", "download the", "download our", "get the app", "install our", "install the", "news app"],
    max_words: 40,
};
