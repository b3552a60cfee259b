//! An article in other formats. What a format has no place for is left out; nothing is invented for it.

mod jsonld;
mod ninjs;

pub(crate) use jsonld::jsonld;
pub(crate) use ninjs::ninjs;
