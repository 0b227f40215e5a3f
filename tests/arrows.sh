#!/usr/bin/env bash
# The arrows of the house: which folder may include which, and which folder may touch which library.
# CMake targets enforce the links; this enforces the includes. Exit 1 and one line per breach.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
breaches=0

# never FOLDERS PATTERN SENTENCE [EXCEPT]: no #include in these folders matches PATTERN, but for the
# files whose path matches EXCEPT.
never() {
  local folders=$1 pattern=$2 sentence=$3 except=${4:-^$} found
  # shellcheck disable=SC2086  # several folders
  found=$(grep -rnE --include='*.h' --include='*.cc' "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" \
    $folders 2>/dev/null | grep -vE "$except" || true)
  [[ -z $found ]] && return
  sed "s|^|$sentence: |" <<<"$found"
  breaches=$((breaches + $(wc -l <<<"$found")))
}

never fhir     'consent/|adapters/|gateway/' 'fhir knows nobody'
never consent  'adapters/|gateway/'          'consent knows only fhir'
never adapters 'consent/|gateway/'           'adapters know only fhir'

all='fhir consent adapters gateway conformance certs tests'
never "$all" 'rapidjson/' 'RapidJSON stays in fhir/json'           '^(fhir/json/|tests/fhir/)'
never "$all" 'boost/'     'Boost stays in gateway/http'            '^(gateway/http/|tests/gateway/http/|tests/bench/)'
never "$all" 'sqlite3\.h|sqlcipher' 'SQLCipher stays in gateway/store' '^(gateway/store/|tests/gateway/store/|tests/bench/)'
never "$all" 'curl/'      'libcurl stays in adapters'              '^(adapters/|tests/adapters/)'
never "$all" 'cpprest/|pplx/' 'cpprestsdk stays in adapters/fhir_endpoint' '^(adapters/fhir_endpoint/|tests/adapters/)'
# The decision is pure: no clock, no files, no network, no threads.
never consent 'fstream|filesystem|thread|mutex|random|sys/|unistd\.h' 'consent has no I/O'
never consent 'openssl/'  'consent hashes in one file' '^consent/sha256\.cc'

((breaches == 0)) || { echo "arrows: $breaches breach(es)"; exit 1; }
echo "arrows: every include respects the house"
