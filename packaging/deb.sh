#!/usr/bin/env bash
# Builds the Debian package: the program, then what it says of itself, then `cargo deb` (which
# `cargo install cargo-deb` brings). Says where the package is.
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --release --locked
out=target/package
rm -rf "$out"
mkdir -p "$out/models" "$out/plain"
target/release/safe-rm man --out "$out/man"
# Under either name the words are the same; each script calls the name that it completes.
target/release/safe-rm completions bash > "$out/plain/safe-rm.bash"
target/release/safe-rm completions fish > "$out/plain/safe-rm.fish"
target/release/safe-rm completions zsh > "$out/plain/_safe-rm"
target/release/safe-rm completions bash --name safe-rm-models > "$out/models/safe-rm-models"
target/release/safe-rm completions fish --name safe-rm-models > "$out/models/safe-rm-models.fish"
target/release/safe-rm completions zsh --name safe-rm-models > "$out/models/_safe-rm-models"
cargo deb --no-build --locked
