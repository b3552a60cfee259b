//! Damaged and hostile pages through the whole clean path: `cargo dev damage [--data DIR]`.
//!
//! None may panic, break a law, take over a second of CPU time, or bring the process over 300 MB. A page that is
//! refused with an error is no failure: that is what the quarantine is for.

mod make;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path as FilePath, PathBuf};

use anyhow::{Context, bail};

use self::make::{Damaged, FULL};
use crate::bench_clean::laws::{Tally, law_breaches};
use crate::bench_peers::cpu_s;
use crate::train::path::Path;

/// What to damage.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// A folder with `html/ID.html.gz` and `dirty/ID.txt.gz` [default: invented pages alone]
    #[arg(long)]
    data: Option<PathBuf>,
    /// How many pages
    #[arg(long, default_value_t = 2000)]
    pages: u64,
    /// The first page's seed
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// CPU seconds that a page may take.
const MAX_SECONDS: f64 = 1.0;
/// Memory of the process, in MB.
const MAX_MB: f64 = 300.0;
/// Pages whose figures are printed.
const N_SHOWN: usize = 12;

/// What a page cost.
struct Cost {
    what: String,
    seconds: f64,
    mb: f64,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    if cfg!(debug_assertions) {
        return crate::bench::again_in_release();
    }
    let bases = bases(options.data.as_deref())?;
    let mut run = Run::new()?;
    for seed in options.seed..options.seed + options.pages {
        let (base, ending) = base(&bases, seed)?;
        run.take(&make::make(seed, &base, ending, FULL));
    }
    run.report()
}

/// The pages of a data set, by path.
fn bases(data: Option<&FilePath>) -> anyhow::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for dir in data.iter().flat_map(|data| [data.join("html"), data.join("dirty")]) {
        for entry in std::fs::read_dir(&dir).with_context(|| format!("cannot list {}", dir.display()))? {
            paths.push(entry?.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// What a page is made from: every other time a page of the set, if there is one.
fn base(bases: &[PathBuf], seed: u64) -> anyhow::Result<(Vec<u8>, &'static str)> {
    let idx = make::Chance::new(seed ^ 0x5eed).below(bases.len());
    if let Some(path) = bases.get(idx).filter(|_| seed.is_multiple_of(2)) {
        let bytes = std::fs::read(path)?;
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(bytes.as_slice()), &mut plain)?;
        let is_html = path.file_name().is_some_and(|name| name.to_string_lossy().contains(".html"));
        return Ok((plain, if is_html { "html" } else { "txt" }));
    }
    Ok(invented(seed))
}

fn invented(seed: u64) -> (Vec<u8>, &'static str) {
    let text = crate::invent::article(seed, 3000);
    match seed % 4 {
        1 => (text.into_bytes(), "txt"),
        2 => (text.into_bytes(), "md"),
        _ => (crate::invent::page(&text).into_bytes(), "html"),
    }
}

/// Pages taken so far.
struct Run {
    path: Path,
    tally: Tally,
    costs: Vec<Cost>,
    n_refused: usize,
    /// What was wrong.
    failures: Vec<String>,
}

impl Run {
    fn new() -> anyhow::Result<Run> {
        Ok(Run {
            path: Path::new(true)?,
            tally: Tally::default(),
            costs: Vec::new(),
            n_refused: 0,
            failures: Vec::new(),
        })
    }

    /// Cleans a page, and holds it to the laws.
    fn take(&mut self, page: &Damaged) {
        let what = format!("{} ({} bytes): {}", page.name, page.bytes.len(), page.what);
        forget_most_memory();
        let start = cpu_s();
        let cleaned = catch_unwind(AssertUnwindSafe(|| self.path.clean(&page.name, page.bytes.clone())));
        let seconds = cpu_s() - start;
        self.costs.push(Cost { what: what.clone(), seconds, mb: most_memory() });
        let article = match cleaned {
            Ok(Ok(article)) => article,
            Ok(Err(_)) => {
                self.n_refused += 1;
                return;
            }
            Err(_) => {
                self.failures.push(format!("{what}: panicked"));
                return;
            }
        };
        let breaches = catch_unwind(AssertUnwindSafe(|| {
            law_breaches(&mut self.path, &page.name, page.bytes.clone(), &article, &mut self.tally)
        }));
        match breaches {
            Ok(Ok(breaches)) => {
                self.failures.extend(breaches.into_iter().map(|breach| format!("{what}: {breach}")));
            }
            Ok(Err(error)) => self.failures.push(format!("{what}: the second time: {error:#}")),
            Err(_) => self.failures.push(format!("{what}: panicked the second time")),
        }
    }

    fn report(mut self) -> anyhow::Result<()> {
        let n_pages = self.costs.len();
        println!("{n_pages} pages, {} refused; {}", self.n_refused, self.tally);
        for (name, unit, max, by) in [
            ("slowest", "s", MAX_SECONDS, (|cost| cost.seconds) as fn(&Cost) -> f64),
            ("largest", "MB", MAX_MB, |cost| cost.mb),
        ] {
            self.costs.sort_by(|a, b| by(b).total_cmp(&by(a)));
            println!("\n{name} (at most {max} {unit})");
            for cost in self.costs.iter().take(N_SHOWN) {
                println!("{:8.3} {unit}  {}", by(cost), cost.what);
            }
            let over = self.costs.iter().filter(|cost| by(cost) > max);
            self.failures.extend(over.map(|cost| format!("{}: {:.2} {unit}", cost.what, by(cost))));
        }
        if !self.failures.is_empty() {
            bail!("{} failures:\n{}", self.failures.len(), self.failures.join("\n"));
        }
        Ok(())
    }
}

/// Lets the kernel count the process's most memory anew.
fn forget_most_memory() {
    // Where this is not allowed, the figure is the most of the whole run.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory of the process since then, in MB; 0 where the kernel does not say.
fn most_memory() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    line.and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that fails may panic")]
    use super::make::Size;
    use super::*;

    const N_PAGES: u64 = 60;
    /// Small enough for a debug build; `cargo dev damage` takes the real sizes.
    const SMALL: Size = Size { depth: 1000, bytes: 20_000, blocks: 400 };

    #[test]
    fn no_damage_breaks_a_law() {
        let mut run = Run::new().unwrap();
        for seed in 0..N_PAGES {
            let (base, ending) = invented(seed);
            run.take(&make::make(seed, &base, ending, SMALL));
        }
        assert_eq!(run.failures, [""; 0]);
        assert!(run.costs.len() as u64 == N_PAGES && run.n_refused < 20, "{} refused", run.n_refused);
    }

    #[test]
    fn a_seed_makes_the_same_page() {
        for seed in 0..40 {
            let (base, ending) = invented(seed);
            let make = || make::make(seed, &base, ending, SMALL);
            assert_eq!(make().bytes, make().bytes);
        }
    }
}
