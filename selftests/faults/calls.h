/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of the kernel that fail, for selftests/faults.sh: build-module.sh forces
 * this into each source of the module when it is for a kernel that injects failures.
 * The Nth call that is listed here fails instead of being made, when fail-nth of the
 * task says so. The sources know nothing of it.
 *
 * Calls that fail for want of memory alone are not here: that is injected below
 * them. calls.sh looks for others that are missing.
 */
#ifndef VSW_CALLS_H
#define VSW_CALLS_H

#include "fault.h"

#if defined(CONFIG_FAULT_INJECTION) && !defined(__ASSEMBLY__)

/* Whatever a source includes has been included here already. */
#include <linux/cpuhotplug.h>
#include <linux/device/bus.h>
#include <linux/err.h>
#include <linux/if_vlan.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/rhashtable.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/rtnetlink.h>

/*
 * A work item is of no task of a test. What fail-nth is for a request, the parameter
 * fail_late is for the next run of the work item whose function fail_late_work names:
 * its Nth allocation or call fails. Then the parameter is 0, or -1 if there were less.
 */
#ifdef VSW_CALLS_LATE
int vsw_fail_then;
struct task_struct *vsw_fail_task;
module_param_named(fail_then, vsw_fail_then, int, 0644);
int vsw_late_nth;
/* Longer than any that headers of the kernel make up */
char vsw_late_work[256];
module_param_named(fail_late, vsw_late_nth, int, 0644);
module_param_string(fail_late_work, vsw_late_work, sizeof(vsw_late_work), 0644);
#else
extern int vsw_fail_then;
extern struct task_struct *vsw_fail_task;
extern int vsw_late_nth;
extern char vsw_late_work[];
#endif

/* How many numbers of ports have been used, of 4 billion */
#ifdef VSW_CALLS_PORT
static u32 vsw_port_next_id;
module_param_named(next_port_id, vsw_port_next_id, uint, 0644);
#endif

/* So that no test has to make 786,432 of them */
#define VSW_USERS_ENTRIES	100

static inline void vsw_late_run(work_func_t function, const char *name,
				struct work_struct *work)
{
	int nth = strcmp(vsw_late_work, name) ? 0 : READ_ONCE(vsw_late_nth);

	if (nth <= 0) {
		function(work);
		return;
	}
	current->fail_nth = nth;
	function(work);
	/* The item may be gone. */
	WRITE_ONCE(vsw_late_nth, current->fail_nth ? -1 : 0);
	current->fail_nth = 0;
}

/* A function for each work item, which refers to nothing of where it is made */
#define VSW_LATE(function) ({						\
	void late(struct work_struct *work)				\
	{								\
		vsw_late_run(function, #function, work);		\
	}								\
	late;								\
})

#undef INIT_WORK
#define INIT_WORK(work, function)					\
	__INIT_WORK(work, VSW_LATE(function), 0)
#undef INIT_DELAYED_WORK
#define INIT_DELAYED_WORK(work, function)				\
	__INIT_DELAYED_WORK(work, VSW_LATE(function), 0)

/*
 * fail_then of the calls that come after one that has failed fail, too: what takes a
 * request back meets them.
 */
static inline bool vsw_call_fails(void)
{
	if (vsw_fault()) {
		WRITE_ONCE(vsw_fail_task, current);
		return true;
	}
	/* One that has yet to meet its failure may be where another one was. */
	if (READ_ONCE(vsw_fail_then) <= 0 || current->fail_nth ||
	    READ_ONCE(vsw_fail_task) != current)
		return false;
	WRITE_ONCE(vsw_fail_then, vsw_fail_then - 1);
	return true;
}

#define VSW_CALL(failure, call)	(vsw_call_fails() ? (failure) : (call))

#define cpuhp_setup_state(...)						\
	VSW_CALL(-ENOMEM, cpuhp_setup_state(__VA_ARGS__))
#define dev_uc_add(...)							\
	VSW_CALL(-ENOMEM, dev_uc_add(__VA_ARGS__))
#define vlan_vid_add(...)						\
	VSW_CALL(-ENOSPC, vlan_vid_add(__VA_ARGS__))

#define netdev_rx_handler_register(...)					\
	VSW_CALL(-EBUSY, netdev_rx_handler_register(__VA_ARGS__))
/* As a notifier that does not want it */
#define netdev_master_upper_dev_link(...)				\
	VSW_CALL(-EBUSY, netdev_master_upper_dev_link(__VA_ARGS__))
#define dev_set_mtu(...)						\
	VSW_CALL(-EINVAL, dev_set_mtu(__VA_ARGS__))

/* To give back what was taken does not fail. */
#define dev_set_allmulti(dev, by)					\
	((by) > 0 ? VSW_CALL(-EOVERFLOW, dev_set_allmulti(dev, by)) :	\
		    dev_set_allmulti(dev, by))
#define dev_set_promiscuity(dev, by)					\
	((by) > 0 ? VSW_CALL(-EOVERFLOW, dev_set_promiscuity(dev, by)) : \
		    dev_set_promiscuity(dev, by))

#define rtnl_create_link(...)						\
	VSW_CALL(ERR_PTR(-EINVAL), rtnl_create_link(__VA_ARGS__))
#define register_netdevice(...)						\
	VSW_CALL(-EEXIST, register_netdevice(__VA_ARGS__))
#define rtnl_configure_link(...)					\
	VSW_CALL(-EINVAL, rtnl_configure_link(__VA_ARGS__))

#define rhashtable_insert_fast(...)					\
	VSW_CALL(-E2BIG, rhashtable_insert_fast(__VA_ARGS__))
#define rhashtable_lookup_insert_fast(...)				\
	VSW_CALL(-E2BIG, rhashtable_lookup_insert_fast(__VA_ARGS__))

/* Nothing is injected below it. */
#undef alloc_percpu
#define alloc_percpu(type)						\
	((type __percpu *)VSW_CALL((void __percpu *)NULL,		\
		__alloc_percpu(sizeof(type), __alignof__(type))))

/*
 * Loading a module allocates before it calls us, and the kernel warns when some of
 * that fails: allocations are not made to fail there, so this is.
 */
#define alloc_workqueue(...)						\
	VSW_CALL(NULL, alloc_workqueue(__VA_ARGS__))
#define register_pernet_subsys(...)					\
	VSW_CALL(-ENOMEM, register_pernet_subsys(__VA_ARGS__))
#define register_netdevice_notifier(...)				\
	VSW_CALL(-EBUSY, register_netdevice_notifier(__VA_ARGS__))
#define bus_register_notifier(...)					\
	VSW_CALL(-EINVAL, bus_register_notifier(__VA_ARGS__))
#define genl_register_family(...)					\
	VSW_CALL(-EEXIST, genl_register_family(__VA_ARGS__))
#define rtnl_link_register(...)						\
	VSW_CALL(-EEXIST, rtnl_link_register(__VA_ARGS__))

#endif
#endif
