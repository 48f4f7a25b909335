// SPDX-License-Identifier: GPL-2.0
#include "metrics.h"

#include <stdint.h>

#include <linux/vsw.h>

#include "args.h"
#include "object.h"
#include "stats.h"
#include "vf.h"
#include "vswctl.h"

static const char help[] =
	"Everything that is counted, for Prometheus and others.\n"
	"\n"
	"vswctl metrics [show [openmetrics|prometheus]]\n"
	"vswctl metrics write FILE\n"
	"vswctl metrics http\n"
	"\n"
	"  show   OpenMetrics 1.0 (default), or Prometheus' older text format\n"
	"  write  the older one, into a file that is replaced as a whole: for the\n"
	"         textfile collector of node_exporter, which reads *.prom\n"
	"  http   answer one HTTP request for /metrics on standard input and\n"
	"         output: for vsw-metrics.socket of systemd\n";

static int version_get(struct vswctl *ctl, struct messages *messages)
{
	struct request req;
	int code;

	code = request_init(&req, ctl, VSW_CMD_VERSION_GET);
	if (code)
		return code;
	code = request_send(&req, messages);
	request_free(&req);
	return code;
}

int metrics_get(struct vswctl *ctl, struct metrics *metrics)
{
	int code;

	code = version_get(ctl, &metrics->version);
	if (!code)
		code = objects_get(ctl, VSW_CMD_SWITCH_GET, &metrics->switches);
	if (!code)
		code = objects_get(ctl, VSW_CMD_PORT_GET, &metrics->ports);
	if (!code)
		code = stats_get(ctl, &metrics->stats);
	if (!code)
		code = vfs_get(ctl, NULL, &metrics->vfs);
	return code;
}

void metrics_free(struct metrics *metrics)
{
	messages_free(&metrics->version);
	messages_free(&metrics->switches);
	messages_free(&metrics->ports);
	messages_free(&metrics->stats);
	messages_free(&metrics->vfs);
}

static int metrics_show(struct vswctl *ctl, struct args *args)
{
	enum metrics_format format = METRICS_OPENMETRICS;
	struct metrics metrics = {};
	int code;

	if (args_take(args, "prometheus"))
		format = METRICS_PROMETHEUS;
	else
		args_take(args, "openmetrics");
	code = args_end(ctl, args);
	if (!code)
		code = metrics_get(ctl, &metrics);
	if (!code)
		metrics_print(&metrics, format, ctl->out);
	metrics_free(&metrics);
	return code;
}

static const struct verb verbs[] = {
	{ "show", metrics_show },
	{ "write", metrics_write },
	{ "http", metrics_http },
	{ }
};

const struct object metrics_object = {
	.name = "metrics",
	.verbs = verbs,
	.help = help,
};
