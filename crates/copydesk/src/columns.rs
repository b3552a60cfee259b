//! Lines of a list, cut to the terminal's width.

use std::io::{self, IsTerminal};

use textwrap::core::display_width;

use crate::explain::safe;

pub(crate) const PLAIN: &str = "";
pub(crate) const BOLD: &str = "\x1b[1m";
pub(crate) const DIM: &str = "\x1b[2m";
const RESET: &str = "\x1b[0m";

/// The width that lines of standard output have to fit; `None` if nobody counts their columns.
pub(crate) fn width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0).max(20))
}

/// A line of these parts, each in its style, cut where the width ends. Whatever a terminal would obey in them is
/// made harmless; whoever prints the line strips the styles where they are not wanted.
pub(crate) fn line(parts: &[(&str, &str)], width: Option<usize>) -> String {
    let parts: Vec<(&str, String)> = parts.iter().map(|(style, text)| (*style, safe(text))).collect();
    let mut room = width.unwrap_or(usize::MAX);
    let n_columns: usize = parts.iter().map(|(_, text)| display_width(text)).sum();
    let is_cut = n_columns > room;
    if is_cut {
        room -= 1;
    }
    let mut line = String::new();
    for (style, text) in &parts {
        let mut part = String::new();
        for c in text.chars() {
            let n_columns = display_width(c.encode_utf8(&mut [0; 4]));
            if n_columns > room {
                room = 0;
                break;
            }
            room -= n_columns;
            part.push(c);
        }
        if part.is_empty() {
            continue;
        }
        if style.is_empty() {
            line.push_str(&part);
        } else {
            line.extend([*style, &part, RESET]);
        }
    }
    if is_cut {
        line.push('…');
    }
    line
}

/// A day, of a day or a moment.
pub(crate) fn day(published: Option<&str>) -> String {
    published.map_or_else(|| "no date".to_owned(), |published| published.chars().take(10).collect())
}

/// The beginning of an id, for people.
pub(crate) fn short(id: &str) -> String {
    id.chars().take(12).collect()
}

/// A file by its name and its folder's.
pub(crate) fn place(uri: &str) -> &str {
    let start = uri.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    uri.get(start..).unwrap_or(uri)
}

/// A headline; where none is stated, how the text begins, in quotes.
pub(crate) fn headline(title: Option<&str>, opening: &str) -> String {
    match (title, opening.trim()) {
        (Some(title), _) => title.to_owned(),
        (None, "") => "(no title stated)".to_owned(),
        (None, opening) => format!("“{}…”", opening.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fit_whatever_they_hold() {
        let parts = [(BOLD, "Fog\u{1b}[2J"), (PLAIN, "  "), (DIM, "大雨が降った")];
        assert_eq!(line(&parts, None), "\x1b[1mFog\u{fffd}[2J\x1b[0m  \x1b[2m大雨が降った\x1b[0m");
        for width in 0..24 {
            let shown = line(&parts, Some(width.max(1)));
            assert!(display_width(&shown) <= width.max(1), "{width}: {shown:?}");
        }
        assert_eq!(line(&parts, Some(9)), "\x1b[1mFog\u{fffd}[2J\x1b[0m …");
        assert_eq!(line(&[(PLAIN, "abc")], Some(3)), "abc");
    }

    #[test]
    fn a_place_is_a_name_and_its_folder() {
        assert_eq!(place("file:/in/lantern/fog.html#3"), "lantern/fog.html#3");
        assert_eq!((place("file:/fog.txt"), place("fog.txt"), place("")), ("file:/fog.txt", "fog.txt", ""));
    }
}
