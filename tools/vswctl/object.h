/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VSWCTL_OBJECT_H
#define VSWCTL_OBJECT_H

struct object;
struct view;

/* One file per object */
extern const struct object switch_object;
extern const struct object port_object;
extern const struct object uplink_object;
extern const struct object vlan_object;
extern const struct object fdb_object;
extern const struct object vf_object;
extern const struct object stats_object;
extern const struct object monitor_object;
extern const struct object top_object;
extern const struct object metrics_object;
extern const struct object config_object;
extern const struct object profile_object;
extern const struct object trace_object;
extern const struct object explain_object;
extern const struct object import_object;
extern const struct object version_object;

/* How those that events are about are shown */
extern const struct view switch_view;
extern const struct view port_view;
extern const struct view vlan_view;
extern const struct view fdb_view;
extern const struct view vf_event_view;

#endif /* VSWCTL_OBJECT_H */
