// Output that is shown only if the run fails. Descriptors 1 and 2 then lead into files, also for child
// processes; releasing the output copies the files to the original descriptors. That must work in a
// signal handler, since the second signal ends the process there: only async-signal-safe functions are used.
#include "parts.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct kept {
    int file, target; // the file, and the original descriptor
} kept;

static kept streams[2] = {{-1, -1}, {-1, -1}};
static volatile sig_atomic_t is_kept;
static pid_t keeper; // the process that keeps it: a process forked by a C module must not show it

static bool write_all(int target, const char *bytes, ssize_t count) {
    while (count > 0) {
        ssize_t written = write(target, bytes, (size_t)count);
        if (written >= 0) {
            bytes += written;
            count -= written;
        } else if (errno == EAGAIN) {
            struct pollfd room = {.fd = target, .events = POLLOUT};
            poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

/// Writes how many bytes are missing; snprintf is not async-signal-safe.
static bool tell_gap(int target, off_t size) {
    static const char before[] = "\n[vmoon: ", after[] = " bytes are left out here]\n";
    char digits[24], *first = digits + sizeof digits;
    do *--first = (char)('0' + size % 10);
    while ((size /= 10) > 0);
    return write_all(target, before, sizeof before - 1) && write_all(target, first, digits + sizeof digits - first)
        && write_all(target, after, sizeof after - 1);
}

static bool copy(const kept *stream) {
    char bytes[16 << 10];
    struct stat status;
    // The size is read once: a process that outlives us may still be writing.
    if (fstat(stream->file, &status) != 0) return false;
    off_t rest = vm_rest_of_output(status.st_size);
    for (off_t place = 0; place < status.st_size;) {
        if (place == vm_kept_head && rest > place) {
            if (!tell_gap(stream->target, rest - place)) return false;
            place = rest;
        }
        off_t room = place < vm_kept_head ? vm_kept_head - place : (off_t)sizeof bytes;
        size_t most = room < (off_t)sizeof bytes ? (size_t)room : sizeof bytes;
        ssize_t count = pread(stream->file, bytes, most, place);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count == 0;
        if (!write_all(stream->target, bytes, count)) return false;
        place += count;
    }
    return true;
}

bool vm_process_release_output(void) {
    if (!is_kept || getpid() != keeper) return true;
    is_kept = 0;
    vm_stop_bounding();
    // If the reader has gone, the process must still end as it would.
    vm_process_survive(SIGPIPE);
    bool done = true;
    for (int i = 0; i < 2; i++) {
        if (streams[i].file >= 0 && !copy(&streams[i])) done = false;
    }
    for (int i = 0; i < 2; i++) {
        if (streams[i].target >= 0) dup2(streams[i].target, i + 1);
        // Both streams had the same target, and so have one file.
        if (streams[i].target < 0 && streams[0].target >= 0) dup2(streams[0].target, i + 1);
    }
    return done;
}

// The process is about to die by its own fault or by a signal: that is a failure too.
static void on_fault(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    vm_process_release_output();
    raise(number); // its default action is set again by now
}

void vm_process_keep_output(int kept_output, int output, int kept_error, int error) {
    streams[0] = (kept){kept_output, output};
    streams[1] = (kept){kept_error, error};
    is_kept = 1;
    vm_bound_output(kept_output, kept_error);
    keeper = getpid();
    vm_give_faults_a_stack();
    const int once = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
    for (const int *fault = vm_faults; *fault != 0; fault++) vm_take_signal(NULL, *fault, on_fault, once);
    // Other signals that end a program; those that stop a script get other handlers later.
    int count;
    const int *ends = vm_process_stopping_signals(&count);
    for (int i = 0; i < count; i++) vm_take_signal(NULL, ends[i], on_fault, once);
}
