// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames in pages, as a driver has them in its poll: run the XDP program of the
 * device, or build an skb for the stack, and free what comes out. The pages
 * come back to be used again, as those of a driver do.
 *
 * What a program passes on gets an skb, too.
 */
#include <linux/bpf.h>
#include <linux/bpf_trace.h>
#include <linux/etherdevice.h>
#include <linux/filter.h>
#include <linux/if_vlan.h>
#include <linux/mm.h>

#include "bench.h"

#define PAYLOAD		(XDP_PACKET_HEADROOM + VLAN_ETH_HLEN)

/**
 * struct bench_xdp_buff - a frame, and what its NIC knows of it
 * @xdp: the frame
 * @tci: the tag that was taken out of it
 * @tagged: there was one
 */
struct bench_xdp_buff {
	struct xdp_buff xdp;
	u16 tci;
	bool tagged;
};

static struct page *pool[BENCH_BATCH];
static unsigned int pool_count;
static u64 pool_lost;
static u64 passed;

static int bench_xdp_vlan_tag(const struct xdp_md *ctx, __be16 *proto, u16 *tci)
{
	const struct bench_xdp_buff *buff = (const void *)ctx;

	if (!buff->tagged)
		return -ENODATA;
	*proto = htons(ETH_P_8021Q);
	*tci = buff->tci;
	return 0;
}

const struct xdp_metadata_ops bench_xdp_metadata_ops = {
	.xmo_rx_vlan_tag	= bench_xdp_vlan_tag,
};

/**
 * bench_xdp - a program comes or goes
 * @dev: device
 * @bpf: says which
 *
 * Frames are put in under RTNL, as is this.
 *
 * Return: 0 or a negative error.
 */
int bench_xdp(struct net_device *dev, struct netdev_bpf *bpf)
{
	struct bench_wire *wire = netdev_priv(dev);

	if (bpf->command != XDP_SETUP_PROG)
		return -EINVAL;
	if (bench_program_is_ours(wire->program))
		return -EBUSY;
	if (wire->program)
		bpf_prog_put(wire->program);
	wire->program = bpf->prog;
	return 0;
}

/* The pool keeps a reference of its own to each page. */
static void bench_page_take_back(struct page *page)
{
	if (likely(pool_count < BENCH_BATCH))
		pool[pool_count++] = page;
	else
		put_page(page);
}

/**
 * bench_page_consume - a frame has come out
 * @skb: it, built by bench_page_send_skb()
 */
void bench_page_consume(struct sk_buff *skb)
{
	struct page *page = virt_to_page(skb->head);

	napi_consume_skb(skb, 1);
	bench_page_take_back(page);
}

/**
 * bench_xdp_xmit - frames have come out
 * @dev: of this device
 * @count: so many
 * @frames: these
 * @flags: do not matter
 *
 * Return: how many have been taken.
 */
int bench_xdp_xmit(struct net_device *dev, int count, struct xdp_frame **frames,
		   u32 flags)
{
	int i;

	bench_delivered += count;
	for (i = 0; i < count; i++) {
		struct page *page = virt_to_page(frames[i]->data);

		xdp_return_frame(frames[i]);
		bench_page_take_back(page);
	}
	return count;
}

static void bench_page_send_skb(struct page *page, struct net_device *dev,
				const struct bench_xdp_buff *buff)
{
	const struct xdp_buff *xdp = &buff->xdp;
	struct sk_buff *skb;

	skb = napi_build_skb(xdp->data_hard_start, xdp->frame_sz);
	if (unlikely(!skb)) {
		put_page(page);
		bench_page_take_back(page);
		return;
	}
	skb_reserve(skb, xdp->data - xdp->data_hard_start);
	__skb_put(skb, xdp->data_end - xdp->data);
	skb->protocol = eth_type_trans(skb, dev);
	if (buff->tagged)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), buff->tci);
	skb->mark = BENCH_MARK_PAGE;
	netif_receive_skb(skb);
}

static void bench_page_send_xdp(struct page *page, struct net_device *dev,
				struct bench_xdp_buff *buff)
{
	struct bench_wire *wire = netdev_priv(dev);

	switch (bpf_prog_run_xdp(wire->program, &buff->xdp)) {
	case XDP_REDIRECT:
		if (likely(!xdp_do_redirect(dev, &buff->xdp, wire->program)))
			return;
		break;
	case XDP_TX:
		bench_delivered++;
		break;
	case XDP_PASS:
		passed++;
		bench_page_send_skb(page, dev, buff);
		return;
	}
	put_page(page);
	bench_page_take_back(page);
}

static void bench_page_send(struct page *page, const struct bench_shape *shape)
{
	u8 *head = page_address(page);
	struct bench_xdp_buff buff;
	struct bench_wire *wire;
	struct bench_flow flow;
	struct net_device *dev;
	struct ethhdr *eth;

	bench_flow_next(&flow);
	dev = bench_flow_port(flow.in);
	wire = netdev_priv(dev);
	eth = bench_frame_head(head + PAYLOAD, shape, &flow);
	xdp_init_buff(&buff.xdp, PAGE_SIZE, &wire->queue);
	xdp_prepare_buff(&buff.xdp, head, (u8 *)eth - head,
			 head + PAYLOAD + shape->size - ETH_HLEN - (u8 *)eth,
			 true);
	buff.tagged = shape->tag == BENCH_TAG_META;
	buff.tci = flow.vid;
	get_page(page);
	if (wire->program)
		bench_page_send_xdp(page, dev, &buff);
	else
		bench_page_send_skb(page, dev, &buff);
}

/**
 * bench_page_batch - put frames in, as many as there are pages
 * @shape: what kind of frames
 *
 * Return: 0 or a negative error.
 */
int bench_page_batch(const struct bench_shape *shape)
{
	struct bpf_net_context context, *set;
	struct page *batch[BENCH_BATCH];
	unsigned int i, count = pool_count;

	if (unlikely(!count))
		return -EINVAL;
	memcpy(batch, pool, sizeof(batch));
	pool_count = 0;
	local_bh_disable();
	set = bpf_net_ctx_set(&context);
	for (i = 0; i < count; i++)
		bench_page_send(batch[i], shape);
	xdp_do_flush();
	bpf_net_ctx_clear(set);
	local_bh_enable();
	pool_lost += count - pool_count;
	return 0;
}

/**
 * bench_page_fill - make the pages ready
 * @shape: of the frames in them
 *
 * Return: 0 or a negative error.
 */
int bench_page_fill(const struct bench_shape *shape)
{
	unsigned int len = shape->size - ETH_HLEN;
	unsigned int room = PAGE_SIZE - PAYLOAD -
			    SKB_DATA_ALIGN(sizeof(struct skb_shared_info));

	if (len > room)
		return -EMSGSIZE;
	while (pool_count < BENCH_BATCH) {
		struct page *page = alloc_page(GFP_KERNEL);

		if (!page)
			return -ENOMEM;
		bench_frame_payload(page_address(page) + PAYLOAD, room, len,
				    shape->tcp);
		pool[pool_count++] = page;
	}
	pool_lost = 0;
	passed = 0;
	return 0;
}

u64 bench_page_lost(void)
{
	return pool_lost;
}

/* Frames that a program has passed on */
u64 bench_page_passed(void)
{
	return passed;
}

void bench_page_free(void)
{
	while (pool_count)
		put_page(pool[--pool_count]);
}
