#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# list and detach where there is no pin, none of this version's, or no BPF file system. The verbs' own
# tests have pins that are whole.
. "${srcdir:?}/tests/live/lib.sh"
need root
MOUNTS=("$TMP/bpf")

mkdir "$TMP/full"
touch "$TMP/full/file"
run list --bpffs "$TMP/full"
is "$STATUS $(wc -l <"$ERR")" "2 1" "a folder in another file system: one line, status 2"
like "$(cat "$ERR")" "skwatch list --mount --bpffs $TMP/full" "which tells what to do"
run list --mount --bpffs "$TMP/full"
is "$STATUS" 2 "a folder that has files is not hidden by a mount"
is "$(ls "$TMP/full")" file "its files are there"

run list --mount --bpffs "$TMP/bpf"
is "$STATUS $(cat "$OUT" "$ERR")" "0 " "a new folder: mounted, and no pin is no error"
is "$(stat -f -c %T "$TMP/bpf")" bpf_fs "the BPF file system is there"
like "$(stat -c %A "$TMP/bpf")" '^drwx------$|^drwx-----T$' "and nobody else can look into it"
run list --mount --bpffs "$TMP/bpf"
is "$STATUS" 0 "to mount it again changes nothing"
is "$(grep -c " $TMP/bpf bpf " /proc/mounts)" 1 "there is one mount"

mkdir "$TMP/bpf/stranger"
run list --bpffs "$TMP/bpf"
like "$(tail -n 1 "$OUT")" '^stranger +\? +-- +no link +--$' "a folder of others is shown as such"
run list --bpffs "$TMP/bpf" --json
is "$(cat "$OUT")" '{"name":"stranger","kind":"?","since":null,"where":"","what":"","links":0,"attached":0,"parts":[]}' \
	"as JSON, too"
run detach --bpffs "$TMP/bpf" stranger
is "$STATUS $(wc -l <"$ERR")" "2 1" "and is not removed: one line, status 2"
[ -d "$TMP/bpf/stranger" ]
is "$?" 0 "it is there"

for name in nothing .stranger -stranger ../full '' "$(printf '%064d' 0)"; do
	run detach --bpffs "$TMP/bpf" -- "$name"
	is "$STATUS $(wc -l <"$ERR")" "2 1" "detach '$name': one line, status 2"
done
run detach --bpffs "$TMP/bpf"
is "$STATUS $(wc -l <"$ERR")" "2 1" "detach without a name: one line, status 2"
done_testing
