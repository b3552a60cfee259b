use super::*;
use crate::PackageChoices;

const GOOD: &str = "name = \"keeper\"\nversion = \"1.0\"\n[stage]\ntype = \"plain\"\n";

fn checked(text: &str) -> Result<crate::Package, String> {
    let mut registry = Registry::default();
    registry.stage::<Plain>("plain", |_, _| Ok(Plain));
    registry.stage::<Plain>("other", |_, _| Ok(Plain));
    let catalog = Catalog { registry: &registry, sources: &[], reader: &[] };
    let choices =
        PackageChoices { kinds: &["plain"], after: &["strip_boilerplate", "drop_repeats", "enrich"] };
    let overrides = Overrides { variables: Vec::new(), sets: Vec::new(), reserved: &[] };
    crate::package(text, Path::new("/p/plugin.toml"), &catalog, choices, &overrides)
        .map_err(|errors| errors.to_string())
}

#[test]
fn a_package_names_its_stage() {
    let package = checked(GOOD).unwrap();
    assert_eq!((package.name.as_str(), package.stage.name.as_str()), ("keeper", "keeper"));
    assert_eq!(package.stage.kind, "plain");
    assert_eq!(package.after.len(), 3);
    let package = checked(&GOOD.replace("[stage]", "after = []\n[stage]\nname = \"other\"")).unwrap();
    assert_eq!((package.after.len(), package.stage.name.as_str()), (0, "other"));
}

#[test]
fn every_problem_of_a_package_is_told_at_once() {
    let text = "nmae = \"x\"\nversion = 1\nafter = [\"find_duplicates\"]\n[stage]\ntype = \"other\"\n";
    let problems = checked(text).unwrap_err();
    for expected in [
        "/p/plugin.toml:1:1: unknown key `nmae` in the package, did you mean `name`?",
        "the package lacks `name`",
        "/p/plugin.toml:2:11: `version` takes",
        "`after` cannot name `find_duplicates` (available: strip_boilerplate, drop_repeats, enrich)",
        "/p/plugin.toml:5:8: unknown stage `other` in [stage]",
    ] {
        assert!(problems.contains(expected), "{expected} is not in\n{problems}");
    }
    let problem = |from: &str, to: &str| checked(&GOOD.replace(from, to)).unwrap_err();
    assert!(problem("keeper", "a b").contains("`a b` cannot name a plugin"));
    assert!(problem("1.0", " ").contains("`version` is empty"));
    assert!(problem("[stage]\ntype = \"plain\"\n", "").contains("no [stage]"));
    assert!(problem("[stage]", "[[stage]]").contains("write [stage], not [[stage]]"));
    assert!(problem("\"plain\"", "\"plain\"\nworkers = 2").contains("unknown key `workers` in [stage]"));
    assert!(problem("name = ", "name = = ").contains("/p/plugin.toml:1:"));
}
