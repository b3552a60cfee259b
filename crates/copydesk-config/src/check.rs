//! The whole document against all that can be named: from tree to plan.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use copydesk_core::{OptionKind, OptionSpec};
use serde_json::Value;

use crate::component::{Checker, Keys};
use crate::document::{Item, Node, Table, parse};
use crate::error::{ConfigErrors, Place, Problem};
use crate::keys::{ADMIN, RUNTIME, SECTIONS, SINK, STAGE, TOP};
use crate::overrides::Finding;
use crate::plan::{AdminPlan, Options, Plan, RuntimePlan, SinkPlan, SinkPolicy, SourcePlan, StagePlan};
use crate::value::tidy;
use crate::{Catalog, Overrides};

/// Checks the configuration `text`, which stands in `file`: relative paths start at that file's folder.
pub fn load(
    text: &str,
    file: &Path,
    catalog: &Catalog<'_>,
    overrides: &Overrides,
) -> Result<Plan, ConfigErrors> {
    // Without a current folder a relative path stays relative; there is nothing better to start from.
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = absolute.parent().unwrap_or(Path::new("/")).to_owned();
    let document = match parse(text.trim_start_matches('\u{feff}')) {
        Ok(document) => document,
        Err(errors) => {
            let problem = |(place, message)| Problem { file: Some(file.to_owned()), place, message };
            return Err(ConfigErrors { problems: errors.into_iter().map(problem).collect() });
        }
    };
    plan(document, Some(file.to_owned()), folder, catalog, overrides)
}

/// The plan that needs no configuration: articles dropped into `folder` are cleaned, described, checked for
/// duplicates, and stored in `articles.db` in the folder `state`. Relative overrides start at `base`.
pub fn embedded(
    folder: &Path,
    state: &Path,
    base: &Path,
    catalog: &Catalog<'_>,
    overrides: &Overrides,
) -> Result<Plan, ConfigErrors> {
    let node = |item| Node { item, place: Place::Embedded };
    let mut problems = Vec::new();
    let mut text = |path: PathBuf| {
        let named = path.to_str().map(str::to_owned);
        if named.is_none() {
            let message = format!("the name of `{}` is not UTF-8", path.display());
            problems.push(Problem { file: None, place: Place::Embedded, message });
        }
        node(Item::String(named.unwrap_or_default()))
    };
    let table = |entries: Vec<(&str, Node)>| {
        let mut table = Table::default();
        for (key, value) in entries {
            table.entry(key, || value);
        }
        node(Item::Table(table))
    };
    let kind = |name: &str| ("type", node(Item::String(name.to_owned())));
    let stages = [
        "strip_boilerplate",
        "strip_recurring",
        "drop_repeats",
        "enrich",
        "find_duplicates",
        "find_stories",
        "watch_yield",
    ];
    let mut document = Table::default();
    document.entry("state", || text(state.to_owned()));
    let source = table(vec![kind("folder"), ("path", text(folder.to_owned()))]);
    document.entry("source", || source);
    document.entry("stage", || node(Item::List(stages.iter().map(|name| table(vec![kind(name)])).collect())));
    let sink = table(vec![kind("sqlite"), ("path", text(state.join("articles.db")))]);
    document.entry("sink", || node(Item::List(vec![sink])));
    if !problems.is_empty() {
        return Err(ConfigErrors { problems });
    }
    plan(document, None, base.to_owned(), catalog, overrides)
}

fn plan(
    mut document: Table,
    file: Option<PathBuf>,
    folder: PathBuf,
    catalog: &Catalog<'_>,
    overrides: &Overrides,
) -> Result<Plan, ConfigErrors> {
    let mut checker = Checker { file, folder, overrides, problems: Vec::new(), warnings: Vec::new() };
    for finding in overrides.apply(&mut document) {
        match finding {
            Finding::Problem(place, message) => checker.problem(&place, message),
            Finding::Warning(place, message) => checker.warning(&place, message),
        }
    }
    let top = checker.top(&document);
    let plan = Plan {
        file: checker.file.clone(),
        state: top.get("state").and_then(Value::as_str).map(PathBuf::from),
        source: checker.source(&document, catalog),
        reader: checker.section(&document, "reader", catalog.reader),
        stages: checker.stages(&document, catalog),
        sinks: checker.sinks(&document, catalog),
        runtime: checker.runtime(&document),
        admin: checker.admin(&document),
        warnings: Vec::new(),
    };
    checker.paths(&plan, catalog);
    if checker.problems.is_empty() {
        return Ok(Plan { warnings: checker.warnings, ..plan });
    }
    // The parts were checked in an order of their own; a reader goes through the file.
    checker.problems.sort_by(|a, b| a.place.cmp(&b.place));
    Err(ConfigErrors { problems: checker.problems })
}

impl Checker<'_> {
    /// Where something that is not there at all is missed.
    fn start(&self) -> Place {
        if self.file.is_some() { Place::File { line: 1, column: 1 } } else { Place::Embedded }
    }

    fn top(&mut self, document: &Table) -> Options {
        let keys = Keys { specs: TOP.iter().collect(), others: SECTIONS, open: false };
        let start = self.start();
        self.options(document, &start, "the configuration", &keys)
    }

    /// A table of which there is at most one, and whose keys all have values.
    fn section(&mut self, document: &Table, key: &str, specs: &[OptionSpec]) -> Options {
        let empty = Table::default();
        let start = self.start();
        let (table, place) = self.table(document, key).unwrap_or((&empty, &start));
        let keys = Keys { specs: specs.iter().collect(), others: &[], open: false };
        self.options(table, place, &format!("[{key}]"), &keys)
    }

    fn source(&mut self, document: &Table, catalog: &Catalog<'_>) -> SourcePlan {
        let nothing = SourcePlan { kind: String::new(), options: Options::default() };
        if document.get("source").is_none() {
            let message =
                "no [source] (say where articles come from: `type = \"folder\"`, `path = \"inbox\"`)";
            self.problem(&self.start(), message);
        }
        let Some((table, place)) = self.table(document, "source") else { return nothing };
        let available: Vec<&str> = catalog.all_sources().map(|source| source.name).collect();
        let find = |kind: &str| catalog.all_sources().find(|source| source.name == kind);
        let Some((kind, spec)) = self.component(table, place, "source", "[source]", &available, find) else {
            return nothing;
        };
        let keys = Keys { specs: spec.options.iter().collect(), others: &["type"], open: false };
        SourcePlan { kind, options: self.options(table, place, "[source]", &keys) }
    }

    fn stages(&mut self, document: &Table, catalog: &Catalog<'_>) -> Vec<StagePlan> {
        let available: Vec<&str> = catalog.registry.stages().map(|entry| entry.name).collect();
        let find = |kind: &str| catalog.registry.find_stage(kind).map(|entry| entry.options);
        let mut stages = Vec::new();
        for (idx, (table, place)) in self.tables(document, "stage").into_iter().enumerate() {
            let label = format!("[[stage]] #{}", idx + 1);
            let found = self.component(table, place, "stage", &label, &available, find);
            let (kind, mut options) = self.named(table, place, &label, found, STAGE);
            let name = take_name(&mut options, &kind);
            stages.push(StagePlan { name, kind, options, place: place.clone() });
        }
        if stages.is_empty() && document.get("stage").is_none() {
            self.warning(&self.start(), "no [[stage]]: articles are delivered as they are read");
        }
        self.names("stage", stages.iter().map(|stage| (&stage.name, &stage.place)));
        stages
    }

    fn sinks(&mut self, document: &Table, catalog: &Catalog<'_>) -> Vec<SinkPlan> {
        let available: Vec<&str> = catalog.registry.sinks().map(|entry| entry.name).collect();
        let find = |kind: &str| catalog.registry.find_sink(kind).map(|entry| entry.options);
        let mut sinks = Vec::new();
        for (idx, (table, place)) in self.tables(document, "sink").into_iter().enumerate() {
            let label = format!("[[sink]] #{}", idx + 1);
            let found = self.component(table, place, "sink", &label, &available, find);
            let (kind, mut options) = self.named(table, place, &label, found, SINK);
            let name = take_name(&mut options, &kind);
            let policy = take_policy(&mut options);
            if policy.retry_min > policy.retry_max {
                let given = table.get("retry_min").or(table.get("retry_max"));
                let place = given.map_or(place, |entry| &entry.node.place);
                self.problem(place, format!("`retry_min` in {label} is longer than `retry_max`"));
            }
            sinks.push(SinkPlan { name, kind, options, policy, place: place.clone() });
        }
        if sinks.is_empty() {
            let message = format!("no [[sink]] (say where articles go; available: {})", available.join(", "));
            self.problem(&self.start(), message);
        }
        self.names("sink", sinks.iter().map(|sink| (&sink.name, &sink.place)));
        sinks
    }

    /// The options of a stage or sink, its own and those that all have; its own are unknown if its type is.
    pub(crate) fn named(
        &mut self,
        table: &Table,
        place: &Place,
        label: &str,
        found: Option<(String, &'static [OptionSpec])>,
        common: &'static [OptionSpec],
    ) -> (String, Options) {
        let open = found.is_none();
        let (kind, own) = found.unwrap_or_default();
        // An option of the component's own stands before the common one of the same name.
        let common = common.iter().filter(|spec| !own.iter().any(|other| other.name == spec.name));
        let keys = Keys { specs: own.iter().chain(common).collect(), others: &["type"], open };
        let options = self.options(table, place, label, &keys);
        (kind, options)
    }

    /// Names are fit for file names and messages, and no two are the same.
    pub(crate) fn names<'n>(&mut self, what: &str, names: impl Iterator<Item = (&'n String, &'n Place)>) {
        let mut seen: BTreeMap<String, &Place> = BTreeMap::new();
        for (name, place) in names.filter(|(name, _)| !name.is_empty()) {
            let fit = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if name.len() > 64 || !name.chars().all(fit) {
                let shown = name.escape_debug();
                self.problem(
                    place,
                    format!("`{shown}` cannot name a {what} (letters, digits, `_` and `-`, at most 64)"),
                );
            }
            // Names become file names, and not every file system tells cases apart.
            if let Some(first) = seen.insert(name.to_ascii_lowercase(), place) {
                let at = match first {
                    Place::File { line, .. } => format!(" (the other is in line {line})"),
                    _ => String::new(),
                };
                self.problem(
                    place,
                    format!("two {what}s are called `{name}`{at}; give one a `name` of its own"),
                );
            }
        }
    }

    fn runtime(&mut self, document: &Table) -> RuntimePlan {
        let options = self.section(document, "runtime", RUNTIME);
        RuntimePlan {
            workers: number(&options, "workers") as usize,
            grace: Duration::from_millis(number(&options, "grace")),
            queue: number(&options, "queue") as usize,
            queue_bytes: number(&options, "queue_bytes"),
            quarantine_bytes: number(&options, "quarantine_bytes"),
        }
    }

    fn admin(&mut self, document: &Table) -> Option<AdminPlan> {
        let (table, place) = self.table(document, "admin")?;
        let keys = Keys { specs: ADMIN.iter().collect(), others: &[], open: false };
        let options = self.options(table, place, "[admin]", &keys);
        let listen = options.get("listen").and_then(Value::as_str).unwrap_or_default();
        let place = table.get("listen").map_or(place, |entry| &entry.node.place);
        if let Ok(listen) = listen.parse() {
            return Some(AdminPlan { listen });
        }
        let wants = "`listen` takes an address such as \"127.0.0.1:9477\"";
        if options.secrets.iter().any(|name| name == "listen") {
            self.problem(place, wants);
        } else {
            self.problem(place, format!("{wants}, not `{}`", listen.escape_debug()));
        }
        None
    }

    /// No two sinks write to one file, and none writes into the drop folder, whose files are taken in again.
    fn paths(&mut self, plan: &Plan, catalog: &Catalog<'_>) {
        let inbox = plan.source.options.get("path").and_then(Value::as_str).map(|path| tidy(Path::new(path)));
        let mut seen: BTreeMap<PathBuf, &str> = BTreeMap::new();
        for sink in &plan.sinks {
            let Some(entry) = catalog.registry.find_sink(&sink.kind) else { continue };
            for spec in entry.options.iter().filter(|spec| spec.kind == OptionKind::Path) {
                let Some(path) = sink.options.get(spec.name).and_then(Value::as_str) else { continue };
                let path = tidy(Path::new(path));
                if inbox.as_ref().is_some_and(|inbox| plan.source.kind == "folder" && path.starts_with(inbox))
                {
                    // In the plan without configuration the state folder may lie there; it is passed over.
                    let in_state = plan.state.as_ref().is_some_and(|state| path.starts_with(state));
                    if !in_state {
                        let message = format!(
                            "`{}` of the sink `{}` lies in the drop folder, so what it writes would be taken in again",
                            spec.name, sink.name
                        );
                        self.problem(&sink.place, message);
                    }
                }
                if let Some(other) = seen.insert(path.clone(), &sink.name) {
                    let message =
                        format!("the sinks `{other}` and `{}` both write to `{}`", sink.name, path.display());
                    self.problem(&sink.place, message);
                }
            }
        }
    }
}

fn number(options: &Options, name: &str) -> u64 {
    options.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn take_name(options: &mut Options, kind: &str) -> String {
    match options.values.remove("name") {
        Some(Value::String(name)) => name,
        _ => kind.to_owned(),
    }
}

fn take_policy(options: &mut Options) -> SinkPolicy {
    let mut take =
        |name: &str| options.values.remove(name).and_then(|value| value.as_u64()).unwrap_or_default();
    SinkPolicy {
        batch_max: take("batch_max") as usize,
        batch_bytes: take("batch_bytes"),
        batch_linger: Duration::from_millis(take("batch_linger")),
        retry_min: Duration::from_millis(take("retry_min")),
        retry_max: Duration::from_millis(take("retry_max")),
        stall: Duration::from_millis(take("stall")),
    }
}
