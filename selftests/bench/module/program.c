// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs for User-Mode Linux, which cannot compile BPF: what the compiler would
 * make of bpf/fastpath.bpf.c and bench/limits.bpf.c, written in C. They are
 * called as programs are. What they call has no symbol for modules, so its
 * address has to be told.
 */
#include <linux/filter.h>

#include "bench.h"

#define INDEX_MAX	65536

/* Set under RTNL, while nobody sends */
static int (*call_forward)(struct xdp_buff *xdp);
static u64 (*call_redirect)(u64 ifindex, u64 flags);
static u32 next_index[INDEX_MAX];

static unsigned int bench_program_forward(const void *ctx,
					  const struct bpf_insn *insn)
{
	int ifindex = call_forward((struct xdp_buff *)ctx);

	return ifindex > 0 ? call_redirect(ifindex, 0) : XDP_PASS;
}

static unsigned int bench_program_redirect(const void *ctx,
					   const struct bpf_insn *insn)
{
	const struct xdp_buff *xdp = ctx;

	return call_redirect(next_index[xdp->rxq->dev->ifindex], 0);
}

static unsigned int bench_program_bounce(const void *ctx,
					 const struct bpf_insn *insn)
{
	return XDP_TX;
}

static struct bpf_prog bounce = {
	.type		= BPF_PROG_TYPE_XDP,
	.bpf_func	= bench_program_bounce,
};

static struct bpf_prog forward = {
	.type		= BPF_PROG_TYPE_XDP,
	.bpf_func	= bench_program_forward,
};

static struct bpf_prog redirect = {
	.type		= BPF_PROG_TYPE_XDP,
	.bpf_func	= bench_program_redirect,
};

/**
 * bench_program_attach - put a program on a device
 * @dev: the device
 * @next: where a program that only redirects does that to
 * @mode: xdp-bounce, xdp-redirect or xdp-forward
 *
 * Context: RTNL.
 *
 * Return: 0 or a negative error.
 */
int bench_program_attach(struct net_device *dev, struct net_device *next,
			 const char *mode)
{
	struct bench_wire *wire = netdev_priv(dev);

	if (!call_redirect || dev->ifindex >= INDEX_MAX ||
	    dev->netdev_ops->ndo_bpf != bench_xdp)
		return -EINVAL;
	if (wire->program)
		return -EBUSY;
	if (!strcmp(mode, "xdp-bounce")) {
		wire->program = &bounce;
	} else if (!strcmp(mode, "xdp-redirect")) {
		next_index[dev->ifindex] = next->ifindex;
		wire->program = &redirect;
	} else if (!strcmp(mode, "xdp-forward") && call_forward) {
		wire->program = &forward;
	} else {
		return -EINVAL;
	}
	return 0;
}

/* Is it one of ours, or the kernel's? */
bool bench_program_is_ours(const struct bpf_prog *program)
{
	return program == &bounce || program == &redirect ||
	       program == &forward;
}

/**
 * bench_program_call - tell what the programs call
 * @redirect_address: bpf_xdp_redirect()
 * @forward_address: vsw_xdp_forward(), or 0
 */
void bench_program_call(unsigned long redirect_address,
			unsigned long forward_address)
{
	call_redirect = (void *)redirect_address;
	call_forward = (void *)forward_address;
}
