#!/bin/sh
# Makes stage.wasm. Needs componentize-qjs from npm (see README.md).
set -e
cd "$(dirname "$0")"
tool=$(command -v componentize-qjs) || { echo "build.sh: there is no componentize-qjs in PATH (see README.md)" >&2; exit 1; }
# Node 18 takes the command for no module; what the command imports is named as one.
node "$(dirname "$(readlink -f "$tool")")/../cli.mjs" -w stage.wit -n stage -j stage.mjs --module-root . --stub-wasi --sync -o stage.wasm
