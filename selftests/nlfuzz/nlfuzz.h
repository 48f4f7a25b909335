/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fuzzer of the netlink interfaces, guided by which way the kernel goes.
 *
 * An input is a row of records of RECORD bytes. The first says from what state it
 * sets out, each other one is a request: compose.c makes it from the tables of
 * schema.py, so that most are well-formed; a batch takes the records behind it as
 * its entries. What comes out of it: nothing of the kernel complains (KASAN,
 * lockdep and so on end the guest), each refusal has a sentence, and one that is
 * refused has changed nothing.
 */
#ifndef NLFUZZ_H
#define NLFUZZ_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define RECORD		32
/* Requests of one input */
#define RECORDS_MAX	24

/* What is left of an input, or of a record */
struct bytes {
	const uint8_t *at;
	const uint8_t *end;
};

uint8_t next8(struct bytes *b);
uint16_t next16(struct bytes *b);
uint32_t next32(struct bytes *b);
/* Takes at most LENGTH bytes off */
struct bytes cut(struct bytes *b, size_t length);

/* A message being written */
struct message {
	union {
		struct nlmsghdr header;
		uint8_t bytes[64 * 1024];
	};
	/* Of the family, and not of rtnetlink */
	bool ours;
	/* Nothing of it is as the kernel wants it: what it answers is its affair. */
	bool wild;
	/* It is carried out whole or not at all. */
	bool whole;
};

void message_begin(struct message *m, uint16_t type, uint16_t flags,
		   const void *head, size_t length);
void put(struct message *m, uint16_t type, const void *data, size_t length);
void put_u16(struct message *m, uint16_t type, uint16_t value);
void put_u32(struct message *m, uint16_t type, uint32_t value);
void put_string(struct message *m, uint16_t type, const char *text);
struct nlattr *hold_begin(struct message *m, uint16_t type);
struct nlattr *nest_begin(struct message *m, uint16_t type);
void nest_end(struct message *m, struct nlattr *nest);

/* compose.c: the next request of an input */
void compose(struct message *m, struct bytes *input);
/* rtnl.c: one of rtnetlink */
void compose_rtnl(struct message *m, struct bytes *record);
/* values.c: of which there are few, so that requests mean the same things */
const char *some_name(struct bytes *b, char raw[64]);
uint32_t some_index(struct bytes *b);
uint16_t some_vid(struct bytes *b);
const uint8_t *some_mac(struct bytes *b);
uint32_t some_number(struct bytes *b, uint32_t max);

/* kernel.c: what answers */
extern uint16_t family;
void kernel_open(void);
/* Returns 0 or the negative errno; *told: with a sentence, or the attribute */
int kernel_ask(struct message *m, bool *told);
/* All that the family and the kernel say there is; and up to which dump, in their order */
#define KERNEL_SUMS	8
extern uint64_t kernel_sums[KERNEL_SUMS];
uint64_t kernel_state(void);
void kernel_reset(bool populated);
/* What no request has asked for: the MTU of a device is another one. */
void kernel_plant(void);

/* kcov.c: which way it went */
void kcov_open(void);
void kcov_begin(void);
void kcov_end(void);

/* What libFuzzer calls, but for the first, which it has */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
			       unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_size, const uint8_t *two,
				 size_t two_size, uint8_t *out, size_t max_size,
				 unsigned int seed);

#endif
