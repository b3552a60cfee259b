//! Files made from code. A test of the program fails when one of them is stale.

use std::path::Path;

use anyhow::Context;

pub(crate) fn run() -> anyhow::Result<()> {
    for (path, content) in copydesk::generated() {
        if let Some(folder) = Path::new(path).parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, content).with_context(|| format!("cannot write `{path}`"))?;
        println!("wrote {path}");
    }
    std::fs::write(crate::faults::PAGE, crate::faults::page()?)
        .with_context(|| format!("cannot write `{}`", crate::faults::PAGE))?;
    println!("wrote {}", crate::faults::PAGE);
    Ok(())
}
