#include "process.h"

#include <stddef.h>
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

bool vm_process_is_forked(void) {
    return getpid() != started;
}
