/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What fastpath.bpf.c and fastpath.c exchange. vswctl knows the name as well.
 */
#ifndef FASTPATH_H
#define FASTPATH_H

#define FASTPATH_PROGRAM	"vsw_fastpath"

/**
 * enum fastpath_counter - what the map of a program has, for each CPU. A program stays
 * when the tool is a newer one: numbers do not change
 * @FASTPATH_FORWARDED: was what is counted in the switch by now
 * @FASTPATH_PASSED: frames that were left to the path of skbs
 * @FASTPATH_RXVLAN: not 0 if the loader has turned VLAN stripping off, and is
 *	to turn it on again
 * @FASTPATH_COUNT: how many there are
 */
enum fastpath_counter {
	FASTPATH_FORWARDED,
	FASTPATH_PASSED,
	FASTPATH_RXVLAN,
	FASTPATH_COUNT,
};

#endif /* FASTPATH_H */
