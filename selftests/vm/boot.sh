#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a script as root in a throwaway QEMU guest: a Debian kernel over this
# machine's root file system, seen through 9p with a tmpfs on top. What the
# guest writes vanishes with it.
#
# Usage: boot.sh [OPTION...] -- SCRIPT [ARGUMENT...]
#   --kernel 6.12|7.2	kernel (default 6.12), or debug, kcsan or uml: with checkers
#   --cpus N		virtual CPUs (default 2; with --nested and no KVM here, 1)
#   --mem M		memory in MiB (default 1024; with --sriov 2560)
#   --sriov		two SR-IOV NICs (igb) and a plain one (virtio) on one wire, and
#			an IOMMU
#   --nested		KVM in the guest
#   --icount		one CPU, whose clock counts instructions: each takes 1 ns
#   --append ARGS	more kernel command line
#   --timeout S		seconds until the guest is killed (default 600)
#   --silence S		seconds without output after which it is killed, too
#   --shell		an interactive shell after SCRIPT (which may be left out)
#   --image PATH --modules DIR	another kernel than Debian's
#
# SCRIPT sees the repository at the same path, the current directory, and all
# VSW_* variables. Its output appears as it is written. Exit status: SCRIPT's, or
#   86  the guest's kernel panicked (every WARN panics)
#   87  SCRIPT ended, but the kernel log shows trouble
#   124 timeout, or silence
#   75  the kernel asked for is not available here
#
# uml is a program (User-Mode Linux) and needs no QEMU: one CPU, no PCI, so neither
# --sriov nor --nested.
#
# A small initramfs instead of virtme-ng: neither init system nor udev in the guest,
# so it is up in a quarter of the time, it needs neither a package from another
# release nor a udev on the machine, and how it reports is in our hands.

set -u
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/initramfs.sh"

# what it takes to mount the host's root
BOOT_MODULES=(virtio_pci virtio_console 9pnet_virtio 9p overlay)

# With the IOMMU and VFs, more would put the VFs' BARs above 4 GiB, where QEMU 10
# takes them for 32-bit ones: the VFs' registers read as zero.
SRIOV_MEMORY=2560

# Seconds until SCRIPT has to run, many times what an emulated guest takes on a busy
# machine, and those that a guest has to power off
START_LIMIT=240
END_LIMIT=30

usage()
{
	sed -n 's/^# \(Usage: \)/\1/p; s/^#   //p' "$0" >&2
	exit 1
}

parse()
{
	KERNEL=6.12 CPUS='' MEMORY='' SRIOV='' NESTED='' APPEND='' TIMEOUT=600
	INTERACTIVE='' IMAGE='' MODULES='' ICOUNT='' SILENCE='' STUCK=''
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel)	KERNEL=${2:-}; shift ;;
		--cpus)		CPUS=${2:-}; shift ;;
		--mem)		MEMORY=${2%M}; shift ;;
		--append)	APPEND=${2:-}; shift ;;
		--timeout)	TIMEOUT=${2:-}; shift ;;
		--silence)	SILENCE=${2:-}; shift ;;
		--image)	IMAGE=${2:-}; shift ;;
		--modules)	MODULES=${2:-}; shift ;;
		--sriov)	SRIOV=1 ;;
		--nested)	NESTED=1 ;;
		--icount)	ICOUNT=1; CPUS=1 ;;
		--shell)	INTERACTIVE=1 ;;
		--)		shift; break ;;
		*)		usage ;;
		esac
		shift
	done
	COMMAND=("$@")
	[ $# -gt 0 ] || [ -n "$INTERACTIVE" ] || usage
	[ -n "$MEMORY" ] || MEMORY=$([ -n "$SRIOV" ] && echo $SRIOV_MEMORY || echo 1024)
	if [ -n "$SRIOV" ] && [ "$MEMORY" -gt $SRIOV_MEMORY ]; then
		die "boot: --sriov works up to --mem $SRIOV_MEMORY only"
	fi
}

find_kernel()
{
	local paths

	if [ -z "$IMAGE" ]; then
		paths=$("$VSW_TOP/selftests/vm/kernel.sh" path "$KERNEL") || exit
		IMAGE=${paths%%$'\n'*}
		MODULES=${paths##*$'\n'}
	fi
	RELEASE=${MODULES##*/}
	[ "$KERNEL" != uml ] || BOOT_MODULES=()
}

# The job goes into the guest as a second archive behind the initramfs
make_initrd()
{
	local init=$VSW_TOP/selftests/vm/guest-init.sh
	local base=$VSW_CACHE/initramfs/boot-$RELEASE

	if [ ! -e "$base" ] || [ "$init" -nt "$base" ] ||
	   [ "$IMAGE" -nt "$base" ]; then
		mkdir -p "$VSW_CACHE/initramfs"
		initramfs_make "$base" "$RELEASE" "${MODULES%/usr/lib/modules/*}" \
			"$init" "${BOOT_MODULES[@]}" ||
			die "boot: could not make the initramfs"
	fi
	mkdir "$WORK/job"
	write_job > "$WORK/job/job"
	{ cat "$base"; initramfs_pack "$WORK/job"; } > "$WORK/initrd"
}

# An assignment that the guest's shell reads back as it is here
assign()
{
	local name=$1
	shift
	printf '%s=' "$name"
	printf '%q\n' "$*"
}

assign_array()
{
	local name=$1
	shift
	printf '%s=(' "$name"
	[ $# -eq 0 ] || printf ' %q' "$@"
	printf ' )\n'
}

write_job()
{
	local size variables

	mapfile -t variables < <(env | grep -E '^VSW_[A-Z0-9_]+=')
	size=$(stty size 2>/dev/null) || size='24 80'
	assign JOB_TOP "$VSW_TOP"
	assign JOB_KERNEL "$KERNEL"
	assign JOB_RELEASE "$RELEASE"
	assign JOB_MODULES "$MODULES"
	cat <<- END
	[ -n "\$BASH_VERSION" ] || return 0
	END
	assign JOB_DIR "$PWD"
	assign JOB_SRIOV "$SRIOV"
	assign JOB_SHELL "$INTERACTIVE"
	assign JOB_TERM "${TERM:-dumb}"
	assign JOB_ROWS "${size% *}"
	assign JOB_COLUMNS "${size#* }"
	assign_array JOB_ENVIRONMENT "${variables[@]}"
	assign_array JOB_COMMAND "${COMMAND[@]}"
}

command_line()
{
	local console=ttyS0 line

	[ "$KERNEL" != uml ] || console=tty0
	line="console=$console loglevel=5 log_buf_len=4M printk.time=1"

	line+=" panic=-1 panic_on_warn=1 oops=panic"
	line+=" net.ifnames=0 audit=0 apparmor=0 noresume"
	if [ "$KERNEL" = uml ]; then
		line+=" time-travel ignore_loglevel"
	elif [ -z "$KVM" ]; then
		line+=" mitigations=off no_timer_check watchdog_thresh=60"
		line+=" rcupdate.rcu_cpu_stall_timeout=120"
	fi
	[ -z "$SRIOV" ] || line+=" intel_iommu=on iommu=pt"
	echo "$line $APPEND"
}

nested_kvm()
{
	grep -qs '[Y1]' /sys/module/kvm_intel/parameters/nested \
			/sys/module/kvm_amd/parameters/nested
}

qemu_arguments()
{
	local machine=q35 cpu=max,la57=off accel=tcg,thread=multi

	KVM=''
	if [ -n "$ICOUNT" ]; then
		accel=tcg,thread=single
	elif have_kvm && { [ -z "$NESTED" ] || nested_kvm; }; then
		KVM=1
		cpu=host accel=kvm
	elif [ -n "$NESTED" ]; then
		# With a thread for each of its CPUs, QEMU 10 now and then translates by
		# the wrong tables right after a #VMEXIT: about every fourth VM stops,
		# or the emulated machine resets. With one CPU none of 24 did.
		: "${CPUS:=1}"
		cpu+=,svm=on
	fi
	: "${CPUS:=2}"
	[ -z "$SRIOV" ] || machine+=,kernel-irqchip=split
	# shellcheck disable=SC2054
	QEMU=(qemu-system-x86_64 -nodefaults -no-user-config -no-reboot
	      -display none -machine "$machine" -cpu "$cpu"
	      -accel "$accel"
	      -smp "$CPUS" -m "$MEMORY"
	      -kernel "$IMAGE" -initrd "$WORK/initrd"
	      -append "$(command_line)"
	      -serial "file:$WORK/console"
	      -fsdev "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap"
	      -device virtio-9p-pci,fsdev=root,mount_tag=vswroot
	      -device virtio-rng-pci
	      -device virtio-serial-pci
	      -chardev "file,id=status,path=$WORK/status"
	      -device virtserialport,chardev=status,name=vsw.status)
	if [ -n "$INTERACTIVE" ]; then
		QEMU+=(-chardev "stdio,id=out,signal=off"
		       -device "virtconsole,chardev=out")
	else
		QEMU+=(-chardev "file,id=out,path=$WORK/out"
		       -device "virtserialport,chardev=out,name=vsw.out")
	fi
	[ -z "$ICOUNT" ] || QEMU+=(-icount "shift=0,sleep=off")
	[ -z "$SRIOV" ] || sriov_arguments
}

# Serial lines: what the job says, and how it ends. The console is standard output.
uml_arguments()
{
	KVM=''
	# shellcheck disable=SC2054
	QEMU=(setarch -R "$IMAGE" "mem=${MEMORY}M" "initrd=$WORK/initrd"
	      con=null con0=null,fd:1 ssl=null ssl0=null,fd:5 ssl1=null,fd:6
	      "uml_dir=$WORK/")
	read -ra LINE <<< "$(command_line)"
	QEMU+=("${LINE[@]}")
}

sriov_arguments()
{
	local n

	QEMU+=(-device "intel-iommu,intremap=on")
	for n in 1 2; do
		QEMU+=(-netdev "hubport,id=net$n,hubid=0"
		       -device "pcie-root-port,id=rp$n,slot=$n,chassis=$n"
		       -device "igb,netdev=net$n,bus=rp$n,mac=52:54:00:00:0f:0$n,romfile=")
	done
	# Its driver is loaded by the tests that want it.
	QEMU+=(-netdev "hubport,id=net3,hubid=0"
	       -device "virtio-net-pci,netdev=net3,mac=52:54:00:00:0f:03,romfile=")
}

# Is the guest of process $1 to be ended, and why? While VFs come and go, emulated
# guests have been seen to stop as a whole: no timer interrupt comes any more, and
# nothing is printed. Some have stopped before SCRIPT began, and some when they should
# have powered off, with its result long here.
stuck()
{
	local now last

	now=$(date +%s)
	if grep -q '^exit ' "$WORK/status"; then
		last=$(stat -c %Y "$WORK/status")
		[ $((now - last)) -gt "$END_LIMIT" ] && WHY=ended
	elif ! started; then
		[ $((now - $1)) -gt "$START_LIMIT" ] && WHY=start
	elif [ -n "$SILENCE" ]; then
		last=$(stat -c %Y "$WORK/relayed")
		[ $((now - last)) -gt "$SILENCE" ] && WHY=silent
	fi
	[ -n "$WHY" ]
}

watch()
{
	local start WHY=

	start=$(date +%s)
	while sleep 5 && kill -0 "$1" 2>/dev/null; do
		if stuck "$start"; then
			echo "$WHY" > "$WORK/stuck"
			kill "$1"
			return
		fi
	done
}

# Becomes the guest.
guest()
{
	if [ "$KERNEL" = uml ]; then
		ulimit -c 0
		exec > "$WORK/console" 5> "$WORK/out" 6> "$WORK/status"
	fi
	exec timeout -k 5 "$TIMEOUT" "${QEMU[@]}" < /dev/null 2> "$WORK/stderr"
}

# Returns QEMU's exit status; 124 when time ran out. STUCK says why watch() ended it.
run_qemu()
{
	local reader status

	: > "$WORK/status"
	: > "$WORK/console"
	: > "$WORK/stuck"
	if [ -n "$INTERACTIVE" ]; then
		# in the foreground, or the terminal would not be ours
		"${QEMU[@]}" 2> "$WORK/stderr"
		return
	fi
	tee "$WORK/relayed" < "$WORK/out" &
	reader=$!
	guest &
	CHILD=$!
	watch "$CHILD" > /dev/null 2>&1 &
	wait "$CHILD"
	status=$?
	CHILD=''
	# had QEMU never opened it, the reader would wait for ever
	: <> "$WORK/out"
	wait "$reader"
	STUCK=$(< "$WORK/stuck")
	return "$status"
}

started()
{
	grep -q '^started' "$WORK/status"
}

# QEMU is known to abort at start now and then (iotlb_to_section). What happens
# before SCRIPT starts is not its fault, so try once more.
boot()
{
	run_qemu
	QEMU_STATUS=$?
	if ! started && [ "$QEMU_STATUS" -ne 124 ]; then
		note "the guest did not come up, trying once more:" \
			"$STUCK" "$(tail -n 1 "$WORK/stderr")" \
			"$(grep -m 1 'Kernel panic' "$WORK/console")"
		run_qemu
		QEMU_STATUS=$?
	fi
}

# From the first complaint on, or the last lines
show_console()
{
	local complaint='BUG: |WARNING: |UBSAN: |ODEBUG: |INFO: |Oops'

	note "the guest's console:"
	if grep -qE "$complaint" "$WORK/console"; then
		grep -E -A 150 -m 1 "$complaint" "$WORK/console"
	else
		tail -n 40 "$WORK/console"
	fi | tr -d '\r' >&2
}

verdict()
{
	local status

	[ "$STUCK" != ended ] ||
		note "guest did not power off"
	if grep -q 'Kernel panic' "$WORK/console"; then
		show_console
		note "guest panicked"
		exit 86
	fi
	status=$(sed -n 's/^exit //p' "$WORK/status")
	if [ -z "$status" ]; then
		show_console
		cat "$WORK/stderr" >&2
		case $STUCK in
		start)
			note "guest did not start ${COMMAND[0]} in $START_LIMIT s"
			exit 124
			;;
		silent)
			note "guest was silent for $SILENCE s"
			exit 124
			;;
		esac
		if [ "$QEMU_STATUS" -eq 124 ] || [ "$QEMU_STATUS" -eq 137 ]; then
			note "guest did not finish in $TIMEOUT s"
			exit 124
		fi
		note "guest ended without a result (QEMU status $QEMU_STATUS)"
		exit 1
	fi
	if grep -q '^trouble' "$WORK/status"; then
		note "trouble in the guest's kernel log:"
		sed -n 's/^trouble //p' "$WORK/status" >&2
		exit 87
	fi
	exit "$status"
}

# shellcheck disable=SC2317
cleanup()
{
	[ -z "${CHILD:-}" ] || kill "$CHILD" 2>/dev/null
	rm -rf "$WORK"
}

main()
{
	parse "$@"
	find_kernel
	WORK=$(mktemp -d) || exit 1
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	make_initrd
	mkfifo "$WORK/out"
	if [ "$KERNEL" = uml ]; then
		uml_arguments
	else
		qemu_arguments
	fi
	boot
	verdict
}

main "$@"
