/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_CONFIG_H
#define VSWCTL_CONFIG_H

struct args;
struct vswctl;

/* Verbs about files; return exit codes */
int config_save(struct vswctl *ctl, struct args *args);
int config_show(struct vswctl *ctl, struct args *args);
int config_check_file(struct vswctl *ctl, struct args *args);
int config_show_diff(struct vswctl *ctl, struct args *args);
int config_apply(struct vswctl *ctl, struct args *args);
int config_attach(struct vswctl *ctl, struct args *args);

/* Verbs about the transaction that waits to be confirmed; return exit codes */
int config_confirm(struct vswctl *ctl, struct args *args);
int config_rollback(struct vswctl *ctl, struct args *args);
int config_pending(struct vswctl *ctl, struct args *args);

#endif /* VSWCTL_CONFIG_H */
