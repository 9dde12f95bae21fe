#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# fetch.sh SERIES: puts Debian's newest kernel of a series (as 6.12) into the
# cache and prints the directory that holds it:
#
#	DIR/vmlinuz
#	DIR/modules/	the tree of modules
#	DIR/release	the output of `uname -r` on that kernel
#
# The packages come from the archive that the machine's own apt sources name,
# though often from another suite of it. Nothing is installed and root is not
# needed. The system's package lists are neither read nor changed: apt runs with
# lists of its own, which it keeps in the cache, and checks signatures against
# Debian's keyring. A kernel that is in the cache is used without asking the
# archive; SKW_KERNELS_UPDATE=1 asks for a newer one.
#
# SKW_KERNELS_CACHE	the cache, ${XDG_CACHE_HOME:-$HOME/.cache}/skwatch-kernels
# SKW_KERNELS_SOURCE	sources to use in place of apt's: "URI SUITE COMPONENT", a line each
# SKW_KERNELS_SUITE	the suite to take the kernel from, if it is not in the list below
#
# Exit status: 0; 1 when it went wrong; 77 when this machine can't (no apt, no
# keyring, no way to the archive), the reason being the last line on standard error.
set -eu

series=$1
cache=${SKW_KERNELS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/skwatch-kernels}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The suite with the smallest package list that has the series.
case $series in
6.1 | 6.12) suite=bookworm-security ;;
7.*) suite=trixie-backports ;;
*) suite= ;;
esac
suite=${SKW_KERNELS_SUITE:-$suite}

cannot() {
	echo "$*" >&2
	exit 77
}

# Another run may be fetching the same series into the same cache, so wait for it.
mkdir -p "$cache/apt/$series"
cache=$(cd "$cache" && pwd)
apt=$cache/apt/$series
exec 9>"$apt/lock"
flock 9

current=$cache/$series
if [ -e "$current/release" ] && [ -z "${SKW_KERNELS_UPDATE:-}" ]; then
	cd -P "$current" && pwd
	exit 0
fi

for tool in apt-get apt-cache dpkg; do
	command -v $tool >/dev/null || cannot "$tool is not there to fetch Linux $series"
done
[ -r $keyring ] || cannot "$keyring is missing (package debian-archive-keyring)"
[ -n "$suite" ] || cannot "no suite is known to have Linux $series (SKW_KERNELS_SUITE names one)"

# URI, suite and component of each source, with code name and origin where apt knows them.
sources() {
	if [ -n "${SKW_KERNELS_SOURCE:-}" ]; then
		echo "$SKW_KERNELS_SOURCE"
	else
		apt-get indextargets 'Created-By: Packages' \
			--format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(CODENAME) $(ORIGIN)' 9>&-
	fi
}

# The archive that has the suite: it is named for that suite, or it is the one
# for this release, which has the others too. Security updates have their own.
codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
uri=$(sources | awk -v wanted="$suite" -v here="$codename" '
	function matches(name) { return $2 == name || $4 == name }
	$3 != "main" || $1 ~ /^cdrom:/ || ($5 ~ /^[A-Z]/ && $5 != "Debian") { next }
	matches(wanted) { print $1; found = 1; exit }
	wanted ~ /-security$/ ? $2 ~ /-security$/ : matches(here) { other = other ? other : $1 }
	END { if (!found) print other }')
[ -n "$uri" ] || cannot "no apt source of this machine leads to an archive with $suite"

mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial"
: >"$apt/status"
echo "deb [arch=amd64 signed-by=$keyring] $uri $suite main" >"$apt/sources.list"

# The order of sources, lists and caches is wholly ours; what remains of the
# system's configuration is what leads to the archive (proxies).
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
	cannot "no package lists from $uri $suite: $(grep -m1 '^[EW]:' "$apt/log" || tail -n 1 "$apt/log")"

# Newer kernels are split: linux-image-RELEASE is empty and needs the packages
# linux-binary-RELEASE, linux-modules-RELEASE and linux-base-RELEASE.
pattern=$(echo "$series" | sed 's/\./\\./g')
image=$(apt_with apt-cache pkgnames linux-image- |
	grep "^linux-image-$pattern\.[0-9].*-cloud-amd64\$" | sort -V | tail -n 1)
[ -n "$image" ] || cannot "$uri $suite has no Linux $series"
release=${image#linux-image-}
packages=$image
for package in $(apt_with apt-cache depends "$image" | sed -n 's/^ *Depends: //p'); do
	case $package in
	linux-*-"$release") packages="$packages $package" ;;
	esac
done

if [ ! -e "$cache/$release/release" ]; then
	work=$(mktemp -d "$cache/new.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	mkdir "$work/tree" "$work/kernel"
	(cd "$work" && apt_with apt-get download $packages) >"$apt/log" 2>&1 || {
		cat "$apt/log" >&2
		echo "$packages could not be downloaded" >&2
		exit 1
	}
	for deb in "$work"/*.deb; do
		dpkg -x "$deb" "$work/tree"
	done
	# A suite from which /lib has moved has its modules under /usr/lib, and a
	# kernel that is split has its image there too.
	for lib in lib usr/lib; do
		[ ! -d "$work/tree/$lib/modules/$release/kernel" ] ||
			mv "$work/tree/$lib/modules/$release" "$work/kernel/modules"
	done
	for image in "$work/kernel/modules/vmlinuz" "$work/tree/boot/vmlinuz-$release"; do
		[ ! -e "$image" ] || mv "$image" "$work/kernel/vmlinuz"
	done
	[ -d "$work/kernel/modules" ] && [ -e "$work/kernel/vmlinuz" ] || {
		echo "no kernel and modules in $packages" >&2
		exit 1
	}
	echo "$release" >"$work/kernel/release"
	rm -rf "${cache:?}/$release"
	mv "$work/kernel" "$cache/$release"
fi
ln -sfn "$release" "$current"
echo "$cache/$release"
