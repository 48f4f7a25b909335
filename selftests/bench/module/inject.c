// SPDX-License-Identifier: GPL-2.0-only
/*
 * The meter: put frames in, take the time, take the frames back.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/sched/signal.h>
#include <linux/sort.h>
#include <linux/tcp.h>
#include <linux/vmalloc.h>
#include <net/ip.h>

#include "bench.h"

/* An odd room in front, so that no other buffer looks like one of these. */
#define HEADROOM	232
#define LINEAR_MAX	2048
#define SAMPLES_MAX	65536
#define MSS		1448
#define DATA_MAX	(BENCH_FRAME_MAX - LINEAR_MAX)

static struct sk_buff *pool[BENCH_BATCH];
static unsigned int pool_count;
static unsigned int pool_end, pool_truesize;
static u64 pool_lost;
static u64 samples[SAMPLES_MAX];

/*
 * What is measured is CPU time. A User-Mode Linux kernel asks the machine below
 * it, on which others run too. Elsewhere the clock of the kernel must do: in
 * a guest that counts instructions it is exact.
 */
static u64 bench_clock(void)
{
#ifdef CONFIG_UML
	struct { s64 sec, nsec; } now;
	long ret;

	/* clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) */
	asm volatile("syscall" : "=a" (ret)
		     : "0" (228L), "D" (3L), "S" (&now)
		     : "rcx", "r11", "memory");
	return now.sec * NSEC_PER_SEC + now.nsec;
#else
	return ktime_get_ns();
#endif
}

static bool bench_is_gso(const struct bench_shape *shape)
{
	return shape->size > LINEAR_MAX - HEADROOM - 64;
}

static int bench_add_pages(struct sk_buff *skb, unsigned int bytes)
{
	while (bytes) {
		unsigned int part = min_t(unsigned int, bytes, 4 * PAGE_SIZE);
		struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

		if (!page)
			return -ENOMEM;
		skb_add_rx_frag(skb, skb_shinfo(skb)->nr_frags, page, 0, part,
				part);
		bytes -= part;
	}
	return 0;
}

static struct sk_buff *bench_alloc(const struct bench_shape *shape, gfp_t gfp)
{
	bool gso = bench_is_gso(shape);
	struct sk_buff *skb;

	skb = alloc_skb(LINEAR_MAX, gfp);
	if (!skb)
		return NULL;
	bench_frame_payload(skb->head + HEADROOM + VLAN_ETH_HLEN,
			    LINEAR_MAX - HEADROOM - VLAN_ETH_HLEN,
			    shape->size - ETH_HLEN, gso || shape->tcp);
	if (gso && bench_add_pages(skb, shape->size - ETH_HLEN -
				   sizeof(struct iphdr) -
				   sizeof(struct tcphdr))) {
		kfree_skb(skb);
		return NULL;
	}
	pool_end = skb_end_offset(skb);
	pool_truesize = skb->truesize;
	return skb;
}

/**
 * bench_inject_take_back - a frame has come out
 * @skb: it; to be used again if it is one of ours and nobody else holds it
 */
void bench_inject_take_back(struct sk_buff *skb)
{
	if (skb->mark == BENCH_MARK_PAGE)
		bench_page_consume(skb);
	else if (likely(skb->mark == BENCH_MARK && pool_count < BENCH_BATCH &&
			skb->truesize == pool_truesize && !skb_shared(skb) &&
			!skb_cloned(skb) && skb_end_offset(skb) == pool_end))
		pool[pool_count++] = skb;
	else
		consume_skb(skb);
}

void bench_inject_free(void)
{
	while (pool_count)
		consume_skb(pool[--pool_count]);
}

static int bench_fill(const struct bench_shape *shape, gfp_t gfp)
{
	while (pool_count < BENCH_BATCH) {
		struct sk_buff *skb = bench_alloc(shape, gfp);

		if (!skb)
			return -ENOMEM;
		skb->mark = BENCH_MARK;
		pool[pool_count++] = skb;
		pool_lost++;
	}
	return 0;
}

/* Make a frame that has come back look as if it was just received. */
static void bench_arm(struct sk_buff *skb, const struct bench_shape *shape,
		      const struct bench_flow *flow)
{
	bool in_frame = shape->tag == BENCH_TAG_FRAME;
	unsigned int linear, tag = in_frame ? VLAN_HLEN : 0;
	bool gso = bench_is_gso(shape);
	struct ethhdr *eth;

	linear = gso ? sizeof(struct iphdr) + sizeof(struct tcphdr) :
		       shape->size - ETH_HLEN;
	skb->data = skb->head + HEADROOM + VLAN_ETH_HLEN;
	skb_reset_network_header(skb);
	skb_set_tail_pointer(skb, linear);
	skb->len = linear + skb->data_len;

	eth = bench_frame_head(skb->data, shape, flow);
	if (in_frame) {
		skb->data -= VLAN_HLEN;
		skb->len += VLAN_HLEN;
	}
	skb->mac_header = (u8 *)eth - skb->head;
	skb->protocol = eth->h_proto;

	skb->cloned = 0;
	skb->pkt_type = is_broadcast_ether_addr(flow->dst) ? PACKET_BROADCAST :
							     PACKET_OTHERHOST;
	skb->queue_mapping = 0;
	skb_reset_redirect(skb);
	if (shape->tag == BENCH_TAG_META)
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), flow->vid);
	else
		__vlan_hwaccel_clear_tag(skb);
	if (gso) {
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = (u8 *)eth - skb->head + ETH_HLEN + tag +
				  sizeof(struct iphdr);
		skb->csum_offset = offsetof(struct tcphdr, check);
		skb_shinfo(skb)->gso_size = MSS;
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(skb->data_len, MSS);
		skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	} else {
		skb->ip_summed = CHECKSUM_NONE;
	}
}

static void bench_send(const struct bench_shape *shape,
		       const struct bench_flow *flow)
{
	struct sk_buff *skb = pool[--pool_count];

	bench_arm(skb, shape, flow);
	skb->dev = bench_flow_port(flow->in);
	netif_receive_skb(skb);
}

/*
 * As many frames as there are buffers. A buffer that was sent comes back at
 * once, on top of the others: go through them by putting them in a list first.
 */
static int bench_skb_batch(const struct bench_shape *shape)
{
	struct sk_buff *batch[BENCH_BATCH];
	struct bench_flow flow;
	unsigned int i;
	int err;

	if (unlikely(pool_count < BENCH_BATCH)) {
		err = bench_fill(shape, GFP_KERNEL);
		if (err)
			return err;
	}
	memcpy(batch, pool, sizeof(batch));
	pool_count = 0;
	local_bh_disable();
	for (i = 0; i < BENCH_BATCH; i++) {
		bench_flow_next(&flow);
		bench_arm(batch[i], shape, &flow);
		batch[i]->dev = bench_flow_port(flow.in);
		netif_receive_skb(batch[i]);
	}
	local_bh_enable();
	return 0;
}

/**
 * bench_inject_prime - let every address be heard once
 *
 * Both addresses of each pair send a frame to the other, the destination from
 * the port behind that of the source.
 *
 * Return: 0 or a negative error.
 */
int bench_inject_prime(void)
{
	const struct bench_shape *shape = bench_flow_current();
	struct bench_flow back;
	unsigned int k;
	int err = 0;

	if (!shape)
		return -EINVAL;
	for (k = 0; k < shape->pairs; k++) {
		const struct bench_flow *flow = bench_flow_get(k);

		err = bench_fill(shape, GFP_KERNEL);
		if (err)
			break;
		back = *flow;
		ether_addr_copy(back.src, flow->dst);
		ether_addr_copy(back.dst, flow->src);
		back.in = (flow->in + 1) % shape->ports;
		local_bh_disable();
		if (is_unicast_ether_addr(back.src) &&
		    shape->kind != BENCH_UNKNOWN)
			bench_send(shape, &back);
		local_bh_enable();
		err = bench_fill(shape, GFP_KERNEL);
		if (err)
			break;
		local_bh_disable();
		bench_send(shape, flow);
		local_bh_enable();
		cond_resched();
		if (signal_pending(current)) {
			err = -EINTR;
			break;
		}
	}
	bench_inject_free();
	return err;
}

static int bench_compare(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return x < y ? -1 : x > y;
}

static int bench_batch(const struct bench_shape *shape)
{
	return shape->pages ? bench_page_batch(shape) : bench_skb_batch(shape);
}

static int bench_sample(const struct bench_shape *shape, unsigned int slice,
			u64 *sample)
{
	unsigned int sent = 0;
	u64 start, end;
	int err;

	start = bench_clock();
	do {
		err = bench_batch(shape);
		if (err)
			return err;
		sent += BENCH_BATCH;
	} while (sent < slice);
	end = bench_clock();
	*sample = div_u64((end - start) * 1000, sent);
	return sent;
}

/**
 * bench_inject_run - measure
 * @ms: for so long, or
 * @frames: so many frames, if not 0
 * @slice: frames of a sample
 * @result: what was measured
 *
 * Return: 0 or a negative error.
 */
int bench_inject_run(unsigned int ms, unsigned int frames, unsigned int slice,
		     struct bench_result *result)
{
	const struct bench_shape *shape = bench_flow_current();
	u64 end = bench_clock() + (u64)ms * NSEC_PER_MSEC;
	unsigned int count = 0;
	int ret;

	memset(result, 0, sizeof(*result));
	if (!shape)
		return -EINVAL;
	ret = shape->pages ? bench_page_fill(shape) :
			     bench_fill(shape, GFP_KERNEL);
	if (ret)
		goto out;
	pool_lost = 0;
	bench_delivered = 0;
	do {
		ret = bench_sample(shape, slice, &samples[count]);
		if (ret < 0)
			goto out;
		result->frames += ret;
		count++;
		cond_resched();
		ret = signal_pending(current) ? -EINTR : 0;
		if (ret)
			goto out;
	} while (count < SAMPLES_MAX &&
		 (frames ? result->frames < frames : bench_clock() < end));

	sort(samples, count, sizeof(*samples), bench_compare, NULL);
	result->delivered = bench_delivered;
	result->lost = shape->pages ? bench_page_lost() : pool_lost;
	result->passed = shape->pages ? bench_page_passed() : 0;
	result->slices = count;
	result->best = samples[0];
	result->median = samples[count / 2];
	result->worst = samples[count * 9 / 10];
out:
	bench_inject_free();
	bench_page_free();
	return ret;
}
