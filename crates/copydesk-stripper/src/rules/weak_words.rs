//! Words that are furniture only in company: names of networks, sections, form fields.
//!
//! "Instagram" is a heading of an article on networks as often as a button, so a line of these words alone
//! is cut by the row rules only, beside a line that is sure.

use copydesk_core::Reason;

use crate::rule::WeakWords;

pub(crate) static NETWORKS: WeakWords = WeakWords {
    reason: Reason::Share,
    words: "
        Facebook; Twitter; X; X (Twitter); X-Twitter; Twitter X; WhatsApp; LinkedIn; Linkedin-in;
        Pinterest; Instagram; Telegram; Reddit; Tumblr; Email; E-mail; Mail; SMS; Messenger; Flipboard;
        Pocket; Bluesky; Threads; Mastodon; YouTube; TikTok; Snapchat; Xing; VK; VKontakte; Viber; Line;
        Weibo; WeChat; Skype; Google; Google News; Google+; Print page; Copy; Link; Save; Bookmarks;
        Like; Likes; More; Discord; Twitch; GitHub; Spotify; SoundCloud; Vimeo; Flickr; Medium; Nextdoor;
        Apple News; Truth Social; Rumble; Substack; Facebook-f; Following; Gift; Mail to; Post;
        Einbetten; Mehr; Plus; Más; Altro; Mais; Meer; Correo; Correo electrónico; Courriel;
        E-Mail schreiben; Social media channels; Photo; 0; 1; 2; Facebook X; Social; Social media; A; Aa;
        A+; A-; Favorite; Favourite; Guardar; Salva; Salvar; Speichern; Enregistrer; Bewaren; Opslaan;
    ",
};

pub(crate) static SECTIONS: WeakWords = WeakWords {
    reason: Reason::Navigation,
    words: "
        News; World; World news; Local; Local news; National; International; Politics; US politics;
        UK politics; Business; Business news; Economy; Markets; Money; Finance; Personal finance; Tech;
        Technology; Science; Climate; Environment; Health; Sport; Sports; Football; Cricket; Tennis;
        Golf; Rugby; Soccer; Basketball; Baseball; Hockey; Boxing; Formula 1; NFL; NBA; MLB; NHL; NCAA;
        College sports; High school sports; Olympics; Entertainment; Arts; Culture; Arts & culture;
        Lifestyle; Life; Life & style; Style; Fashion; Beauty; Food; Food & drink; Recipes; Travel;
        Opinion; Opinions; Editorial; Editorials; Columns; Columnists; Commentary; Letters; Analysis;
        Features; In depth; Investigations; Video; Videos; Audio; Podcasts; Podcast; Photos; Pictures;
        Gallery; Galleries; Photography; Graphics; Live; TV; TV & radio; Television; Radio; Film; Movies;
        Music; Books; Theatre; Theater; Stage; Dance; Games; Gaming; Puzzles; Quiz; Quizzes; Weather;
        Traffic; Crime; Courts; Education; Schools; Jobs; Real estate; Property; Homes; Home & garden;
        Garden; Cars; Motoring; Autos; Auto; Family; Parenting; Relationships; Pets; Wellness; Fitness;
        Religion; Faith; Community; Obituaries; Obits; Death notices; Announcements; Events; Calendar;
        What's on; Magazine; Weekend; Sunday; Africa; Asia; Asia Pacific; Europe; Americas; Middle East;
        Australia; India; China; UK; US; USA; U.S.; Canada; Latin America; Ukraine; War in Ukraine;
        Israel-Gaza war; Russia; Germany; France; Spain; Italy; Scotland; Wales; Northern Ireland;
        England; London; New York; California; Washington; Texas; Space; Energy; Media; Law; Defense;
        Defence; Security; Military; Transport; Retail; Startups; Crypto; Cryptocurrency; AI;
        Artificial intelligence; Cybersecurity; Gadgets; Reviews; Mobile; Innovation; Social issues;
        Society; People; Celebrity; Celebrities; Royals; History; Nature; Ideas; Long read; Fact check;
        Data; Elections; Election 2024; Election 2026; Blogs; Blog; Resources; About; Contact; Contacts;
        Support; Help; Company; Products; Services; Solutions; Pricing; Partners; Customers;
        Case studies; Testimonials; Press; Investors; Documentation; Docs; Developers; Learn; Guides;
        Tutorials; Webinars; White papers; Whitepapers; Ebooks; Reports; Research; Publications; Library;
        Courses; Training; Students; Faculty; Staff; Alumni; Admissions; Academics; Athletics; Locations;
        Brands; Account; English; Español; Français; Deutsch; Italiano; Português; Nederlands; Polski;
        Русский; 中文; 日本語; 한국어; العربية; हिन्दी; Türkçe; Svenska; Dansk; Norsk; Suomi; Čeština; Magyar;
        Română; Українська; Ελληνικά; עברית; Tiếng Việt; Bahasa Indonesia; ไทย; فارسی; More; Close; Next;
        Previous; Prev; Back; Go; Go back; OK; Yes; No; All; New; Updated; Start; Clear; Cancel; Filter;
        Sort; Sort by; Share price; Follow topic; Archive; Industries; Directory; Deals; Shopping;
        Premium; Exclusive; Multimedia; Interactive; Special coverage; Breaking; Top; Editors; Authors;
        Author; Staff writers; Team; Mission; Impact; Initiatives; Programs; Projects; Donations;
        Volunteer; Advocacy; News & events; News & insights; Insights; Health & wellness; Kids; Teens;
        Seniors; Women; Men; Wine; Restaurants; Dining; Art; Design; Architecture; Agriculture; Farming;
        Aviation; Shipping; Manufacturing; Healthcare; Pharma; Insurance; Banking; Stocks; Investing;
        Mortgages; Credit cards; Taxes; Retirement; Careers & education; Human rights; Public health;
        Immigration; Abortion; Gun control; Supreme Court; Congress; White House; Senate; House;
        Parliament;
        Nachrichten; Aktuelles; Aktuell; Politik; Wirtschaft; Finanzen; Börse; Panorama; Gesellschaft;
        Kultur; Sport aktuell; Fußball; Bundesliga; Wissen; Wissenschaft; Technik; Digital; Netzwelt;
        Gesundheit; Reise; Reisen; Auto & Verkehr; Mobilität; Meinung; Kommentare & Meinung; Debatte;
        Feuilleton; Regional; Lokales; Region; Stadt; Deutschland; Ausland; Inland; Welt; Europa;
        Österreich; Schweiz; Vermischtes; Leben; Lebensart; Stil; Genuss; Familie; Beruf;
        Karriere & Beruf; Bildung; Immobilien; Geld; Verbraucher; Ratgeber; Wetter; Blaulicht;
        Unterhaltung; Stars; Medien; Geschichte; Umwelt; Klima; Natur; Bilder; Fotos; Bildergalerien;
        Sonderthemen; Veranstaltungen; Termine; Magazin; Podcast-Übersicht; Newsticker; Ticker;
        Eilmeldungen; Wintersport; Formel 1; Handball; Start;
        Actualité; Actualités; Actu; Actus; Monde; Politique; Économie; Société; Sciences;
        Science & santé; Santé; Planète; Idées; Débats; Tribunes; Éditos; Faits divers; Justice;
        Éducation; Médias; High-tech; Tech & web; Numérique; Entreprises; Bourse; Patrimoine; Immobilier;
        Emploi; Auto-moto; Voyage; Voyages; Gastronomie; Cuisine; Mode; Beauté; Styles; Loisirs; Sorties;
        Cinéma; Musique; Livres; Télé; Séries; Météo; Régions; Vidéos; Vidéo; Jeux; Cyclisme; Afrique;
        Amériques; Asie; Moyen-Orient; Proche-Orient; Maison; Jardin; Bien-être; Famille; Psycho;
        Dossiers; Enquêtes; Reportages; Portraits;
        Noticias; Actualidad; Internacional; Internacionales; Nacional; Nacionales; Mundo; España;
        México; Argentina; Colombia; Política; Economía; Sociedad; Cultura; Deportes; Deporte; Fútbol;
        Baloncesto; Tenis; Motor; Ciencia; Tecnología; Salud; Medio ambiente; Educación; Opinión;
        Columnas; Columnistas; Sucesos; Policiales; Justicia; Madrid; Cataluña; Barcelona; Andalucía;
        Negocios; Empresas; Finanzas; Mercados; Vivienda; Empleo y formación; Viajes; Gastronomía;
        Recetas; Moda; Belleza; Estilo; Estilo de vida; Vida; Gente; Famosos; Espectáculos;
        Entretenimiento; Televisión; Televisión y series; Cine; Música; Libros; Series; Vídeos; Vídeo;
        Fotos; Fotogalerías; Galerías; Tiempo; El tiempo; Clima; Loterías; Agenda; Especiales;
        Investigación; América; Estados Unidos; Latinoamérica; Ciudad; Región; Provincia; Comunidad;
        Ocio; Mascotas; Familia; Últimas;
        Notizie; Attualità; Cronaca; Cronache; Politica; Economia; Esteri; Mondo; Interni; Italia;
        Cultura e spettacoli; Spettacoli; Spettacolo; Calcio; Serie A; Motori; Ciclismo; Scienza;
        Scienze; Tecnologia; Salute; Ambiente; Scuola; Lavoro; Finanza; Borsa; Opinioni; Editoriali;
        Rubriche; Roma; Milano; Torino; Napoli; Firenze; Bologna; Venezia; Viaggi; Cucina; Ricette; Moda;
        Bellezza; Costume; Casa; Libri; Cinema; Musica; Televisione; Tv; Serie TV; Foto; Fotogallery;
        Meteo; Motori e auto; Immobili; Società; Innovazione; Giustizia; Il punto; Inchieste;
        Notícias; Brasil; Portugal; Negócios; Mercado; Mercados; Sociedade; Esportes; Esporte; Desporto;
        Futebol; Ciência; Ciência e Saúde; Saúde; Meio ambiente; Educação; Opinião; Colunas; Colunistas;
        Cotidiano; Cidades; Rio de Janeiro; São Paulo; Polícia; Justiça; País; Carros; Automóveis;
        Imóveis; Empregos; Turismo; Viagem; Gastronomia; Receitas; Moda e beleza; Vida; Entretenimento;
        Televisão; Novelas; Filmes; Livros; Tempo; Previsão do tempo; Loterias; Horóscopo; Especiais;
        Eleições; Pop & Arte; Agro; Fato ou Fake;
        Nieuws; Binnenland; Buitenland; Economie; Politiek; Sport & spel; Cultuur; Wetenschap;
        Gezondheid; Opinie; Achtergrond; Regio; Regionaal; Voetbal; Wielrennen; Muziek; Reizen; Wonen;
        Koken; Video's; Foto's; Weer; Verkeer; Geld; Werk; Onderwijs; Klimaat; Media en cultuur;
    ",
};

pub(crate) static FIELDS: WeakWords = WeakWords {
    reason: Reason::Subscribe,
    words: "
        Email:; Name; Phone; Message; Subject; First name:; Last name:; Address; City; State; Country;
        Company:; Zip; Password field; Username field; Submit form:; Optional; (optional); Select;
        Choose; Other; Daily; Weekly; Monthly; Account:; Nom; Prénom:; Nombre; Teléfono; Mensaje; Nome;
        Telefono; Messaggio; Telefone; Mensagem; Vorname:; Nachname:; Telefon; Nachricht; Naam; Telefoon;
        Bericht; Yes, I want to subscribe; Password; Username; Register; Upgrade; Nome utente;
        Contraseña; Senha; Mot de passe; Passwort; Wachtwoord; First name; Last name; Full name;
        Required; Send; Submit; Inscription; Connexion; Alertes; Alertas; Abo; Abonnement; Boletín;
        Suscripción; Assinatura; Enviar; Envoyer; Senden; Entrar; Sair; Cadastro; Premium; Exklusiv;
    ",
};

pub(crate) static NAVIGATION_WORDS: WeakWords = WeakWords {
    reason: Reason::Navigation,
    words: "
        Archives; Awards; Best deals; Search; Shares; Services; Serviços; Servicios; Servizi; Hilfe; Help; Aide; Ayuda; Ajuda; Aiuto;
        Language; Links; Explore; Discover; Schedule; Print; Cart; Notifications; Saved; Advertising;
        Feedback; Careers; Karriere; Contacto; Contato; Kontakt; Contatti; Contactos; Contatos; FAQ;
        FAQs; Crossword; Horoscope; Horoscopes; Comics; Corrections; Membership; Memberships; Shop;
        Store; Deals; Win; Competitions; Apps; App; Tienda; Loja; Negozio; Boutique; Portada; Redacción;
        Redaktion; Redação; Redazione; Archiv; Rubriken; Zurück; Retour; Volver; Voltar; Terug; Indietro;
        Avanti; Service; Edition; Editions; Equipe;
    ",
};

pub(crate) static PLAYER_WORDS: WeakWords = WeakWords {
    reason: Reason::Other,
    words: "
        Play; Pause; Mute; Unmute; Listen; Volume; Captions; Subtitles; Chapters; Descriptions; Duration;
        Error; Transcript; Zoom; Enlarge; Translate; Écouter; Escuchar; Ascolta; Ouvir; Luister; Lecture;
        Stumm; Refresh; Reload; Retry; Embed;
    ",
};

pub(crate) static LIST_WORDS: WeakWords = WeakWords {
    reason: Reason::Related,
    words: "
        Featured; Popular; Latest; Recommended; Headlines; Dossier; Destacados; Destaques; Populares;
        Tendencias; Tendances; Beliebt; Empfohlen; In evidenza; Deep dive; Best of; Just in; More;
        Explainer; Además; Et aussi; Titulares; Manchetes; Primo piano; Approfondimenti; Empfehlungen;
        Recommendations;
    ",
};

pub(crate) static COMMENT_WORDS: WeakWords = WeakWords {
    reason: Reason::Comment,
    words: "
        Reply; Replies; Report; Dislike; Flag; Edited; Newest; Oldest; Best; Website; Conversation;
        Discussion; Responses; Opina; Réactions; Répondre; Responder; Rispondi; Antworten; Comment;
        Comentario; Commentaire; Kommentar; Commento; Comentário; Reactie; Diskussion; Segnala; Signaler;
        Denunciar; Reportar; Réagir;
    ",
};

pub(crate) static CHOICES: WeakWords = WeakWords {
    reason: Reason::Consent,
    words: "
        Cookies; Cookie; Consent; Accept; Decline; Refuse; Deny; Reject; Disagree; OK; Okay; Close;
        Dismiss; Continue; Necessary; Preferences; Statistics; Marketing; Functional; Performance;
        Analytics; Targeting; Essential; Purposes; Vendors; Partners; Details; Options; Settings;
        Advanced; On; Off; Active; Inactive; Consent choices; Deny consent; Customize; Customise;
        Confirm; Notwendig; Präferenzen; Statistiken; Statistik; Marketing & Tracking; Essenziell;
        Funktional; Externe Medien; Einstellungen; Schließen; Speichern; Weiter; Mehr Informationen;
        Mehr Infos; Details anzeigen; Fermer; Paramètres; Personnaliser; Continuer; Plus d'informations;
        Nécessaires; Préférences; Statistiques; Cerrar; Ajustes; Personalizar; Continuar; Necesarias;
        Preferencias; Estadísticas; Personalizza; Continua; Necessari; Preferenze; Statistiche;
        Impostazioni; Necessários; Preferências; Estatísticas; Definições; Configurações; Instellingen;
        Noodzakelijk; Voorkeuren; Statistieken; Doorgaan; More information; Learn more about cookies;
        Functionality; Advertising cookies list; Social networks cookies; Unclassified;
    ",
};
