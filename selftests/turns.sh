#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Of what takes too long to be run each time, as much as there is time for.
#
# Usage: turns.sh COUNT WORD...		COUNT of them, others each day, a line each

set -u
count=$1
shift
day=$(($(date +%s) / 86400))
first=$((day * count))
for ((i = 0; i < count && i < $#; i++)); do
	nth=$(((first + i) % $# + 1))
	echo "${!nth}"
done
