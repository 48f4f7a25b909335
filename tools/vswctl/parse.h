/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_PARSE_H
#define VSWCTL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vid_set - a set of VLANs
 * @bits: a bit for each VID
 */
struct vid_set {
	uint64_t bits[64];
};

/*
 * The parsers return NULL for a good word, and for a bad one what is wrong
 * with it, as the end of a sentence that begins with the word.
 */
const char *parse_uint(const char *word, uint32_t max, uint32_t *value);
const char *parse_bool(const char *word, bool *value);
const char *parse_mac(const char *word, uint8_t mac[6]);
const char *parse_vid(const char *word, uint16_t *vid);
/* "10,20-30" */
const char *parse_vids(const char *word, struct vid_set *set);
/* "100mbit", "2.5gbit", "100" for Mbit/s, "none"; the result is Mbit/s */
const char *parse_rate(const char *word, uint32_t *rate);
/* "PF/N"; "PF/any" is VF_ANY */
#define VF_ANY	UINT32_MAX
const char *parse_vf(const char *word, char *pf, size_t size, uint32_t *vf);

void vid_set_add(struct vid_set *set, uint16_t vid);
void vid_set_remove(struct vid_set *set, uint16_t vid);
bool vid_set_has(const struct vid_set *set, uint16_t vid);
unsigned int vid_set_count(const struct vid_set *set);
/* The first contiguous range that begins at @first or later; false if none */
bool vid_set_range(const struct vid_set *set, uint16_t *first,
		   uint16_t *last);

#endif /* VSWCTL_PARSE_H */
