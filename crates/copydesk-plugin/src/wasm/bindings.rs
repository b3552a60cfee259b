//! Types and calls of the world `stage`, made from its WIT.
#![allow(clippy::pedantic, unreachable_pub, unsafe_code, missing_docs, reason = "generated code")]

wasmtime::component::bindgen!({ path: "wit/v1", world: "stage" });
