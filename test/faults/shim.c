/*
 * Makes file operations below one directory go wrong: preloaded (LD_PRELOAD) into the program under test.
 *
 * Operations that change something are counted from 1, over all threads of the process:
 *   SHIM_DIR    the directory; paths outside of it are left alone
 *   SHIM_MODE   kill    die before operation SHIM_AT
 *               torn    die after it, or in the middle of it when it is a write
 *               short   from SHIM_AT on, a write takes half of what it is given, and says so
 *               eio     operation SHIM_AT fails with EIO
 *               enospc  from SHIM_AT on, whatever needs room fails with ENOSPC
 *               nfs     statfs says that the directory is on NFS
 *   SHIM_WHILE  a file: without it nothing goes wrong
 *   SHIM_LOG    a file that gets one line for each operation: its number, its name, the path
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

static atomic_long count;

static int is_below(const char *path) {
  const char *dir = getenv("SHIM_DIR");
  return dir && path && strncmp(path, dir, strlen(dir)) == 0;
}

static int is_mode(const char *mode) {
  const char *given = getenv("SHIM_MODE");
  const char *gate = getenv("SHIM_WHILE");
  return given && strcmp(given, mode) == 0 && (!gate || syscall(SYS_access, gate, F_OK) == 0);
}

static void die(void) { syscall(SYS_kill, getpid(), SIGKILL); for (;;) pause(); }

enum fault { NONE, FAIL, HALF, HALF_AND_DIE };

/* Count an operation on a path and say what is to become of it; `needs_room`: it makes something longer or new. */
static enum fault meet(const char *name, const char *path, int is_write, int needs_room, int *is_last) {
  *is_last = 0;
  if (!is_below(path)) return NONE;
  long n = atomic_fetch_add(&count, 1) + 1;
  const char *at_text = getenv("SHIM_AT"), *log = getenv("SHIM_LOG");
  long at = at_text ? atol(at_text) : LONG_MAX;
  if (log) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%ld %s %s\n", n, name, path + strlen(getenv("SHIM_DIR")));
    int fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (syscall(SYS_write, fd, line, length) < 0) abort();
    syscall(SYS_close, fd);
  }
  if (n == at && is_mode("kill")) die();
  if (n == at && is_mode("torn")) { *is_last = 1; return is_write ? HALF_AND_DIE : NONE; }
  if (n == at && is_mode("eio")) { errno = EIO; return FAIL; }
  if (n >= at && needs_room && is_mode("enospc")) { errno = ENOSPC; return FAIL; }
  if (n >= at && is_write && is_mode("short")) return HALF;
  return NONE;
}

static const char *path_of(int fd, char *buffer) {
  char name[64];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, buffer, PATH_MAX - 1);
  buffer[length < 0 ? 0 : length] = 0;
  return buffer;
}

#define REAL(name) ((__typeof__(name) *)dlsym(RTLD_NEXT, #name))
#define PATH_CALL(label, path, needs_room, call)                                    \
  int is_last;                                                                      \
  if (meet(label, path, 0, needs_room, &is_last) == FAIL) return -1;                \
  int result = call;                                                                \
  if (is_last) die();                                                               \
  return result;
#define FD_CALL(label, fd, needs_room, call)                                        \
  char buffer[PATH_MAX];                                                            \
  PATH_CALL(label, path_of(fd, buffer), needs_room, call)

int open64(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  if (!(flags & O_CREAT)) return REAL(open64)(path, flags, mode);
  PATH_CALL("create", path, 1, REAL(open64)(path, flags, mode))
}
int open(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  if (!(flags & O_CREAT)) return REAL(open)(path, flags, mode);
  PATH_CALL("create", path, 1, REAL(open)(path, flags, mode))
}
ssize_t write(int fd, const void *bytes, size_t length) {
  char buffer[PATH_MAX];
  int is_last;
  enum fault fault = meet("write", path_of(fd, buffer), 1, 1, &is_last);
  if (fault == FAIL) return -1;
  size_t taken = fault == NONE || length < 2 ? length : length / 2;
  ssize_t written = REAL(write)(fd, bytes, taken);
  if (fault == HALF_AND_DIE) die();
  return written;
}
int mkdir(const char *path, mode_t mode) { PATH_CALL("mkdir", path, 1, REAL(mkdir)(path, mode)) }
int symlink(const char *to, const char *path) { PATH_CALL("symlink", path, 1, REAL(symlink)(to, path)) }
int rename(const char *from, const char *to) { PATH_CALL("rename", to, 1, REAL(rename)(from, to)) }
int unlink(const char *path) { PATH_CALL("unlink", path, 0, REAL(unlink)(path)) }
int rmdir(const char *path) { PATH_CALL("rmdir", path, 0, REAL(rmdir)(path)) }
int fdatasync(int fd) { FD_CALL("fdatasync", fd, 0, REAL(fdatasync)(fd)) }
int fsync(int fd) { FD_CALL("fsync", fd, 0, REAL(fsync)(fd)) }
int ftruncate64(int fd, off64_t length) { FD_CALL("truncate", fd, 0, REAL(ftruncate64)(fd, length)) }
int ftruncate(int fd, off_t length) { FD_CALL("truncate", fd, 0, REAL(ftruncate)(fd, length)) }
int statfs64(const char *path, struct statfs64 *into) {
  int result = REAL(statfs64)(path, into);
  if (is_below(path) && is_mode("nfs")) into->f_type = 0x6969;
  return result;
}
