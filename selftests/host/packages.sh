#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packages on a real host, a virtual machine with Debian's systemd: installed,
# restarted, upgraded, with a new kernel, purged. KTAP.
#
# Usage: packages.sh		DKMS builds in the mounted image, at full speed; the
#				host is booted for what a running kernel is needed for
#        FULL=1 packages.sh	DKMS builds on the running host, too
#
# Without the packages of such a host the test is skipped, and says so.

set -u -o pipefail

dir=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$dir/../.." && pwd)
vm=$top/selftests/vm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
image=$work/host.img
NEW_VERSION=0.1.1~test
FIRST_KERNEL=''
failed=0

# step NAME COMMAND...: its time, and its output if it fails
step()
{
	local name=$1 start=$SECONDS

	shift
	if "$@" > "$work/log" 2>&1; then
		grep '^# ' "$work/log"
		echo "ok - host: $name # $((SECONDS - start)) s"
		return
	fi
	sed 's/^/# /' "$work/log" | tail -n 100
	echo "not ok - host: $name"
	failed=1
	return 1
}

# inside COMMAND...: with the image mounted at ROOT
inside()
{
	"$vm/host-image.sh" enter "$image" "$@"
}

# "make check" has run the tests of the tools.
build_packages()
{
	export DEB_BUILD_OPTIONS=nocheck

	"$top/packaging/debs.sh" "$work/debs" || return
	# Later packages, of which no more is wanted
	"$top/packaging/debs.sh" "$work/later" "$NEW_VERSION"
}

lintian_is_content()
{
	lintian -EI --pedantic \
		--fail-on error,warning,info,pedantic "$work"/debs/*.changes
}

versions_agree()
{
	local version

	version=$(cat "$top/VERSION")
	grep -qx "PACKAGE_VERSION=\"$version\"" "$top/dkms.conf" ||
		{ echo "dkms.conf: not $version"; return 1; }
	[ "$(dpkg-parsechangelog -l "$top/debian/changelog" -S Version)" = \
	  "$version" ] || { echo "debian/changelog: not $version"; return 1; }
}

copy_image()
{
	local base

	base=$("$vm/host-image.sh" path) || return
	cp --sparse=always --reflink=auto "$base" "$image" || return
	inside "$0" --in prepare "$work"
}

# Runs the script in the guest when the host is up, and shows what it says
boot()
{
	local kernel=$1 script=$2

	inside "$0" --in job "$script" "$kernel" || return
	"$vm/host-boot.sh" ${kernel:+--kernel "$kernel"} \
		--timeout "${VSW_HOST_TIMEOUT:-900}" "$image" |
		tr -d '\r' | tee "$work/guest"
	[ "${PIPESTATUS[0]}" -eq 0 ] && grep -q '^host: done 0' "$work/guest"
}

# What follows runs with the image mounted at ROOT.

# Everything but what changes by itself
list_files()
{
	(cd "$ROOT" && find . -xdev \
		\( -path ./root -o -path ./var/log -o -path ./var/cache \
		   -o -path ./tmp -o -path ./var/tmp -o -path ./run \) -prune \
		-o -print | sort)
}

in_prepare()
{
	mkdir -p "$ROOT/root/vsw/host"
	cp "$top/selftests/lib.sh" "$ROOT/root/vsw/"
	cp "$dir"/*.sh "$ROOT/root/vsw/host/"
	cp -r "$1/debs" "$1/later" "$ROOT/root/"
	units
	list_files > "$1/files.before"
}

units()
{
	local etc=$ROOT/etc/systemd/system

	mkdir -p "$etc/multi-user.target.wants"
	cat > "$etc/vsw-lab.service" <<- 'END'
	[Unit]
	DefaultDependencies=no
	After=systemd-udevd.service local-fs.target
	Before=network-pre.target
	Wants=network-pre.target
	[Service]
	Type=oneshot
	RemainAfterExit=yes
	ExecStart=/root/vsw/host/lab.sh
	END
	cat > "$etc/vsw-probe.service" <<- 'END'
	[Unit]
	After=network.target
	Before=multi-user.target
	ConditionPathExists=/usr/sbin/vswctl
	[Service]
	Type=oneshot
	ExecStart=/bin/sh -c 'vswctl -j port show > /run/vsw-probe || true'
	END
	cat > "$etc/vsw-job.service" <<- 'END'
	[Unit]
	DefaultDependencies=no
	After=multi-user.target
	[Service]
	Type=oneshot
	ExecStart=/root/vsw/job
	StandardOutput=file:/dev/ttyS1
	StandardError=inherit
	ExecStopPost=systemctl --no-block start poweroff.target
	END
	for unit in lab probe job; do
		ln -sf "../vsw-$unit.service" "$etc/multi-user.target.wants/"
	done
}

in_job()
{
	cat > "$ROOT/root/vsw/job" <<- END
	#!/bin/bash
	export NEW_VERSION='$NEW_VERSION' FIRST_KERNEL='$FIRST_KERNEL' LC_ALL=C.UTF-8
	export HOME=/root
	echo "# host: up after \$(cut -d ' ' -f 1 /proc/uptime) s, \$(uname -r)"
	/root/vsw/host/$1
	echo "host: done \$?"
	END
	chmod 755 "$ROOT/root/vsw/job"
}

apt()
{
	env -u TMPDIR DEBIAN_FRONTEND=noninteractive INITRD=No LC_ALL=C.UTF-8 \
		chroot "$ROOT" "$@"
}

in_install()
{
	apt sh -c 'dpkg -i /root/debs/vsw-dkms_*.deb /root/debs/vswctl_*.deb'
	dkms_has "$(in_oldest)"
}

in_oldest()
{
	find "$ROOT/usr/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' |
		sort -V | head -n 1
}

in_newest()
{
	find "$ROOT/usr/lib/modules" -mindepth 1 -maxdepth 1 -printf '%f\n' |
		sort -V | tail -n 1
}

dkms_has()
{
	apt dkms status vsw | grep "$1.*installed" | sed 's/^/# /'
}

# The new build of the module for the running kernel, as the later package would
# build it
in_later_module()
{
	local release

	release=$(in_oldest)
	dpkg -x "$ROOT"/root/later/vsw-dkms_*.deb "$ROOT/root/later/x"
	mkdir -p "$ROOT/root/vsw/new"
	apt make -s -j "$(nproc)" -C "/lib/modules/$release/build" \
		"M=/root/later/x/usr/src/vsw-$NEW_VERSION" modules
	cp "$ROOT/root/later/x/usr/src/vsw-$NEW_VERSION/kmod/vsw.ko" \
		"$ROOT/root/vsw/new/"
	apt strip -g /root/vsw/new/vsw.ko
	bad_module "$release"
}

# One that does not come up
bad_module()
{
	mkdir -p "$ROOT/root/vsw/bad"
	echo 'obj-m := vsw.o' > "$ROOT/root/vsw/bad/Makefile"
	cat > "$ROOT/root/vsw/bad/vsw.c" <<- 'END'
	#include <linux/module.h>
	static int __init bad_init(void)
	{
		return -EINVAL;
	}
	module_init(bad_init);
	MODULE_DESCRIPTION("bad");
	MODULE_VERSION("bad");
	MODULE_LICENSE("GPL");
	END
	apt make -s -C "/lib/modules/$1/build" M=/root/vsw/bad modules
}

in_new_kernel()
{
	apt sh -c 'apt-get -y -qq --no-install-recommends install /root/newest/*.deb'
	dkms_has "$(in_newest)"
}

# The later packages over the first ones
in_upgrade()
{
	# One kernel is enough.
	rm "$ROOT/lib/modules/$(in_oldest)/build"
	apt sh -c 'dpkg -i /root/later/vsw-dkms_*.deb /root/later/vswctl_*.deb'
	dkms_has "$NEW_VERSION.*$(in_newest)"
	! apt dkms status vsw | grep -v "$NEW_VERSION" | grep . ||
		return 1
	[ ! -e "$ROOT/usr/src/vsw-$(cat "$top/VERSION")" ]
}

in_purge()
{
	apt dpkg --purge vsw-dkms vswctl
	in_nothing_left "$1"
}

in_nothing_left()
{
	local left

	list_files > "$1/files.after"
	left=$(comm -13 "$1/files.before" "$1/files.after" |
		grep -iE '(^|[^n])vsw' || true)
	[ -z "$left" ] || { echo "left over: $left"; return 1; }
}

if [ "${1-}" = --in ]; then
	set -e
	command=$2
	shift 2
	"in_${command//-/_}" "$@"
	exit
fi

# At full speed in the mounted image, and booted twice
quick()
{
	step "install: DKMS builds" inside "$0" --in install || return
	step "a later module" inside "$0" --in later-module || return
	boot "" guest-first.sh || return
	step "upgrade the kernel: DKMS rebuilds" inside "$0" --in new-kernel ||
		return
	step "upgrade the packages" inside "$0" --in upgrade || return
	boot "$(inside "$0" --in newest)" guest-second.sh || return
	step "purge leaves nothing" inside "$0" --in nothing-left "$work"
}

# On the running host
full()
{
	step "image of the host" copy_image || return
	VSW_HOST_TIMEOUT=5400 boot "" guest-full.sh || return
	step "purge leaves nothing" inside "$0" --in purge "$work"
}

"$vm/packages.sh" build host >&2 || exit
step "versions agree" versions_agree
step "build the packages" build_packages || exit 1
step "lintian" lintian_is_content
step "build the RPM packages" "$top/packaging/rpm.sh" "$work/rpm" --nocheck
"$vm/host-image.sh" path > /dev/null || exit
step "image of the host" copy_image || exit 1
FIRST_KERNEL=$(inside "$0" --in oldest)
quick || failed=1
if [ -n "${FULL-}" ]; then
	full || failed=1
fi
exit "$failed"
