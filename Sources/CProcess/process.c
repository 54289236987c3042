#define _GNU_SOURCE // close_range
#include "process.h"

#include <linux/close_range.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <unistd.h>

static int argument_count;
static char *const *arguments;
static pid_t started;

// glibc calls constructors as it calls main.
__attribute__((constructor)) static void keep_arguments(int count, char **words) {
    argument_count = count;
    arguments = words;
    started = getpid();
}

char *const *vm_process_arguments(int *count) {
    *count = argument_count;
    return arguments;
}

bool vm_process_keep_descriptors(void) {
    return close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

const char *vm_process_path(void) {
    return (const char *)getauxval(AT_EXECFN);
}

bool vm_process_is_forked(void) {
    return getpid() != started;
}
