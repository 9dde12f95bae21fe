# SPDX-License-Identifier: BSD-2-Clause
# Calls of a cgroup are judged by rules: errors, a reload, a pin, and a proxy learns destinations.

top=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "cgroup2") { print $5; exit } }' \
	/proc/self/mountinfo)/policy
mkdir -p "$top/in" "$top/proxy" bpf
mount -t bpf none bpf

inside() { # CGROUP COMMAND...
	cgroup=$1
	shift
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$top/$cgroup" "$@"
}
# connects HOST PORT: what nc says in the cgroup that is judged.
connects() { inside in nc -w 60 "$1" "$2" </dev/null 2>&1; }
judges() { # OPTION...: a policy that judges when this returns
	: >said
	skwatch policy --cgroup "$top/in" "$@" >told 2>said &
	policy_pid=$!
	awaits judging
}
awaits() { # REGEX: a line of the policy
	comes said_or_ended "$1"
	grep "$1" said || { cat said && false; }
}
said_or_ended() {
	grep -q "$1" said || ! kill -0 $policy_pid 2>/dev/null
}
ends() {
	kill -TERM $policy_pid
	wait $policy_pid
}

printf '%s\n' 'deny=ehostdown connect tcp to 127.0.0.0/8 port 7002' 'deny=eacces create icmp' >rules
check "a policy judges" judges --rules rules --allowed
is "a call is denied with the error that its rule names" "$(connects 127.0.0.1 7002)" \
	"nc: can't connect to remote host (127.0.0.1): Host is down"
is "... by IPv6 to the same" "$(connects ::ffff:127.0.0.1 7002 | sed 's/.*: //')" "Host is down"
is "another call is not" "$(connects 127.0.0.1 7003 | sed 's/.*: //')" "Connection refused"
printf '%s\n' 'allow connect port 7002' 'deny connect tcp' >rules
kill -HUP $policy_pid
check "... until the rules are read again" awaits 'by 3 rules from now on'
is "... which allow it" "$(connects 127.0.0.1 7002 | sed 's/.*: //')" "Connection refused"
is "... and deny another one" "$(connects 127.0.0.1 7003 | sed 's/.*: //')" "Operation not permitted"
check "a policy ends well" ends
check "an event names the process and the rule" \
	grep ' deny  *nc\[[0-9]*\] .*> 127.0.0.1:7002 .*call connect, protocol tcp, rule 1, error EHOSTDOWN' told

inside proxy nc -ll -p 8080 -e skwatch origdst &
proxy_pid=$!
check "a policy redirects, pinned" judges --bpffs bpf/skwatch --pin web --proxy-cgroup "$top/proxy" \
	'redirect connect tcp port 80 via 127.0.0.1:8080'
comes grep -q ':1F90 ' /proc/net/tcp /proc/net/tcp6
is "the proxy learns the destination" "$(connects 192.0.2.7 80)" 192.0.2.7:80
check "... it ends well" ends
is "... and stays" "$(connects 192.0.2.8 80)" 192.0.2.8:80
check "list shows it with its counters" sh -c "skwatch list --bpffs bpf/skwatch >list && \
	grep '^  *2  *redirect connect tcp port 80 via 127.0.0.1:8080' list"
check "detach removes it" skwatch detach --bpffs bpf/skwatch web

nc -ll -p 7005 -e cat &
server_pid=$!
inside in nc -ll -p 7006 -e cat &
served_pid=$!
# connected PORT: how many sockets have a connection to it, as a number.
connected() { cat /proc/net/tcp /proc/net/tcp6 | grep -c ":$(printf %04X $1) 01 "; }
mkfifo hold hold2
two_listen() { [ "$(cat /proc/net/tcp /proc/net/tcp6 | grep -c ':1B5[DE] .* 0A ')" = 2 ]; }
comes two_listen
inside in nc 127.0.0.1 7005 <hold >/dev/null 2>&1 &
exec 7>hold
nc 127.0.0.1 7006 <hold2 >/dev/null 2>&1 &
exec 8>hold2
both_connected() { [ "$(connected 7005) $(connected 7006)" = "1 1" ]; }
comes both_connected
check "a policy judges what is open" judges --kill-existing 'deny connect tcp to 127.0.0.0/8'
is "... and ends what it denies" "$(grep -c '^skwatch: 1 connection that was open and that rules deny ended' said)" 1
is "... but nothing that was accepted" "$(connected 7005) $(connected 7006)" "0 1"
check "... it ends well" ends
is "... the start has counted them" "$(grep -c 'escape now: 2 connected already, 0 made' said)" 1
check "... the start has named who holds what escapes" \
	grep '^skwatch:   nc.[0-9]*. tcp .*, connected already' said
check "... and has told it" grep ' end .* > 127.0.0.1:7005 .*call connect, protocol tcp, rule 1' told
cat said
exec 7>&- 8>&-

ip address add 192.0.2.1/32 dev lo
check "a policy judges messages" judges 'deny-message tcp to 192.0.2.0/24'
# sends ADDRESS: what nc says whose message goes there
sends() { echo x | inside in nc "$1" 7005 2>&1; }
is "nc's first message to a denied address fails with EACCES" "$(sends 192.0.2.1)" "nc: write error: Permission denied"
is "... to another one it comes back" "$(sends 127.0.0.1)" x
check "... it ends well" ends
check "... and has told it" grep ' deny  *nc\[.* 192.0.2.1:7005 .*call message, protocol tcp, rule 1, error EACCES' told
ip address delete 192.0.2.1/32 dev lo
kill $proxy_pid $server_pid $served_pid
for cgroup in "$top/in" "$top/proxy" "$top"; do
	cgroup_remove "$cgroup"
done
umount bpf
