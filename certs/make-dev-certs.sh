#!/usr/bin/env bash
# Development certificates with the openssl command: the CA that `psgateway init` makes as well, and
# server and client certificates of it. Overwrites nothing. Not for production (README.md).
set -euo pipefail
umask 077

usage() {
  cat <<'TEXT'
make-dev-certs.sh DIR                          ca.pem, ca.key and a certificate "server" for localhost
make-dev-certs.sh DIR server NAME [HOST...]    NAME.pem, NAME.key for these host names and addresses
                                               (none given: localhost 127.0.0.1 ::1)
make-dev-certs.sh DIR client NAME              NAME.pem, NAME.key for mutual TLS
make-dev-certs.sh DIR signing NAME             NAME.pem, NAME.key: the P-384 pair of a SMART client
                                               (psgateway client add ... --key NAME.pem)
TEXT
}

die() { printf 'make-dev-certs: %s\n' "$*" >&2; exit 1; }

absent() {  # FILE...
  local file
  for file in "$@"; do [[ ! -e $file ]] || die "$file exists already; remove it first"; done
}

make_ca() {
  [[ -e $dir/ca.pem && -e $dir/ca.key ]] && return
  absent "$dir/ca.pem" "$dir/ca.key"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 1095 \
    -subj "/CN=psgateway development CA" -keyout "$dir/ca.key" -out "$dir/ca.pem" \
    -addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
  chmod 644 "$dir/ca.pem"
}

leaf() {  # NAME USAGE SUBJECT_ALT_NAME
  local name=$1 usage=$2 alternative=$3
  absent "$dir/$name.pem" "$dir/$name.key"
  local work
  work=$(mktemp -d)
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$name" \
    -keyout "$work/key" -out "$work/request" 2>/dev/null
  {
    echo "basicConstraints=critical,CA:FALSE"
    echo "keyUsage=critical,digitalSignature"
    echo "extendedKeyUsage=$usage"
    echo "subjectKeyIdentifier=hash"
    echo "authorityKeyIdentifier=keyid"
    echo "subjectAltName=$alternative"
  } >"$work/extensions"
  openssl x509 -req -in "$work/request" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -sha256 -days 397 \
    -set_serial "0x4$(openssl rand -hex 15)" -extfile "$work/extensions" -out "$work/certificate" \
    2>/dev/null
  cat "$work/certificate" "$dir/ca.pem" >"$dir/$name.pem"
  mv "$work/key" "$dir/$name.key"
  chmod 644 "$dir/$name.pem"
  rm -r "$work"
}

alternatives() {  # HOST... -> DNS:a,IP:b
  local host list=()
  for host in "$@"; do
    if [[ $host =~ ^[0-9.]+$ || $host == *:* ]]; then list+=("IP:$host"); else list+=("DNS:$host"); fi
  done
  (IFS=,; printf '%s' "${list[*]}")
}

(($# >= 1)) && [[ $1 != -* ]] || { usage >&2; exit 2; }
dir=$1
kind=${2:-server}
name=${3:-server}
[[ $name =~ ^[A-Za-z0-9._-]+$ ]] || die "'$name' is no file name: letters, digits, . _ - only"
mkdir -p "$dir"
case $kind in
  server)
    make_ca
    shift $(($# > 3 ? 3 : $#))
    (($# > 0)) || set -- localhost 127.0.0.1 ::1
    leaf "$name" serverAuth "$(alternatives "$@")"
    ;;
  client)
    make_ca
    leaf "$name" clientAuth "DNS:$name"
    ;;
  signing)
    absent "$dir/$name.pem" "$dir/$name.key"
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out "$dir/$name.key" 2>/dev/null
    openssl pkey -in "$dir/$name.key" -pubout -out "$dir/$name.pem"
    chmod 644 "$dir/$name.pem"
    ;;
  *) usage >&2; exit 2 ;;
esac
