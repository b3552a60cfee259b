//! Whether a pack is for an article's source: a site and those below it, or folders.

/// True if a pack for `site` is for articles from `source`: its host or one below it, or, where only a folder is
/// known (`file:/a/b`), a folder of that name above the file, or folders.
pub(crate) fn is_for(site: &str, source: &str) -> bool {
    let Some(folder) = source.strip_prefix("file:") else { return is_below(source, site) };
    let folder = folder.to_lowercase();
    let folders: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let wanted: Vec<&str> = site.split('/').collect();
    match wanted.as_slice() {
        [one] => folders.iter().any(|folder| is_below(folder, one)),
        several => folders.windows(several.len()).any(|folders| folders == several),
    }
}

fn is_below(host: &str, site: &str) -> bool {
    host.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_its_host_and_those_below() {
        assert!(is_for("example.org", "example.org") && is_for("example.org", "news.example.org"));
        assert!(!is_for("example.org", "counterexample.org") && !is_for("news.example.org", "example.org"));
    }

    #[test]
    fn without_a_host_the_folder_says_it() {
        let folder = "file:/inbox/Regional/Blatt/2026";
        assert!(is_for("blatt", folder) && is_for("regional/blatt", folder));
        assert!(!is_for("blatt/regional", folder) && !is_for("att", folder) && !is_for("a/b/c/d/e", folder));
        assert!(is_for("blatt.example", "file:/inbox/www.blatt.example"));
    }
}
