//! Lines that are furniture by themselves, and lines that only look so, each with a sentence of prose around.

mod common;

use common::stripped;

const PROSE: &str = "The harbour of Lindmoor was closed on Monday after a crane fell onto the northern quay.";

/// The reason for which `line` is cut between two paragraphs.
fn reason(line: &str) -> &'static str {
    let article = stripped(&format!("{PROSE}\n{line}\n{PROSE} Nobody was hurt."));
    article.cuts().first().map_or("", |cut| cut.reason.name())
}

fn all_are(expected: &str, lines: &str) {
    let wrong: Vec<String> = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && reason(line) != expected)
        .map(|line| format!("{line:?} is {:?}", reason(line)))
        .collect();
    assert!(wrong.is_empty(), "not {expected:?}:\n{}", wrong.join("\n"));
}

#[test]
fn consent() {
    all_are(
        "consent",
        "
        This website uses cookies to ensure you get the best experience on our website. Learn more
        We use cookies and other technologies to personalize content and analyze our traffic. By clicking \"Accept\", you consent to their use.
        Example News and its partners use cookies to improve your experience on this site.
        By using this site, you agree to our Privacy Policy and Terms of Service.
        By clicking Accept, you agree to our use of cookies and other tracking technologies.
        Your privacy is important to us
        Manage your cookie preferences below.
        We've updated our Privacy Policy.
        Please read our updated privacy policy
        YES, I ACCEPT
        Accept & Continue
        Cookies & Privacy
        Privacy & Cookie Policy
        ACCEPTER & FERMER
        Mit der Nutzung unserer Website erklären Sie sich damit einverstanden, dass wir Cookies verwenden.
        Ce site utilise des cookies pour améliorer votre expérience.
        Este sitio web utiliza cookies para mejorar su experiencia de usuario.
        Questo sito utilizza i cookie per migliorare servizi ed esperienza dei lettori.
        Este site usa cookies para garantir que você obtenha a melhor experiência.
        Deze website maakt gebruik van cookies om uw ervaring te verbeteren.
        ",
    );
}

#[test]
fn share() {
    all_are(
        "share",
        "
        Share this story
        Share this story on Facebook
        Share on WhatsApp
        SHARE THIS ARTICLE:
        Please share this article with your friends
        Did you enjoy this article? Share it!
        Enjoyed this article? Share it with your friends and family!
        If you liked this story, please share it on social media.
        Spread the word!
        Share Tweet Pin
        Facebook | Twitter | LinkedIn | Email
        Share: Facebook Twitter WhatsApp
        Follow us on Twitter @lindmoornews
        Follow us on social media
        Find us on Facebook
        Like us on Facebook
        Join us on Telegram
        Follow Lindmoor News on Google News
        Don't forget to share this post!
        Tell your friends
        Send this to a friend
        1.2K Shares
        Print this page
        Email this article
        Partagez cet article sur les réseaux sociaux
        Teile diesen Artikel mit deinen Freunden
        Diesen Artikel teilen
        Comparte este artículo con tus amigos
        Condividi questa notizia sui social
        Compartilhe esta notícia com os seus amigos
        Thanks for reading! Share this post with friends.
        Support us by sharing this article.
        Click here to join our WhatsApp channel
        Stay updated with the latest news from Lindmoor by following us on Facebook.
        ",
    );
}

#[test]
fn subscribe() {
    all_are(
        "subscribe",
        "
        Subscribe to our newsletter
        Subscribe to our newsletter to get the latest news in your inbox!
        Sign up to receive our daily newsletter
        Sign up for The Morning Tide, our free daily newsletter
        Get the day's top headlines delivered to your inbox
        Want more stories like this? Sign up for our newsletter.
        Join 40,000 subscribers and get our best stories every week.
        Enter your email to subscribe
        Sign in to continue reading
        Already have an account? Sign in
        Register now for free unlimited access
        To read the full article, subscribe now.
        You have 2 free articles remaining
        Become a subscriber today
        Jetzt Newsletter abonnieren
        Weiterlesen mit Abo
        Connectez-vous pour lire la suite
        Regístrate para seguir leyendo
        Inscreva-se na nossa newsletter
        Iscriviti alla newsletter
        Like what you see? Subscribe!
        Sign up here.
        ",
    );
}

#[test]
fn navigation() {
    all_are(
        "navigation",
        "
        Topics
        Tags
        Tags: Ukraine, Russia, diplomacy
        Search Trends
        Menu
        Skip to main content
        Back to top
        You are here: Home > World
        Home / World / Europe
        Home » News » Politics
        Next Article
        Previous article: The quay in winter
        Page 2 of 7
        Load more
        See all
        View all
        Filed under: World, Europe
        Related Topics
        #harbour #lindmoor #cranes
        In this article
        About us
        Contact us
        Table of contents
        Categories: World, Europe
        ",
    );
}

#[test]
fn related() {
    all_are(
        "related",
        "
        Read more
        READ MORE: The harbour that moved
        Read also: The harbour that moved
        Also Read | The harbour that moved
        Related: The harbour that moved
        RELATED STORIES
        Related Articles
        You May Also Like
        Recommended for you
        More from Lindmoor News
        More stories
        Most Read
        Most viewed
        Trending Now
        Editor's Picks
        Latest news
        Don't miss
        Up next
        See also: The harbour that moved
        Continue reading
        Read the full story here
        Click here to read more
        In case you missed it: The harbour that moved
        Auch interessant
        Lesen Sie auch
        Lire aussi : le port déménage
        Más noticias
        Lee también
        Leggi anche:
        Veja também
        ",
    );
}

#[test]
fn legal() {
    all_are(
        "legal",
        "
        © 2025 Example News
        Copyright © 2025 Example News. All rights reserved.
        Copyright 2025, Example Ltd.
        (c) 2025 Example Corp.
        All Rights Reserved
        Terms of Use | Privacy Policy
        Terms & Conditions
        Disclaimer
        The opinions expressed in this article are the author's own and do not reflect the view of this newspaper.
        No part of this publication may be reproduced without the prior written permission of the publisher.
        Reproduction in whole or in part without permission is prohibited.
        This article is provided for general information only and is not intended as legal advice.
        Impressum
        Tous droits réservés
        Todos los derechos reservados
        Tutti i diritti riservati
        ",
    );
}

#[test]
fn advert() {
    all_are(
        "advert",
        "
        Advertisement
        ADVERTISEMENT
        - Advertisement -
        [Advertisement]
        Advertisement. Scroll to continue reading.
        Story continues below advertisement
        Sponsored
        Sponsored Links
        Paid Post
        Presented by Example Bank
        Publicidad
        Publicité
        ANZEIGE
        Pubblicità
        This post contains affiliate links, and we may earn a commission if you buy something.
        ",
    );
}

#[test]
fn comment() {
    all_are(
        "comment",
        "
        Comments
        Comments (14)
        14 comments
        Leave a Reply
        Leave a comment below
        Post a comment
        Join the discussion
        Have your say
        What do you think? Share your thoughts in the comments below!
        Let us know what you think in the comments.
        Comments are closed.
        Be the first to comment
        You must be logged in to post a comment.
        Show comments
        Kommentare
        Commentaires
        ",
    );
}

#[test]
fn promo() {
    all_are(
        "promo",
        "
        Download our app
        Download the Lindmoor News app
        Get the app
        Available on the App Store and Google Play
        Support our journalism
        Support independent journalism
        Donate now
        If you value our reporting, please consider making a donation.
        Listen to our podcast
        Buy me a coffee
        Do you have a news tip? Contact our newsroom.
        For more news like this visit our homepage.
        If you have any questions, please contact us.
        ",
    );
}

#[test]
fn the_article_stays() {
    all_are(
        "",
        "
        The company said it would share the data with its partners.
        Facebook
        Share of the vote
        Shares
        Newsletter wars: who owns the inbox?
        The White House signed up 4,000 people for its newsletter, officials said.
        Cookies
        Cookie monsters: how trackers follow you
        Why we use cookies, and what the law says
        He told the court that the site used cookies to follow visitors.
        \"Subscribe to nothing,\" he said.
        \"Share this article with everyone you know,\" the e-mail said.
        Comments from the minister drew anger.
        Comment: why the bridge must close
        The editor's comments were cut.
        Editor's Comments
        The Bottom Line
        Data & Evidence
        Looking Ahead
        Background
        Analysis
        What we know
        What happened next
        Read the letter in full
        The copyright on the film expires in 2031.
        Under the terms, the town keeps the quay.
        Terms of the deal
        Advertising spending fell by a tenth.
        The search for survivors
        Search
        Home and away
        Sign of the times
        Support for the plan is falling.
        Donations to the museum doubled in March.
        Related costs rose as well.
        The most popular route is the northern one.
        Follow the money
        Next steps
        More than words
        Watch the birds
        Subscribers will pay more from May.
        - Recognition of the port's borders
        - Protections for workers
        1. Close the quay
        Q: Do you agree?
        A: I do.
        I agree. We should close it.
        He left. She stayed.
        Stop. Look. Listen.
        Thanks for the memories
        Contact with the crane was lost at nine.
        Get the latest on the harbour
        Do you agree?
        Politics
        Health
        Photo: Jane Roe/Example Pool
        By Jane Roe
        Jane Roe in Lindmoor
        December 3, 2025
        Published: 3 December 2025, 14:05 GMT
        Reporting by Jane Roe; editing by John Doe
        Jane Roe is a reporter in Lindmoor.
        Lindmoor 3, Fjordby 1
        3-1
        * * *
        Brief
        Contact: harbour office, 555 0100
        Exclusive: the crane's last inspection
        Live: the harbour reopens
        Video: the crane falls
        Watch: the crane falls
        Podcast: a life on the quay
        Opinion: close the bridge
        Newsletter: what the town reads
        Der Kommentar der Woche
        Mehr Lohn für die Fahrer
        Plus de bateaux, moins de camions
        Más trabajo en el puerto
        Di più non si può
        Mais barcos no porto
        Meer schepen in de haven
        Teilen macht Freude, sagt die Lehrerin.
        Nous utilisons l'eau de mer pour laver le quai.
        La empresa utiliza cookies sin permiso, dice la agencia.
        ",
    );
}
