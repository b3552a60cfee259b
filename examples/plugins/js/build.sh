#!/bin/sh
# Makes stage.wasm. Needs componentize-qjs from npm (see README.md).
set -e
cd "$(dirname "$0")"
componentize-qjs -w stage.wit -n stage -j stage.mjs --module-root . --stub-wasi --sync -o stage.wasm
