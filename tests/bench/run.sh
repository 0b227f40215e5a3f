#!/usr/bin/env bash
# ./dev bench: builds the baselines beside the gateway, then measures (bench.mjs, or scale.mjs).
set -euo pipefail
cd "$(dirname "$0")/../.."
[[ -f build-bench/build.ninja ]] || cmake -S . -B build-bench -G Ninja -DPSG_TESTS=OFF -DPSG_BENCH=ON >/dev/null
echo "Building the gateway and the baselines in build-bench."
cmake --build build-bench >build-bench/build.log || { tail -n 40 build-bench/build.log; exit 1; }
[[ " $* " == *" --scale "* ]] && exec node tests/bench/scale.mjs --build build-bench "$@"
exec node tests/bench/bench.mjs --build build-bench "$@"
