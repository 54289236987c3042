// A call of `exit` that is not ours: a library that a script has loaded ends the process.
#include "process.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
    void (*body)(void *owner, int status, bool is_own_thread);
    void *owner;
    pid_t process;
    pthread_t thread;
} leaving;

static void leave(int status, void *unused) {
    (void)unused;
    void (*body)(void *, int, bool) = leaving.body;
    if (body == NULL || getpid() != leaving.process) return;
    leaving.body = NULL;
    fflush(NULL); // what is to come may end the process at once
    body(leaving.owner, status, pthread_equal(pthread_self(), leaving.thread) != 0);
}

void vm_process_on_exit(void (*body)(void *owner, int status, bool is_own_thread), void *owner) {
    bool is_known = leaving.process != 0;
    leaving.body = body;
    leaving.owner = owner;
    leaving.process = getpid();
    leaving.thread = pthread_self();
    if (!is_known) on_exit(leave, NULL);
}
