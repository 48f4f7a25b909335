// SPDX-License-Identifier: GPL-2.0
/*
 * What libFuzzer calls. See nlfuzz.h.
 *
 * VSW_NLFUZZ_LAST=FILE	has each input written there before it is tried: a kernel
 *			that panics takes the fuzzer with it
 * VSW_NLFUZZ_STOP=FILE	no input is tried any more when it is there
 * VSW_NLFUZZ_VERBOSE=1	says each request and its answer
 * VSW_NLFUZZ_PLANT=sentence|state|device	has a refusal lack its sentence, or change
 *			something, or the MTU of a device: to see that it is noticed
 */
#include "nlfuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int last = -1;
static const char *stop, *plant;
static bool verbose;
/* The last input has changed something, or may have. */
static bool changed = true;
static unsigned long inputs, requests, refused;
/* Commands of the family that came through */
static bool accepted[UINT8_MAX + 1];

static void say_counts(void)
{
	unsigned int i;

	fprintf(stderr, "accepted:");
	for (i = 0; i < COUNT(accepted); i++)
		if (accepted[i])
			fprintf(stderr, " %u", i);
	fputc('\n', stderr);
	fprintf(stderr, "nlfuzz: %lu inputs, %lu requests, %lu refused\n", inputs, requests,
		refused);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *path = getenv("VSW_NLFUZZ_LAST");

	(void)argc;
	(void)argv;
	verbose = getenv("VSW_NLFUZZ_VERBOSE");
	stop = getenv("VSW_NLFUZZ_STOP");
	plant = getenv("VSW_NLFUZZ_PLANT");
	atexit(say_counts);
	if (path) {
		last = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
		if (last < 0) {
			perror(path);
			exit(1);
		}
	}
	kernel_open();
	kcov_open();
	return 0;
}

static void show(const struct message *m, int err)
{
	uint32_t i;

	fprintf(stderr, "%s %d:", m->ours ? "vsw" : "rtnl", err);
	for (i = NLMSG_HDRLEN; i < m->header.nlmsg_len && i < 512; i++)
		fprintf(stderr, "%s%02x", i % 4 ? "" : " ", m->bytes[i]);
	fputc('\n', stderr);
}

static void wrong(const struct message *m, int err, const char *what)
{
	fprintf(stderr, "nlfuzz: %s\n", what);
	show(m, err);
	abort();
}

/* Which dump is the first to differ */
static void show_sums(const uint64_t *before)
{
	static const char *const names[KERNEL_SUMS] = {
		"switches", "ports", "VLANs", "entries", "VFs", "batch", "devices",
		"VIDs in the filter of the PF",
	};
	int i;

	for (i = 0; i < KERNEL_SUMS; i++) {
		if (kernel_sums[i] != before[i]) {
			fprintf(stderr, "nlfuzz: %s differ\n", names[i]);
			return;
		}
	}
}

/* Refusals that the kernel has no sentence for, whose they are is clear. */
static bool mute(int err)
{
	return err == -ENOMEM || err == -ENOBUFS;
}

static void try(struct message *m, uint64_t *state, bool *known)
{
	static uint64_t sums[KERNEL_SUMS];
	bool told;
	int err;

	if (m->whole && !*known) {
		*state = kernel_state();
		memcpy(sums, kernel_sums, sizeof(sums));
	}
	kcov_begin();
	err = kernel_ask(m, &told);
	kcov_end();
	requests++;
	refused += err < 0;
	if (!err && m->ours)
		accepted[m->bytes[NLMSG_HDRLEN]] = true;
	/* What is whole and refused has not, which is looked at. */
	if (!err || !m->whole)
		changed = true;
	if (verbose)
		show(m, err);
	if (err && plant && !strcmp(plant, "sentence"))
		told = false;
	if (err && plant && !strcmp(plant, "state"))
		kernel_reset(false);
	if (err && plant && !strcmp(plant, "device"))
		kernel_plant();
	if (err && m->ours && !m->wild && !told && !mute(err))
		wrong(m, err, "refused without a sentence");
	if (!m->whole || !err) {
		*known = false;
		return;
	}
	if (kernel_state() != *state) {
		show_sums(sums);
		wrong(m, err, "refused, and something has changed");
	}
	*known = true;
}

/* Making all anew is most of the work: not when nothing has changed. */
static void begin(bool populated)
{
	static bool was;

	if (changed || was != populated)
		kernel_reset(populated);
	was = populated;
	changed = false;
}

static void remember(const uint8_t *data, size_t size)
{
	if (last < 0)
		return;
	if (pwrite(last, data, size, 0) != (ssize_t)size || ftruncate(last, size)) {
		perror("last input");
		exit(1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = { data, data + size };
	static struct message m;
	bool known = false;
	uint64_t state = 0;
	int count;

	if (stop && !access(stop, F_OK)) {
		say_counts();
		_exit(0);
	}
	inputs++;
	remember(data, size);
	begin(!(next8(&input) & 1));
	for (count = 0; input.at < input.end && count < RECORDS_MAX; count++) {
		compose(&m, &input);
		try(&m, &state, &known);
	}
	return 0;
}

/* A record at random, most of its tail zeroes: few attributes */
static void fill(uint8_t *record, unsigned int seed)
{
	size_t used = 3 + seed % (RECORD - 3), i;

	memset(record, 0, RECORD);
	for (i = 0; i < used; i++) {
		seed = seed * 1103515245 + 12345;
		record[i] = seed >> 16;
	}
}

/* Records come and go as a whole, and else one of them changes. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed)
{
	size_t count = size ? (size - 1) / RECORD : 0, at, room;
	uint8_t *record;

	if (!size)
		data[0] = 0;
	at = count ? (seed >> 8) % count : 0;
	record = data + 1 + at * RECORD;
	room = 1 + (count + 1) * RECORD <= max_size && count < RECORDS_MAX;
	switch (count ? seed % 8 : 0) {
	case 0:
	case 1:
		if (!room)
			break;
		memmove(record + RECORD, record, (count - at) * RECORD);
		if (seed % 8 || !count)
			fill(record, seed >> 4);
		count++;
		break;
	case 2:
		if (count < 2)
			break;
		memmove(record, record + RECORD, (count - at - 1) * RECORD);
		count--;
		break;
	case 3:
		data[0] ^= 1;
		break;
	default:
		/* Its length stays. */
		LLVMFuzzerMutate(record, RECORD, RECORD);
		break;
	}
	return 1 + count * RECORD;
}

/* The beginning of one, the end of another */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
				 size_t two_size, uint8_t *out, size_t max_size,
				 unsigned int seed)
{
	size_t count = one_size ? (one_size - 1) / RECORD : 0;
	size_t other = two_size ? (two_size - 1) / RECORD : 0;
	size_t head = count ? seed % (count + 1) : 0;
	size_t from = other ? (seed >> 8) % (other + 1) : 0;

	while (1 + (head + other - from) * RECORD > max_size && from < other)
		from++;
	out[0] = one_size ? one[0] : 0;
	memcpy(out + 1, one + 1, head * RECORD);
	memcpy(out + 1 + head * RECORD, two + 1 + from * RECORD, (other - from) * RECORD);
	return 1 + (head + other - from) * RECORD;
}
