#!/bin/sh
# Makes stage.wasm. Needs componentize-py from PyPI (see README.md).
set -e
cd "$(dirname "$0")"
componentize-py -q -d stage.wit -w stage componentize --stub-wasi stage -o stage.wasm
