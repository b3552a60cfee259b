//! Pages.

use super::{reading, variant};

/// Any bytes as a page.
pub fn run(bytes: &[u8]) {
    let (choice, bytes) = variant(bytes);
    let options = if choice & 1 == 0 { reading::usual() } else { reading::tight() };
    let name = if choice & 2 == 0 { "a.html" } else { "a.xhtml" };
    reading::read(name, bytes, &options);
}
