# SPDX-License-Identifier: BSD-2-Clause
# A worker that an attacker has taken over can do no harm, see tests/live/hostile_worker.sh.

two_hosts
mkdir -p bpf out /dev/pts
mount -t bpf none bpf
[ -c /dev/pts/ptmx ] || mount -t devpts none /dev/pts
chmod 777 out
# The other user must be able to come here.
chmod 755 .

# attack NAME OPTION...: makes the attempts; the options of `run try`, and the command.
attack() {
	name=$1
	shift
	mkdir "decoys-$name"
	if ! nsenter --net=/run/netns/a run try --library /bin/worker.so --dir "$PWD/decoys-$name" \
		--bpffs "$PWD/bpf" "$@" >results 2>said; then
		not_ok "$name: all attempts are made" "$(cat said)"
		return
	fi
	awk -F'\t' '$1 == "SUCCEEDED" || $1 == "HUNG" || $1 == "untried" || $1 == "trying" ||
		($1 == "killed" && $5 != "Bad system call") { print $1 ": " $4 " " $5 }' results >bad
	if [ -s bad ]; then
		not_ok "$name: none of $(wc -l <results) attempts succeeds" "$(cat bad)"
	else
		ok "$name: none of $(wc -l <results) attempts succeeds"
	fi
}

# CAP_NET_ADMIN, CAP_PERFMON, CAP_BPF. The programs name structs that old kernels lack, which libbpf
# would look for in the modules, and that takes another capability.
attack events --uid 54321 --caps 12,38,39 /bin/skwatch events --netns self
attack capture --output "$PWD/out/f.pcapng" \
	/bin/skwatch capture -i wire -w "$PWD/out/f.pcapng"
umount bpf
