#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# In the guest of run.sh: load the tests and print the kernel log. VSW_TESTS is the
# module.

dmesg --clear
if modprobe kunit && insmod "$VSW_TESTS" && rmmod vsw_tests; then
	echo "vsw: loaded and unloaded" > /dev/kmsg
fi
dmesg --color=never --notime
echo "vsw: end of log"
