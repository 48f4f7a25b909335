// SPDX-License-Identifier: GPL-2.0
/*
 * The rest of the world: files, devices, time and other programs. Whatever a command
 * of a fuzzer says, nothing of this machine is changed, and what it reads is always
 * the same: there is a directory of our own, and beside it nothing. What is written
 * elsewhere goes into memory that nobody sees.
 */
#include "world.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "program.h"

char fuzz_directory[] = "/tmp/vswctl-fuzz.XXXXXX";

/* Input that is left, see world_feed() */
static struct {
	const uint8_t *data;
	size_t size;
} input;

void fuzz_fail(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vdprintf(STDERR_FILENO, format, list);
	va_end(list);
	dprintf(STDERR_FILENO, "\n");
	abort();
}

static void leave(void)
{
	world_clean();
	rmdir(fuzz_directory);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (!mkdtemp(fuzz_directory) || atexit(leave) ||
	    setenv("VSW_PROFILES", fuzz_directory, 1))
		return 1;
	/* libFuzzer has the real one already */
	stderr = fopen("/dev/null", "we");
	return stderr ? 0 : 1;
}

void world_write(const char *name, const void *data, size_t size)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", fuzz_directory, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd))
		fuzz_fail("cannot write %s", path);
}

void world_clean(void)
{
	DIR *directory = opendir(fuzz_directory);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		unlinkat(dirfd(directory), entry->d_name, 0);
	if (directory)
		closedir(directory);
}

void world_feed(const uint8_t *data, size_t size)
{
	input.data = data;
	input.size = size;
}

/* Bytes that are there; nobody wants them where @buf is NULL */
static void take(void *buf, size_t size)
{
	if (!size)
		return;
	if (buf)
		memcpy(buf, input.data, size);
	input.data += size;
	input.size -= size;
}

static bool is_ours(const char *path)
{
	return !strncmp(path, fuzz_directory, sizeof(fuzz_directory) - 1);
}

/* Files */

static int nowhere(void)
{
	return memfd_create("fuzz", MFD_CLOEXEC);
}

int fuzz_open(const char *path, int flags, ...)
{
	va_list list;
	int mode;

	va_start(list, flags);
	mode = flags & O_CREAT ? va_arg(list, int) : 0;
	va_end(list);
	if (is_ours(path))
		return open(path, flags, mode);
	if ((flags & O_ACCMODE) != O_RDONLY)
		return nowhere();
	errno = ENOENT;
	return -1;
}

FILE *fuzz_fopen(const char *path, const char *mode)
{
	if (is_ours(path))
		return fopen(path, mode);
	errno = ENOENT;
	return *mode == 'r' ? NULL : fdopen(nowhere(), mode);
}

int fuzz_mkostemp(char *path, int flags)
{
	return is_ours(path) ? mkostemp(path, flags) : nowhere();
}

int fuzz_rename(const char *from, const char *to)
{
	return is_ours(from) && is_ours(to) ? rename(from, to) : 0;
}

int fuzz_unlink(const char *path)
{
	return is_ours(path) ? unlink(path) : 0;
}

int fuzz_mkdir(const char *path, mode_t mode)
{
	(void)path;
	(void)mode;
	return 0;
}

/* Standard input is what the fuzzer says; files are files */
ssize_t fuzz_read(int fd, void *buf, size_t size)
{
	if (fd != STDIN_FILENO)
		return read(fd, buf, size);
	if (size > input.size)
		size = input.size;
	take(buf, size);
	return (ssize_t)size;
}

int fuzz_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	(void)fds;
	(void)timeout;
	return (int)count;
}

int fuzz_shutdown(int fd, int how)
{
	(void)fd;
	(void)how;
	errno = ENOTSOCK;
	return -1;
}

int fuzz_socket(int domain, int type, int protocol)
{
	(void)domain;
	(void)type;
	(void)protocol;
	errno = EPERM;
	return -1;
}

int fuzz_ioctl(int fd, unsigned long request, ...)
{
	(void)fd;
	(void)request;
	errno = EPERM;
	return -1;
}

/* Devices: all that are asked for are there, and none has a name */

unsigned int fuzz_if_nametoindex(const char *name)
{
	unsigned int index = 5381;

	for (; *name; name++)
		index = index * 33 + (unsigned char)*name;
	return (index & 0xffff) + 1;
}

char *fuzz_if_indextoname(unsigned int ifindex, char *name)
{
	if (!ifindex || ifindex > 0xffff)
		return NULL;
	snprintf(name, IF_NAMESIZE, "dev%u", ifindex);
	return name;
}

/* Time does not pass, and there are no processes */

unsigned int fuzz_alarm(unsigned int seconds)
{
	(void)seconds;
	return 0;
}

int fuzz_clock_nanosleep(clockid_t clock, int flags,
			 const struct timespec *time, struct timespec *left)
{
	(void)clock;
	(void)flags;
	(void)time;
	(void)left;
	return 0;
}

int fuzz_kill(pid_t pid, int signal)
{
	(void)pid;
	(void)signal;
	return 0;
}

/* posix_spawn() returns what others put into errno */
static const int is_missing = ENOENT;

int fuzz_posix_spawnp(pid_t *pid, const char *file,
		      const posix_spawn_file_actions_t *actions,
		      const posix_spawnattr_t *attr, char *const argv[],
		      char *const envp[])
{
	(void)pid;
	(void)file;
	(void)actions;
	(void)attr;
	(void)argv;
	(void)envp;
	return is_missing;
}

int fuzz_setns(int fd, int type)
{
	(void)fd;
	(void)type;
	return 0;
}

long fuzz_syscall(long number, ...)
{
	(void)number;
	errno = EPERM;
	return -1;
}

/* program.h: what they print is the input up to a line with %% */

int program_run(struct vswctl *ctl, char *const words[], const char *hint)
{
	(void)ctl;
	(void)words;
	(void)hint;
	return 0;
}

bool program_exists(const char *name)
{
	(void)name;
	return true;
}

int program_feed(struct vswctl *ctl, char *const words[], const char *hint,
		 const char *text)
{
	(void)text;
	return program_run(ctl, words, hint);
}

int program_read(struct vswctl *ctl, char *const words[], const char *hint,
		 char **text)
{
	static const char mark[] = "\n%%\n";
	const uint8_t *end;
	size_t size = input.size;

	(void)ctl;
	(void)words;
	(void)hint;
	end = size ? memmem(input.data, size, mark, strlen(mark)) : NULL;
	if (end)
		size = end - input.data;
	*text = calloc(1, size + 1);
	if (!*text)
		abort();
	take(*text, size);
	take(NULL, end ? strlen(mark) : 0);
	return EXIT_OK;
}
