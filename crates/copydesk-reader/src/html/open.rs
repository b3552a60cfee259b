//! The elements that are open at a point of the page, and the skeleton made of those that hold text.
//!
//! Names and attributes of open elements lie in one arena that shrinks as they close, so an element without
//! text costs no allocation, and the stack never grows beyond its cap.

use copydesk_core::{Node, Page};

use super::elements::{Element, Tag, element, flag};
use super::tokens::{Attr, Attrs};

/// Bytes kept of an element's class, id and the like.
const MAX_ATTRS: usize = 200;
/// Not in the skeleton yet.
const NO_NODE: u32 = u32::MAX;

/// What an open element does to the text in it.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, undone when the element closes"
)]
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Effects {
    /// It stands on lines of its own.
    pub(crate) block: bool,
    /// Its text is not shown.
    pub(crate) hides: bool,
    /// It is a link.
    pub(crate) link: bool,
    /// It sets text apart.
    pub(crate) emphasis: bool,
    /// Its text is a hint.
    pub(crate) hint: bool,
    /// Its text is JSON-LD.
    pub(crate) jsonld: bool,
}

/// An open element.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) element: &'static Element,
    pub(crate) effects: Effects,
    /// An end tag was seen for it already, out of order.
    pub(crate) closed: bool,
    pub(crate) node: u32,
    children: u32,
    name_at: usize,
    attrs_at: usize,
    end: usize,
}

/// The stack of open elements.
#[derive(Debug)]
pub(crate) struct Stack {
    open: Vec<Open>,
    arena: String,
    counts: [u32; Tag::Title as usize + 1],
    nodes: Vec<Node>,
}

impl Stack {
    /// A stack that holds the root alone.
    pub(crate) fn new() -> Stack {
        let mut stack = Stack {
            open: Vec::new(),
            arena: String::new(),
            counts: [0; Tag::Title as usize + 1],
            nodes: Vec::new(),
        };
        stack.push(element(b"html"), b"html", &Attrs::default(), Effects::default());
        stack.ensure_node(0);
        stack
    }

    pub(crate) fn into_page(self) -> Page {
        Page { nodes: self.nodes }
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn get_mut(&mut self, idx: usize) -> Option<&mut Open> {
        self.open.get_mut(idx)
    }

    pub(crate) fn top(&self) -> Option<&Open> {
        self.open.last()
    }

    /// Open elements, innermost first, with their places.
    pub(crate) fn inward(&self) -> impl Iterator<Item = (usize, &Open)> {
        self.open.iter().enumerate().rev()
    }

    /// How many elements of this kind are open.
    pub(crate) fn count(&self, tag: Tag) -> u32 {
        self.counts.get(tag as usize).copied().unwrap_or(0)
    }

    /// The innermost element of one of these kinds, within what shows no text.
    pub(crate) fn nearest(&self, tags: &[Tag]) -> Option<(usize, Tag)> {
        if tags.iter().all(|tag| self.count(*tag) == 0) {
            return None;
        }
        self.inward()
            .take_while(|(_, open)| !open.element.is(flag::HIDDEN))
            .map(|(idx, open)| (idx, open.element.tag))
            .find(|(_, tag)| tags.contains(tag))
    }

    /// True if the open element is what an end tag of this name ends.
    pub(crate) fn is(&self, open: &Open, element: &'static Element, name: &[u8]) -> bool {
        !open.closed
            && std::ptr::eq(open.element, element)
            && (!element.name.is_empty()
                || self.arena.get(open.name_at..open.attrs_at).is_some_and(|other| other.as_bytes() == name))
    }

    /// The element's child, of whatever kind, is counted.
    pub(crate) fn count_child(&mut self) {
        if let Some(parent) = self.open.last_mut() {
            parent.children = parent.children.saturating_add(1);
        }
    }

    pub(crate) fn push(&mut self, element: &'static Element, name: &[u8], attrs: &Attrs, effects: Effects) {
        let name_at = self.arena.len();
        self.arena.push_str(if element.name.is_empty() {
            std::str::from_utf8(name).unwrap_or("unknown")
        } else {
            element.name
        });
        let attrs_at = self.arena.len();
        push_attrs(&mut self.arena, attrs);
        if let Some(count) = self.counts.get_mut(element.tag as usize) {
            *count += 1;
        }
        self.open.push(Open {
            element,
            effects,
            closed: false,
            node: NO_NODE,
            children: 0,
            name_at,
            attrs_at,
            end: self.arena.len(),
        });
    }

    /// Attributes of a root or body whose tag came late.
    pub(crate) fn set_attrs(&mut self, idx: usize, attrs: &Attrs) {
        let mut late = String::new();
        push_attrs(&mut late, attrs);
        if let Some(node) = self.open.get(idx).and_then(|open| self.nodes.get_mut(open.node as usize)) {
            node.attrs = late.into();
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Open> {
        let open = self.open.pop()?;
        self.arena.truncate(open.name_at);
        if let Some(count) = self.counts.get_mut(open.element.tag as usize) {
            *count -= 1;
        }
        if let Some(node) = self.nodes.get_mut(open.node as usize) {
            node.children = open.children;
        }
        Some(open)
    }

    /// The skeleton's node for the innermost block.
    pub(crate) fn block_node(&mut self) -> u32 {
        let innermost = self.inward().find(|(_, open)| open.effects.block).map_or(0, |(idx, _)| idx);
        self.ensure_node(innermost)
    }

    fn ensure_node(&mut self, idx: usize) -> u32 {
        let known = self.open.iter().take(idx + 1).rposition(|open| open.node != NO_NODE);
        let mut parent = known.and_then(|idx| self.open.get(idx)).map_or(0, |open| open.node);
        for depth in known.map_or(0, |idx| idx + 1)..=idx {
            let Some(open) = self.open.get_mut(depth) else { break };
            open.node = self.nodes.len() as u32;
            self.nodes.push(Node {
                parent,
                tag: self.arena.get(open.name_at..open.attrs_at).unwrap_or("").into(),
                attrs: self.arena.get(open.attrs_at..open.end).unwrap_or("").into(),
                depth: u16::try_from(depth).unwrap_or(u16::MAX),
                children: 0,
            });
            parent = open.node;
        }
        parent
    }
}

/// Appends what tells elements apart, in lower case, cut at the cap.
fn push_attrs(arena: &mut String, attrs: &Attrs) {
    if attrs.is_empty() {
        return;
    }
    let start = arena.len();
    let kept = [Attr::Class, Attr::Id, Attr::Role, Attr::Itemprop, Attr::DataTestid, Attr::AriaLabel];
    let hidden = attrs.get(Attr::AriaHidden).filter(|value| value.eq_ignore_ascii_case("true"));
    for value in kept.iter().filter_map(|attr| attrs.get(*attr)).chain(hidden.map(|_| "aria-hidden")) {
        for word in value.split_whitespace() {
            if arena.len() - start + word.len() >= MAX_ATTRS {
                return;
            }
            if arena.len() > start {
                arena.push(' ');
            }
            arena.extend(word.chars().flat_map(char::to_lowercase));
        }
    }
}

/// True if the page's author hid the element, and nobody but a script could show it.
///
/// What waits to be put in its place as the page streams in is shown, and so is what a reader can unfold.
pub(crate) fn is_hidden_by_author(element: &'static Element, attrs: &Attrs) -> bool {
    if attrs.is_empty() || matches!(element.tag, Tag::Html | Tag::Body) {
        return false;
    }
    let by_attribute =
        attrs.get(Attr::Hidden).is_some_and(|value| !value.eq_ignore_ascii_case("until-found"));
    let hidden = by_attribute || attrs.get(Attr::Style).is_some_and(hides);
    hidden && !(by_attribute && is_streamed(attrs)) && !is_foldable(attrs)
}

fn hides(style: &str) -> bool {
    let style: String =
        style.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    style.contains("display:none") || style.contains("visibility:hidden")
}

/// React sends late parts of a page as `<div hidden id="S:1f">`.
fn is_streamed(attrs: &Attrs) -> bool {
    attrs.get(Attr::Id).and_then(|id| id.strip_prefix("S:")).is_some_and(|number| {
        !number.is_empty() && number.len() <= 8 && number.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Panels of an accordion: closed, as `details` may be.
fn is_foldable(attrs: &Attrs) -> bool {
    let names = [Attr::Class, Attr::Id, Attr::DataThemeKey];
    attrs.get(Attr::Role).is_some_and(|role| role.eq_ignore_ascii_case("region"))
        || names.iter().filter_map(|attr| attrs.get(*attr)).any(|name| {
            let name = name.to_ascii_lowercase();
            name.contains("collaps") || name.contains("accordion")
        })
}

/// True for the elements that set running text, where a button or a component does not break the line.
pub(crate) fn is_running_text(element: &'static Element) -> bool {
    element.is(flag::HEADING | flag::VERBATIM) || matches!(element.tag, Tag::P | Tag::Cell | Tag::Caption)
}
