//! Builds the visible text of a page as its tags come by: one pass, no tree.
//!
//! The rules of HTML for tags that end others are kept where they decide what stands on one line and inside
//! what. The adoption of misnested formatting is not: it changes no text, and its cost has no bound.

use copydesk_core::{BlockKind, Hint, Page};
use html5gum::State;

use super::blocks::Blocks;
use super::elements::{Element, Tag, element, flag};
use super::hints::Hints;
use super::line::Line;
use super::open::{Effects, Stack, is_hidden_by_author, is_running_text};
use super::tokens::{Attr, Attrs, TokenSink};

/// How to build a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageOptions {
    /// Elements open at the same time; deeper ones are taken as part of those around them.
    pub(crate) max_depth: usize,
    /// Blocks of one page.
    pub(crate) max_blocks: usize,
    /// Read what the page's author hid, too.
    pub(crate) show_hidden: bool,
    /// XML syntax: any element may close itself.
    pub(crate) is_xml: bool,
}

/// A page, built.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) blocks: Blocks,
    pub(crate) page: Page,
    pub(crate) hints: Vec<Hint>,
    /// Bytes of text that were not shown.
    pub(crate) hidden_bytes: usize,
}

/// Builds a page.
#[derive(Debug)]
pub(crate) struct PageBuilder {
    options: PageOptions,
    pub(super) stack: Stack,
    line: Line,
    blocks: Blocks,
    hints: Hints,
    has_body: bool,
    /// Open elements whose text is not shown.
    pub(super) hidden: u32,
    /// Open elements in which white space counts.
    verbatim: u32,
    /// The first block of the outermost of them, and the blocks in it that stand after a blank line.
    verbatim_from: usize,
    after_blank: Vec<usize>,
    pub(super) foreign: u32,
    /// Elements beyond the depth cap whose end tags are still to come.
    too_deep: u32,
    /// A link ended, and no text came since.
    after_link: bool,
    hidden_bytes: usize,
}

impl PageBuilder {
    pub(crate) fn new(options: PageOptions) -> PageBuilder {
        PageBuilder {
            options,
            stack: Stack::new(),
            line: Line::default(),
            blocks: Blocks::new(options.max_blocks),
            hints: Hints::default(),
            has_body: false,
            hidden: 0,
            verbatim: 0,
            verbatim_from: 0,
            after_blank: Vec::new(),
            foreign: 0,
            too_deep: 0,
            after_link: false,
            hidden_bytes: 0,
        }
    }

    /// The page's end: everything still open is closed.
    pub(crate) fn finish(mut self) -> Built {
        self.pop_to(0);
        Built {
            blocks: self.blocks,
            page: self.stack.into_page(),
            hints: self.hints.finish(),
            hidden_bytes: self.hidden_bytes,
        }
    }

    fn ensure_body(&mut self) {
        if !self.has_body {
            self.has_body = true;
            self.stack.count_child();
            let effects = Effects { block: true, ..Effects::default() };
            self.stack.push(element(b"body"), b"body", &Attrs::default(), effects);
        }
    }

    /// The line ends here.
    pub(super) fn flush(&mut self) {
        self.hints.space();
        if self.line.text().trim().is_empty() {
            if !self.line.is_empty() {
                self.line.restart();
            }
            return;
        }
        if self.blocks.is_full() {
            self.line.restart();
            return;
        }
        let node = self.stack.block_node();
        let kind = self.kind();
        self.blocks.add(&mut self.line, node, kind, &mut self.hints);
    }

    fn kind(&self) -> BlockKind {
        for (_, open) in self.stack.inward() {
            match open.element.tag {
                _ if open.element.is(flag::HEADING) => return BlockKind::Heading,
                _ if open.element.is(flag::VERBATIM) => return BlockKind::Code,
                Tag::Li => return BlockKind::ListItem,
                Tag::Quote => return BlockKind::Quote,
                Tag::Caption => return BlockKind::Caption,
                _ if open.element.is(flag::SECTION) => break,
                _ => {}
            }
        }
        BlockKind::Paragraph
    }

    pub(super) fn pop_to(&mut self, len: usize) {
        while self.stack.len() > len {
            self.pop();
        }
    }

    pub(super) fn pop(&mut self) {
        if self.hidden == 0 && self.stack.top().is_some_and(|open| open.effects.block) {
            self.flush();
        }
        let Some(open) = self.stack.pop() else { return };
        let effects = open.effects;
        if !open.closed {
            self.undo_inline(effects);
        }
        self.hidden -= u32::from(effects.hides);
        if open.element.is(flag::VERBATIM) {
            self.verbatim -= 1;
            if self.verbatim == 0 {
                self.blocks.join_prose(self.verbatim_from, &self.after_blank, &mut self.hints);
            }
        }
        self.foreign -= u32::from(open.element.is(flag::FOREIGN));
        if effects.hint {
            self.hints.close();
        }
        if effects.jsonld {
            self.hints.jsonld_done();
        }
        match open.element.tag {
            Tag::Title if self.foreign == 0 => self.hints.title_done(),
            // A row within what is hidden was never opened, and must not end the one around it.
            Tag::Row if self.hidden == 0 && !effects.hides => {
                self.blocks.close_row(open.node, &mut self.hints);
            }
            _ => {}
        }
    }

    pub(super) fn undo_inline(&mut self, effects: Effects) {
        if effects.link {
            self.line.close_link();
        }
        if effects.emphasis {
            self.line.close_emphasis();
        }
    }

    pub(super) fn push(&mut self, element: &'static Element, name: &[u8], attrs: &Attrs) {
        let by_author = !self.options.show_hidden && is_hidden_by_author(element, attrs);
        let noscript = element.name == "noscript" && self.options.show_hidden;
        let hides = by_author || (element.is(flag::HIDDEN) && !noscript);
        let in_text = || self.stack.inward().find(|(_, open)| open.effects.block);
        let block = element.is(flag::BLOCK)
            || (element.is(flag::LOOSE) && !in_text().is_some_and(|(_, open)| is_running_text(open.element)));
        if block && self.hidden == 0 {
            self.flush();
        }
        if self.after_link && element.tag == Tag::A {
            self.line.space();
        }
        self.line.seam();
        // What hides text is always noted, or scripts would become text. Unclosed formatting is dropped early,
        // so that it leaves room for the blocks.
        if self.hidden > 0 || !hides {
            if self.stack.len() >= self.options.max_depth {
                self.too_deep += 1;
                return;
            }
            if !block && self.stack.len() >= self.options.max_depth / 2 {
                return;
            }
        }
        let place = (self.hidden == 0 && !hides).then(|| (self.line.id, self.line.next_at()));
        let effects = Effects {
            block,
            hides,
            link: element.tag == Tag::A && attrs.get(Attr::Href).is_some(),
            emphasis: element.is(flag::EMPHASIS),
            hint: !attrs.is_empty() && self.hints.open(element.tag == Tag::Time, attrs, place),
            jsonld: element.tag == Tag::Script
                && attrs.get(Attr::Type).is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json")),
        };
        if block && self.hidden == 0 && !hides {
            match element.tag {
                Tag::Row => self.blocks.open_row(&mut self.hints),
                Tag::Cell => self.blocks.open_cell(),
                _ if element.is(flag::PLAIN | flag::LOOSE) => {}
                _ => self.blocks.dissolve_row(&mut self.hints),
            }
        }
        self.stack.push(element, name, attrs, effects);
        self.hidden += u32::from(hides);
        if element.is(flag::VERBATIM) {
            if self.verbatim == 0 {
                self.verbatim_from = self.blocks.finished.len();
                self.after_blank.clear();
            }
            self.verbatim += 1;
        }
        self.foreign += u32::from(element.is(flag::FOREIGN));
        if effects.link {
            self.line.open_link();
        }
        if effects.emphasis {
            self.line.open_emphasis();
        }
    }

    fn void(&mut self, element: &'static Element, attrs: &Attrs) {
        match element.tag {
            Tag::Meta => self.hints.meta(attrs),
            Tag::Link => self.hints.link(attrs),
            _ if self.hidden > 0 || element.is(flag::META) => {}
            Tag::Br if self.verbatim > 0 => self.flush(),
            Tag::Br => {
                self.line.line_break();
                self.hints.space();
            }
            _ if element.is(flag::BLOCK) => self.flush(),
            _ if element.name == "wbr" => {}
            _ => self.line.space(),
        }
    }

    fn verbatim_text(&mut self, text: &str) {
        for (idx, piece) in text.split('\n').enumerate() {
            if idx > 0 {
                let next = self.blocks.finished.len();
                if self.line.text().trim().is_empty() && self.after_blank.last() != Some(&next) {
                    self.after_blank.push(next);
                }
                self.flush();
            }
            self.line.push_verbatim(piece);
        }
    }
}

impl TokenSink for PageBuilder {
    fn start_tag(&mut self, name: &[u8], attrs: &Attrs, self_closing: bool) -> Option<State> {
        let element = element(name);
        match element.tag {
            Tag::Html => {
                self.hints.lang(attrs);
                self.stack.set_attrs(0, attrs);
                return None;
            }
            Tag::Head => return None,
            Tag::Body if self.has_body => return None,
            Tag::Body => self.has_body = true,
            _ if !element.is(flag::META) && self.hidden == 0 => self.ensure_body(),
            _ => {}
        }
        self.end_implied(element);
        self.stack.count_child();
        if element.is(flag::VOID) {
            self.void(element, attrs);
            return None;
        }
        let in_foreign = self.foreign > 0 || element.is(flag::FOREIGN);
        if self_closing && (in_foreign || self.options.is_xml) {
            return None;
        }
        if element.is(flag::TABLE_PART) && self.stack.count(Tag::Table) == 0 {
            self.flush();
            return None;
        }
        self.push(element, name, attrs);
        match element.name {
            "title" | "textarea" if !in_foreign => Some(State::RcData),
            "script" => Some(State::ScriptData),
            "style" | "iframe" | "xmp" | "noembed" | "noframes" if !in_foreign => Some(State::RawText),
            "plaintext" => Some(State::PlainText),
            _ => None,
        }
    }

    fn end_tag(&mut self, name: &[u8]) {
        let element = element(name);
        self.line.seam();
        self.after_link |= element.tag == Tag::A;
        if element.is(flag::VOID) || matches!(element.tag, Tag::Html | Tag::Body | Tag::Head) {
            if element.tag == Tag::Br {
                self.void(element, &Attrs::default());
            }
            return;
        }
        let top = self.stack.top().filter(|top| self.stack.is(top, element, name));
        if top.is_some_and(|top| top.effects.hides || self.too_deep == 0) {
            self.pop();
        } else if self.too_deep > 0 {
            self.too_deep -= 1;
            if element.is(flag::BLOCK) && self.hidden == 0 {
                self.flush();
            }
        } else if element.is(flag::BLOCK | flag::LOOSE | flag::HIDDEN | flag::FOREIGN) {
            self.end_block(element, name);
        } else {
            self.end_inline(element, name);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(top) = self.stack.top() {
            match top.element.tag {
                Tag::Title if self.foreign == 0 => return self.hints.script_text(text),
                Tag::Script if top.effects.jsonld => return self.hints.script_text(text),
                Tag::Script => return,
                _ if top.element.name == "style" => return,
                _ => {}
            }
        }
        if !self.has_body {
            if text.trim_ascii().is_empty() || self.hidden > 0 {
                return;
            }
            self.ensure_body();
        }
        self.hints.text(text, self.hidden == 0);
        if self.hidden > 0 {
            self.hidden_bytes += text.len();
            return;
        }
        self.after_link = false;
        if self.verbatim > 0 {
            self.verbatim_text(text);
        } else {
            self.line.push(text);
        }
    }

    fn is_foreign(&self) -> bool {
        self.foreign > 0
    }
}
