// SPDX-License-Identifier: GPL-2.0
/* From words to values. Nothing here knows netlink. */
#include "parse.h"

#include <ctype.h>
#include <string.h>

#include <linux/vsw.h>

#include "vswctl.h"

#define NOT_A_VID	"is not a VID: 1 to 4094"
#define NOT_A_RATE	"is not a rate: 100mbit, 2.5gbit, none"

/* Digits only: no sign, no blank, no other base. The rest is in @end. */
static bool digits(const char *word, uint64_t max, uint64_t *value,
		   const char **end)
{
	const char *c;

	*value = 0;
	for (c = word; isdigit((unsigned char)*c); c++) {
		*value = *value * 10 + (*c - '0');
		if (*value > max)
			return false;
	}
	*end = c;
	return c > word;
}

const char *parse_uint(const char *word, uint32_t max, uint32_t *value)
{
	const char *end;
	uint64_t number;

	if (!isdigit((unsigned char)*word))
		return "is not a number";
	if (!digits(word, max, &number, &end))
		return "is too large";
	if (*end)
		return "is not a number";
	*value = number;
	return NULL;
}

const char *parse_bool(const char *word, bool *value)
{
	*value = !strcmp(word, "on");
	if (*value || !strcmp(word, "off"))
		return NULL;
	return "is neither on nor off";
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

const char *parse_mac(const char *word, uint8_t mac[6])
{
	static const char *const bad =
		"is not a MAC address such as 52:54:00:aa:00:01";
	int high, i, low;

	for (i = 0; i < 6; i++) {
		high = hex_digit(word[0]);
		if (high < 0)
			return bad;
		low = hex_digit(word[1]);
		if (low < 0 || word[2] != (i < 5 ? ':' : '\0'))
			return bad;
		mac[i] = high << 4 | low;
		word += 3;
	}
	return NULL;
}

/* A VID at the start of @word; the rest is in @end */
static bool vid_prefix(const char *word, uint16_t *vid, const char **end)
{
	uint64_t number;

	if (!digits(word, VSW_VID_MAX, &number, end) || !number)
		return false;
	*vid = number;
	return true;
}

const char *parse_vid(const char *word, uint16_t *vid)
{
	const char *end;

	return vid_prefix(word, vid, &end) && !*end ? NULL : NOT_A_VID;
}

/* "10" or "20-30" at the start of @word */
static const char *vid_range(const char *word, struct vid_set *set,
			     const char **end)
{
	uint16_t first, last;

	if (!vid_prefix(word, &first, end))
		return "is not a list of VIDs (1 to 4094) such as 10,20-30";
	last = first;
	if (**end == '-' && !vid_prefix(*end + 1, &last, end))
		return "has a range without a last VID (1 to 4094)";
	if (last < first)
		return "has a range that ends before it begins";
	for (; first <= last; first++)
		vid_set_add(set, first);
	return NULL;
}

const char *parse_vids(const char *word, struct vid_set *set)
{
	const char *error;

	memset(set, 0, sizeof(*set));
	for (;; word++) {
		error = vid_range(word, set, &word);
		if (error || !*word)
			return error;
		if (*word != ',')
			return "is not a list of VIDs such as 10,20-30";
	}
}

/* The digits after the point, as thousandths */
static bool thousandths(const char *word, uint32_t *value, const char **end)
{
	uint32_t unit = 100;

	*value = 0;
	for (; isdigit((unsigned char)*word); word++) {
		*value += unit * (*word - '0');
		if (!unit && *word != '0')
			return false;
		unit /= 10;
	}
	*end = word;
	return true;
}

/* Mbit/s in thousandths */
static uint64_t rate_unit(const char *word)
{
	static const struct {
		const char *name;
		uint64_t unit;
	} units[] = {
		{ "", 1000 },
		{ "kbit", 1 },
		{ "mbit", 1000 },
		{ "gbit", 1000 * 1000 },
		{ "tbit", 1000 * 1000 * 1000 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (!strcmp(word, units[i].name))
			return units[i].unit;
	return 0;
}

const char *parse_rate(const char *word, uint32_t *rate)
{
	uint64_t number, unit;
	uint32_t fraction = 0;
	const char *end;

	*rate = 0;
	if (!strcmp(word, "none"))
		return NULL;
	if (!digits(word, UINT32_MAX, &number, &end))
		return NOT_A_RATE;
	if (*end == '.' && !thousandths(end + 1, &fraction, &end))
		return "has more than three digits after the point";
	unit = rate_unit(end);
	if (!unit)
		return NOT_A_RATE;
	number = number * unit + fraction * unit / 1000;
	if (number % 1000 || fraction * unit % 1000)
		return "is not a whole number of Mbit/s";
	if (number / 1000 > UINT32_MAX)
		return "is too large";
	*rate = number / 1000;
	return NULL;
}

const char *parse_vf(const char *word, char *pf, size_t size, uint32_t *vf)
{
	const char *slash = strrchr(word, '/');
	size_t length = slash ? slash - word : 0;

	if (!length || length >= size)
		return "is not a VF such as enp1s0f0/3";
	if (!strcmp(slash + 1, "any"))
		*vf = VF_ANY;
	else if (parse_uint(slash + 1, UINT16_MAX, vf))
		return "is not a VF such as enp1s0f0/3";
	memcpy(pf, word, length);
	pf[length] = '\0';
	return NULL;
}

/* The kernel may say what no VID is; that is in no set */
static bool is_in_range(const struct vid_set *set, uint16_t vid)
{
	return vid / 64 < ARRAY_SIZE(set->bits);
}

void vid_set_add(struct vid_set *set, uint16_t vid)
{
	if (!is_in_range(set, vid))
		return;
	set->bits[vid / 64] |= 1ULL << vid % 64;
}

void vid_set_remove(struct vid_set *set, uint16_t vid)
{
	if (!is_in_range(set, vid))
		return;
	set->bits[vid / 64] &= ~(1ULL << vid % 64);
}

bool vid_set_has(const struct vid_set *set, uint16_t vid)
{
	return is_in_range(set, vid) && set->bits[vid / 64] >> vid % 64 & 1;
}

unsigned int vid_set_count(const struct vid_set *set)
{
	unsigned int count = 0, i;

	for (i = 0; i < ARRAY_SIZE(set->bits); i++)
		count += __builtin_popcountll(set->bits[i]);
	return count;
}

bool vid_set_range(const struct vid_set *set, uint16_t *first, uint16_t *last)
{
	uint16_t vid = *first;

	while (vid <= VSW_VID_MAX && !vid_set_has(set, vid))
		vid++;
	*first = vid;
	while (vid <= VSW_VID_MAX && vid_set_has(set, vid))
		vid++;
	*last = vid - 1;
	return vid > *first;
}
