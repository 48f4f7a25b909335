# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Shared by the scripts in this directory: where things live, how to speak to
# the user, how to become root, and a private apt view of other Debian suites
# (so that the machine's own apt configuration is never touched).

VSW_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
VSW_CACHE=${VSW_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vsw}
# busybox, ip, depmod and friends live in sbin, which user shells may lack
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export VSW_TOP VSW_CACHE PATH

note()
{
	echo "vsw: $*" >&2
}

die()
{
	note "$*"
	exit 1
}

have()
{
	command -v "$1" >/dev/null 2>&1
}

# Run a command as root, or say which command would have to be run
as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif have sudo; then
		sudo -- "$@"
	else
		note "root is needed, and sudo is not installed; as root, run:"
		printf ' %q' "$@" >&2
		echo >&2
		return 1
	fi
}

# A real CPU feature, since /dev/kvm may open where KVM does not work
have_kvm()
{
	grep -qwE 'vmx|svm' /proc/cpuinfo && [ -w /dev/kvm ]
}

debian_release()
{
	# shellcheck disable=SC1091
	(. /etc/os-release && [ "${ID:-}" = debian ] && echo "${VERSION_ID:-}")
}

debian_codename()
{
	# shellcheck disable=SC1091
	(. /etc/os-release && echo "${VERSION_CODENAME:-}")
}

# The machine's own entry for the Debian archive, with another suite.
# Usage: apt_entry SUITE (prints deb822 or one-line format, see apt_format)
apt_entry()
{
	local suite=$1 own

	own="$(debian_codename)|stable|testing|unstable|sid"
	if [ "$(apt_format)" = sources ]; then
		awk -v RS= -v own="$own" -v suite="$suite" '
			/(^|\n)Enabled:[ \t]*no/ { next }
			$0 ~ "(^|\n)Types:[^\n]*deb( |\n|$)" &&
			$0 ~ "(^|\n)Suites:([^\n]*[ \t])?(" own ")([ \t\n]|$)" {
				sub(/(^|\n)Suites:[^\n]*/, "\nSuites: " suite)
				print
				exit
			}' /etc/apt/sources.list.d/*.sources
	else
		awk -v own="$own" -v suite="$suite" '
			$1 != "deb" { next }
			{
				for (i = 2; i <= NF && $i !~ "^(" own ")$"; i++)
					;
				if (i > NF)
					next
				$i = suite
				print
				exit
			}' /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
				2>/dev/null
	fi
}

apt_format()
{
	if grep -qs '^Suites:' /etc/apt/sources.list.d/*.sources; then
		echo sources
	else
		echo list
	fi
}

# Where the machine gets Debian from; empty when only apt can tell
apt_mirror()
{
	apt_entry sid | grep -v '^#' | grep -oE '(https?|file)://[^] ]+' | head -n 1
}

# Set APT to the apt options of a private view called NAME that has the given
# suites; "own" means all that the machine itself uses. Updates its lists.
# Usage: apt_view NAME SUITE...
apt_view()
{
	local dir=$VSW_CACHE/apt/$1 suite
	shift

	rm -rf "$dir/sources"
	mkdir -p "$dir/sources" "$dir/lists/partial" "$dir/cache/archives/partial"
	for suite in "$@"; do
		if [ "$suite" = own ]; then
			cp /etc/apt/sources.list.d/*.sources \
			   /etc/apt/sources.list.d/*.list \
			   "$dir/sources/" 2>/dev/null
			cp /etc/apt/sources.list "$dir/sources/main.list" \
			   2>/dev/null
		else
			apt_entry "$suite" \
				> "$dir/sources/vsw-$suite.$(apt_format)"
		fi
	done
	APT=(-o "Dir::Etc::sourcelist=/dev/null"
	     -o "Dir::Etc::sourceparts=$dir/sources"
	     -o "Dir::State::lists=$dir/lists"
	     -o "Dir::Cache=$dir/cache"
	     -o "APT::Sandbox::User=$(id -un)"
	     -o "DPkg::Lock::Timeout=600")
	apt-get "${APT[@]}" -qq update >&2
}

# The Debian package of kernel 6.12 that follows security updates
# Usage: kernel_package image|headers
kernel_package()
{
	if [ "$(debian_release)" = 12 ]; then
		echo "linux-$1-6.12-amd64"
	else
		echo "linux-$1-amd64"
	fi
}
