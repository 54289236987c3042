// Stopping a run that has no interpreter: a signal sets a flag and wakes the loop, which checks it.
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <unistd.h>

static void wake(const vm_process_stop *stop) {
    if (stop->wake < 0) return;
    int saved = errno;
    ssize_t written = write(stop->wake, &(uint64_t){1}, sizeof(uint64_t));
    (void)written; // a full eventfd wakes the loop anyway
    errno = saved;
}

bool vm_process_stop_interrupt(void *context, int reason) {
    vm_process_stop *stop = context;
    if (reason == SIGPIPE) return false;
    if (stop->reason == 0) stop->reason = reason;
    wake(stop);
    return true;
}

void vm_process_stop_force(void *context) {
    vm_process_stop *stop = context;
    stop->is_forced = 1;
    wake(stop);
}

int vm_process_stop_reason(const vm_process_stop *stop) {
    return stop->reason;
}

bool vm_process_stop_is_forced(const vm_process_stop *stop) {
    return stop->is_forced != 0;
}
