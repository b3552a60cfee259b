//! What `plugin new` can make. A template is a package that works, called [`NAME`].

use crate::args::{PluginKind, PluginLang};

/// What stands in templates for the name of the plugin.
pub(super) const NAME: &str = "my_stage";

/// A package to begin with.
pub(super) struct Template {
    pub(super) lang: PluginLang,
    pub(super) kind: PluginKind,
    /// Paths in the package, and contents.
    pub(super) files: &'static [(&'static str, &'static str)],
    /// The file that is to be changed.
    pub(super) stage: &'static str,
    /// Commands that build it; `DIR` is its folder.
    pub(super) build: &'static [&'static str],
}

/// A file of the examples of plugins.
macro_rules! example {
    ($path:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/plugins/", $path))
    };
}

/// The article that every template begins with, and what is expected of it.
const ARTICLE: (&str, &str) = ("fixtures/first.txt", example!("template/first.txt"));
const EXPECTED: (&str, &str) = ("fixtures/first.expected.json", example!("template/first.expected.json"));

/// The interface of components, for their toolchains.
const WIT: (&str, &str) = (
    "stage.wit",
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/crates/copydesk-plugin/wit/v1/stage.wit")),
);

/// All of them. The first of a language is taken if no kind is named.
pub(super) const TEMPLATES: &[Template] = &[
    Template {
        lang: PluginLang::Python,
        kind: PluginKind::Exec,
        files: &[
            ("README.md", example!("python/template/README.md")),
            ("plugin.toml", example!("python/template/plugin.toml")),
            ("stage.py", example!("python/template/stage.py")),
            ("copydesk_plugin.py", example!("python/copydesk_plugin.py")),
            ARTICLE,
            EXPECTED,
        ],
        stage: "stage.py",
        build: &[],
    },
    Template {
        lang: PluginLang::Js,
        kind: PluginKind::Exec,
        files: &[
            ("README.md", example!("js/template/README.md")),
            ("plugin.toml", example!("js/template/plugin.toml")),
            ("stage.mjs", example!("js/template/stage.mjs")),
            ("copydesk_plugin.mjs", example!("js/copydesk_plugin.mjs")),
            ARTICLE,
            EXPECTED,
        ],
        stage: "stage.mjs",
        build: &[],
    },
    Template {
        lang: PluginLang::Rust,
        kind: PluginKind::Exec,
        files: &[
            ("README.md", example!("rust/template/README.md")),
            ("plugin.toml", example!("rust/template/plugin.toml")),
            // Cargo passes over a package inside a package, so it has another name where it lies.
            ("Cargo.toml", example!("rust/template/Cargo.toml.in")),
            (".gitignore", "/target\n"),
            ("src/main.rs", example!("rust/template/main.rs")),
            ("src/copydesk_plugin.rs", example!("rust/copydesk_plugin.rs")),
            ARTICLE,
            EXPECTED,
        ],
        stage: "src/main.rs",
        build: &["cargo build --release --manifest-path DIR/Cargo.toml"],
    },
    Template {
        lang: PluginLang::C,
        kind: PluginKind::Wasm,
        files: &[
            ("README.md", example!("c/template/README.md")),
            ("plugin.toml", example!("c/template/plugin.toml")),
            ("stage.c", example!("c/template/stage.c")),
            ("build.sh", example!("c/build.sh")),
            ("copydesk_plugin.h", example!("c/copydesk_plugin.h")),
            WIT,
            ARTICLE,
            EXPECTED,
        ],
        stage: "stage.c",
        build: &["sh DIR/build.sh"],
    },
    Template {
        lang: PluginLang::Python,
        kind: PluginKind::Wasm,
        files: &[
            ("README.md", example!("python/template-wasm/README.md")),
            ("plugin.toml", example!("python/template-wasm/plugin.toml")),
            ("stage.py", example!("python/template-wasm/stage.py")),
            ("build.sh", example!("python/build.sh")),
            ("copydesk_plugin.py", example!("python/copydesk_plugin.py")),
            ("copydesk_component.py", example!("python/copydesk_component.py")),
            WIT,
            ARTICLE,
            EXPECTED,
        ],
        stage: "stage.py",
        build: &["sh DIR/build.sh"],
    },
    Template {
        lang: PluginLang::Js,
        kind: PluginKind::Wasm,
        files: &[
            ("README.md", example!("js/template-wasm/README.md")),
            ("plugin.toml", example!("js/template-wasm/plugin.toml")),
            ("stage.mjs", example!("js/template-wasm/stage.mjs")),
            ("build.sh", example!("js/build.sh")),
            ("copydesk_plugin.mjs", example!("js/copydesk_plugin.mjs")),
            ("copydesk_component.mjs", example!("js/copydesk_component.mjs")),
            WIT,
            ARTICLE,
            EXPECTED,
        ],
        stage: "stage.mjs",
        build: &["sh DIR/build.sh"],
    },
];
