/* SPDX-License-Identifier: GPL-2.0 */
/* What stands in the place of functions of the C library: redefine.txt */
#ifndef VSWCTL_FUZZ_WORLD_H
#define VSWCTL_FUZZ_WORLD_H

#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

unsigned int fuzz_alarm(unsigned int seconds);
int fuzz_clock_nanosleep(clockid_t clock, int flags,
			 const struct timespec *time, struct timespec *left);
FILE *fuzz_fopen(const char *path, const char *mode);
char *fuzz_if_indextoname(unsigned int ifindex, char *name);
unsigned int fuzz_if_nametoindex(const char *name);
int fuzz_ioctl(int fd, unsigned long request, ...);
int fuzz_kill(pid_t pid, int signal);
int fuzz_mkdir(const char *path, mode_t mode);
int fuzz_mkostemp(char *path, int flags);
int fuzz_open(const char *path, int flags, ...);
int fuzz_poll(struct pollfd *fds, nfds_t count, int timeout);
int fuzz_posix_spawnp(pid_t *pid, const char *file,
		      const posix_spawn_file_actions_t *actions,
		      const posix_spawnattr_t *attr, char *const argv[],
		      char *const envp[]);
ssize_t fuzz_read(int fd, void *buf, size_t size);
int fuzz_rename(const char *from, const char *to);
int fuzz_setns(int fd, int type);
int fuzz_shutdown(int fd, int how);
int fuzz_socket(int domain, int type, int protocol);
long fuzz_syscall(long number, ...);
int fuzz_unlink(const char *path);

#endif /* VSWCTL_FUZZ_WORLD_H */
