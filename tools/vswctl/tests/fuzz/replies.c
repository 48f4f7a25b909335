// SPDX-License-Identifier: GPL-2.0
/* Every command that reads what the kernel says */
#include "replies.h"

#include <linux/devlink.h>

#include "attrs.h"
#include "vswctl.h"

/* What of devlink function.c reads */
static const struct attr function_table[] = {
	[DEVLINK_PORT_FUNCTION_ATTR_HW_ADDR] = { "mac", ATTR_MAC },
};

static const struct attr_set function_attrs = {
	"function", function_table, ARRAY_SIZE(function_table) - 1
};

static const struct attr devlink_table[] = {
	[DEVLINK_ATTR_BUS_NAME] = { "bus", ATTR_STRING },
	[DEVLINK_ATTR_DEV_NAME] = { "device", ATTR_STRING },
	[DEVLINK_ATTR_PORT_INDEX] = { "index", ATTR_U32 },
	[DEVLINK_ATTR_PORT_NETDEV_IFINDEX] = { "netdev", ATTR_IFINDEX },
	[DEVLINK_ATTR_PORT_FLAVOUR] = { "pci-vf", ATTR_U16 },
	[DEVLINK_ATTR_PORT_FUNCTION] = { "function", ATTR_NEST,
					 .nest = &function_attrs },
	[DEVLINK_ATTR_RATE_TX_SHARE] = { "share", ATTR_UINT },
	[DEVLINK_ATTR_RATE_TX_MAX] = { "max", ATTR_UINT },
};

static const struct attr_set devlink_attrs = {
	"devlink", devlink_table, ARRAY_SIZE(devlink_table) - 1
};

#define TEST(line, json, ...) \
	{ line, json, { __VA_ARGS__ }, \
	  sizeof((const struct attr_set *[]){ __VA_ARGS__ }) / \
	  sizeof(struct attr_set *) }

const struct reply_test reply_tests[] = {
	TEST("switch show", true, &switch_attrs),
	TEST("switch show vsw0", true, &switch_attrs),
	TEST("switch add vsw0 ageing 7", true, &switch_attrs),
	TEST("port show", true, &port_attrs, &vf_attrs),
	TEST("port show", true, &port_attrs, &devlink_attrs, &devlink_attrs),
	TEST("port show p1", true, &port_attrs, &devlink_attrs,
	     &devlink_attrs),
	TEST("port set p1 max-tx-rate 5 mac 02:00:00:00:00:07", true,
	     &port_attrs, &devlink_attrs, &devlink_attrs),
	TEST("port show p1", true, &port_attrs, &vf_attrs),
	TEST("port show switch vsw0", true, &port_attrs, &vf_attrs),
	TEST("port add vsw0 p1 dev tap0 vlan 5", true, &port_attrs),
	TEST("port add vsw0 p1 vf pf0/0 dev tap0 mac 02:00:00:00:00:01", true,
	     &port_attrs),
	TEST("port set p1 pcp 3", true, &port_attrs),
	TEST("port failover p1 to vf", true, &port_attrs),
	TEST("port export p1", true, &port_attrs, &vlan_attrs, &fdb_attrs),
	TEST("uplink show", true, &port_attrs),
	TEST("uplink show pf0", true, &port_attrs),
	TEST("uplink set pf0 trunk 1-9", true, &port_attrs),
	TEST("vlan show", true, &vlan_attrs),
	TEST("vlan show port p1", true, &vlan_attrs),
	TEST("fdb show", true, &fdb_attrs),
	TEST("fdb get 02:00:00:00:00:01 switch vsw0 vid 1", true, &fdb_attrs),
	TEST("fdb flush switch vsw0", true, &fdb_attrs),
	TEST("vf show", true, &vf_attrs),
	TEST("vf devices", true, &vf_attrs),
	TEST("vf bind pf0/0", false, &vf_attrs),
	TEST("stats show", true, &stats_attrs),
	TEST("stats show p1", true, &stats_attrs),
	TEST("version show", true, &version_attrs),
	TEST("monitor", false, &switch_attrs, &port_attrs, &vlan_attrs,
	     &fdb_attrs, &vf_attrs, &batch_attrs),
	TEST("monitor all switch vsw0 port p1", false, &switch_attrs,
	     &port_attrs, &vlan_attrs, &fdb_attrs, &vf_attrs),
	TEST("metrics show openmetrics", false, &version_attrs, &switch_attrs,
	     &port_attrs, &stats_attrs, &vf_attrs),
	TEST("metrics show prometheus", false, &version_attrs, &switch_attrs,
	     &port_attrs, &stats_attrs, &vf_attrs),
	TEST("metrics write /metrics.prom", false, &version_attrs,
	     &switch_attrs, &port_attrs, &stats_attrs, &vf_attrs),
	TEST("top -b count 1", true, &port_attrs, &stats_attrs, &vf_attrs,
	     &port_attrs, &stats_attrs, &vf_attrs),
	TEST("top -b count 1 drops sort drops", true, &port_attrs,
	     &stats_attrs, &vf_attrs, &port_attrs, &stats_attrs, &vf_attrs),
	TEST("config show", true, &switch_attrs, &port_attrs, &vlan_attrs,
	     &fdb_attrs),
	TEST("config diff %s/config", true, &switch_attrs, &port_attrs,
	     &vlan_attrs, &fdb_attrs),
	TEST("config apply %s/config", false, &switch_attrs, &port_attrs,
	     &vlan_attrs, &fdb_attrs),
	TEST("config apply prune confirm 5 %s/config", false, &switch_attrs,
	     &port_attrs, &vlan_attrs, &fdb_attrs),
	TEST("config attach tap0 %s/config", false, &switch_attrs, &port_attrs,
	     &vlan_attrs, &fdb_attrs),
	TEST("config pending", true, &batch_attrs),
	TEST("explain p1 dst 02:00:00:00:00:01", true, &port_attrs,
	     &switch_attrs, &port_attrs, NULL, &vlan_attrs, &fdb_attrs),
	TEST("explain p1 dst ff:ff:ff:ff:ff:ff vlan 7 src 02:00:00:00:00:02",
	     true, &port_attrs, &switch_attrs, &port_attrs, NULL, &vlan_attrs,
	     &fdb_attrs),
	TEST("profile set a pcp 4", false, &port_attrs),
	TEST("profile del a force", false, &port_attrs),
	TEST("import bridge br0 switch vsw9", false, &switch_attrs),
};

const unsigned int reply_tests_count = ARRAY_SIZE(reply_tests);
