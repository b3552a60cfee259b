//! What a tag ends: the elements whose end tags are left out, come too late, or never.
//!
//! Start tags end nothing outside an element that shows no text: a `div` in a `noscript` in a `p` is no end of the
//! `p`. End tags do, for what hides text is often left open and must not swallow the page.

use super::elements::{Element, Tag, element, flag};
use super::page::PageBuilder;
use super::tokens::Attrs;

impl PageBuilder {
    /// Ends what a start tag of this kind ends without saying so.
    pub(super) fn end_implied(&mut self, element: &'static Element) {
        if self.foreign > 0 && element.is(flag::BLOCK) {
            let outermost = self.stack.inward().filter(|(_, open)| open.element.is(flag::FOREIGN)).last();
            if let Some((idx, _)) = outermost {
                self.pop_to(idx);
            }
        }
        if element.is(flag::ENDS_P) && self.stack.count(Tag::P) > 0 {
            self.end_p();
        }
        match element.tag {
            Tag::Li | Tag::Definition => self.end_item(element.tag),
            Tag::A if self.hidden == 0 && self.stack.count(Tag::A) > 0 => self.end_inline(element, b""),
            Tag::Button if self.hidden == 0 && self.stack.count(Tag::Button) > 0 => {
                self.end_block(element, b"");
            }
            Tag::Table | Tag::RowGroup | Tag::Row | Tag::Cell => self.end_table_parts(element.tag),
            Tag::Caption if element.is(flag::TABLE_PART) => {
                if let Some((idx, Tag::Table)) = self.stack.nearest(&[Tag::Table, Tag::Cell]) {
                    self.pop_to(idx + 1);
                }
            }
            _ if element.is(flag::HEADING)
                && self.stack.top().is_some_and(|top| top.element.is(flag::HEADING)) =>
            {
                self.pop();
            }
            _ => {}
        }
    }

    fn end_p(&mut self) {
        let p = self
            .stack
            .inward()
            .take_while(|(_, open)| !open.element.is(flag::SCOPE) && !open.element.is(flag::HIDDEN))
            .find(|(_, open)| open.element.tag == Tag::P)
            .map(|(idx, _)| idx);
        if let Some(idx) = p {
            self.pop_to(idx);
        }
    }

    fn end_item(&mut self, tag: Tag) {
        if self.stack.count(tag) == 0 {
            return;
        }
        let item = self
            .stack
            .inward()
            .take_while(|(_, open)| !open.element.is(flag::HIDDEN))
            .find(|(_, open)| {
                open.element.tag == tag || (open.effects.block && !open.element.is(flag::PLAIN))
            })
            .filter(|(_, open)| open.element.tag == tag)
            .map(|(idx, _)| idx);
        if let Some(idx) = item {
            self.pop_to(idx);
        }
    }

    fn end_table_parts(&mut self, tag: Tag) {
        let context: &[Tag] = match tag {
            Tag::Cell | Tag::Table => &[Tag::Cell, Tag::Row, Tag::RowGroup, Tag::Table],
            Tag::Row => &[Tag::Row, Tag::RowGroup, Tag::Table],
            _ => &[Tag::RowGroup, Tag::Table],
        };
        let Some((idx, found)) = self.stack.nearest(context) else { return };
        match (tag, found) {
            // A table in a cell is part of it; anywhere else in a table, it takes the table's place.
            (Tag::Table, Tag::Cell) => {}
            (Tag::Table, _) => {
                if let Some((table, _)) = self.stack.nearest(&[Tag::Table]) {
                    self.pop_to(table);
                }
            }
            _ if tag == found => self.pop_to(idx),
            _ => self.pop_to(idx + 1),
        }
        if tag == Tag::Cell && self.stack.top().is_some_and(|top| top.element.tag != Tag::Row) {
            let row = element(b"tr");
            self.stack.count_child();
            self.push(row, b"tr", &Attrs::default());
        }
    }

    /// An end tag of something inline. Formatting ends even where a block stands between; the block does not.
    pub(super) fn end_inline(&mut self, element: &'static Element, name: &[u8]) {
        let crosses_blocks = element.tag == Tag::A || element.is(flag::EMPHASIS);
        let mut crossed = false;
        let mut found = None;
        for (idx, open) in self.stack.inward() {
            if self.stack.is(open, element, name) {
                found = Some(idx);
                break;
            }
            crossed |= open.effects.block;
            if open.element.is(flag::SCOPE) || (crossed && !crosses_blocks) {
                return;
            }
        }
        let Some(idx) = found else { return };
        if !crossed {
            return self.pop_to(idx);
        }
        if let Some(open) = self.stack.get_mut(idx) {
            open.closed = true;
            let effects = open.effects;
            self.undo_inline(effects);
        }
    }

    pub(super) fn end_block(&mut self, element: &'static Element, name: &[u8]) {
        let mut found = None;
        for (idx, open) in self.stack.inward() {
            let same = self.stack.is(open, element, name)
                || (element.is(flag::HEADING) && open.element.is(flag::HEADING));
            if same {
                found = Some(idx);
                break;
            }
            let barrier = match element.tag {
                Tag::Table | Tag::RowGroup | Tag::Row | Tag::Cell => open.element.tag == Tag::Table,
                Tag::Li => open.element.is(flag::SCOPE) || open.element.tag == Tag::List,
                _ => open.element.is(flag::SCOPE),
            };
            if barrier {
                break;
            }
        }
        let Some(idx) = found else {
            if self.hidden == 0 && element.is(flag::BLOCK) {
                self.flush();
            }
            return;
        };
        // A form's end tag ends the form, not what was opened in it.
        if element.tag == Tag::Form && idx + 1 < self.stack.len() {
            self.flush();
            if let Some(open) = self.stack.get_mut(idx) {
                open.closed = true;
            }
            return;
        }
        self.pop_to(idx);
    }
}
