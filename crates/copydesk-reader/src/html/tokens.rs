//! From bytes to tags and text: the emitter of the tokenizer. It keeps the few attributes that matter, each
//! with a cap, so a page of a million attributes costs no more than its bytes.

use std::convert::Infallible;

use html5gum::{Emitter, Error, State};

/// Bytes kept of one attribute's value.
const MAX_VALUE: usize = 8 * 1024;
/// Bytes kept of a tag's name; no known name is longer.
const MAX_NAME: usize = 64;

/// The attributes that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attr {
    AriaHidden,
    AriaLabel,
    Class,
    Content,
    DataTestid,
    DataThemeKey,
    Datetime,
    Hidden,
    Href,
    HttpEquiv,
    Id,
    Itemprop,
    Lang,
    Name,
    Property,
    Rel,
    Role,
    Style,
    Type,
}

impl Attr {
    fn of(name: &[u8]) -> Option<Attr> {
        Some(match name {
            b"aria-hidden" => Attr::AriaHidden,
            b"aria-label" => Attr::AriaLabel,
            b"class" => Attr::Class,
            b"content" => Attr::Content,
            b"data-testid" => Attr::DataTestid,
            b"data-theme-key" => Attr::DataThemeKey,
            b"datetime" => Attr::Datetime,
            b"hidden" => Attr::Hidden,
            b"href" => Attr::Href,
            b"http-equiv" => Attr::HttpEquiv,
            b"id" => Attr::Id,
            b"itemprop" => Attr::Itemprop,
            b"lang" | b"xml:lang" => Attr::Lang,
            b"name" => Attr::Name,
            b"property" => Attr::Property,
            b"rel" => Attr::Rel,
            b"role" => Attr::Role,
            b"style" => Attr::Style,
            b"type" => Attr::Type,
            _ => return None,
        })
    }
}

/// The kept attributes of one tag.
#[derive(Debug, Default)]
pub(crate) struct Attrs {
    kept: Vec<(Attr, usize, usize)>,
    values: Vec<u8>,
    name: Vec<u8>,
    current: Option<Attr>,
    in_value: bool,
}

impl Attrs {
    /// The attribute's value; the first one of that name counts.
    pub(crate) fn get(&self, attr: Attr) -> Option<&str> {
        let (_, start, end) = self.kept.iter().find(|(name, ..)| *name == attr)?;
        let value = self.values.get(*start..*end)?;
        match std::str::from_utf8(value) {
            Ok(value) => Some(value),
            // A value cut at the cap may end inside a character.
            Err(error) => std::str::from_utf8(value.get(..error.valid_up_to())?).ok(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    fn clear(&mut self) {
        self.kept.clear();
        self.values.clear();
        self.name.clear();
        self.current = None;
        self.in_value = false;
    }

    fn start(&mut self) {
        self.name_done();
        self.name.clear();
        self.current = None;
        self.in_value = false;
    }

    /// The name is whole: keeps the attribute if it is of use and new.
    fn name_done(&mut self) {
        if self.in_value || self.name.is_empty() {
            return;
        }
        self.in_value = true;
        if let Some(attr) = Attr::of(&self.name)
            && !self.kept.iter().any(|(name, ..)| *name == attr)
        {
            let at = self.values.len();
            self.kept.push((attr, at, at));
            self.current = Some(attr);
        }
    }

    fn push_value(&mut self, bytes: &[u8]) {
        self.name_done();
        if self.current.is_some()
            && let Some((_, start, end)) = self.kept.last_mut()
        {
            let room = MAX_VALUE.saturating_sub(*end - *start);
            self.values.extend(bytes.iter().take(room));
            *end = self.values.len();
        }
    }
}

/// What the tags and the text are for.
pub(crate) trait TokenSink {
    /// A start tag; the answer says how what follows is to be read.
    fn start_tag(&mut self, name: &[u8], attrs: &Attrs, self_closing: bool) -> Option<State>;
    /// An end tag.
    fn end_tag(&mut self, name: &[u8]);
    /// The text between two tags.
    fn text(&mut self, text: &str);
    /// True inside SVG and MathML.
    fn is_foreign(&self) -> bool;
}

/// Collects tokens for a [`TokenSink`].
#[derive(Debug)]
pub(crate) struct Tokens<S> {
    pub(crate) sink: S,
    text: Vec<u8>,
    name: Vec<u8>,
    last_start: Vec<u8>,
    attrs: Attrs,
    is_end: bool,
    self_closing: bool,
}

impl<S: TokenSink> Tokens<S> {
    pub(crate) fn new(sink: S) -> Tokens<S> {
        Tokens {
            sink,
            text: Vec::new(),
            name: Vec::new(),
            last_start: Vec::new(),
            attrs: Attrs::default(),
            is_end: false,
            self_closing: false,
        }
    }

    fn flush_text(&mut self) {
        if self.text.is_empty() {
            return;
        }
        // The input is UTF-8 and is emitted in order, so only the tokenizer's own faults could be lossy here.
        match std::str::from_utf8(&self.text) {
            Ok(text) => self.sink.text(text),
            Err(_) => self.sink.text(&String::from_utf8_lossy(&self.text)),
        }
        self.text.clear();
    }

    fn init_tag(&mut self, is_end: bool) {
        self.name.clear();
        self.attrs.clear();
        self.is_end = is_end;
        self.self_closing = false;
    }
}

impl<S: TokenSink> Emitter for &mut Tokens<S> {
    type Token = Infallible;

    fn set_last_start_tag(&mut self, last_start_tag: Option<&[u8]>) {
        self.last_start.clear();
        self.last_start.extend_from_slice(last_start_tag.unwrap_or_default());
    }

    fn emit_eof(&mut self) {
        self.flush_text();
    }

    fn emit_error(&mut self, _: Error) {}

    #[inline]
    fn should_emit_errors(&mut self) -> bool {
        false
    }

    #[inline]
    fn pop_token(&mut self) -> Option<Infallible> {
        None
    }

    fn emit_string(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    fn init_start_tag(&mut self) {
        self.init_tag(false);
    }

    fn init_end_tag(&mut self) {
        self.init_tag(true);
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.flush_text();
        self.attrs.name_done();
        let this = &mut **self;
        if this.is_end {
            this.sink.end_tag(&this.name);
            return None;
        }
        this.last_start.clear();
        this.last_start.extend_from_slice(&this.name);
        this.sink.start_tag(&this.name, &this.attrs, this.self_closing)
    }

    fn set_self_closing(&mut self) {
        self.self_closing = true;
    }

    fn push_tag_name(&mut self, bytes: &[u8]) {
        let room = MAX_NAME.saturating_sub(self.name.len());
        self.name.extend(bytes.iter().take(room));
    }

    fn init_attribute(&mut self) {
        self.attrs.start();
    }

    fn push_attribute_name(&mut self, bytes: &[u8]) {
        let room = MAX_NAME.saturating_sub(self.attrs.name.len());
        self.attrs.name.extend(bytes.iter().take(room));
    }

    fn push_attribute_value(&mut self, bytes: &[u8]) {
        self.attrs.push_value(bytes);
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.is_end && !self.last_start.is_empty() && self.last_start == self.name
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.sink.is_foreign()
    }

    fn init_comment(&mut self) {}
    fn emit_current_comment(&mut self) {}
    fn push_comment(&mut self, _: &[u8]) {}
    fn init_doctype(&mut self) {}
    fn emit_current_doctype(&mut self) {}
    fn push_doctype_name(&mut self, _: &[u8]) {}
    fn set_force_quirks(&mut self) {}
    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}
    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}
}
