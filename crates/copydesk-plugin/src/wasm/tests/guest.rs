//! Components that do one thing, good or bad, written by hand and made without any toolchain.

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// Keeps the article and says nothing.
pub(crate) const NOTHING: &str = "(i32.const 512)";

/// A core module whose `process` is `body`. 512 holds an answer that keeps, and says nothing; from 1024 on there is
/// room for one; 256 bytes from 128 on hold `data`. `$text` and `$length` are the article's.
pub(crate) fn module(data: &str, body: &str) -> String {
    format!(
        r#"(module
          (import "copydesk:stage/host@1.0.0" "log" (func $log (param i32 i32 i32)))
          (import "copydesk:stage/host@1.0.0" "now" (func $now (param i32)))
          (import "copydesk:stage/host@1.0.0" "environment" (func $environment (param i32 i32 i32)))
          (import "copydesk:stage/host@1.0.0" "file" (func $file (param i32 i32 i32)))
          (import "copydesk:stage/host@1.0.0" "value" (func $value (param i32 i32 i32)))
          (memory (export "memory") 2)
          (global $next (mut i32) (i32.const 4096))
          (data (i32.const 128) "{data}")
          (data (i32.const 400) "\00\01\00\00\04\00\00\00\00\01\00\00\04\00\00\00")
          (data (i32.const 256) "test")
          (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
            (local $at i32)
            (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
            (global.set $next (i32.add (local.get $at) (local.get 3)))
            (loop $more
              (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16)))
                (then (drop (memory.grow (i32.const 1))) (br $more))))
            (local.get $at))
          (func (export "describe") (result i32) (i32.const 400))
          (func (export "configure") (param i32 i32) (result i32) (i32.const 600))
          (func (export "cabi_post_process") (param i32) (global.set $next (i32.const 4096)))
          (func (export "process") (param $text i32) (param $length i32) (result i32) {body}))"#
    )
}

/// `body` for articles that begin with `P`, nothing for all others.
pub(crate) fn poisoned(body: &str) -> String {
    format!("(if (i32.eq (i32.load8_u (local.get $text)) (i32.const 80)) (then {body})) {NOTHING}")
}

pub(crate) fn component(wat: &str) -> Vec<u8> {
    component_of(wat, include_str!("../../../wit/v1/stage.wit"))
}

/// A component of a world `stage` that may have more than ours.
pub(crate) fn component_of(wat: &str, wit: &str) -> Vec<u8> {
    let mut module = wat::parse_str(wat).unwrap();
    let mut resolve = Resolve::default();
    let package = resolve.push_str("stage.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some("stage")).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).unwrap();
    ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// An answer that keeps, with one note that says `n` = the value at `$json`, `$json_length`.
pub(crate) fn noting(json: &str, length: &str) -> String {
    format!(
        r"(i32.store (i32.const 1024) (i32.const 0)) (i32.store (i32.const 1028) (i32.const 1100))
          (i32.store (i32.const 1032) (i32.const 1)) (i32.store (i32.const 1036) (i32.const 1100))
          (i32.store (i32.const 1040) (i32.const 0)) (i32.store (i32.const 1044) (i32.const 0))
          (i32.store (i32.const 1048) (i32.const 0))
          (i32.store (i32.const 1100) (i32.const 256)) (i32.store (i32.const 1104) (i32.const 1))
          (i32.store (i32.const 1108) {json}) (i32.store (i32.const 1112) {length})
          (i32.const 1024)"
    )
}
