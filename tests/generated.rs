//! Generated files are as the code would make them now.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[test]
fn generated_files_are_fresh() {
    for (path, content) in copydesk::generated() {
        let on_disk = std::fs::read_to_string(path).unwrap_or_default();
        assert!(on_disk == content, "{path} is stale: run `cargo dev generate`");
    }
}

#[test]
fn every_sample_configuration_passes_check() {
    let mut n_files = 0;
    for entry in std::fs::read_dir("config").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            n_files += 1;
            let output = std::process::Command::new(env!("CARGO_BIN_EXE_copydesk"))
                .args(["check", "--config"])
                .arg(&path)
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{}: {}",
                path.display(),
                String::from_utf8_lossy(&output.stderr)
            );
        }
    }
    assert!(n_files >= 3, "{n_files} samples");
}
