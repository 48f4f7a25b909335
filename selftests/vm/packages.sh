#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install what building and testing vsw needs, on Debian 12 or 13.
#
# Usage: packages.sh GROUP...		groups: build vm static debug host bench sid
#
# Silent and instant when nothing is missing, so that the Makefile can call it
# before everything. Uses apt-get as root or through sudo; without either it
# prints the command to run and fails.

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

group_packages()
{
	case $1 in
	build)
		echo gcc libc6-dev make pkgconf "$(kernel_package headers)" \
		     dwarves bpftool clang llvm libbpf-dev libelf-dev \
		     libcap-ng-dev libmnl-dev \
		     libnl-3-dev libnl-genl-3-dev libnl-route-3-dev \
		     libjson-c-dev libyaml-dev libncurses-dev python3 python3-yaml zlib1g-dev
		;;
	vm)
		echo arping busybox-static cpio ethtool gojq iproute2 iputils-ping \
		     jq kmod nftables pciutils procps python3 strace \
		     python3-jsonschema python3-prometheus-client python3-pyte \
		     python3-yaml socat tcpdump util-linux xz-utils
		;;
	static)
		echo bc bison clang-tidy coccinelle flex libclang-rt-dev \
		     linux-source-6.12 shellcheck sparse xz-utils yamllint zsh
		;;
	debug)
		echo bc bison flex libclang-rt-dev libelf-dev linux-source-6.12 lz4 pahole xz-utils
		;;
	host)
		# To build the packages, and hosts to install them on
		echo debhelper dh-dkms dpkg-dev e2fsprogs fakeroot \
		     libvirt-clients libvirt-daemon-driver-qemu \
		     libvirt-daemon-system lintian mmdebstrap rpm
		;;
	bench)
		# The libraries are those of Open vSwitch, see bench/ovs.sh
		echo bc bison flex iperf3 libcap-ng0 libnuma1 libunbound8 libxdp1 \
		     linux-source-6.12 python3-matplotlib sockperf xz-utils
		;;
	sid)
		echo debootstrap
		;;
	*)
		die "packages: unknown group '$1' (build, vm, static, debug, host, bench, sid)"
		;;
	esac
}

# Of the packages given, print those that are not installed
missing()
{
	local installed package

	installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" \
		    2>/dev/null | sed -n 's/^ii *//p')
	for package in "$@"; do
		grep -qxF -- "$package" <<< "$installed" || echo "$package"
	done
}

# igb, the SR-IOV NIC of the tests, came with QEMU 8
qemu_is_good()
{
	local version

	version=$(qemu-system-x86_64 --version 2>/dev/null |
		  sed -n 's/.*version \([0-9]*\).*/\1/p')
	[ "${version:-0}" -ge 8 ]
}

apt_install()
{
	local log=$VSW_CACHE/install.log

	note "installing: ${PACKAGES[*]}"
	mkdir -p "$VSW_CACHE"
	as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -y -qq -o DPkg::Lock::Timeout=600 \
		-o Dpkg::Use-Pty=0 "$@" --no-install-recommends \
		install "${PACKAGES[@]}" > "$log" && return
	tail -n 20 "$log" >&2
	die "could not install: ${PACKAGES[*]} (see $log)"
}

# The one command for a user who cannot become root here
can_be_root()
{
	[ "$(id -u)" -eq 0 ] || have sudo && return
	note "packages are missing, and without root or sudo they cannot be" \
	     "installed; as root, run:"
	echo "apt-get update && apt-get install --no-install-recommends $*" >&2
	return 1
}

install_own()
{
	mapfile -t PACKAGES < <(missing "$@")
	[ "${#PACKAGES[@]}" -gt 0 ] || return 0
	can_be_root "${PACKAGES[@]}" || exit 1
	as_root apt-get -qq -o DPkg::Lock::Timeout=600 update >&2 ||
		note "apt-get update failed, trying with what is known"
	apt_install
}

install_qemu()
{
	local suite

	qemu_is_good && return
	PACKAGES=(qemu-system-x86)
	if [ "$(debian_release)" = 12 ]; then
		suite=$(debian_codename)-backports
		apt_view backports own "$suite" ||
			die "could not read $suite, which has QEMU with igb"
		apt_install "${APT[@]}" -t "$suite"
	else
		install_own qemu-system-x86
	fi
	qemu_is_good || die "QEMU 8 or newer is needed, and was not installed"
}

main()
{
	local group line names wanted=()

	[ $# -gt 0 ] || die "usage: packages.sh build|vm|static|debug|host|bench|sid..."
	case "$(debian_release)" in
	12|13)
		;;
	*)
		die "packages: this is not Debian 12 or 13: see" \
		    "Documentation/testing.md for what is needed"
		;;
	esac
	for group in "$@"; do
		line=$(group_packages "$group") || exit 1
		read -ra names <<< "$line"
		wanted+=("${names[@]}")
	done
	install_own "${wanted[@]}"
	if [[ " $* " == *" vm "* ]]; then
		install_qemu
	fi
}

main "$@"
