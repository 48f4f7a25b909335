#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The selftests in the order in which they run: a test is a script of this
# directory that sources lib.sh, the shortest first.

cd "$(dirname "$0")" || exit 1
echo smoke
for file in *.sh; do
	grep -q '/lib\.sh"$' "$file" && [ "$file" != smoke.sh ] &&
		echo "${file%.sh}"
done
exit 0
