// SPDX-License-Identifier: GPL-2.0
/*
 * Metrics as text. https://prometheus.io/docs/specs/om/open_metrics_spec/ and
 * https://prometheus.io/docs/instrumenting/exposition_formats/: what differs is
 * how a counter and an info are declared, that units are, and the end.
 */
#include "metrics.h"

#include <string.h>

#include <linux/vsw.h>

#include "attrs.h"
#include "enums.h"
#include "output.h"
#include "vswctl.h"

enum metric_type {
	METRIC_GAUGE,
	METRIC_COUNTER,
	METRIC_INFO,
};

/* What the samples of a metric are about: the labels follow from that */
enum source {
	SOURCE_VERSION,
	SOURCE_SWITCH,
	SOURCE_PORT,
	SOURCE_STATS,
	SOURCE_VF,
};

/**
 * struct writer - where metrics are written to
 * @metrics: what there is to tell
 * @format: how it is written
 * @out: where to
 * @labels: how many labels the sample has so far
 */
struct writer {
	const struct metrics *metrics;
	enum metrics_format format;
	FILE *out;
	unsigned int labels;
};

/**
 * struct metric - a metric family
 * @name: without the suffix of its type
 * @unit: what it is measured in, the end of @name, or NULL
 * @help: what it is, in a sentence without its full stop
 * @type: what it is to a monitoring system
 * @source: what it is about
 * @attr: the attribute that is its value; a row without it has no sample
 * @zero_is_none: nor has one where that is 0
 * @wanted: tells whether a row has a sample, or NULL for always
 * @samples: writes the samples of a row, where @attr is not enough
 */
struct metric {
	const char *name;
	const char *unit;
	const char *help;
	enum metric_type type;
	enum source source;
	int attr;
	bool zero_is_none;
	bool (*wanted)(const struct row *row);
	void (*samples)(struct writer *writer, const struct metric *metric,
			const struct row *row);
};

/* A label; the value is escaped, and is valid in any encoding that ASCII is */
static void label(struct writer *writer, const char *name, const char *value)
{
	fprintf(writer->out, "%c%s=\"", writer->labels++ ? ',' : '{', name);
	for (; *value; value++) {
		if (*value == '\n')
			fputs("\\n", writer->out);
		else if (*value == '"' || *value == '\\')
			fprintf(writer->out, "\\%c", *value);
		else
			fputc(*value, writer->out);
	}
	fputc('"', writer->out);
}

static void label_attr(struct writer *writer, const char *name,
		       const struct row *row, int attr)
{
	char text[256];

	if (!row->tb[attr])
		return;
	row_text(row, attr, text, sizeof(text));
	label(writer, name, text);
}

/* The name of a sample, and the labels by which all of its kind are told apart */
static void sample_begin(struct writer *writer, const struct metric *metric,
			 const struct row *row)
{
	static const char *const suffix[] = {
		[METRIC_GAUGE]		= "",
		[METRIC_COUNTER]	= "_total",
		[METRIC_INFO]		= "_info",
	};

	writer->labels = 0;
	fprintf(writer->out, "%s%s", metric->name, suffix[metric->type]);
	switch (metric->source) {
	case SOURCE_VERSION:
		break;
	case SOURCE_SWITCH:
		label_attr(writer, "switch", row, VSW_A_SWITCH_NAME);
		break;
	case SOURCE_PORT:
		label_attr(writer, "switch", row, VSW_A_PORT_SWITCH_NAME);
		label_attr(writer, "port", row, VSW_A_PORT_NAME);
		break;
	case SOURCE_STATS:
		label_attr(writer, "switch", row, VSW_A_STATS_SWITCH);
		label_attr(writer, "port", row, VSW_A_STATS_PORT);
		break;
	case SOURCE_VF:
		label_attr(writer, "switch", row, VSW_A_VF_SWITCH);
		label_attr(writer, "pf", row, VSW_A_VF_PF_NAME);
		label_attr(writer, "vf", row, VSW_A_VF_VF);
		/* Empty is as good as absent, but all samples look alike */
		if (!row->tb[VSW_A_VF_PORT])
			label(writer, "port", "");
		label_attr(writer, "port", row, VSW_A_VF_PORT);
		break;
	}
}

static void sample_end(struct writer *writer, uint64_t value)
{
	fprintf(writer->out, "%s %llu\n", writer->labels ? "}" : "",
		(unsigned long long)value);
}

static void build_samples(struct writer *writer, const struct metric *metric,
			  const struct row *row)
{
	sample_begin(writer, metric, row);
	label_attr(writer, "module", row, VSW_A_VERSION_MODULE);
	label(writer, "vswctl", VSWCTL_VERSION);
	sample_end(writer, 1);
}

static void switch_samples(struct writer *writer, const struct metric *metric,
			   const struct row *row)
{
	sample_begin(writer, metric, row);
	label_attr(writer, "mac", row, VSW_A_SWITCH_MAC);
	label_attr(writer, "teaming", row, VSW_A_SWITCH_TEAMING);
	sample_end(writer, 1);
}

static void entry_samples(struct writer *writer, const struct metric *metric,
			  const struct row *row)
{
	sample_begin(writer, metric, row);
	label(writer, "type", "learned");
	sample_end(writer, attr_uint(row->tb[VSW_A_SWITCH_FDB_LEARNED]));
	sample_begin(writer, metric, row);
	label(writer, "type", "static");
	sample_end(writer, attr_uint(row->tb[VSW_A_SWITCH_FDB_STATIC]));
}

static void port_samples(struct writer *writer, const struct metric *metric,
			 const struct row *row)
{
	sample_begin(writer, metric, row);
	label_attr(writer, "role", row, VSW_A_PORT_ROLE);
	label_attr(writer, "device", row, VSW_A_PORT_IFNAME);
	label_attr(writer, "pf", row, VSW_A_PORT_PF_NAME);
	label_attr(writer, "vf", row, VSW_A_PORT_VF);
	sample_end(writer, 1);
}

static void path_samples(struct writer *writer, const struct metric *metric,
			 const struct row *row)
{
	sample_begin(writer, metric, row);
	sample_end(writer, attr_uint(row->tb[VSW_A_PORT_PATH]) == VSW_PATH_VF);
}

static unsigned int count_bits(uint64_t bits)
{
	unsigned int count = 0;

	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

static void unenforced_samples(struct writer *writer,
			       const struct metric *metric,
			       const struct row *row)
{
	sample_begin(writer, metric, row);
	sample_end(writer, count_bits(attr_uint(row->tb[VSW_A_VF_UNENFORCED])));
}

/* Reasons that have not occurred have no sample: there are 40 of each port */
static void drop_samples(struct writer *writer, const struct metric *metric,
			 const struct row *row)
{
	struct nlattr *drop[VSW_A_DROP_MAX + 1];
	struct nlattr *nla;
	char reason[32];
	int left;

	nla_for_each_attr(nla, row->head, row->length, left) {
		if ((nla_type(nla) != VSW_A_STATS_RX_DROP &&
		     nla_type(nla) != VSW_A_STATS_TX_DROP) ||
		    nla_parse_nested(drop, VSW_A_DROP_MAX, nla, NULL) ||
		    !drop[VSW_A_DROP_REASON])
			continue;
		attr_text(&drop_attrs, drop[VSW_A_DROP_REASON], reason,
			  sizeof(reason));
		sample_begin(writer, metric, row);
		label(writer, "direction",
		      nla_type(nla) == VSW_A_STATS_RX_DROP ? "rx" : "tx");
		label(writer, "reason", reason);
		sample_end(writer, attr_uint(drop[VSW_A_DROP_PACKETS]));
	}
}

static bool is_uplink(const struct row *row)
{
	return attr_uint(row->tb[VSW_A_PORT_ROLE]) == VSW_PORT_ROLE_UPLINK;
}

static bool has_vf(const struct row *row)
{
	return row->tb[VSW_A_PORT_VF];
}

static bool has_owner(const struct row *row)
{
	return row->tb[VSW_A_VF_PORT];
}

static const struct metric metrics_table[] = {
	{ "vsw_build", NULL, "Versions of the module and of vswctl",
	  METRIC_INFO, SOURCE_VERSION, .samples = build_samples },

	{ "vsw_switch", NULL, "A switch",
	  METRIC_INFO, SOURCE_SWITCH, .samples = switch_samples },
	{ "vsw_switch_ports", NULL, "Ports of the switch",
	  METRIC_GAUGE, SOURCE_SWITCH, VSW_A_SWITCH_PORTS },
	{ "vsw_switch_mtu_bytes", "bytes", "MTU of the switch",
	  METRIC_GAUGE, SOURCE_SWITCH, VSW_A_SWITCH_MTU },
	{ "vsw_fdb_entries", NULL, "Forwarding entries",
	  METRIC_GAUGE, SOURCE_SWITCH, .samples = entry_samples },
	{ "vsw_fdb_learned_limit", NULL,
	  "Most addresses that the switch learns",
	  METRIC_GAUGE, SOURCE_SWITCH, VSW_A_SWITCH_FDB_MAX },
	{ "vsw_fdb_ageing_seconds", "seconds",
	  "After that time a learned address is forgotten; 0 is never",
	  METRIC_GAUGE, SOURCE_SWITCH, VSW_A_SWITCH_AGEING_TIME },

	{ "vsw_port", NULL, "A port, with its device or VF",
	  METRIC_INFO, SOURCE_PORT, .samples = port_samples },
	{ "vsw_port_up", NULL, "1 if the port is up",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_UP },
	{ "vsw_port_vlans", NULL, "VLANs that the port is a member of",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_VLAN_COUNT },
	{ "vsw_port_fdb_learned", NULL, "Addresses learned from the port",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_FDB_LEARNED },
	{ "vsw_port_fdb_learned_limit", NULL,
	  "Most addresses that are learned from the port, if limited",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_FDB_MAX,
	  .zero_is_none = true },
	{ "vsw_port_vf_path_active", NULL,
	  "1 if the VF is what the port uses, 0 if its device is",
	  METRIC_GAUGE, SOURCE_PORT, .wanted = has_vf,
	  .samples = path_samples },
	{ "vsw_port_failovers", NULL,
	  "How often the active path of the port has changed",
	  METRIC_COUNTER, SOURCE_PORT, VSW_A_PORT_FAILOVERS },

	{ "vsw_uplink_promiscuous", NULL,
	  "1 if vsw holds the uplink in promiscuous mode",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_PROMISC,
	  .wanted = is_uplink },
	{ "vsw_uplink_team_ports", NULL, "Ports that use this uplink of a team",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_TEAM_PORTS,
	  .wanted = is_uplink },
	{ "vsw_uplink_filter_addresses", NULL,
	  "Addresses in the filter of the NIC",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_NIC_MACS,
	  .wanted = is_uplink },
	{ "vsw_uplink_filter_limit", NULL,
	  "Most addresses in the filter of the NIC, if limited",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_FILTER_MAX,
	  .zero_is_none = true, .wanted = is_uplink },
	{ "vsw_uplink_filter_overflow_addresses", NULL,
	  "Addresses for which the filter of the NIC has no room",
	  METRIC_GAUGE, SOURCE_PORT, VSW_A_PORT_NIC_MACS_OVER,
	  .wanted = is_uplink },

	{ "vsw_port_receive_frames", NULL,
	  "Frames that the switch received from the port",
	  METRIC_COUNTER, SOURCE_STATS, VSW_A_STATS_RX_PACKETS },
	{ "vsw_port_receive_bytes", "bytes",
	  "Bytes that the switch received from the port",
	  METRIC_COUNTER, SOURCE_STATS, VSW_A_STATS_RX_BYTES },
	{ "vsw_port_receive_fastpath_frames", NULL,
	  "Of the frames received, those that the XDP fast path has forwarded",
	  METRIC_COUNTER, SOURCE_STATS, VSW_A_STATS_RX_FASTPATH },
	{ "vsw_port_transmit_frames", NULL,
	  "Frames that the switch sent to the port",
	  METRIC_COUNTER, SOURCE_STATS, VSW_A_STATS_TX_PACKETS },
	{ "vsw_port_transmit_bytes", "bytes",
	  "Bytes that the switch sent to the port",
	  METRIC_COUNTER, SOURCE_STATS, VSW_A_STATS_TX_BYTES },
	{ "vsw_port_receive_dropped_frames", NULL,
	  "Frames received from the port and dropped",
	  METRIC_COUNTER, SOURCE_STATS, VSW_A_STATS_RX_DROPPED },
	{ "vsw_port_transmit_dropped_frames", NULL,
	  "Frames meant for the port and dropped",
	  METRIC_COUNTER, SOURCE_STATS, VSW_A_STATS_TX_DROPPED },
	{ "vsw_port_drops", NULL,
	  "Frames dropped, received from the port (rx) or meant for it (tx), by reason",
	  METRIC_COUNTER, SOURCE_STATS, .samples = drop_samples },

	{ "vsw_vf_present", NULL, "1 if the PF has the VF now",
	  METRIC_GAUGE, SOURCE_VF, VSW_A_VF_PRESENT },
	{ "vsw_vf_parked", NULL, "1 if no port owns the VF and it is shut",
	  METRIC_GAUGE, SOURCE_VF, VSW_A_VF_PARKED },
	{ "vsw_vf_standby", NULL,
	  "1 if the port of the VF uses its device instead",
	  METRIC_GAUGE, SOURCE_VF, VSW_A_VF_STANDBY },
	{ "vsw_vf_drift", NULL,
	  "1 if the VF is not what its port wants",
	  METRIC_GAUGE, SOURCE_VF, VSW_A_VF_DRIFT },
	{ "vsw_vf_unenforced_settings", NULL,
	  "Settings that the port wants and nothing enforces",
	  METRIC_GAUGE, SOURCE_VF, .wanted = has_owner,
	  .samples = unenforced_samples },
	{ "vsw_vf_corrections", NULL,
	  "How often the VF was made again what its port wants",
	  METRIC_COUNTER, SOURCE_VF, VSW_A_VF_CORRECTIONS },
	{ "vsw_vf_receive_frames", NULL,
	  "Frames that the NIC delivered to the VF",
	  METRIC_COUNTER, SOURCE_VF, VSW_A_VF_RX_PACKETS },
	{ "vsw_vf_receive_bytes", "bytes",
	  "Bytes that the NIC delivered to the VF",
	  METRIC_COUNTER, SOURCE_VF, VSW_A_VF_RX_BYTES },
	{ "vsw_vf_transmit_frames", NULL, "Frames that the VF sent",
	  METRIC_COUNTER, SOURCE_VF, VSW_A_VF_TX_PACKETS },
	{ "vsw_vf_transmit_bytes", "bytes", "Bytes that the VF sent",
	  METRIC_COUNTER, SOURCE_VF, VSW_A_VF_TX_BYTES },
};

static void declare_openmetrics(const struct metric *metric, FILE *out)
{
	static const char *const type[] = {
		[METRIC_GAUGE]		= "gauge",
		[METRIC_COUNTER]	= "counter",
		[METRIC_INFO]		= "info",
	};

	fprintf(out, "# TYPE %s %s\n", metric->name, type[metric->type]);
	if (metric->unit)
		fprintf(out, "# UNIT %s %s\n", metric->name, metric->unit);
	fprintf(out, "# HELP %s %s.\n", metric->name, metric->help);
}

/* It knows no info, and the suffix of a counter belongs to its name */
static void declare_prometheus(const struct metric *metric, FILE *out)
{
	const char *suffix = metric->type == METRIC_COUNTER ? "_total" :
			     metric->type == METRIC_INFO ? "_info" : "";

	fprintf(out, "# HELP %s%s %s.\n", metric->name, suffix, metric->help);
	fprintf(out, "# TYPE %s%s %s\n", metric->name, suffix,
		metric->type == METRIC_COUNTER ? "counter" : "gauge");
}

static void row_write(struct writer *writer, const struct metric *metric,
		      const struct row *row)
{
	if (metric->wanted && !metric->wanted(row))
		return;
	if (metric->samples) {
		metric->samples(writer, metric, row);
		return;
	}
	if (!row->tb[metric->attr] ||
	    (metric->zero_is_none && !attr_uint(row->tb[metric->attr])))
		return;
	sample_begin(writer, metric, row);
	sample_end(writer, attr_uint(row->tb[metric->attr]));
}

static void metric_write(struct writer *writer, const struct metric *metric)
{
	const struct metrics *metrics = writer->metrics;
	const struct {
		const struct attr_set *set;
		const struct messages *messages;
	} sources[] = {
		[SOURCE_VERSION] = { &version_attrs, &metrics->version },
		[SOURCE_SWITCH] = { &switch_attrs, &metrics->switches },
		[SOURCE_PORT] = { &port_attrs, &metrics->ports },
		[SOURCE_STATS] = { &stats_attrs, &metrics->stats },
		[SOURCE_VF] = { &vf_attrs, &metrics->vfs },
	}, *source = &sources[metric->source];
	struct nlmsghdr *message = NULL;
	struct row row;

	if (writer->format == METRICS_OPENMETRICS)
		declare_openmetrics(metric, writer->out);
	else
		declare_prometheus(metric, writer->out);
	while ((message = messages_next(source->messages, message)))
		if (row_init(&row, source->set, message, NULL))
			row_write(writer, metric, &row);
}

void metrics_print(const struct metrics *metrics, enum metrics_format format,
		   FILE *out)
{
	struct writer writer = {
		.metrics = metrics, .format = format, .out = out,
	};
	size_t i;

	attr_names_forget();
	for (i = 0; i < ARRAY_SIZE(metrics_table); i++)
		metric_write(&writer, &metrics_table[i]);
	if (format == METRICS_OPENMETRICS)
		fputs("# EOF\n", out);
}
