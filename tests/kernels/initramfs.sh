#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# initramfs.sh KERNEL OUT PROGRAM...: writes the initial file system OUT for the kernel in the
# directory KERNEL (see fetch.sh), or without modules if KERNEL is empty. It contains a static
# busybox, the PROGRAMs with their shared libraries, the modules that guest/modules names, the
# modules that those depend on, and guest/.
#
# It is not compressed: qemu loads it quickly, but an emulated processor takes seconds to unpack it.
set -eu
umask 022

here=$(cd "$(dirname "$0")" && pwd)
kernel=$1
out=$2
shift 2

root=$out.root
rm -rf "$root"
for dir in bin dev etc lib/modules proc root run sys tmp; do
	mkdir -p "$root/$dir"
done

busybox=$(command -v busybox) || {
	echo "no busybox (package busybox-static)" >&2
	exit 1
}
if ldd "$busybox" >/dev/null 2>&1; then
	echo "$busybox is not static (package busybox-static)" >&2
	exit 1
fi
cp "$busybox" "$root/bin/busybox"

for program in "$@"; do
	case $program in
	*.o)
		mkdir -p "$root/bpf"
		cp -L "$program" "$root/bpf/"
		continue
		;;
	esac
	cp -L "$program" "$root/bin/"
	# For a static program, which has no libraries, ldd fails.
	libs=$(ldd "$program" 2>/dev/null) || continue
	case $libs in
	*'not found'*)
		echo "$program: $(echo "$libs" | grep -m1 'not found')" >&2
		exit 1
		;;
	esac
	for lib in $(echo "$libs" | grep -o '/[^ ]*'); do
		[ -e "$root$lib" ] || {
			mkdir -p "$root${lib%/*}"
			cp -L "$lib" "$root$lib"
		}
	done
done

# modules.dep is made when a kernel is installed, and this kernel is not installed. But each module
# names its dependencies in its .modinfo section. The guest loads the modules in the order of the
# list. A file name may have - where the module's name has _.
list=$root/lib/modules/order
: >"$list"
add_module() (
	file=$(find "$kernel/modules" -name "$(echo "$1" | sed 's/[-_]/[-_]/g').ko*")
	if [ -z "$file" ]; then
		# The module is built in, or this kernel lacks it. Then the check that needs it
		# fails.
		exit 0
	fi
	name=$(basename "${file%.ko*}").ko
	! grep -qx "$name" "$list" || exit 0
	case $file in
	*.xz) xz -dc "$file" ;;
	*.zst) zstd -qdc "$file" ;;
	*.gz) gzip -dc "$file" ;;
	*) cat "$file" ;;
	esac >"$root/lib/modules/$name"
	needs=$(tr '\0' '\n' <"$root/lib/modules/$name" | sed -n 's/^depends=//p' | tr , ' ')
	for need in $needs; do
		add_module "$need"
	done
	echo "$name" >>"$list"
)
if [ -n "$kernel" ]; then
	for module in $(sed 's/#.*//' "$here/guest/modules"); do
		add_module "$module"
	done
fi

# The users that checks and tcpdump change to.
cat >"$root/etc/passwd" <<END
root:x:0:0::/root:/bin/sh
tcpdump:x:100:100::/:/bin/sh
nobody:x:65534:65534::/:/bin/sh
END
cat >"$root/etc/group" <<END
root:x:0:
tcpdump:x:100:
nogroup:x:65534:
END

for part in init run-checks lib.sh checks.d; do
	cp -R "$here/guest/$part" "$root/"
done
(cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) >"$out"
rm -rf "$root"
