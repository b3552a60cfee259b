//! The program as keeper and launcher of a plugin, given any arguments: it ends, with a code that says how and, unless
//! all is well, with a word; and it never panics. The arguments are the same each time.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod common;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Stdio};

use common::{Chance, program, scale, stderr};

const NAMES: [&str; 8] = [
    "--memory",
    "--open-files",
    "--processes",
    "--total-memory",
    "--threads",
    "--launch",
    "--",
    "--stranger",
];
const VALUES: [&str; 12] = [
    "0",
    "1",
    "-1",
    "16",
    "200",
    "67108864",
    "2147483647",
    "2147483648",
    "-2147483648",
    "18446744073709551615",
    "18446744073709551616",
    "",
];
const COMMANDS: [&[&str]; 5] = [&["true"], &["false"], &["no-such-program"], &["/"], &[""]];

/// Right arguments, some of which are changed, left out or said twice.
fn arguments(chance: &mut Chance) -> Vec<OsString> {
    let mut pick = |n: usize| chance.below(n as u64) as usize;
    let mut given: Vec<OsString> = Vec::new();
    for (name, right) in NAMES.iter().zip(["1073741824", "64", "64", "4294967296", "1024"]) {
        let value = if pick(4) == 0 { VALUES[pick(VALUES.len())] } else { right };
        given.extend([OsString::from(name), value.into()]);
    }
    if pick(4) == 0 {
        given.extend(["--launch".into(), VALUES[pick(VALUES.len())].into()]);
    }
    given.push("--".into());
    given.extend(COMMANDS[pick(COMMANDS.len())].iter().map(OsString::from));
    if pick(3) == 0 {
        let at = pick(given.len());
        match pick(4) {
            0 => drop(given.remove(at)),
            1 => given.insert(at, NAMES[pick(NAMES.len())].into()),
            2 => given[at] = OsString::from_vec(vec![0x2d, 0xff, 0x1b, b'[', pick(255) as u8 + 1]),
            _ => given.truncate(at),
        }
    }
    given
}

#[test]
fn any_arguments_end_in_a_code_and_a_word() {
    let mut chance = Chance(0x51ab_07e5);
    let mut codes = std::collections::BTreeMap::<i32, u32>::new();
    for _ in 0..scale(150, 20_000) {
        let given = arguments(&mut chance);
        let mut command: Command = program();
        command
            .arg("plugin-host")
            .args(&given)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Held until it ends: a keeper ends its plugin when this closes.
        let held = child.stdin.take();
        let output = child.wait_with_output().unwrap();
        drop(held);
        let said = stderr(&output);
        assert!(!said.contains("panicked") && !said.contains('\u{1b}'), "{given:?}: {said}");
        let code = output.status.code().unwrap_or_else(|| panic!("{given:?}: {} {said}", output.status));
        *codes.entry(code).or_default() += 1;
        // What the plugin ends with is passed on, a signal of the kernel's for want of memory included.
        let is_the_plugins = [0, 1].contains(&code) || code > 128;
        assert!(is_the_plugins || !said.trim().is_empty(), "{given:?}: {code} without a word");
    }
    assert!([0, 1, 2, 127].iter().all(|code| codes.contains_key(code)), "{codes:?}");
}
