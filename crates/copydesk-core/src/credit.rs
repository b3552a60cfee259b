//! Who made a picture, between slashes at the end of its caption.

/// Where a photographer and an agency between slashes start, if `text` ends in them behind a space.
///
/// ```
/// let caption = "The pier in winter. /Jane Doe/Coastline Pictures";
/// assert_eq!(copydesk_core::slashed_credit(caption), caption.find("/Jane"));
/// assert_eq!(copydesk_core::slashed_credit("The limit is 50 km/h and/or less."), None);
/// ```
pub fn slashed_credit(text: &str) -> Option<usize> {
    let text = text.trim_end();
    let mut slashes = text.rmatch_indices('/').map(|(at, _)| at);
    let slash = slashes.find(|at| text.get(..*at).is_some_and(|before| before.ends_with(' ')))?;
    let (before, names) = (text.get(..slash - 1)?, text.get(slash + 1..)?);
    let parts: Vec<&str> = names.split('/').collect();
    let is_name = |part: &&str| {
        let part = part.trim();
        let n_words = part.split_whitespace().count();
        (1..=5).contains(&n_words) && part.starts_with(char::is_uppercase) && !part.ends_with('.')
    };
    (!before.is_empty() && (2..=4).contains(&parts.len()) && parts.iter().all(is_name)).then_some(slash)
}
