//! Reads the packs that are built in, so that the program starts without parsing TOML or expressions.
//!
//! What comes out is `built_in.rs`: sections, one for each rule of each pack, with phrases as keys and patterns
//! with the literals they begin with. A pack that cannot be read stops the build with every problem and its line.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[path = "src/fold.rs"]
mod fold;
#[path = "src/packs/reading.rs"]
mod reading;
#[path = "src/packs/source.rs"]
#[allow(dead_code, reason = "examples and reasons are read by tests, not here")]
mod source;

use source::{At, PackSource, RuleSource};

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=packs");
    // Asked now, not when this was compiled: build folders may outlive the tree they were made for.
    let folder = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("packs");
    let built = files(&folder).and_then(|files| generate(&files)).and_then(|code| {
        let out = std::env::var("OUT_DIR").map_err(|error| error.to_string())?;
        std::fs::write(Path::new(&out).join("built_in.rs"), code).map_err(|error| error.to_string())
    });
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            eprintln!("{problems}");
            ExitCode::FAILURE
        }
    }
}

/// The packs, English first, for its stems are the most, and the mixed one last.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort_by_key(|file| {
        let name = stem(file);
        (name == "any", name != "en", name)
    });
    Ok(files)
}

fn stem(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn generate(files: &[PathBuf]) -> Result<String, String> {
    let mut problems = String::new();
    let mut sections = String::new();
    let mut reported = Vec::new();
    let mut sources = String::new();
    // A stem that two packs name for one rule is looked for once.
    let mut stems = BTreeSet::new();
    for file in files {
        println!("cargo:rerun-if-changed={}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let (pack, wrong) = source::parse(&text);
        for problem in wrong {
            let _ = writeln!(problems, "{}:{}: {}", file.display(), problem.line, problem.message);
        }
        let mut section = Section { file, problems: &mut problems, stems: &mut stems };
        for rule in &pack.rules {
            sections += &section.of(rule, &pack);
        }
        reported.extend(pack.reported.iter().map(|word| folded(&word.value)));
        let name = stem(file);
        let _ = writeln!(sources, "    ({name:?}, include_str!({:?})),", file.display().to_string());
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let reported = reading::reported(reported.iter().map(String::as_str));
    Ok(format!(
        "/// What the packs say of each rule.\n\
         pub(crate) static SECTIONS: &[Section] = &[\n{sections}];\n\
         /// Expressions that find words of reporting.\n\
         pub(crate) static REPORTED: &[&str] = &{reported:?};\n\
         /// The packs as they are written.\n\
         #[cfg(test)]\n\
         pub(crate) static SOURCES: &[(&str, &str)] = &[\n{sources}];\n"
    ))
}

struct Section<'a> {
    file: &'a Path,
    problems: &'a mut String,
    stems: &'a mut BTreeSet<(String, String)>,
}

impl Section<'_> {
    fn of(&mut self, rule: &RuleSource, pack: &PackSource) -> String {
        let language = pack.language.as_ref().map_or("", |language| language.value.as_str());
        let patterns: Vec<String> = rule.patterns.iter().map(|pattern| self.pattern(pattern)).collect();
        let sentences: Vec<(&str, &str, bool)> = rule
            .sentences
            .iter()
            .map(|sentence| {
                let beyond_ascii =
                    self.expression(&sentence.core).is_some_and(|hir| reading::is_beyond_ascii(&hir));
                let with = sentence.with.as_ref();
                if let Some(with) = with {
                    self.expression(with);
                }
                (sentence.core.value.as_str(), with.map_or("", |with| with.value.as_str()), beyond_ascii)
            })
            .collect();
        let stems: Vec<String> = rule
            .stems
            .iter()
            .flat_map(|stem| reading::cases(&stem.value))
            .filter(|stem| self.stems.insert((rule.name.value.clone(), stem.clone())))
            .collect();
        format!(
            "    Section {{ rule: {:?}, language: {language:?}, phrases: &{:?}, patterns: &[{}], \
             sentences: &{sentences:?}, stems: &{stems:?}, weak: &{:?} }},\n",
            rule.name.value,
            keys(&rule.phrases),
            patterns.join(", "),
            keys(&rule.weak),
        )
    }

    fn expression(&mut self, source: &At<String>) -> Option<regex_syntax::hir::Hir> {
        match reading::parse(&source.value) {
            Ok(hir) => Some(hir),
            Err(error) => {
                let _ = writeln!(self.problems, "{}:{}: {error}", self.file.display(), source.line);
                None
            }
        }
    }

    fn pattern(&mut self, source: &At<String>) -> String {
        let whole = reading::whole(&source.value);
        let hir = self.expression(&At { value: whole.clone(), line: source.line });
        let prefixes = hir.as_ref().and_then(reading::prefixes).map(|prefixes| {
            let literals: BTreeSet<String> =
                prefixes.iter().map(|prefix| format!("b\"{}\"", prefix.escape_ascii())).collect();
            literals.into_iter().collect::<Vec<_>>().join(", ")
        });
        let prefixes = prefixes.map_or("None".to_owned(), |prefixes| format!("Some(&[{prefixes}])"));
        format!("Pattern {{ source: {whole:?}, prefixes: {prefixes} }}")
    }
}

/// What phrases are compared by, each once.
fn keys(phrases: &[At<String>]) -> Vec<String> {
    let mut out = String::new();
    let keys: BTreeSet<String> = phrases
        .iter()
        .map(|phrase| {
            fold::key(&folded(&phrase.value), &mut out);
            out.clone()
        })
        .collect();
    keys.into_iter().collect()
}

fn folded(text: &str) -> String {
    let mut out = String::new();
    fold::fold(text, &mut out);
    out
}
