#define _GNU_SOURCE // close_range, fallocate, memfd_create, addchdir_np
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

static int argument_count;
static char *const *arguments;
static pid_t started;

// glibc passes argc and argv to constructors as it does to main.
__attribute__((constructor)) static void keep_arguments(int count, char **words) {
    argument_count = count;
    arguments = words;
    started = getpid();
}

char *const *vm_process_arguments(int *count) {
    *count = argument_count;
    return arguments;
}

int vm_process_spawn_in(void *actions, const char *folder) {
    return posix_spawn_file_actions_addchdir_np(actions, folder);
}

bool vm_process_keep_descriptors(void) {
    return close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

const char *vm_process_path(void) {
    return (const char *)getauxval(AT_EXECFN);
}

// Linked in by scripts/build, see scripts/notices.
extern const char vm_notices_text[] __attribute__((weak, visibility("hidden")));

const char *vm_process_notices(void) {
    return vm_notices_text;
}

bool vm_process_is_forked(void) {
    return getpid() != started;
}

int vm_process_memory_file(void) {
    int file = memfd_create("vmoon", MFD_CLOEXEC);
    if (file >= 0) fcntl(file, F_SETFL, O_APPEND);
    return file;
}

bool vm_process_reserve(int file, long long size) {
    if (fallocate(file, FALLOC_FL_KEEP_SIZE, 0, size) == 0) return true;
    return errno != ENOSPC && errno != EDQUOT;
}
