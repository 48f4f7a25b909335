// SPDX-License-Identifier: GPL-2.0
/* What is done before and after the transaction. See config_steps.h */
#include "config_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_model.h"
#include "config_plan.h"
#include "config_reader.h"
#include "fastpath.h"
#include "program.h"
#include "sriov.h"
#include "vswctl.h"

#define ERROR(ctl, plan, line, ...)					\
	config_error(&(struct config_reader){ .ctl = (ctl),		\
					      .path = (plan)->path },	\
		     line, __VA_ARGS__)

/* Is its number to be another one, and from what? */
static bool vfs_change(const struct config_plan *plan,
		       const struct config_port *port, struct config_vfs *vfs)
{
	const char *word = port->word[CONFIG_PORT_VFS];
	uint32_t total;

	if (port->role != VSW_PORT_ROLE_UPLINK || port->awaits || !*word)
		return false;
	vfs->port = port;
	vfs->count = strtoul(word, NULL, 10);
	vfs->before = 0;
	if (sriov_nic(port->dev, vfs->nic, sizeof(vfs->nic)))
		sriov_count(vfs->nic, &vfs->before, &total);
	/* Then what there is stays as it is, and be it the VFs of a new uplink */
	if (plan->only_missing &&
	    (vfs->before || config_find_port(plan->state, port->name)))
		return false;
	return vfs->count != vfs->before;
}

long config_steps_vfs(const struct config_plan *plan, const char *pf)
{
	const struct config_port *port;
	uint32_t count, total;
	struct config_vfs vfs;
	char nic[64];
	size_t i;

	for (i = 0; i < plan->file->ports; i++) {
		port = &plan->file->port[i];
		if (port->role == VSW_PORT_ROLE_UPLINK &&
		    !strcmp(port->dev, pf) && vfs_change(plan, port, &vfs))
			return vfs.count;
	}
	if (!sriov_nic(pf, nic, sizeof(nic)) ||
	    !sriov_count(nic, &count, &total))
		return -1;
	return count;
}

/* Who would lose a VF, "" for nobody */
static void vfs_users(const struct config_plan *plan,
		      const struct config_vfs *vfs, char *buf, size_t size)
{
	const struct config_port *port;
	size_t i, length = 0;
	struct sriov_vf vf;

	*buf = '\0';
	for (i = 0; i < plan->state->ports && length < size; i++) {
		port = &plan->state->port[i];
		if (!strcmp(port->pf, vfs->port->dev))
			length += snprintf(buf + length, size - length,
					   "%sport %s", length ? ", " : "",
					   port->name);
	}
	for (i = 0; i < vfs->before && length < size; i++)
		if (sriov_vf_get(&vf, vfs->nic, i) && *vf.group && vf.is_for_vm)
			length += snprintf(buf + length, size - length,
					   "%s%s for a VM", length ? ", " : "",
					   vf.pci);
}

static bool vfs_check(struct vswctl *ctl, const struct config_plan *plan,
		      const struct config_vfs *vfs)
{
	const struct config_port *port = vfs->port;
	unsigned int line = port->word_line[CONFIG_PORT_VFS];
	uint32_t before, total;
	char users[512];

	if (!sriov_count(vfs->nic, &before, &total)) {
		ERROR(ctl, plan, line,
		      "uplink '%s': %s has no SR-IOV on PCI: leave vfs out",
		      port->name, port->dev);
		return false;
	}
	if (vfs->count > total) {
		ERROR(ctl, plan, line, "uplink '%s': %s has %u VFs at most",
		      port->name, port->dev, total);
		return false;
	}
	vfs_users(plan, vfs, users, sizeof(users));
	if (!vfs->before || !*users)
		return true;
	ERROR(ctl, plan, line,
	      "uplink '%s': a new number takes all %u VFs of %s away for a moment, from %s: delete the ports and unbind the VFs first",
	      port->name, vfs->before, port->dev, users);
	return false;
}

static int plan_vfs(struct vswctl *ctl, const struct config_plan *plan,
		    struct config_steps *steps)
{
	const struct config_model *want = plan->want;
	int code = EXIT_OK;
	size_t i;

	steps->vfs = calloc(want->ports + 1, sizeof(*steps->vfs));
	if (!steps->vfs)
		return fail(ctl, EXIT_REFUSED, "out of memory");
	for (i = 0; i < want->ports; i++)
		if (vfs_change(plan, &want->port[i],
			       &steps->vfs[steps->vfs_count]) &&
		    !vfs_check(ctl, plan, &steps->vfs[steps->vfs_count++]))
			code = EXIT_REFUSED;
	return code;
}

static bool wants_fastpath(const struct config_port *port)
{
	return *port->dev && !strcmp(port->word[CONFIG_PORT_FASTPATH], "xdp");
}

/* Does any port of @model want it on @device? */
static bool device_wants(const struct config_model *model, const char *device)
{
	size_t i;

	for (i = 0; i < model->ports; i++)
		if (!strcmp(model->port[i].dev, device) &&
		    wants_fastpath(&model->port[i]))
			return true;
	return false;
}

/* It can be attached, as far as that can be known before */
static bool fastpath_check(struct vswctl *ctl, const struct config_plan *plan,
			   const struct config_port *port, const char *state)
{
	unsigned int line = port->word_line[CONFIG_PORT_FASTPATH];

	if (!strcmp(state, "other"))
		ERROR(ctl, plan, line,
		      "port '%s': there is another XDP program on %s: take it away, or leave fastpath out",
		      port->name, port->dev);
	else if (!program_exists("vsw-fastpath"))
		ERROR(ctl, plan, line,
		      "port '%s': the fast path needs the program vsw-fastpath: build and install bpf/",
		      port->name);
	else
		return true;
	return false;
}

static void fastpath_add(struct config_steps *steps,
			 const struct config_port *port, bool on)
{
	steps->fastpath[steps->fastpaths++] =
		(struct config_fastpath){ .port = port, .on = on };
}

static int plan_fastpaths(struct vswctl *ctl, const struct config_plan *plan,
			  struct config_steps *steps)
{
	const struct config_model *state = plan->state, *want = plan->want;
	struct fastpaths fastpaths = {};
	const struct config_port *port;
	int code = EXIT_OK;
	const char *now;
	size_t i;

	steps->fastpath = calloc(state->ports + want->ports + 1,
				 sizeof(*steps->fastpath));
	if (!steps->fastpath)
		return fail(ctl, EXIT_REFUSED, "out of memory");
	for (i = 0; i < state->ports; i++)
		if (wants_fastpath(&state->port[i]) &&
		    !device_wants(want, state->port[i].dev))
			fastpath_add(steps, &state->port[i], false);
	fastpaths_get(&fastpaths, 0);
	for (i = 0; i < want->ports; i++) {
		port = &want->port[i];
		if (!wants_fastpath(port))
			continue;
		now = fastpath_state(&fastpaths, if_nametoindex(port->dev));
		if (!strcmp(now, "xdp"))
			continue;
		fastpath_add(steps, port, true);
		if (!fastpath_check(ctl, plan, port, now))
			code = EXIT_REFUSED;
	}
	fastpaths_free(&fastpaths);
	return code;
}

int config_steps_plan(struct vswctl *ctl, const struct config_plan *plan,
		      struct config_steps *steps)
{
	int vfs = plan_vfs(ctl, plan, steps);
	int fastpaths = plan_fastpaths(ctl, plan, steps);

	return vfs ? vfs : fastpaths;
}

void config_steps_free(struct config_steps *steps)
{
	free(steps->vfs);
	free(steps->fastpath);
	memset(steps, 0, sizeof(*steps));
}

int config_steps_before(struct vswctl *ctl, struct config_steps *steps)
{
	const struct config_vfs *vfs;
	int code = EXIT_OK;

	while (!code && steps->vfs_done < steps->vfs_count) {
		vfs = &steps->vfs[steps->vfs_done];
		code = sriov_set_count(ctl, vfs->nic, vfs->before, vfs->count);
		if (!code)
			steps->vfs_done++;
	}
	if (code)
		config_steps_undo(ctl, steps);
	return code;
}

/* Nobody has got one of the VFs yet */
void config_steps_undo(struct vswctl *ctl, struct config_steps *steps)
{
	const struct config_vfs *vfs;

	while (steps->vfs_done) {
		vfs = &steps->vfs[--steps->vfs_done];
		if (sriov_set_count(ctl, vfs->nic, vfs->count, vfs->before))
			warn(ctl, "%s had %u VFs before", vfs->port->dev,
			     vfs->before);
	}
}

static int fastpath_change(struct vswctl *ctl,
			   const struct config_fastpath *fastpath)
{
	if (fastpath->on)
		return fastpath_set(ctl, fastpath->port->name, "xdp");
	/* The program has gone with its device */
	if (!if_nametoindex(fastpath->port->dev))
		return EXIT_OK;
	return fastpath_detach(ctl, fastpath->port->dev);
}

int config_steps_after(struct vswctl *ctl, const struct config_plan *plan,
		       const struct config_steps *steps)
{
	const struct config_fastpath *fastpath;
	int code = EXIT_OK;
	size_t i;

	for (i = 0; i < steps->fastpaths; i++) {
		fastpath = &steps->fastpath[i];
		if (!fastpath_change(ctl, fastpath))
			continue;
		code = fail(ctl, EXIT_REFUSED,
			    "%s: the fast path of port '%s' is not as the file says, and all else is: apply it once more, or change fastpath there",
			    plan->path, fastpath->port->name);
	}
	return code;
}
