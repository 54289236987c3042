// The size of kept output is limited, whoever writes it: the beginning and the end of its file are kept, and the
// part between is returned to the file system while the run continues.
#define _GNU_SOURCE // fallocate, memfd_create
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 1 << 20 };

static int files[2] = {-1, -1};
static volatile sig_atomic_t is_stopped;

static bool give_back(int file, off_t from, off_t to) {
    return fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, to - from) == 0;
}

static void *look_after(void *nothing) {
    (void)nothing;
    off_t given[2] = {vm_kept_head, vm_kept_head}; // up to where all between is given back
    while (!is_stopped) {
        bool is_growing = false;
        for (int i = 0; i < 2; i++) {
            struct stat status;
            if (files[i] < 0 || fstat(files[i], &status) != 0) continue;
            off_t to = (status.st_size - vm_kept_tail) & ~(off_t)4095;
            if (to < given[i] + PIECE || is_stopped) continue;
            is_growing = true;
            give_back(files[i], given[i], to);
            given[i] = to;
        }
        struct timespec pause = {.tv_nsec = (is_growing ? 5 : 50) * 1000000L};
        nanosleep(&pause, NULL);
    }
    return NULL;
}

/// Moves the file to memory, if its file system cannot take back parts of a file.
static void move_to_memory(int file, int standard, bool is_shared) {
    int memory = memfd_create("vmoon", MFD_CLOEXEC);
    if (memory < 0) return;
    fcntl(memory, F_SETFL, O_APPEND);
    dup3(memory, file, O_CLOEXEC);
    dup2(memory, standard);
    if (is_shared) dup2(memory, STDERR_FILENO);
    close(memory);
}

void vm_bound_output(int output, int error) {
    files[0] = output;
    files[1] = error;
    for (int i = 0; i < 2; i++) {
        // Where nothing is yet: what is reserved stays so.
        if (files[i] < 0 || give_back(files[i], vm_kept_head, vm_kept_head + 4096)) continue;
        move_to_memory(files[i], i + 1, i == 0 && error < 0);
    }
    // Signals are for the interpreter's thread, not for this one.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    if (pthread_create(&thread, NULL, look_after, NULL) == 0) pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void vm_stop_bounding(void) {
    is_stopped = 1;
}

off_t vm_rest_of_output(off_t size) {
    return size - vm_kept_tail > vm_kept_head ? size - vm_kept_tail : vm_kept_head;
}
