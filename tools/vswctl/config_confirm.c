// SPDX-License-Identifier: GPL-2.0
/* The transaction that waits to be confirmed */

#include "args.h"
#include "config.h"
#include "txn.h"
#include "vswctl.h"

int config_confirm(struct vswctl *ctl, struct args *args)
{
	int code = args_end(ctl, args);

	return code ? code : txn_settle(ctl, true);
}

int config_rollback(struct vswctl *ctl, struct args *args)
{
	int code = args_end(ctl, args);

	return code ? code : txn_settle(ctl, false);
}

int config_pending(struct vswctl *ctl, struct args *args)
{
	int code = args_end(ctl, args);
	long left;

	if (!code)
		code = txn_waiting(ctl, &left);
	if (code)
		return code;
	if (ctl->json)
		fprintf(ctl->out, "[{\"waits\":%s,\"left\":%ld}]\n",
			left < 0 ? "false" : "true", left < 0 ? 0 : left);
	else if (left < 0)
		fputs("nothing waits to be confirmed\n", ctl->out);
	else
		fprintf(ctl->out,
			"a change waits to be confirmed, and is taken back in %ld s\n",
			left);
	return EXIT_OK;
}
