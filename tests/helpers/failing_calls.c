/* Loaded before the C library (LD_PRELOAD): the n-th call below a folder that opens, writes, syncs, cuts or names a file
   fails with a chosen error. Calls on other files pass through and are not counted.

   FAIL_BELOW=/folder FAIL_AT=n FAIL_ERRNO=28 FAIL_ONWARDS=0 set it from the environment; failing_arm, failing_count and
   failing_last do the same for a process that goes through many n. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static char below[PATH_MAX];
static size_t length;
static atomic_long count, fails_at;
static atomic_int code, onwards;
static char last[PATH_MAX + 64];

void failing_arm(const char *folder, long at, int error, int keep_failing) {
    snprintf(below, sizeof below, "%s", folder);
    length = strlen(below);
    count = 0;
    fails_at = at;
    code = error;
    onwards = keep_failing;
    last[0] = 0;
}

long failing_count(void) { return count; }
const char *failing_last(void) { return last; }

__attribute__((constructor)) static void from_environment(void) {
    const char *folder = getenv("FAIL_BELOW"), *at = getenv("FAIL_AT"), *error = getenv("FAIL_ERRNO");
    const char *keep = getenv("FAIL_ONWARDS");
    if (folder && *folder)
        failing_arm(folder, at ? atol(at) : 0, error ? atoi(error) : EIO, keep ? atoi(keep) : 0);
}

static int is_below(const char *path) {
    return length && !strncmp(path, below, length) && (path[length] == '/' || !path[length]);
}

/* Counts a call on a path; 1 where it is to fail, with errno set. */
static int path_fails(const char *call, const char *path) {
    if (!is_below(path))
        return 0;
    long n = atomic_fetch_add(&count, 1) + 1, at = fails_at;
    if (!at || (n != at && !(onwards && n > at)))
        return 0;
    if (n == at)
        snprintf(last, sizeof last, "%s %s", call, path + length);
    errno = code;
    return 1;
}

static int fd_fails(const char *call, int fd) {
    char link[64], path[PATH_MAX];
    if (!length)
        return 0;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    errno = before;
    if (n < 0)
        return 0;
    path[n] = 0;
    return path_fails(call, path);
}

static int at_fails(const char *call, int folder, const char *path) {
    char link[64], whole[PATH_MAX];
    if (!length || path[0] == '/' )
        return path_fails(call, path);
    int before = errno;
    ssize_t n = -1;
    if (folder == AT_FDCWD)
        n = getcwd(whole, sizeof whole) ? (ssize_t)strlen(whole) : -1;
    else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        n = readlink(link, whole, sizeof whole - 1);
    }
    errno = before;
    if (n < 0)
        return 0;
    snprintf(whole + n, sizeof whole - (size_t)n, "/%s", path);
    return path_fails(call, whole);
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) \
        real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = va_arg(rest, mode_t); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    REAL(open);
    MODE(flags)
    return at_fails("open", AT_FDCWD, path) ? -1 : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    REAL(open64);
    MODE(flags)
    return at_fails("open", AT_FDCWD, path) ? -1 : real(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    REAL(openat);
    MODE(flags)
    return at_fails("openat", folder, path) ? -1 : real(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
    REAL(openat64);
    MODE(flags)
    return at_fails("openat", folder, path) ? -1 : real(folder, path, flags, mode);
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(write);
    return fd_fails("write", fd) ? -1 : real(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) {
    REAL(pwrite);
    return fd_fails("pwrite", fd) ? -1 : real(fd, data, size, at);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    REAL(pwrite64);
    return fd_fails("pwrite", fd) ? -1 : real(fd, data, size, at);
}

int fsync(int fd) {
    REAL(fsync);
    return fd_fails("fsync", fd) ? -1 : real(fd);
}

int fdatasync(int fd) {
    REAL(fdatasync);
    return fd_fails("fdatasync", fd) ? -1 : real(fd);
}

int ftruncate(int fd, off_t size) {
    REAL(ftruncate);
    return fd_fails("ftruncate", fd) ? -1 : real(fd, size);
}

int ftruncate64(int fd, off64_t size) {
    REAL(ftruncate64);
    return fd_fails("ftruncate", fd) ? -1 : real(fd, size);
}

int rename(const char *from, const char *to) {
    REAL(rename);
    return at_fails("rename", AT_FDCWD, to) ? -1 : real(from, to);
}

int renameat(int from_folder, const char *from, int folder, const char *to) {
    REAL(renameat);
    return at_fails("rename", folder, to) ? -1 : real(from_folder, from, folder, to);
}

int link(const char *from, const char *to) {
    REAL(link);
    return at_fails("link", AT_FDCWD, to) ? -1 : real(from, to);
}

int linkat(int from_folder, const char *from, int folder, const char *to, int flags) {
    REAL(linkat);
    return at_fails("link", folder, to) ? -1 : real(from_folder, from, folder, to, flags);
}
