// SPDX-License-Identifier: GPL-2.0
/* VLANs of a bridge port in the words of vswctl */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The PVID, or 0 */
static unsigned int pvid_of(const uint8_t vlans[VLANS])
{
	unsigned int vid;

	for (vid = 1; vid < VLANS; vid++)
		if (vlans[vid] & VLAN_PVID)
			return vid;
	return 0;
}

static bool is_tagged(uint8_t flags)
{
	return flags == VLAN_MEMBER;
}

static bool is_native(uint8_t flags)
{
	return flags == (VLAN_MEMBER | VLAN_UNTAGGED | VLAN_PVID);
}

/* Untagged, and not the PVID */
static bool is_untagged(uint8_t flags)
{
	return flags == (VLAN_MEMBER | VLAN_UNTAGGED);
}

/* "10,20-30" of those that @wanted says, "" for none; the caller frees it */
static char *vlans_list(const uint8_t vlans[VLANS], bool (*wanted)(uint8_t))
{
	unsigned int first, last;
	size_t size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	for (first = 1; first < VLANS - 1; first = last + 1) {
		last = first;
		if (!wanted(vlans[first]))
			continue;
		while (last + 1 < VLANS - 1 && wanted(vlans[last + 1]))
			last++;
		fprintf(out, ftell(out) ? ",%u" : "%u", first);
		if (last > first)
			fprintf(out, "-%u", last);
	}
	fclose(out);
	return text;
}

void vlans_words(const uint8_t vlans[VLANS], bool tagged, char **words)
{
	char *list = vlans_list(vlans, is_tagged);
	unsigned int pvid = pvid_of(vlans);
	bool native = pvid && is_native(vlans[pvid]);
	int length;

	if (*list && native)
		length = asprintf(words, "trunk %s native %u", list, pvid);
	else if (*list)
		length = asprintf(words, "trunk %s", list);
	else if (native)
		length = asprintf(words, "vlan %u%s", pvid,
				  tagged ? " frames all" : "");
	else
		length = asprintf(words, "vlan none");
	if (length < 0)
		abort();
	free(list);
}

void vlans_commands(const struct import *import, const char *port,
		    const uint8_t vlans[VLANS])
{
	char *untagged = vlans_list(vlans, is_untagged);
	unsigned int pvid = pvid_of(vlans);

	if (*untagged)
		import_add(import->commands, "vlan add %s vid %s untagged",
			   port, untagged);
	if (pvid && !is_native(vlans[pvid]))
		import_add(import->commands, "vlan add %s vid %u pvid", port,
			   pvid);
	free(untagged);
}

void vlans_host(const struct import *import, const uint8_t vlans[VLANS],
		unsigned int pvid)
{
	unsigned int own = pvid_of(vlans);
	char *tagged = vlans_list(vlans, is_tagged);

	if (own && is_native(vlans[own]) && own != pvid)
		import_add(import->commands, "vlan add %s vid %u pvid untagged",
			   import->to, own);
	if (*tagged)
		import_add(import->commands, "vlan add %s vid %s", import->to,
			   tagged);
	vlans_commands(import, import->to, vlans);
	if (pvid && !(vlans[pvid] & VLAN_MEMBER))
		import_add(import->commands, "vlan del %s vid %u", import->to,
			   pvid);
	free(tagged);
}
