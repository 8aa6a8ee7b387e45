#!/bin/sh
# Checks the log's own signature of a checkpoint with OpenSSL 3 and the usual tools of a shell.
#   sh openssl.sh CHECKPOINT VKEY
# CHECKPOINT is a file, or the address of one; VKEY the log's verifier key, taken from a place that you trust.
# Prints "Signature Verified Successfully" and exits 0, or exits otherwise.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
case $1 in
http*) curl -fsS "$1" >"$folder/note" ;;
*) cp "$1" "$folder/note" ;;
esac
name=${2%%+*}
# What is signed: origin, size and root, each with its line feed.
head -n 3 "$folder/note" >"$folder/text"
# A signature line ends in base64 of 4 bytes of key id and 64 bytes of signature.
grep -F -- "— $name " "$folder/note" | head -n 1 | sed 's/.* //' | base64 -d | tail -c 64 >"$folder/sig"
# A verifier key ends in base64 of a type byte and the key; before the key stands its header (RFC 8410).
key=${2#*+}
{
  printf '\060\052\060\005\006\003\053\145\160\003\041\000'
  printf '%s' "${key#*+}" | base64 -d | tail -c 32
} >"$folder/key.der"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$folder/key.der" -rawin -in "$folder/text" -sigfile "$folder/sig"
