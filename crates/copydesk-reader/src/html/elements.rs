//! What each element of HTML means for its text: whether it breaks a line, hides what it holds, or is closed by
//! what follows. One table, so the builder has no list of names of its own.

/// How an element takes part in the text.
pub(crate) mod flag {
    /// Stands on lines of its own.
    pub(crate) const BLOCK: u16 = 1;
    /// Never has content.
    pub(crate) const VOID: u16 = 1 << 1;
    /// What it holds is not shown as text.
    pub(crate) const HIDDEN: u16 = 1 << 2;
    /// Its start ends an open `p`.
    pub(crate) const ENDS_P: u16 = 1 << 3;
    /// Sets text apart: `b`, `strong`, `em`, `i`.
    pub(crate) const EMPHASIS: u16 = 1 << 4;
    /// A block, unless it stands in running text.
    pub(crate) const LOOSE: u16 = 1 << 5;
    /// An end tag does not reach elements outside it.
    pub(crate) const SCOPE: u16 = 1 << 6;
    /// `h1` to `h6`.
    pub(crate) const HEADING: u16 = 1 << 7;
    /// A part of a page: what stands around it says nothing of the kinds inside.
    pub(crate) const SECTION: u16 = 1 << 8;
    /// A part of a table, nothing outside one.
    pub(crate) const TABLE_PART: u16 = 1 << 9;
    /// May wrap a table cell's one line without making the table a layout.
    pub(crate) const PLAIN: u16 = 1 << 10;
    /// Belongs into the head: does not start the body.
    pub(crate) const META: u16 = 1 << 11;
    /// White space in it counts.
    pub(crate) const VERBATIM: u16 = 1 << 12;
    /// SVG or MathML: `<x/>` closes itself in it.
    pub(crate) const FOREIGN: u16 = 1 << 13;
}

/// The elements that need more than flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    A,
    Body,
    Br,
    Button,
    Caption,
    Cell,
    Definition,
    Form,
    Head,
    Html,
    Li,
    Link,
    List,
    Meta,
    Other,
    P,
    Pre,
    Quote,
    Row,
    RowGroup,
    Script,
    Table,
    Time,
    Title,
}

/// A kind of element.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: &'static str,
    pub(crate) tag: Tag,
    flags: u16,
}

impl Element {
    pub(crate) fn is(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }
}

/// Elements HTML does not know: inline, as in a browser.
static UNKNOWN: Element = Element { name: "", tag: Tag::Other, flags: 0 };
/// Custom elements, by the dash in their name: mostly components, which are blocks.
static CUSTOM: Element = Element { name: "", tag: Tag::Other, flags: flag::LOOSE };

macro_rules! elements {
    ($($tag:ident $flags:expr => $($name:literal)+;)+) => {
        /// The element of this name, in lower case.
        pub(crate) fn element(name: &[u8]) -> &'static Element {
            match name {
                $($($name => {
                    static ELEMENT: Element = Element { name: ascii($name), tag: Tag::$tag, flags: $flags };
                    &ELEMENT
                })+)+
                name if name.contains(&b'-') => &CUSTOM,
                _ => &UNKNOWN,
            }
        }
    };
}

const fn ascii(name: &'static [u8]) -> &'static str {
    match std::str::from_utf8(name) {
        Ok(name) => name,
        Err(_) => "",
    }
}

const PART: u16 = flag::BLOCK | flag::ENDS_P;

elements! {
    Html flag::SCOPE => b"html";
    Head flag::META => b"head";
    Body flag::BLOCK => b"body";
    Title flag::HIDDEN | flag::META => b"title";
    Meta flag::VOID | flag::META => b"meta";
    Link flag::VOID | flag::META => b"link";
    Other flag::VOID | flag::META => b"base" b"basefont" b"bgsound";
    Script flag::HIDDEN | flag::META => b"script";
    Other flag::HIDDEN | flag::META => b"style" b"noscript" b"noframes";
    Other flag::HIDDEN | flag::META | flag::SCOPE => b"template";
    A 0 => b"a";
    Br flag::VOID => b"br";
    Other flag::VOID => b"img" b"input" b"wbr" b"area" b"embed" b"source" b"track" b"param" b"keygen" b"image";
    Other flag::VOID | PART => b"hr";
    Other flag::VOID | flag::TABLE_PART => b"col";
    Other flag::EMPHASIS => b"b" b"strong" b"em" b"i";
    Other 0 => b"span" b"font" b"u" b"s" b"small" b"big" b"sub" b"sup" b"code" b"cite" b"q" b"abbr" b"mark"
        b"tt" b"strike" b"nobr" b"del" b"ins" b"dfn" b"kbd" b"samp" b"var" b"data" b"picture" b"bdi" b"bdo";
    Time 0 => b"time";
    P PART | flag::PLAIN => b"p";
    Other PART | flag::PLAIN => b"div" b"center";
    Other PART => b"address" b"dir" b"details" b"dl" b"fieldset" b"figure" b"footer" b"header" b"hgroup"
        b"menu" b"nav" b"search" b"summary" b"dialog" b"legend";
    Other PART | flag::SECTION => b"article" b"aside" b"main" b"section";
    Form PART => b"form";
    List PART => b"ul" b"ol";
    Li PART => b"li";
    Definition PART => b"dd" b"dt";
    Quote PART => b"blockquote";
    Caption PART => b"figcaption";
    Caption PART | flag::SCOPE | flag::TABLE_PART => b"caption";
    Other PART | flag::HEADING => b"h1" b"h2" b"h3" b"h4" b"h5" b"h6";
    Pre PART | flag::VERBATIM => b"pre" b"listing" b"xmp" b"plaintext";
    Table PART | flag::SCOPE => b"table";
    RowGroup flag::BLOCK | flag::TABLE_PART => b"tbody" b"thead" b"tfoot" b"colgroup";
    Row flag::BLOCK | flag::TABLE_PART => b"tr";
    Cell flag::BLOCK | flag::SCOPE | flag::SECTION | flag::TABLE_PART => b"td" b"th";
    Button flag::LOOSE | flag::SCOPE => b"button";
    Other flag::LOOSE => b"label";
    Other flag::HIDDEN => b"select" b"option" b"optgroup" b"datalist" b"rp" b"rt" b"rtc" b"annotation"
        b"annotation-xml" b"progress" b"meter";
    Other flag::HIDDEN | flag::SCOPE => b"object" b"applet";
    Other flag::HIDDEN | flag::BLOCK => b"textarea" b"iframe" b"canvas" b"audio" b"video" b"noembed" b"map"
        b"frameset";
    Other flag::HIDDEN | flag::FOREIGN => b"svg";
    Other flag::FOREIGN => b"math";
    Other flag::SCOPE | PART => b"marquee";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        assert_eq!(element(b"p").tag, Tag::P);
        assert!(element(b"h3").is(flag::HEADING));
        assert!(element(b"x-card").is(flag::LOOSE));
        assert!(!element(b"blink").is(flag::BLOCK));
        assert!(std::ptr::eq(element(b"h1"), element(b"h1")));
        assert!(!std::ptr::eq(element(b"h1"), element(b"h2")));
    }
}
