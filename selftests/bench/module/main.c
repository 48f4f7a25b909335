// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/vsw_bench: write a command, read its result. Commands:
 *
 *	shape prefix=b ports=2 pairs=1 vid=100 vlans=1 size=64
 *	      kind=unicast|broadcast|unknown|storm|move tag=none|meta|frame
 *	      pages=0 tcp=0
 *	attach prefix=b ports=2 mode=take|xmit|queue|
 *				     xdp-bounce|xdp-redirect|xdp-forward
 *	call redirect=ADDRESS forward=ADDRESS
 *	prime
 *	run ms=300 frames=0 slice=16384
 *
 * What is left out of a shape is as above. The result of "run" is JSON.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "bench.h"

static struct bench_result result;

static const char * const kinds[] = {
	[BENCH_UNICAST]		= "unicast",
	[BENCH_BROADCAST]	= "broadcast",
	[BENCH_UNKNOWN]		= "unknown",
	[BENCH_STORM]		= "storm",
	[BENCH_MOVE]		= "move",
};

static const char * const tags[] = {
	[BENCH_TAG_NONE]	= "none",
	[BENCH_TAG_META]	= "meta",
	[BENCH_TAG_FRAME]	= "frame",
};

/**
 * struct bench_command - a line, taken apart
 * @shape: of "shape"; the names of devices of "attach"
 * @mode: of "attach"
 * @ms: of "run"
 * @frames: of "run"
 * @slice: of "run"
 * @redirect: of "call"
 * @forward: of "call"
 */
struct bench_command {
	struct bench_shape shape;
	char mode[16];
	unsigned int ms;
	unsigned int frames;
	unsigned int slice;
	unsigned long redirect;
	unsigned long forward;
};

static int bench_word(const char * const *words, size_t count,
		      const char *value, unsigned int *to)
{
	int index = match_string(words, count, value);

	if (index < 0)
		return index;
	*to = index;
	return 0;
}

static int bench_option(struct bench_command *command, char *option)
{
	const struct {
		const char *key;
		unsigned int *to;
	} numbers[] = {
		{ "ports",	&command->shape.ports },
		{ "pairs",	&command->shape.pairs },
		{ "vid",	&command->shape.vid },
		{ "vlans",	&command->shape.vlans },
		{ "size",	&command->shape.size },
		{ "pages",	&command->shape.pages },
		{ "tcp",	&command->shape.tcp },
		{ "ms",		&command->ms },
		{ "frames",	&command->frames },
		{ "slice",	&command->slice },
	};
	char *value = option, *key = strsep(&value, "=");
	size_t i;

	if (!value)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (!strcmp(key, numbers[i].key))
			return kstrtouint(value, 10, numbers[i].to);
	if (!strcmp(key, "redirect"))
		return kstrtoul(value, 16, &command->redirect);
	if (!strcmp(key, "forward"))
		return kstrtoul(value, 16, &command->forward);
	if (!strcmp(key, "kind"))
		return bench_word(kinds, ARRAY_SIZE(kinds), value,
				  &command->shape.kind);
	if (!strcmp(key, "tag"))
		return bench_word(tags, ARRAY_SIZE(tags), value,
				  &command->shape.tag);
	if (!strcmp(key, "mode"))
		return strscpy(command->mode, value) < 0 ? -EINVAL : 0;
	if (!strcmp(key, "prefix"))
		return strscpy(command->shape.prefix, value) < 0 ? -EINVAL : 0;
	return -EINVAL;
}

static int bench_execute(char *line)
{
	struct bench_command command = {
		.shape = { .ports = 2, .pairs = 1, .vid = 100, .vlans = 1,
			   .size = 64 },
		.ms = 300,
		.slice = 16384,
	};
	char *verb = strsep(&line, " "), *option;
	int err;

	while ((option = strsep(&line, " "))) {
		err = *option ? bench_option(&command, option) : 0;
		if (err)
			return err;
	}
	if (!strcmp(verb, "shape"))
		return bench_flow_shape(&command.shape);
	if (!strcmp(verb, "attach"))
		return bench_wire_attach(command.shape.prefix,
					 command.shape.ports, command.mode);
	if (!strcmp(verb, "call")) {
		bench_program_call(command.redirect, command.forward);
		return 0;
	}
	if (!strcmp(verb, "prime"))
		return bench_inject_prime();
	if (!strcmp(verb, "run"))
		return bench_inject_run(command.ms, command.frames,
					command.slice, &result);
	return -EINVAL;
}

static ssize_t bench_write(struct file *file, const char __user *from,
			   size_t len, loff_t *pos)
{
	char *line;
	int err;

	line = memdup_user_nul(from, min_t(size_t, len, 255));
	if (IS_ERR(line))
		return PTR_ERR(line);
	/* Devices stay, and nobody else changes them. */
	rtnl_lock();
	err = bench_execute(strim(line));
	rtnl_unlock();
	kfree(line);
	return err ?: len;
}

static int bench_show(struct seq_file *seq, void *v)
{
	seq_printf(seq,
		   "{\"frames\": %llu, \"delivered\": %llu, \"lost\": %llu, \"passed\": %llu, \"slices\": %u, \"best\": %llu, \"median\": %llu, \"worst\": %llu}\n",
		   result.frames, result.delivered, result.lost, result.passed,
		   result.slices, result.best, result.median, result.worst);
	return 0;
}

static int bench_open(struct inode *inode, struct file *file)
{
	return single_open(file, bench_show, NULL);
}

static const struct proc_ops bench_proc_ops = {
	.proc_open	= bench_open,
	.proc_read	= seq_read,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
	.proc_write	= bench_write,
};

static int __init bench_init(void)
{
	int err;

	err = bench_wire_init();
	if (err)
		return err;
	if (!proc_create("vsw_bench", 0600, NULL, &bench_proc_ops)) {
		bench_wire_exit();
		return -ENOMEM;
	}
	return 0;
}
module_init(bench_init);

static void __exit bench_exit(void)
{
	remove_proc_entry("vsw_bench", NULL);
	bench_wire_exit();
	bench_inject_free();
	bench_flow_free();
}
module_exit(bench_exit);

MODULE_DESCRIPTION("Meter of what is between two net devices");
MODULE_LICENSE("GPL");
