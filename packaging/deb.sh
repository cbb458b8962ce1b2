#!/usr/bin/env bash
# Builds the Debian package: the program, then what it says of itself, then `cargo deb` (which
# `cargo install cargo-deb` brings). Says where the package is.
set -euo pipefail
cd "$(dirname "$0")/.."

# The static build starts in less time, which counts where it is `rm`.
cargo static
program=$(ls -t target/*-linux-*/release/safe-rm | head -n 1)
out=target/package
rm -rf "$out"
mkdir -p "$out/bin" "$out/models" "$out/plain"
cp "$program" "$out/bin/safe-rm"
"$out/bin/safe-rm" man --out "$out/man"
# Under either name the words are the same; each script calls the name that it completes.
"$out/bin/safe-rm" completions bash > "$out/plain/safe-rm.bash"
"$out/bin/safe-rm" completions fish > "$out/plain/safe-rm.fish"
"$out/bin/safe-rm" completions zsh > "$out/plain/_safe-rm"
"$out/bin/safe-rm" completions bash --name safe-rm-models > "$out/models/safe-rm-models"
"$out/bin/safe-rm" completions fish --name safe-rm-models > "$out/models/safe-rm-models.fish"
"$out/bin/safe-rm" completions zsh --name safe-rm-models > "$out/models/_safe-rm-models"
cargo deb --no-build --locked
