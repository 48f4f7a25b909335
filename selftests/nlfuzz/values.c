// SPDX-License-Identifier: GPL-2.0
/*
 * Values, from few of which there are many, and from all now and then.
 */
#include "nlfuzz.h"

#include <net/if.h>
#include <string.h>

/* Switches, devices, a PF and VFs, and ports that have other names than these */
static const char *const names[] = {
	"vsw0", "vsw1", "a", "b", "c", "d", "testpf", "v0", "v1", "v2", "w",
	"lo", "br0", "nobody", "", "all", "none", "a/b", "a b",
	"fifteen-bytes-x", "sixteen-bytes-xx",
	"thirty-one-bytes-of-a-port-name", "thirty-two-bytes-of-a-port-name-",
};

static const uint8_t macs[][6] = {
	{ 0x52, 0x54, 0, 0, 0, 0x0a }, { 0x52, 0x54, 0, 0, 0, 0x0b },
	{ 0x52, 0x54, 0, 0, 0, 0x0c }, { 0x52, 0x54, 0, 0, 0, 0x10 },
	{ 0, 0, 0, 0, 0, 0 }, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	{ 0x01, 0x80, 0xc2, 0, 0, 0x0e }, { 0x33, 0x33, 0, 0, 0, 1 },
};

static const uint16_t vids[] = {
	1, 2, 10, 20, 100, 0, 4093, 4094, 4095, 4096, 0x8001, 0xffff,
};

static const uint32_t numbers[] = {
	0, 1, 2, 3, 9, 10, 63, 64, 255, 1000, 65535, 65536, 1000000, 1000001,
	0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
};

/* raw: room for one that is none of these, without an end if it is not a zero */
const char *some_name(struct bytes *b, char raw[64])
{
	uint8_t n = next8(b);
	struct bytes text;

	if (n < 248)
		return names[n % COUNT(names)];
	text = cut(b, (n - 247) * 4);
	memset(raw, 0, 64);
	memcpy(raw, text.at, text.end - text.at);
	return raw;
}

uint32_t some_index(struct bytes *b)
{
	uint8_t n = next8(b);

	if (n >= 240)
		return some_number(b, 0);
	return if_nametoindex(names[n % COUNT(names)]);
}

uint16_t some_vid(struct bytes *b)
{
	uint8_t n = next8(b);

	return n < 248 ? vids[n % COUNT(vids)] : next16(b);
}

const uint8_t *some_mac(struct bytes *b)
{
	return macs[next8(b) % COUNT(macs)];
}

/* max: the highest that means something, or 0 */
uint32_t some_number(struct bytes *b, uint32_t max)
{
	uint8_t n = next8(b);

	if (n >= 250)
		return next32(b);
	if (max && max < 32 && n < 224)
		return n % (max + 1);
	if (max && n < 128)
		return max + n % 5 - 2;
	return numbers[n % COUNT(numbers)];
}
