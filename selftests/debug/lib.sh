# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# On kernels with checkers lib.sh sources this, too. Memory that a module has lost
# is found when it is gone, and with it the names of its functions: remember where
# it was.

VSW_LOADED=/dev/shm/vsw-loaded

insmod()
{
	local name

	command insmod "$@" || return
	name=$(basename "$1" .ko)
	echo "$1 $(cat "/sys/module/${name//-/_}/sections/.text" 2>/dev/null)" \
		>>"$VSW_LOADED" 2>/dev/null
	return 0
}
