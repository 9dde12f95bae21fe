# SPDX-License-Identifier: BSD-2-Clause
# Messages of this host with their processes: HTTP over IPv4 and IPv6, in lines and in a file.

two_hosts
mkdir web
echo hello >web/page
ip netns exec b httpd -f -p 80 -h "$PWD/web" &
web_pid=$!
answers() { ip netns exec a wget -q -O /dev/null "http://$1/page"; }
check "a server answers" comes answers 10.9.0.2

: >said
ip netns exec b skwatch messages -i wire --json -c 3 -w x.pcapng >told 2>said &
messages_pid=$!
until grep -q '^skwatch: listening' said || [ ! -d /proc/$messages_pid ]; do usleep 10000; done
check "skwatch messages starts" sh -c 'grep "^skwatch: listening" said || ! cat said'
answers 10.9.0.2 || :
answers '[fd09::2]' || :
ip netns exec a wget -q -O /dev/null http://10.9.0.2/none || :
check "it ends after three messages" wait $messages_pid
told() { is "$1" "$(grep -c "$2" told)" "$3"; }
told "the answers are there" '"kind":"GET /page","status":"200","outcome":"answered","error":false' 2
told "one is over IPv6" '"family":"inet6"' 1
told "the failure is there" '"kind":"GET /none","status":"404","outcome":"answered","error":true' 1
told "each has the server's process" '"server_pid":[1-9][0-9]*,"server_comm":"httpd"' 3
check "the file has a comment" grep -aq 'HTTP 200 in [0-9.]* [um]*s' x.pcapng
check "and a note" grep -aq 'MESSAGE=HTTP 404 in .*: GET /none, ' x.pcapng
kill $web_pid
