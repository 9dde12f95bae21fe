#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fetch.sh PACKAGE: unpacks the kernel that the Debian meta-package PACKAGE depends on in the cache,
# and prints the kernel's directory:
#
#	DIR/vmlinuz
#	DIR/modules/	the tree of modules
#	DIR/release	the output of `uname -r` on that kernel
#
# Nothing is installed, and root is not needed. The system's own apt sources and lists are neither
# read nor changed: apt runs with a separate configuration, checks the signatures against Debian's
# keyring, and keeps its lists in the cache. A kernel in the cache is used without a request to the
# mirror. SKW_KERNELS_UPDATE=1 requests a newer one.
#
# SKW_KERNELS_CACHE	the cache, ${XDG_CACHE_HOME:-$HOME/.cache}/skwatch-kernels
# SKW_KERNELS_SOURCE	"URI SUITE COMPONENT", the source of the packages
#
# The exit status is 0, 1 after a failure, or 77 if this machine can't fetch kernels (no apt, no
# keyring, no way to the mirror). Then the last line on standard error has the reason.
set -eu

package=$1
cache=${SKW_KERNELS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/skwatch-kernels}
source=${SKW_KERNELS_SOURCE:-http://deb.debian.org/debian-security bookworm-security main}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

cannot() {
	echo "$*" >&2
	exit 77
}

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

# Two test runs may share the cache: one of them fetches, and the other waits for it.
exec 9>"$cache/lock"
flock 9

current=$cache/$package
if [ -e "$current/release" ] && [ -z "${SKW_KERNELS_UPDATE:-}" ]; then
	cd -P "$current" && pwd
	exit 0
fi

for tool in apt-get apt-cache dpkg; do
	command -v $tool >/dev/null || cannot "$tool is not there to fetch $package"
done
[ -r $keyring ] || cannot "$keyring is missing (package debian-archive-keyring)"

apt=$cache/apt
mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
: >"$apt/status"
echo "deb [arch=amd64 signed-by=$keyring] $source" >"$apt/sources.list"

# These options replace the system's sources, lists and caches. Only the settings that lead to the
# mirror (proxies) remain.
apt_with() {
	tool=$1
	shift
	"$tool" -q \
		-o Dir::Etc::sourcelist="$apt/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null \
		-o Dir::State="$apt/state" \
		-o Dir::State::status="$apt/status" \
		-o Dir::Cache="$apt/cache" \
		-o APT::Architecture=amd64 \
		-o APT::Sandbox::User= \
		-o APT::Get::AllowUnauthenticated=false \
		-o Acquire::AllowInsecureRepositories=false \
		-o Acquire::Languages=none \
		-o Acquire::http::Timeout=20 \
		-o Acquire::Retries=0 \
		-o APT::Update::Error-Mode=any \
		"$@" 9>&-
}

apt_with apt-get update >"$apt/log" 2>&1 ||
	cannot "no package lists from $source: $(grep -m1 '^[EW]:' "$apt/log" || tail -n 1 "$apt/log")"

image=$(apt_with apt-cache depends "$package" | sed -n 's/^ *Depends: \(linux-image-\)/\1/p')
[ -n "$image" ] || cannot "$source has no $package"

work=$(mktemp -d "$cache/new.XXXXXX")
trap 'rm -rf "$work"' EXIT
(cd "$work" && apt_with apt-get download "$image") >"$apt/log" 2>&1 || {
	cat "$apt/log" >&2
	echo "$image could not be downloaded" >&2
	exit 1
}
deb=$(echo "$work"/*.deb)
name=$(basename "$deb" _amd64.deb)

if [ ! -e "$cache/$name/release" ]; then
	mkdir "$work/tree" "$work/kernel"
	dpkg -x "$deb" "$work/tree"
	release=$(cd "$work/tree/boot" && echo vmlinuz-*)
	release=${release#vmlinuz-}
	mv "$work/tree/boot/vmlinuz-$release" "$work/kernel/vmlinuz"
	# In suites without a separate /lib, the modules are under /usr/lib.
	for lib in lib usr/lib; do
		[ ! -d "$work/tree/$lib/modules/$release" ] ||
			mv "$work/tree/$lib/modules/$release" "$work/kernel/modules"
	done
	[ -d "$work/kernel/modules" ]
	echo "$release" >"$work/kernel/release"
	rm -rf "${cache:?}/$name"
	mv "$work/kernel" "$cache/$name"
fi
ln -sfn "$name" "$current"
echo "$cache/$name"
