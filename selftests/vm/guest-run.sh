#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Process 1 of the guests of boot.sh: finish what an init system would do, run
# the job, look at the kernel log, report to boot.sh, power off.

# shellcheck disable=SC1091
. /run/vsw/job

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LC_ALL=C.UTF-8 TERM=${JOB_TERM:-dumb}
# shellcheck disable=SC2163
for variable in "${JOB_ENVIRONMENT[@]}"; do
	export "$variable"
done

TROUBLE='WARNING:|BUG:|Oops|Call Trace|general protection|refcount_t|leaked'
TROUBLE+='|unregister_netdevice: waiting|UBSAN:|INFO: task|rcu: INFO:'

port()
{
	local name

	if [ "$JOB_KERNEL" = uml ]; then
		name=/dev/ttyS$([ "$1" = vsw.out ]; echo $?)
		stty -F "$name" raw -echo
		echo "$name"
		return
	fi
	for name in /sys/class/virtio-ports/*; do
		if [ "$(cat "$name/name" 2>/dev/null)" = "$1" ]; then
			echo "/dev/${name##*/}"
		fi
	done
}

prepare()
{
	mkdir -p /dev/pts /dev/shm
	mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
	mount -t tmpfs -o mode=1777 shm /dev/shm
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	mount -t bpf bpf /sys/fs/bpf
	mount -t tracefs tracefs /sys/kernel/tracing
	mount -t debugfs debugfs /sys/kernel/debug
	ln -sf /proc/self/fd /dev/fd
	ln -sf /proc/self/fd/0 /dev/stdin
	ln -sf /proc/self/fd/1 /dev/stdout
	ln -sf /proc/self/fd/2 /dev/stderr
	mkdir -p /run/lock /run/netns
	hostname vsw
	ip link set lo up
	[ -z "$JOB_SRIOV" ] || modprobe -a igb igbvf
} 2>/dev/null

# The job writes to a pipe, not to the port, which only one can open
run_piped()
{
	local reader status

	exec 3> >(exec cat > "$(port vsw.out)")
	reader=$!
	"${JOB_COMMAND[@]}" < /dev/null >&3 2>&1 3>&-
	status=$?
	exec 3>&-
	# a daemon that the job left behind may keep the pipe open for ever
	timeout 3 tail --pid="$reader" -f /dev/null
	return "$status"
}

# One session for the job and the shell: a session's end hangs up the terminal
run_on_terminal()
{
	stty sane rows "${JOB_ROWS:-24}" columns "${JOB_COLUMNS:-80}" < /dev/hvc0
	# shellcheck disable=SC2016
	setsid -c -w bash -c 'trap : INT
			      "$@"
			      echo $? > /run/vsw/status
			      exec bash -i' job "${JOB_COMMAND[@]}" \
		<> /dev/hvc0 >&0 2>&1
	return "$(cat /run/vsw/status)"
}

kernel_trouble()
{
	dmesg | awk '/vsw: job starts/ { n = 0 } { line[n++] = $0 }
		     END { for (i = 0; i < n; i++) print line[i] }' |
		# Which storms do on purpose
		sed '/pktgen: WARNING: trying to remove a running interface/d' |
		grep -E -A 30 "$TROUBLE" | head -n 100
}

main()
{
	local status

	prepare
	exec 4> "$(port vsw.status)"
	cd "$JOB_DIR" || cd /
	echo "started $(cut -d ' ' -f 1 /proc/uptime)" >&4
	echo "vsw: job starts" > /dev/kmsg
	if [ -n "$JOB_SHELL" ]; then
		run_on_terminal 4>&-
	else
		run_piped 4>&-
	fi
	status=$?
	kernel_trouble | sed 's/^/trouble /' >&4
	echo "exit $status" >&4
}

main
if [ "$JOB_KERNEL" = uml ]; then
	busybox poweroff -f
else
	echo o > /proc/sysrq-trigger
fi
# a process 1 that ends is a panic, and files may be out of reach by now
while :; do
	:
done
